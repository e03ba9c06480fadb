//! Fields that an example shows elsewhere than the table puts them.

use std::collections::HashMap;

use crate::page::{Concern, Doubt};
use crate::tree::{Field, Origin};

use super::{Builder, DEEPEST};

impl Builder<'_> {
    /// Moves fields that an example shows elsewhere, and only there, to where it shows them.
    pub(super) fn relocate(&mut self) {
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
