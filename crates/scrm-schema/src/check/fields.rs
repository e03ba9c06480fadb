//! Names, limits and marks of fields.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Context, objects, rust, scalar};
use crate::error::FileProblems;
use crate::model::{Comparison, Enum, Field, Object, Operation, Place, TimeFormat, Type, Wire};
use crate::pointer::join;

/// Most fields of one object, its dynamic columns and `extra` counted.
const MOST_FIELDS: usize = 256;
/// Names of types that generated code uses.
const TYPE_NAMES: [&str; 13] =
    ["Box", "Client", "Credentials", "Err", "Extra", "None", "Ok", "Option", "Result", "Self", "Some", "String", "Vec"];

pub(super) fn check(context: &Context<'_>, problems: &mut FileProblems<'_>) {
    let operation = context.operation;
    for object in objects(operation) {
        object_names(object, problems);
        for field in &object.fields {
            limits(field, problems);
            wire(operation, field, problems);
            time(field, problems);
            default(operation, field, problems);
            direction(operation, object, field, problems);
            filters(context, field, problems);
            documented_for(operation, object, field, problems);
        }
        announced(context, object, problems);
    }
    for (name, pointer) in operation
        .objects
        .values()
        .map(|object| (&object.name, &object.pointer))
        .chain(operation.enums.values().map(|one| (&one.name, &one.pointer)))
    {
        if TYPE_NAMES.contains(&name.as_str()) {
            problems.add(pointer, format!("`{name}` is taken by Rust or by the client"), "call it something else");
        }
    }
    for one in operation.enums.values().filter(|one| one.name == operation.request.name || operation.objects.contains_key(&one.name)) {
        problems.add(&one.pointer, format!("`{}` is also the name of an object", one.name), "give one of them another name");
    }
}

fn object_names(object: &Object, problems: &mut FileProblems<'_>) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    let columns = object.columns.iter().map(|columns| (columns.name.clone(), columns.prefix.as_str(), object.pointer.as_str()));
    for (name, wire, pointer) in object.fields.iter().map(|field| (rust(field), field.name.as_str(), field.pointer.as_str())).chain(columns)
    {
        if name.is_empty() {
            problems.add(
                pointer,
                "its name has no letter or digit of ASCII, so it has no Rust name",
                "name it with `x-name`, or leave it out: unknown fields are kept in `extra`",
            );
        } else if name == "extra" {
            problems.add(
                pointer,
                "would be called `extra`, which holds what the page does not name",
                "leave it out: it is then kept inside `extra`",
            );
        } else if let Some(other) = seen.insert(name.clone(), wire) {
            problems.add(
                pointer,
                format!("`{other}` and `{wire}` would both be called `{name}`"),
                "leave out the one that matters less: it is then kept in `extra`",
            );
        }
    }
    if let Some(columns) = &object.columns {
        for field in &object.fields {
            let number = field.name.strip_prefix(columns.prefix.as_str()).unwrap_or_default();
            if !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit()) {
                problems.add(
                    &field.pointer,
                    format!("is one of the dynamic columns `{}<number>`", columns.prefix),
                    "take it out: the dynamic columns hold it",
                );
            }
        }
    }
    if object.fields.len() > MOST_FIELDS {
        problems.add(
            &object.pointer,
            format!("has {} fields, more than {MOST_FIELDS}", object.fields.len()),
            "leave the rarest to `extra`",
        );
    }
}

