//! Rows whose depth the page lost: the examples, the numbers of members and the neighbours say where each goes.

use std::collections::HashSet;

use crate::page::{Concern, Doubt, Row, Side, Table};
use crate::page_builder::side_name;
use crate::types::{self, Shape};

use super::{Builder, DEEPEST, has_inline_members, segments};

/// A container that later rows may belong to.
pub(super) struct Open {
    pub(super) depth: usize,
    pub(super) path: Vec<String>,
    /// Members it is said to have, less those it got.
    pub(super) left: Option<usize>,
}

/// Where a row goes, and whether that is certain.
struct Place {
    parent: Vec<String>,
    certain: bool,
}

impl Builder<'_> {
    /// Whether a table without nesting marks lists fields of several levels.
    pub(super) fn needs_depth(&self, table: &Table, base: &[String]) -> bool {
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
    pub(super) fn by_example(&mut self, table: &Table, base: &[String], doubts: &[Doubt]) {
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
}

fn is_object(row: &Row) -> bool {
    types::read_cell(&row.printed_type).is_some_and(|printed| *printed.shape.innermost() == Shape::Object)
}
