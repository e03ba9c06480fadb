//! How the rows are paged, as far as names tell.

use serde_json::{Map, Value, json};

use crate::limits;
use crate::page::{Concern, Doubt, Page, Side};
use crate::reconcile::Contradiction;
use crate::tree::Field;
use crate::types::Shape;

const PAGES: [&str; 11] =
    ["page", "page_num", "pageNum", "page_no", "pageNo", "page_index", "pageIndex", "pageNumber", "page_number", "current", "current_page"];
const SIZES: [&str; 7] = ["page_size", "pageSize", "pagesize", "size", "limit", "per_page", "perPage"];
const CURSORS: [&str; 8] = ["es_skip", "cursor", "next_cursor", "nextCursor", "last_id", "lastId", "next_id", "scroll_id"];
const TOTALS: [&str; 8] = ["total", "total_count", "totalCount", "row_count", "rowCount", "count", "total_num", "totalNum"];

/// Takes page numbers, sizes and totals for the whole numbers they are, when the page prints another type; each is a contradiction.
pub(crate) fn settle(request: &mut Field, response: &mut Field, data: &str, page: &mut Page) -> Vec<Contradiction> {
    let mut contradictions = Vec::new();
    let Some((rows, _)) = rows(response, data) else { return contradictions };
    share_cursor(request, response, &rows);
    for name in PAGES.iter().chain(&SIZES) {
        if let Some(field) = request.members.get_mut(*name).filter(|field| field.shape == Shape::Text && !field.retyped) {
            (field.shape, field.retyped, field.number_in_text) = (Shape::Integer, !field.printed_type.is_empty(), true);
            (field.facts.maximum, field.facts.minimum) = (limits::read(&field.text, &Shape::Integer).maximum, None);
            field.doubts.insert(Doubt::Type);
            page.remark(Concern::Assumed, field.line, format!("`{name}` counts, so it is an integer that travels in quotes"));
            contradictions.push(whole(Side::Request, vec![(*name).to_owned()], field, "the table itself: a page is a number"));
        }
    }
    let Some(total) = total(response, data) else { return contradictions };
    let path = path_of(&total);
    if let Some(field) = response.at_mut(&path).filter(|field| field.shape == Shape::Number && !field.retyped) {
        (field.shape, field.retyped) = (Shape::Integer, !field.printed_type.is_empty());
        page.remark(
            Concern::Decide,
            field.line,
            format!("`{}` counts rows, so it is written as an integer although the page prints `{}`", path.join("."), field.printed_type),
        );
        contradictions.push(whole(Side::Response, path, field, "the number of rows is a whole number"));
    }
    contradictions
}

/// A cursor that is an object has the same members in the request and in the rows: what either shows.
fn share_cursor(request: &mut Field, response: &mut Field, rows: &str) {
    let Some(name) = CURSORS.iter().find(|name| request.members.contains_key(**name)).map(|name| (*name).to_owned()) else { return };
    let row: Vec<String> = path_of(rows).into_iter().chain([name.clone()]).collect();
    let (Some(sent), Some(answered)) = (request.members.get_mut(&name), response.at_mut(&row)) else { return };
    if sent.shape != Shape::Object || answered.shape != Shape::Object {
        return;
    }
    // What answers and requests share is written once, and a default is the request's alone.
    without_defaults(sent);
    for (name, member) in &sent.members {
        answered.members.entry(name.clone()).or_insert_with(|| member.clone());
    }
    sent.members = answered.members.clone();
    sent.columns = answered.columns.clone();
}

fn without_defaults(field: &mut Field) {
    for member in field.members.values_mut() {
        member.facts.default = None;
        without_defaults(member);
    }
}

/// Names of a JSON pointer.
pub(crate) fn path_of(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(|name| name.replace("~1", "/").replace("~0", "~")).collect()
}

fn whole(side: Side, path: Vec<String>, field: &Field, seen: &str) -> Contradiction {
    Contradiction { side, path, kind: "type", documented: field.printed_type.clone(), wire: "integer".to_owned(), seen: seen.to_owned() }
}

