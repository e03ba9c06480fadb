//! The one decoder: a scanner that writes into slots. Not generic over what it fills, so it is compiled once.

use super::{
    coerce::{Scalar, Take},
    diagnostics::{Count, Notes},
    outcome::DriftKind,
};
use crate::{
    scan::{Number, Scan, Scanned, Stop, Why},
    table::{DYNAMIC, EXTRA, Extra, Field, ListSlot, NULLABLE, REQUIRED, ROWS, Slot, Table, Wire, WriteFields},
};

pub(super) struct Fill<'t, 'n> {
    pub(super) scan: Scan<'t>,
    pub(super) notes: &'n mut Notes,
    /// How many dynamic columns the last record had.
    columns: usize,
    /// How many bytes of undocumented members the last record had.
    undocumented: usize,
    /// How many bytes of memory lists, maps and columns may still take.
    pub(super) room: usize,
    /// Whether records are read back as serde wrote them: see [`super::typed`].
    pub(super) typed: bool,
}

/// Memory that any answer may take, in bytes: some thousand rows that are hardly more than `{}` on the wire.
const ROOM: usize = 4 * 1024 * 1024;
/// And so many times its size. What is beyond is a few bytes on the wire, over and over, that are a whole struct here each.
const ROOM_FACTOR: usize = 3;

/// Memory that is made at once for what the record before had, in bytes.
const MOST_AHEAD: usize = 4096;

/// So many names, from the expected one on, are compared with a key before it is read: rows lack a few documented fields now and then.
const LIKELY: usize = 4;

/// How well a scalar fitted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    Exact,
    OtherType,
    Null,
}

/// What a key turned out to be.
enum Key {
    Field(usize),
    Column(u32),
    Unknown,
}

impl<'t, 'n> Fill<'t, 'n> {
    pub(super) fn new(scan: Scan<'t>, notes: &'n mut Notes) -> Self {
        let length = scan.text().len();
        let room = length.saturating_mul(ROOM_FACTOR).saturating_add(ROOM).saturating_sub(if scan.is_copy() { length } else { 0 });
        Fill { scan, notes, columns: 0, undocumented: 0, room, typed: false }
    }

    /// A decoder of a text that stands inside this one's.
    pub(super) fn nested<'i, 'j>(&self, text: &'i str, notes: &'j mut Notes) -> Fill<'i, 'j> {
        Fill { scan: self.scan.nested(text), notes, columns: 0, undocumented: 0, room: self.room, typed: self.typed }
    }

    #[cold]
    pub(super) fn note(&mut self, at: usize, what: DriftKind) {
        self.notes.note(at, what);
    }

    /// Takes so many bytes of memory from what this answer may take.
    #[inline]
    pub(super) fn take_room(&mut self, bytes: usize) -> Scanned<()> {
        match self.room.checked_sub(bytes) {
            Some(rest) => {
                self.room = rest;
                Ok(())
            }
            None => self.scan.stop(self.scan.at(), Why::Room),
        }
    }

    /// The same for one more element of a list.
    #[inline]
    pub(super) fn take_room_in<T>(&mut self, list: &Vec<T>) -> Scanned<()> {
        self.take_room(crate::table::next_room(list))
    }

    // Records -------------------------------------------------------------------------------------------------------

    /// An object, its opening bracket being next.
    fn record(&mut self, record: &mut dyn WriteFields) -> Scanned<()> {
        if self.typed {
            return self.typed_record(record);
        }
        let (at, table) = (self.scan.at(), record.table());
        let (mut next, mut seen) = (0, [0u64; 4]);
        self.scan.open()?;
        let mut more = self.scan.first(b'}')?;
        while more {
            // Bodies are nearly always written in the page's order and without spaces: try the name expected next before all else.
            let (number, field) = match table.fields.get(next) {
                Some(field) if self.scan.takes(field.name()) => (next, field),
                _ => {
                    self.scan.peek();
                    let key_at = self.scan.at();
                    match self.other_key(table, next)? {
                        Key::Field(number) => (number, &table.fields[number]),
                        Key::Column(number) => {
                            more = self.columns(record, table, key_at, number)?;
                            continue;
                        }
                        Key::Unknown => {
                            more = self.unknown(record, table, next, key_at)?;
                            continue;
                        }
                    }
                }
            };
            next = number + 1;
            if self.notes.wanted
                && let Some(word) = seen.get_mut(number / 64)
            {
                *word |= 1 << (number % 64);
            }
            self.slot_here(record.slot(number), field)?;
            more = self.scan.next(b'}')?;
        }
        if self.notes.wanted {
            self.missing(table, at, &seen);
        }
        Ok(())
    }

