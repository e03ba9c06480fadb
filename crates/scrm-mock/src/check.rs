//! Checks a call's parameters against the schema, as strictly as it is documented.

use serde_json::{Map, Value};

use scrm_schema::model::{Beyond, Field, Object, Operation, Rule, Situation, TimeFormat, Type, Wire};

use crate::{
    clock,
    fill::plain,
    request::{Given, Parameters},
};

/// What is wrong with a call, and about which parameter.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wrong {
    pub(crate) situation: Situation,
    pub(crate) field: String,
    pub(crate) reason: String,
}

impl Wrong {
    fn missing(field: &str) -> Self {
        Self { situation: Situation::ParameterMissing, field: field.to_owned(), reason: format!("{field} is required") }
    }

    pub(crate) fn invalid(field: &str, reason: impl std::fmt::Display) -> Self {
        Self { situation: Situation::ParameterInvalid, field: field.to_owned(), reason: format!("{field} {reason}") }
    }
}

/// The parameters that say something, in the types of the schema: without those that are null or empty where that means nothing.
pub(crate) fn check(operation: &Operation, parameters: &Parameters) -> Result<Map<String, Value>, Wrong> {
    let checker = Checker { operation };
    let checked = checker.object(&operation.request, &|name| parameters.get(name), "")?;
    for rule in &operation.rules {
        checker.rule(rule, &checked)?;
    }
    Ok(checked)
}

struct Checker<'a> {
    operation: &'a Operation,
}

impl Checker<'_> {
    fn object<'v>(&self, object: &Object, given: &dyn Fn(&str) -> Option<&'v Given>, above: &str) -> Result<Map<String, Value>, Wrong> {
        let mut checked = Map::new();
        for field in &object.fields {
            let given = given(&field.name);
            if given.is_none() && !field.required {
                continue;
            }
            let name = if above.is_empty() { field.name.clone() } else { format!("{above}/{}", field.name) };
            let Some(given) = given else { return Err(Wrong::missing(&name)) };
            if says_nothing(field, given) {
                continue;
            }
            checked.insert(field.name.clone(), self.value(field, &field.ty, given, &name)?);
        }
        Ok(checked)
    }

    fn value(&self, field: &Field, ty: &Type, given: &Given, name: &str) -> Result<Value, Wrong> {
        let value = match ty {
            Type::Object(object) => return self.nested(object, &structure(field, given, name)?, name),
            Type::List(item) => return self.list(field, item, given, name),
            Type::Map(_) => match structure(field, given, name)? {
                value @ Value::Object(_) => value,
                other => return Err(Wrong::invalid(name, format_args!("must be an object, not {}", kind(&other)))),
            },
            Type::Enum(listed) => self.enumerated(field, listed, given, name)?,
            Type::Any => given.value.clone(),
            Type::Text | Type::Integer | Type::Number | Type::Boolean => scalar(field, ty, given, name)?,
        };
        limits(field, &value, name)?;
        Ok(value)
    }

    fn nested(&self, object: &str, value: &Value, name: &str) -> Result<Value, Wrong> {
        let Value::Object(map) = value else {
            return Err(Wrong::invalid(name, format_args!("must be an object, not {}", kind(value))));
        };
        let Some(object) = self.operation.objects.get(object) else { return Ok(value.clone()) };
        let given: Parameters = map.iter().map(|(name, value)| (name.clone(), Given { value: value.clone(), textual: false })).collect();
        self.object(object, &|name| given.get(name), name).map(Value::Object)
    }

    fn list(&self, field: &Field, item: &Type, given: &Given, name: &str) -> Result<Value, Wrong> {
        let items = match (field.wire, &given.value) {
            (Wire::Comma, Value::String(text)) => split(text, ","),
            (Wire::Bars, Value::String(text)) => split(text, "||"),
            (Wire::Json, Value::String(_)) => list_of(structure(field, given, name)?, name)?,
            (_, Value::String(text)) if given.textual => match serde_json::from_str(text) {
                Ok(Value::Array(items)) => items,
                _ => split(text, ","),
            },
            (_, other) => list_of(other.clone(), name)?,
        };
        let count = u32::try_from(items.len()).unwrap_or(u32::MAX);
        if field.max_items.is_some_and(|most| count > most) || field.min_items.is_some_and(|least| count < least) {
            let (least, most) = (field.min_items.unwrap_or(0), field.max_items.map_or_else(|| "any".to_owned(), |most| most.to_string()));
            return Err(Wrong::invalid(name, format_args!("must have {least} to {most} items, not {count}")));
        }
        let textual = given.value.is_string();
        let checked = items.into_iter().enumerate().map(|(place, value)| {
            let path = format!("{name}/{place}");
            let single = Field { wire: Wire::Plain, ..field.clone() };
            self.value(&single, item, &Given { value, textual }, &path)
        });
        checked.collect::<Result<_, _>>().map(Value::Array)
    }

    fn enumerated(&self, field: &Field, listed: &str, given: &Given, name: &str) -> Result<Value, Wrong> {
        let values = self.operation.enums.get(listed).map(|listed| listed.values.as_slice()).unwrap_or_default();
        let loose = given.textual || field.documented_type.is_some() || field.wire == Wire::Text;
        let same = |value: &Value| *value == given.value || (loose && plain(value) == plain(&given.value));
        match values.iter().find(|listed| same(&listed.value)) {
            Some(listed) => Ok(listed.value.clone()),
            None => {
                let known = values.iter().map(|listed| listed.value.to_string()).collect::<Vec<_>>().join(", ");
                Err(Wrong::invalid(name, format_args!("must be one of {known}")))
            }
        }
    }

    fn rule(&self, rule: &Rule, given: &Map<String, Value>) -> Result<(), Wrong> {
        let there = |names: &[String]| names.iter().filter(|name| at(given, name).is_some()).count();
        let first = |names: &[String]| names.first().cloned().unwrap_or_default();
        let broken = |names: &[String], what: &str| {
            Err(Wrong::invalid(&first(names), format_args!("breaks a rule: {what} of {}", names.join(", "))))
        };
        match rule {
            Rule::AtLeastOne(names) if there(names) == 0 => Err(Wrong {
                situation: Situation::ParameterMissing,
                field: first(names),
                reason: format!("at least one of {} is required", names.join(", ")),
            }),
            Rule::ExactlyOne(names) if there(names) != 1 => broken(names, "exactly one"),
            Rule::AtMostOne(names) if there(names) > 1 => broken(names, "at most one"),
            Rule::Together(names) if there(names) != 0 && there(names) != names.len() => broken(names, "all or none"),
            Rule::RequiredIf { field, other, values } => {
                let decides = at(given, other).is_some_and(|value| values.is_empty() || values.contains(&plain(value)));
                if decides && at(given, field).is_none() { Err(Wrong::missing(field)) } else { Ok(()) }
            }
            Rule::Span { start, end, strict, max_seconds, beyond } => {
                let (Some(from), Some(to)) = (at(given, start).and_then(begins), at(given, end).and_then(begins)) else { return Ok(()) };
                if from > to || (*strict && from == to) {
                    return Err(Wrong::invalid(start, format_args!("must be before {end}")));
                }
                match max_seconds {
                    Some(longest) if to.abs_diff(from) > *longest && *beyond == Beyond::Refused => {
                        Err(Wrong::invalid(end, format_args!("is more than {longest} seconds after {start}")))
                    }
                    _ => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }
}

/// A value below nested objects: `data/user_id`.
pub(crate) fn at<'v>(given: &'v Map<String, Value>, path: &str) -> Option<&'v Value> {
    let mut steps = path.split('/');
    let first = given.get(steps.next()?)?;
    steps.try_fold(first, |value, step| value.get(step))
}

