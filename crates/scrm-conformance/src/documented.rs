//! The rules of a request, read from its schema on their own: a rule that the generator forgot must be missed.

use std::collections::BTreeSet;

use scrm_core::spec::OperationSpec;
use scrm_schema::model::{Object, Operation, Rule, Type};

use crate::Faults;

/// How deep rules follow nested objects; the generator goes as deep.
const DEEPEST: usize = 8;

/// The rules of the schema that the operation does not have, and those that no schema has.
pub(crate) fn compare(operation: &Operation, spec: &OperationSpec) -> Faults {
    let mut documented = BTreeSet::new();
    of_object(operation, &operation.request, "", 0, &mut documented);
    documented.extend(operation.rules.iter().map(|rule| between(operation, rule)));
    let kept: BTreeSet<String> = spec.rules.iter().map(|rule| format!("{rule:?}")).collect();
    let lost = documented.difference(&kept).map(|rule| format!("{}: {rule} is documented and not checked", operation.name));
    let more = kept.difference(&documented).map(|rule| format!("{}: {rule} is checked and not documented", operation.name));
    lost.chain(more).collect()
}

fn of_object(operation: &Operation, object: &Object, above: &str, depth: usize, rules: &mut BTreeSet<String>) {
    for field in &object.fields {
        let name = format!("{above}{}", field.name);
        if field.required {
            rules.insert(format!("Required {{ field: {name:?} }}"));
        }
        if field.empty_means_no_filter && !field.nullable && field.ty == Type::Text {
            rules.insert(format!("NotEmpty {{ field: {name:?} }}"));
        }
        let bounds = |kind: &str, min: Option<i64>, max: Option<i64>| {
            (min.is_some() || max.is_some()).then(|| format!("{kind} {{ field: {name:?}, min: {min:?}, max: {max:?} }}"))
        };
        // A page of no rows cannot be meant, whether or not a document says so.
        let is_size = operation.paging.as_ref().is_some_and(|paging| paging.size.as_ref() == Some(&name));
        rules.extend(bounds("Range", field.minimum.or(is_size.then_some(1)), field.maximum));
        rules.extend(bounds("Length", field.min_length.map(i64::from), field.max_length.map(i64::from)));
        rules.extend(bounds("Items", field.min_items.map(i64::from), field.max_items.map(i64::from)));
        if let (Some(format), Type::Text) = (field.time, &field.ty) {
            rules.insert(format!("Format {{ field: {name:?}, format: {format:?} }}"));
        }
        if let Some(inner) = inner(operation, &field.ty).filter(|_| depth < DEEPEST) {
            of_object(operation, inner, &format!("{name}/"), depth + 1, rules);
        }
    }
}

fn inner<'a>(operation: &'a Operation, ty: &Type) -> Option<&'a Object> {
    match ty {
        Type::Object(name) => operation.objects.get(name),
        Type::List(item) => inner(operation, item),
        _ => None,
    }
}

fn between(operation: &Operation, rule: &Rule) -> String {
    let fields = |kind: &str, fields: &[String]| format!("{kind} {{ fields: {fields:?} }}");
    match rule {
        Rule::AtLeastOne(names) => fields("AtLeastOne", names),
        Rule::ExactlyOne(names) => fields("ExactlyOne", names),
        Rule::AtMostOne(names) => fields("AtMostOne", names),
        Rule::Together(names) => fields("Together", names),
        Rule::RequiredIf { field, other, values } => {
            format!("RequiredIf {{ field: {field:?}, other: {other:?}, values: {values:?} }}")
        }
        Rule::Span { start, end, strict, max_seconds, .. } => {
            let format = operation.at_path(&operation.request, start).and_then(|field| field.time);
            let format = format.map(|format| format!("{format:?}")).unwrap_or_default();
            format!("Span {{ start: {start:?}, end: {end:?}, format: {format}, strict: {strict}, max_seconds: {max_seconds:?} }}")
        }
    }
}
