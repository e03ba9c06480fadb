//! Open enums, one documented value a line.

/// An open enum: `Name = Int(code) or Text(code), English, Chinese;` for each documented value. One text is enough where both are the same; where the
/// documentation needs other texts than the label (Markdown to be escaped), the label's stand behind in parentheses.
///
/// Behind the values, the types of code that they can be made from. `declare` is in scope where it stands.
#[doc(hidden)]
#[macro_export]
macro_rules! open_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $($variant:ident = $kind:ident($code:literal), $en:literal $(, $zh:literal)? $(, ($label_en:literal, $label_zh:literal))?;)*
        }
        $(from $from_kind:ident($from:ty);)*
    ) => {
        $(#[$meta])*
        ///
        /// Open: a value that is not documented is kept in `Undocumented`.
        #[derive(Clone)]
        #[non_exhaustive]
        pub enum $name {
            $(
                #[doc = concat!("`` ", $code, " ``: ", $en $(, "\n\n", $zh)?)]
                $variant,
            )*
            /// Not documented; as it came.
            Undocumented(declare::Undocumented),
        }
        impl declare::Open for $name {
            const VALUES: declare::Values<Self> = declare::Values {
                codes: &[$(declare::Code::$kind($code)),*],
                labels: concat!($($en, $("\t", $zh,)? $("\t", $label_en, "\t", $label_zh,)? "\n"),*),
                all: &[$(Self::$variant),*],
                names: concat!($(stringify!($variant), "\n"),*),
            };
            #[inline]
            fn undocumented(value: declare::Undocumented) -> Self {
                Self::Undocumented(value)
            }
            #[inline]
            fn as_undocumented(&self) -> declare::Option<&declare::Undocumented> {
                if let Self::Undocumented(value) = self { declare::Option::Some(value) } else { declare::Option::None }
            }
        }
        $crate::open_enum_traits!($name);
        impl $name {
            /// The code as it stands on the wire, an integer in digits.
            #[inline]
            #[must_use]
            pub fn as_str(&self) -> declare::Cow<'_, str> {
                declare::code_text(self)
            }
            /// The documented meaning in both languages; `None` for `Undocumented`.
            #[inline]
            #[must_use]
            pub fn label(&self) -> declare::Option<declare::Label> {
                declare::label(self)
            }
        }
        $(
            /// By the code on the wire.
            impl declare::From<$from> for $name {
                #[inline]
                fn from(code: $from) -> Self {
                    declare::documented(declare::Code::$from_kind(code))
                }
            }
        )*
    };
}
