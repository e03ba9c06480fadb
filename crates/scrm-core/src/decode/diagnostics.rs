//! What is noticed on the way. Offsets only: what their paths are is worked out at the end, and only if there are any.

use std::borrow::Cow;

use serde_json::Value;

use super::outcome::{BadRow, DecodeError, Drift, DriftKind, Envelope};
use crate::{
    mask,
    scan::{Damage, Scan, Stop, Why, paths},
    table::Announced,
};

/// Drifts of one answer that are told one by one. The others are counted.
const MOST_DRIFTS: usize = 1_000;
/// Bad rows of one answer that are kept. The others are counted.
const MOST_BAD_ROWS: usize = 10_000;

#[derive(Default)]
pub(super) struct Notes {
    /// Whether drifts are collected.
    pub(super) wanted: bool,
    /// How many rows are expected.
    pub(super) rows: usize,
    noticed: Vec<Noticed>,
    cuts: Vec<Cut>,
    left_out: LeftOut,
    /// Undocumented keys of rows whose table says that the answer announces the tenant's own columns, each once.
    tenant: Vec<Box<str>>,
    announced: Option<&'static Announced>,
    /// Where a failure happened in a text that is itself JSON, below the offset of the failure.
    below: Option<String>,
}

struct Noticed {
    at: usize,
    /// The rest of the path, where the offset does not say all.
    below: Option<Box<str>>,
    what: DriftKind,
    /// What stands there, where the offset does not say it.
    found: Option<Cow<'static, str>>,
}

/// A row that was cut out.
struct Cut {
    row: usize,
    at: usize,
    below: Option<String>,
    reason: String,
    raw: Box<str>,
}

/// How many more there were than are kept.
#[derive(Clone, Copy, Default)]
struct LeftOut {
    drifts: u64,
    bad_rows: u64,
}

/// How much was noted at some time.
#[derive(Clone, Copy)]
pub(super) struct Count {
    noticed: usize,
    cuts: usize,
    tenant: usize,
    left_out: LeftOut,
}

impl Notes {
    pub(super) fn new(wanted: bool, rows: usize) -> Self {
        Notes { wanted, rows, ..Notes::default() }
    }

    pub(super) fn count(&self) -> Count {
        Count { noticed: self.noticed.len(), cuts: self.cuts.len(), tenant: self.tenant.len(), left_out: self.left_out }
    }

    /// Forgets what was noted since.
    pub(super) fn forget(&mut self, count: Count) {
        self.noticed.truncate(count.noticed);
        self.cuts.truncate(count.cuts);
        self.tenant.truncate(count.tenant);
        self.left_out = count.left_out;
    }

    pub(super) fn note(&mut self, at: usize, what: DriftKind) {
        self.notice(|| Noticed { at, below: None, what, found: None });
    }

    /// An undocumented key of a row, its opening quote at `at`: the tenant's own column, if the answer announces it. Told once, however many rows have it.
    pub(super) fn note_tenant_column(&mut self, at: usize, scan: &Scan<'_>, announced: &'static Announced) {
        if !self.wanted {
            return;
        }
        let key = key_at(scan, at);
        if self.tenant.iter().any(|known| **known == *key) {
            return;
        }
        if self.tenant.len() < MOST_DRIFTS {
            self.tenant.push(key);
        }
        self.announced = Some(announced);
        self.note(at, DriftKind::UnknownKey);
    }

    /// A member of the object at `at` is missing.
    pub(super) fn note_missing(&mut self, at: usize, name: &str) {
        self.notice(|| {
            let below = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
            Noticed { at, below: Some(below.into()), what: DriftKind::Missing, found: None }
        });
    }

    fn notice(&mut self, noticed: impl FnOnce() -> Noticed) {
        if !self.wanted {
            return;
        }
        if self.noticed.len() < MOST_DRIFTS {
            self.noticed.push(noticed());
        } else {
            self.left_out.drifts += 1;
        }
    }

    /// Whether one more bad row is kept; if not, it is only counted.
    pub(super) fn keeps_bad_row(&mut self) -> bool {
        let keeps = self.cuts.len() < MOST_BAD_ROWS;
        self.left_out.bad_rows += u64::from(!keeps);
        keeps
    }

