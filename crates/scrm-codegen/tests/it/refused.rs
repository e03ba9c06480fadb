//! Schemas that load but cannot be generated from: a clear error, and nothing generated.

use std::collections::BTreeMap;

use crate::fixtures::{files, generated};

/// The errors after a change of one file.
fn refused(path: &str, from: &str, to: &str) -> String {
    let mut files: BTreeMap<String, String> = files();
    let text = files.get_mut(path).unwrap();
    assert!(text.contains(from), "{path} has no {from}");
    *text = text.replace(from, to);
    generated(files).unwrap_err()
}

#[test]
fn an_object_named_like_a_type_of_the_generated_code() {
    insta::assert_snapshot!(refused("acme/nested.json", "InnerRule", "Credentials"));
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
fn an_enum_value_named_other() {
    insta::assert_snapshot!(refused("acme/choices.json", "\"deep_blue\"", "\"other\""));
}

#[test]
fn an_operation_named_like_a_method_of_the_client() {
    let mut files = files();
    let text = files.remove("acme/words.json").unwrap().replace("\"operation\": \"words\"", "\"operation\": \"core\"");
    files.insert("acme/core.json".into(), text);
    insta::assert_snapshot!(generated(files).unwrap_err());
}

#[test]
fn two_operations_that_list_the_customers() {
    insta::assert_snapshot!(refused("acme/contact-find.json", "\"find\": {", "\"list\": true, \"find\": {"));
}

#[test]
fn a_required_parameter_that_nobody_fills() {
    insta::assert_snapshot!(refused("acme/lead-list.json", "\"user\": {\n        \"credential\": \"operator\"\n      }", "\"page_num\": { \"constant\": \"1\" }"));
}

#[test]
fn an_object_that_may_be_sent_as_null() {
    insta::assert_snapshot!(refused("acme/nullables.json", "\"ids\": {\n        \"type\": [\n          \"array\",", "\"ids\": {\n        \"x-type\": \"Ids\", \"type\": [\n          \"boolean\","));
}
