//! From tables to one tree: dotted names, nesting marks, sub-tables, JSON inside descriptions, and rows whose depth the page lost. Where a table and its
//! owner are not joined by name, the examples say what belongs where; what nothing says is marked as doubtful, field by field.

use std::collections::{HashMap, HashSet};

use crate::example_shapes::{ExampleShape, NameIndex};
use crate::page::{Concern, Doubt, Page, Required, Row, Side, Table};
use crate::page_builder::side_name;
use crate::repair;
use crate::sample::{Sample, SampleValue};
use crate::tree::{Field, Origin};
use crate::types::{self, Shape};

/// A dotted name with more parts than this is no name.
const DEEPEST: usize = 16;
/// Sub-tables that refer to later ones are tried again so often.
const ROUNDS: usize = 4;
/// Fields of one name that are looked through for the owner of a table.
const CANDIDATES: usize = 64;

/// Builds the tree of one side of the exchange.
pub(crate) fn build(page: &mut Page, side: Side, shapes: &ExampleShape, data: &str) -> Field {
    let tables: Vec<(usize, Table)> = page.tables.iter().cloned().enumerate().collect();
    let rows: usize = tables.iter().map(|(_, table)| table.rows.len()).sum();
    let owners = tables.iter().filter_map(|(_, table)| table.parent.as_deref());
    let mut builder = Builder {
        root: Field::unnamed(Origin::Implied, Shape::Object, 0),
        names: HashMap::new(),
        references: HashMap::new(),
        owned: owners.map(|owner| last_name(owner).to_owned()).collect(),
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
        let base = builder.base_of_root(table);
        builder.rows(table, &base, &[]);
        attached.push(*number);
    }
    let mut waiting: Vec<&(usize, Table)> =
        tables.iter().filter(|(_, table)| !is_root(table) && !table.attached && (table.parent.is_some() || table.side == side)).collect();
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
    builder.relocate();
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
    shapes: &'a ExampleShape,
    index: NameIndex,
    page: &'a mut Page,
    side: Side,
    /// Key of the data in an answer.
    data: &'a str,
    /// Rows that may still be inserted: a sub-table that many fields refer to is inserted for each of them.
    budget: usize,
}

/// A container that later rows may belong to.
struct Open {
    depth: usize,
    path: Vec<String>,
    /// Members it is said to have, less those it got.
    left: Option<usize>,
}

/// Where a row goes, and whether that is certain.
struct Place {
    parent: Vec<String>,
    certain: bool,
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

    /// Whether a table without nesting marks lists fields of several levels.
    fn needs_depth(&self, table: &Table, base: &[String]) -> bool {
        let container = |row: &Row| {
            types::read_cell(&row.printed_type).is_some_and(|printed| printed.shape.is_container())
                && !self.owned.contains(&row.name)
                && row.reference.is_none()
                && types::read_cell(&row.printed_type).is_none_or(|printed| printed.reference.is_none())
        };
        if self.index.is_empty() || self.shapes.at(base).is_none() {
            // Without an example: a container that no table describes, and rows after it.
            let last = table.rows.len().saturating_sub(1);
            return table.rows.iter().enumerate().any(|(place, row)| {
                let wide = if self.side == Side::Request { is_object(row) } else { container(row) };
                place < last && wide && container(row) && !has_inline_members(row)
            });
        }
        let home = self.shapes.at(base);
        let below = |row: &Row| {
            home.is_none_or(|home| !home.members.contains_key(&row.name))
                && self.index.places(&row.name).iter().any(|place| place.len() > base.len() && place.starts_with(base))
        };
        table.rows.iter().any(below) && (base.is_empty() || table.rows.iter().any(container))
    }

