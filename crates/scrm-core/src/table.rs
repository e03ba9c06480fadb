//! Slot tables: a generated struct only *names* its fields; all that can be done to a field is written once, in this crate.
//!
//! Generated are, for each struct, a [`Table`], [`Record`] (the way in) and [`Shown`] (the way out). [`crate::decode`] fills slots from
//! text; [`crate::encode`], `Serialize` and `Debug` read views.

use std::fmt;

use serde_json::Value;

/// One documented field: its wire name and what the page says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Wire name.
    pub name: &'static str,
    /// [`PERSONAL`], [`SECRET`], [`REQUIRED`], [`NULLABLE`], [`ROWS`].
    pub flags: u8,
    /// How the value is written on the wire.
    pub wire: Wire,
    /// Where a request puts it.
    pub place: Place,
}

/// Masked wherever it could be shown.
pub const PERSONAL: u8 = 1;
/// Never shown, not even its length.
pub const SECRET: u8 = 2;
/// The page says it is always there: written even when empty, missed in strict mode.
pub const REQUIRED: u8 = 4;
/// The page (or its example) shows `null` here.
pub const NULLABLE: u8 = 8;
/// The rows of a page: a bad one costs only itself.
pub const ROWS: u8 = 16;

impl Field {
    /// A field without marks.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Field { name, flags: 0, wire: Wire::Plain, place: Place::Body }
    }
    /// Masked wherever it could be shown.
    #[must_use]
    pub const fn personal(mut self) -> Self {
        self.flags |= PERSONAL;
        self
    }
    /// Never shown.
    #[must_use]
    pub const fn secret(mut self) -> Self {
        self.flags |= SECRET;
        self
    }
    /// Always there.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.flags |= REQUIRED;
        self
    }
    /// May be `null`.
    #[must_use]
    pub const fn nullable(mut self) -> Self {
        self.flags |= NULLABLE;
        self
    }
    /// The rows of a page.
    #[must_use]
    pub const fn rows(mut self) -> Self {
        self.flags |= ROWS;
        self
    }
    /// Written in another way than its type suggests.
    #[must_use]
    pub const fn wire(mut self, wire: Wire) -> Self {
        self.wire = wire;
        self
    }
    /// Put elsewhere than the operation's other fields.
    #[must_use]
    pub const fn place(mut self, place: Place) -> Self {
        self.place = place;
        self
    }
}

/// How a value is written on the wire, where its type alone does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Wire {
    /// As its type suggests.
    Plain,
    /// A number or truth value in quotes: `"10"`, `"true"`.
    Text,
    /// A truth value as `0` or `1`.
    Digit,
    /// A truth value as `"0"` or `"1"`.
    DigitText,
    /// A list joined by commas in one text.
    Comma,
    /// A list joined by `||` in one text.
    Bars,
    /// JSON inside a text.
    Json,
}

/// Where a request puts a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// With the operation's other fields.
    Body,
    /// In the query of the URL.
    Query,
    /// In a header.
    Header,
}

/// The fields of one struct.
#[derive(Debug)]
pub struct Table {
    /// Name of the struct.
    pub name: &'static str,
    /// Fields in the document's order; a field's number is its position here. At most 256.
    pub fields: &'static [Field],
    /// Prefix of dynamic columns, whose names end in a number: `Score-`.
    pub dynamic: Option<&'static str>,
}

/// Field number of the dynamic columns.
pub const DYNAMIC: usize = usize::MAX - 1;
/// Field number of what the page does not name.
pub const EXTRA: usize = usize::MAX;

/// The way in, generated. Field numbers are positions in `table().fields`.
pub trait Record: Send + Sync {
    /// The fields.
    fn table(&self) -> &'static Table;
    /// Where to write a field to.
    fn slot(&mut self, field: usize) -> Slot<'_>;
}

/// The way out, generated. A trait of its own, and no parent of [`Record`]: a program that never prints what it decodes does not carry it.
pub trait Shown: Send + Sync {
    /// The fields.
    fn table(&self) -> &'static Table;
    /// Where to read a field from.
    fn view(&self, field: usize) -> View<'_>;
}

impl<R: Shown + ?Sized> Shown for Box<R> {
    fn table(&self) -> &'static Table {
        (**self).table()
    }
    fn view(&self, field: usize) -> View<'_> {
        (**self).view(field)
    }
}

impl<R: Record + ?Sized> Record for Box<R> {
    fn table(&self) -> &'static Table {
        (**self).table()
    }
    fn slot(&mut self, field: usize) -> Slot<'_> {
        (**self).slot(field)
    }
}

