//! Times as the vendors write them.
