//! scrm-codegen
