//! Where a pull stands, in a string that outlives the process.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Value, json};

use super::{
    cursor::{Cursored, LONGEST},
    date_range::{Bound, Piece},
    page_number::{Numbered, Stand},
    plan::{Count, Place, RowKey},
    planner::{Course, Phase, Planner},
    seen_rows::{Known, MARKS, key},
    split::Split,
    summary::Completeness,
    windows::{Era, Standing, Window, Windowed},
};
use crate::{
    spec::{OperationSpec, PagingSpec, PagingStyle, TimeFormat, WindowSpec},
    time::{Day, Moment},
};

/// What the string begins with: its kind and version.
const KIND: &str = "pull3";

/// No list is longer.
const MOST_ROWS: u64 = 1 << 40;
/// No page is larger.
const LARGEST_PAGE: u64 = 1 << 20;
/// Halving all days that can be written never leaves more pieces.
const MOST_PIECES: usize = 64;
/// What of a path is kept, in bytes.
const PATH: usize = 100;

/// Where a pull stands: behind a page, or behind a row. Made by [`Page::resume`](super::Page::resume) and [`Items::resume`](super::Items::resume), given to
/// [`Paginator::resume_from`](super::Paginator::resume_from).
///
/// `Display` and `Serialize` write one line of printable text, some hundred bytes long and at most [`ResumeToken::MAX_LEN`]; `FromStr` and `Deserialize` read it,
/// and refuse it where a character was changed. It holds no credential; of rows it holds hashes of ids and, where the vendor pages by cursor, the cursor of one
/// row, which may name a person. `Debug` shows only the path.
///
/// It belongs to one path, the filters and the page size of one request, and the way in which the operation pages, and to nothing else: it outlives upgrades that
/// do not change these. [`Paginator::resume_from`](super::Paginator::resume_from) refuses any other.
#[derive(Clone, PartialEq)]
pub struct ResumeToken {
    owner: Owner,
    so_far: Completeness,
    at: Value,
}

/// What a token belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Owner {
    vendor: String,
    path: String,
    /// Hash of the whole path and of how the operation pages.
    paging: u64,
    /// Hash of the request.
    filter: u64,
}

impl Owner {
    pub(super) fn new(vendor: &str, path: &str, paging: &str, request: &Value) -> Self {
        let mut filter = String::new();
        canonical(request, &mut filter);
        let shown = path.char_indices().take_while(|(at, char)| at + char.len_utf8() <= PATH).map(|(_, char)| char).collect();
        let paging = key(format!("{path} {paging}").as_bytes());
        Owner { vendor: vendor.to_owned(), path: shown, paging, filter: key(filter.as_bytes()) }
    }

    /// The same of an operation, by what its description says of paging.
    pub(super) fn of_operation(vendor: &str, operation: &OperationSpec, spec: &PagingSpec, request: &Value) -> Self {
        let paging = match spec.style {
            PagingStyle::Number { field, first } => format!("page {field} from {first}"),
            PagingStyle::Cursor { field, from } => format!("cursor {field} of {from}"),
        };
        let split = spec.split_by.map(|split| (split.start, split.end, split.format));
        let mut paging = format!("{paging}, size {:?}, id {:?}, range {split:?}", spec.size, spec.id);
        for WindowSpec { start, end, format, .. } in spec.windows {
            paging += &format!(", windows from {start} to {end} as {format:?}");
        }
        Owner::new(vendor, operation.path, &paging, request)
    }
}

/// JSON with sorted keys, so that the order in which a request lists its fields does not matter.
fn canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| *name);
            for (name, value) in fields {
                *out += &format!("{{{}:", Value::from(name.as_str()));
                canonical(value, out);
                out.push('}');
            }
        }
        Value::Array(items) => {
            out.push('[');
            for item in items {
                canonical(item, out);
                out.push(',');
            }
            out.push(']');
        }
        single => *out += &single.to_string(),
    }
}

/// A string that is no resume token. Says why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResumeTokenError(&'static str);

impl fmt::Display for ResumeTokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for ResumeTokenError {}

impl ResumeToken {
    /// The longest that a token can be, in bytes.
    pub const MAX_LEN: usize = 8192;

