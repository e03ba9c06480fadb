//! The slots beside the commonest: everything that is not worth a place in the hot path.

use serde_json::Value;

use super::{
    coerce::Scalar,
    decoder::{Fill, Fit, is_digit},
    outcome::DriftKind,
};
use crate::{
    decimal::Decimal,
    scan::{Number, Scanned},
    table::{
        Atom, Attributes, Code, Field, Form, ListSlot, MapSlot, NULLABLE, NullableSlot, OpenSlot, OpensSlot, ROWS, Slot, TypedSlot,
        TypedsSlot, Wire,
    },
};

/// What a map's entries and a list's items are documented to be.
static ENTRY: Field = Field("", Attributes::PLAIN);

/// Memory that an amount or a time in a list takes at most, in bytes: the list may have twice as much as it holds.
const TYPED: usize = 2 * size_of::<String>();

impl Fill<'_, '_> {
    #[inline(never)]
    pub(super) fn seldom(&mut self, slot: Slot<'_>, field: &Field, byte: u8) -> Scanned<()> {
        let may_be_null = field.flags & NULLABLE != 0;
        match slot {
            Slot::Str(out) => self.plain_scalar(out, field),
            Slot::I64(out) => self.plain_scalar(out, field),
            Slot::F64(out) => self.plain_scalar(out, field),
            Slot::Bool(out) => self.plain_scalar(out, field),
            Slot::Obj(out) => {
                out.clear();
                self.nothing("an object", DriftKind::EmptyStandsForObject, may_be_null)
            }
            Slot::List(out) => self.list(out, field),
            Slot::Map(out) => self.map(out, byte, may_be_null),
            Slot::Strs(out) => {
                out.clear();
                self.plain_list(out, may_be_null)
            }
            Slot::Ints(out) => {
                out.clear();
                self.plain_list(out, may_be_null)
            }
            Slot::Opens(out) => {
                out.clear();
                self.elements(may_be_null, &mut |fill, _| {
                    fill.take_room(out.next_room())?;
                    fill.open(&mut Pushed(&mut *out), &ENTRY, false)
                })
            }
            Slot::Open(out) => self.open(out, field, false),
            Slot::Typed(out) => self.typed_plainly(out, field, byte),
            Slot::Typeds(out) => {
                out.clear();
                self.elements(may_be_null, &mut |fill, _| {
                    let byte = fill.scan.peek();
                    fill.take_room(TYPED)?;
                    fill.typed_plainly(&mut Appended(&mut *out), &ENTRY, byte)
                })
            }
            Slot::Any(out) => {
                // serde has one nothing
                *out = Some(self.scan.value()?).filter(|value| !(self.typed && value.is_null()));
                Ok(())
            }
            Slot::Nullable(out) => self.nullable(out),
            Slot::Root(record) => self.object(record),
            // neither is a named field
            Slot::Dynamic(_) | Slot::Extra(_) => self.scan.skip().map(|_| ()),
        }
    }

    /// A list of objects that is not written as one.
    fn list(&mut self, out: &mut dyn ListSlot, field: &Field) -> Scanned<()> {
        out.clear();
        let isolate = field.flags & ROWS != 0;
        self.elements(field.flags & NULLABLE != 0, &mut |fill, row| fill.row(out, row, isolate, 0))
    }

    /// The elements of a list: `[…]`, or `{"0":…,"2":…}` as PHP prints a list that was filtered, or nothing.
    fn elements(&mut self, may_be_null: bool, each: &mut dyn FnMut(&mut Self, usize) -> Scanned<()>) -> Scanned<()> {
        let close = match self.scan.peek() {
            b'[' => b']',
            b'{' => {
                self.note(self.scan.at(), DriftKind::EmptyStandsForList);
                b'}'
            }
            _ => return self.nothing("a list", DriftKind::EmptyStandsForList, may_be_null),
        };
        let at = self.scan.at();
        self.scan.open()?;
        let (mut more, mut row) = (self.scan.first(close)?, 0);
        while more {
            if close == b'}' && !self.scan.key()?.bytes().all(|b| b.is_ascii_digit()) {
                return self.scan.want(at, "a list");
            }
            each(self, row)?;
            row += 1;
            more = self.scan.next(close)?;
        }
        Ok(())
    }

    /// A list of scalars; a `null` among them is dropped.
    fn plain_list<T: Scalar>(&mut self, out: &mut Vec<T>, may_be_null: bool) -> Scanned<()> {
        self.elements(may_be_null, &mut |fill, _| {
            fill.scan.peek();
            let mut one = None;
            fill.plain_scalar(&mut one, &ENTRY)?;
            fill.take_room_in(out)?;
            out.extend(one);
            Ok(())
        })
    }

    fn map(&mut self, out: &mut dyn MapSlot, byte: u8, may_be_null: bool) -> Scanned<()> {
        out.clear();
        if byte != b'{' {
            return self.nothing("an object", DriftKind::EmptyStandsForObject, may_be_null);
        }
        self.scan.open()?;
        let mut more = self.scan.first(b'}')?;
        while more {
            let key = self.scan.key()?.into();
            self.take_room(out.next_room())?;
            self.slot(out.entry(key), &ENTRY)?;
            more = self.scan.next(b'}')?;
        }
        Ok(())
    }

    /// An amount or a time where its field is written plainly.
    #[inline(never)]
    pub(super) fn typed_plainly(&mut self, out: &mut dyn TypedSlot, field: &Field, byte: u8) -> Scanned<()> {
        let start = self.scan.at();
        let atom = match byte {
            b'"' => self.scan.plain_string().map(Atom::Text),
            b'0'..=b'9' => self.scan.short_number().and_then(|(digits, decimals)| match decimals {
                0 => Some(Atom::Int(digits)),
                _ => Decimal::short(digits, decimals).map(Atom::Decimal),
            }),
            _ => None,
        };
        match atom {
            Some(atom) if out.take(atom) => Ok(()),
            _ => {
                self.scan.return_to(start);
                self.typed(out, field)
            }
        }
    }

