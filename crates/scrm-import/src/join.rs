//! Several copies of one page made one: what only one of them shows is taken from it, and where they contradict each other the newest counts and says so.

use std::collections::{HashMap, HashSet};

use crate::page::{Concern, Doubt, Located, Page, Required, Side};
use crate::reading::Reading;
use crate::reconcile::Contradiction;
use crate::tree::{Field, Origin};
use crate::types::{self, Shape};

/// One reading of all copies. The copies carry their names.
pub(crate) fn join(mut readings: Vec<Reading>) -> Option<Reading> {
    // The newest first; what tells no day stays in the order given, behind those that do.
    readings.sort_by(|one, other| other.page.updated.cmp(&one.page.updated));
    let mut readings = readings.into_iter();
    let mut base = readings.next()?;
    let (dated, name) = (base.page.updated.clone(), base.copy.clone());
    let mut joiner = Joiner {
        page: std::mem::take(&mut base.page),
        contradictions: Vec::new(),
        taken: Vec::new(),
        newer: name.clone(),
        older: String::new(),
    };
    mark(&mut base.request, &name);
    mark(&mut base.response, &name);
    match dated {
        Some(day) => {
            joiner.page.remark(Concern::Assumed, 0, format!("copy `{name}` is the newest, of {day}: where copies differ, it counts"))
        }
        None => joiner.page.remark(
            Concern::Decide,
            0,
            format!("no copy says when it was changed: where they differ, `{name}` counts, which was named first"),
        ),
    }
    for mut other in readings {
        joiner.older = other.copy.clone();
        mark(&mut other.request, &other.copy);
        mark(&mut other.response, &other.copy);
        joiner.head(&mut base, &other);
        for (side, mine, theirs) in
            [(Side::Request, &mut base.request, &other.request), (Side::Response, &mut base.response, &other.response)]
        {
            misplaced(mine, theirs, &mut joiner);
            joiner.members(side, mine, theirs, &mut Vec::new());
        }
        // What contradicts a field that is taken over comes with it.
        let taken = std::mem::take(&mut joiner.taken);
        let comes = |found: &Contradiction| taken.iter().any(|(side, path)| *side == found.side && found.path.starts_with(path));
        base.contradictions.extend(other.contradictions.into_iter().filter(comes));
        for (mine, theirs) in base.samples.iter_mut().zip(other.samples) {
            *mine = mine.take().or(theirs);
        }
        base.cut_after = base.cut_after.take().filter(|_| other.cut_after.is_some());
        base.lines += other.lines;
    }
    base.contradictions.extend(joiner.contradictions);
    base.page = joiner.page;
    Some(base)
}

/// Writes on every field which copy shows it.
fn mark(field: &mut Field, copy: &str) {
    for member in field.members.values_mut() {
        if member.line > 0 {
            member.copies = vec![copy.to_owned()];
        }
        mark(member, copy);
    }
}

/// Takes out fields whose place is doubtful here and certain in the other copy: they come in again with it.
fn misplaced(mine: &mut Field, theirs: &Field, joiner: &mut Joiner) {
    let mut certain: HashMap<String, HashSet<Vec<String>>> = HashMap::new();
    walk(theirs, &mut Vec::new(), &mut |path, name, field| {
        if field.origin == Origin::Table && !field.doubts.contains(&Doubt::Place) {
            certain.entry(name.to_owned()).or_default().insert(path.to_vec());
        }
    });
    let mut gone: Vec<(Vec<String>, String)> = Vec::new();
    walk(mine, &mut Vec::new(), &mut |path, name, field| {
        let elsewhere = certain.get(name).is_some_and(|paths| !paths.contains(path));
        if field.doubts.contains(&Doubt::Place) && elsewhere && field.members.is_empty() {
            gone.push((path.to_vec(), name.to_owned()));
        }
    });
    for (path, name) in gone {
        if let Some(parent) = mine.at_mut(&path) {
            parent.members.shift_remove(&name);
            let text = format!("the place of `{name}` is taken from copy `{}`, where it is certain", joiner.older);
            joiner.page.remark(Concern::Assumed, 0, text);
        }
    }
}

