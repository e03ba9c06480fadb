//! Handles: the calls of an area by name.

/// The handle of an area, one method a line; with the core's feature `blocking`, that of the blocking client besides.
#[doc(hidden)]
#[macro_export]
macro_rules! handle {
    (
        $(#[$meta:meta])*
        pub struct $handle:ident, $blocking:ident;
        $($(#[$docs:meta])* fn $method:ident($request:ty);)*
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug)]
        pub struct $handle<'a>(pub(super) &'a $crate::ApiClient);
        impl $handle<'_> {
            $(
                $(#[$docs])*
                #[inline]
                pub fn $method(&self, request: $request) -> $crate::Call<$request> {
                    self.0.call(request)
                }
            )*
        }
        $crate::blocking_handle!($blocking $($(#[$docs])* $method($request);)*);
    };
}

/// The handle of the blocking client.
#[cfg(feature = "blocking")]
#[doc(hidden)]
#[macro_export]
macro_rules! blocking_handle {
    ($handle:ident $($(#[$docs:meta])* $method:ident($request:ty);)*) => {
        /// The same calls for the blocking client.
        ///
        /// 阻塞式客户端的调用入口。
        #[derive(Clone, Copy, Debug)]
        pub struct $handle<'a>(pub(super) &'a $crate::ApiClient);
        impl $handle<'_> {
            $(
                $(#[$docs])*
                #[inline]
                pub fn $method(&self, request: $request) -> $crate::blocking::Call<$request> {
                    self.0.call(request).into()
                }
            )*
        }
    };
}

/// None without the feature.
#[cfg(not(feature = "blocking"))]
#[doc(hidden)]
#[macro_export]
macro_rules! blocking_handle {
    ($($handle:tt)*) => {};
}
