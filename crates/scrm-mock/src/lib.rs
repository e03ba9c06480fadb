//! scrm-mock
