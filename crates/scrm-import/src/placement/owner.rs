//! Which field a table of members belongs to: by the name in its heading, by what the examples show, by the words above it, or by the usual shape of an answer.

use crate::page::{Concern, Doubt, Side, Table};
use crate::page_builder::side_name;
use crate::tree::Field;
use crate::types::Shape;

use super::{Builder, DEEPEST, first_name, segments};

/// Fields of one name that are looked through for the owner of a table.
const CANDIDATES: usize = 64;

impl Builder<'_> {
    /// Inserts a sub-table under the fields it belongs to; false when there are none yet.
    pub(super) fn sub_table(&mut self, table: &Table) -> bool {
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
    pub(super) fn by_usual_shape(&mut self, table: &Table) -> bool {
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
}

fn same_plural(one: &str, other: &str) -> bool {
    let single = |name: &str| name.trim_end_matches('s').to_ascii_lowercase();
    single(one) == single(other)
}
