//! From tables to a tree: dotted names, nesting marks, sub-tables, JSON inside descriptions.

use std::collections::HashMap;

use crate::example_shapes::ExampleShape;
use crate::page::{Concern, Page, Required, Row, Side, Table};
use crate::page_builder::side_name;
use crate::repair;
use crate::sample::{Sample, SampleValue};
use crate::tree::{Field, Origin};
use crate::types::{self, Shape};

/// A dotted name with more parts than this is no name.
const DEEPEST: usize = 16;
/// Sub-tables that refer to later ones are tried again so often.
const ROUNDS: usize = 4;

/// Builds the tree of one side of the exchange.
pub(crate) fn build(page: &mut Page, side: Side, seen: &ExampleShape) -> Field {
    let tables: Vec<(usize, Table)> = page.tables.iter().cloned().enumerate().collect();
    let rows: usize = tables.iter().map(|(_, table)| table.rows.len()).sum();
    let mut builder = Builder {
        root: Field::unnamed(Origin::Implied, Shape::Object, 0),
        names: HashMap::new(),
        references: HashMap::new(),
        seen,
        page,
        side,
        budget: rows * 4 + 64,
    };
    let mut attached: Vec<usize> = Vec::new();
    for (number, table) in tables.iter().filter(|(_, table)| table.parent.is_none() && table.side == side) {
        builder.rows(table, &[]);
        attached.push(*number);
    }
    let mut waiting: Vec<&(usize, Table)> = tables.iter().filter(|(_, table)| table.parent.is_some() && !table.attached).collect();
    for _ in 0..ROUNDS {
        waiting.retain(|(number, table)| {
            let done = builder.sub_table(table);
            attached.extend(done.then_some(*number));
            !done
        });
    }
    for (number, table) in waiting.into_iter().filter(|(_, table)| table.side == side) {
        let done = builder.by_usual_shape(table);
        attached.extend(done.then_some(*number));
    }
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
    let lost: Vec<(usize, String)> =
        page.tables.iter().filter(|table| !table.attached).map(|table| (table.line, table.parent.clone().unwrap_or_default())).collect();
    for (line, parent) in lost {
        page.remark(Concern::Decide, line, format!("the table of `{parent}` belongs to no field: left out"));
    }
}

struct Builder<'a> {
    root: Field,
    /// Paths of the fields of each name.
    names: HashMap<String, Vec<Vec<String>>>,
    /// Paths of the fields whose members a named type describes.
    references: HashMap<String, Vec<Vec<String>>>,
    seen: &'a ExampleShape,
    page: &'a mut Page,
    side: Side,
    /// Rows that may still be inserted: a sub-table that many fields refer to is inserted for each of them.
    budget: usize,
}

/// A container that later rows may belong to.
struct Open {
    depth: usize,
    path: Vec<String>,
}

