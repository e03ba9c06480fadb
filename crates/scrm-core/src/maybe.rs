//! Setters for values that may not be there.

use crate::table::ReadFields;

/// Setters for values that may not be there: for programs that map their own configuration, or another vendor's row, to a request.
///
/// A setter takes a value, not an `Option`, so that nobody writes `Some`. Where the value may be missing, [`maybe`](Maybe::maybe) takes the `Option`
/// and the setter by name, on any request and on any object inside one.
pub trait Maybe: ReadFields + Sized {
    /// Gives the value to the setter if there is one; `None` leaves the field as it is.
    ///
    /// ```
    /// # use scrm_core::{Maybe, declare};
    /// # declare::request! {
    /// #     /// Lists users.
    /// #     pub struct UserList {
    /// #         "Phone." "手机号。"
    /// #         phone: Option<String> as Str = "phone", optional, with_phone(impl Into<String>);
    /// #         "Page." "页码。"
    /// #         page: Option<i64> as I64 = "page", optional, with_page(i64) = Some(1);
    /// #     }
    /// #     numbers(0 1)
    /// #     /// Nothing is required.
    /// #     new()
    /// # }
    /// let (phone, page) = (Some("13800138000"), None); // as an own configuration has them
    /// let request = UserList::new().maybe(phone, UserList::with_phone).maybe(page, UserList::with_page);
    /// assert_eq!(request, UserList::new().with_phone("13800138000"));
    /// ```
    #[must_use]
    fn maybe<V>(self, value: Option<V>, setter: impl FnOnce(Self, V) -> Self) -> Self {
        match value {
            Some(value) => setter(self, value),
            None => self,
        }
    }
}

impl<R: ReadFields> Maybe for R {}