    fn other_key(&mut self, table: &'static Table, next: usize) -> Scanned<Key> {
        let mut likely = table.fields.get(next..).unwrap_or_default().iter().take(LIKELY);
        if let Some(ahead) = likely.position(|field| self.scan.takes(field.name())) {
            return Ok(Key::Field(next + ahead));
        }
        if let Some(columns) = table.dynamic
            && let Some(number) = self.scan.takes_numbered(columns.prefix)
        {
            return Ok(Key::Column(number));
        }
        let key = self.scan.key()?;
        Ok(match (table.find(key, next), table.column(key)) {
            (Some(number), _) => Key::Field(number),
            (None, Some(number)) => Key::Column(number),
            (None, None) => Key::Unknown,
        })
    }

    #[cold]
    fn missing(&mut self, table: &'static Table, at: usize, seen: &[u64; 4]) {
        for (number, field) in table.fields.iter().enumerate() {
            let missing = seen.get(number / 64).is_some_and(|word| (word >> (number % 64)) & 1 == 0);
            if missing && field.flags & REQUIRED != 0 {
                self.notes.note_missing(at, field.name());
            }
        }
    }

    /// A run of dynamic columns, the first one's number being known and its value next. Says whether another key follows.
    fn columns(&mut self, record: &mut dyn WriteFields, table: &'static Table, mut key_at: usize, mut number: u32) -> Scanned<bool> {
        let prefix = table.dynamic.map_or("", |columns| columns.prefix);
        let Slot::Dynamic(columns) = record.slot(DYNAMIC) else {
            // a table that promises columns which its record has not
            self.unnamed(record, key_at, DriftKind::UnknownKey)?;
            return self.scan.next(b'}');
        };
        if columns.capacity() == 0 {
            // as many as the last record had, if there is room for so many in each
            let bytes = self.columns * size_of::<(u32, i64)>();
            if bytes <= MOST_AHEAD && self.take_room(bytes).is_ok() {
                columns.reserve(self.columns);
            }
        }
        let ended = loop {
            let Some(value) = self.column()? else { break None };
            self.take_room_in(columns)?;
            columns.push((number, value));
            let mut more = self.scan.next(b'}')?;
            while more && let Some(column) = self.scan.takes_column(prefix) {
                self.take_room_in(columns)?;
                columns.push(column);
                more = self.scan.next(b'}')?;
            }
            if !more {
                break Some(false);
            }
            self.scan.peek();
            key_at = self.scan.at();
            match self.scan.takes_numbered(prefix) {
                Some(following) => number = following,
                None => break Some(true),
            }
        };
        self.columns = columns.len();
        if let Some(more) = ended {
            return Ok(more);
        }
        self.unnamed(record, key_at, DriftKind::OtherType)?;
        self.scan.next(b'}')
    }

    /// The value of a dynamic column; `None`: not an integer, nothing taken.
    #[inline]
    pub(super) fn column(&mut self) -> Scanned<Option<i64>> {
        let byte = self.scan.peek();
        if let Some(value) = self.scan.short_integer() {
            return Ok(Some(value));
        }
        let mark = self.scan.mark();
        if is_digit(byte)
            && let Number::Int(value) = self.scan.number()?
        {
            return Ok(Some(value));
        }
        self.scan.rewind(mark);
        self.odd_column()
    }

    fn odd_column(&mut self) -> Scanned<Option<i64>> {
        let (mark, mut value) = (self.scan.mark(), None);
        if self.scan.peek() == b'"'
            && let Some(value) = self.scan.short_quoted_integer()
        {
            self.note(mark.at, DriftKind::OtherType);
            return Ok(Some(value));
        }
        match self.scalar::<i64>(&mut value) {
            Err(stop) if stop.is_fatal() => return Err(stop),
            Ok(Fit::OtherType) if value.is_some() => self.note(mark.at, DriftKind::OtherType),
            Ok(_) if value.is_some() => {}
            _ => self.scan.rewind(mark),
        }
        Ok(value)
    }

    /// A run of undocumented keys, the first of which began at `start`; its value is next. Says whether another key follows.
    #[inline(never)]
    fn unknown(&mut self, record: &mut dyn WriteFields, table: &'static Table, next: usize, start: usize) -> Scanned<bool> {
        let mut key_at = start;
        loop {
            match &table.announced {
                None => self.note(key_at, DriftKind::UnknownKey),
                Some(announced) => self.notes.note_tenant_column(key_at, &self.scan, announced),
            }
            self.undocumented_value()?;
            let members = self.scan.since(start);
            let more = self.scan.next(b'}')?;
            if more {
                self.scan.peek();
                key_at = self.scan.at();
                if matches!(self.other_key(table, next)?, Key::Unknown) {
                    continue;
                }
                self.scan.return_to(key_at);
            }
            self.keep(record, members)?;
            return Ok(more);
        }
    }

