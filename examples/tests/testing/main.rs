//! "Testing your own code": what the guide's page shows compiles and holds; `guide/pages.rs` compares them.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod canned;
mod fake;
mod values;
mod vendors_in_a_box;
