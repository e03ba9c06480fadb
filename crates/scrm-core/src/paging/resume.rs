//! Where a pull stands, in a text that outlives the process.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Value, json};

use super::{
    cursor::Cursored,
    date_range::{Bound, Piece},
    page_number::Numbered,
    plan::Count,
    planner::{Course, Phase, Planner},
    seen_rows::Known,
    split::Split,
};
use crate::{spec::TimeFormat, time::Day};

/// Version of the text.
const VERSION: u64 = 1;

/// Where a pull stands: behind a page, or behind a row. Made by [`Page::resume`](super::Page::resume) and [`Items::resume`](super::Items::resume), given to
/// [`Call::resume`](crate::Call::resume).
///
/// `Display` and `Serialize` write one line of text of a few hundred bytes (some kilobytes when taken in the middle of a page), `FromStr` and `Deserialize` read
/// it. It holds no credential; of rows it holds hashes of ids and, where the vendor pages by cursor, the cursor of one row, which may name a person. `Debug` shows
/// only the operation.
///
/// It belongs to one request of one operation as one version of the schema describes it; [`Call::resume`](crate::Call::resume) refuses any other.
#[derive(Clone, PartialEq)]
pub struct ResumeToken {
    pub(super) owner: Owner,
    at: Value,
}

/// What a token belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) vendor: String,
    pub(super) operation: String,
    /// Hash of the request.
    pub(super) filter: u64,
    /// Hash of what the schema says of the operation's requests and pages.
    pub(super) schema: u64,
}

/// A text that is no resume token. Says why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResumeTokenError(&'static str);

impl fmt::Display for ResumeTokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for ResumeTokenError {}

impl ResumeToken {
    /// Name of the operation that it belongs to.
    #[must_use]
    pub fn operation(&self) -> &str {
        &self.owner.operation
    }

    pub(super) fn of(owner: &Owner, planner: &Planner) -> Self {
        ResumeToken { owner: owner.clone(), at: standing(planner) }
    }

    /// The same place, but some rows of the next page were delivered already.
    pub(super) fn with_rows(mut self, rows: &[u64]) -> Self {
        let came = match self.at.get_mut("walk") {
            Some(walk) => walk.pointer_mut("/count/4"),
            None => self.at.pointer_mut("/count/4"),
        };
        if let Some(came) = came {
            *came = (came.as_u64().unwrap_or(0) + rows.len() as u64).into();
        }
        if let Some(Value::Array(known)) = self.at.get_mut("known") {
            known.extend(rows.iter().map(|key| Value::from(format!("{key:016x}"))));
        }
        self
    }

    /// Why this token cannot go on with that pull.
    pub(super) fn mismatch(&self, owner: &Owner) -> Option<String> {
        let own = &self.owner;
        if (&own.vendor, &own.operation) != (&owner.vendor, &owner.operation) {
            let (theirs, ours) = (format!("{} {}", own.vendor, own.operation), format!("{} {}", owner.vendor, owner.operation));
            return Some(format!("the resume token belongs to {theirs}, not to {ours}"));
        }
        if own.schema != owner.schema {
            return Some("the resume token was made with another version of the operation's schema; begin the pull anew".to_owned());
        }
        let other = own.filter != owner.filter;
        other.then(|| "the resume token belongs to a request with other parameters; use the same request, page size included".to_owned())
    }

    pub(super) fn planner(&self, course: Course) -> Option<Planner> {
        resumed(course, &self.at)
    }
}

fn standing(planner: &Planner) -> Value {
    let known: Vec<String> = planner.known.marks().iter().map(|key| format!("{key:016x}")).collect();
    match &planner.phase {
        Phase::Numbered(walk) => {
            let (reach, counted) = walk.standing();
            json!({"known": known, "size": walk.size(), "reach": reach, "count": count(&counted)})
        }
        Phase::Cursored(walk) => {
            let (cursor, counted) = walk.standing();
            json!({"known": known, "cursor": cursor, "count": count(&counted)})
        }
        Phase::Split(split) => {
            let standing = split.standing();
            let texts = |piece: &Piece| json!([piece.from.text, piece.to.text]);
            let todo: Vec<Value> = standing.todo.iter().map(|piece| texts(piece)).collect();
            let walk = standing.begun.map_or(Value::Null, |(piece, walk)| {
                let (reach, counted) = walk.standing();
                json!({"piece": texts(piece), "reach": reach, "count": count(&counted)})
            });
            let (seam, closed) = (standing.seam.map(texts), standing.closed.to_string());
            json!({"known": known, "closed": closed, "list": standing.list, "todo": todo, "seam": seam, "walk": walk})
        }
        Phase::Ended => json!({"ended": true}),
    }
}

