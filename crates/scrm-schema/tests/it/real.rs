//! The schema tree of this repository.

use std::path::{Path, PathBuf};

use scrm_schema::model::{Field, Operation, Sensitive, Tree, Type};

use crate::acme::keywords;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas")
}

fn tree() -> Tree {
    scrm_schema::load(&folder()).unwrap_or_else(|errors| panic!("{errors}"))
}

fn fields(operation: &Operation) -> impl Iterator<Item = &Field> {
    std::iter::once(&operation.request).chain(operation.objects.values()).flat_map(|object| &object.fields)
}

#[test]
fn it_loads() {
    let tree = tree();
    assert!(!tree.vendors.is_empty());
    assert!(tree.vendors.iter().all(|vendor| !vendor.operations.is_empty()));
}

#[test]
fn what_the_stand_in_fills_with_personal_data_is_marked() {
    for operation in tree().vendors.iter().flat_map(|vendor| &vendor.operations) {
        for field in fields(operation) {
            let wanted = match field.sample.as_deref() {
                Some(
                    "name" | "nickname" | "phone" | "other_phone" | "email" | "avatar" | "birthday" | "address" | "union_id" | "open_id"
                    | "mini_open_id",
                ) => Some(Sensitive::Personal),
                Some("token" | "refresh_token") => Some(Sensitive::Secret),
                _ => continue,
            };
            assert_eq!(field.sensitive, wanted, "{}#{}", operation.file, field.pointer);
        }
    }
}

#[test]
fn every_operation_has_an_example_of_a_success() {
    for vendor in &tree().vendors {
        for operation in &vendor.operations {
            let code = |response: &serde_json::Value| {
                response.get(&vendor.file.envelope.code).is_some_and(|code| vendor.file.envelope.success.contains(code))
            };
            // Of some answers no copy of a page shows anything: they are any JSON, and nothing is made up.
            if operation.data.as_ref().is_none_or(|data| data.ty == Type::Any) {
                continue;
            }
            assert!(
                operation.examples.iter().any(|example| example.request.is_some() && example.response.as_ref().is_some_and(code)),
                "{}",
                operation.file
            );
        }
    }
}

#[test]
fn its_readme_explains_every_keyword_and_sample() {
    let readme = std::fs::read_to_string(folder().join("README.md")).expect("the README is there");
    let parsed = |meta: &str| serde_json::from_str::<serde_json::Value>(meta).expect("the meta-schema is JSON");
    let (meta, known) = (parsed(scrm_schema::OPERATION_META_SCHEMA), parsed(scrm_schema::KNOWN_META_SCHEMA));
    let samples =
        meta.pointer("/$defs/field/properties/x-sample/pattern").and_then(serde_json::Value::as_str).expect("the samples are a pattern");
    let samples = samples.trim_start_matches("^(=.*|").trim_end_matches(")$").split('|').map(str::to_owned);
    let others = [scrm_schema::PUSH_META_SCHEMA, scrm_schema::DELIVERY_META_SCHEMA];
    let others = others.map(|text| keywords(&serde_json::from_str(text).expect("the meta-schema is JSON")));
    let missing: Vec<String> = keywords(&meta)
        .into_iter()
        .chain(keywords(&known))
        .chain(others.into_iter().flatten())
        .chain(samples)
        .filter(|word| ["`{}`", "\"{}\"", "`{} ", ".{}`"].iter().all(|form| !readme.contains(&form.replace("{}", word))))
        .collect();
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn pushes_and_callbacks_are_there_and_their_people_are_made_up() {
    let tree = tree();
    let count = |vendor: &str| tree.vendors.iter().find(|known| known.file.vendor == vendor).map(|known| known.pushes().count());
    assert_eq!((count("xiaoe"), count("rabbitpre"), count("beschannels")), (Some(21), Some(8), Some(0)));
    for (_, push) in tree.vendors.iter().flat_map(scrm_schema::model::Vendor::pushes) {
        for field in fields(&push.operation) {
            let personal = matches!(
                field.sample.as_deref(),
                Some("name" | "nickname" | "phone" | "birthday" | "union_id" | "open_id" | "email" | "address" | "avatar")
            );
            assert!(!personal || field.sensitive == Some(Sensitive::Personal), "{}#{}", push.operation.file, field.pointer);
        }
    }
}