    /// A column that holds no integer; its value is next.
    #[cold]
    fn unnamed(&mut self, record: &mut dyn WriteFields, key_at: usize, what: DriftKind) -> Scanned<()> {
        self.note(key_at, what);
        self.undocumented_value()?;
        self.keep(record, self.scan.since(key_at))
    }

    pub(super) fn keep(&mut self, record: &mut dyn WriteFields, members: &str) -> Scanned<()> {
        if let Slot::Extra(extra) = record.slot(EXTRA) {
            self.take_room(extra.next_room(members, self.undocumented.min(MOST_AHEAD)))?;
            extra.keep(&self.scan.as_kept(members), self.undocumented.min(MOST_AHEAD));
            self.undocumented = extra.kept();
        }
        Ok(())
    }

    /// Keeps the member that began at an offset.
    pub(super) fn keep_member(&mut self, extra: &mut Extra, start: usize) {
        extra.keep(&self.scan.as_kept(self.scan.since(start)), 0);
    }

    /// Takes a value that is kept as it came, so that it can be read later.
    pub(super) fn undocumented_value(&mut self) -> Scanned<()> {
        match self.scan.peek() {
            b'"' => self.scan.string().map(|_| ()),
            b'0'..=b'9' if self.scan.short_integer().is_some() => Ok(()),
            _ => self.scan.check(),
        }
    }

    // Lists ---------------------------------------------------------------------------------------------------------

    /// A list of objects, its opening bracket being next.
    fn rows(&mut self, list: &mut dyn ListSlot, isolate: bool) -> Scanned<()> {
        let spare = if isolate { self.notes.rows } else { 0 };
        self.scan.open()?;
        let (mut more, mut row) = (self.scan.first(b']')?, 0);
        while more {
            self.row(list, row, isolate, spare)?;
            row += 1;
            more = self.scan.next(b']')?;
        }
        Ok(())
    }

    /// One row; where rows are isolated, a bad one is cut out as it stands.
    #[inline]
    pub(super) fn row(&mut self, list: &mut dyn ListSlot, row: usize, isolate: bool, spare: usize) -> Scanned<()> {
        if self.scan.peek() != b'{' {
            return self.odd_row(list, row, isolate);
        }
        let (mark, noted) = (self.scan.mark(), self.notes.count());
        self.take_room(list.next_room())?;
        match self.record(list.grow(spare)) {
            Err(stop) if isolate && !stop.is_fatal() => {
                list.pop();
                self.scan.rewind(mark);
                self.bad_row(row, *stop, noted)
            }
            other => other,
        }
    }

    /// A row that is no object: `null` and what PHP prints for an empty one are an empty row, all else is a bad one.
    #[cold]
    fn odd_row(&mut self, list: &mut dyn ListSlot, row: usize, isolate: bool) -> Scanned<()> {
        let (mark, noted) = (self.scan.mark(), self.notes.count());
        match self.scan.peek() {
            b'n' => self.note(mark.at, DriftKind::UnexpectedNull),
            // never an empty row
            b'-' | b'0'..=b'9' | b't' | b'f' if isolate => {
                return self.bad_row(row, Stop { at: mark.at, why: Why::Want("an object") }, noted);
            }
            _ => {}
        }
        match self.nothing("an object", DriftKind::EmptyStandsForObject, true) {
            Ok(()) => {
                self.take_room(list.next_room())?;
                list.grow(0);
                Ok(())
            }
            Err(stop) if isolate && !stop.is_fatal() => {
                self.scan.rewind(mark);
                self.bad_row(row, *stop, noted)
            }
            Err(stop) => Err(stop),
        }
    }

    #[cold]
    fn bad_row(&mut self, row: usize, stop: Stop, noted: Count) -> Scanned<()> {
        let at = self.scan.at();
        let raw = self.scan.skip()?;
        self.notes.forget(noted);
        self.note(at, DriftKind::BadRow);
        if self.notes.keeps_bad_row() {
            let found = raw.as_bytes().get(stop.at.saturating_sub(at)).copied();
            self.notes.cut(row, stop, found, self.scan.kept(raw));
        }
        Ok(())
    }

    /// An object, or one of the things PHP prints for an empty one.
    #[inline]
    pub(super) fn object(&mut self, record: &mut dyn WriteFields) -> Scanned<()> {
        if self.scan.peek() == b'{' { self.record(record) } else { self.nothing("an object", DriftKind::EmptyStandsForObject, true) }
    }

