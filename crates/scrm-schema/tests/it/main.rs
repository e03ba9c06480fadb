//! Integration tests.

mod real;
