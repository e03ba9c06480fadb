//! The words that a field's line may bear: the first is a constant, the others are added to it.

#![allow(non_upper_case_globals, reason = "they read as words: `always nullable personal`")]

use crate::table::{Attributes, Place, Wire};

/// An answer always has it.
pub const always: Attributes = Attributes::REQUIRED;
/// An answer may lack it.
pub const maybe: Attributes = Attributes::PLAIN;
/// A request must have it.
pub const required: Attributes = Attributes::REQUIRED;
/// A request may lack it.
pub const optional: Attributes = Attributes::PLAIN;

impl Attributes {
    /// A number or truth value in quotes.
    #[must_use]
    pub const fn text(self) -> Self {
        self.wire(Wire::Text)
    }
    /// A truth value as `0` or `1`.
    #[must_use]
    pub const fn digit(self) -> Self {
        self.wire(Wire::Digit)
    }
    /// A truth value as `"0"` or `"1"`.
    #[must_use]
    pub const fn digit_text(self) -> Self {
        self.wire(Wire::DigitText)
    }
    /// A list joined by commas.
    #[must_use]
    pub const fn comma(self) -> Self {
        self.wire(Wire::Comma)
    }
    /// A list joined by `||`.
    #[must_use]
    pub const fn bars(self) -> Self {
        self.wire(Wire::Bars)
    }
    /// JSON inside a text.
    #[must_use]
    pub const fn json(self) -> Self {
        self.wire(Wire::Json)
    }
    /// In the query of the URL.
    #[must_use]
    pub const fn query(self) -> Self {
        self.place(Place::Query)
    }
    /// In a header.
    #[must_use]
    pub const fn header(self) -> Self {
        self.place(Place::Header)
    }
}

/// What a mark says in the documentation of its field.
#[doc(hidden)]
#[macro_export]
macro_rules! note {
    (always) => {
        "\nAlways sent."
    };
    (maybe) => {
        "\nMay be missing."
    };
    (required) => {
        "\nRequired."
    };
    (nullable) => {
        "\nMay be `null`."
    };
    (personal) => {
        "\nPersonal: masked in `Debug`."
    };
    (secret) => {
        "\nSecret: never shown in `Debug`."
    };
    ($other:ident) => {
        ""
    };
}
