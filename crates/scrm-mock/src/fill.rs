//! Values for an answer: made from the schema and a person.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use scrm_schema::model::{Comparison, Field, Filters, Object, Operation, TimeFormat, Type, Vendor, Wire};

use crate::{
    chance::{below, hash, mix, pick},
    clock,
    people::{People, Person, identifies, names},
};

/// How deep objects may nest: a schema may refer to itself.
const DEEPEST: u8 = 8;

/// Makes the values of one operation's answers.
pub(crate) struct Filler<'a> {
    pub(crate) vendor: &'a Vendor,
    pub(crate) operation: &'a Operation,
    pub(crate) people: &'a People,
    /// Credentials of the calling shop.
    pub(crate) credentials: &'a BTreeMap<String, String>,
    /// Only what every answer has: nothing else of this answer is documented.
    pub(crate) bare: bool,
}

impl Filler<'_> {
    /// An object about a person.
    pub(crate) fn object(&self, object: &Object, person: &Person, depth: u8) -> Map<String, Value> {
        let mut map = Map::new();
        for field in &object.fields {
            if let Some(value) = self.field(object, field, person, depth) {
                map.insert(field.name.clone(), value);
            }
        }
        if !self.bare {
            self.columns(object, person, &mut map);
        }
        map
    }

    /// Dynamic columns and the tenant's own.
    fn columns(&self, object: &Object, person: &Person, map: &mut Map<String, Value>) {
        let chance = self.chance(person, &object.pointer);
        if let Some(columns) = &object.columns {
            for number in 0..40_u64 {
                let drawn = mix(chance, number);
                if drawn.is_multiple_of(3) {
                    map.insert(format!("{}{}", columns.prefix, 101 + number), json!((drawn >> 8) % 300));
                }
            }
        }
        if object.announced.is_some() && object.open {
            for (key, _) in TENANT_COLUMNS {
                map.insert((*key).to_owned(), Value::String(names::title(mix(chance, hash(key))).to_owned()));
            }
        }
    }

    /// One field of an object about a person; `None`: this person's is left out.
    pub(crate) fn field(&self, owner: &Object, field: &Field, person: &Person, depth: u8) -> Option<Value> {
        let chance = self.chance(person, &field.pointer);
        let sample = self.sample(field);
        if self.bare && !always_there(owner, field) {
            return None;
        }
        if let Some(text) = sample.and_then(|sample| sample.strip_prefix('=')) {
            return Some(spelled(field, Value::String(text.to_owned()), chance));
        }
        if sample.is_none_or(|sample| !is_key(sample)) && !has_key(self.operation, &field.ty, depth) {
            if !field.required && mix(chance, 1).is_multiple_of(8) {
                return None;
            }
            if field.nullable && mix(chance, 2).is_multiple_of(8) {
                return Some(Value::Null);
            }
        }
        if matches!(sample, Some("phone" | "other_phone")) && field.ty == Type::Text {
            return Some(self.phone(owner, field, person, chance));
        }
        Some(self.value(field, &field.ty, person, chance, depth))
    }

    /// One person in sixteen gave the phone elsewhere than usual, where the row has a place for that.
    fn phone(&self, owner: &Object, field: &Field, person: &Person, chance: u64) -> Value {
        let has = |sample: &str| owner.fields.iter().any(|other| other.sample.as_deref() == Some(sample));
        let elsewhere = has("phone") && has("other_phone") && mix(self.people.seed(), person.number) % 16 == 7;
        if elsewhere == (field.sample.as_deref() == Some("other_phone")) {
            self.value(field, &field.ty, person, chance, DEEPEST)
        } else if field.nullable {
            Value::Null
        } else {
            Value::String(String::new())
        }
    }

    pub(crate) fn chance(&self, person: &Person, pointer: &str) -> u64 {
        mix(mix(self.people.seed(), person.number), hash(pointer))
    }

    /// A value of a type.
    pub(crate) fn value(&self, field: &Field, ty: &Type, person: &Person, chance: u64, depth: u8) -> Value {
        if field.wire == Wire::Json && matches!(ty, Type::List(_) | Type::Map(_)) {
            // The whole is one text, and what stands in it is plain.
            let plain = Field { wire: Wire::Plain, ..field.clone() };
            return written(field, self.value(&plain, ty, person, chance, depth));
        }
        match ty {
            Type::Object(name) => {
                let nested = self.operation.objects.get(name).filter(|_| depth > 0);
                let map = nested.map(|object| self.object(object, person, depth - 1)).unwrap_or_default();
                written(field, Value::Object(map))
            }
            Type::List(item) => {
                let least = u64::from(field.min_items.unwrap_or(0));
                let few = if has_key(self.operation, item, DEEPEST) || field.sample.as_deref().is_some_and(identifies) {
                    1
                } else {
                    mix(chance, 3) % 3
                };
                let count = few.max(least).min(u64::from(field.max_items.unwrap_or(u32::MAX)));
                let items = if depth == 0 {
                    Vec::new()
                } else {
                    (0..count).map(|n| self.value(field, item, person, mix(chance, n), depth - 1)).collect()
                };
                written(field, Value::Array(items))
            }
            Type::Map(item) => {
                let keys = if depth == 0 { 0..0 } else { 1..3_u64 };
                written(
                    field,
                    Value::Object(keys.map(|n| (n.to_string(), self.value(field, item, person, mix(chance, n), depth - 1))).collect()),
                )
            }
            Type::Enum(name) => self.enumerated(field, name, person, chance),
            Type::Text | Type::Integer | Type::Number | Type::Boolean | Type::Any => {
                let sampled = self.sampled(field, person);
                scalar(field, ty, sampled, chance)
            }
        }
    }

    fn enumerated(&self, field: &Field, name: &str, person: &Person, chance: u64) -> Value {
        let values = self.operation.enums.get(name).map(|listed| listed.values.as_slice()).unwrap_or_default();
        let sampled = self.sampled(field, person);
        let value = values.iter().find(|listed| Some(&listed.value) == sampled.as_ref()).or_else(|| pick(mix(chance, 4), values));
        value.map_or(Value::Null, |listed| listed.value.clone())
    }

    /// What the person, the shop or the filters say about this field.
    fn sampled(&self, field: &Field, person: &Person) -> Option<Value> {
        if let Some(value) = self.known(field, person) {
            return Some(value);
        }
        if field.sample.as_deref() == Some("tenant_id") {
            let shown = self.vendor.file.credentials.iter().find(|credential| !credential.secret)?;
            return self.credentials.get(&shown.name).map(|value| Value::String(value.clone()));
        }
        let labels = self.labels(&field.name)?;
        pick(self.chance(person, &field.pointer), &labels).map(|label| Value::String(label.clone()))
    }

    /// What of a person the field holds. A row's id is each row's own, whether or not the schema says so.
    fn sample<'f>(&self, field: &'f Field) -> Option<&'f str> {
        let is_id = || {
            let id = self.operation.paging.as_ref().and_then(|paging| paging.id.as_ref());
            let row = self.operation.row(&self.vendor.file.envelope.data);
            id == Some(&field.name) && row.is_some_and(|row| row.fields.iter().any(|own| own.pointer == field.pointer))
        };
        field.sample.as_deref().or_else(|| is_id().then_some(if field.ty == Type::Integer { "number" } else { "third_id" }))
    }

    /// What the person says about this field.
    pub(crate) fn known(&self, field: &Field, person: &Person) -> Option<Value> {
        let sample = match self.sample(field)? {
            "other_phone" => "phone",
            "id" if field.ty == Type::Integer => "number",
            sample => sample,
        };
        self.people.attribute(person, sample, &self.vendor.file.vendor, &field.name)
    }

    /// The labels that a row shows where the request filters by code.
    fn labels(&self, field: &str) -> Option<Vec<String>> {
        let by_label = |filters: &Filters| filters.how == Comparison::Label && filters.fields.iter().any(|name| name == field);
        let filter = self.operation.request.fields.iter().find(|asked| asked.filters.as_ref().is_some_and(by_label))?;
        let Type::Enum(name) = &filter.ty else { return None };
        let listed = self.operation.enums.get(name)?;
        Some(listed.values.iter().map(|value| value.zh.clone()).collect())
    }
}

