//! The trait that all clients share.