impl Builder<'_> {
    fn rows(&mut self, table: &Table, base: &[String]) {
        let mut open: Vec<Open> = Vec::new();
        let mut doubted = false;
        let marked = table.rows.iter().any(|row| row.depth > 0);
        for row in &table.rows {
            if self.budget == 0 {
                return;
            }
            self.budget -= 1;
            let parent = if table.depth_lost {
                if marked && row.depth == 0 {
                    open.clear();
                    base.to_vec()
                } else {
                    self.by_example(row, base, &mut open, &mut doubted)
                }
            } else {
                while open.last().is_some_and(|last| last.depth >= row.depth) {
                    open.pop();
                }
                open.last().map_or_else(|| base.to_vec(), |last| last.path.clone())
            };
            let path = self.insert(row, parent);
            let holds = self.root.at(&path).is_some_and(|field| field.shape.is_container());
            let holds = holds || (marked && !table.depth_lost);
            if holds && open.len() < DEEPEST {
                open.push(Open { depth: row.depth, path });
            }
        }
    }

    /// The parent of a row whose depth is lost: the innermost open container in which an example shows its name.
    fn by_example(&mut self, row: &Row, base: &[String], open: &mut Vec<Open>, doubted: &mut bool) -> Vec<String> {
        let name = segments(&row.name).into_iter().next().map_or(String::new(), |(name, _)| name);
        let shows = |path: &[String]| self.seen.at(path).is_some_and(|seen| seen.members.contains_key(&name));
        while let Some(last) = open.last() {
            if shows(&last.path) {
                return last.path.clone();
            }
            let outer_shows = open.iter().any(|outer| shows(&outer.path)) || shows(base);
            if !outer_shows {
                break;
            }
            open.pop();
        }
        if shows(base) && row.depth == 0 {
            return base.to_vec();
        }
        // No example shows it: the innermost container that was printed open, else the table's own level.
        let expanded = |open: &Open| {
            self.root.at(&open.path).is_some_and(|field| types::read(&field.printed_type).is_none_or(|printed| printed.members.is_none()))
        };
        let marked_parent = if row.depth > 0 { open.iter().find(|open| open.depth == 0) } else { None };
        let parent =
            marked_parent.or_else(|| open.iter().rev().find(|open| expanded(open))).map_or_else(|| base.to_vec(), |open| open.path.clone());
        let certain = open.is_empty() || (row.depth > 0 && open.len() == 1);
        if !certain && !*doubted {
            *doubted = true;
            let at = if parent.is_empty() { side_name(self.side).to_owned() } else { format!("`{}`", parent.join(".")) };
            let text = format!("the depth of `{}` and of rows after it is lost, and no example shows it: put under {at}", row.name);
            self.page.remark(Concern::Decide, row.line, text);
        }
        parent
    }

    /// Puts a row's field under a parent; gives its path.
    fn insert(&mut self, row: &Row, mut path: Vec<String>) -> Vec<String> {
        let mut parts = segments(&row.name);
        let Some((name, is_list)) = parts.pop() else { return path };
        for (part, is_list) in parts {
            path = self.enter(path, part, is_list, row.line);
        }
        let (mut field, understood) = Field::of_row(row);
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
        }
        self.inline_members(&mut field, &name);
        if let Some(reference) = &field.reference {
            self.references.entry(reference.clone()).or_default().push([path.as_slice(), std::slice::from_ref(&name)].concat());
        }
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

    /// Inserts a sub-table under the fields it belongs to; false when there are none yet.
    fn sub_table(&mut self, table: &Table) -> bool {
        let Some(parent) = &table.parent else { return true };
        let mut paths = self.references.get(parent).cloned().unwrap_or_default();
        // A table under the other side's heading belongs here only when a type names it.
        if paths.is_empty() && table.side == self.side {
            paths = self.parent_of(parent).into_iter().collect();
        }
        for path in &paths {
            if self.budget == 0 {
                let text =
                    format!("the members of `{parent}` are needed more often than a page can mean: left out from `{}` on", path.join("."));
                self.page.remark(Concern::Decide, table.line, text);
                break;
            }
            if path.len() >= DEEPEST || path.iter().filter(|name| *name == parent).count() > 1 {
                continue;
            }
            self.open_parent(path);
            self.rows(table, path);
        }
        !paths.is_empty()
    }

    /// The field a sub-table's heading names: by path, by name, or where an example shows it.
    fn parent_of(&self, parent: &str) -> Option<Vec<String>> {
        let parts: Vec<String> = segments(parent).into_iter().map(|(name, _)| name).collect();
        if self.root.at(&parts).is_some() {
            return Some(parts);
        }
        let candidates = parts.last().and_then(|name| self.names.get(name));
        let empty_first = candidates.and_then(|paths| {
            let fits = |path: &&Vec<String>| self.root.at(path).is_some_and(|field| field.members.is_empty());
            paths.iter().rev().take(64).find(fits).or_else(|| paths.last())
        });
        empty_first.cloned()
    }

    /// Puts a sub-table that no row names where an example shows it, or under the usual key of the data.
    fn by_usual_shape(&mut self, table: &Table) -> bool {
        let parent = table.parent.clone().unwrap_or_default();
        let parts: Vec<String> = segments(&parent).into_iter().map(|(name, _)| name).collect();
        let known = self.seen.at(&parts).is_some() || parts.first().is_some_and(|name| name == "data");
        if known {
            let line = table.line;
            let path = parts.into_iter().fold(Vec::new(), |path, name| self.enter(path, name, false, line));
            let text =
                format!("no row names `{parent}`, but the example or the usual shape of an answer does: the table is read as its members");
            self.page.remark(Concern::Assumed, line, text);
            self.rows(table, &path);
        }
        known
    }
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
        format!("is described twice, as `{}` (line {}) and as `{}`: the first counts", known.printed_type, known.line, second.printed_type)
    } else if known.required != second.required && known.required != Required::Unknown && second.required != Required::Unknown {
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