    /// `[]`, `{}`, `""` or `null` in place of something else.
    pub(super) fn nothing(&mut self, want: &'static str, what: DriftKind, may_be_null: bool) -> Scanned<()> {
        let (byte, at) = (self.scan.peek(), self.scan.at());
        if byte == b'n' {
            self.scan.word("null")?;
            if !may_be_null {
                self.note(at, DriftKind::UnexpectedNull);
            }
            return Ok(());
        }
        let raw = self.scan.skip()?;
        let empty = match raw.as_bytes() {
            [b'[', inner @ .., b']'] | [b'{', inner @ .., b'}'] | [b'"', inner @ .., b'"'] => inner.trim_ascii().is_empty(),
            _ => false,
        };
        if !empty {
            return self.scan.want(at, want);
        }
        self.note(at, what);
        Ok(())
    }

    // Slots ---------------------------------------------------------------------------------------------------------

    /// One value.
    #[inline(never)]
    pub(super) fn slot(&mut self, slot: Slot<'_>, field: &Field) -> Scanned<()> {
        self.slot_here(slot, field)
    }

    /// The same, compiled into its caller: the loop over a record's keys is where the time goes. The plain cases of the commonest kinds stand here,
    /// all others in `seldom`.
    #[inline(always)]
    fn slot_here(&mut self, slot: Slot<'_>, field: &Field) -> Scanned<()> {
        let byte = self.scan.peek();
        if field.wire != Wire::Plain {
            return self.as_wired(slot, field, byte);
        }
        match slot {
            Slot::Str(out) if byte == b'"' => match self.scan.plain_string() {
                Some(plain) => {
                    *out = Some(plain.to_owned());
                    Ok(())
                }
                None => self.plain_scalar(out, field),
            },
            Slot::I64(out) if is_digit(byte) => {
                if let Some(value) = self.scan.short_integer() {
                    *out = Some(value);
                    return Ok(());
                }
                let mark = self.scan.mark();
                if let Number::Int(value) = self.scan.number()? {
                    *out = Some(value);
                    return Ok(());
                }
                self.scan.rewind(mark);
                self.plain_scalar(out, field)
            }
            Slot::I64(out) if byte == b'"' => {
                let at = self.scan.at();
                match self.scan.short_quoted_integer() {
                    Some(value) => {
                        *out = Some(value);
                        self.note(at, DriftKind::OtherType);
                        Ok(())
                    }
                    None => self.plain_scalar(out, field),
                }
            }
            Slot::F64(out) if is_digit(byte) => match self.scan.short_float() {
                Some(value) => {
                    *out = Some(value);
                    Ok(())
                }
                None => self.plain_scalar(out, field),
            },
            Slot::Obj(out) if byte == b'{' => self.record(out.begin()),
            Slot::List(out) if byte == b'[' => {
                out.clear();
                self.rows(out, field.flags & ROWS != 0)
            }
            Slot::Typed(out) => self.typed_plainly(out, field, byte),
            Slot::Root(record) => self.object(record),
            other => self.seldom(other, field, byte),
        }
    }

    /// A scalar written as its type suggests.
    pub(super) fn plain_scalar<T: Scalar>(&mut self, out: &mut Option<T>, field: &Field) -> Scanned<()> {
        let at = self.scan.at();
        match self.scalar(out)? {
            Fit::Exact => {}
            Fit::OtherType => self.note(at, DriftKind::OtherType),
            Fit::Null if field.flags & NULLABLE == 0 => self.note(at, DriftKind::UnexpectedNull),
            Fit::Null => {}
        }
        Ok(())
    }

    /// Takes a scalar.
    #[inline]
    pub(super) fn scalar<T: Scalar>(&mut self, out: &mut Option<T>) -> Scanned<Fit> {
        let (byte, at) = (self.scan.peek(), self.scan.at());
        let take = match byte {
            b'"' => T::text(self.scan.string()?),
            b'-' | b'0'..=b'9' => match self.scan.number()? {
                Number::Int(value) => T::int(value),
                Number::Wide(digits) => digits.parse().map_or_else(|_| T::wide(digits), T::uint),
                Number::Float(digits) => T::float(digits),
            },
            b't' => {
                self.scan.word("true")?;
                T::bool(true)
            }
            b'f' => {
                self.scan.word("false")?;
                T::bool(false)
            }
            b'n' => {
                self.scan.word("null")?;
                *out = None;
                return Ok(Fit::Null);
            }
            _ => {
                self.scan.skip()?;
                Take::No
            }
        };
        let (value, fit) = match take {
            Take::Exact(value) => (Some(value), Fit::Exact),
            Take::Bent(value) => (Some(value), Fit::OtherType),
            Take::Nothing => (None, Fit::OtherType),
            Take::No => return self.scan.want(at, T::WANT),
        };
        *out = value;
        Ok(fit)
    }
}

/// Whether a number may begin with this byte.
#[inline]
pub(super) fn is_digit(byte: u8) -> bool {
    matches!(byte, b'-' | b'0'..=b'9')
}
