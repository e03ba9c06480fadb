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
                $field:ident: $ty:ty as $kind:ident $(($nested:ty))? = $wire:literal, $mark:ident $($more:ident)* $([$unit:literal])?,
                $with:ident($parameter:ty) $(or $null:ident)? $(= $start:expr)?;
            )*
        }
        numbers($($number:literal)*)
        $(open($extra:ident))?
        $(#[$new:meta])*
        new($($given:ident: $given_ty:ty),* $(,)?)
    ) => {
        $(#[$meta])*
        pub struct $name {
            $($field: $ty,)*
            $($extra: declare::Extra,)?
        }
        impl declare::Documented for $name {
            const TABLE: &'static declare::Table = &declare::Table::new(
                stringify!($name),
                &[$(declare::Field($wire, declare::$mark $(.$more())*)),*],
            );
            const NOTES: declare::Notes = declare::Notes {
                texts: concat!($($en, "\t", $zh, $("\t", $label_en, "\t", $label_zh,)? $("\t", $unit,)? "\n",)*),
                nested: &[$($(<$nested as declare::Tabular>::columns,)?)*],
                blank: || declare::Box::new(Self::blank()),
            };
            #[inline]
            fn view(&self, field: usize) -> declare::View<'_> {
                match field {
                    $($number => declare::View::$kind(&self.$field),)*
                    $(declare::EXTRA => declare::View::Extra(&self.$extra),)?
                    _ => declare::View::Any(&declare::Option::None),
                }
            }
        }
        impl declare::Clone for $name {
            #[inline]
            fn clone(&self) -> Self {
                Self {
                    $($field: declare::copy(&self.$field),)*
                    $($extra: declare::copy(&self.$extra),)?
                }
            }
        }
        // A request is read by tests alone; a user's compiler never sees these.
        #[cfg(test)]
        impl declare::Decoded for $name {
            fn slot(&mut self, field: usize) -> declare::Slot<'_> {
                match field {
                    $($number => declare::Slot::$kind(&mut self.$field),)*
                    $(declare::EXTRA => declare::Slot::Extra(&mut self.$extra),)?
                    // What is read there is told as a departure, and not kept.
                    _ => declare::Slot::Extra(declare::Box::leak(declare::Box::default())),
                }
            }
        }
        #[cfg(test)]
        impl declare::Blank for $name {
            fn blank() -> Self {
                Self::blank()
            }
        }
        $crate::request_traits!($name);
        impl $name {
            #[inline]
            fn blank() -> Self {
                Self {
                    $($field: declare::empty(),)*
                    $($extra: declare::empty(),)?
                }
            }
            $(#[$new])*
            #[inline]
            #[must_use]
            #[allow(clippy::too_many_arguments)]
            pub fn new($($given: $given_ty),*) -> Self {
                #[allow(unused_mut)]
                let mut request = Self::blank();
                $($(request.$field = $start;)?)*
                $(request.$given = declare::Given::given($given);)*
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
        impl declare::Default for $name {
            #[inline]
            fn default() -> Self {
                Self::new()
            }
        }
    };
    ($name:ident $($required:ident)+) => {};
}