    /// Rows whose depth is lost: each goes where an example shows its name, or where its neighbours went.
    fn by_example(&mut self, table: &Table, base: &[String], doubts: &[Doubt]) {
        let mut open: Vec<Open> = vec![Open { depth: 0, path: base.to_vec(), left: None }];
        let mut used: HashSet<(Vec<String>, String)> = HashSet::new();
        let mut doubted = false;
        for (number, row) in table.rows.iter().enumerate() {
            if self.budget == 0 {
                return;
            }
            self.budget -= 1;
            let name = segments(&row.name).into_iter().next().map_or(String::new(), |(name, _)| name);
            // A row without a mark among marked ones stands at the table's own level.
            let marked = table.rows.iter().any(|row| row.depth > 0);
            let place = if marked && row.depth == 0 {
                open.truncate(1);
                Place { parent: base.to_vec(), certain: true }
            } else {
                self.place(table, number, &name, &mut open, &used)
            };
            if !place.certain && !doubted {
                doubted = true;
                let at = if place.parent.is_empty() { side_name(self.side).to_owned() } else { format!("`{}`", place.parent.join(".")) };
                let text = format!("the depth of `{}` and of rows after it is lost, and no example shows it: put under {at}", row.name);
                self.page.remark(Concern::Decide, row.line, text);
            }
            used.insert((place.parent.clone(), name));
            let mut all = doubts.to_vec();
            if !place.certain {
                all.push(Doubt::Place);
            }
            if let Some(parent) = open.iter_mut().rev().find(|open| open.path == place.parent) {
                parent.left = parent.left.map(|left| left.saturating_sub(1));
            }
            let path = self.insert(row, place.parent, &all, 0);
            let shown = self.shapes.at(&path).is_some_and(|shape| shape.objects > 0);
            let holds = shown || self.root.at(&path).is_some_and(|field| field.shape.is_container());
            if holds && open.len() < DEEPEST {
                let left = types::read(&row.printed_type).and_then(|printed| printed.members);
                open.push(Open { depth: row.depth, path, left });
            }
        }
    }

    /// Where a row of a table without depths goes. Containers it is not in are closed.
    fn place(&self, table: &Table, number: usize, name: &str, open: &mut Vec<Open>, used: &HashSet<(Vec<String>, String)>) -> Place {
        let base = open.first().map(|open| open.path.clone()).unwrap_or_default();
        let shows = |path: &[String]| {
            self.shapes.at(path).is_some_and(|shape| shape.members.contains_key(name)) && !used.contains(&(path.to_vec(), name.to_owned()))
        };
        if let Some(found) = open.iter().rposition(|open| shows(&open.path)) {
            open.truncate(found + 1);
            return Place { parent: open.last().map(|open| open.path.clone()).unwrap_or_default(), certain: true };
        }
        // It stands in something that has no row of its own.
        let elsewhere: Vec<&Vec<String>> = self
            .index
            .places(name)
            .iter()
            .filter(|place| place.starts_with(&base) && !used.contains(&((*place).clone(), name.to_owned())))
            .collect();
        if let Some(first) = elsewhere.first() {
            let inner = open.last().map(|open| open.path.clone()).unwrap_or_default();
            let near = elsewhere.iter().find(|place| place.starts_with(&inner)).unwrap_or(first);
            let certain = elsewhere.len() == 1;
            let parent = (*near).clone();
            let keep = open.iter().rposition(|open| parent.starts_with(&open.path)).map_or(1, |place| place + 1);
            open.truncate(keep);
            if open.last().is_some_and(|open| open.path != parent) {
                open.push(Open { depth: 0, path: parent.clone(), left: None });
            }
            return Place { parent, certain };
        }
        self.unseen(table, number, open)
    }

