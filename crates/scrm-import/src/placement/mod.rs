//! From tables to one tree: dotted names, nesting marks, sub-tables, JSON inside descriptions, and rows whose depth the page lost. Where a table and its
//! owner are not joined by name, the examples say what belongs where; what nothing says is marked as doubtful, field by field.

mod depth;
mod owner;
mod relocate;

use std::collections::{HashMap, HashSet};

use crate::example_shapes::{ExampleShape, NameIndex};
use crate::page::{Concern, Doubt, Page, Required, Row, Side, Table};
use crate::repair;
use crate::sample::{Sample, SampleValue};
use crate::tree::{Field, Origin};
use crate::types::Shape;
use depth::Open;

/// A dotted name with more parts than this is no name.
const DEEPEST: usize = 16;
/// Rows without a place that are named one by one.
const LOST: usize = 100;
/// Sub-tables that refer to later ones are tried again so often.
const ROUNDS: usize = 4;
/// Tables placed by the usual shape of an answer after which the others are tried again.
const PASSES: usize = 8;

/// Builds the tree of one side of the exchange.
pub(crate) fn build(page: &mut Page, side: Side, shapes: &ExampleShape, data: &str) -> Field {
    let tables: Vec<(usize, Table)> = page.tables.iter().cloned().enumerate().collect();
    let rows: usize = tables.iter().map(|(_, table)| table.rows.len()).sum();
    let owners = tables.iter().filter_map(|(_, table)| table.parent.as_deref());
    let mut builder = Builder {
        root: Field::unnamed(Origin::Implied, Shape::Object, 0),
        names: HashMap::new(),
        references: HashMap::new(),
        owned: owners.clone().map(|owner| last_name(owner).to_owned()).collect(),
        types: owners.filter(|owner| owner.starts_with(|c: char| c.is_ascii_uppercase())).map(str::to_owned).collect(),
        shapes,
        index: NameIndex::of(shapes),
        page,
        side,
        data,
        budget: rows * 4 + 64,
    };
    let mut attached: Vec<usize> = Vec::new();
    let is_root = |table: &Table| table.parent.is_none() && table.side == side && table.first && table.caption.is_none();
    for (number, table) in tables.iter().filter(|(_, table)| is_root(table)) {
        let (base, doubts) = match builder.base_of_second(table) {
            Some(data) => (data, &[Doubt::Place][..]),
            None => (builder.base_of_root(table), &[][..]),
        };
        builder.rows(table, &base, doubts);
        attached.push(*number);
    }
    let mut waiting: Vec<&(usize, Table)> =
        tables.iter().filter(|(_, table)| !is_root(table) && !table.attached && (table.parent.is_some() || table.side == side)).collect();
    // A table that only the usual shape of an answer places may hold what the others belong to.
    for _ in 0..PASSES {
        for _ in 0..ROUNDS {
            waiting.retain(|(number, table)| {
                let done = builder.sub_table(table);
                attached.extend(done.then_some(*number));
                !done
            });
        }
        let usual = waiting.iter().position(|(_, table)| table.side == side && builder.by_usual_shape(table));
        let Some(place) = usual else { break };
        let (number, _) = waiting.remove(place);
        attached.push(*number);
    }
    for (number, table) in waiting.into_iter().filter(|(_, table)| table.side == side) {
        let done = builder.by_usual_shape(table);
        attached.extend(done.then_some(*number));
    }
    builder.relocate();
    builder.report_lost_rows(&tables, &attached);
    let root = builder.root;
    for number in attached {
        if let Some(table) = page.tables.get_mut(number) {
            table.attached = true;
        }
    }
    root
}

/// Names the sub-tables that belong to no field.
pub(crate) fn report_unattached(page: &mut Page) {
    let lost: Vec<(usize, String, String)> = page
        .tables
        .iter()
        .filter(|table| !table.attached)
        .map(|table| {
            let rows = table.rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>().join(", ");
            let rows = if rows.is_empty() { rows } else { format!(", with {rows}") };
            (table.line, table.parent.clone().or(table.caption.clone()).unwrap_or_default(), rows)
        })
        .collect();
    for (line, parent, rows) in lost {
        page.remark(Concern::Decide, line, format!("the table of `{parent}` belongs to no field: left out{rows}"));
    }
}

