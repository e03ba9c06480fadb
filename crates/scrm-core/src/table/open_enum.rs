//! Open enums: every documented value by name, anything else kept as it came.

use std::{
    borrow::Cow,
    fmt,
    hash::{Hash, Hasher},
    marker::PhantomData,
    mem::discriminant,
};

use serde::{
    Deserializer, Serialize, Serializer,
    de::{self, Visitor},
};

use crate::label::Label;

/// What the documentation says of the values of an open enum, one after the other. What a program does not ask for is not in it.
pub struct Values<E: 'static> {
    /// As they stand on the wire.
    pub codes: &'static [Code<'static>],
    /// What they mean, a line for each: one text, or the English and the Chinese one (of more, the last two) with tabs between. One text for all, for that
    /// is the least work for the compiler.
    pub labels: &'static str,
    /// The values.
    pub all: &'static [E],
    /// Their names in Rust, a line for each.
    pub names: &'static str,
}

/// An open enum, generated: the documented values by name, and `Undocumented`. `of` and `position` speak of places in `codes`.
pub trait Open: Clone + Sized + Send + Sync + 'static {
    /// The documented values.
    const VALUES: Values<Self>;
    /// The value at a position of `codes`.
    #[must_use]
    fn of(position: usize) -> Self {
        match Self::VALUES.all.get(position) {
            Some(value) => value.clone(),
            None => Self::undocumented(Undocumented::Int(0)),
        }
    }
    /// An undocumented value.
    fn undocumented(value: Undocumented) -> Self;
    /// What came instead of a documented value.
    fn as_undocumented(&self) -> Option<&Undocumented>;
    /// The position in `codes`, or what came instead.
    ///
    /// # Errors
    /// The value is not a documented one.
    fn position(&self) -> Result<usize, &Undocumented> {
        match self.as_undocumented() {
            Some(undocumented) => Err(undocumented),
            None => {
                let variant = discriminant(self);
                Ok(Self::VALUES.all.iter().position(|known| discriminant(known) == variant).unwrap_or_default())
            }
        }
    }
    /// The value as it stands on the wire.
    fn code(&self) -> Code<'_> {
        match self.position() {
            Ok(position) => Self::VALUES.codes.get(position).copied().unwrap_or(Code::Text("")),
            Err(kept) => kept.code(),
        }
    }
}

/// An undocumented value as it came: a code may be answered where a label was promised, and the other way round.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Undocumented {
    /// It came as an integer.
    Int(i64),
    /// It came as a text.
    Text(Box<str>),
}

impl From<Code<'_>> for Undocumented {
    fn from(code: Code<'_>) -> Self {
        match code {
            Code::Int(value) => Undocumented::Int(value),
            Code::Text(value) => Undocumented::Text(value.into()),
        }
    }
}

impl Undocumented {
    /// The value as it stands on the wire.
    #[must_use]
    pub fn code(&self) -> Code<'_> {
        match self {
            Undocumented::Int(value) => Code::Int(*value),
            Undocumented::Text(value) => Code::Text(value),
        }
    }
}

/// A value of an enum on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code<'a> {
    /// An integer.
    Int(i64),
    /// A text.
    Text(&'a str),
}

/// An optional open enum, for writing.
pub trait OpenSlot: Send + Sync {
    /// Whether this value is documented.
    fn knows(&self, code: Code<'_>) -> bool;
    /// `false`: not a documented value (kept all the same).
    fn put(&mut self, code: Code<'_>) -> bool;
    /// Nothing.
    fn clear(&mut self);
    /// Whether documented values are integers.
    fn wants_int(&self) -> bool;
}

/// An optional open enum, for reading.
pub trait OpenView: Send + Sync {
    /// The value as it stands on the wire.
    fn get(&self) -> Option<Code<'_>>;
}

/// The value with this code; `Undocumented`, if no documented one has it.
#[must_use]
pub fn documented<E: Open>(code: Code<'_>) -> E {
    open(code).0
}

/// The documented meaning of a value in both languages.
#[must_use]
pub fn label<E: Open>(value: &E) -> Option<Label> {
    match *E::VALUES.labels.lines().nth(value.position().ok()?)?.split('\t').collect::<Vec<_>>() {
        [] => None,
        [both] => Some(Label { zh: both, en: both }),
        [.., en, zh] => Some(Label { zh, en }),
    }
}

/// Behind the `PartialEq` of open enums: the same documented value, or the same undocumented one.
#[doc(hidden)]
pub fn same_value<E: Open>(one: &E, other: &E) -> bool {
    one.position() == other.position()
}

/// Behind the `Debug` of open enums: what a derive would write.
#[doc(hidden)]
pub fn debug_value<E: Open>(value: &E, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match value.position() {
        Ok(position) => f.write_str(E::VALUES.names.lines().nth(position).unwrap_or_default()),
        Err(undocumented) => f.debug_tuple("Undocumented").field(undocumented).finish(),
    }
}

/// The code as text.
#[doc(hidden)]
pub fn code_text<E: Open>(value: &E) -> Cow<'_, str> {
    match value.code() {
        Code::Int(code) => code.to_string().into(),
        Code::Text(code) => code.into(),
    }
}

/// Behind the `Hash` of open enums.
#[doc(hidden)]
pub fn hash_value<E: Open, H: Hasher>(value: &E, state: &mut H) {
    value.position().hash(state);
}

/// The code of an open enum.
pub(crate) struct WrittenCode<'a>(pub(crate) Code<'a>);

