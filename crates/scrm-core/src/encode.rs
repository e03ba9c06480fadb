//! From a request value to what goes over the wire.
