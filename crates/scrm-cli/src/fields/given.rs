//! What a request holds, against the schema: names and types at every depth, and where its secrets stand.

use scrm_schema::model::{BodyKind, Enum, Field, Object, Operation, Sensitive, Type, Wire};
use serde_json::{Map, Value};

use crate::{
    failure::Failure,
    language::{Both, both},
    vendors::nearest,
};

/// What a secret is shown as.
const MASK: &str = "***";

/// Refuses names that are not documented and values of other types, and says where.
pub(crate) fn check(operation: &Operation, request: &Map<String, Value>) -> Result<(), Failure> {
    object(operation, &operation.request, request, "")
}

fn object(operation: &Operation, known: &Object, given: &Map<String, Value>, prefix: &str) -> Result<(), Failure> {
    for (name, value) in given {
        let path = format!("{prefix}{name}");
        match known.fields.iter().find(|field| field.name == *name) {
            // at the top, null leaves a field out
            Some(field) if value.is_null() && (field.nullable || prefix.is_empty()) => {}
            Some(field) => typed(operation, field, &field.ty, value, &path)?,
            None if known.open || is_column(known, name) => {}
            None => return Err(unknown(operation, known, name, prefix)),
        }
    }
    Ok(())
}

/// A column whose name is a prefix and a number.
fn is_column(known: &Object, name: &str) -> bool {
    let number = known.columns.as_ref().and_then(|columns| name.strip_prefix(columns.prefix.as_str()));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit()))
}

fn unknown(operation: &Operation, known: &Object, wrong: &str, prefix: &str) -> Failure {
    let names = || known.fields.iter().map(|field| field.name.as_str());
    let near = nearest(wrong, names());
    let near = if near.is_empty() { names().collect() } else { near };
    let near = near.iter().map(|name| format!("{prefix}{name}")).collect::<Vec<_>>().join(", ");
    let (name, wrong) = (&operation.name, format!("{prefix}{wrong}"));
    Failure::wrong_use(both!("{name} has no field {wrong:?}; near: {near}", "{name} 没有字段 {wrong:?}，相近的有：{near}"))
}

/// A value of a field, or of an item of its list, as its type says or as it travels.
fn typed(operation: &Operation, field: &Field, ty: &Type, value: &Value, path: &str) -> Result<(), Failure> {
    let in_quotes = field.wire != Wire::Plain && value.is_string();
    // outside of JSON all is text: a number may be given as it is written there
    let as_text = operation.body != BodyKind::Json;
    let fits = match (ty, value) {
        _ if in_quotes => true,
        (Type::Any, _) => true,
        (Type::Object(name), Value::Object(given)) => {
            let Some(known) = operation.objects.get(name) else { return Ok(()) };
            return object(operation, known, given, &format!("{path}."));
        }
        (Type::List(inner), Value::Array(items)) => {
            let mut items = items.iter().enumerate();
            return items.try_for_each(|(at, item)| typed(operation, field, inner, item, &format!("{path}[{at}]")));
        }
        (Type::Map(inner), Value::Object(given)) => {
            let mut entries = given.iter();
            return entries.try_for_each(|(name, value)| typed(operation, field, inner, value, &format!("{path}.{name}")));
        }
        (Type::Text, value) => value.is_string(),
        (Type::Integer, Value::String(text)) => as_text && text.parse::<i64>().is_ok(),
        (Type::Number, Value::String(text)) => as_text && text.parse::<f64>().is_ok_and(f64::is_finite),
        (Type::Integer, value) => value.is_i64() || value.is_u64(),
        (Type::Number, value) => value.is_number(),
        (Type::Boolean, Value::Number(number)) => field.wire != Wire::Plain && matches!(number.as_u64(), Some(0 | 1)),
        (Type::Boolean, value) => value.is_boolean(),
        (Type::Enum(name), value) => operation.enums.get(name).is_none_or(|known| is_code(known, value)),
        (Type::Object(_) | Type::List(_) | Type::Map(_), _) => false,
    };
    if fits {
        return Ok(());
    }
    // the value may be personal
    let (is, wanted) = (kind(value), wanted(operation, ty));
    Err(Failure::wrong_use(Both {
        en: format!("{path} is {}; {} is wanted", is.en, wanted.en),
        zh: format!("{path} 是{}，应为{}", is.zh, wanted.zh),
    }))
}

/// Codes are open, and of the documented ones' type.
fn is_code(known: &Enum, value: &Value) -> bool {
    let of_type = |fits: fn(&Value) -> bool| fits(value) && known.values.iter().any(|known| fits(&known.value));
    of_type(Value::is_string) || of_type(Value::is_number)
}