fn limits(field: &Field, problems: &mut FileProblems<'_>) {
    let number = field.minimum.is_some() || field.maximum.is_some();
    if number && !matches!(field.ty, Type::Integer | Type::Number) {
        problems.add(&field.pointer, "has a `minimum` or `maximum` but is no number", "take it out, or correct the type");
    }
    let length = field.min_length.is_some() || field.max_length.is_some();
    if length && field.ty != Type::Text {
        problems.add(&field.pointer, "has a `minLength` or `maxLength` but is no text", "take it out, or correct the type");
    }
    let items = field.min_items.is_some() || field.max_items.is_some();
    if items && !matches!(field.ty, Type::List(_)) {
        problems.add(&field.pointer, "has a `minItems` or `maxItems` but is no list", "take it out, or correct the type");
    }
    let crossed = |low: Option<i64>, high: Option<i64>| low.zip(high).is_some_and(|(low, high)| low > high);
    let wide = |limit: Option<u32>| limit.map(i64::from);
    if crossed(field.minimum, field.maximum)
        || crossed(wide(field.min_length), wide(field.max_length))
        || crossed(wide(field.min_items), wide(field.max_items))
    {
        problems.add(&field.pointer, "the lower limit lies above the upper", "correct one of the two");
    }
}

fn wire(operation: &Operation, field: &Field, problems: &mut FileProblems<'_>) {
    let fits = match field.wire {
        Wire::Plain | Wire::Json => true,
        Wire::Text => matches!(field.ty, Type::Integer | Type::Number | Type::Boolean) || is_integer_enum(operation, &field.ty),
        Wire::Digit | Wire::DigitText => field.ty == Type::Boolean,
        Wire::Comma | Wire::Bars => match &field.ty {
            Type::List(item) => !matches!(**item, Type::List(_) | Type::Map(_) | Type::Object(_) | Type::Any),
            _ => false,
        },
    };
    if !fits {
        let advice = match field.wire {
            Wire::Digit | Wire::DigitText => "it is for `boolean` only",
            Wire::Comma | Wire::Bars => "it is for lists of scalars only",
            _ => "it is for numbers, truth values and enums of integers only",
        };
        problems.add(join(&field.pointer, "x-wire"), "does not fit the type of the field", advice);
    }
}

fn is_integer_enum(operation: &Operation, ty: &Type) -> bool {
    enum_of(operation, ty).is_some_and(|one| one.values.iter().all(|value| value.value.is_i64()))
}

fn enum_of<'a>(operation: &'a Operation, ty: &Type) -> Option<&'a Enum> {
    match ty {
        Type::Enum(name) => operation.enums.get(name),
        _ => None,
    }
}

fn time(field: &Field, problems: &mut FileProblems<'_>) {
    let Some(format) = field.time else { return };
    let fits = match format {
        TimeFormat::DateTime | TimeFormat::Date | TimeFormat::OffsetDateTime | TimeFormat::Month => matches!(scalar(&field.ty), Type::Text),
        TimeFormat::Seconds | TimeFormat::Milliseconds => matches!(scalar(&field.ty), Type::Integer | Type::Text),
    };
    if !fits {
        problems.add(
            join(&field.pointer, "x-time"),
            "does not fit the type of the field",
            "dates are texts; seconds and milliseconds are integers (in quotes: `x-wire` text)",
        );
    }
}

fn default(operation: &Operation, field: &Field, problems: &mut FileProblems<'_>) {
    let Some(default) = &field.default else { return };
    let fits = match (&field.ty, default) {
        (_, Value::Null) => field.nullable,
        (Type::Text, value) => value.is_string(),
        (Type::Integer, value) => value
            .as_i64()
            .is_some_and(|value| field.minimum.is_none_or(|low| value >= low) && field.maximum.is_none_or(|high| value <= high)),
        (Type::Number, value) => value.is_number(),
        (Type::Boolean, value) => value.is_boolean(),
        (Type::List(_), value) => value.as_array().is_some_and(Vec::is_empty),
        (Type::Enum(_), value) => enum_of(operation, &field.ty).is_some_and(|one| one.values.iter().any(|known| known.value == *value)),
        _ => false,
    };
    if !fits {
        problems.add(
            join(&field.pointer, "default"),
            format!("{default} is no value of this field"),
            "write a value of the field's type, within its limits (a list: `[]`)",
        );
    }
}

