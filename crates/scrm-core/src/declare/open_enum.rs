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
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub enum $name {
            $(
                #[doc = concat!("`` ", $code, " ``: ", $en $(, "\n\n", $zh)?)]
                $variant,
            )*
            /// Not documented; as it came.
            Undocumented($crate::table::Undocumented),
        }
        impl $crate::table::Open for $name {
            const CODES: &'static [$crate::table::Code<'static>] = &[$($crate::table::Code::$kind($code)),*];
            const LABELS: &'static [&'static [&'static str]] = &[$(&[$en $(, $zh)? $(, $label_en, $label_zh)?]),*];
            const ALL: &'static [Self] = &[$(Self::$variant),*];
            #[inline]
            fn undocumented(value: $crate::table::Undocumented) -> Self {
                Self::Undocumented(value)
            }
            #[inline]
            fn as_undocumented(&self) -> ::std::option::Option<&$crate::table::Undocumented> {
                if let Self::Undocumented(value) = self { ::std::option::Option::Some(value) } else { ::std::option::Option::None }
            }
        }
        $crate::open_enum_traits!($name);
        impl $name {
            /// The documented meaning in both languages; `None` for `Undocumented`.
            #[inline]
            #[must_use]
            pub fn label(&self) -> ::std::option::Option<$crate::spec::Label> {
                $crate::table::label(self)
            }
            /// The documented meaning in Chinese; `None` for `Undocumented`.
            #[inline]
            #[must_use]
            pub fn label_zh(&self) -> ::std::option::Option<&'static str> {
                $crate::spec::Label::zh_of(self.label())
            }
            /// The documented meaning in English; `None` for `Undocumented`.
            #[inline]
            #[must_use]
            pub fn label_en(&self) -> ::std::option::Option<&'static str> {
                $crate::spec::Label::en_of(self.label())
            }
        }
        $(
            /// By the code on the wire.
            impl ::std::convert::From<$from> for $name {
                #[inline]
                fn from(code: $from) -> Self {
                    $crate::table::documented($crate::table::Code::$from_kind(code))
                }
            }
        )*
    };
}
