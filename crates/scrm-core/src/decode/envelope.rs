//! The envelope: code, message and data of an answer.

use super::{
    decoder::Fill,
    diagnostics::Count,
    outcome::{DriftKind, Envelope},
};
use crate::{
    scan::{Number, Scanned},
    spec::EnvelopeSpec,
    table::{Attributes, Field, Payload},
};

/// What stands under the data key: possibly the rows themselves, possibly nothing.
static DATA: Field = Field("", Attributes::PLAIN.rows().nullable());

/// What a key of the top level is.
enum Role {
    Code,
    Message,
    Data,
    Other,
    Unknown,
}

fn role(key: &str, envelope: &EnvelopeSpec) -> Role {
    if key == envelope.code {
        Role::Code
    } else if key == envelope.data {
        Role::Data
    } else if envelope.message.contains(&key) {
        Role::Message
    } else if envelope.others.contains(&key) {
        Role::Other
    } else {
        Role::Unknown
    }
}

/// Where the data stands, whether it was decoded there, and how much was noted before.
#[derive(Clone, Copy)]
struct Found {
    at: usize,
    decoded: bool,
    noted: Count,
}

impl Fill<'_, '_> {
    /// The whole answer. Data is decoded where it stands if the code came before and means success; otherwise it is remembered, and
    /// decided on at the end.
    pub(super) fn envelope(&mut self, envelope: &EnvelopeSpec, head: &mut Envelope, data: &mut dyn Payload) -> Scanned<()> {
        let byte = self.scan.peek();
        let start = self.scan.at();
        if byte != b'{' {
            self.scan.skip()?;
            return self.scan.want(start, "an object");
        }
        let mut found = None;
        self.scan.open()?;
        let mut more = self.scan.first(b'}')?;
        while more {
            self.scan.peek();
            let key_at = self.scan.at();
            let key = self.scan.key()?;
            match role(key, envelope) {
                Role::Code => self.loose(envelope.code_is_text, &mut head.code)?,
                Role::Message => self.loose(true, &mut head.message)?,
                Role::Data => found = Some(self.data(found, head.is_success(envelope), data)?),
                other @ (Role::Other | Role::Unknown) => {
                    if matches!(other, Role::Unknown) {
                        self.note(key_at, DriftKind::UnknownKey);
                    }
                    self.undocumented_value()?;
                    self.keep_member(&mut head.extra, key_at);
                }
            }
            more = self.scan.next(b'}')?;
        }
        self.scan.end()?;
        if head.code.is_none() {
            self.notes.note_missing(start, envelope.code);
        }
        match found {
            Some(found) => self.settle(found, head.is_success(envelope), head, data),
            None => Ok(()),
        }
    }

    /// A value that nothing is wrapped around.
    pub(super) fn bare(&mut self, data: &mut dyn Payload) -> Scanned<()> {
        self.scan.peek();
        self.slot(data.root(), &DATA)?;
        self.scan.end()
    }

    /// The value of the data key; of a repeated one, the last counts.
    fn data(&mut self, earlier: Option<Found>, decode: bool, data: &mut dyn Payload) -> Scanned<Found> {
        if let Some(earlier) = earlier
            && earlier.decoded
        {
            data.reset();
            self.notes.forget(earlier.noted);
        }
        self.scan.peek();
        let found = Found { at: self.scan.at(), decoded: decode, noted: self.notes.count() };
        if decode {
            self.slot(data.root(), &DATA)?
        } else {
            self.scan.skip().map(|_| ())?
        }
        Ok(found)
    }

    /// With all of the envelope known: what was only remembered is decoded, what a failure carries stays as it came.
    fn settle(&mut self, found: Found, success: bool, head: &mut Envelope, data: &mut dyn Payload) -> Scanned<()> {
        self.scan.return_to(found.at);
        match (success, found.decoded) {
            (true, true) => Ok(()),
            (true, false) => self.slot(data.root(), &DATA),
            (false, decoded) => {
                if decoded {
                    data.reset();
                    self.notes.forget(found.noted);
                }
                let raw = self.scan.skip()?;
                head.raw_data = Some(self.scan.kept(raw));
                Ok(())
            }
        }
    }

    /// A code or a message of any type, as text: a failure is told whatever it looks like.
    fn loose(&mut self, is_text: bool, out: &mut Option<String>) -> Scanned<()> {
        let byte = self.scan.peek();
        let at = self.scan.at();
        *out = match byte {
            b'"' => Some(self.scan.string()?.to_owned()),
            b'-' | b'0'..=b'9' => Some(match self.scan.number()? {
                Number::Int(value) => value.to_string(),
                Number::Wide(digits) => digits.to_owned(),
                Number::Float(digits) => digits.parse().map_or_else(|_| digits.to_owned(), |value: f64| value.to_string()),
            }),
            _ => match self.scan.skip()? {
                "null" => None,
                raw => Some(raw.to_owned()),
            },
        };
        match byte {
            b'n' => {}
            b'"' if is_text => {}
            b'-' | b'0'..=b'9' if !is_text => {}
            _ => self.note(at, DriftKind::OtherType),
        }
        Ok(())
    }
}