/// Columns that a made-up tenant added: key and label.
pub(crate) const TENANT_COLUMNS: &[(&str, &str)] = &[("Position", "职位")];

/// Whether a field belongs to every answer, also to one that is not documented.
fn always_there(owner: &Object, field: &Field) -> bool {
    owner.announced.as_ref().map_or(field.required, |announced| !announced.columns.contains(&field.name))
}

fn is_key(sample: &str) -> bool {
    identifies(sample) || matches!(sample, "created_at" | "other_phone" | "name")
}

/// Whether a type is an object that holds a key of a person.
fn has_key(operation: &Operation, ty: &Type, depth: u8) -> bool {
    match ty {
        Type::Object(name) if depth > 0 => operation.objects.get(name).is_some_and(|object| {
            object.fields.iter().any(|field| field.sample.as_deref().is_some_and(is_key) || has_key(operation, &field.ty, depth - 1))
        }),
        Type::List(item) => has_key(operation, item, depth),
        _ => false,
    }
}

/// Lists and objects as the field writes them.
fn written(field: &Field, value: Value) -> Value {
    match (field.wire, &value) {
        (Wire::Json, _) => Value::String(value.to_string()),
        (Wire::Comma, Value::Array(items)) => Value::String(joined(items, ",")),
        (Wire::Bars, Value::Array(items)) => Value::String(joined(items, "||")),
        _ => value,
    }
}