impl Serialize for WrittenCode<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Code::Int(value) => serializer.serialize_i64(value),
            Code::Text(value) => serializer.serialize_str(value),
        }
    }
}

/// Behind the `Serialize` of open enums: the code as it stands on the wire.
#[doc(hidden)]
pub fn serialize_code<E: Open, S: Serializer>(value: &E, serializer: S) -> Result<S::Ok, S::Error> {
    WrittenCode(value.code()).serialize(serializer)
}

/// Behind the `Deserialize` of open enums: any integer or text; an undocumented one is kept as it came.
#[doc(hidden)]
pub fn deserialize_code<'de, E: Open, D: Deserializer<'de>>(deserializer: D) -> Result<E, D::Error> {
    deserializer.deserialize_any(AnyCode(PhantomData))
}

struct AnyCode<E>(PhantomData<E>);

impl<E: Open> Visitor<'_> for AnyCode<E> {
    type Value = E;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer or a string")
    }
    fn visit_i64<X: de::Error>(self, value: i64) -> Result<E, X> {
        let (as_int, known) = open(Code::Int(value));
        let as_text = || documented_text(&value.to_string());
        Ok(if known { as_int } else { as_text().unwrap_or(as_int) })
    }
    fn visit_u64<X: de::Error>(self, value: u64) -> Result<E, X> {
        match i64::try_from(value) {
            Ok(value) => self.visit_i64(value),
            Err(_) => Ok(from_text(&value.to_string())),
        }
    }
    fn visit_str<X: de::Error>(self, value: &str) -> Result<E, X> {
        Ok(documented_text(value).or_else(|| documented_int(value)).unwrap_or_else(|| E::undocumented(Undocumented::Text(value.into()))))
    }
}

fn documented_text<E: Open>(text: &str) -> Option<E> {
    let (value, known) = open(Code::Text(text));
    known.then_some(value)
}

fn documented_int<E: Open>(text: &str) -> Option<E> {
    let (value, known) = open(Code::Int(text.parse().ok()?));
    known.then_some(value)
}

/// The value with this code. What no documented value has is `Undocumented`: an integer, if it looks like one and the documented ones are.
#[doc(hidden)]
#[must_use]
pub fn from_text<E: Open>(text: &str) -> E {
    let other = || match text.parse() {
        Ok(code) if wants_int::<E>() => Undocumented::Int(code),
        _ => Undocumented::Text(text.into()),
    };
    documented_text(text).or_else(|| documented_int(text)).unwrap_or_else(|| E::undocumented(other()))
}

/// `false` beside the value: not a documented one.
fn open<E: Open>(code: Code<'_>) -> (E, bool) {
    match E::VALUES.codes.iter().position(|known| *known == code) {
        Some(position) => (E::of(position), true),
        None => (E::undocumented(code.into()), false),
    }
}

fn wants_int<E: Open>() -> bool {
    matches!(E::VALUES.codes.first(), Some(Code::Int(_)))
}

impl<E: Open> OpenSlot for Option<E> {
    fn knows(&self, code: Code<'_>) -> bool {
        E::VALUES.codes.contains(&code)
    }
    fn put(&mut self, code: Code<'_>) -> bool {
        let (value, known) = open(code);
        *self = Some(value);
        known
    }
    fn clear(&mut self) {
        *self = None;
    }
    fn wants_int(&self) -> bool {
        wants_int::<E>()
    }
}

impl<E: Open> OpenView for Option<E> {
    fn get(&self) -> Option<Code<'_>> {
        self.as_ref().map(E::code)
    }
}

/// A list of open enums, for writing.
pub trait OpensSlot: Send + Sync {
    /// Whether this value is documented.
    fn knows(&self, code: Code<'_>) -> bool;
    /// `false`: not a documented value (kept all the same).
    fn push(&mut self, code: Code<'_>) -> bool;
    /// Memory that the next value takes beyond what the list has, in bytes.
    fn next_room(&self) -> usize;
    /// Drops all.
    fn clear(&mut self);
    /// Whether documented values are integers.
    fn wants_int(&self) -> bool;
}

/// A list of open enums, for reading.
pub trait OpensView: Send + Sync {
    /// How many.
    fn count(&self) -> usize;
    /// One of them.
    fn get(&self, at: usize) -> Option<Code<'_>>;
}

impl<E: Open> OpensSlot for Vec<E> {
    fn knows(&self, code: Code<'_>) -> bool {
        E::VALUES.codes.contains(&code)
    }
    fn push(&mut self, code: Code<'_>) -> bool {
        let (value, known) = open(code);
        Vec::push(self, value);
        known
    }
    fn next_room(&self) -> usize {
        super::next_room(self)
    }
    fn clear(&mut self) {
        Vec::clear(self);
    }
    fn wants_int(&self) -> bool {
        wants_int::<E>()
    }
}

impl<E: Open> OpensView for Vec<E> {
    fn count(&self) -> usize {
        self.len()
    }
    fn get(&self, at: usize) -> Option<Code<'_>> {
        self.as_slice().get(at).map(E::code)
    }
}
