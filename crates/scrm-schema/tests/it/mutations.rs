//! Random edits of valid files: whatever comes out, loading them does not panic, and errors name a file.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::acme;

/// Pointers of all values below one.
fn pointers(value: &Value, at: String, found: &mut Vec<String>) {
    let below: Vec<(String, &Value)> = match value {
        Value::Object(map) => map.iter().map(|(key, value)| (key.replace('~', "~0").replace('/', "~1"), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(number, value)| (number.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    for (key, value) in below {
        pointers(value, format!("{at}/{key}"), found);
    }
    found.push(at);
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!(null)),
        Just(json!(true)),
        Just(json!([])),
        Just(json!({})),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop_oneof![
            "[ -~]{0,12}",
            Just("#/definitions/Member".to_owned()),
            Just("/data/list".to_owned()),
            Just("object".to_owned()),
            Just("integer".to_owned())
        ]
        .prop_map(Value::from),
    ]
}

/// What is done at a place: put a value, put a copy of another place, or rename the key.
#[derive(Clone, Debug)]
enum Edit {
    Put(Value),
    Copy(prop::sample::Index),
    Remove,
}

fn any_edit() -> impl Strategy<Value = Edit> {
    prop_oneof![any_value().prop_map(Edit::Put), any::<prop::sample::Index>().prop_map(Edit::Copy), Just(Edit::Remove)]
}

fn apply(json: &mut Value, place: prop::sample::Index, edit: Edit) {
    let mut places = Vec::new();
    pointers(json, String::new(), &mut places);
    let place = places[place.index(places.len())].clone();
    match edit {
        Edit::Put(value) => *json.pointer_mut(&place).expect("a known place") = value,
        Edit::Copy(from) => {
            let copy = json.pointer(&places[from.index(places.len())]).expect("a known place").clone();
            *json.pointer_mut(&place).expect("a known place") = copy;
        }
        Edit::Remove => {
            let Some((parent, key)) = place.rsplit_once('/') else { return };
            if let Some(Value::Object(map)) = json.pointer_mut(parent) {
                map.remove(&key.replace("~1", "/").replace("~0", "~"));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_edits_never_panic(
        file in 0..4_usize,
        edits in prop::collection::vec((any::<prop::sample::Index>(), any_edit()), 1..4),
    ) {
        let mut files = acme::files();
        let mut json: Value = serde_json::from_str(&files[file].1).expect("the file is JSON");
        for (place, edit) in edits {
            apply(&mut json, place, edit);
        }
        files[file].1 = json.to_string();
        if let Err(errors) = scrm_schema::load_files(files) {
            prop_assert!(!errors.problems().is_empty());
            prop_assert!(errors.problems().iter().all(|problem| problem.file.starts_with("acme/")));
        }
    }

    #[test]
    fn random_text_never_panics(text in "[ -~\\n]{0,200}") {
        let mut files = acme::files();
        files[2].1 = text;
        prop_assert!(scrm_schema::load_files(files).is_err());
    }
}
