//! Streams over the pages of a list.
