//! One call: a request and its options.