fn last_name(dotted: &str) -> &str {
    dotted.rsplit('.').find(|part| !part.is_empty()).unwrap_or(dotted).trim_end_matches("[]")
}

struct Builder<'a> {
    root: Field,
    /// Paths of the fields of each name.
    names: HashMap<String, Vec<Vec<String>>>,
    /// Paths of the fields whose members a named type describes.
    references: HashMap<String, Vec<Vec<String>>>,
    /// Names that have a table of their own somewhere on the page.
    owned: HashSet<String>,
    /// Names of tables that read like types.
    types: HashSet<String>,
    shapes: &'a ExampleShape,
    index: NameIndex,
    page: &'a mut Page,
    side: Side,
    /// Key of the data in an answer.
    data: &'a str,
    /// Rows that may still be inserted: a sub-table that many fields refer to is inserted for each of them.
    budget: usize,
}

impl Builder<'_> {
    /// The root, or the data when the examples show the rows of the table there and not at the top.
    fn base_of_root(&mut self, table: &Table) -> Vec<String> {
        let dotted = table.rows.iter().any(|row| row.name.contains('.'));
        let named = |row: &&Row| row.depth == 0 && !row.name.is_empty();
        let names: Vec<&str> = table.rows.iter().filter(named).map(|row| first_name(&row.name)).collect();
        let at_top = self.shapes.at(&[]).map_or(0, |top| names.iter().filter(|name| top.members.contains_key(**name)).count());
        let home = vec![self.data.to_owned()];
        let below = self.shapes.at(&home).map_or(0, |data| names.iter().filter(|name| data.members.contains_key(**name)).count());
        if dotted || self.side == Side::Request || at_top > 0 || below < 2 || below * 2 < names.len() {
            return Vec::new();
        }
        let line = table.line;
        let text = format!(
            "{} of the table's fields are members of `{}`, though the table does not say so: the example shows them there",
            names.len(),
            self.data
        );
        self.page.remark(Concern::Assumed, line, text);
        let first = table.rows.first().map_or(line, |row| row.line);
        self.enter(Vec::new(), self.data.to_owned(), false, first)
    }

    /// A second table of the answer, where the first lists the data without its members and no example shows more: those members, as far as one can tell.
    fn base_of_second(&mut self, table: &Table) -> Option<Vec<String>> {
        let home = vec![self.data.to_owned()];
        let data = self.root.members.get(self.data)?;
        let collides = table.rows.iter().any(|row| self.root.members.contains_key(first_name(&row.name)));
        let open = data.members.is_empty() && matches!(data.shape.innermost(), Shape::Object | Shape::Any) && data.shape.is_container();
        if self.side != Side::Response || !open || collides || self.owned.contains(self.data) || self.shapes.times > 0 {
            return None;
        }
        let text = format!("a second table of the answer, and `{}` has no members: read as its members", self.data);
        self.page.remark(Concern::Decide, table.line, text);
        self.open_parent(&home);
        Some(home)
    }

    fn rows(&mut self, table: &Table, base: &[String], doubts: &[Doubt]) {
        let marked = table.rows.iter().any(|row| row.depth > 0);
        let dotted = table.rows.iter().any(|row| row.name.contains('.'));
        let prefix = self.own_prefix(table, base);
        if table.depth_lost || (!marked && !dotted && self.needs_depth(table, base)) {
            return self.by_example(table, base, doubts);
        }
        let mut open: Vec<Open> = Vec::new();
        for row in &table.rows {
            if self.budget == 0 {
                return;
            }
            self.budget -= 1;
            while open.last().is_some_and(|last| last.depth >= row.depth) {
                open.pop();
            }
            let parent = open.last().map_or_else(|| base.to_vec(), |last| last.path.clone());
            let path = self.insert(row, parent, doubts, prefix);
            let holds = self.root.at(&path).is_some_and(|field| field.shape.is_container()) || marked;
            if holds && open.len() < DEEPEST {
                open.push(Open { depth: row.depth, path, left: None });
            }
        }
    }

    /// A sub-table may repeat the name of its owner before each of its rows: `data.id` in the table of `data`.
    fn own_prefix(&self, table: &Table, base: &[String]) -> usize {
        let repeated = |length: usize| {
            let Some(own) = base.get(base.len() - length..) else { return false };
            let names: Vec<Vec<(String, bool)>> = table.rows.iter().map(|row| segments(&row.name)).collect();
            let begins = |parts: &Vec<(String, bool)>| parts.len() > length && parts.iter().zip(own).all(|((part, _), own)| part == own);
            !names.is_empty()
                && names.iter().all(begins)
                && self.shapes.at(base).is_none_or(|shape| own.first().is_none_or(|own| !shape.members.contains_key(own)))
        };
        (1..=base.len()).rev().find(|length| repeated(*length)).unwrap_or(0)
    }

    /// Puts a row's field under a parent; gives its path. So many parts of its name are the parent's own.
    fn insert(&mut self, row: &Row, mut path: Vec<String>, doubts: &[Doubt], prefix: usize) -> Vec<String> {
        let mut parts = segments(&row.name);
        parts.drain(..prefix.min(parts.len().saturating_sub(1)));
        let Some((name, is_list)) = parts.pop() else { return path };
        for (part, is_list) in parts {
            path = self.enter(path, part, is_list, row.line);
        }
        let (mut field, understood) = Field::of_row(row);
        field.doubts.extend(doubts);
        if !understood {
            let text = if row.printed_type.is_empty() {
                format!("`{name}` has no type")
            } else {
                format!("the type `{}` of `{name}` is not known", row.printed_type)
            };
            self.page.remark(Concern::Decide, row.line, text);
        }
        if is_list && !matches!(field.shape, Shape::List(_)) {
            field.shape = Shape::list_of(field.shape.clone());
            if !field.printed_type.is_empty() {
                // The page says it in two places: `ids[]`, of type `string`.
                field.printed_type.push_str("[]");
            }
        }
        self.inline_members(&mut field, &name);
        // A type that is called like a table is that table, though `Class` is a word for any object elsewhere.
        let printed = row.printed_type.trim().trim_end_matches("[]").trim_end();
        if field.reference.is_none() && field.shape.is_container() && self.types.contains(printed) {
            field.reference = Some(printed.to_owned());
            field.doubts.remove(&Doubt::Type);
        }
        if let Some(reference) = &field.reference {
            self.references.entry(reference.clone()).or_default().push([path.as_slice(), std::slice::from_ref(&name)].concat());
        }
        // An example may show it in something that no row names.
        let line = row.line;
        let mut path = path.into_iter().fold(Vec::new(), |path, name| self.enter(path, name, false, line));
        self.open_parent(&path);
        let Some(parent) = self.root.at_mut(&path) else { return path };
        let twice = match parent.members.get_mut(&name) {
            None => {
                parent.members.insert(name.clone(), field);
                None
            }
            Some(known) => meet(known, field),
        };
        path.push(name.clone());
        if let Some(text) = twice {
            self.page.remark(Concern::Decide, row.line, format!("`{}` {text}", path.join(".")));
        } else {
            self.names.entry(name).or_default().push(path.clone());
        }
        path
    }

    /// Says which rows of the tables that were read are among no fields, whatever the reason: nothing is lost in silence.
    fn report_lost_rows(&mut self, tables: &[(usize, Table)], attached: &[usize]) {
        let mut placed: HashSet<(usize, &str)> = HashSet::new();
        let mut open = vec![&self.root];
        while let Some(field) = open.pop() {
            placed.extend(field.members.iter().map(|(name, member)| (member.line, name.as_str())));
            open.extend(field.members.values());
        }
        let read: HashSet<&usize> = attached.iter().collect();
        let rows = tables.iter().filter(|(number, _)| read.contains(number)).flat_map(|(_, table)| &table.rows);
        let lost: Vec<(usize, String)> = rows
            .filter(|row| !placed.contains(&(row.line, last_name(&row.name))))
            .map(|row| (row.line, row.name.clone()))
            .take(LOST)
            .collect();
        for (line, name) in lost {
            if self.page.findings.iter().any(|finding| finding.line == line && finding.text.contains(last_name(&name))) {
                continue;
            }
            self.page.remark(Concern::Decide, line, format!("`{name}` of the table found no place among the fields: left out"));
        }
    }

    /// Goes into a member of a dotted name, making it when it has no row.
    fn enter(&mut self, mut path: Vec<String>, name: String, is_list: bool, line: usize) -> Vec<String> {
        self.open_parent(&path);
        let shape = if is_list { Shape::list_of(Shape::Object) } else { Shape::Object };
        let Some(parent) = self.root.at_mut(&path) else { return path };
        let is_new = !parent.members.contains_key(&name);
        parent.members.entry(name.clone()).or_insert_with(|| Field::unnamed(Origin::Implied, shape, line));
        path.push(name.clone());
        if is_new {
            self.names.entry(name).or_default().push(path.clone());
        }
        path
    }

    /// A field that gets members is an object, or a list of objects, whatever its type says.
    fn open_parent(&mut self, path: &[String]) {
        if let Some(parent) = self.root.at_mut(path)
            && (!parent.shape.is_container() || *parent.shape.innermost() == Shape::Any)
        {
            parent.retyped |= !parent.shape.is_container() && parent.shape != Shape::Any;
            parent.shape = parent.shape.with_members();
        }
    }

    /// Members that stand as JSON inside the description.
    fn inline_members(&mut self, field: &mut Field, name: &str) {
        if !field.shape.is_container() {
            return;
        }
        let Some(start) = field.text.find(['{', '[']) else { return };
        let Some(read) = field.text.get(start..).and_then(|text| repair::read(text, field.line)) else { return };
        let sample = match &read.sample.value {
            SampleValue::List(items) => items.first(),
            _ => Some(&read.sample),
        };
        let Some(Sample { value: SampleValue::Object(members), .. }) = sample else { return };
        // `"openids": [` is cut: a key alone is no object.
        if members.is_empty() || members.len() > 64 {
            return;
        }
        for (name, sample) in members {
            let shape = ExampleShape::of([sample]).shape().unwrap_or(Shape::Any);
            field.members.insert(name.clone(), Field::unnamed(Origin::Description, shape, field.line));
        }
        field.shape = field.shape.with_members();
        self.page.remark(Concern::Assumed, field.line, format!("the members of `{name}` are read from the JSON in its description"));
    }
}