/// A typed place to write to. [`View`] is the same list for reading.
#[non_exhaustive]
pub enum Slot<'a> {
    /// A signed integer.
    I64(&'a mut Option<i64>),
    /// An unsigned integer.
    U64(&'a mut Option<u64>),
    /// A number.
    F64(&'a mut Option<f64>),
    /// A truth value.
    Bool(&'a mut Option<bool>),
    /// A text.
    Str(&'a mut Option<String>),
    /// An open enum.
    Open(&'a mut dyn OpenSlot),
    /// A nested object.
    Obj(&'a mut dyn ObjSlot),
    /// A list of objects.
    List(&'a mut dyn ListSlot),
    /// A list of texts.
    Strs(&'a mut Vec<String>),
    /// A list of integers.
    Ints(&'a mut Vec<i64>),
    /// A list of open enums.
    Opens(&'a mut dyn OpensSlot),
    /// An object whose keys are data.
    Map(&'a mut dyn MapSlot),
    /// Absent, `null` and a value meaning three things.
    Nullable(&'a mut dyn NullableSlot),
    /// Any JSON.
    Any(&'a mut Option<Value>),
    /// Dynamic columns, by number.
    Dynamic(&'a mut Vec<(u32, i64)>),
    /// What the page does not name.
    Extra(&'a mut Extra),
    /// An object that is always there.
    Root(&'a mut dyn Record),
}

/// A typed place to read from; see [`Slot`].
#[non_exhaustive]
pub enum View<'a> {
    /// A signed integer.
    I64(&'a Option<i64>),
    /// An unsigned integer.
    U64(&'a Option<u64>),
    /// A number.
    F64(&'a Option<f64>),
    /// A truth value.
    Bool(&'a Option<bool>),
    /// A text.
    Str(&'a Option<String>),
    /// An open enum.
    Open(&'a dyn OpenView),
    /// A nested object.
    Obj(&'a dyn ObjView),
    /// A list of objects.
    List(&'a dyn ListView),
    /// A list of texts.
    Strs(&'a [String]),
    /// A list of integers.
    Ints(&'a [i64]),
    /// A list of open enums.
    Opens(&'a dyn OpensView),
    /// An object whose keys are data.
    Map(&'a dyn MapView),
    /// Absent, `null` and a value meaning three things.
    Nullable(&'a dyn NullableView),
    /// Any JSON.
    Any(&'a Option<Value>),
    /// Dynamic columns, by number.
    Dynamic(&'a [(u32, i64)]),
    /// What the page does not name.
    Extra(&'a Extra),
    /// An object that is always there.
    Root(&'a dyn Shown),
}

/// An optional nested object, for writing.
pub trait ObjSlot: Send + Sync {
    /// A fresh object in place of what was there.
    fn begin(&mut self) -> &mut dyn Record;
    /// Nothing.
    fn clear(&mut self);
}

/// An optional nested object, for reading.
pub trait ObjView: Send + Sync {
    /// The object, if there is one.
    fn get(&self) -> Option<&dyn Shown>;
}

impl<R: Record + Default> ObjSlot for Option<R> {
    fn begin(&mut self) -> &mut dyn Record {
        self.insert(R::default())
    }
    fn clear(&mut self) {
        *self = None;
    }
}

impl<R: Shown> ObjView for Option<R> {
    fn get(&self) -> Option<&dyn Shown> {
        self.as_ref().map(|r| r as &dyn Shown)
    }
}

/// A list of objects, for writing. Rows are made in place and filled there.
pub trait ListSlot: Send + Sync {
    /// A fresh row at the end; `spare` is how many are expected in all.
    fn grow(&mut self, spare: usize) -> &mut dyn Record;
    /// Drops the last row.
    fn pop(&mut self);
    /// Drops all rows.
    fn clear(&mut self);
}

/// A list of objects, for reading.
pub trait ListView: Send + Sync {
    /// How many rows.
    fn count(&self) -> usize;
    /// A row.
    fn get(&self, row: usize) -> Option<&dyn Shown>;
}

impl<R: Record + Default> ListSlot for Vec<R> {
    fn grow(&mut self, spare: usize) -> &mut dyn Record {
        if self.capacity() == 0 {
            self.reserve(spare);
        }
        self.push(R::default());
        let last = self.len() - 1;
        &mut self[last]
    }
    fn pop(&mut self) {
        Vec::pop(self);
    }
    fn clear(&mut self) {
        Vec::clear(self);
    }
}

impl<R: Shown> ListView for Vec<R> {
    fn count(&self) -> usize {
        self.len()
    }
    fn get(&self, row: usize) -> Option<&dyn Shown> {
        self.as_slice().get(row).map(|r| r as &dyn Shown)
    }
}

/// An object whose keys are data (`{"u_1": {…}, "u_2": {…}}`), in wire order.
#[derive(Clone, Default, PartialEq)]
pub struct Keyed<V>(pub Vec<(Box<str>, V)>);

/// What a [`Keyed`] map may hold.
pub trait Cell: Default + Send + Sync {
    /// For writing.
    fn slot(&mut self) -> Slot<'_>;
    /// For reading.
    fn view(&self) -> View<'_>;
}

impl<R: Record + Shown + Default> Cell for R {
    fn slot(&mut self) -> Slot<'_> {
        Slot::Root(self)
    }
    fn view(&self) -> View<'_> {
        View::Root(self)
    }
}

impl Cell for Option<i64> {
    fn slot(&mut self) -> Slot<'_> {
        Slot::I64(self)
    }
    fn view(&self) -> View<'_> {
        View::I64(self)
    }
}

impl Cell for Option<String> {
    fn slot(&mut self) -> Slot<'_> {
        Slot::Str(self)
    }
    fn view(&self) -> View<'_> {
        View::Str(self)
    }
}

impl Cell for Option<Value> {
    fn slot(&mut self) -> Slot<'_> {
        Slot::Any(self)
    }
    fn view(&self) -> View<'_> {
        View::Any(self)
    }
}

/// A map, for writing.
pub trait MapSlot: Send + Sync {
    /// A fresh entry at the end.
    fn entry(&mut self, key: Box<str>) -> Slot<'_>;
    /// Drops all entries.
    fn clear(&mut self);
}

/// A map, for reading.
pub trait MapView: Send + Sync {
    /// How many entries.
    fn count(&self) -> usize;
    /// An entry.
    fn get(&self, at: usize) -> Option<(&str, View<'_>)>;
}

impl<V: Cell> MapSlot for Keyed<V> {
    fn entry(&mut self, key: Box<str>) -> Slot<'_> {
        self.0.push((key, V::default()));
        let last = self.0.len() - 1;
        self.0[last].1.slot()
    }
    fn clear(&mut self) {
        self.0.clear();
    }
}

impl<V: Cell> MapView for Keyed<V> {
    fn count(&self) -> usize {
        self.0.len()
    }
    fn get(&self, at: usize) -> Option<(&str, View<'_>)> {
        self.0.get(at).map(|(key, value)| (&**key, value.view()))
    }
}

/// An open enum, generated: the documented values by name, and `Other`. `of` and `code` speak positions in `CODES`.
pub trait Open: Clone + Sized + Send + Sync {
    /// The documented values.
    const CODES: &'static [Code<'static>];
    /// The value at a position of `CODES`.
    fn of(position: usize) -> Self;
    /// An undocumented value.
    fn other(kept: Kept) -> Self;
    /// The value as it stands on the wire.
    fn code(&self) -> Code<'_>;
}

/// An undocumented value as it came: a code may be answered where a label was promised, and the other way round.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Kept {
    /// It came as an integer.
    Int(i64),
    /// It came as a text.
    Text(Box<str>),
}

impl From<Code<'_>> for Kept {
    fn from(code: Code<'_>) -> Self {
        match code {
            Code::Int(value) => Kept::Int(value),
            Code::Text(value) => Kept::Text(value.into()),
        }
    }
}

impl Kept {
    /// The value as it stands on the wire.
    #[must_use]
    pub fn code(&self) -> Code<'_> {
        match self {
            Kept::Int(value) => Code::Int(*value),
            Kept::Text(value) => Code::Text(value),
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

/// `false` beside the value: not a documented one.
fn open<E: Open>(code: Code<'_>) -> (E, bool) {
    match E::CODES.iter().position(|known| *known == code) {
        Some(position) => (E::of(position), true),
        None => (E::other(code.into()), false),
    }
}

fn wants_int<E: Open>() -> bool {
    matches!(E::CODES.first(), Some(Code::Int(_)))
}

impl<E: Open> OpenSlot for Option<E> {
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
    /// `false`: not a documented value (kept all the same).
    fn push(&mut self, code: Code<'_>) -> bool;
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
    fn push(&mut self, code: Code<'_>) -> bool {
        let (value, known) = open(code);
        Vec::push(self, value);
        known
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

/// A field where absent, `null` and empty mean three things.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Nullable<T> {
    /// Not sent.
    #[default]
    Absent,
    /// Sent as `null`.
    Null,
    /// Sent, even if empty.
    Value(T),
}

/// A three-state field, for writing.
pub trait NullableSlot: Send + Sync {
    /// `null`.
    fn null(&mut self);
    /// A value; `false`: of another type.
    fn put(&mut self, value: &Value) -> bool;
}

/// A three-state field, for reading.
pub trait NullableView: Send + Sync {
    /// The value as JSON.
    fn get(&self) -> Nullable<Value>;
}

/// What a [`Nullable`] may hold.
pub trait Plain: Clone + Send + Sync + Sized {
    /// As JSON.
    fn to_value(&self) -> Value;
    /// From JSON; numbers may come in quotes.
    fn from_value(value: &Value) -> Option<Self>;
}

impl<T: Plain> NullableSlot for Nullable<T> {
    fn null(&mut self) {
        *self = Nullable::Null;
    }
    fn put(&mut self, value: &Value) -> bool {
        match T::from_value(value) {
            Some(value) => {
                *self = Nullable::Value(value);
                true
            }
            None => false,
        }
    }
}

impl<T: Plain> NullableView for Nullable<T> {
    fn get(&self) -> Nullable<Value> {
        match self {
            Nullable::Absent => Nullable::Absent,
            Nullable::Null => Nullable::Null,
            Nullable::Value(value) => Nullable::Value(value.to_value()),
        }
    }
}

impl Plain for String {
    fn to_value(&self) -> Value {
        Value::String(self.clone())
    }
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }
}

impl Plain for i64 {
    fn to_value(&self) -> Value {
        Value::from(*self)
    }
    fn from_value(value: &Value) -> Option<Self> {
        value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
    }
}

impl<T: Plain> Plain for Vec<T> {
    fn to_value(&self) -> Value {
        Value::Array(self.iter().map(T::to_value).collect())
    }
    fn from_value(value: &Value) -> Option<Self> {
        value.as_array()?.iter().map(T::from_value).collect()
    }
}

/// Keys nobody documented, in wire order; eight bytes while there are none.
#[derive(Clone, Default, PartialEq)]
#[allow(clippy::box_collection)]
pub struct Extra(Option<Box<Vec<(Box<str>, Value)>>>);

impl Extra {
    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.iter().find(|(name, _)| **name == *key).map(|(_, value)| value)
    }
    /// All keys and values in wire order.
    pub fn iter(&self) -> std::slice::Iter<'_, (Box<str>, Value)> {
        self.0.as_deref().map_or(&[][..], |entries| entries).iter()
    }
    /// Whether nothing unknown came.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }
    /// Adds a key.
    #[cold]
    pub fn push(&mut self, key: Box<str>, value: Value) {
        self.0.get_or_insert_default().push((key, value));
    }
}

/// Names only: what is unknown may be personal.
impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(|(key, _)| key)).finish()
    }
}

/// What stands under the envelope's data key, for writing.
pub trait Payload: Send + Sync {
    /// Where to decode to.
    fn root(&mut self) -> Slot<'_>;
    /// Forgets what was decoded.
    fn reset(&mut self);
}

/// A payload that can also be read. A trait of its own: a program that only decodes does not carry the way out.
pub trait Inspect: Payload {
    /// What was decoded.
    fn shown(&self) -> View<'_>;
}

impl<R: Record + Default> Payload for R {
    fn root(&mut self) -> Slot<'_> {
        Slot::Root(self)
    }
    fn reset(&mut self) {
        *self = R::default();
    }
}

impl<R: Record + Shown + Default> Inspect for R {
    fn shown(&self) -> View<'_> {
        View::Root(self)
    }
}

impl<R: Record + Default> Payload for Vec<R> {
    fn root(&mut self) -> Slot<'_> {
        Slot::List(self)
    }
    fn reset(&mut self) {
        self.clear();
    }
}

impl<R: Record + Shown + Default> Inspect for Vec<R> {
    fn shown(&self) -> View<'_> {
        View::List(self)
    }
}

impl<V: Cell> Payload for Keyed<V> {
    fn root(&mut self) -> Slot<'_> {
        Slot::Map(self)
    }
    fn reset(&mut self) {
        self.0.clear();
    }
}

impl<V: Cell> Inspect for Keyed<V> {
    fn shown(&self) -> View<'_> {
        View::Map(self)
    }
}

/// Data that is one scalar, or any JSON.
macro_rules! plain_payload {
    ($($inner:ty => $kind:ident),*) => {$(
        impl Payload for Option<$inner> {
            fn root(&mut self) -> Slot<'_> {
                Slot::$kind(self)
            }
            fn reset(&mut self) {
                *self = None;
            }
        }
        impl Inspect for Option<$inner> {
            fn shown(&self) -> View<'_> {
                View::$kind(self)
            }
        }
    )*};
}
plain_payload!(Value => Any, String => Str, i64 => I64, f64 => F64, bool => Bool);
