//! The way of a call, from the check to the typed answer.