    /// The beginning of the path of the operation that it belongs to.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.owner.path
    }

    /// A place in no pull, which no pull goes on from.
    pub(super) fn nowhere() -> Self {
        ResumeToken { owner: Owner::default(), so_far: Completeness::Incomplete, at: Value::Null }
    }

    pub(super) fn of(owner: &Owner, planner: &Planner) -> Self {
        ResumeToken { owner: owner.clone(), so_far: planner.so_far(), at: standing(planner) }
    }

    /// The same place, but some rows of the next page were delivered already.
    pub(super) fn with_rows(mut self, rows: &[Place]) -> Self {
        let Some(last) = rows.last() else { return self };
        let at = if self.at.get("inner").is_some() { &mut self.at["inner"] } else { &mut self.at };
        let place = if at.get("walk").is_some() { at.get_mut("walk") } else { Some(&mut *at) };
        if let Some(Value::Object(place)) = place {
            let size = place.get("size").and_then(Value::as_u64).unwrap_or(u64::MAX);
            if let Some(reach) = place.get_mut("reach") {
                *reach = reach.as_u64().unwrap_or(0).saturating_add(last.rows.min(size)).into();
            }
            if let Some(came) = place.get_mut("count").and_then(|count| count.get_mut(4)) {
                *came = came.as_u64().unwrap_or(0).saturating_add(last.came).into();
            }
            if place.contains_key("cursor") {
                place.insert("inside".to_owned(), true.into());
            }
        }
        if let Some(Value::Array(known)) = at.get_mut("known") {
            known.extend(rows.iter().rev().take(2 * MARKS).rev().map(|place| mark(&place.key)));
            known.drain(..known.len().saturating_sub(2 * MARKS));
        }
        self
    }

    /// Why this token cannot go on with that pull.
    pub(super) fn mismatch(&self, owner: &Owner) -> Option<String> {
        let own = &self.owner;
        if (&own.vendor, &own.path) != (&owner.vendor, &owner.path) {
            let (theirs, ours) = (format!("{} {}", own.vendor, own.path), format!("{} {}", owner.vendor, owner.path));
            return Some(format!("the resume token belongs to {theirs}, not to {ours}"));
        }
        if own.paging != owner.paging {
            return Some("the resume token was made where the operation's pages were named in another way; begin the pull anew".to_owned());
        }
        let other = own.filter != owner.filter;
        other.then(|| "the resume token belongs to a request with other parameters; use the same request, page size included".to_owned())
    }

    pub(super) fn planner(&self, course: Course) -> Option<Planner> {
        resumed(course, &self.at, self.so_far)
    }
}

fn mark(key: &RowKey) -> Value {
    format!("{:016x}{:016x}", key.id, key.content).into()
}

fn read_mark(mark: &Value) -> Option<RowKey> {
    let (id, content) = mark.as_str()?.split_at_checked(16)?;
    Some(RowKey { id: u64::from_str_radix(id, 16).ok()?, content: u64::from_str_radix(content, 16).ok()? })
}

fn standing(planner: &Planner) -> Value {
    let known: Vec<Value> = planner.known.marks().iter().map(mark).collect();
    let with_known = |mut place: Value| {
        place["known"] = Value::from(known.clone());
        place
    };
    match &planner.phase {
        Phase::Numbered(walk) => with_known(stand(&walk.stand())),
        Phase::Cursored(walk) => {
            let (cursor, counted, inside) = walk.standing();
            with_known(json!({"cursor": cursor, "count": count(&counted), "inside": inside}))
        }
        Phase::Split(split) => {
            let standing = split.standing();
            let texts = |piece: &Piece| json!([piece.from.text, piece.to.text]);
            let todo: Vec<Value> = standing.todo.iter().map(|piece| texts(piece)).collect();
            let walk = standing.begun.map_or(Value::Null, |(piece, walk)| {
                let mut walk = stand(&walk.stand());
                walk["piece"] = texts(piece);
                walk
            });
            let (seam, closed) = (standing.seam.map(texts), standing.closed.to_string());
            with_known(json!({"closed": closed, "list": standing.list, "todo": todo, "seam": seam, "walk": walk}))
        }
        Phase::Windowed(windowed) => {
            let Standing { since, window, until, totals, walk } = windowed.standing();
            let millis = [since, window.from, window.to, until].map(Moment::unix_millis);
            json!({"window": millis, "totals": [totals.0, totals.1], "inner": standing(walk)})
        }
        Phase::Ended => json!({"ended": true}),
    }
}

fn stand(stand: &Stand) -> Value {
    json!({"reach": stand.reach, "size": stand.size, "count": count(&stand.count), "uneven": stand.uneven})
}

fn count(count: &Count) -> Value {
    json!([count.first, count.last, count.up, count.down, count.came])
}

fn resumed(course: Course, at: &Value, so_far: Completeness) -> Option<Planner> {
    if at.get("ended").is_some() {
        return Some(Planner::at(course, Phase::Ended, Known::default(), so_far));
    }
    if let Some(millis) = at.get("window") {
        let windowed = resumed_window(&course, millis, at.get("totals")?, at.get("inner")?)?;
        return Some(Planner::at(course, Phase::Windowed(Box::new(windowed)), Known::default(), so_far));
    }
    let marks = at.get("known")?.as_array().filter(|marks| marks.len() <= 2 * MARKS)?;
    let marks: Vec<RowKey> = marks.iter().map(read_mark).collect::<Option<_>>()?;
    let marked = !marks.is_empty();
    let phase = if let Some(todo) = at.get("todo") {
        Phase::Split(Box::new(resumed_split(&course, at, todo, marked)?))
    } else if let Some(cursor) = at.get("cursor") {
        let cursor = Some(cursor).filter(|cursor| !cursor.is_null()).cloned();
        let inside = at.get("inside")?.as_bool()?;
        let walk = Cursored::new(course.size, course.midway, course.within.clone());
        Phase::Cursored(Box::new(walk.resumed(cursor, read_count(at)?, inside)))
    } else {
        Phase::Numbered(Box::new(Numbered::resumed(course.way(), course.start_page(), &read_stand(at)?, marked)))
    };
    Some(Planner::at(course, phase, Known::resumed(marks), so_far))
}

