//! Requests that say all that can be said, as they stand on the wire: for tests that call every operation with every documented field.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::model::{Field, Object, Operation, Rule, TimeFormat, Type, Wire};

/// How deep objects inside of objects are filled; one that holds itself has no end.
const DEEPEST: usize = 4;
/// How many ways of choosing between fields are looked at.
const MOST_CHOICES: usize = 256;
/// What a text says of which nothing is known.
const TEXT: &str = "made_up";

/// Every documented field at once, whatever the rules between them.
#[must_use]
pub fn all(operation: &Operation) -> Map<String, Value> {
    let mut request = Filling { operation, least: false }.object(&operation.request, 0);
    order(operation, &mut request);
    request
}

/// Requests that obey all rules and set every documented field in one of them: several, where fields exclude each other.
#[must_use]
pub fn requests(operation: &Operation) -> Vec<Map<String, Value>> {
    let groups = exclusive(operation);
    let whole = all(operation);
    let mut unset: BTreeSet<&str> = groups.iter().flat_map(|fields| fields.iter()).map(String::as_str).collect();
    let mut requests: Vec<Map<String, Value>> = Vec::new();
    for kept in choices(&groups) {
        let mut request = whole.clone();
        for (fields, kept) in groups.iter().zip(kept) {
            for (_, field) in fields.iter().enumerate().filter(|(at, _)| *at != kept) {
                edit(&mut request, field, &mut |object, name| drop(object.remove(name)));
            }
        }
        let sets = |field: &&str| is_there(&request, field);
        if operation.rules.iter().all(|rule| obeys(&request, rule)) && (requests.is_empty() || unset.iter().any(sets)) {
            unset.retain(|field| !is_there(&request, field));
            requests.push(request);
        }
    }
    requests
}

/// Which field of each group is kept, in every way there is.
fn choices(groups: &[&[String]]) -> Vec<Vec<usize>> {
    let mut choices = vec![Vec::new()];
    for fields in groups {
        let longer = |chosen: &Vec<usize>| (0..fields.len()).map(|kept| [chosen.as_slice(), &[kept]].concat()).collect::<Vec<_>>();
        choices = choices.iter().flat_map(longer).take(MOST_CHOICES).collect();
    }
    choices
}

/// Whether a request keeps to a rule between fields, as far as it says which of them are there.
fn obeys(request: &Map<String, Value>, rule: &Rule) -> bool {
    let there = |fields: &[String]| fields.iter().filter(|field| is_there(request, field)).count();
    match rule {
        Rule::AtLeastOne(fields) => there(fields) > 0,
        Rule::ExactlyOne(fields) => there(fields) == 1,
        Rule::AtMostOne(fields) => there(fields) <= 1,
        Rule::Together(fields) => there(fields) == 0 || there(fields) == fields.len(),
        Rule::RequiredIf { field, other, values } => !decides(request, other, values) || is_there(request, field),
        Rule::Span { .. } => true,
    }
}

fn decides(request: &Map<String, Value>, other: &str, values: &[String]) -> bool {
    at(request, other).is_some_and(|value| values.is_empty() || values.contains(&plain(value)))
}

/// What the rules ask for and nothing else.
#[must_use]
pub fn least(operation: &Operation) -> Map<String, Value> {
    let filling = Filling { operation, least: true };
    let mut request = filling.object(&operation.request, 0);
    for rule in &operation.rules {
        match rule {
            Rule::AtLeastOne(fields) | Rule::ExactlyOne(fields) if !fields.iter().any(|field| is_there(&request, field)) => {
                fields.iter().take(1).for_each(|field| filling.put(&mut request, field));
            }
            Rule::RequiredIf { field, other, values } if decides(&request, other, values) => filling.put(&mut request, field),
            Rule::Together(fields) if fields.iter().any(|field| is_there(&request, field)) => {
                fields.iter().for_each(|field| filling.put(&mut request, field));
            }
            _ => {}
        }
    }
    order(operation, &mut request);
    request
}

/// A list of so many items, as this field writes it.
#[must_use]
pub fn list(operation: &Operation, field: &Field, count: usize) -> Value {
    let filling = Filling { operation, least: false };
    let item = match &field.ty {
        Type::List(item) => filling.item(field, item, 0),
        other => filling.item(field, other, 0),
    };
    written(field, vec![item; count])
}

