//! Open enums, one documented value a line.

/// An open enum: `Name = Int(code) or Text(code), English, Chinese;` for each documented value. One text is enough where both are the same; where the
/// documentation needs other texts than the label (Markdown to be escaped), the label's stand behind in parentheses.
///
/// Behind the values, the types of code that they can be made from.
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
            Undocumented($crate::table::Undocumented),
        }
        const _: () = {
            use $crate::declare;
            impl declare::Open for $name {
                const CODES: &'static [declare::Code<'static>] = &[$(declare::Code::$kind($code)),*];
                const LABELS: &'static [&'static str] = &[$($en, $($zh,)? $($label_en, $label_zh,)? "\n"),*];
                const ALL: &'static [Self] = &[$(Self::$variant),*];
                const NAMES: &'static [&'static str] = &[$(stringify!($variant)),*];
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
                /// The documented meaning in Chinese; `None` for `Undocumented`.
                #[inline]
                #[must_use]
                pub fn label_zh(&self) -> declare::Option<&'static str> {
                    declare::Label::zh_of(self.label())
                }
                /// The documented meaning in English; `None` for `Undocumented`.
                #[inline]
                #[must_use]
                pub fn label_en(&self) -> declare::Option<&'static str> {
                    declare::Label::en_of(self.label())
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
    };
}