/// Puts a value below nested objects.
pub(crate) fn put(given: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('/') {
        None => _ = given.insert(path.to_owned(), value),
        Some((step, rest)) => {
            if let Value::Object(inner) = given.entry(step).or_insert_with(|| Value::Object(Map::new())) {
                put(inner, rest, value);
            }
        }
    }
}

/// When a time begins, in seconds; a bare number counts as seconds.
pub(crate) fn begins(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str().and_then(|text| clock::seconds_of(text).map(|(first, _)| first).or_else(|| text.parse().ok())))
}

/// An empty text in a form says nothing, and so does null or an empty value where the page says so.
fn says_nothing(field: &Field, given: &Given) -> bool {
    match &given.value {
        Value::Null => field.nullable || field.empty_means_no_filter,
        Value::String(text) => {
            text.is_empty() && (given.textual || field.empty_means_no_filter || (field.nullable && field.ty != Type::Text))
        }
        Value::Array(items) => items.is_empty() && field.empty_means_no_filter && !field.nullable,
        _ => false,
    }
}

/// A list or object that may travel as JSON inside a text.
fn structure(field: &Field, given: &Given, name: &str) -> Result<Value, Wrong> {
    match &given.value {
        Value::String(text) if given.textual || field.wire == Wire::Json => {
            serde_json::from_str(text).map_err(|error| Wrong::invalid(name, format_args!("must be JSON: {error}")))
        }
        other if field.wire == Wire::Json => Err(Wrong::invalid(name, format_args!("must be JSON inside a text, not {}", kind(other)))),
        other => Ok(other.clone()),
    }
}

fn list_of(value: Value, name: &str) -> Result<Vec<Value>, Wrong> {
    match value {
        Value::Array(items) => Ok(items),
        other => Err(Wrong::invalid(name, format_args!("must be a list, not {}", kind(&other)))),
    }
}

