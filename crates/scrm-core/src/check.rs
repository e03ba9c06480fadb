//! The documented rules of a request, checked before anything is sent.