    /// A row was cut out; `found` is the byte at which it went wrong.
    pub(super) fn cut(&mut self, row: usize, stop: Stop, found: Option<u8>, raw: Box<str>) {
        let below = self.below.take();
        let reason = reason(stop, if below.is_some() { None } else { found });
        self.cuts.push(Cut { row, at: stop.at, below, reason, raw });
    }

    /// Takes over what was noted in a text that stands at `at`, and where in it scanning stopped.
    pub(super) fn adopt(&mut self, at: usize, scan: &Scan<'_>, mut inner: Notes, stop: Option<Stop>) {
        self.left_out.drifts += inner.left_out.drifts;
        self.left_out.bad_rows += inner.left_out.bad_rows;
        let path = inner.paths(scan, stop);
        for noticed in std::mem::take(&mut inner.noticed) {
            let found = found(scan, &noticed);
            let below = format!("{}{}", path.of(noticed.at), noticed.below.unwrap_or_default());
            self.notice(|| Noticed { at, below: Some(below.into()), what: noticed.what, found });
        }
        for cut in std::mem::take(&mut inner.cuts) {
            if self.keeps_bad_row() {
                let below = format!("{}{}", path.of(cut.at), cut.below.unwrap_or_default());
                self.cuts.push(Cut { at, below: Some(below), ..cut });
            }
        }
        if let Some(stop) = stop {
            self.below = Some(format!("{}{}", path.of(stop.at), inner.below.unwrap_or_default()));
        }
    }

    /// The error that this stop is.
    pub(super) fn error(mut self, scan: &Scan<'_>, stop: Stop) -> DecodeError {
        self.noticed.clear();
        self.cuts.clear();
        let text = scan.text();
        let below = self.below.take();
        let found = if below.is_some() { None } else { text.as_bytes().get(stop.at).copied() };
        let ended = stop.why == Why::Syntax && text.get(stop.at..).is_some_and(|rest| rest.trim_ascii_start().is_empty());
        let reason = if ended { "the JSON ends too early".to_owned() } else { reason(stop, found) };
        let path = format!("{}{}", self.paths(scan, Some(stop)).of(stop.at), below.unwrap_or_default());
        DecodeError { path, reason, offset: stop.at }
    }

    /// Puts paths to all that was noted.
    pub(super) fn tell(mut self, scan: &Scan<'_>, data: &str, head: &mut Envelope) {
        if let Some(announced) = self.announced {
            let names = announced_names(scan, data, announced);
            self.noticed.retain(|noticed| noticed.what != DriftKind::UnknownKey || !names.contains(&key_at(scan, noticed.at)));
        }
        let path = self.paths(scan, None);
        let full = |at: usize, below: Option<&str>| format!("{}{}", path.of(at), below.unwrap_or_default());
        head.drifts = self
            .noticed
            .iter()
            .map(|noticed| Drift { path: full(noticed.at, noticed.below.as_deref()), what: noticed.what, found: found(scan, noticed) })
            .collect();
        head.bad_rows = self
            .cuts
            .into_iter()
            .map(|cut| BadRow { path: full(cut.at, cut.below.as_deref()), row: cut.row, raw: cut.raw, reason: cut.reason })
            .collect();
        (head.drifts_left_out, head.bad_rows_left_out) = (self.left_out.drifts, self.left_out.bad_rows);
    }

    /// The paths of all that was noted, from one walk over the text; also notes what was forgiven on the way.
    fn paths(&mut self, scan: &Scan<'_>, stop: Option<Stop>) -> PathOf {
        let mut offsets: Vec<usize> = self.noticed.iter().map(|noticed| noticed.at).chain(self.cuts.iter().map(|cut| cut.at)).collect();
        offsets.extend(stop.map(|stop| stop.at));
        let damaged = self.wanted && scan.forgiven != Damage::NONE;
        if offsets.is_empty() && !damaged {
            return PathOf { offsets, paths: Vec::new() };
        }
        offsets.sort_unstable();
        offsets.dedup();
        let most = if damaged { MOST_DRIFTS } else { 0 };
        let mut walked = paths(scan.again(scan.start()), &offsets, most);
        for (at, path, damage) in walked.damaged {
            for (kind, what) in DAMAGE {
                if damage.holds(kind) {
                    self.note(at, what);
                }
            }
            // strings begin at one place each, so that order is kept
            if let Err(position) = offsets.binary_search(&at) {
                offsets.insert(position, at);
                walked.found.insert(position, path);
            }
        }
        self.left_out.drifts += if damaged { walked.left_out } else { 0 };
        self.noticed.sort_by_key(|noticed| noticed.at);
        PathOf { offsets, paths: walked.found }
    }
}