    /// A row that no example shows: where the rows around it are, or what the type of the container before it says.
    fn unseen(&self, table: &Table, number: usize, open: &mut Vec<Open>) -> Place {
        let parent_of_open = |open: &[Open]| open.last().map(|open| open.path.clone()).unwrap_or_default();
        // Containers that have all their members are closed.
        while open.len() > 1 && open.last().is_some_and(|open| open.left == Some(0)) {
            open.pop();
        }
        let counted = open.last().is_some_and(|open| open.left.is_some());
        let base = open.first().map(|open| open.path.clone()).unwrap_or_default();
        if open.len() == 1 {
            return Place { parent: base, certain: true };
        }
        // Signs of nesting that all stand alike: below the one container before them there is no doubt.
        if open.len() == 2 && table.rows.get(number).is_some_and(|row| row.depth > 0) {
            return Place { parent: parent_of_open(open), certain: true };
        }
        // The next row that an example shows.
        let next = table.rows.iter().skip(number + 1).find_map(|row| {
            let places: Vec<&Vec<String>> = self.index.places(&row.name).iter().filter(|place| place.starts_with(&base)).collect();
            match places.as_slice() {
                [only] => Some((*only).clone()),
                _ => None,
            }
        });
        let last = parent_of_open(open);
        let fresh = self.root.at(&last).is_some_and(|field| field.members.is_empty());
        let shown = self.shapes.at(&last).is_some_and(|shape| shape.objects > 0);
        let scalar_items = self.shapes.at(&last).is_some()
            && !shown
            && self.shape_at(&last).is_some_and(|shape| {
                !shape.is_container() || matches!(&shape, Shape::List(item) if !matches!(**item, Shape::Any | Shape::Object))
            });
        if fresh && scalar_items && open.len() > 1 {
            open.pop();
            return self.unseen(table, number, open);
        }
        if let Some(next) = next {
            if open.iter().any(|open| open.path == next) {
                let keep = open.iter().rposition(|open| open.path == next).map_or(1, |place| place + 1);
                // Between two rows of one object it is a row of that object; behind a container that the example leaves empty it may be its member.
                let certain = keep == open.len() || !fresh || shown;
                if certain || !fresh {
                    open.truncate(keep);
                    return Place { parent: next, certain: keep == open.len() && (certain || shown) };
                }
            }
        } else if shown && !fresh {
            return Place { parent: last, certain: false };
        }
        // Every container is printed with the number of its members, and so they are counted out.
        let consistent = counted && self.counts_fit(table);
        if self.side == Side::Request && fresh && !self.is_object_at(&last) && !counted {
            open.pop();
            let parent = parent_of_open(open);
            return Place { certain: open.len() == 1, parent };
        }
        Place { parent: last, certain: consistent }
    }

    fn shape_at(&self, path: &[String]) -> Option<Shape> {
        let (last, above) = path.split_last()?;
        self.shapes.at(above)?.members.get(last)?.shape()
    }

    fn is_object_at(&self, path: &[String]) -> bool {
        self.root.at(path).is_some_and(|field| *field.shape.innermost() == Shape::Object)
    }

    /// Whether the numbers of members that the types print account for every row.
    fn counts_fit(&self, table: &Table) -> bool {
        let mut left: Vec<usize> = Vec::new();
        for row in &table.rows {
            while left.last() == Some(&0) {
                left.pop();
            }
            if let Some(last) = left.last_mut() {
                *last -= 1;
            }
            let printed = types::read(&row.printed_type);
            match printed.as_ref().and_then(|printed| printed.members) {
                Some(members) => left.push(members),
                None if printed.is_some_and(|printed| printed.shape.is_container() && *printed.shape.innermost() == Shape::Object) => {
                    return false;
                }
                None => {}
            }
        }
        left.iter().all(|left| *left == 0)
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
        let Some(parent) = &table.parent else { return self.untitled(table) };
        let mut paths = self.references.get(parent).cloned().unwrap_or_default();
        let mut doubts: Vec<Doubt> = Vec::new();
        // A table under the other side's heading belongs here only when a type names it.
        if paths.is_empty() && table.side == self.side {
            let Some((path, certain)) = self.owner(parent, table) else { return false };
            if !certain {
                doubts.push(Doubt::Place);
                let text = format!("the table of `{parent}` fits more than one field: read as the members of `{}`", path.join("."));
                self.page.remark(Concern::Decide, table.line, text);
            }
            paths.push(path);
        }
        for path in &paths {
            if self.budget == 0 {
                let text =
                    format!("the members of `{parent}` are needed more often than a page can mean: left out from `{}` on", path.join("."));
                self.page.remark(Concern::Decide, table.line, text);
                break;
            }
            if path.len() >= DEEPEST || path.iter().filter(|name| *name == parent).count() > 1 || self.refers_to_itself(path, parent) {
                continue;
            }
            self.open_parent(path);
            self.rows(table, path, &doubts);
        }
        !paths.is_empty()
    }

    /// A type that holds itself is written once, and refers to itself.
    fn refers_to_itself(&mut self, path: &[String], reference: &str) -> bool {
        let above = (1..path.len()).rev().find(|length| {
            path.get(..*length).and_then(|above| self.root.at(above)).is_some_and(|field| field.reference.as_deref() == Some(reference))
        });
        let Some(length) = above else { return false };
        let levels = path.len() - length;
        if let Some(field) = self.root.at_mut(path) {
            field.repeats = Some(levels);
        }
        true
    }

