//! Rules between fields of a request.

use super::Context;
use crate::error::FileProblems;
use crate::model::{Field, Rule, Type};

pub(super) fn check(context: &Context<'_>, problems: &mut FileProblems<'_>) {
    for (number, rule) in context.operation.rules.iter().enumerate() {
        let at = format!("/rules/{number}");
        match rule {
            Rule::AtLeastOne(names) | Rule::ExactlyOne(names) | Rule::AtMostOne(names) | Rule::Together(names) => {
                group(context, &at, names, problems);
            }
            Rule::RequiredIf { field, other, values } => required_if(context, &at, field, other, values, problems),
            Rule::Span { start, end, .. } => span(context, &at, start, end, problems),
        }
    }
}

fn find<'a>(context: &Context<'a>, at: &str, name: &str, problems: &mut FileProblems<'_>) -> Option<&'a Field> {
    let field = context.operation.at_path(&context.operation.request, name);
    if field.is_none() {
        problems.add(at, format!("the request has no field `{name}`"), "correct the name (a nested one: `data/user_id`)");
    }
    field
}

fn group(context: &Context<'_>, at: &str, names: &[String], problems: &mut FileProblems<'_>) {
    for name in names {
        if let Some(field) = find(context, at, name, problems)
            && field.required
        {
            problems.add(at, format!("`{name}` is required anyway"), "take it out of the rule, or out of `required`");
        }
    }
    if names.len() < 2 {
        problems.add(at, "names one field only", "name at least two, or use `required`");
    }
    if names.iter().enumerate().any(|(number, name)| names.iter().take(number).any(|earlier| earlier == name)) {
        problems.add(at, "names a field twice", "name each field once");
    }
}

fn required_if(context: &Context<'_>, at: &str, field: &str, other: &str, values: &[String], problems: &mut FileProblems<'_>) {
    if let Some(field) = find(context, at, field, problems)
        && field.required
    {
        problems.add(at, format!("`{}` is required anyway", field.name), "take it out of `required`, or the rule out of the file");
    }
    let Some(other) = find(context, at, other, problems) else { return };
    let Type::Enum(name) = &other.ty else { return };
    let Some(known) = context.operation.enums.get(name) else { return };
    for value in values {
        if !known.values.iter().any(|known| known.value.as_str().map_or_else(|| known.value.to_string(), str::to_owned) == *value) {
            problems.add(at, format!("`{value}` is no documented value of `{}`", other.name), "correct the value");
        }
    }
}

fn span(context: &Context<'_>, at: &str, start: &str, end: &str, problems: &mut FileProblems<'_>) {
    let fields = (find(context, at, start, problems), find(context, at, end, problems));
    let (Some(first), Some(last)) = fields else { return };
    if first.time.is_none() || first.time != last.time {
        problems.add(at, format!("`{start}` and `{end}` are not written as times of the same kind"), "give both the same `x-time`");
    }
    if start == end {
        problems.add(at, "starts and ends with the same field", "name two fields");
    }
}