    /// An amount or a time, however it is written.
    #[inline(never)]
    pub(super) fn typed(&mut self, out: &mut dyn TypedSlot, field: &Field) -> Scanned<()> {
        match out.form() {
            Form::Text => {
                let text = self.one::<String>(field)?;
                out.put(text.as_deref().map(Atom::Text));
            }
            Form::Integer => {
                let number = self.one(field)?;
                out.put(number.map(Atom::Int));
            }
            Form::Decimal | Form::WholeDecimal => {
                let number = self.one(field)?;
                out.put(number.map(Atom::Decimal));
            }
        }
        Ok(())
    }

    /// A scalar as its field is documented to be written.
    fn one<T: Scalar>(&mut self, field: &Field) -> Scanned<Option<T>> {
        let mut one = None;
        if field.wire == Wire::Plain {
            self.plain_scalar(&mut one, field)?
        } else {
            self.written(&mut one, field)?
        }
        Ok(one)
    }

    fn nullable(&mut self, out: &mut dyn NullableSlot) -> Scanned<()> {
        let at = self.scan.at();
        match self.scan.value()? {
            Value::Null => {
                out.null();
                Ok(())
            }
            value if out.put(&value) => Ok(()),
            _ => self.scan.want(at, "a value of the documented type, or null"),
        }
    }

    /// An open enum. A value is looked for among the documented ones as it came, then as the other type; an undocumented one is kept as
    /// it came. `in_text`: integers are documented to come in quotes.
    pub(super) fn open(&mut self, out: &mut dyn OpenSlot, field: &Field, in_text: bool) -> Scanned<()> {
        let byte = self.scan.peek();
        let mark = self.scan.mark();
        if byte == b'n' {
            out.clear();
            if field.flags & NULLABLE == 0 {
                self.note(mark.at, DriftKind::UnexpectedNull);
            }
            return self.scan.word("null");
        }
        let wants_int = out.wants_int();
        // written as its type suggests
        if byte == b'"' && !wants_int {
            if !out.put(Code::Text(self.scan.string()?)) {
                self.note(mark.at, DriftKind::UndocumentedValue);
            }
            return Ok(());
        }
        if wants_int && !in_text && is_digit(byte) {
            if let Number::Int(value) = self.scan.number()? {
                return self.put(out, mark.at, Code::Int(value), false);
            }
            self.scan.rewind(mark);
        }
        let (mut int, mut text) = (None::<i64>, None::<String>);
        let whole = match self.scalar(&mut int) {
            Ok(_) => int,
            Err(stop) if stop.is_fatal() => return Err(stop),
            Err(_) => None,
        };
        self.scan.rewind(mark);
        let fit = self
            .scalar(&mut text)
            .or_else(|stop| if stop.is_fatal() { Err(stop) } else { self.scan.want(mark.at, "a string or an integer") })?;
        let text = text.unwrap_or_default();
        let as_text = Code::Text(&text);
        if wants_int {
            self.int_code(out, byte, mark.at, whole, as_text, in_text)
        } else if !out.knows(as_text)
            && fit != Fit::Exact
            && let Some(value) = whole
        {
            self.put(out, mark.at, Code::Int(value), false)
        } else {
            self.put(out, mark.at, as_text, fit != Fit::Exact)
        }
    }

    fn int_code(&mut self, out: &mut dyn OpenSlot, byte: u8, at: usize, whole: Option<i64>, text: Code<'_>, in_text: bool) -> Scanned<()> {
        let quoted = byte == b'"';
        match whole {
            Some(value) if in_text || !quoted || out.knows(Code::Int(value)) => self.put(out, at, Code::Int(value), quoted != in_text),
            None if text == Code::Text("") => {
                out.clear();
                self.note(at, DriftKind::OtherType);
                Ok(())
            }
            _ => self.put(out, at, text, false),
        }
    }

    fn put(&mut self, out: &mut dyn OpenSlot, at: usize, code: Code<'_>, other_type: bool) -> Scanned<()> {
        if !out.put(code) {
            self.note(at, DriftKind::UndocumentedValue);
        } else if other_type {
            self.note(at, DriftKind::OtherType);
        }
        Ok(())
    }
}

/// The next item of a list of open enums, as a slot of its own. A `null` item is dropped.
pub(super) struct Pushed<'a>(pub(super) &'a mut dyn OpensSlot);

impl OpenSlot for Pushed<'_> {
    fn knows(&self, code: Code<'_>) -> bool {
        self.0.knows(code)
    }
    fn put(&mut self, code: Code<'_>) -> bool {
        self.0.push(code)
    }
    fn clear(&mut self) {}
    fn wants_int(&self) -> bool {
        self.0.wants_int()
    }
}

/// The next item of a list of amounts or times, as a slot of its own. A `null` item is dropped.
struct Appended<'a>(&'a mut dyn TypedsSlot);

impl TypedSlot for Appended<'_> {
    fn form(&self) -> Form {
        self.0.form()
    }
    fn put(&mut self, atom: Option<Atom<'_>>) {
        if let Some(atom) = atom {
            self.0.push(atom);
        }
    }
    fn take(&mut self, atom: Atom<'_>) -> bool {
        let is_of_form = self.0.form().fits(atom);
        if is_of_form {
            self.0.push(atom);
        }
        is_of_form
    }
}
