//! Table against example: each contradiction becomes an erratum with both sides, and the schema takes the side of the wire.

use std::collections::HashSet;

use scrm_schema::model::TimeFormat;

use crate::example_shapes::{Clock, ExampleShape};
use crate::page::{Concern, Doubt, Finding, Required, Side};
use crate::tree::{Field, Origin};
use crate::types::Shape;
use crate::{sensitive, types};

/// A contradiction, before its place in the schema file is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Contradiction {
    pub(crate) side: Side,
    /// Names down to the field; empty: the request or answer itself.
    pub(crate) path: Vec<String>,
    /// `name`, `type`, `presence`, `page`.
    pub(crate) kind: &'static str,
    pub(crate) documented: String,
    pub(crate) wire: String,
    /// Where the wire side was seen.
    pub(crate) seen: String,
}

/// Confronts a tree with what the examples show, and takes the wire's side.
pub(crate) fn reconcile(root: &mut Field, seen: &ExampleShape, side: Side, as_text: bool) -> (Vec<Contradiction>, Vec<Finding>) {
    let mut reconciler =
        Reconciler { side, as_text, contradictions: Vec::new(), findings: Vec::new(), path: Vec::new(), typed: HashSet::new() };
    if seen.times > 0 {
        reconciler.members(root, seen.innermost());
    }
    reconciler.untold(root);
    (reconciler.contradictions, reconciler.findings)
}

/// Fields of one object that may be the same under two names are compared up to this number.
const PAIRS: usize = 8;
/// Columns that share a prefix and end in a number are dynamic from this number on.
const COLUMNS: usize = 3;

struct Reconciler {
    side: Side,
    /// Every value of the request travels as text, so that an example's quotes say nothing.
    as_text: bool,
    contradictions: Vec<Contradiction>,
    findings: Vec<Finding>,
    path: Vec<String>,
    /// Paths whose type is contradicted.
    typed: HashSet<Vec<String>>,
}

impl Reconciler {
    fn contradict(&mut self, name: &str, kind: &'static str, documented: &str, wire: &str, line: usize) {
        if documented == wire {
            return;
        }
        let path = [self.path.as_slice(), &[name.to_owned()]].concat();
        let seen = format!("the example, line {line}");
        if kind == "type" {
            self.typed.insert(path.clone());
        }
        self.contradictions.push(Contradiction {
            side: self.side,
            path,
            kind,
            documented: documented.to_owned(),
            wire: wire.to_owned(),
            seen,
        });
    }

    fn remark(&mut self, concern: Concern, line: usize, text: String) {
        self.findings.push(Finding { concern, line, text });
    }

    fn full(&self, name: &str) -> String {
        self.path.iter().map(String::as_str).chain([name]).collect::<Vec<_>>().join(".")
    }

    /// The members of an object against those of the example's objects.
    fn members(&mut self, parent: &mut Field, seen: &ExampleShape) {
        if seen.objects == 0 {
            return;
        }
        let described = parent.members.values().any(|field| field.origin != Origin::Example);
        let columns = dynamic_columns(seen, parent);
        if let Some(prefix) = &columns {
            self.remark(
                Concern::Assumed,
                seen.line,
                format!("keys that begin with `{prefix}` and end in a number are read as columns whose names are data"),
            );
        }
        self.pair_names(parent, seen);
        let mut added = 0;
        for (name, seen) in &seen.members {
            let is_column = columns.as_ref().is_some_and(|prefix| is_column(name, prefix));
            if is_column || parent.members.contains_key(name) {
                continue;
            }
            added += 1;
            let shape = seen.shape().unwrap_or(Shape::Any);
            parent.members.insert(name.clone(), Field { nullable: seen.nulls > 0, ..Field::unnamed(Origin::Example, shape, seen.line) });
            if described {
                self.contradict(name, "presence", "absent", "present", seen.line);
                self.remark(Concern::Decide, seen.line, format!("`{}` stands in the example only", self.full(name)));
            }
        }
        if added > 0 && !described && !self.path.is_empty() {
            let text = format!("the members of `{}` are known from the example only", self.path.join("."));
            self.remark(Concern::Assumed, seen.line, text);
        }
        parent.columns = columns.or(parent.columns.take());
        let own: Vec<String> = parent.members.keys().cloned().collect();
        for (name, field) in &mut parent.members {
            match seen.members.get(name) {
                Some(there) => {
                    self.presence(name, field, there, seen.objects);
                    self.one(name, field, there, &own);
                }
                None => self.missing(name, field, seen.line),
            }
        }
    }

