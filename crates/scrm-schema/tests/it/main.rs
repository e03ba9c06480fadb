//! Integration tests: a made-up vendor that uses every keyword, files with one mistake each, random edits, and the schema tree of this repository.
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod acme;
mod bad;
mod folders;
mod mutations;
mod openapi;
mod pushes;
mod real;
mod render;
