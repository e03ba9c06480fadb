//! The scanner accepts what `serde_json` accepts, and yields the same values.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scrm_core::__private::document;
use serde_json::Value;

fuzz_target!(|text: &str| {
    let theirs = serde_json::from_str::<Value>(text).ok();
    let ours = document(text);
    assert_eq!(theirs, ours);
    assert_eq!(theirs.map(|value| value.to_string()), ours.map(|value| value.to_string()));
});
