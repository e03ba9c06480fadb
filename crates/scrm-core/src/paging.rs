//! Pulls over the pages of a list: a [`Paginator`] gives [`Pages`], page after page, or [`Items`], row after row. Both have a `next` of their own, and are streams.
//!
//! ```no_run
//! # async fn test<O: scrm_core::operation::PagedOperation>(core: scrm_core::ApiClient, request: O) -> Result<(), Box<dyn std::error::Error>> {
//! let mut pages = core.call(request.clone()).paginate().concurrency(8).pages();
//! let mut stored = String::new();
//! while let Some(page) = pages.next().await? {
//!     // Store page.rows and page.resume() together.
//!     stored = page.resume().to_string();
//! }
//! println!("{}", pages.summary());
//! // After a restart:
//! let rest = core.call(request.clone()).paginate().resume_from(&stored.parse()?)?.pages();
//! # Ok(())
//! # }
//! ```
//!
//! # What is promised
//!
//! **Every row that is in the list throughout the pull is delivered, and no row twice; or [`Summary::completeness`] is not [`Completeness::Complete`].** It is
//! [`Completeness::Incomplete`] where something is known to be wrong, and the stream then gives an error with the numbers; and [`Completeness::Unknown`] where nothing
//! contradicts that all came, but nothing proves it. Rows that are added or removed meanwhile may come or not. This holds where the schema names an id of the rows
//! and the vendor keeps the rows in some order, whichever, and in particular:
//!
//! * *Paging by cursor.* Always: a cursor stands behind a row, whatever happens to the others.
//! * *Page numbers.* Pages shift when rows come and go. When the vendor's total moves between two pages, the next one is asked for in another size, so that it holds
//!   the last delivered row; if need be, that row is looked for. What totals cannot show is one row removed on a page that was read and another added further behind,
//!   both between the same two responses; [`Paginator::thorough`] finds that too, with pages that overlap throughout, for about a quarter more calls.
//! * *Fewer rows than asked for.* Where the vendor gives 20 rows to a page of 50, or leaves some out, the pull goes on with the next number. Without a total that says
//!   so, a short or empty page is the end only when nothing follows; against the total, only when ten pages in a row give nothing new.
//! * *Totals.* The end is proven by a total. Where the vendor tells none, tells 0 beside rows, or tells its own ceiling, completeness is not known.
//! * *Beyond the vendor's ceiling* (`row_cap` in the schema). A list that holds as much or more is split along a range of days, halved until each piece fits, if the
//!   last page below the ceiling is there at all. Both halves are counted and must hold what the whole holds. Neighbouring pieces share a day, since no vendor documents
//!   whether the last day of a range belongs to it; rows that come twice are left out. Days that are over can lose rows, not gain them, so that their totals show every
//!   change; the last days are read as by `thorough`. A day that holds more than the ceiling, a piece that outgrows it while it is read, rows without a date, and rows
//!   that fall in neither half are errors with the numbers. (This needs dates of creation: a row that is put into an earlier day meanwhile counts as added.)
//! * *A time that the vendor answers in parts* (`windows` in the schema). The pull goes from the request's beginning to its end, which is now unless told and stays
//!   what it was when the pull began, in windows as long as one call may ask for, the oldest first. A window is drained like a list of its own. No vendor documents
//!   whether the ends of a range belong to it, so that two windows share a moment: rows of that second are left out the second time, known by their time and their
//!   id or, without one, their content; where rows tell no time, or after a restart, the end of the window before is read once more. Where the documentation asks
//!   for a beginning, a pull without one is an error that names it, before anything is sent.
//! * *Without ids* repeated pages and empty or short pages against the total are found, nothing more; a total that moved is an error at the end.
//!
//! # Which rows are the same
//!
//! A row came before if its id and its whole content did. Where only the id is the same, both are delivered, and [`Summary::shared_ids`] counts and names them: the id
//! is not unique, or the row changed between two pages. (Where a row was to come again, because pages overlap or are read once more, the id alone decides.) Rows
//! without an id are told apart by their content; equal ones on one page, or far from each other, are all delivered.
//!
//! In the end the rows that came are compared with the totals that were told. If some are missing though no page was short, the whole piece is read once more, and what
//! is still missing is an error with the numbers. Up to some 262,000 rows of a piece (sixteen bytes each) are kept for that.
//!
//! # Errors
//!
//! After an error the stream can be polled on. It then asks for the same page again, unless asking again cannot help (the request, the client's set-up or the token
//! is at fault) or failed five times in a row: then it ends. Rows that cannot be understood come as errors with [`Error::bad_row`], or go to a [`RejectSink`]; the stream
//! goes on behind them. A page that cannot be understood holds the pull up, unless [`Paginator::skip_undecodable`] is set.
//!
//! # Prefetch
//!
//! With [`Paginator::concurrency`], up to so many pages are under way or waiting at any time, each with a permit of the same quota. They come in order. Of windows
//! to come, first pages are among them. With cursors, the next page is fetched while the present one is used. Nothing is spawned: pages make progress while the stream is polled.

