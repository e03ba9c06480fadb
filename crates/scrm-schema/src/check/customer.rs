//! How rows read as customers.

use super::{Context, scalar};
use crate::error::FileProblems;
use crate::model::{Customer, Field, Object, Type};
use crate::names;
use crate::pointer::join;

pub(super) fn check(context: &Context<'_>, problems: &mut FileProblems<'_>) {
    let Some(customer) = &context.operation.customer else { return };
    if !context.has_rows() {
        return;
    }
    let Some(row) = context.operation.row(&context.vendor.envelope.data) else {
        problems.add("/customer", "the answer has no objects to read as customers", "take it out, or say in `paging` where the rows are");
        return;
    };
    columns(context, customer, row, problems);
    if customer.find.is_empty() && !customer.list && customer.list_by.is_none() && customer.tags_of.is_none() {
        problems.add("/customer", "neither finds nor lists customers", "add `find`, `list`, `list_by` or `tags_of`, or take it out");
    }
    let by_ids = [
        ("/customer/list_by/parameter", customer.list_by.as_ref().map(|by| &by.parameter)),
        ("/customer/tags_of/parameter", customer.tags_of.as_ref().map(|of| &of.parameter)),
    ];
    for (pointer, parameter) in by_ids {
        let Some(parameter) = parameter else { continue };
        let takes = context.operation.at_path(&context.operation.request, parameter);
        if !takes.is_some_and(|field| matches!(&field.ty, Type::List(item) if matches!(**item, Type::Text | Type::Integer))) {
            problems.add(
                pointer,
                format!("the request has no list of texts or integers at `{parameter}`"),
                "name the field that takes ids",
            );
        }
    }
    if customer.tags_of.is_some() && customer.tags.is_empty() {
        problems.add("/customer/tags_of", "no `tags` are read from the answer", "say in `tags` where their names stand");
    }
    if customer.list && context.operation.paging.is_none() {
        problems.add("/customer/list", "the operation is not paged", "describe `paging`, or take it out");
    }
    let request = &context.operation.request;
    let paged: Vec<&str> = context
        .operation
        .paging
        .iter()
        .flat_map(|paging| [&paging.page, &paging.size, &paging.cursor])
        .flatten()
        .map(String::as_str)
        .collect();
    for (key, find) in &customer.find {
        let at = format!("/customer/find/{}", names::field(&format!("{key:?}")));
        let takes = |field: &Field| matches!(scalar(&field.ty), Type::Text | Type::Integer);
        if !context.operation.at_path(request, &find.parameter).is_some_and(takes) {
            problems.add(
                join(&at, "parameter"),
                format!("the request has no text, integer or list of these at `{}`", find.parameter),
                "name the field that takes the key",
            );
        }
        if customer.with.contains_key(&find.parameter) {
            problems.add(join("/customer/with", &find.parameter), "is filled with the key that is looked for", "take it out");
        }
        let given: Vec<&str> = paged.iter().copied().chain([find.parameter.as_str()]).collect();
        context.fillings(customer.with.iter(), &given, "/customer/with", problems);
    }
    if customer.list {
        context.fillings(customer.with.iter(), &paged, "/customer/with", problems);
    }
}

fn columns(context: &Context<'_>, customer: &Customer, row: &Object, problems: &mut FileProblems<'_>) {
    let mut column = |pointer: String, path: &str, what: &str, fits: fn(&Field) -> bool| {
        if !context.operation.at_path(row, path).is_some_and(fits) {
            problems.add(pointer, format!("`{}` has no {what} at `{path}`", row.name), "correct the path (wire names joined by `/`)");
        }
    };
    column("/customer/id".to_owned(), &customer.id, "text or integer", |field| matches!(field.ty, Type::Text | Type::Integer));
    let lists = [
        ("names", &customer.names),
        ("phones", &customer.phones),
        ("emails", &customer.emails),
        ("union_ids", &customer.union_ids),
        ("open_ids", &customer.open_ids),
        ("avatars", &customer.avatars),
        ("tags", &customer.tags),
    ];
    for (keyword, paths) in lists {
        for (number, path) in paths.iter().enumerate() {
            column(format!("/customer/{keyword}/{number}"), path, "text or integer", |field| {
                matches!(scalar(&field.ty), Type::Text | Type::Integer)
            });
        }
    }
    if let Some(created) = &customer.created {
        column("/customer/created".to_owned(), created, "time", |field| field.time.is_some());
    }
}