/// The paging of an operation; `None` when request and answer do not both speak of pages.
pub(crate) fn find(request: &Field, response: &Field, data: &str, page: &mut Page) -> Option<Value> {
    let (rows, row) = rows(response, data)?;
    let size = SIZES.iter().find_map(|name| request.members.get_key_value(*name)).filter(|(_, field)| is_number(field));
    let mut paging = Map::new();
    if let Some((name, _)) = CURSORS.iter().find_map(|name| request.members.get_key_value(*name)) {
        let (Some(cursor), Some(source)) = (request.members.get(name), row.members.get(name)) else {
            page.remark(Concern::Decide, 0, format!("`{name}` looks like a cursor, but no row has it: paging is left out"));
            return None;
        };
        if cursor.shape != source.shape || cursor.facts.choices != source.facts.choices || cursor.nullable != source.nullable {
            page.remark(
                Concern::Decide,
                cursor.line,
                format!("`{name}` looks like a cursor, but in the rows it has another type: paging is left out"),
            );
            return None;
        }
        paging.insert("style".to_owned(), json!("cursor"));
        paging.insert("cursor".to_owned(), json!(name));
        paging.insert("from".to_owned(), json!(name));
    } else {
        let (name, field) = PAGES.iter().find_map(|name| request.members.get_key_value(*name)).filter(|(_, field)| is_number(field))?;
        let told = field.facts.first;
        if told.is_none() {
            page.remark(Concern::Assumed, field.line, format!("`{name}` counts from 1: the page does not say"));
        }
        paging.insert("style".to_owned(), json!("page_number"));
        paging.insert("page".to_owned(), json!(name));
        paging.insert("first".to_owned(), json!(told.unwrap_or(1)));
    }
    if let Some((name, field)) = size {
        paging.insert("size".to_owned(), json!(name));
        match field.facts.maximum.and_then(|size| u32::try_from(size).ok()).filter(|size| *size > 0) {
            Some(largest) => {
                paging.insert("max_size".to_owned(), json!(largest));
            }
            None => {
                let size =
                    field.facts.default.as_ref().and_then(|size| size.parse::<u32>().ok()).filter(|size| *size > 0).unwrap_or(DEFAULT_SIZE);
                page.remark(
                    Concern::Decide,
                    field.line,
                    format!("no largest page size is documented: the client will ask for {size} rows"),
                );
                paging.insert("default_size".to_owned(), json!(size));
            }
        }
    }
    paging.insert("rows".to_owned(), json!(rows));
    let counts = |total: &String| response.at(&path_of(total)).is_some_and(is_number);
    if let Some(total) = total(response, data).filter(counts) {
        paging.insert("total".to_owned(), json!(total));
    }
    if let Some(id) = id(row) {
        page.remark(Concern::Assumed, row.line, format!("`{id}` identifies a row: the page calls it unique"));
        paging.insert("id".to_owned(), json!(id));
    } else {
        page.remark(Concern::Decide, row.line, "the page does not say what makes a row unique: no `id` is proposed");
    }
    let cap = page.notes.iter().find_map(|note| limits::row_cap(&note.value).map(|cap| (cap, note.line)));
    if let Some((cap, line)) = cap.and_then(|(cap, line)| Some((u32::try_from(cap).ok()?, line))) {
        page.remark(
            Concern::Decide,
            line,
            format!("no row beyond {cap} is given: name the range filter to split a longer pull by (`split_by`)"),
        );
        paging.insert("row_cap".to_owned(), json!(cap));
    }
    Some(Value::Object(paging))
}

/// A page size for vendors that document none.
const DEFAULT_SIZE: u32 = 50;

/// Pointer of the rows, and the field that holds them.
fn rows<'a>(response: &'a Field, data: &str) -> Option<(String, &'a Field)> {
    let field = response.members.get(data)?;
    if is_rows(field) {
        return Some((format!("/{data}"), field));
    }
    let (name, rows) = inside(field)?
        .members
        .iter()
        .find(|(name, field)| name.ends_with("list") && is_rows(field))
        .or_else(|| field.members.iter().find(|(_, field)| is_rows(field)))?;
    Some((format!("/{data}/{}", escaped(name)), rows))
}

/// A plain whole number: no documented values.
fn is_number(field: &Field) -> bool {
    field.shape == Shape::Integer && field.facts.choices.is_empty()
}

fn is_rows(field: &Field) -> bool {
    matches!(&field.shape, Shape::List(item) if **item == Shape::Object)
}

/// An object whose members a pointer can name: those of a list stand in its rows.
fn inside(field: &Field) -> Option<&Field> {
    (field.shape == Shape::Object).then_some(field)
}

fn total(response: &Field, data: &str) -> Option<String> {
    let field = inside(response.members.get(data)?)?;
    let of = |field: &Field| {
        TOTALS
            .iter()
            .find(|name| field.members.get(**name).is_some_and(|total| matches!(total.shape, Shape::Integer | Shape::Number | Shape::Text)))
            .copied()
    };
    of(field).map(|total| format!("/{data}/{total}")).or_else(|| {
        let mut objects = field.members.iter().filter(|(_, field)| field.shape == Shape::Object);
        objects.find_map(|(name, field)| of(field).map(|total| format!("/{data}/{}/{total}", escaped(name))))
    })
}

/// The field of a row that the page calls unique.
fn id(row: &Field) -> Option<&String> {
    let scalar = |field: &Field| matches!(field.shape, Shape::Text | Shape::Integer) && field.facts.choices.is_empty();
    let unique = |field: &Field| ["唯一", "主键", "unique"].iter().any(|word| field.text.contains(word)) && !field.text.contains("不唯一");
    row.members.iter().find(|(_, field)| scalar(field) && unique(field)).map(|(name, _)| name)
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