fn joined(items: &[Value], between: &str) -> String {
    items.iter().map(plain).collect::<Vec<_>>().join(between)
}

/// A scalar as text without quotes.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// A fixed text in the field's type.
fn spelled(field: &Field, value: Value, chance: u64) -> Value {
    let ty = match &field.ty {
        Type::Enum(_) => match value.as_str().map(str::parse::<i64>) {
            Some(Ok(_)) if field.wire != Wire::Text => &Type::Integer,
            _ => &Type::Text,
        },
        ty => ty,
    };
    scalar(field, ty, Some(value), chance)
}

/// A scalar of a type, from a sample or from chance, within the field's limits.
fn scalar(field: &Field, ty: &Type, sampled: Option<Value>, chance: u64) -> Value {
    if let Some(time) = field.time {
        return moment(field, ty, time, sampled, chance);
    }
    match ty {
        // An amount in quotes.
        Type::Text if sampled.is_none() && matches!(field.unit.as_deref(), Some("yuan" | "fen")) => {
            json!((mix(chance, 6) % 1000).to_string())
        }
        Type::Text => Value::String(text(field, sampled.as_ref(), chance)),
        Type::Integer => {
            let number = sampled.as_ref().and_then(integer).unwrap_or_else(|| i64::try_from(mix(chance, 5) % 100).unwrap_or(0));
            quoted(
                field,
                json!(
                    number
                        .clamp(field.minimum.unwrap_or(i64::MIN), field.maximum.unwrap_or(i64::MAX).max(field.minimum.unwrap_or(i64::MIN)))
                ),
            )
        }
        Type::Number => {
            let hundredths = sampled.as_ref().and_then(integer).unwrap_or_else(|| i64::try_from(mix(chance, 6) % 100_000).unwrap_or(0));
            // A person's amounts are in fen.
            if field.unit.as_deref() == Some("fen") {
                return quoted(field, json!(hundredths));
            }
            #[allow(clippy::cast_precision_loss)]
            let number = hundredths as f64 / 100.0;
            quoted(field, json!(number))
        }
        Type::Boolean => {
            let truth = sampled.as_ref().map_or(mix(chance, 7) % 2 == 1, |value| matches!(plain(value).as_str(), "true" | "1"));
            match field.wire {
                Wire::Digit => json!(u8::from(truth)),
                Wire::DigitText => json!(u8::from(truth).to_string()),
                Wire::Text => json!(truth.to_string()),
                _ => json!(truth),
            }
        }
        _ => sampled.unwrap_or_else(|| json!({})),
    }
}

fn quoted(field: &Field, number: Value) -> Value {
    if field.wire == Wire::Text { Value::String(number.to_string()) } else { number }
}

fn integer(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str().and_then(|text| text.parse().ok()))
}

fn text(field: &Field, sampled: Option<&Value>, chance: u64) -> String {
    let told = match (field.sample.as_deref(), sampled) {
        // a time whose writing no document shows
        (Some("created_at" | "active_at"), Some(value)) => integer(value).map(clock::date_time),
        _ => None,
    };
    let mut text = told.unwrap_or_else(|| sampled.map_or_else(|| format!("{}-{}", field.name, 1 + mix(chance, 8) % 20), plain));
    if let Some(longest) = field.max_length
        && text.chars().count() > longest as usize
    {
        text = text.chars().take(longest as usize).collect();
    }
    while text.chars().count() < field.min_length.unwrap_or(0) as usize {
        text.push('x');
    }
    text
}

/// A time as the field writes it.
fn moment(field: &Field, ty: &Type, time: TimeFormat, sampled: Option<Value>, chance: u64) -> Value {
    let told = sampled.and_then(|value| integer(&value).or_else(|| value.as_str().and_then(clock::seconds_of).map(|(first, _)| first)));
    let unix = told.unwrap_or_else(|| 1_609_430_400 + i64::try_from(below(mix(chance, 9), 157_766_400)).unwrap_or(0));
    let number = match time {
        TimeFormat::DateTime => return Value::String(clock::date_time(unix)),
        TimeFormat::Date => return Value::String(clock::date(unix)),
        TimeFormat::OffsetDateTime => return Value::String(clock::offset_date_time(unix)),
        TimeFormat::Month => return Value::String(clock::month(unix)),
        TimeFormat::Seconds => unix,
        TimeFormat::Milliseconds => unix.saturating_mul(1000),
    };
    if *ty == Type::Text { Value::String(number.to_string()) } else { quoted(field, json!(number)) }
}
