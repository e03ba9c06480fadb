//! What a client holds.