fn split(text: &str, between: &str) -> Vec<Value> {
    text.split(between).filter(|piece| !piece.is_empty()).map(|piece| Value::String(piece.to_owned())).collect()
}

fn scalar(field: &Field, ty: &Type, given: &Given, name: &str) -> Result<Value, Wrong> {
    // Where page and wire differ about the type, both are taken.
    let quoted = given.textual || field.wire == Wire::Text || field.documented_type.is_some();
    let text = given.value.as_str().filter(|_| quoted);
    let bare = field.wire != Wire::Text || field.documented_type.is_some();
    let read = match ty {
        Type::Integer => text
            .and_then(|text| text.parse::<i64>().ok().map(Value::from))
            .or_else(|| given.value.is_i64().then(|| given.value.clone()).filter(|_| bare)),
        Type::Number => {
            let parsed = text.and_then(|text| text.parse::<f64>().ok()).filter(|number| number.is_finite()).map(Value::from);
            parsed.or_else(|| given.value.is_number().then(|| given.value.clone()).filter(|_| bare))
        }
        Type::Boolean => truth(field, given),
        _ => match &given.value {
            Value::String(_) => Some(given.value.clone()),
            Value::Number(number) if field.documented_type.is_some() => Some(Value::String(number.to_string())),
            _ => None,
        },
    };
    let Some(value) = read else {
        return Err(Wrong::invalid(name, format_args!("must be {}, not {}", wanted(field, ty), kind(&given.value))));
    };
    timed(field, &value, name)?;
    Ok(value)
}

fn truth(field: &Field, given: &Given) -> Option<Value> {
    let truth = match (field.wire, &given.value) {
        (Wire::Plain, Value::Bool(truth)) => *truth,
        (Wire::Digit, Value::Number(number)) => match number.as_i64()? {
            0 => false,
            1 => true,
            _ => return None,
        },
        (wire, Value::String(text)) if given.textual || matches!(wire, Wire::DigitText | Wire::Text) => match text.as_str() {
            "0" | "false" => false,
            "1" | "true" => true,
            _ => return None,
        },
        _ => return None,
    };
    Some(Value::Bool(truth))
}

fn timed(field: &Field, value: &Value, name: &str) -> Result<(), Wrong> {
    let Some(text) = value.as_str() else { return Ok(()) };
    let (shape, length) = match field.time {
        Some(TimeFormat::DateTime) => ("YYYY-MM-DD HH:MM:SS", 19),
        Some(TimeFormat::Date) => ("YYYY-MM-DD", 10),
        Some(TimeFormat::OffsetDateTime) if text.get(10..11) == Some("T") && clock::seconds_of(text).is_some() => return Ok(()),
        Some(TimeFormat::OffsetDateTime) => return Err(Wrong::invalid(name, "must be written YYYY-MM-DDTHH:MM:SS with an offset")),
        Some(TimeFormat::Month) => ("YYYY_MM", 7),
        Some(TimeFormat::Seconds | TimeFormat::Milliseconds) if text.parse::<i64>().is_err() => {
            return Err(Wrong::invalid(name, "must be a Unix time"));
        }
        _ => return Ok(()),
    };
    if text.len() == length && clock::seconds_of(text).is_some() {
        Ok(())
    } else {
        Err(Wrong::invalid(name, format_args!("must be written {shape}")))
    }
}

fn limits(field: &Field, value: &Value, name: &str) -> Result<(), Wrong> {
    if let Some(number) = value.as_f64() {
        #[allow(clippy::cast_precision_loss)]
        let (least, most) = (field.minimum.map(|least| least as f64), field.maximum.map(|most| most as f64));
        if let Some(least) = least.filter(|least| number < *least) {
            return Err(Wrong::invalid(name, format_args!("must be {least} or more, not {number}")));
        }
        if let Some(most) = most.filter(|most| number > *most) {
            return Err(Wrong::invalid(name, format_args!("must be {most} or less, not {number}")));
        }
    }
    if let Some(text) = value.as_str() {
        let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        if let Some(least) = field.min_length.filter(|least| length < *least) {
            return Err(Wrong::invalid(name, format_args!("must have {least} or more characters, not {length}")));
        }
        if let Some(most) = field.max_length.filter(|most| length > *most) {
            return Err(Wrong::invalid(name, format_args!("must have {most} or fewer characters, not {length}")));
        }
    }
    Ok(())
}

fn wanted(field: &Field, ty: &Type) -> &'static str {
    match (ty, field.wire) {
        (Type::Integer | Type::Number, Wire::Text) => "a number in quotes",
        (Type::Integer, _) => "an integer",
        (Type::Number, _) => "a number",
        (Type::Boolean, Wire::Digit) => "0 or 1",
        (Type::Boolean, Wire::DigitText) => "\"0\" or \"1\"",
        (Type::Boolean, _) => "true or false",
        _ => "a text",
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "this text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