mod by_name;
mod cursor;
mod date_range;
mod fetch;
mod items;
mod named;
mod options;
mod page;
mod page_number;
mod plan;
mod planner;
mod prefetch;
mod raw;
mod resume;
mod seen_rows;
mod split;
mod summary;
#[cfg(test)]
mod tests;
mod window;
mod windows;

use std::{
    fmt,
    future::poll_fn,
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_core::Stream;

pub use self::{
    items::Items,
    named::NamedRow,
    options::{Paged, Paginator, RejectSink, Rejected, RejectedPage},
    page::Page,
    raw::RawPaging,
    resume::{ResumeToken, ResumeTokenError},
    summary::{Completeness, Summary},
};
use self::{
    plan::Place,
    prefetch::{Arrived, Delivered, Pull},
};
use crate::error::Error;

/// A stream of pages; made by [`Paginator::pages`].
#[must_use = "streams do nothing unless polled"]
pub struct Pages<O: Paged> {
    pull: Pull,
    operation: PhantomData<fn() -> O>,
}

impl<O: Paged> Pages<O> {
    fn new(pull: Pull) -> Self {
        Pages { pull, operation: PhantomData }
    }

    /// The next page; `None`: the pull is at its end, or was broken off by an error that it gave before.
    ///
    /// # Errors
    /// See [`paging`](crate::paging#errors). The next call goes on behind the error.
    pub async fn next(&mut self) -> Result<Option<Page<O::Row, O::Data>>, Error> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await.transpose()
    }

    /// How many rows there are in all, as the vendor told last; `None` before the first page, where it does not tell, and in windows of time before the last one.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.pull.total()
    }

    /// What the pull came to so far.
    #[must_use]
    pub fn summary(&self) -> Summary {
        self.pull.summary()
    }

    /// Where the pull stands: behind the last page that was handed out.
    #[must_use]
    pub fn resume(&self) -> ResumeToken {
        self.pull.token()
    }

    /// An estimate of the rows to come.
    fn to_come(&self) -> Option<u64> {
        let summary = self.pull.summary();
        self.total().map(|total| if summary.ended { 0 } else { total.saturating_sub(summary.rows + summary.bad_rows) })
    }

    fn failed(&self, detail: String) -> Error {
        self.pull.failed(detail)
    }

    fn page(&self, delivered: Delivered) -> Result<Page<O::Row, O::Data>, Error> {
        let Delivered { arrived, keep, counted, number, before, after } = delivered;
        let Arrived { facts, rows, data, bad_rows, drifts, extra } = arrived;
        let (Ok(rows), Ok(data)) = (rows.downcast::<Vec<O::Row>>(), data.downcast::<O::Data>()) else {
            return Err(self.failed("the rows are of another type".to_owned()));
        };
        let told = |at: usize| keep.keeps(at) && !(self.pull.sink.is_some() && bad_rows.iter().any(|bad| bad.row == at));
        let (mut keys, mut came) = (Vec::new(), 0);
        for (at, key) in facts.keys.unwrap_or_default().into_iter().enumerate() {
            came += u64::from(counted.get(at).copied().unwrap_or(true));
            if told(at) {
                keys.push(Place { key, rows: at as u64 + 1, came });
            }
        }
        let mut sorted = fetch::sorted(*rows, bad_rows, &keep);
        if let Some(sink) = &self.pull.sink {
            for row in sorted.bad_rows.drain(..) {
                sink.reject(&Rejected { operation: self.pull.operation(), page: number, row: &row });
            }
            sorted.places.clear();
        }
        Ok(Page {
            rows: sorted.rows,
            bad_rows: sorted.bad_rows,
            number,
            total: facts.total,
            data: *data,
            extra,
            drift: drifts,
            places: sorted.places,
            keys,
            before,
            after,
        })
    }
}

// Nothing is pinned in place: the futures are boxed.
impl<O: Paged> Unpin for Pages<O> {}

impl<O: Paged> Stream for Pages<O> {
    type Item = Result<Page<O::Row, O::Data>, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        Poll::Ready(match ready!(this.pull.poll_page(context)) {
            None => None,
            Some(Err(error)) => Some(Err(error)),
            Some(Ok(delivered)) => Some(this.page(delivered)),
        })
    }
}

impl<O: Paged> fmt::Debug for Pages<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("operation", &self.pull.operation()).field("total", &self.total()).finish_non_exhaustive()
    }
}