fn count(count: &Count) -> Value {
    json!([count.first, count.last, count.up, count.down, count.came])
}

fn resumed(course: Course, at: &Value) -> Option<Planner> {
    if at.get("ended").is_some() {
        return Some(Planner::at(course, Phase::Ended, Known::default()));
    }
    let marks: Vec<u64> =
        at.get("known")?.as_array()?.iter().map(|key| u64::from_str_radix(key.as_str()?, 16).ok()).collect::<Option<_>>()?;
    let marked = !marks.is_empty();
    let phase = if let Some(todo) = at.get("todo") {
        Phase::Split(Box::new(resumed_split(&course, at, todo, marked)?))
    } else if let Some(cursor) = at.get("cursor") {
        let cursor = Some(cursor).filter(|cursor| !cursor.is_null()).cloned();
        Phase::Cursored(Box::new(Cursored::resumed(course.size, course.midway, cursor, read_count(at)?)))
    } else {
        let (size, reach) = (at.get("size")?.as_u64(), at.get("reach")?.as_u64()?);
        Phase::Numbered(Box::new(Numbered::resumed(course.way(), course.start_page(), size, reach, read_count(at)?, marked)))
    };
    Some(Planner::at(course, phase, Known::resumed(marks)))
}

fn resumed_split(course: &Course, at: &Value, todo: &Value, marked: bool) -> Option<Split> {
    let mut cut = course.cut()?;
    cut.closed = Day::parse(at.get("closed")?.as_str()?)?;
    let format = cut.format;
    let todo = todo.as_array()?.iter().map(|texts| piece(texts, format)).collect::<Option<Vec<Piece>>>()?;
    let optional = |texts: &Value| if texts.is_null() { Some(None) } else { piece(texts, format).map(Some) };
    let (seam, list) = (optional(at.get("seam")?)?, at.get("list")?.as_u64());
    let walk = at.get("walk")?;
    if walk.is_null() {
        return Some(Split::resumed(cut, todo, None, seam, list));
    }
    let (piece, reach, count) = (piece(walk.get("piece")?, format)?, walk.get("reach")?.as_u64()?, read_count(walk)?);
    let way = Split::way_in(&cut, &piece);
    let numbered = Numbered::resumed(way, course.start_page(), None, reach, count, marked);
    Some(Split::resumed(cut, todo, Some((piece, Box::new(numbered))), seam, list))
}

fn piece(texts: &Value, format: TimeFormat) -> Option<Piece> {
    let bound = |at: usize| Bound::read(texts.get(at)?.as_str()?, format);
    Some(Piece { from: bound(0)?, to: bound(1)?, total: None })
}

fn read_count(at: &Value) -> Option<Count> {
    let numbers = at.get("count")?.as_array()?;
    let optional = |at: usize| numbers.get(at).and_then(Value::as_u64);
    Some(Count { first: optional(0), last: optional(1), up: optional(2)?, down: optional(3)?, came: optional(4)? })
}

impl fmt::Display for ResumeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Owner { vendor, operation, filter, schema } = &self.owner;
        let (filter, schema) = (format!("{filter:016x}"), format!("{schema:016x}"));
        let text = json!({"v": VERSION, "vendor": vendor, "operation": operation, "filter": filter, "schema": schema, "at": self.at});
        write!(f, "{text}")
    }
}

impl FromStr for ResumeToken {
    type Err = ResumeTokenError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let damaged = ResumeTokenError("this is no resume token, or it is damaged");
        let value: Value = serde_json::from_str(text).map_err(|_| damaged.clone())?;
        match value.get("v").and_then(Value::as_u64) {
            Some(VERSION) => {}
            Some(_) => return Err(ResumeTokenError("the resume token was made by another version of this crate; begin the pull anew")),
            None => return Err(damaged),
        }
        let text = |key: &str| value.get(key).and_then(Value::as_str);
        let hash = |key: &str| u64::from_str_radix(text(key)?, 16).ok();
        let read = || {
            let owner = Owner {
                vendor: text("vendor")?.to_owned(),
                operation: text("operation")?.to_owned(),
                filter: hash("filter")?,
                schema: hash("schema")?,
            };
            Some(ResumeToken { owner, at: value.get("at")?.clone() })
        };
        read().ok_or(damaged)
    }
}

impl Serialize for ResumeToken {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ResumeToken {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl fmt::Debug for ResumeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResumeToken").field("vendor", &self.owner.vendor).field("operation", &self.owner.operation).finish_non_exhaustive()
    }
}
