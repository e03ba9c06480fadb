//! Schemas whose files are right each by itself but cannot be generated from: a clear error, and nothing generated.

use std::collections::BTreeMap;

use crate::fixtures::{files, generated};

/// The errors after a change of one file.
fn refused(path: &str, from: &str, to: &str) -> String {
    let mut files: BTreeMap<String, String> = files();
    let text = files.get_mut(path).unwrap();
    assert!(text.contains(from), "{path} has no {from}");
    *text = text.replacen(from, to, 1);
    generated(files).unwrap_err()
}

#[test]
fn two_operations_with_an_enum_of_one_name() {
    insta::assert_snapshot!(refused("acme/lead-list.json", "LeadGroup", "Colour"));
}

#[test]
fn an_enum_named_like_another_operation() {
    insta::assert_snapshot!(refused("acme/choices.json", "ColourLabel", "LeadList"));
}

#[test]
fn an_enum_named_like_a_type_of_the_crate() {
    insta::assert_snapshot!(refused("acme/choices.json", "ColourLabel", "Builder"));
}

#[test]
fn two_operations_that_list_the_customers() {
    let listing = "\"customer\": { \"id\": \"id\", \"list\": true }, \"request\": {";
    insta::assert_snapshot!(refused("acme/order-list.json", "\"request\": {", listing));
}

#[test]
fn two_operations_that_find_by_one_key() {
    let finding = "\"customer\": { \"id\": \"match\", \"find\": { \"phone\": { \"parameter\": \"openId\" } }, \"with\": { \"type\": { \"constant\": \"t\" } } }, \"request\": {";
    insta::assert_snapshot!(refused("acme/words.json", "\"request\": {", finding));
}

#[test]
fn a_range_along_numbers() {
    let mut files: BTreeMap<String, String> = files();
    let text = files.get_mut("acme/order-list.json").unwrap();
    *text = text
        .replace("\"type\": \"string\",\n        \"description\": \"From.\"", "\"type\": \"integer\",\n        \"description\": \"From.\"");
    *text =
        text.replace("\"type\": \"string\",\n        \"description\": \"To.\"", "\"type\": \"integer\",\n        \"description\": \"To.\"");
    *text = text.replace("date_time", "seconds").replace("\"2026-01-01 00:00:00\"", "1").replace("\"2026-01-02 00:00:00\"", "2");
    *text = text
        .replace("\"type\": \"string\",\n        \"description\": \"When.\"", "\"type\": \"integer\",\n        \"description\": \"When.\"");
    *text = text
        .replace(
            "\"type\": \"string\",\n          \"description\": \"When.\"",
            "\"type\": \"integer\",\n          \"description\": \"When.\"",
        )
        .replace("\"2026-01-01 01:02:03\"", "1");
    insta::assert_snapshot!(generated(files).unwrap_err());
}