const DAMAGE: [(Damage, DriftKind); 3] = [
    (Damage::NOT_UTF8, DriftKind::NotUtf8),
    (Damage::CONTROL, DriftKind::ControlCharacter),
    (Damage::HALF_SURROGATE, DriftKind::HalfSurrogate),
];

/// The JSON pointers of some offsets.
struct PathOf {
    offsets: Vec<usize>,
    paths: Vec<String>,
}

impl PathOf {
    fn of(&self, offset: usize) -> &str {
        self.offsets.binary_search(&offset).ok().and_then(|position| self.paths.get(position)).map_or("", String::as_str)
    }
}

/// What stands where something was noticed: its type, or an undocumented value if it may be shown.
fn found(scan: &Scan<'_>, noticed: &Noticed) -> Option<Cow<'static, str>> {
    use DriftKind::{ByteOrderMark, ControlCharacter, HalfSurrogate, Missing, NotUtf8, UndocumentedValue};
    if noticed.found.is_some() || noticed.below.is_some() {
        return noticed.found.clone();
    }
    if matches!(noticed.what, Missing | ByteOrderMark | NotUtf8 | ControlCharacter | HalfSurrogate) {
        return None;
    }
    let mut scan = scan.again(noticed.at);
    // of a member, its value
    if scan.key().is_err() {
        scan.return_to(noticed.at);
    }
    let byte = scan.peek();
    let raw = scan.skip().unwrap_or_default();
    let kind = match byte {
        b'n' => "null",
        b't' | b'f' => "true or false",
        b'"' if raw == r#""""# => "empty string",
        b'"' => "string",
        b'[' if raw.len() > 1 && raw[1..raw.len() - 1].trim_ascii().is_empty() => "empty list",
        b'[' => "list",
        b'{' => "object",
        _ if raw.contains(['.', 'e', 'E']) => "number",
        _ => "integer",
    };
    let shown = match byte {
        b'"' if noticed.what == UndocumentedValue => scan.nested(raw).string().ok().and_then(mask::example),
        b'-' | b'0'..=b'9' if noticed.what == UndocumentedValue => mask::example(raw),
        _ => None,
    };
    Some(shown.map_or(Cow::Borrowed(kind), Cow::Owned))
}

/// In words, without anything of the body.
fn reason(stop: Stop, found: Option<u8>) -> String {
    match (stop.why, found.and_then(kind)) {
        (Why::Syntax, _) => "not JSON".to_owned(),
        (Why::Depth, _) => "nested deeper than 127 levels".to_owned(),
        (Why::Room, _) => "more elements than can be meant in an answer of this size".to_owned(),
        (Why::Want(want), Some(found)) => format!("expected {want}, found {found}"),
        (Why::Want(want), None) => format!("expected {want}"),
    }
}

/// What begins with this byte.
fn kind(byte: u8) -> Option<&'static str> {
    Some(match byte {
        b'{' => "an object",
        b'[' => "a list",
        b'"' => "a string",
        b'n' => "null",
        b't' | b'f' => "true or false",
        b'-' | b'0'..=b'9' => "a number",
        _ => return None,
    })
}
/// The key whose opening quote stands at an offset, however it is escaped; as it is written where it is damaged.
fn key_at(scan: &Scan<'_>, at: usize) -> Box<str> {
    let rest = scan.text().get(at..).unwrap_or_default();
    let read = serde_json::Deserializer::from_str(rest).into_iter::<String>().next().and_then(Result::ok);
    let written = || rest.strip_prefix('"').and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned();
    read.unwrap_or_else(written).into()
}

/// The names of the tenant's columns that the answer announces; none where the answer is damaged.
fn announced_names(scan: &Scan<'_>, data: &str, announced: &Announced) -> Vec<Box<str>> {
    let answer: Value = serde_json::from_str(scan.text()).unwrap_or_default();
    let list = answer.pointer(&format!("/{data}/{}", announced.list)).and_then(Value::as_array);
    let names = list.into_iter().flatten().filter_map(|item| item.get(announced.key)?.as_str());
    names.map(Into::into).collect()
}