fn walk(field: &Field, path: &mut Vec<String>, visit: &mut dyn FnMut(&[String], &str, &Field)) {
    for (name, member) in &field.members {
        visit(path, name, member);
        path.push(name.clone());
        walk(member, path, visit);
        path.pop();
    }
}

struct Joiner {
    page: Page,
    contradictions: Vec<Contradiction>,
    /// Fields that are taken from the older copy.
    taken: Vec<(Side, Vec<String>)>,
    newer: String,
    older: String,
}

impl Joiner {
    fn head(&mut self, base: &mut Reading, other: &Reading) {
        let older = self.older.clone();
        let mut notes: Vec<(Concern, String)> = Vec::new();
        fn take<T: Clone + PartialEq>(mine: &mut Option<Located<T>>, theirs: &Option<Located<T>>) -> Option<bool> {
            match (mine.as_ref(), theirs) {
                (None, Some(theirs)) => {
                    *mine = Some(theirs.clone());
                    Some(true)
                }
                (Some(mine), Some(theirs)) if mine.value != theirs.value => Some(false),
                _ => None,
            }
        }
        let mut told = |what: &str, taken: Option<bool>| match taken {
            Some(true) => notes.push((Concern::Assumed, format!("the {what} stands in copy `{older}` only"))),
            Some(false) => notes.push((Concern::Decide, format!("the {what} is another one in copy `{older}`"))),
            None => {}
        };
        told("title", take(&mut self.page.title, &other.page.title));
        told("permission", take(&mut self.page.permission, &other.page.permission));
        told("quota", take(&mut self.page.quota, &other.page.quota));
        let method = take(&mut self.page.method, &other.page.method);
        if method == Some(true) {
            base.method = other.method;
        }
        told("method", method);
        let url = take(&mut self.page.url, &other.page.url);
        if url == Some(true) {
            (base.path, base.operation, base.base_url) = (other.path.clone(), other.operation.clone(), other.base_url.clone());
        } else if url == Some(false) && base.path == other.path {
            // The same path in two spellings of the address.
        } else {
            told("address", url);
        }
        if take(&mut self.page.body, &other.page.body) == Some(true) {
            base.body = other.body;
        }
        if base.signature.is_none() {
            base.signature = other.signature.clone();
        }
        base.token = base.token.take().or_else(|| other.token.clone()).filter(|_| base.signature.is_none());
        let known: HashSet<String> = self.page.errors.iter().map(|row| row.code.clone()).collect();
        self.page.errors.extend(other.page.errors.iter().filter(|row| !known.contains(&row.code)).cloned());
        for (concern, text) in notes {
            self.page.remark(concern, 0, text);
        }
        for finding in other.page.findings.iter().filter(|finding| finding.concern == Concern::Decide) {
            self.page.remark(Concern::Decide, finding.line, format!("copy `{older}`: {}", finding.text));
        }
    }

    fn contradict(&mut self, side: Side, path: &[String], line: usize, what: &str, newer: &str, older: &str) {
        // Both print the same, and only the examples make another thing of it.
        if newer == older {
            return;
        }
        let text = format!("the {what} of `{}` is {newer} in copy `{}`, {older} in copy `{}`", path.join("."), self.newer, self.older);
        self.page.remark(Concern::Decide, line, text);
        self.contradictions.push(Contradiction {
            side,
            path: path.to_vec(),
            kind: "page",
            documented: format!("{what} {older}"),
            wire: format!("{what} {newer}"),
            seen: format!("copies {} and {} of the page", self.older, self.newer),
        });
    }

