//! Objects of an answer (and those inside a request), one field a line.

/// A struct with a slot table; `declare` is in scope where it stands. A field is its two texts, then what is known of it:
///
/// ```text
/// "Phone number." "手机号。" ("label" "标签") "A note."
/// phone: Option<String> as Str = "phone", always nullable personal ["unit"], with_phone(impl Into<String>) or with_phone_null;
/// ```
///
/// The texts are Markdown and become the field's documentation with the notes behind; in parentheses stand the labels where they differ. `as` names the slot,
/// with the type of the objects in it (`list: Vec<User> as List(User) = …`), the text behind `=` is the wire name, and the words are those of
/// `declare::marks`. Setters only where the object is sent.
///
/// Behind the fields stand as many numbers, `numbers(0 1 2)`. A macro cannot count; one that has an enum count for it, and makes constants of that, costs
/// a fourteenth of the check of all generated code.
#[doc(hidden)]
#[macro_export]
macro_rules! record {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $(
                $en:literal $zh:literal $(($label_en:literal $label_zh:literal))? $($note:literal)*
                $field:ident: $ty:ty as $kind:ident $(($nested:ty))? = $wire:literal, $mark:ident $($more:ident)* $([$unit:literal])?
                $(, $with:ident($parameter:ty) $(or $null:ident)?)?;
            )*
        }
        numbers($($number:literal)*)
        $(columns {
            $columns_en:literal $columns_zh:literal $(($columns_label_en:literal $columns_label_zh:literal))? $columns_note:literal
            $columns:ident = $prefix:literal;
        })?
        $(announced { $list:literal $key:literal $key_label:literal; })?
        $(open($open:ident))?
        $($(#[$new:meta])* new($($given:ident: $given_ty:ty),* $(,)?))?
    ) => {
        $(#[$meta])*
        #[non_exhaustive]
        pub struct $name {
            $(
                #[doc = concat!($en, "\n\n", $zh, "\n", $crate::note!($mark) $(, $crate::note!($more))* $(, "\n", $note)*)]
                pub $field: $ty,
            )*
            $(
                #[doc = concat!($columns_en, "\n\n", $columns_zh, "\n\n", $columns_note)]
                pub $columns: declare::Vec<(u32, i64)>,
            )?
            /// What the documentation does not name, as it came.
            pub extra: declare::Extra,
        }
        impl declare::Documented for $name {
            const TABLE: &'static declare::Table = &declare::Table::new(
                stringify!($name),
                &[$(declare::Field($wire, declare::$mark $(.$more())*)),*],
            )
            $(.dynamic($prefix, stringify!($columns)))?
            $(.announced($list, $key, $key_label))?;
            const NOTES: declare::Notes = declare::Notes {
                texts: concat!(
                    $($en, "\t", $zh, $("\t", $label_en, "\t", $label_zh,)? $("\t", $unit,)? "\n",)*
                    $($columns_en, "\t", $columns_zh, $("\t", $columns_label_en, "\t", $columns_label_zh,)? "\n",)?
                ),
                nested: &[$($(<$nested as declare::Tabular>::columns,)?)*],
                blank: declare::blank::<Self>,
            };
            #[inline]
            fn view(&self, field: usize) -> declare::View<'_> {
                match field {
                    $($number => declare::View::$kind(&self.$field),)*
                    $(declare::DYNAMIC => declare::View::Dynamic(&self.$columns),)?
                    _ => declare::View::Extra(&self.extra),
                }
            }
        }
        impl declare::Decoded for $name {
            #[inline]
            fn slot(&mut self, field: usize) -> declare::Slot<'_> {
                match field {
                    $($number => declare::Slot::$kind(&mut self.$field),)*
                    $(declare::DYNAMIC => declare::Slot::Dynamic(&mut self.$columns),)?
                    _ => declare::Slot::Extra(&mut self.extra),
                }
            }
        }
        impl declare::Default for $name {
            #[inline]
            fn default() -> Self {
                Self {
                    $($field: declare::empty(),)*
                    $($columns: declare::empty(),)?
                    extra: declare::empty(),
                }
            }
        }
        impl declare::Clone for $name {
            #[inline]
            fn clone(&self) -> Self {
                Self {
                    $($field: declare::copy(&self.$field),)*
                    $($columns: declare::copy(&self.$columns),)?
                    extra: declare::copy(&self.extra),
                }
            }
        }
        $crate::record_traits!($name);
        $(
            impl $name {
                $(#[$new])*
                #[inline]
                #[must_use]
                #[allow(clippy::too_many_arguments)]
                pub fn new($($given: $given_ty),*) -> Self {
                    Self { $($given: declare::Given::given($given),)* ..declare::Default::default() }
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
                    self.$field = declare::Given::given($field);
                    self
                }
                $(
                    #[doc = concat!("Sends `` ", $wire, " `` as `null`, which is not the same as leaving it out.")]
                    #[inline]
                    #[must_use]
                    pub fn $null(mut self) -> Self {
                        self.$field = declare::Nullable::Null;
                        self
                    }
                )?
            )*
        }
    };
}
