//! How rows are paged.

use super::Context;
use crate::error::FileProblems;
use crate::model::{Field, Object, Paging, PagingStyle, Rule, SplitBy, TimeFormat, Type, Window};
use crate::pointer::join;

pub(super) fn check(context: &Context<'_>, problems: &mut FileProblems<'_>) {
    let Some(paging) = &context.operation.paging else { return };
    let row = rows(context, paging, problems);
    style(context, paging, row, problems);
    size(context, paging, problems);
    if let Some(total) = &paging.total {
        let found = context.operation.in_answer(&context.vendor.envelope.data, total);
        if found.is_none_or(|found| *found.ty != Type::Integer) {
            problems.add("/paging/total", format!("{total} is no integer in the answer"), "correct the pointer");
        }
    }
    if let (Some(id), Some(row)) = (&paging.id, row)
        && context.operation.at_path(row, id).is_none_or(|field| !matches!(field.ty, Type::Text | Type::Integer))
    {
        problems.add("/paging/id", format!("`{}` has no text or integer `{id}`", row.name), "name the field that identifies a row");
    }
    if let Some(split) = &paging.split_by {
        split_by(context, split, row, problems);
    }
    for (number, window) in paging.windows.iter().enumerate() {
        self::window(context, window, &join("/windows", &number.to_string()), row, problems);
    }
    limited(context, paging, problems);
}

fn rows<'a>(context: &Context<'a>, paging: &Paging, problems: &mut FileProblems<'_>) -> Option<&'a Object> {
    let found = context.operation.in_answer(&context.vendor.envelope.data, &paging.rows);
    if !found.is_some_and(|found| matches!(found.ty, Type::List(_))) {
        problems.add("/paging/rows", format!("{} is no list in the answer", paging.rows), "correct the pointer");
        return None;
    }
    context.operation.row(&context.vendor.envelope.data)
}

fn parameter<'a>(context: &Context<'a>, keyword: &str, name: &str, problems: &mut FileProblems<'_>) -> Option<&'a Field> {
    let field = context.operation.at_path(&context.operation.request, name);
    if field.is_none() {
        problems.add(
            format!("/paging/{keyword}"),
            format!("the request has no field `{name}`"),
            "correct the name (a nested one: `data/page`)",
        );
    }
    field
}

fn style(context: &Context<'_>, paging: &Paging, row: Option<&Object>, problems: &mut FileProblems<'_>) {
    let foreign = match paging.style {
        PagingStyle::PageNumber => [("cursor", paging.cursor.is_some()), ("from", paging.from.is_some())],
        PagingStyle::Cursor => [("page", paging.page.is_some()), ("first", paging.first.is_some())],
    };
    for (keyword, _) in foreign.into_iter().filter(|(_, there)| *there) {
        problems.add(format!("/paging/{keyword}"), "belongs to the other style of paging", "take it out, or correct the style");
    }
    match paging.style {
        PagingStyle::PageNumber => match &paging.page {
            Some(name) => {
                if parameter(context, "page", name, problems).is_some_and(|field| field.ty != Type::Integer) {
                    problems.add(
                        "/paging/page",
                        format!("`{name}` is no integer"),
                        "make it one; a number in quotes is an integer with `x-wire` text",
                    );
                }
            }
            None => problems.add("/paging", "does not say which field holds the page number", "add `page`"),
        },
        PagingStyle::Cursor => cursor(context, paging, row, problems),
    }
}

fn cursor(context: &Context<'_>, paging: &Paging, row: Option<&Object>, problems: &mut FileProblems<'_>) {
    let Some(name) = &paging.cursor else {
        problems.add("/paging", "does not say which field is the cursor", "add `cursor`, and `from` for what it copies");
        return;
    };
    let field = parameter(context, "cursor", name, problems);
    let Some(row) = row else {
        if paging.from.is_some() {
            problems.add("/paging/from", "rows that are no objects have no fields", "take it out: the row itself is copied");
        }
        return;
    };
    let Some(from) = &paging.from else {
        problems.add("/paging", "does not say which field of a row the cursor copies", "add `from`");
        return;
    };
    match row.field(from) {
        None => {
            problems.add("/paging/from", format!("`{}` has no field `{from}`", row.name), "name the field of a row that the cursor copies")
        }
        Some(source) => {
            if field.is_some_and(|field| field.ty != source.ty) {
                problems.add(
                    "/paging/from",
                    format!("`{name}` and `{from}` are of different types"),
                    "make them the same; share one definition if they are objects",
                );
            }
        }
    }
}

