//! What would the crate make of this body?