    /// The field that a sub-table's heading names, and whether no other fits as well: by path, by name, and by what the examples show.
    fn owner(&self, parent: &str, table: &Table) -> Option<(Vec<String>, bool)> {
        let parts: Vec<String> = segments(parent).into_iter().map(|(name, _)| name).collect();
        let last = parts.last()?;
        let overlap = |path: &[String]| {
            self.shapes
                .at(path)
                .map_or(0, |shape| table.rows.iter().filter(|row| shape.members.contains_key(first_name(&row.name))).count())
        };
        let mut candidates: Vec<Vec<String>> = Vec::new();
        let ends = |path: &[String]| path.len() >= parts.len() && path.get(path.len() - parts.len()..) == Some(parts.as_slice());
        let by_name = self.names.get(last).map_or(&[][..], Vec::as_slice);
        candidates.extend(by_name.iter().rev().filter(|path| ends(path)).take(CANDIDATES).cloned());
        if candidates.is_empty() {
            candidates.extend(by_name.iter().rev().take(CANDIDATES).cloned());
        }
        if candidates.is_empty() {
            let alike = |name: &String| name.eq_ignore_ascii_case(last) || same_plural(name, last);
            candidates
                .extend(self.names.iter().filter(|(name, _)| alike(name)).flat_map(|(_, paths)| paths.iter().cloned()).take(CANDIDATES));
            candidates.sort();
        }
        let whole = candidates.iter().find(|path| **path == parts).cloned();
        let best = candidates.iter().map(|path| overlap(path)).max()?;
        let mut fitting: Vec<&Vec<String>> = candidates.iter().filter(|path| overlap(path) == best).collect();
        if best == 0
            && let Some(whole) = whole
        {
            return Some((whole, true));
        }
        if fitting.len() > 1 {
            let empty: Vec<&Vec<String>> =
                fitting.iter().copied().filter(|path| self.root.at(path).is_some_and(|field| field.members.is_empty())).collect();
            if !empty.is_empty() {
                fitting = empty;
            }
        }
        // The example may show the rows below another field of this name that no row lists.
        if best == 0 && !self.index.is_empty() {
            let homes = self.index.homes(table.rows.iter().map(|row| first_name(&row.name)));
            if let Some((home, count)) = homes.first()
                && *count * 2 >= table.rows.len()
                && home.last().is_some_and(|name| name == last)
            {
                return Some((home.clone(), true));
            }
        }
        let certain = fitting.len() == 1;
        fitting.first().map(|path| ((*path).clone(), certain))
    }

    /// A table that no heading names: the examples say whose members its rows are, or the words above it, or it goes on with the table before.
    fn untitled(&mut self, table: &Table) -> bool {
        let names: Vec<&str> = table.rows.iter().map(|row| first_name(&row.name)).collect();
        let homes = self.index.homes(names.iter().copied());
        if let Some((home, count)) = homes.first().filter(|(_, count)| *count * 2 >= names.len()) {
            let tie = homes.get(1).is_some_and(|(_, other)| other == count);
            let home = home.clone();
            let path = home.iter().cloned().fold(Vec::new(), |path, name| self.enter(path, name, false, table.line));
            let at = if home.is_empty() { side_name(self.side).to_owned() } else { format!("`{}`", home.join(".")) };
            let text = format!("no heading says what the table describes: the example shows its rows as members of {at}");
            self.page.remark(if tie { Concern::Decide } else { Concern::Assumed }, table.line, text);
            self.rows(table, &path, if tie { &[Doubt::Place] } else { &[] });
            return true;
        }
        let described = table.caption.as_deref().map(|caption| self.described_as(caption)).unwrap_or_default();
        let empty = self.empty_containers();
        let (path, certain) = match (described.as_slice(), empty.as_slice()) {
            ([only], _) => (only.clone(), true),
            (_, [only]) => (only.clone(), false),
            (_, [.., last]) => (last.clone(), false),
            _ => (Vec::new(), false),
        };
        let at = if path.is_empty() { side_name(self.side).to_owned() } else { format!("`{}`", path.join(".")) };
        let text = match (&table.caption, certain) {
            (Some(caption), true) => format!("the table `{caption}` is read as the members of {at}, which are described so"),
            _ => format!("nothing says what the table describes: its rows are put under {at}"),
        };
        self.page.remark(if certain { Concern::Assumed } else { Concern::Decide }, table.line, text);
        self.open_parent(&path);
        self.rows(table, &path, if certain { &[] } else { &[Doubt::Place] });
        true
    }