/// Changes the object that a path leads to, in every item where it goes through lists; `change` is given the last name. JSON inside a text stays that.
pub fn edit(request: &mut Map<String, Value>, path: &str, change: &mut dyn FnMut(&mut Map<String, Value>, &str)) {
    match path.split_once('/') {
        None => change(request, path),
        Some((first, rest)) => {
            if let Some(value) = request.get_mut(first) {
                edit_below(value, rest, change);
            }
        }
    }
}

fn edit_below(value: &mut Value, path: &str, change: &mut dyn FnMut(&mut Map<String, Value>, &str)) {
    match value {
        Value::Object(object) => edit(object, path, change),
        Value::Array(items) => items.iter_mut().for_each(|item| edit_below(item, path, change)),
        Value::String(text) => {
            if let Ok(mut inside) = serde_json::from_str::<Value>(text) {
                edit_below(&mut inside, path, change);
                *text = inside.to_string();
            }
        }
        _ => {}
    }
}

/// The fields of which only one may be given.
fn exclusive(operation: &Operation) -> Vec<&[String]> {
    let groups = operation.rules.iter().filter_map(|rule| match rule {
        Rule::ExactlyOne(fields) | Rule::AtMostOne(fields) => Some(fields.as_slice()),
        _ => None,
    });
    groups.collect()
}

/// The end of a range comes after its start.
fn order(operation: &Operation, request: &mut Map<String, Value>) {
    for rule in &operation.rules {
        let Rule::Span { end, .. } = rule else { continue };
        let Some(field) = operation.at_path(&operation.request, end) else { continue };
        let (Some(time), quoted) = (field.time, is_text(field)) else { continue };
        edit(request, end, &mut |object, name| {
            if let Some(value) = object.get_mut(name) {
                *value = moment(time, quoted, true);
            }
        });
    }
}

fn is_there(request: &Map<String, Value>, path: &str) -> bool {
    at(request, path).is_some()
}

fn at<'a>(request: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    let mut steps = path.split('/');
    let first = request.get(steps.next()?)?;
    steps.try_fold(first, |value, step| value.get(step))
}

/// A scalar without its quotes.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn is_text(field: &Field) -> bool {
    field.ty == Type::Text || field.wire == Wire::Text
}

/// A list as its field writes it.
fn written(field: &Field, items: Vec<Value>) -> Value {
    let joined = |between: &str| Value::from(items.iter().map(plain).collect::<Vec<_>>().join(between));
    match field.wire {
        Wire::Comma => joined(","),
        Wire::Bars => joined("||"),
        Wire::Json => Value::from(Value::from(items).to_string()),
        _ => Value::from(items),
    }
}

/// A time, or one a little later.
fn moment(format: TimeFormat, quoted: bool, later: bool) -> Value {
    let pick = |first: &'static str, second: &'static str| Value::from(if later { second } else { first });
    match format {
        TimeFormat::DateTime => pick("2024-03-01 08:00:00", "2024-03-01 09:00:00"),
        TimeFormat::OffsetDateTime => pick("2024-03-01T08:00:00+08:00", "2024-03-01T09:00:00+08:00"),
        TimeFormat::Date => pick("2024-03-01", "2024-03-02"),
        TimeFormat::Month => pick("2024_03", "2024_04"),
        TimeFormat::Seconds if quoted => pick("1709251200", "1709254800"),
        TimeFormat::Seconds => json!(if later { 1_709_254_800_i64 } else { 1_709_251_200 }),
        TimeFormat::Milliseconds if quoted => pick("1709251200000", "1709254800000"),
        TimeFormat::Milliseconds => json!(if later { 1_709_254_800_000_i64 } else { 1_709_251_200_000 }),
    }
}

struct Filling<'a> {
    operation: &'a Operation,
    /// Required fields only.
    least: bool,
}

