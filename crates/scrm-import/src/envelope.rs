//! Tables whose fields really stand below `data`.

use std::collections::HashSet;

use scrm_schema::model::{Envelope, VendorFile};
use serde_json::Value;

use crate::example_shapes::ExampleShape;
use crate::page::{Concern, Doubt, Page, Side};
use crate::tree::{Field, Origin};
use crate::types::Shape;

/// Keys of the top level of an answer.
#[derive(Clone, Debug)]
pub(crate) struct Keys<'a> {
    pub(crate) code: &'a str,
    pub(crate) data: &'a str,
}

impl<'a> Keys<'a> {
    /// The vendor's keys, or the usual ones.
    pub(crate) fn of(envelope: Option<&'a Envelope>) -> Self {
        match envelope {
            Some(envelope) => Self { code: &envelope.code, data: &envelope.data },
            None => Self { code: "code", data: "data" },
        }
    }
}

/// Puts fields that the table lists flat, but that the example shows below `data`, where the example shows them.
pub(crate) fn settle(root: &mut Field, seen: &ExampleShape, keys: &Keys<'_>, side: Side, page: &mut Page) {
    let top = seen.innermost();
    let data = top.members.get(keys.data);
    let inside = |name: &String| !top.members.contains_key(name) && data.is_some_and(|data| data.innermost().members.contains_key(name));
    let mut moved: HashSet<String> = root.members.keys().filter(|name| inside(name)).cloned().collect();
    let headless = !root.members.contains_key(keys.code) && !root.members.contains_key(keys.data) && !root.members.is_empty();
    let unseen = seen.times == 0;
    if headless && side == Side::Response && (unseen || moved.len() * 2 >= root.members.len()) {
        moved = root.members.keys().cloned().collect();
    }
    let Some(line) = root.members.iter().find(|(name, _)| moved.contains(*name)).map(|(_, field)| field.line) else { return };
    let shape = match data.and_then(ExampleShape::shape) {
        Some(Shape::List(_)) => Shape::list_of(Shape::Object),
        _ => Shape::Object,
    };
    let text = format!("{} of the table's fields are members of `{}`, though the table does not say so", moved.len(), keys.data);
    if unseen {
        page.remark(Concern::Decide, line, format!("{text}: no example shows it"));
    } else {
        page.remark(Concern::Assumed, line, format!("{text}: the example shows them there"));
    }
    let mut below = root.members.shift_remove(keys.data).unwrap_or_else(|| Field::unnamed(Origin::Implied, shape, line));
    if !below.shape.is_container() || *below.shape.innermost() == Shape::Any {
        below.retyped |= !below.shape.is_container() && below.shape != Shape::Any;
        below.shape = below.shape.with_members();
    }
    let (inner, outer): (Vec<_>, Vec<_>) = std::mem::take(&mut root.members).into_iter().partition(|(name, _)| moved.contains(name));
    root.members.extend(outer);
    for (name, mut field) in inner {
        if unseen {
            field.doubts.insert(Doubt::Place);
        }
        below.members.entry(name).or_insert(field);
    }
    root.members.insert(keys.data.to_owned(), below);
}

/// Names of the top level that every answer of the vendor has.
pub(crate) fn names(vendor: Option<&VendorFile>) -> Vec<&str> {
    let Some(envelope) = vendor.map(|vendor| &vendor.envelope) else { return vec!["code", "data"] };
    [&envelope.code, &envelope.data].into_iter().chain(&envelope.message).map(String::as_str).collect()
}

/// Adds code and message where the page shows none: every answer of the vendor has them.
pub(crate) fn complete(response: &mut Field, vendor: Option<&VendorFile>, page: &mut Page) {
    let Some(envelope) = vendor.map(|vendor| &vendor.envelope) else { return };
    let shape = if envelope.success.iter().all(Value::is_string) { Shape::Text } else { Shape::Integer };
    let mut added = Vec::new();
    if !response.members.contains_key(&envelope.code) {
        added.push((envelope.code.clone(), shape));
    }
    if !envelope.message.iter().any(|message| response.members.contains_key(message)) {
        added.extend(envelope.message.first().map(|message| (message.clone(), Shape::Text)));
    }
    for (place, (name, shape)) in added.into_iter().enumerate() {
        page.remark(Concern::Assumed, 0, format!("the page does not show `{name}`: added, because every answer of the vendor has it"));
        response.members.shift_insert(place.min(response.members.len()), name, Field::unnamed(Origin::Example, shape, 0));
    }
}
