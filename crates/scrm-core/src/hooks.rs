//! What a client tells of its work.