fn first_name(dotted: &str) -> &str {
    dotted.split(['.', '[']).next().unwrap_or(dotted)
}

fn has_inline_members(row: &Row) -> bool {
    row.description.contains('{') || row.note.contains('{')
}

/// Parts of a dotted name, and whether each is marked as a list by `[]`.
fn segments(name: &str) -> Vec<(String, bool)> {
    name.split('.')
        .take(DEEPEST)
        .map(|part| match part.split_once('[') {
            Some((name, _)) => (name.to_owned(), true),
            None => (part.to_owned(), false),
        })
        .filter(|(name, _)| !name.is_empty())
        .collect()
}

/// A second row for a field that is there. Gives what is odd about it.
fn meet(known: &mut Field, second: Field) -> Option<String> {
    if known.origin == Origin::Implied || known.origin == Origin::Description {
        let members = std::mem::take(&mut known.members);
        let shape = if members.is_empty() { second.shape.clone() } else { second.shape.with_members() };
        *known =
            Field { retyped: !members.is_empty() && !second.shape.is_container() && second.shape != Shape::Any, shape, members, ..second };
        return None;
    }
    let differs = known.shape != second.shape;
    let text = if differs {
        known.doubts.insert(Doubt::Type);
        format!("is described twice, as `{}` (line {}) and as `{}`: the first counts", known.printed_type, known.line, second.printed_type)
    } else if known.required != second.required && known.required != Required::Unknown && second.required != Required::Unknown {
        known.doubts.insert(Doubt::Required);
        format!("is described twice, with other required marks (line {}): the first counts", known.line)
    } else {
        format!("is described twice (line {}): the first counts", known.line)
    };
    if known.required == Required::Unknown {
        known.required = second.required;
    }
    if known.text.is_empty() {
        (known.text, known.facts) = (second.text, second.facts);
    }
    Some(text)
}