    fn members(&mut self, side: Side, mine: &mut Field, theirs: &Field, path: &mut Vec<String>) {
        for (name, their) in &theirs.members {
            path.push(name.clone());
            match mine.members.get_mut(name) {
                None if their.line > 0 => {
                    let text = format!("`{}` stands in copy `{}` only, line {}", path.join("."), self.older, their.line);
                    self.page.remark(Concern::Decide, 0, text);
                    mine.members.insert(name.clone(), their.clone());
                    self.taken.push((side, path.clone()));
                    if !mine.shape.is_container() || *mine.shape.innermost() == Shape::Any {
                        mine.shape = mine.shape.with_members();
                        self.printed_otherwise(side, mine, path);
                    }
                }
                None => {}
                Some(mine) => {
                    self.one(side, mine, their, path);
                    self.members(side, mine, their, path);
                }
            }
            path.pop();
        }
    }

    /// A field that got members from another copy is what they make it; what contradicted its type before no longer counts.
    fn printed_otherwise(&mut self, side: Side, field: &mut Field, path_of_member: &[String]) {
        let printed = types::read_cell(&field.printed_type).map(|printed| printed.shape.json_name());
        let wire = field.shape.json_name();
        field.retyped = !field.printed_type.is_empty() && printed != Some(wire);
        if let Some((_, path)) = path_of_member.split_last().filter(|_| field.retyped) {
            self.contradictions.push(Contradiction {
                side,
                path: path.to_vec(),
                kind: "type",
                documented: field.printed_type.clone(),
                wire: wire.to_owned(),
                seen: format!("its members in copy {} of the page", self.older),
            });
        }
    }

    fn one(&mut self, side: Side, mine: &mut Field, their: &Field, path: &[String]) {
        mine.copies.extend(their.copies.iter().filter(|copy| !mine.copies.contains(copy)).cloned().collect::<Vec<_>>());
        if mine.origin != Origin::Table && their.origin == Origin::Table {
            // A row of one copy explains what the other only shows.
            let (members, copies) = (std::mem::take(&mut mine.members), std::mem::take(&mut mine.copies));
            *mine = Field { members, copies, ..their.clone() };
            self.taken.push((side, path.to_vec()));
            return;
        }
        if their.origin != Origin::Table {
            return;
        }
        if !their.doubts.contains(&Doubt::Place) {
            mine.doubts.remove(&Doubt::Place);
        }
        if mine.printed_type.is_empty() || mine.shape == Shape::Any {
            (mine.shape, mine.printed_type, mine.retyped) = (their.shape.clone(), their.printed_type.clone(), their.retyped);
            self.taken.push((side, path.to_vec()));
        } else if mine.shape.json_name() != their.shape.json_name() && their.shape != Shape::Any {
            let (newer, older) = (mine.printed_type.clone(), their.printed_type.clone());
            self.contradict(side, path, mine.line, "type", &format!("`{newer}`"), &format!("`{older}`"));
        } else if !their.doubts.contains(&Doubt::Type) {
            mine.doubts.remove(&Doubt::Type);
            mine.doubts.remove(&Doubt::Name);
        }
        match (mine.required, their.required) {
            (Required::Unknown, told) => {
                mine.required = told;
                mine.doubts.remove(&Doubt::Required);
            }
            (Required::Yes, Required::No) => self.contradict(side, path, mine.line, "required mark", "yes", "no"),
            (Required::No, Required::Yes) => self.contradict(side, path, mine.line, "required mark", "no", "yes"),
            _ => {}
        }
        let values = |field: &Field| field.facts.choices.iter().map(|choice| choice.value.clone()).collect::<Vec<_>>();
        let (newer, older) = (values(mine), values(their));
        if newer.is_empty() && !older.is_empty() {
            mine.facts.choices.clone_from(&their.facts.choices);
            mine.doubts.remove(&Doubt::Codes);
        } else if !older.is_empty() && newer != older {
            self.contradict(side, path, mine.line, "values", &newer.join(", "), &older.join(", "));
        }
        if mine.text.is_empty() {
            mine.text.clone_from(&their.text);
        }
        mine.facts.time = mine.facts.time.or(their.facts.time);
        mine.facts.maximum = mine.facts.maximum.or(their.facts.maximum);
        mine.facts.unit = mine.facts.unit.or(their.facts.unit);
    }
}