fn direction(operation: &Operation, object: &Object, field: &Field, problems: &mut FileProblems<'_>) {
    let top = std::ptr::eq(object, &operation.request);
    if field.place != Place::Body && !top {
        problems.add(join(&field.pointer, "x-in"), "only fields of the request itself travel elsewhere", "take it out");
    }
    if field.place != Place::Body && matches!(scalar(&field.ty), Type::Object(_) | Type::Map(_) | Type::Any) && field.wire != Wire::Json {
        problems.add(join(&field.pointer, "x-in"), "queries and headers hold scalars", "take it out, or say `\"x-wire\": \"json\"`");
    }
    if !object.used.request && field.empty_means_no_filter {
        problems.add(join(&field.pointer, "x-empty"), "only a request has filters", "take it out");
    }
    if !object.used.request && field.filters.is_some() {
        problems.add(join(&field.pointer, "x-filters"), "only a request has filters", "take it out");
    }
}

/// The selector of an answer is an enum of the request, and the values are documented ones.
fn documented_for(operation: &Operation, object: &Object, field: &Field, problems: &mut FileProblems<'_>) {
    let at = join(&field.pointer, "x-documented-for");
    if !field.documented_for.is_empty() && !object.used.request {
        problems.add(&at, "only a request selects an answer", "take it out");
    }
    for (number, value) in field.documented_for.iter().enumerate() {
        if !enum_of(operation, &field.ty).is_some_and(|one| one.values.iter().any(|known| known.value == *value)) {
            problems.add(
                format!("{at}/{number}"),
                format!("{value} is no documented value of `{}`", field.name),
                "name values of its `x-enum`",
            );
        }
    }
}

fn filters(context: &Context<'_>, field: &Field, problems: &mut FileProblems<'_>) {
    let Some(filters) = &field.filters else { return };
    let at = join(&field.pointer, "x-filters");
    if !context.has_rows() {
        return;
    }
    let Some(row) = context.operation.row(&context.vendor.envelope.data) else {
        problems.add(at, "the answer has no rows to filter", "take it out, or say in `paging` where the rows are");
        return;
    };
    for (number, path) in filters.fields.iter().enumerate() {
        if context.operation.at_path(row, path).is_none() {
            problems.add(format!("{at}/fields/{number}"), format!("`{}` has no field `{path}`", row.name), "correct the path");
        }
    }
    if filters.how == Comparison::Label && !matches!(field.ty, Type::Enum(_)) {
        problems.add(join(&at, "how"), "only an enum has labels", "say `equals`, or give the field an `x-enum`");
    }
    if filters.how == Comparison::OneOf && !matches!(field.ty, Type::List(_)) {
        problems.add(join(&at, "how"), "is for lists", "say `equals`, or correct the type");
    }
}

fn announced(context: &Context<'_>, object: &Object, problems: &mut FileProblems<'_>) {
    let Some(announced) = &object.announced else { return };
    let at = join(&object.pointer, "x-announced-by");
    if !object.open {
        problems.add(&at, "announces columns that the object does not take", "say `\"additionalProperties\": true` too");
    }
    for (number, name) in announced.columns.iter().enumerate() {
        if object.field(name).is_none() {
            problems.add(format!("{at}/columns/{number}"), format!("`{}` has no field `{name}`", object.name), "correct the name");
        }
    }
    let found = context.operation.in_answer(&context.vendor.envelope.data, &announced.list);
    let item = match found.map(|found| found.ty) {
        Some(Type::List(item)) => match &**item {
            Type::Object(name) => context.operation.objects.get(name),
            _ => None,
        },
        _ => None,
    };
    let Some(item) = item else {
        problems.add(join(&at, "list"), format!("{} is no list of objects in the answer", announced.list), "correct the pointer");
        return;
    };
    for (keyword, name) in [("key", &announced.key), ("label", &announced.label)] {
        if item.field(name).is_none_or(|field| field.ty != Type::Text) {
            problems.add(join(&at, keyword), format!("`{}` has no text field `{name}`", item.name), "correct the name");
        }
    }
}
