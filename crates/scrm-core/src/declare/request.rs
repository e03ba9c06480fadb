//! Requests, one parameter a line.

/// A request: fields as in `record!`, each with its setter and, behind `=`, what it starts with. `open(extra)` takes parameters that the documentation does
/// not name.
#[doc(hidden)]
#[macro_export]
macro_rules! request {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $(
                $en:literal $zh:literal $(($label_en:literal $label_zh:literal))? $($note:literal)*
                $field:ident: $ty:ty as $kind:ident = $wire:literal, $mark:ident $($more:ident)* $([$unit:literal])?,
                $with:ident($parameter:ty) $(or $null:ident)? $(= $start:expr)?;
            )*
        }
        $(open($extra:ident))?
        $(#[$new:meta])*
        new($($given:ident: $given_ty:ty),* $(,)?)
    ) => {
        $(#[$meta])*
        #[derive(Clone)]
        pub struct $name {
            $($field: $ty,)*
            $($extra: $crate::table::Extra,)?
        }
        const _: () = {
            static TABLE: $crate::table::Table = $crate::table::Table::new(
                stringify!($name),
                &[$($crate::table::Field($wire, $crate::declare::marks::$mark $(.$more())*)),*],
            );
            impl $crate::declare::Documented for $name {
                const TABLE: &'static $crate::table::Table = &TABLE;
            }
            $crate::numbers!($($field)*);
            impl $crate::table::ReadFields for $name {
                #[inline]
                fn table(&self) -> &'static $crate::table::Table {
                    &TABLE
                }
                #[inline]
                fn view(&self, field: usize) -> $crate::table::View<'_> {
                    match field {
                        $(Number::$field => $crate::table::View::$kind(&self.$field),)*
                        $($crate::table::EXTRA => $crate::table::View::Extra(&self.$extra),)?
                        _ => $crate::table::View::Any(&::std::option::Option::None),
                    }
                }
            }
            // A request is read by tests alone; a user's compiler never sees these.
            #[cfg(test)]
            impl $crate::table::WriteFields for $name {
                fn table(&self) -> &'static $crate::table::Table {
                    &TABLE
                }
                fn slot(&mut self, field: usize) -> $crate::table::Slot<'_> {
                    match field {
                        $(Number::$field => $crate::table::Slot::$kind(&mut self.$field),)*
                        $($crate::table::EXTRA => $crate::table::Slot::Extra(&mut self.$extra),)?
                        // What is read there is told as a departure, and not kept.
                        _ => $crate::table::Slot::Extra(::std::boxed::Box::leak(::std::boxed::Box::default())),
                    }
                }
            }
            #[cfg(test)]
            impl $crate::declare::Blank for $name {
                fn blank() -> Self {
                    Self {
                        $($field: ::std::default::Default::default(),)*
                        $($extra: ::std::default::Default::default(),)?
                    }
                }
            }
            impl $crate::tabular::Tabular for $name {
                fn columns() -> ::std::vec::Vec<$crate::tabular::Column> {
                    $crate::tabular::columns(&TABLE, &[$($crate::declare::column::$kind::<$ty>().label(&[$en, $zh $(, $label_en, $label_zh)?]) $(.unit($unit))?),*], !<[&str]>::is_empty(&[$(stringify!($extra))?]))
                }
            }
        };
        $crate::request_traits!($name);
        impl $name {
            $(#[$new])*
            #[inline]
            #[must_use]
            #[allow(clippy::too_many_arguments)]
            pub fn new($($given: $given_ty),*) -> Self {
                #[allow(unused_mut)]
                let mut request = Self {
                    $($field: ::std::default::Default::default(),)*
                    $($extra: ::std::default::Default::default(),)?
                };
                $($(request.$field = $start;)?)*
                $(request.$given = $crate::declare::Given::given($given);)*
                request
            }
            $(
                /// A parameter that the documentation does not name.
                #[inline]
                #[must_use]
                pub fn with_extra(
                    mut self,
                    name: impl ::std::convert::Into<::std::boxed::Box<str>>,
                    value: impl ::std::convert::Into<$crate::Value>,
                ) -> Self {
                    self.$extra.push(name.into(), value.into());
                    self
                }
            )?
        }
        $crate::setters!($name {
            $(
                #[doc = concat!($en, "\n\n", $zh, "\n", $crate::note!($mark) $(, $crate::note!($more))* $(, "\n", $note)*)]
                $field = $wire, $with($parameter) $(or $null)?;
            )*
        });
        $crate::start!($name $($given)*);
    };
}

/// `Default`, where nothing is required.
#[doc(hidden)]
#[macro_export]
macro_rules! start {
    ($name:ident) => {
        impl ::std::default::Default for $name {
            #[inline]
            fn default() -> Self {
                Self::new()
            }
        }
    };
    ($name:ident $($required:ident)+) => {};
}
