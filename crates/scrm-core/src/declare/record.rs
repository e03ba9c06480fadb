//! Objects of an answer (and those inside a request), one field a line.

/// A struct with a slot table. A field is its two texts, then what is known of it:
///
/// ```text
/// "Phone number." "手机号。" ("label" "标签") "A note."
/// phone: Option<String> as Str = "phone", always nullable personal ["unit"], with_phone(impl Into<String>) or with_phone_null;
/// ```
///
/// The texts are Markdown and become the field's documentation with the notes behind; in parentheses stand the labels where they differ. `as` names the slot,
/// the text behind `=` is the wire name, and the words are those of `declare::marks`. Setters only where the object is sent.
#[doc(hidden)]
#[macro_export]
macro_rules! record {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $(
                $en:literal $zh:literal $(($label_en:literal $label_zh:literal))? $($note:literal)*
                $field:ident: $ty:ty as $kind:ident = $wire:literal, $mark:ident $($more:ident)* $([$unit:literal])?
                $(, $with:ident($parameter:ty) $(or $null:ident)?)?;
            )*
        }
        $(columns {
            $columns_en:literal $columns_zh:literal $(($columns_label_en:literal $columns_label_zh:literal))? $columns_note:literal
            $columns:ident = $prefix:literal;
        })?
        $(announced { $list:literal $key:literal $key_label:literal; })?
        $(open($open:ident))?
        $($(#[$new:meta])* new($($given:ident: $given_ty:ty),* $(,)?))?
    ) => {
        $(#[$meta])*
        #[derive(Clone, Default)]
        #[non_exhaustive]
        pub struct $name {
            $(
                #[doc = concat!($en, "\n\n", $zh, "\n", $crate::note!($mark) $(, $crate::note!($more))* $(, "\n", $note)*)]
                pub $field: $ty,
            )*
            $(
                #[doc = concat!($columns_en, "\n\n", $columns_zh, "\n\n", $columns_note)]
                pub $columns: ::std::vec::Vec<(u32, i64)>,
            )?
            /// What the documentation does not name, as it came.
            pub extra: $crate::table::Extra,
        }
        const _: () = {
            static TABLE: $crate::table::Table = $crate::table::Table::new(
                stringify!($name),
                &[$($crate::table::Field($wire, $crate::declare::marks::$mark $(.$more())*)),*],
            )
            $(.dynamic($prefix, stringify!($columns)))?
            $(.announced($list, $key, $key_label))?;
            impl $crate::declare::Documented for $name {
                const TABLE: &'static $crate::table::Table = &TABLE;
            }
            $crate::numbers!($($field)*);
            impl $crate::table::WriteFields for $name {
                #[inline]
                fn table(&self) -> &'static $crate::table::Table {
                    &TABLE
                }
                #[inline]
                fn slot(&mut self, field: usize) -> $crate::table::Slot<'_> {
                    match field {
                        $(Number::$field => $crate::table::Slot::$kind(&mut self.$field),)*
                        $($crate::table::DYNAMIC => $crate::table::Slot::Dynamic(&mut self.$columns),)?
                        _ => $crate::table::Slot::Extra(&mut self.extra),
                    }
                }
            }
            impl $crate::table::ReadFields for $name {
                #[inline]
                fn table(&self) -> &'static $crate::table::Table {
                    &TABLE
                }
                #[inline]
                fn view(&self, field: usize) -> $crate::table::View<'_> {
                    match field {
                        $(Number::$field => $crate::table::View::$kind(&self.$field),)*
                        $($crate::table::DYNAMIC => $crate::table::View::Dynamic(&self.$columns),)?
                        _ => $crate::table::View::Extra(&self.extra),
                    }
                }
            }
            impl $crate::tabular::Tabular for $name {
                fn columns() -> ::std::vec::Vec<$crate::tabular::Column> {
                    $crate::tabular::columns(
                        &TABLE,
                        &[
                            $($crate::declare::column::$kind::<$ty>().label(&[$en, $zh $(, $label_en, $label_zh)?]) $(.unit($unit))?,)*
                            $($crate::tabular::FieldNote::integers_by_number().label(&[$columns_en, $columns_zh $(, $columns_label_en, $columns_label_zh)?]),)?
                        ],
                        true,
                    )
                }
            }
        };
        $crate::record_traits!($name);
        $(
            impl $name {
                $(#[$new])*
                #[inline]
                #[must_use]
                #[allow(clippy::too_many_arguments)]
                pub fn new($($given: $given_ty),*) -> Self {
                    Self { $($given: $crate::declare::Given::given($given),)* ..::std::default::Default::default() }
                }
            }
        )?
        $(
            impl $name {
                /// A parameter that the documentation does not name.
                #[inline]
                #[must_use]
                pub fn with_extra(
                    mut self,
                    name: impl ::std::convert::Into<::std::boxed::Box<str>>,
                    value: impl ::std::convert::Into<$crate::Value>,
                ) -> Self {
                    self.$open.push(name.into(), value.into());
                    self
                }
            }
        )?
        $crate::setters!($name {
            $($(
                #[doc = concat!($en, "\n\n", $zh)]
                $field = $wire, $with($parameter) $(or $null)?;
            )?)*
        });
    };
}

/// The numbers of fields, as constants of the fields' names.
#[doc(hidden)]
#[macro_export]
macro_rules! numbers {
    ($($field:ident)*) => {
        #[allow(non_camel_case_types)]
        enum Position { $($field),* }
        enum Number {}
        #[allow(non_upper_case_globals)]
        impl Number {
            $(const $field: usize = Position::$field as usize;)*
        }
    };
}

/// One setter a line.
#[doc(hidden)]
#[macro_export]
macro_rules! setters {
    ($name:ident {}) => {};
    ($name:ident { $($(#[$meta:meta])* $field:ident = $wire:literal, $with:ident($parameter:ty) $(or $null:ident)?;)+ }) => {
        impl $name {
            $(
                $(#[$meta])*
                #[inline]
                #[must_use]
                pub fn $with(mut self, $field: $parameter) -> Self {
                    self.$field = $crate::declare::Given::given($field);
                    self
                }
                $(
                    #[doc = concat!("Sends `` ", $wire, " `` as `null`, which is not the same as leaving it out.")]
                    #[inline]
                    #[must_use]
                    pub fn $null(mut self) -> Self {
                        self.$field = $crate::table::Nullable::Null;
                        self
                    }
                )?
            )*
        }
    };
}