    /// A key that only the table has and one that only the example has may be the same field.
    fn pair_names(&mut self, parent: &mut Field, seen: &ExampleShape) {
        let lonely: Vec<String> = parent
            .members
            .iter()
            .filter(|(name, field)| field.origin == Origin::Table && !seen.members.contains_key(*name))
            .map(|(name, _)| name.clone())
            .take(PAIRS)
            .collect();
        let new: Vec<(&String, &ExampleShape)> =
            seen.members.iter().filter(|(name, _)| !parent.members.contains_key(*name)).take(PAIRS).collect();
        for (name, seen) in new {
            let Some(documented) = lonely.iter().find(|known| parent.members.contains_key(*known) && alike(known, name)) else { continue };
            let Some(place) = parent.members.get_index_of(documented) else { continue };
            let fits =
                parent.members.get(documented).is_some_and(|field| seen.shape().is_none_or(|shape| compatible(&field.shape, &shape)));
            if fits && let Some(field) = parent.members.shift_remove(documented) {
                self.contradict(name, "name", documented, name, seen.line);
                self.remark(
                    Concern::Decide,
                    seen.line,
                    format!("`{}` of the table (line {}) is taken to be `{name}` of the example", self.full(documented), field.line),
                );
                parent.members.shift_insert(place.min(parent.members.len()), name.clone(), field);
            }
        }
    }

    fn presence(&mut self, name: &str, field: &mut Field, seen: &ExampleShape, objects: usize) {
        if seen.nulls > 0 && !field.nullable {
            field.nullable = true;
            if field.origin != Origin::Example {
                self.contradict(name, "presence", "present", "nullable", seen.line);
            }
        }
        if field.required == Required::Yes && seen.times < objects && self.side == Side::Response {
            field.required = Required::No;
            self.contradict(name, "presence", "required", "optional", seen.line);
        }
    }

    fn missing(&mut self, name: &str, field: &mut Field, line: usize) {
        if self.side == Side::Response && field.origin == Origin::Table {
            let documented = if field.required == Required::Yes { "required" } else { "present" };
            field.required = if field.required == Required::Yes { Required::No } else { field.required };
            self.contradict(name, "presence", documented, "absent", line);
        }
    }

    /// A field against what was seen of it.
    fn one(&mut self, name: &str, field: &mut Field, seen: &ExampleShape, own: &[String]) {
        self.shape(name, field, seen);
        if matches!(field.shape.innermost(), Shape::Object | Shape::Map) {
            // What reads like values in its description is about its members.
            field.doubts.remove(&Doubt::Codes);
        }
        field.retyped &= field.printed_type != field.shape.json_name();
        self.time(name, field, seen);
        if field.shape.is_container() && field.shape != Shape::Map {
            if is_php_list(seen) {
                let text = format!("the keys of `{}` are numbers in the example: a list that is written as an object?", self.full(name));
                self.remark(Concern::Decide, seen.line, text);
                return;
            }
            if self.repeats(name, field, seen.innermost(), own) {
                return;
            }
            self.path.push(name.to_owned());
            self.members(field, seen.innermost());
            self.path.pop();
        }
    }

    /// Whether a list holds objects like the one it is a member of: `children`.
    fn repeats(&mut self, name: &str, field: &mut Field, items: &ExampleShape, own: &[String]) -> bool {
        const CHILDREN: [&str; 10] =
            ["children", "child", "childs", "childList", "child_list", "subs", "sub_list", "subList", "nodes", "childrenList"];
        let same = items.members.keys().filter(|key| own.contains(key)).count();
        let known = CHILDREN.contains(&name) || items.members.contains_key(name) || says_same(&field.text);
        let fits = matches!(field.shape, Shape::List(_)) && !self.path.is_empty() && field.members.is_empty();
        if !(fits && known && same >= 2 && same * 10 >= items.members.len() * 8) {
            return false;
        }
        field.shape = Shape::list_of(Shape::Object);
        field.repeats = Some(1);
        self.remark(Concern::Assumed, field.line, format!("`{}` holds objects like the one it stands in", self.full(name)));
        true
    }

