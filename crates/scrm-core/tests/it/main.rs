//! What the crate promises, seen from outside.

mod acme;
mod calls;
mod canary;
mod failures;
mod pages;
mod tokens;
mod vendors;
