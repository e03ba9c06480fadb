//! Strict, the scanner accepts what `serde_json` accepts, and yields the same values. Lax, it accepts that as well, the same, and forgives damage inside strings
//! only.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scrm_core::declare::{document, lax_document};
use serde_json::Value;

fuzz_target!(|body: &[u8]| {
    let lax = lax_document(body);
    if let Ok(text) = std::str::from_utf8(body) {
        let theirs = serde_json::from_str::<Value>(text).ok();
        let ours = document(text);
        assert_eq!(theirs, ours);
        assert_eq!(theirs.as_ref().map(Value::to_string), ours.map(|value| value.to_string()));
        assert!(theirs.is_none() || theirs == lax);
    }
    if let Some(lax) = lax {
        assert!(document(&lax.to_string()).is_some());
    }
});
