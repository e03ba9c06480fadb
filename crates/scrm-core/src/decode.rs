//! From text to typed data, forgivingly.
