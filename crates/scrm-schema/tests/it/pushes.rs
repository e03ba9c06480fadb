//! What a vendor sends on its own: read, and with one mistake each.

use scrm_schema::model::{Protection, PushFormat};
use serde_json::{Value, json};

use crate::acme;

const USER: &str = "acme/push/user-add.json";
const DOOR: &str = "acme/push/door-open.json";
const PRIZE: &str = "acme/callback/prize-won.json";
const DELIVERY: &str = "acme/push/delivery.json";

#[test]
fn channels_and_pushes_reach_the_model() {
    let tree = scrm_schema::load_files(acme::all()).unwrap_or_else(|errors| panic!("{errors}"));
    let vendor = tree.vendors.first().expect("the made-up vendor");
    let names: Vec<String> =
        vendor.pushes().map(|(channel, push)| format!("{}/{} {:?}", channel.name, push.operation.name, push.kinds)).collect();
    assert_eq!(
        names,
        [
            "callback/prize_won []",
            "callback/stock_ask []",
            "push/door_open [\"door_open\"]",
            "push/stream_change [\"stream_change\", \"live_stream_change\"]",
            "push/user_add [\"user_add\"]"
        ]
    );
    let push = &vendor.channels[1].delivery;
    assert_eq!((push.format, push.protection, push.repeats.as_slice()), (PushFormat::Xml, Protection::Wechat, [2, 4].as_slice()));
    for (name, object) in [("door_open", "place"), ("stream_change", "places")] {
        let push = vendor.pushes().find(|(_, push)| push.operation.name == name).expect("a push").1;
        let shared = push.operation.objects.get("PushedPlace").expect("the shared object");
        assert!(
            shared.is_shared()
                && push.operation.enums["PushedSide"].is_shared()
                && push.content().is_some_and(|content| content.field(object).is_some())
        );
    }
    let asked = vendor.pushes().find(|(_, push)| push.operation.name == "stock_ask").expect("a callback").1;
    let (content, answer) = (asked.content().expect("a content"), &asked.operation.request);
    assert_eq!((content.name.as_str(), content.used.response, content.used.request), ("StockAsk", true, false));
    assert_eq!((answer.name.as_str(), answer.used.request, asked.answers), ("StockAskAnswer", true, true));
}

/// The errors with this value at that place; without one, with nothing there.
fn errors(file: &str, pointer: &str, value: Option<Value>) -> String {
    let mut files = acme::all();
    let text = &mut files.iter_mut().find(|(name, _)| name == file).expect("a file").1;
    let mut json: Value = serde_json::from_str(text).expect("JSON");
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
    let map = json.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object");
    match value {
        Some(value) => drop(map.insert(key.to_owned(), value)),
        None => drop(map.remove(key)),
    }
    *text = json.to_string();
    scrm_schema::load_files(files).map_or_else(|errors| errors.to_string(), |_| "NOT FOUND".to_owned())
}

#[test]
fn mistakes_are_told_where_they_are() {
    let field = json!({ "type": "string", "description": "A text.", "x-zh": "文字。" });
    for (file, pointer, value, wanted) in [
        (USER, "/content/properties/novelty", Some(field), "/content/properties/novelty: stands in no example; show it in one"),
        (USER, "/kinds", None, "/kinds: is missing; say what stands under the key of the kind"),
        (DOOR, "/kinds", Some(json!(["user_add"])), "user-add.json#/kinds/0: `user_add` is the kind of `door_open` too"),
        (DOOR, "/push", Some(json!("gate_open")), "/push: `gate_open` does not match the name of its file"),
        (DOOR, "/follows", Some(json!(["nothing"])), "/follows/0: there is no operation `nothing`"),
        (USER, "/nested", Some(json!("user_id")), "/nested: `user_id` is a field of its own"),
        (USER, "/source/cut_after", Some(json!("content/nothing")), "/source/cut_after: there is no field `content/nothing`"),
        (USER, "/recognized", Some(json!({ "keys": ["x"] })), "/recognized: says nothing beside a key of the kind"),
        (PRIZE, "/recognized", None, "/recognized: is missing; say which keys tell it from the others"),
        (PRIZE, "/id", Some(json!("nothing")), "/id: the content has no text or integer `nothing`"),
        (PRIZE, "/content/properties/prize/type", Some(json!("integer")), "is not what the schema says (integer)"),
        (DELIVERY, "/format", Some(json!("json")), "/examples/0/body: is not written as delivery.json says"),
        (DELIVERY, "/envelope/knd", Some(json!("x")), "/envelope/knd: the keyword `knd` is not known here"),
        (DELIVERY, "/repeats", Some(json!([0])), "delivery.json#/repeats/0: 0 is less than the minimum of 1"),
    ] {
        let told = errors(file, pointer, value);
        assert!(told.contains(wanted), "{file}#{pointer}: {told}");
    }
    for (pointer, value, wanted) in [
        (
            "/Unused",
            json!({ "type": "object", "description": "A.", "x-zh": "一。", "properties": {} }),
            "definitions.json#/Unused: is used nowhere in its area",
        ),
        (
            "/PushedPlace",
            Value::Null,
            "door-open.json#/content/properties/place/$ref: there is no `PushedPlace` in the area's definitions.json",
        ),
        ("/PushedPlace/properties/floor/type", json!("strange"), "acme/push/definitions.json#/PushedPlace"),
    ] {
        let told = errors("acme/push/definitions.json", pointer, Some(value).filter(|value| !value.is_null()));
        assert!(told.contains(wanted), "{pointer}: {told}");
    }
    let mut files = acme::all();
    files.retain(|(file, _)| file != DELIVERY);
    let told = scrm_schema::load_files(files).expect_err("nothing says how").to_string();
    assert!(told.contains("acme/push/delivery.json#: is missing or no JSON"), "{told}");
}
