//! What the crate promises, seen from outside.

mod decoding;
mod departures;
mod envelopes;

mod showing;
mod tables;
mod wires;
