//! The box seen from outside: over HTTP, with a made-up vendor's schema files and with the real ones.

mod acme;
mod faults;
mod real;
mod support;
mod tells;
