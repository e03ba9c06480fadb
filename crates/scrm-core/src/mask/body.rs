//! An answer as it may be shown: its JSON with the values that the schema marks or does not name taken out.

use std::fmt::Write as _;

use super::{BODY_CAP, MESSAGE_CAP, Masker, WORD_CAP, characters, cut, key};
use crate::{
    scan::{Readable, Scan, Scanned, Why},
    spec::EnvelopeSpec,
    table::{Attributes, DYNAMIC, Field, PERSONAL, Payload, SECRET, Slot, Wire, WriteFields},
};

static PLAIN: Field = Field("", Attributes::PLAIN);

/// The body, at most [`BODY_CAP`] bytes of it.
pub(super) fn shown(masker: &Masker, body: &[u8], envelope: &EnvelopeSpec, data: &mut dyn Payload) -> Box<str> {
    let body = Readable::new(body);
    let text = body.text();
    let scan = Scan::of(&body);
    // Programs print warnings in front of what they answer.
    let start = json_start(text, scan.at());
    let front = masker.text(scan.as_kept(&text[scan.at()..start]).trim_end(), BODY_CAP);
    if start == text.len() {
        return front;
    }
    let mut shape = Shape { scan: scan.again(start), masker, out: front.into_string() };
    let walked = if shape.scan.peek() == b'{' { shape.envelope(envelope, data) } else { shape.unknown() };
    let rest = shape.scan.text().get(shape.scan.at()..).unwrap_or_default().trim_ascii();
    let cut_off = walked.is_err() || !rest.is_empty() || shape.out.len() > BODY_CAP;
    let short = cut(&shape.out, BODY_CAP);
    if cut_off { format!("{short}…").into() } else { short.into() }
}

/// Where JSON seems to begin.
fn json_start(text: &str, from: usize) -> usize {
    let behind = &text[from..];
    let space = behind.len() - behind.trim_start_matches([' ', '\n', '\r', '\t']).len();
    if behind[space..].starts_with(['{', '[', '"']) {
        return from + space;
    }
    ["{\"", "[{", "[\"", "{'"].iter().filter_map(|open| behind.find(open)).min().map_or(text.len(), |at| from + at)
}

struct Shape<'t, 'm> {
    scan: Scan<'t>,
    masker: &'m Masker,
    out: String,
}

impl Shape<'_, '_> {
    /// Ends the walk when there is enough to show.
    fn enough(&self) -> Scanned<()> {
        if self.out.len() > BODY_CAP { self.scan.stop(self.scan.at(), Why::Room) } else { Ok(()) }
    }

    fn put(&mut self, text: &str) {
        let _ = write!(self.out, "{}", serde_json::Value::from(text));
    }

    /// The members of an object; `member` is called with each key and takes its value.
    fn members(&mut self, member: &mut dyn FnMut(&mut Self, &str) -> Scanned<()>) -> Scanned<()> {
        self.scan.open()?;
        self.out.push('{');
        let mut more = self.scan.first(b'}')?;
        while more {
            self.enough()?;
            let name = self.scan.key()?.to_owned();
            let shown = self.masker.text(&key(&name), MESSAGE_CAP);
            self.put(&shown);
            self.out.push(':');
            member(self, &name)?;
            more = self.scan.next(b'}')?;
            self.out.push_str(if more { "," } else { "" });
        }
        self.out.push('}');
        Ok(())
    }

    fn elements(&mut self, element: &mut dyn FnMut(&mut Self) -> Scanned<()>) -> Scanned<()> {
        self.scan.open()?;
        self.out.push('[');
        let mut more = self.scan.first(b']')?;
        while more {
            self.enough()?;
            element(self)?;
            more = self.scan.next(b']')?;
            self.out.push_str(if more { "," } else { "" });
        }
        self.out.push(']');
        Ok(())
    }

    fn envelope(&mut self, envelope: &EnvelopeSpec, data: &mut dyn Payload) -> Scanned<()> {
        self.members(&mut |shape, name| match name {
            _ if name == envelope.code => shape.clear(WORD_CAP),
            _ if name == envelope.data => shape.slot(data.root(), &PLAIN),
            _ if envelope.message.contains(&name) => shape.clear(MESSAGE_CAP),
            _ => shape.unknown(),
        })
    }

    fn record(&mut self, record: &mut dyn WriteFields) -> Scanned<()> {
        if self.scan.peek() != b'{' {
            return self.unknown();
        }
        let table = record.table();
        self.members(&mut |shape, name| match table.find(name, 0) {
            Some(number) => shape.slot(record.slot(number), &table.fields[number]),
            None if table.column(name).is_some() => shape.slot(record.slot(DYNAMIC), &PLAIN),
            None => shape.unknown(),
        })
    }

    fn slot(&mut self, slot: Slot<'_>, field: &Field) -> Scanned<()> {
        let byte = self.scan.peek();
        if field.flags & (PERSONAL | SECRET) != 0 || field.wire == Wire::Json {
            return self.hidden();
        }
        match slot {
            Slot::Root(record) => self.record(record),
            Slot::Obj(object) if byte == b'{' => self.record(object.begin()),
            Slot::List(list) if byte == b'[' => self.elements(&mut |shape| {
                let outcome = shape.record(list.grow(0));
                list.pop();
                outcome
            }),
            Slot::Map(map) if byte == b'{' => {
                let mut number = 0;
                self.scan.open()?;
                self.out.push('{');
                let mut more = self.scan.first(b'}')?;
                while more {
                    self.enough()?;
                    self.scan.key()?;
                    self.put(&format!("<key {number}>"));
                    self.out.push(':');
                    map.clear();
                    self.slot(map.entry("".into()), &PLAIN)?;
                    number += 1;
                    more = self.scan.next(b'}')?;
                    self.out.push_str(if more { "," } else { "" });
                }
                self.out.push('}');
                Ok(())
            }
            Slot::Obj(_) | Slot::List(_) | Slot::Map(_) | Slot::Any(_) | Slot::Nullable(_) | Slot::Extra(_) => self.unknown(),
            _ => self.clear(MESSAGE_CAP),
        }
    }

    /// A documented scalar that is not personal, or a list of such; free text of it is masked all the same.
    fn clear(&mut self, cap: usize) -> Scanned<()> {
        match self.scan.peek() {
            b'"' => {
                let shown = self.masker.text(self.scan.string()?, cap);
                self.put(&shown);
                Ok(())
            }
            b'{' => self.unknown(),
            b'[' => self.elements(&mut |shape| shape.clear(cap)),
            _ => {
                let shown = self.masker.text(self.scan.skip()?, cap);
                self.out.push_str(&shown);
                Ok(())
            }
        }
    }

    /// Something personal.
    fn hidden(&mut self) -> Scanned<()> {
        match self.scan.peek() {
            b'"' => {
                let shown = characters(self.scan.string()?);
                self.put(&shown);
            }
            b'n' => {
                self.scan.word("null")?;
                self.out.push_str("null");
            }
            _ => {
                self.scan.skip()?;
                self.put("<masked>");
            }
        }
        Ok(())
    }

    /// Something that nobody documented: its shape.
    fn unknown(&mut self) -> Scanned<()> {
        match self.scan.peek() {
            b'{' => self.members(&mut |shape, _| shape.unknown()),
            b'[' => self.elements(&mut |shape| shape.unknown()),
            _ => self.hidden(),
        }
    }
}