    fn shape(&mut self, name: &str, field: &mut Field, seen: &ExampleShape) {
        let Some(wire) = seen.shape() else { return };
        if self.as_text && wire == Shape::Text {
            return;
        }
        let full = self.full(name);
        if seen.objects > 0 && seen.lists > 0 {
            self.remark(Concern::Decide, seen.line, format!("`{full}` is an object and a list in the examples"));
        }
        if seen.texts > 0 && seen.integers + seen.fractions > 0 {
            self.remark(Concern::Decide, seen.line, format!("`{full}` is a text and a number in the examples: read as a text"));
        }
        let number_in_text = seen.number_texts == seen.texts && seen.texts > 0 && field.shape == Shape::Text && !field.retyped;
        if number_in_text && sensitive::of(name).is_none() {
            self.remark(Concern::Assumed, seen.line, format!("`{full}` is a text that holds a number, by table and example"));
        }
        if matches!(&field.shape, Shape::Object) && wire == Shape::list_of(Shape::Any) {
            let text = format!("`{full}` is documented as an object; the example shows an empty list");
            return self.remark(Concern::Decide, seen.line, text);
        }
        if let Some(other) = types::read_cell(&field.printed_type).and_then(|printed| printed.or_else) {
            // The example shows which of two types it is.
            if compatible(&field.shape, &wire) || compatible(&other, &wire) {
                field.doubts.remove(&Doubt::Type);
            }
        }
        if field.printed_type.trim().eq_ignore_ascii_case("class") && wire.is_container() {
            field.doubts.remove(&Doubt::Type);
        }
        if wire == Shape::Text && self.quoted(&full, field, seen) {
            return;
        }
        if field.shape == Shape::Boolean && wire == Shape::Integer && seen.other_integers == 0 {
            field.digit = Some("digit");
            return self.remark(Concern::Assumed, seen.line, format!("`{full}` is a truth value that the example writes as 0 or 1"));
        }
        if compatible(&field.shape, &wire) {
            if field.retyped {
                self.contradict(name, "type", &field.printed_type.clone(), field.shape.json_name(), seen.line);
            }
            field.shape = filled(&field.shape, wire);
            return;
        }
        // What has members by the table is no scalar because an example, perhaps a broken one, shows one.
        if !field.members.is_empty() && !wire.is_container() {
            let text = format!("`{full}` has members by the table; the example shows a {}: kept with its members", wire.json_name());
            self.contradict(name, "page", "an object", wire.json_name(), seen.line);
            return self.remark(Concern::Decide, seen.line, text);
        }
        if field.printed_type.is_empty() {
            field.shape = wire;
            return;
        }
        self.contradict(name, "type", &field.printed_type.clone(), wire.json_name(), seen.line);
        field.retyped = true;
        field.shape = wire;
    }

    /// A number in quotes stays a number, and an empty text says nothing of the type; both are told.
    fn quoted(&mut self, full: &str, field: &mut Field, seen: &ExampleShape) -> bool {
        let numbers = matches!(field.shape, Shape::Integer | Shape::Number) && seen.number_texts + seen.empty_texts == seen.texts;
        let nothing = seen.empty_texts == seen.texts && !matches!(field.shape, Shape::Text | Shape::Any);
        if !numbers && !nothing {
            return false;
        }
        let name = full.rsplit('.').next().unwrap_or(full).to_owned();
        let (documented, wire, text) = if nothing && !numbers {
            let text = format!("`{full}` is documented as `{}`; the example shows an empty text", field.printed_type);
            ("a value of its type", "an empty text", text)
        } else if seen.number_texts == 0 {
            ("a number", "an empty text", format!("`{full}` is a number by the table; the example shows an empty text: kept as a number"))
        } else {
            (
                "a number",
                "the number in quotes",
                format!("`{full}` is a number by the table; the example puts it in quotes: kept as a number that may travel so"),
            )
        };
        self.contradict(&name, "page", documented, wire, seen.line);
        self.remark(if numbers { Concern::Assumed } else { Concern::Decide }, seen.line, text);
        true
    }

    fn time(&mut self, name: &str, field: &mut Field, seen: &ExampleShape) {
        let full = self.full(name);
        if field.facts.time.is_none()
            && field.shape == Shape::Text
            && let Some(clock) = seen.clock()
        {
            field.facts.time = Some(if clock == Clock::Date { TimeFormat::Date } else { TimeFormat::DateTime });
            self.remark(Concern::Assumed, seen.line, format!("`{full}` is a time as the example writes it"));
        }
        let stamp = field.facts.time_stamp
            || (field.origin != Origin::Table && (name.ends_with("Time") || name.ends_with("_time") || name.ends_with("_at")));
        if field.facts.time.is_none() && stamp && seen.integers > 0 && seen.largest > 0 {
            let milliseconds = seen.largest >= 100_000_000_000;
            field.facts.time = Some(if milliseconds { TimeFormat::Milliseconds } else { TimeFormat::Seconds });
            field.facts.time_stamp = false;
            let unit = if milliseconds { "milliseconds" } else { "seconds" };
            self.remark(Concern::Assumed, seen.line, format!("`{full}` counts {unit}, by its size in the example"));
        }
    }