fn size(context: &Context<'_>, paging: &Paging, problems: &mut FileProblems<'_>) {
    let Some(name) = &paging.size else {
        if paging.max_size.is_some() || paging.default_size.is_some() {
            problems.add("/paging", "has a largest page but no field to ask for it", "add `size`");
        }
        return;
    };
    let Some(field) = parameter(context, "size", name, problems) else { return };
    if field.ty != Type::Integer {
        problems.add("/paging/size", format!("`{name}` is no integer"), "make it one; a number in quotes is an integer with `x-wire` text");
    }
    if field.maximum != paging.max_size.map(i64::from) {
        problems.add("/paging/max_size", format!("differs from the `maximum` of `{name}`"), "make both the documented largest page size");
    }
    if paging.default_size.zip(paging.max_size).is_some_and(|(default, max)| default > max) {
        problems.add("/paging/default_size", "is above the largest page size", "lower it, or take it out");
    }
    if paging.default_size.is_none() && paging.max_size.is_none() {
        problems.add(
            "/paging",
            "does not say how large a page to ask for",
            "add `max_size`, or `default_size` where no largest is documented",
        );
    }
}

fn split_by(context: &Context<'_>, split: &SplitBy, row: Option<&Object>, problems: &mut FileProblems<'_>) {
    let start = parameter(context, "split_by/start", &split.start, problems);
    let end = parameter(context, "split_by/end", &split.end, problems);
    if let (Some(start), Some(end)) = (start, end)
        && (start.time.is_none() || start.time != end.time)
    {
        problems.add("/paging/split_by", "both ends are not written as times of the same kind", "give both the same `x-time`");
    }
    if let (Some(name), Some(row)) = (&split.field, row)
        && context.operation.at_path(row, name).is_none_or(|field| field.time.is_none())
    {
        problems.add(
            "/paging/split_by/field",
            format!("`{}` has no time `{name}`", row.name),
            "name the time of a row that the range filters",
        );
    }
}

fn window(context: &Context<'_>, window: &Window, at: &str, row: Option<&Object>, problems: &mut FileProblems<'_>) {
    let at = |keyword: &str| format!("/paging{}", join(at, keyword));
    let named = |keyword: &str| at(keyword).trim_start_matches("/paging/").to_owned();
    let start = parameter(context, &named("start"), &window.start, problems);
    let end = parameter(context, &named("end"), &window.end, problems);
    if let (Some(start), Some(end)) = (start, end)
        && (start.time != end.time || matches!(start.time, None | Some(TimeFormat::Month)))
    {
        problems.add(at("start"), "both ends are not written as times of the same kind", "give both the same `x-time`, of days or finer");
    }
    if context.operation.longest_span(&window.start, &window.end).is_none() {
        problems.add(
            at("start"),
            format!("nothing says how far `{}` and `{}` may be apart", window.start, window.end),
            "add a rule `span` with `max_seconds`",
        );
    }
    if let (Some(name), Some(row)) = (&window.field, row)
        && context.operation.at_path(row, name).is_none_or(|field| field.time.is_none())
    {
        problems.add(at("field"), format!("`{}` has no time at `{name}`", row.name), "name the time of a row that the range filters");
    }
    if window.optional && window.without_start.is_some() {
        problems.add(at("optional"), "without a beginning, a vendor answers all or so many seconds", "take one of the two out");
    }
    if window.without_start.is_some() && start.is_some_and(|start| start.required) {
        problems.add(at("without_start"), format!("`{}` is required", window.start), "take it out, or the field out of `required`");
    }
}

/// A pull must not end where a single call does.
fn limited(context: &Context<'_>, paging: &Paging, problems: &mut FileProblems<'_>) {
    for rule in &context.operation.rules {
        if let Rule::Span { start, end, max_seconds: Some(_), .. } = rule
            && !paging.windows.iter().any(|window| window.start == *start && window.end == *end)
        {
            problems.add(
                "/paging",
                format!("`{start}` and `{end}` may be so far apart only, and a pull has no windows along them"),
                "add them to `windows`",
            );
        }
    }
}