impl Filling<'_> {
    fn object(&self, object: &Object, depth: usize) -> Map<String, Value> {
        let wanted = |field: &&Field| field.required || !self.least;
        let ends = |field: &Field| depth >= DEEPEST && !field.required && self.inner(&field.ty).is_some();
        let fields = object.fields.iter().filter(wanted).filter(|field| !ends(field));
        fields.map(|field| (field.name.clone(), self.value(field, depth))).collect()
    }

    fn inner(&self, ty: &Type) -> Option<&Object> {
        match ty {
            Type::Object(name) => self.operation.objects.get(name),
            Type::List(item) | Type::Map(item) => self.inner(item),
            _ => None,
        }
    }

    /// Sets one field, if it is known.
    fn put(&self, request: &mut Map<String, Value>, path: &str) {
        let Some(field) = self.operation.at_path(&self.operation.request, path) else { return };
        let value = self.value(field, 0);
        edit(request, path, &mut |object, name| drop(object.insert(name.to_owned(), value.clone())));
    }

    fn value(&self, field: &Field, depth: usize) -> Value {
        match &field.ty {
            Type::List(item) => {
                let least = if field.wire == Wire::Bars { 2 } else { 1 };
                let count = field.min_items.unwrap_or(0).max(least).min(field.max_items.unwrap_or(u32::MAX).max(1));
                let item = self.item(field, item, depth);
                written(field, vec![item; usize::try_from(count).unwrap_or(1)])
            }
            ty => {
                let value = self.item(field, ty, depth);
                if field.wire == Wire::Json { Value::from(value.to_string()) } else { value }
            }
        }
    }

    /// A value of a type that is no joined list.
    fn item(&self, field: &Field, ty: &Type, depth: usize) -> Value {
        match ty {
            Type::Object(_) => self.inner(ty).map_or_else(|| json!({}), |object| Value::Object(self.object(object, depth + 1))),
            Type::List(item) => json!([self.item(field, item, depth)]),
            Type::Map(item) => json!({ "key": self.item(field, item, depth) }),
            Type::Enum(name) => self.code(field, name),
            Type::Any => json!({ "key": TEXT }),
            Type::Boolean => match field.wire {
                Wire::Digit => json!(1),
                Wire::DigitText => json!("1"),
                Wire::Text => json!("true"),
                _ => json!(true),
            },
            Type::Integer => quoted(field, field.time.map_or_else(|| json!(self.number(field)), |time| moment(time, false, false))),
            Type::Number => quoted(field, json!(within(1.5, field))),
            Type::Text => self.text(field),
        }
    }

    fn code(&self, field: &Field, name: &str) -> Value {
        let listed = self.operation.enums.get(name).and_then(|listed| listed.values.first()).map(|first| first.value.clone());
        quoted(field, field.documented_for.first().cloned().or(listed).unwrap_or_else(|| json!(TEXT)))
    }

    /// The first page where it counts pages, else 1, inside of the bounds.
    fn number(&self, field: &Field) -> i64 {
        let paging = self.operation.paging.as_ref().filter(|paging| paging.page.as_deref() == Some(field.name.as_str()));
        let number = paging.map_or(1, |paging| paging.first.unwrap_or(1));
        number.max(field.minimum.unwrap_or(i64::MIN)).min(field.maximum.unwrap_or(i64::MAX))
    }

    fn text(&self, field: &Field) -> Value {
        if let Some(time) = field.time {
            return moment(time, true, false);
        }
        let name = Some(field.name.as_str());
        let counts = self.operation.paging.as_ref().is_some_and(|paging| paging.page.as_deref() == name || paging.size.as_deref() == name);
        if counts || field.minimum.is_some() || field.maximum.is_some() {
            return Value::from(self.number(field).to_string());
        }
        let text = match field.sample.as_deref() {
            None if field.unit.as_deref() == Some("yuan") => "1.50",
            None if field.unit.as_deref() == Some("fen") => "150",
            Some("phone" | "other_phone") => "13800138000",
            Some("email") => "xiaoming@example.com",
            Some("name" | "nickname") => "王小明",
            Some(fixed) => fixed.strip_prefix('=').unwrap_or(TEXT),
            None => TEXT,
        };
        let most = field.max_length.map_or(usize::MAX, |most| most as usize);
        let least = field.min_length.map_or(0, |least| least as usize);
        let padding = std::iter::repeat_n('x', least.saturating_sub(text.chars().count()));
        Value::from(text.chars().chain(padding).take(most).collect::<String>())
    }
}

/// A number in quotes, where it travels so.
fn quoted(field: &Field, value: Value) -> Value {
    if field.wire == Wire::Text { Value::from(plain(&value)) } else { value }
}

#[allow(clippy::cast_precision_loss, reason = "documented bounds are small")]
fn within(number: f64, field: &Field) -> f64 {
    number.max(field.minimum.map_or(f64::MIN, |least| least as f64)).min(field.maximum.map_or(f64::MAX, |most| most as f64))
}
