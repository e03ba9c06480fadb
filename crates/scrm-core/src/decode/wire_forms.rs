//! Values that are documented to be written otherwise than their type suggests: see [`Wire`].

use serde_json::Value;

use super::{
    coerce::{Scalar, Take},
    decoder::{Fill, Fit},
    diagnostics::Notes,
    outcome::DriftKind,
    slots::Pushed,
};
use crate::{
    decimal::Decimal,
    scan::{Scanned, Why},
    table::{Atom, Code, Field, Form, NULLABLE, OpenSlot, OpensSlot, Slot, Wire},
};

/// Memory that a part of a joined text takes at most, in bytes.
const JOINED: usize = size_of::<Value>();

fn value_of<T>(take: Take<T>) -> Option<T> {
    match take {
        Take::Exact(value) | Take::Bent(value) => Some(value),
        Take::Nothing | Take::No => None,
    }
}

impl Fill<'_, '_> {
    /// One value of a field whose wire is not plain. Written plainly all the same it is taken too, and is a drift.
    #[inline(never)]
    pub(super) fn as_wired(&mut self, slot: Slot<'_>, field: &Field, byte: u8) -> Scanned<()> {
        match (field.wire, slot) {
            (Wire::Text, Slot::Open(out)) => self.open(out, field, true),
            (Wire::Text | Wire::Digit | Wire::DigitText, Slot::Bool(out)) => self.written(out, field),
            (Wire::Text, Slot::I64(out)) => self.written(out, field),
            (Wire::Text, Slot::F64(out)) => self.written(out, field),
            (Wire::Text, Slot::Typed(out)) => self.typed(out, field),
            (Wire::Comma, slot) => self.joined(slot, ",", field, byte),
            (Wire::Bars, slot) => self.joined(slot, "||", field, byte),
            (Wire::Json, slot) => self.json_text(slot, field, byte),
            (_, slot) => self.plainly(slot, field),
        }
    }

    /// As if the wire were plain.
    fn plainly(&mut self, slot: Slot<'_>, field: &Field) -> Scanned<()> {
        self.slot(slot, &Field(field.name(), field.wire(Wire::Plain)))
    }

    pub(super) fn written<T: Scalar>(&mut self, out: &mut Option<T>, field: &Field) -> Scanned<()> {
        let start = self.scan.at();
        if self.scalar(out)? == Fit::Null {
            if field.flags & NULLABLE == 0 {
                self.note(start, DriftKind::UnexpectedNull);
            }
            return Ok(());
        }
        let raw = self.scan.since(start);
        let documented = match field.wire {
            Wire::Digit => matches!(raw, "0" | "1"),
            Wire::DigitText => matches!(raw, r#""0""# | r#""1""#),
            _ => raw.starts_with('"') && out.is_some(),
        };
        if !documented {
            self.note(start, DriftKind::OtherType);
        }
        Ok(())
    }

    /// A list joined into one text. An empty text is an empty list; a single number may come without quotes.
    fn joined(&mut self, slot: Slot<'_>, separator: &str, field: &Field, byte: u8) -> Scanned<()> {
        let at = self.scan.at();
        if !matches!(byte, b'"' | b'-' | b'0'..=b'9') {
            if byte != b'n' {
                self.note(at, DriftKind::OtherType);
            }
            return self.plainly(slot, field);
        }
        if byte != b'"' {
            self.note(at, DriftKind::OtherType);
        }
        let mut text = None::<String>;
        self.scalar(&mut text)?;
        let text = text.unwrap_or_default();
        self.take_room(text.matches(separator).count().saturating_mul(JOINED))?;
        let parts = || text.split(separator).filter(|_| !text.is_empty());
        match slot {
            Slot::Strs(out) => {
                *out = parts().map(str::to_owned).collect();
                Ok(())
            }
            Slot::Ints(out) => {
                out.clear();
                for part in parts() {
                    match i64::text(part) {
                        Take::Nothing => {}
                        taken => match value_of(taken) {
                            Some(value) => out.push(value),
                            None => return self.scan.want(at, "integers joined in a text"),
                        },
                    }
                }
                Ok(())
            }
            Slot::Opens(out) => {
                out.clear();
                parts().try_for_each(|part| self.joined_code(out, part, at))
            }
            Slot::Typeds(out) => {
                out.clear();
                let form = out.form();
                for part in parts() {
                    let atom = match form {
                        Form::Text => Some(Atom::Text(part)),
                        Form::Integer => value_of(i64::text(part)).map(Atom::Int),
                        Form::Decimal | Form::WholeDecimal => value_of(Decimal::text(part)).map(Atom::Decimal),
                    };
                    match atom {
                        Some(atom) => out.push(atom),
                        None => return self.scan.want(at, "numbers joined in a text"),
                    }
                }
                Ok(())
            }
            Slot::Nullable(out) => {
                let list = Value::Array(parts().map(Value::from).collect());
                if out.put(&list) { Ok(()) } else { self.scan.want(at, "a list joined in a text") }
            }
            other => {
                self.scan.return_to(at);
                self.plainly(other, field)
            }
        }
    }

    fn joined_code(&mut self, out: &mut dyn OpensSlot, part: &str, at: usize) -> Scanned<()> {
        let code = match part.trim().parse() {
            Ok(value) if out.wants_int() => Code::Int(value),
            _ => Code::Text(part),
        };
        if !Pushed(out).put(code) {
            self.note(at, DriftKind::UndocumentedValue);
        }
        Ok(())
    }

    /// JSON inside a text. Offsets in it mean nothing outside, so paths are worked out here.
    fn json_text(&mut self, slot: Slot<'_>, field: &Field, byte: u8) -> Scanned<()> {
        let at = self.scan.at();
        if byte != b'"' {
            if byte != b'n' {
                self.note(at, DriftKind::OtherType);
            }
            return self.plainly(slot, field);
        }
        let text = self.scan.string()?.to_owned();
        if text.trim().is_empty() {
            self.scan.return_to(at);
            return match slot {
                Slot::Any(out) => {
                    *out = None;
                    self.scan.skip().map(|_| ())
                }
                // an empty text is how an empty value is written here
                other => self.quietly(|fill| fill.plainly(other, field)),
            };
        }
        if let Slot::Any(out) = slot {
            let mut scan = self.scan.nested(&text);
            *out = scan.value().ok().filter(|_| scan.end().is_ok());
            if out.is_none() {
                self.note(at, DriftKind::OtherType);
                *out = Some(Value::String(text));
            }
            return Ok(());
        }
        let mut notes = Notes::new(self.notes.wanted, self.notes.rows);
        let mut inner = self.nested(&text, &mut notes);
        let outcome = inner.plainly(slot, field).and_then(|()| inner.scan.end());
        let (scan, room) = (inner.scan, inner.room);
        self.room = room;
        self.notes.adopt(at, &scan, notes, outcome.as_ref().err().map(|stop| **stop));
        outcome.or_else(|stop| match stop.why {
            Why::Want(want) => self.scan.want(at, want),
            Why::Syntax | Why::Depth => self.scan.want(at, "JSON inside a text"),
            Why::Room => self.scan.stop(at, Why::Room),
        })
    }

    /// Without noticing drifts.
    fn quietly(&mut self, action: impl FnOnce(&mut Self) -> Scanned<()>) -> Scanned<()> {
        let wanted = std::mem::replace(&mut self.notes.wanted, false);
        let outcome = action(self);
        self.notes.wanted = wanted;
        outcome
    }
}