/// The end of a pull is what it was when the pull began.
fn resumed_window(course: &Course, millis: &Value, totals: &Value, inner: &Value) -> Option<Windowed> {
    let moment = |at: usize| Moment::from_unix_millis(millis.get(at)?.as_i64()?);
    let era = Era { since: moment(0)?, until: moment(3)?, ..course.era.clone()? };
    let window = Window { from: moment(1)?, to: moment(2)? };
    let total = |at: usize| totals.get(at).and_then(number);
    Windowed::resumed(course, era, window, (total(0), total(1)), |course| resumed(course, inner, Completeness::Complete))
}

fn resumed_split(course: &Course, at: &Value, todo: &Value, marked: bool) -> Option<Split> {
    let mut cut = course.cut()?;
    cut.closed = Day::parse(at.get("closed")?.as_str()?)?;
    let format = cut.format;
    let todo = todo.as_array().filter(|todo| todo.len() <= MOST_PIECES)?;
    let todo = todo.iter().map(|texts| piece(texts, format)).collect::<Option<Vec<Piece>>>()?;
    let optional = |texts: &Value| if texts.is_null() { Some(None) } else { piece(texts, format).map(Some) };
    let (seam, list) = (optional(at.get("seam")?)?, number(at.get("list")?));
    let walk = at.get("walk")?;
    if walk.is_null() {
        return Some(Split::resumed(cut, todo, None, seam, list));
    }
    let piece = piece(walk.get("piece")?, format)?;
    let way = Split::way_in(&cut, &piece);
    let numbered = Numbered::resumed(way, course.start_page(), &read_stand(walk)?, marked);
    Some(Split::resumed(cut, todo, Some((piece, Box::new(numbered))), seam, list))
}

fn piece(texts: &Value, format: TimeFormat) -> Option<Piece> {
    let bound = |at: usize| Bound::read(texts.get(at)?.as_str()?, format);
    Some(Piece { from: bound(0)?, to: bound(1)?, total: None })
}

/// A number of rows, as far as it can be meant.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().map(|number| number.min(MOST_ROWS))
}

fn read_stand(at: &Value) -> Option<Stand> {
    let size = at.get("size")?.as_u64().map(|size| size.clamp(1, LARGEST_PAGE));
    Some(Stand { size, reach: number(at.get("reach")?)?, count: read_count(at)?, uneven: at.get("uneven")?.as_bool()? })
}

fn read_count(at: &Value) -> Option<Count> {
    let numbers = at.get("count")?.as_array()?;
    let optional = |at: usize| numbers.get(at).and_then(number);
    Some(Count { first: optional(0), last: optional(1), up: optional(2)?, down: optional(3)?, came: optional(4)? })
}

impl fmt::Display for ResumeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Owner { vendor, path, paging, filter } = &self.owner;
        let (paging, filter) = (format!("{paging:016x}"), format!("{filter:016x}"));
        let body = json!({"vendor": vendor, "path": path, "paging": paging, "filter": filter, "so_far": self.so_far, "at": self.at});
        let body = body.to_string();
        write!(f, "{KIND}:{:016x}:{body}", key(body.as_bytes()))
    }
}

impl FromStr for ResumeToken {
    type Err = ResumeTokenError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let damaged = ResumeTokenError("this is no resume token, or it is damaged");
        let [kind, checksum, body] = <[&str; 3]>::try_from(text.splitn(3, ':').collect::<Vec<_>>()).map_err(|_| damaged.clone())?;
        if kind != KIND && kind.strip_prefix("pull").is_some_and(|version| version.parse::<u32>().is_ok()) {
            return Err(ResumeTokenError("the resume token was made by another version of this crate; begin the pull anew"));
        }
        if kind != KIND || text.len() > ResumeToken::MAX_LEN || checksum != format!("{:016x}", key(body.as_bytes())) {
            return Err(damaged);
        }
        let value: Value = serde_json::from_str(body).map_err(|_| damaged.clone())?;
        let text = |key: &str| value.get(key).and_then(Value::as_str);
        let hash = |key: &str| u64::from_str_radix(text(key)?, 16).ok();
        let read = || {
            let (vendor, path) = (text("vendor")?.to_owned(), text("path")?.to_owned());
            let owner = Owner { vendor, path, paging: hash("paging")?, filter: hash("filter")? };
            let so_far = Completeness::deserialize(value.get("so_far")?).ok()?;
            let at = value.get("at")?;
            let cursor = at.get("cursor").is_none_or(|cursor| cursor.to_string().len() <= LONGEST);
            cursor.then(|| ResumeToken { owner, so_far, at: at.clone() })
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
        f.debug_struct("ResumeToken").field("vendor", &self.owner.vendor).field("path", &self.owner.path).finish_non_exhaustive()
    }
}
