//! Leaves out what no schema can hold: unknown fields are kept at run time anyway.

use std::collections::{HashMap, HashSet};

use scrm_schema::model::VendorFile;
use scrm_schema::names;
use serde_json::Value;

use crate::page::{Concern, Doubt, Page, Side};
use crate::tree::Field;
use crate::types::Shape;

/// Most fields of one object, its dynamic columns and the struct's own field counted.
const MOST_FIELDS: usize = 254;

/// Leaves out fields without a Rust name, fields that share one, and fields beyond the limit; says which and why. What every answer has, such as its
/// code, is `kept` whatever else stands beside it.
pub(crate) fn drop_unsupported(field: &mut Field, side: Side, kept: &[&str], page: &mut Page) {
    let is_kept = |name: &str| kept.contains(&name);
    let reserved = field.members.keys().filter(|name| is_kept(name)).map(|name| names::field(name));
    let mut taken: HashSet<String> = field.columns.iter().map(|prefix| column_name(prefix)).chain(reserved).collect();
    let mut count = field.members.keys().filter(|name| is_kept(name)).count();
    field.members.retain(|name, member| {
        if is_kept(name) {
            return true;
        }
        let rust = names::field(name);
        let reason = if rust.is_empty() {
            "its name has no letter of the Latin alphabet (describe it by hand with an `x-name`)"
        } else if rust == "extra" {
            "every struct has a field of this name already"
        } else if count >= MOST_FIELDS {
            "the object has more fields than a struct may have"
        } else if !taken.insert(rust) {
            "another field would have the same name in Rust"
        } else {
            count += 1;
            return true;
        };
        page.remark(Concern::Decide, member.line, format!("`{name}` is left out: {reason}"));
        false
    });
    for (name, member) in &mut field.members {
        flag(member);
        values(name, member, page);
        one_meaning(name, member, page);
        limits(member);
        default(name, member, side, page);
        drop_unsupported(member, side, &[], page);
    }
}

/// A request or an answer has no columns of its own: only objects in it have.
pub(crate) fn columns_at_top(root: &mut Field, page: &mut Page) {
    if let Some(prefix) = root.columns.take() {
        page.remark(Concern::Decide, root.line, format!("keys that begin with `{prefix}` stand at the top: left out"));
    }
}

/// Leaves out error codes that no answer of the vendor can hold: its codes are numbers, or texts no longer than a number can be. Of one code there is one row.
pub(crate) fn error_codes(vendor: Option<&VendorFile>, page: &mut Page) {
    let as_number = codes_are_numbers(vendor);
    let mut taken: HashMap<String, String> = HashMap::new();
    for mut row in std::mem::take(&mut page.errors) {
        let held = if as_number { row.code.parse::<i64>().ok().map(|code| code.to_string()) } else { Some(row.code.clone()) };
        let Some(code) = held.filter(|code| code.len() <= 20) else {
            let text = format!("the error code `{}` is none that the vendor's answers can hold: left out", row.code);
            page.remark(Concern::Decide, row.line, text);
            continue;
        };
        if let Some(meaning) = taken.get(&code) {
            if *meaning != row.meaning {
                page.remark(
                    Concern::Decide,
                    row.line,
                    format!("the error code {code} stands twice: `{meaning}` is kept, not `{}`", row.meaning),
                );
            }
            continue;
        }
        taken.insert(code.clone(), row.meaning.clone());
        row.code = code;
        page.errors.push(row);
    }
}

/// Whether the vendor's return codes are numbers; where no file tells, they are.
pub(crate) fn codes_are_numbers(vendor: Option<&VendorFile>) -> bool {
    vendor.is_none_or(|vendor| vendor.envelope.success.iter().any(Value::is_number))
}