fn kind(value: &Value) -> Both {
    match value {
        Value::Null => both!("null", " null"),
        Value::Bool(_) => both!("true or false", " true 或 false"),
        Value::Number(_) => both!("a number", "数字"),
        Value::String(_) => both!("a text", "文本"),
        Value::Array(_) => both!("a list", "列表"),
        Value::Object(_) => both!("an object", "对象"),
    }
}

fn wanted(operation: &Operation, ty: &Type) -> Both {
    match ty {
        Type::Text => both!("a text", "文本"),
        Type::Integer => both!("a whole number", "整数"),
        Type::Number => both!("a number", "数字"),
        Type::Boolean => both!("true or false", " true 或 false"),
        Type::Enum(name) if operation.enums.get(name).is_some_and(|known| known.values.iter().all(|value| value.value.is_number())) => {
            both!("a number", "数字")
        }
        Type::Enum(_) => both!("a text", "文本"),
        Type::List(_) => both!("a list", "列表"),
        Type::Object(_) | Type::Map(_) | Type::Any => both!("an object", "对象"),
    }
}

/// Puts a mask in the place of every secret, and says where they stood.
pub(crate) fn mask_secrets(operation: &Operation, request: &mut Map<String, Value>) -> Vec<String> {
    let mut found = Vec::new();
    mask_object(operation, &operation.request, request, "", &mut found);
    found
}

fn mask_object(operation: &Operation, known: &Object, given: &mut Map<String, Value>, prefix: &str, found: &mut Vec<String>) {
    for field in &known.fields {
        let Some(value) = given.get_mut(&field.name).filter(|value| !value.is_null()) else { continue };
        let path = format!("{prefix}{}", field.name);
        if field.sensitive == Some(Sensitive::Secret) {
            *value = MASK.into();
            found.push(path);
        } else {
            mask_value(operation, &field.ty, value, &path, found);
        }
    }
}

fn mask_value(operation: &Operation, ty: &Type, value: &mut Value, path: &str, found: &mut Vec<String>) {
    match (ty, value) {
        (Type::Object(name), Value::Object(given)) => {
            if let Some(known) = operation.objects.get(name) {
                mask_object(operation, known, given, &format!("{path}."), found);
            }
        }
        (Type::List(inner), Value::Array(items)) => items.iter_mut().for_each(|item| mask_value(operation, inner, item, path, found)),
        (Type::Map(inner), Value::Object(given)) => given.values_mut().for_each(|value| mask_value(operation, inner, value, path, found)),
        _ => {}
    }
}

/// What is on the command line can be read by everybody on the machine, and stays in the shell's history.
pub(crate) fn no_secret(operation: &Operation, mut on_line: Map<String, Value>) -> Result<(), Failure> {
    let found = mask_secrets(operation, &mut on_line).join(", ");
    if found.is_empty() {
        return Ok(());
    }
    Err(Failure::wrong_use(both!(
        "{found}: a secret on the command line can be read by everybody on this machine; give it as JSON in a file, --json @file, or on standard input, --json @-",
        "{found}：命令行里的密钥或密码本机所有人都能看到；请写进 JSON 文件（--json @文件），或从标准输入给出（--json @-）"
    )))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{catalogue, language::Language};

    fn said(vendor: &str, name: &str, request: Value) -> String {
        let vendor = catalogue::around(vendor, name).unwrap();
        let operation = catalogue::operation(&vendor, name).unwrap();
        check(operation, request.as_object().unwrap()).err().map(|failure| failure.text(Language::English)).unwrap_or_default()
    }

    #[test]
    fn names_and_types_are_checked_at_every_depth() {
        let said = |data| said("xiaoe", "user_register", json!({ "data": data }));
        assert_eq!(said(json!({ "phone": "13800138001", "nickname": "x" })), "");
        assert!(
            said(json!({ "phone": "1", "nicknam": "x" })).starts_with("user_register has no field \"data.nicknam\"; near: data.nickname")
        );
        assert_eq!(said(json!({ "phone": 13_800_138_001_u64 })), "data.phone is a number; a text is wanted");
        assert_eq!(said(json!([])), "data is a list; an object is wanted");
    }

    /// The vendors' own requests pass.
    #[test]
    fn every_example_of_a_request_passes() {
        let (mut examples, mut wrong) = (0, Vec::new());
        for vendor in catalogue::all().unwrap().vendors {
            for operation in &vendor.operations {
                for request in operation.examples.iter().filter_map(|example| example.request.as_ref()?.as_object()) {
                    examples += 1;
                    wrong.extend(
                        check(operation, request).err().map(|failure| format!("{}: {}", operation.name, failure.text(Language::English))),
                    );
                }
            }
        }
        assert!(wrong.is_empty() && examples > 50, "{examples}: {wrong:#?}");
    }
}
