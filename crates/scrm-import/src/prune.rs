//! Leaves out what no schema can hold: unknown fields are kept at run time anyway.

use std::collections::HashSet;

use scrm_schema::names;

use crate::page::{Concern, Page};
use crate::tree::Field;

/// Most fields of one object, its dynamic columns and the struct's own field counted.
const MOST_FIELDS: usize = 254;

/// Leaves out fields without a Rust name, fields that share one, and fields beyond the limit; says which and why.
pub(crate) fn prune(field: &mut Field, page: &mut Page) {
    let mut taken: HashSet<String> = field.columns.iter().map(|prefix| column_name(prefix)).collect();
    let mut kept = 0;
    field.members.retain(|name, member| {
        let rust = names::field(name);
        let reason = if rust.is_empty() {
            "its name has no letter of the Latin alphabet"
        } else if rust == "extra" {
            "every struct has a field of this name already"
        } else if kept >= MOST_FIELDS {
            "the object has more fields than a struct may have"
        } else if !taken.insert(rust) {
            "another field would have the same name in Rust"
        } else {
            kept += 1;
            return true;
        };
        page.remark(Concern::Decide, member.line, format!("`{name}` is left out: {reason}"));
        false
    });
    for member in field.members.values_mut() {
        prune(member, page);
    }
}

/// The Rust name of the columns with a prefix: `scores` of `Score-`.
pub(crate) fn column_name(prefix: &str) -> String {
    let name = names::field(prefix);
    if name.is_empty() { "columns".to_owned() } else { format!("{name}s") }
}