    /// What neither table nor example tells.
    fn untold(&mut self, field: &mut Field) {
        for (name, field) in &mut field.members {
            if field.retyped && !self.typed.contains(&[self.path.as_slice(), std::slice::from_ref(name)].concat()) {
                let line = field.members.values().next().map_or(field.line, |member| member.line);
                self.contradict(name, "type", &field.printed_type.clone(), field.shape.json_name(), line);
                if let Some(last) = self.contradictions.last_mut() {
                    last.seen = format!("the table of its members, line {line}");
                }
            }
            if field.facts.time_stamp && field.facts.time.is_none() {
                self.remark(
                    Concern::Decide,
                    field.line,
                    format!("`{}` is a time stamp, but seconds or milliseconds is not told", self.full(name)),
                );
            }
            if says_same(&field.text)
                && field.repeats.is_none()
                && field.members.is_empty()
                && !self.path.is_empty()
                && field.shape.is_container()
            {
                field.shape = Shape::list_of(Shape::Object);
                field.repeats = Some(1);
            }
            if field.shape.is_container()
                && field.members.is_empty()
                && field.repeats.is_none()
                && field.columns.is_none()
                && matches!(field.shape.innermost(), Shape::Object | Shape::Any)
            {
                self.remark(Concern::Decide, field.line, format!("nothing says what `{}` holds", self.full(name)));
            }
            let declared = types::read(&field.printed_type).and_then(|printed| printed.members);
            if let Some(declared) = declared.filter(|declared| *declared != field.members.len() && !field.members.is_empty()) {
                let columns = if field.columns.is_some() { " beside its dynamic columns" } else { "" };
                let text = format!("`{}` is said to have {declared} members; {} are known{columns}", self.full(name), field.members.len());
                self.remark(Concern::Decide, field.line, text);
            }
            self.path.push(name.clone());
            self.untold(field);
            self.path.pop();
        }
    }
}

/// `结构同上`, `同父级`
fn says_same(text: &str) -> bool {
    ["结构同", "同上级", "同父级", "递归", "结构相同", "结构一致", "字段同"].iter().any(|word| text.contains(word))
}

/// Whether a documented shape allows what was seen.
fn compatible(documented: &Shape, wire: &Shape) -> bool {
    match (documented, wire) {
        (Shape::Any, _) | (_, Shape::Any) | (Shape::Number, Shape::Integer) | (Shape::Map, Shape::Object) | (Shape::Object, Shape::Map) => {
            true
        }
        (Shape::List(documented), Shape::List(wire)) => compatible(documented, wire),
        (documented, wire) => documented == wire,
    }
}

/// The documented shape, with what it leaves open taken from the example.
fn filled(documented: &Shape, wire: Shape) -> Shape {
    match (documented, wire) {
        (Shape::Any, wire) => wire,
        (Shape::List(documented), Shape::List(wire)) => Shape::list_of(filled(documented, *wire)),
        (documented, _) => documented.clone(),
    }
}

/// Two spellings of one name: other case or signs, or one is the other with letters left out (`msg`, `message`).
fn alike(one: &str, other: &str) -> bool {
    let plain = |name: &str| name.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase()).collect::<Vec<u8>>();
    let (one, other) = (plain(one), plain(other));
    let (long, short) = if one.len() >= other.len() { (one, other) } else { (other, one) };
    if short.is_empty() || long.first() != short.first() {
        return false;
    }
    let mut rest = long.iter();
    let inside = short.iter().all(|byte| rest.any(|there| there == byte));
    inside && short.len() >= 3 && short.len() * 3 >= long.len()
}

/// The prefix of keys such as `Score-12`, `Score-14`, all of them whole numbers and none of them documented.
fn dynamic_columns(seen: &ExampleShape, parent: &Field) -> Option<String> {
    let mut counts: indexmap::IndexMap<&str, usize> = indexmap::IndexMap::new();
    for (name, seen) in &seen.members {
        let prefix = name.trim_end_matches(|c: char| c.is_ascii_digit());
        let numbers_only = seen.integers > 0 && seen.texts + seen.objects + seen.lists + seen.fractions == 0;
        if !prefix.is_empty() && prefix.len() < name.len() && numbers_only && !parent.members.contains_key(name) {
            *counts.entry(prefix).or_default() += 1;
        }
    }
    counts.into_iter().filter(|(_, count)| *count >= COLUMNS).max_by_key(|(_, count)| *count).map(|(prefix, _)| prefix.to_owned())
}

fn is_column(name: &str, prefix: &str) -> bool {
    name.strip_prefix(prefix).is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
}

fn is_php_list(seen: &ExampleShape) -> bool {
    seen.objects > 0 && !seen.members.is_empty() && seen.members.keys().all(|key| key.bytes().all(|b| b.is_ascii_digit()))
}
