//! Schemas whose files are right each by itself but cannot be generated from: a clear error, and nothing generated.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::fixtures::{files, generated};

/// The errors after a change of one file.
fn refused(path: &str, from: &str, to: &str) -> String {
    let mut files: BTreeMap<String, String> = files();
    let text = files.get_mut(path).unwrap();
    assert!(text.contains(from), "{path} has no {from}");
    *text = text.replacen(from, to, 1);
    generated(files).unwrap_err()
}

/// The files, with the list of leads among the shapes.
fn in_one_area() -> BTreeMap<String, String> {
    let mut files = files();
    let leads = files.remove("acme/lead/lead-list.json").unwrap();
    files.insert("acme/shape/lead-list.json".to_owned(), leads);
    files
}

#[test]
fn two_operations_of_an_area_with_an_enum_of_one_name() {
    let mut files = in_one_area();
    let leads = files.get_mut("acme/shape/lead-list.json").unwrap();
    *leads = leads.replacen("LeadGroup", "Colour", 1);
    insta::assert_snapshot!(generated(files).unwrap_err());
}

#[test]
fn two_areas_may_have_an_enum_of_one_name() {
    let mut files = files();
    let leads = files.get_mut("acme/lead/lead-list.json").unwrap();
    *leads = leads.replacen("LeadGroup", "Colour", 1);
    assert!(generated(files).is_ok());
}

#[test]
fn an_enum_named_like_another_operation_of_its_area() {
    let mut files = in_one_area();
    let choices = files.get_mut("acme/shape/choices.json").unwrap();
    *choices = choices.replacen("ColourLabel", "LeadList", 1);
    insta::assert_snapshot!(generated(files).unwrap_err());
}

/// An area of this name in place of `lead`.
fn area(name: &str) -> Result<BTreeMap<String, String>, String> {
    let renamed = |(path, text): (String, String)| {
        let text = if path == "acme/vendor.json" { text.replace("\"name\": \"lead\"", &format!("\"name\": \"{name}\"")) } else { text };
        (path.replace("/lead/", &format!("/{name}/")), text)
    };
    generated(files().into_iter().map(renamed))
}

#[test]
fn areas_named_like_what_every_client_has() {
    let names = ["token", "tools", "client", "vendor", "hooks", "call", "call_raw", "core", "blocking", "fetch_token", "find_customers"];
    let told: String = names.map(|name| format!("{}\n", area(name).unwrap_err())).concat();
    insta::assert_snapshot!(told);
}

#[test]
fn an_area_may_be_named_like_a_keyword() {
    let made = area("type").unwrap();
    assert!(made.contains_key("crates/acme-client/src/generated/type/mod.rs"));
    assert!(made["crates/acme-client/src/generated/mod.rs"].contains("pub mod r#type;"));
    assert!(made["crates/acme-client/src/generated/client.rs"].contains("pub fn r#type(&self)"));
}

/// The operation `contact_find` of the area `lead` under another name.
fn operation(name: &str) -> String {
    let renamed = |(path, text): (String, String)| match path.as_str() {
        "acme/lead/contact-find.json" => {
            (format!("acme/lead/{}.json", name.replace('_', "-")), text.replacen("\"contact_find\"", &format!("\"{name}\""), 1))
        }
        _ => (path, text),
    };
    generated(files().into_iter().map(renamed)).unwrap_err()
}

#[test]
fn operations_that_would_meet_in_their_area() {
    let told = ["list", "lead_clone", "mod", "handle"].map(|name| format!("{name}\n{}\n\n", operation(name)));
    insta::assert_snapshot!(told.concat());
}

#[test]
fn what_somebody_has_still_to_write() {
    insta::assert_snapshot!(refused("acme/lead/lead-list.json", "\"description\": \"", "\"description\": \"TODO (line 3) "));
}

#[test]
fn an_enum_named_like_a_type_of_its_area() {
    insta::assert_snapshot!(refused("acme/shape/choices.json", "ColourLabel", "Handle"));
}

#[test]
fn two_operations_that_list_the_customers() {
    let listing = "\"customer\": { \"id\": \"id\", \"list\": true }, \"request\": {";
    insta::assert_snapshot!(refused("acme/order/order-list.json", "\"request\": {", listing));
}

#[test]
fn two_operations_that_find_by_one_key() {
    let finding = "\"customer\": { \"id\": \"match\", \"find\": { \"phone\": { \"parameter\": \"openId\" } }, \"with\": { \"type\": { \"constant\": \"t\" } } }, \"request\": {";
    insta::assert_snapshot!(refused("acme/shape/words.json", "\"request\": {", finding));
}

#[test]
fn customers_found_by_a_request_that_breaks_the_operations_rules() {
    insta::assert_snapshot!(refused("acme/member/member-list.json", "\"name\",\n        \"phone\"\n      ]", "\"name\"\n      ]"));
}

#[test]
fn a_range_along_lists() {
    let mut files: BTreeMap<String, String> = files();
    let mut edit = |file: &str, edits: &[(&str, Value)]| {
        let text = files.get_mut(file).unwrap();
        let mut json: Value = serde_json::from_str(text).unwrap();
        for (pointer, value) in edits {
            *json.pointer_mut(pointer).unwrap() = value.clone();
        }
        *text = json.to_string();
    };
    let days = json!({ "type": "array", "description": "When.", "x-zh": "时间", "x-time": "date", "x-wire": "bars", "items": { "type": "string" } });
    edit(
        "acme/order/order-list.json",
        &[
            ("/request/properties/from", days.clone()),
            ("/request/properties/to", days),
            ("/examples/0/request/from", json!("2026-01-01||2026-01-02")),
            ("/examples/0/request/to", json!("2026-01-01||2026-01-02")),
        ],
    );
    insta::assert_snapshot!(generated(files).unwrap_err());
}