    /// Containers without members whose description is the caption of a table.
    fn described_as(&self, caption: &str) -> Vec<Vec<String>> {
        let plain = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        let wanted = plain(caption.trim_end_matches("说明").trim_end_matches("字段").trim_end_matches("参数").trim_end_matches("列表"));
        if wanted.chars().count() < 2 {
            return Vec::new();
        }
        let fits = |path: &Vec<String>| {
            self.root.at(path).is_some_and(|field| {
                let text = plain(&field.text);
                field.members.is_empty() && (text.contains(&wanted) || (text.chars().count() >= 2 && wanted.contains(&text)))
            })
        };
        self.containers().into_iter().filter(fits).collect()
    }

    fn containers(&self) -> Vec<Vec<String>> {
        let mut found = Vec::new();
        let mut open: Vec<(Vec<String>, &Field)> = vec![(Vec::new(), &self.root)];
        while let Some((path, field)) = open.pop() {
            for (name, member) in &field.members {
                let below: Vec<String> = path.iter().cloned().chain([name.clone()]).collect();
                if member.shape.is_container() {
                    found.push((member.line, below.clone()));
                }
                open.push((below, member));
            }
        }
        found.sort();
        found.into_iter().map(|(_, path)| path).take(CANDIDATES).collect()
    }

    fn empty_containers(&self) -> Vec<Vec<String>> {
        let holds_nothing = |path: &Vec<String>| {
            self.root.at(path).is_some_and(|field| {
                field.members.is_empty()
                    && matches!(field.shape.innermost(), Shape::Object | Shape::Any)
                    && !self.owned.contains(path.last().map_or("", String::as_str))
            })
        };
        self.containers().into_iter().filter(holds_nothing).collect()
    }

    /// Puts a sub-table that no row names where an example shows it, or under the usual key of the data.
    fn by_usual_shape(&mut self, table: &Table) -> bool {
        let parent = table.parent.clone().unwrap_or_default();
        let mut parts: Vec<String> = segments(&parent).into_iter().map(|(name, _)| name).collect();
        let mut known = self.shapes.at(&parts).is_some() || parts.first().is_some_and(|name| name == self.data);
        let mut doubts: &[Doubt] = &[];
        if !known {
            // Where the examples show a field of this name, or at least its members.
            let last = parts.last().cloned().unwrap_or_default();
            let homes = self.index.homes(table.rows.iter().map(|row| first_name(&row.name)));
            let by_rows = homes.first().filter(|(_, count)| *count * 2 >= table.rows.len()).map(|(home, _)| home.clone());
            let by_name = match self.index.places(&last) {
                [only] => Some(only.iter().cloned().chain([last.clone()]).collect::<Vec<_>>()),
                _ => None,
            };
            let usual = || self.side == Side::Response && self.root.members.get(self.data).is_some_and(|data| data.members.is_empty());
            match by_name.or(by_rows) {
                Some(path) => (parts, known) = (path, true),
                None if usual() => (parts, known, doubts) = (vec![self.data.to_owned()], true, &[Doubt::Place]),
                None => {}
            }
        }
        if known {
            let line = table.line;
            let path = parts.into_iter().fold(Vec::new(), |path, name| self.enter(path, name, false, line));
            let text = format!(
                "no row names `{parent}`, but the example or the usual shape of an answer does: the table is read as the members of `{}`",
                path.join(".")
            );
            self.page.remark(if doubts.is_empty() { Concern::Assumed } else { Concern::Decide }, line, text);
            self.rows(table, &path, doubts);
        }
        known
    }

