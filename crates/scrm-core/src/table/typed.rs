//! Values that mean more than their JSON type says: amounts and times.

use crate::decimal::Decimal;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ColumnKind {
    /// A text.
    Text,
    /// An integer.
    Integer,
    /// A number.
    Number,
    /// A truth value.
    Boolean,
    /// A code with documented meanings.
    Code,
    /// [`crate::Yuan`]
    Yuan,
    /// [`crate::Fen`]
    Fen,
    /// [`crate::DateTime`]
    DateTime,
    /// [`crate::Date`]
    Date,
    /// [`crate::OffsetDateTime`]
    OffsetDateTime,
    /// [`crate::Month`]
    Month,
    /// [`crate::UnixSeconds`]
    UnixSeconds,
    /// [`crate::UnixMillis`]
    UnixMillis,
    /// An object with columns of its own.
    Object,
    /// Any JSON.
    Any,
}

/// How a value with a meaning is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As a text.
    Text,
    /// As an integer.
    Integer,
    /// As a number.
    Decimal,
    /// As a number that is nearly always whole.
    WholeDecimal,
}

impl Form {
    #[inline]
    pub(crate) fn fits(self, atom: Atom<'_>) -> bool {
        match self {
            Form::Text => matches!(atom, Atom::Text(_)),
            Form::Integer => matches!(atom, Atom::Int(_)),
            Form::Decimal | Form::WholeDecimal => matches!(atom, Atom::Int(_) | Atom::Decimal(_)),
        }
    }
}

/// A value with a meaning, as it is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Atom<'a> {
    /// A text.
    Text(&'a str),
    /// An integer.
    Int(i64),
    /// A number.
    Decimal(Decimal),
}

/// A type whose values mean more than their JSON type says.
pub trait Typed: Clone + Send + Sync + Sized {
    /// How its values are written.
    const FORM: Form;
    /// What a column of them is.
    const KIND: ColumnKind;
    /// The value that is written so. Of the type's own form there is always one.
    fn of(atom: Atom<'_>) -> Option<Self>;
    /// How the value is written.
    fn atom(&self) -> Atom<'_>;
}

/// An optional value with a meaning, for writing.
pub trait TypedSlot: Send + Sync {
    /// How the value is written.
    fn form(&self) -> Form;
    /// A value of that form; `None`: nothing.
    fn put(&mut self, atom: Option<Atom<'_>>);
    /// The value, if it is of that form; `false`: it is not, and nothing was put.
    fn take(&mut self, atom: Atom<'_>) -> bool;
}

/// An optional value with a meaning, for reading.
pub trait TypedView: Send + Sync {
    /// How the value is written.
    fn form(&self) -> Form;
    /// What a column of such values is.
    fn kind(&self) -> ColumnKind;
    /// The value, as it is written.
    fn get(&self) -> Option<Atom<'_>>;
}

impl<T: Typed> TypedSlot for Option<T> {
    fn form(&self) -> Form {
        T::FORM
    }
    fn put(&mut self, atom: Option<Atom<'_>>) {
        *self = atom.and_then(T::of);
    }
    fn take(&mut self, atom: Atom<'_>) -> bool {
        let is_of_form = T::FORM.fits(atom);
        if is_of_form {
            *self = T::of(atom);
        }
        is_of_form
    }
}

impl<T: Typed> TypedView for Option<T> {
    fn form(&self) -> Form {
        T::FORM
    }
    fn kind(&self) -> ColumnKind {
        T::KIND
    }
    fn get(&self) -> Option<Atom<'_>> {
        self.as_ref().map(T::atom)
    }
}

/// A list of values with a meaning, for writing.
pub trait TypedsSlot: Send + Sync {
    /// How the values are written.
    fn form(&self) -> Form;
    /// One more value of that form.
    fn push(&mut self, atom: Atom<'_>);
    /// Drops all.
    fn clear(&mut self);
}

/// A list of values with a meaning, for reading.
pub trait TypedsView: Send + Sync {
    /// How the values are written.
    fn form(&self) -> Form;
    /// What a column of such values is.
    fn kind(&self) -> ColumnKind;
    /// How many.
    fn count(&self) -> usize;
    /// One of them, as it is written.
    fn get(&self, at: usize) -> Option<Atom<'_>>;
}

impl<T: Typed> TypedsSlot for Vec<T> {
    fn form(&self) -> Form {
        T::FORM
    }
    fn push(&mut self, atom: Atom<'_>) {
        self.extend(T::of(atom));
    }
    fn clear(&mut self) {
        Vec::clear(self);
    }
}

impl<T: Typed> TypedsView for Vec<T> {
    fn form(&self) -> Form {
        T::FORM
    }
    fn kind(&self) -> ColumnKind {
        T::KIND
    }
    fn count(&self) -> usize {
        self.len()
    }
    fn get(&self, at: usize) -> Option<Atom<'_>> {
        self.as_slice().get(at).map(T::atom)
    }
}
