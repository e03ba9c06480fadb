//! Where two values differ.

use serde_json::Value;

/// The first difference with the way to it; a number is the same however it is written.
pub(crate) fn difference(wanted: &Value, found: &Value) -> Option<String> {
    below("", wanted, found)
}

fn below(at: &str, wanted: &Value, found: &Value) -> Option<String> {
    match (wanted, found) {
        (Value::Object(wanted), Value::Object(found)) => {
            let lost = wanted.keys().find(|name| !found.contains_key(*name)).map(|name| format!("{at}/{name} is lost"));
            let more = found.keys().find(|name| !wanted.contains_key(*name)).map(|name| format!("{at}/{name} is there besides"));
            let inside = || wanted.iter().find_map(|(name, value)| below(&format!("{at}/{name}"), value, found.get(name)?));
            lost.or(more).or_else(inside)
        }
        (Value::Array(wanted), Value::Array(found)) if wanted.len() == found.len() => {
            wanted.iter().zip(found).enumerate().find_map(|(number, (wanted, found))| below(&format!("{at}/{number}"), wanted, found))
        }
        (Value::Number(one), Value::Number(other)) if one.as_f64() == other.as_f64() => None,
        // JSON inside a text may be written with its keys in another order.
        (Value::String(one), Value::String(other)) if one != other => match (inside(one), inside(other)) {
            (Some(one), Some(other)) => below(at, &one, &other),
            _ => Some(format!("{at}: {one:?} became {other:?}")),
        },
        _ => (wanted != found).then(|| format!("{at}: {wanted} became {found}")),
    }
}

fn inside(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok().filter(|value: &Value| value.is_object() || value.is_array())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_kind_of_difference_is_told_with_its_place() {
        let differs = |wanted: Value, found: Value| difference(&wanted, &found);
        assert_eq!(differs(json!({ "a": [1, "{\"b\": 1, \"c\": 2}"] }), json!({ "a": [1.0, "{\"c\":2,\"b\":1}"] })), None);
        assert_eq!(differs(json!({ "a": 1 }), json!({})).as_deref(), Some("/a is lost"));
        assert_eq!(differs(json!({}), json!({ "a": 1 })).as_deref(), Some("/a is there besides"));
        assert_eq!(differs(json!({ "a": [{ "b": "1" }] }), json!({ "a": [{ "b": 1 }] })).as_deref(), Some("/a/0/b: \"1\" became 1"));
        assert_eq!(differs(json!("{\"a\":1}"), json!("{\"a\":2}")).as_deref(), Some("/a: 1 became 2"));
    }
}