    /// Moves fields that an example shows elsewhere, and only there, to where it shows them.
    fn relocate(&mut self) {
        if self.index.is_empty() {
            return;
        }
        let mut moves: Vec<(Vec<String>, String, Vec<String>)> = Vec::new();
        let mut open: Vec<(Vec<String>, &Field)> = vec![(Vec::new(), &self.root)];
        while let Some((path, field)) = open.pop() {
            let home = self.shapes.at(&path);
            for (name, member) in &field.members {
                let shown = home.is_some_and(|home| home.members.contains_key(name));
                let was_shown = home.is_some_and(|home| home.objects > 0);
                if !shown && was_shown && member.origin == Origin::Table {
                    let free = |place: &&Vec<String>| {
                        self.root.at(place).is_none_or(|parent| !parent.members.contains_key(name)) && **place != path
                    };
                    let places: Vec<&Vec<String>> = self.index.places(name).iter().filter(free).collect();
                    if let [only] = places.as_slice() {
                        moves.push((path.clone(), name.clone(), (*only).clone()));
                    }
                }
                if path.len() < DEEPEST {
                    open.push((path.iter().cloned().chain([name.clone()]).collect(), member));
                }
            }
        }
        // Those of the data as a whole are moved together with what no example shows; others one by one.
        moves.retain(|(from, _, to)| !(from.is_empty() && to.len() == 1 && to.first().is_some_and(|name| name == self.data)));
        let followers = self.followers(&moves);
        for (from, name, to) in moves {
            if to.starts_with(&from.iter().cloned().chain([name.clone()]).collect::<Vec<_>>()) {
                continue;
            }
            let Some(field) = self.root.at_mut(&from).and_then(|parent| parent.members.shift_remove(&name)) else { continue };
            let line = field.line;
            let at = to.join(".");
            self.page.remark(
                Concern::Assumed,
                line,
                format!("`{name}` is put under `{at}`, where the example shows it: the table does not say so"),
            );
            let path = to.into_iter().fold(Vec::new(), |path, name| self.enter(path, name, false, line));
            self.open_parent(&path);
            if let Some(parent) = self.root.at_mut(&path) {
                parent.members.entry(name).or_insert(field);
            }
        }
        for (from, name, to) in followers {
            let Some(mut field) = self.root.at_mut(&from).and_then(|parent| parent.members.shift_remove(&name)) else { continue };
            field.doubts.insert(Doubt::Place);
            let text = format!("`{name}` stands among rows that belong to `{}`, and no example shows it: put there, too", to.join("."));
            self.page.remark(Concern::Decide, field.line, text);
            if let Some(parent) = self.root.at_mut(&to) {
                parent.members.entry(name).or_insert(field);
            }
        }
    }

    /// Fields that no example shows, in an object most of whose fields move to one place: they move with them.
    fn followers(&self, moves: &[(Vec<String>, String, Vec<String>)]) -> Vec<(Vec<String>, String, Vec<String>)> {
        let mut groups: HashMap<(&Vec<String>, &Vec<String>), usize> = HashMap::new();
        for (from, _, to) in moves {
            *groups.entry((from, to)).or_default() += 1;
        }
        let mut followers = Vec::new();
        for ((from, to), count) in groups {
            let Some(parent) = self.root.at(from) else { continue };
            let home = self.shapes.at(from);
            let unseen: Vec<&String> = parent
                .members
                .iter()
                .filter(|(name, member)| {
                    member.origin == Origin::Table
                        && self.index.places(name).is_empty()
                        && home.is_none_or(|home| !home.members.contains_key(*name))
                })
                .map(|(name, _)| name)
                .collect();
            if count >= 2
                && count >= unseen.len()
                && !to.starts_with(&from.iter().cloned().chain(unseen.iter().take(1).map(|name| (*name).clone())).collect::<Vec<_>>())
            {
                followers.extend(unseen.into_iter().map(|name| (from.clone(), name.clone(), to.clone())));
            }
        }
        followers.sort();
        followers
    }
}

fn first_name(dotted: &str) -> &str {
    dotted.split(['.', '[']).next().unwrap_or(dotted)
}

fn same_plural(one: &str, other: &str) -> bool {
    let single = |name: &str| name.trim_end_matches('s').to_ascii_lowercase();
    single(one) == single(other)
}

fn is_object(row: &Row) -> bool {
    types::read_cell(&row.printed_type).is_some_and(|printed| *printed.shape.innermost() == Shape::Object)
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
