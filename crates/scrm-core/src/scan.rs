//! The JSON scanner.
