//! Tokens: one fetch however many callers wait.
