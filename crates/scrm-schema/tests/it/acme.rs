//! A made-up vendor that uses every keyword.

use serde_json::Value;

use crate::render::render;

/// Its files.
pub(crate) fn files() -> Vec<(String, String)> {
    [
        ("acme/vendor.json", include_str!("acme/vendor.json")),
        ("acme/token.json", include_str!("acme/token.json")),
        ("acme/member/member-list.json", include_str!("acme/member/member-list.json")),
        ("acme/member/visit-list.json", include_str!("acme/member/visit-list.json")),
        ("acme/member/definitions.json", include_str!("acme/member/definitions.json")),
    ]
    .map(|(file, text)| (file.to_owned(), text.to_owned()))
    .to_vec()
}

#[test]
fn every_keyword_reaches_the_model() {
    let tree = scrm_schema::load_files(files()).unwrap_or_else(|errors| panic!("{errors}"));
    insta::assert_snapshot!(render(&tree));
}

#[test]
fn the_order_of_files_does_not_matter() {
    let mut reversed = files();
    reversed.reverse();
    assert_eq!(scrm_schema::load_files(files()), scrm_schema::load_files(reversed));
}

#[test]
fn it_uses_every_keyword_of_the_meta_schemas() {
    let texts: String = files().into_iter().map(|(_, text)| text).collect();
    for meta in [scrm_schema::OPERATION_META_SCHEMA, scrm_schema::DEFINITIONS_META_SCHEMA, scrm_schema::VENDOR_META_SCHEMA] {
        let meta: Value = serde_json::from_str(meta).expect("the meta-schema is JSON");
        for keyword in keywords(&meta) {
            assert!(texts.contains(&format!("\"{keyword}\"")), "no file of the made-up vendor uses `{keyword}`");
        }
    }
}

/// Names of all properties that the meta-schema allows anywhere.
pub(crate) fn keywords(meta: &Value) -> Vec<String> {
    let mut found = Vec::new();
    match meta {
        Value::Object(map) => {
            if map.get("type").is_some_and(|ty| ty == "object")
                && let Some(Value::Object(properties)) = map.get("properties")
            {
                found.extend(properties.keys().cloned());
            }
            found.extend(map.values().flat_map(keywords));
        }
        Value::Array(items) => found.extend(items.iter().flat_map(keywords)),
        _ => {}
    }
    found
}