/// 0 and 1 for no and yes are a truth value.
fn flag(field: &mut Field) {
    let value = |label: &[&str]| {
        field.facts.choices.iter().find(|choice| label.contains(&choice.label.as_str())).map(|choice| choice.value.as_str())
    };
    let is_flag =
        field.facts.choices.len() == 2 && value(&["是", "yes", "true"]) == Some("1") && value(&["否", "不是", "no", "false"]) == Some("0");
    let wire = match field.shape {
        Shape::Integer if !field.number_in_text => "digit",
        Shape::Text | Shape::Integer => "digit_text",
        _ => return,
    };
    if is_flag && !field.retyped {
        (field.shape, field.digit, field.number_in_text) = (Shape::Boolean, Some(wire), false);
        field.facts.default = field.facts.default.take().map(|default| if default == "1" { "true" } else { "false" }.to_owned());
    }
}

/// A field has values or is a time, never both.
fn one_meaning(name: &str, field: &mut Field, page: &mut Page) {
    if field.facts.choices.is_empty() || field.facts.time.is_none() || field.shape == Shape::Boolean {
        return;
    }
    page.remark(Concern::Decide, field.line, format!("`{name}` is described by values and as a time: written with its values"));
    (field.facts.time, field.facts.time_stamp) = (None, false);
}

/// Documented values make an enum when they are texts, or different whole numbers.
fn values(name: &str, field: &mut Field, page: &mut Page) {
    // The two values of a flag are what it is.
    if field.shape == Shape::Boolean && field.digit.is_some() {
        return;
    }
    let choices = &field.facts.choices;
    let numbers: HashSet<i64> = choices.iter().filter_map(|choice| choice.value.parse().ok()).collect();
    let fits = !field.number_in_text && (field.shape == Shape::Text || (field.shape == Shape::Integer && numbers.len() == choices.len()));
    if choices.is_empty() || fits {
        return;
    }
    if field.shape != Shape::Boolean {
        let kind = if field.printed_type.is_empty() { field.shape.json_name() } else { &field.printed_type };
        page.remark(Concern::Decide, field.line, format!("`{name}` has documented values that its type `{kind}` cannot hold: left out"));
        field.doubts.insert(Doubt::Codes);
    }
    field.facts.choices.clear();
}

/// Limits that say something about the type the field ended up with; those of an enum are its values.
fn limits(field: &mut Field) {
    let facts = &mut field.facts;
    let plain = facts.choices.is_empty();
    let number = plain && matches!(field.shape, Shape::Integer | Shape::Number);
    let crossed = facts.minimum.zip(facts.maximum).is_some_and(|(low, high)| low > high);
    facts.minimum = facts.minimum.filter(|_| number && !crossed);
    // What reads like a largest value of a list is its largest number of items, as it is of a text that joins one.
    let items = facts.maximum.filter(|_| matches!(field.shape, Shape::List(_) | Shape::Text)).and_then(|most| u64::try_from(most).ok());
    facts.max_items = facts.max_items.or(items);
    facts.maximum = facts.maximum.filter(|_| number);
    facts.max_length = facts.max_length.filter(|limit| plain && field.shape == Shape::Text && u32::try_from(*limit).is_ok());
    facts.max_items = facts.max_items.filter(|limit| matches!(field.shape, Shape::List(_) | Shape::Text) && u32::try_from(*limit).is_ok());
}

fn default(name: &str, field: &mut Field, side: Side, page: &mut Page) {
    let facts = &mut field.facts;
    let Some(default) = facts.default.take() else { return };
    let documented = facts.choices.iter().any(|choice| choice.value == default);
    let within = |value: i64| facts.minimum.is_none_or(|low| value >= low) && facts.maximum.is_none_or(|high| value <= high);
    let fits = match field.shape {
        Shape::Boolean => default == "true" || default == "false",
        _ if !facts.choices.is_empty() => documented,
        Shape::Integer => default.parse::<i64>().is_ok_and(within),
        Shape::Text => true,
        _ => false,
    };
    match side {
        Side::Request if fits => facts.default = Some(default),
        Side::Request => {
            page.remark(Concern::Decide, field.line, format!("the default `{default}` of `{name}` is no value of it: left out"))
        }
        Side::Response => {}
    }
}

/// The Rust name of the columns with a prefix: `scores` of `Score-`.
pub(crate) fn column_name(prefix: &str) -> String {
    let name = names::field(prefix);
    if name.is_empty() { "columns".to_owned() } else { format!("{name}s") }
}
