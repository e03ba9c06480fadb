//! Pulls that wait for the next page or row.

use std::{fmt, sync::Arc};

use super::wait::Waiting;
use crate::{
    error::Error,
    paging::{self, Page, Paged, RejectSink, ResumeToken, Summary},
    spec::VendorSpec,
};

/// A pull that has not begun: made by [`Call::paginate`](super::Call::paginate) and [`RawCall::paginate`](super::RawCall::paginate).
#[must_use = "a paginator does nothing until its pages or items are asked for"]
pub struct Paginator<O: Paged> {
    vendor: &'static VendorSpec,
    inner: paging::Paginator<O>,
}

impl<O: Paged> Paginator<O> {
    pub(super) fn new(vendor: &'static VendorSpec, inner: paging::Paginator<O>) -> Self {
        Paginator { vendor, inner }
    }

    fn with(self, set: impl FnOnce(paging::Paginator<O>) -> paging::Paginator<O>) -> Self {
        Paginator { inner: set(self.inner), ..self }
    }

    /// Keeps up to so many pages under way; see [`Paginator::concurrency`](paging::Paginator::concurrency). They make progress while the next page is waited for.
    pub fn concurrency(self, pages: usize) -> Self {
        self.with(|inner| inner.concurrency(pages))
    }

    /// Asks for pages that overlap; see [`Paginator::thorough`](paging::Paginator::thorough).
    pub fn thorough(self, thorough: bool) -> Self {
        self.with(|inner| inner.thorough(thorough))
    }

    /// Gives the rows that cannot be understood to a sink; see [`Paginator::rejects`](paging::Paginator::rejects).
    pub fn rejects(self, sink: Arc<dyn RejectSink>) -> Self {
        self.with(|inner| inner.rejects(sink))
    }

    /// Goes on behind a page that cannot be understood; see [`Paginator::skip_undecodable`](paging::Paginator::skip_undecodable).
    pub fn skip_undecodable(self, skip: bool) -> Self {
        self.with(|inner| inner.skip_undecodable(skip))
    }

    /// Goes on where another pull stopped, an asynchronous one or one of these. The request must be the same.
    ///
    /// # Errors
    /// As [`Paginator::resume_from`](paging::Paginator::resume_from).
    pub fn resume_from(self, token: &ResumeToken) -> Result<Self, Error> {
        Ok(Paginator { inner: self.inner.resume_from(token)?, ..self })
    }

    /// Page after page.
    pub fn pages(self) -> Pages<O> {
        Pages { vendor: self.vendor, inner: self.inner.pages(), refused: false }
    }

    /// Row after row.
    pub fn items(self) -> Items<O> {
        Items { vendor: self.vendor, inner: self.inner.items(), refused: false }
    }
}

impl<O: Paged> fmt::Debug for Paginator<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

/// Pages and rows differ in what comes next alone.
macro_rules! pull {
    ($(#[$docs:meta])* $name:ident gives $next:ty: $(#[$next_docs:meta])*) => {
        $(#[$docs])*
        #[must_use = "a pull does nothing until it is asked for more"]
        pub struct $name<O: Paged> {
            vendor: &'static VendorSpec,
            inner: paging::$name<O>,
            /// Whether waiting was refused, and told: who goes on regardless would be refused forever.
            refused: bool,
        }

        impl<O: Paged> $name<O> {
            $(#[$next_docs])*
            #[allow(clippy::should_implement_trait, reason = "that stands beside it, for loops; this one takes `?` at once, as the asynchronous one does")]
            pub fn next(&mut self) -> Result<Option<$next>, Error> {
                if self.refused {
                    return Ok(None);
                }
                match Waiting::begin(self.vendor) {
                    Ok(waiting) => waiting.until(self.inner.next()),
                    Err(error) => {
                        self.refused = true;
                        Err(error)
                    }
                }
            }

            /// How many rows there are in all, as the vendor told last; `None` before the first page, and where it does not tell.
            #[must_use]
            pub fn total(&self) -> Option<u64> {
                self.inner.total()
            }

            /// What the pull came to so far.
            #[must_use]
            pub fn summary(&self) -> Summary {
                self.inner.summary()
            }

            /// Where the pull stands: behind what was handed out last. An asynchronous pull can go on there, too.
            #[must_use]
            pub fn resume(&self) -> ResumeToken {
                self.inner.resume()
            }
        }

        /// As `next`. After an error it goes on, like the asynchronous stream.
        impl<O: Paged> Iterator for $name<O> {
            type Item = Result<$next, Error>;

            fn next(&mut self) -> Option<Self::Item> {
                $name::next(self).transpose()
            }
        }

        impl<O: Paged> fmt::Debug for $name<O> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.inner.fmt(f)
            }
        }
    };
}

pull! {
    /// Page after page; made by [`Paginator::pages`]. For loops it is an iterator.
    Pages gives Page<O::Row, O::Data>:
    /// The next page; `None`: the pull is at its end, or was broken off by an error that it gave before.
    ///
    /// # Errors
    /// See [`paging`](crate::paging#errors); the next call goes on behind the error. [`Config`](crate::ErrorKind::Config) inside of an async runtime, which ends the pull.
}

pull! {
    /// Row after row; made by [`Paginator::items`]. For loops it is an iterator.
    Items gives O::Row:
    /// The next row; `None`: the pull is at its end, or was broken off by an error that it gave before.
    ///
    /// # Errors
    /// See [`paging`](crate::paging#errors); the next call goes on behind the error, and so it does behind a row that cannot be understood
    /// ([`Error::bad_row`]). [`Config`](crate::ErrorKind::Config) inside of an async runtime, which ends the pull.
}
