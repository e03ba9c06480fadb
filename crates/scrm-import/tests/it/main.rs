//! Pages written for these tests, in each layout, with the traps of real ones.

mod any_text;
mod diff;
mod pages;
mod traps;
