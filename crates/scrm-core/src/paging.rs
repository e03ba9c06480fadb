//! Streams over the pages of a list: [`Pages`] gives page after page, [`Items`] row after row.
//!
//! ```no_run
//! # use futures_util::StreamExt as _;
//! # async fn test<O: scrm_core::operation::PagedOperation>(core: scrm_core::ApiClient, request: O) -> Result<(), Box<dyn std::error::Error>> {
//! let mut pages = core.call(request.clone()).concurrency(8).pages();
//! while let Some(page) = pages.next().await {
//!     let page = page?;
//!     // Store page.rows and page.resume() together. After a restart:
//!     let stored = page.resume().to_string();
//!     let rest = core.call(request.clone()).resume(&stored.parse()?)?.pages();
//! }
//! println!("{}", pages.summary());
//! # Ok(())
//! # }
//! ```
//!
//! # What is promised
//!
//! **Every row that is in the list throughout the pull is delivered, and no row twice; or the stream gives an error with the numbers and
//! [`Summary::is_complete`] is false.** Rows that are added or removed meanwhile may come or not. This holds where the schema names an id of the rows and the vendor
//! keeps the rows in some order, whichever, and in particular:
//!
//! * *Paging by cursor.* Always: a cursor stands behind a row, whatever happens to the others.
//! * *Page numbers.* Pages shift when rows come and go. When the vendor's total moves between two pages, the place behind the last delivered row is looked up
//!   again, and the pull goes on from there. What totals cannot show is one row removed on a page that was read and another added further behind, both
//!   between the same two answers; [`Call::thorough`](crate::Call::thorough) finds that too, with pages that overlap, for about a quarter more calls.
//! * *Beyond the vendor's ceiling* (`row_cap` in the schema). A list that holds more is split along a range of days, halved until each piece fits. Both halves are
//!   counted and must hold what the whole holds. Neighbouring pieces share a day, since no vendor documents whether the last day of a range belongs to it; rows
//!   that come twice are left out. Days that are over can lose rows, not gain them, so that their totals show every change; the last days are read as by
//!   `thorough`. A day that holds more than the ceiling, a piece that outgrows it while it is read, rows without a date, and rows that fall in neither half are errors with the numbers. (This needs dates of
//!   creation: a row that is put into an earlier day meanwhile counts as added.)
//! * *Without ids* or without totals, repeated pages and empty or short pages against the total are found, nothing more; a total that moved is an error at the end.
//!
//! In the end the rows that came are compared with the totals that were told. If some are missing, the whole piece is read once more, and what is still
//! missing is an error with the numbers. Up to some 262,000 ids of a piece (eight bytes each) are kept for that.
//!
//! # Errors
//!
//! After an error the stream can be polled on. It then asks for the same page again, unless asking again cannot help (the request, the client's set-up or the token
//! is at fault) or failed five times in a row: then it ends. Rows that cannot be understood come as errors with [`Error::bad_row`]; the stream goes on behind
//! them.
//!
//! # Prefetch
//!
//! With [`Call::concurrency`](crate::Call::concurrency), up to so many pages are under way or waiting at any time, each with a permit of the same quota. They come
//! in order. With cursors, the next page is fetched while the present one is used. Nothing is spawned: pages make progress while the stream is polled.

mod cursor;
mod date_range;
mod fetch;
mod items;
mod options;
mod page_number;
mod plan;
mod planner;
mod prefetch;
mod resume;
mod seen_rows;
mod split;
mod summary;
#[cfg(test)]
mod tests;

use std::{
    fmt,
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_core::Stream;

pub(crate) use self::options::PullOptions;
use self::{
    fetch::Fetch,
    options::Sink,
    planner::Planner,
    prefetch::{Delivered, Pull},
};
pub use self::{
    items::Items,
    options::{RejectSink, Rejected},
    resume::{ResumeToken, ResumeTokenError},
    summary::Summary,
};
use crate::{
    call::Call,
    decode::BadRow,
    error::{Error, ErrorKind},
    operation::PagedOperation,
};

/// One page of a list.
#[derive(Clone)]
#[non_exhaustive]
pub struct Page<R> {
    /// Its rows, without those that came before.
    pub rows: Vec<R>,
    /// Rows that could not be understood.
    pub bad_rows: Vec<BadRow>,
    /// Its number, where pages have numbers.
    pub number: Option<i64>,
    /// How many rows there are in all, where the vendor tells; of a pull that was split, in its piece.
    pub total: Option<u64>,
    /// In front of which row each bad row stood.
    places: Vec<usize>,
    /// What identifies rows and bad rows, in order; empty: nothing does.
    keys: Vec<u64>,
    before: ResumeToken,
    after: ResumeToken,
}

impl<R> Page<R> {
    /// Where the pull stands behind this page. Store it together with the rows; after a restart give it to [`Call::resume`](crate::Call::resume).
    #[must_use]
    pub fn resume(&self) -> &ResumeToken {
        &self.after
    }
}

impl<R: fmt::Debug> fmt::Debug for Page<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page")
            .field("number", &self.number)
            .field("total", &self.total)
            .field("rows", &self.rows)
            .field("bad_rows", &self.bad_rows)
            .finish_non_exhaustive()
    }
}

impl<O: PagedOperation> Call<O> {
    /// Lets a pull keep up to so many pages under way or waiting at a time (at least 1, at most 256; default 1). With cursors, anything above 1 fetches one page
    /// ahead. See [`paging`](crate::paging).
    pub fn concurrency(mut self, pages: usize) -> Self {
        self.pull.concurrency = pages.clamp(1, 256);
        self
    }

    /// Lets a pull over page numbers ask for pages of varying size, so that each holds the last row of the one before: changes that leave the total as it is
    /// are then noticed as well. Costs about a quarter more calls. Without effect on pages by cursor, without ids and without a page size.
    pub fn thorough(mut self, thorough: bool) -> Self {
        self.pull.thorough = thorough;
        self
    }

    /// Gives the rows of a pull that cannot be understood to a sink, rather than to the stream.
    pub fn rejects(mut self, sink: std::sync::Arc<dyn RejectSink>) -> Self {
        self.pull.sink = Some(Sink(sink));
        self
    }

    /// Lets a pull go on where another one stopped. The request must be the same.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`], when the token belongs to another vendor, operation, request or version of the schema.
    pub fn resume(mut self, token: &ResumeToken) -> Result<Self, Error> {
        let spec = O::spec();
        let owner = fetch::owner(self.core.vendor().name, spec, &self.request);
        let refuse = |detail: String| Error::new(ErrorKind::InvalidRequest, self.core.vendor(), detail).of(spec, spec.name);
        if let Some(mismatch) = token.mismatch(&owner) {
            return Err(refuse(mismatch));
        }
        let course = spec.paging.map(|paging| Fetch::course(&self.request, paging, self.pull.thorough));
        if course.and_then(|course| token.planner(course)).is_none() {
            return Err(refuse("the resume token is damaged".to_owned()));
        }
        self.pull.resume = Some(token.clone());
        Ok(self)
    }

    /// All pages from the one that the request asks for.
    pub fn pages(self) -> Pages<O> {
        Pages::new(self)
    }

    /// All rows from the page that the request asks for. A row that cannot be understood comes out as an error with [`Error::bad_row`], in its place; the
    /// stream goes on behind it.
    pub fn items(self) -> Items<O> {
        Items::new(self.pages())
    }
}

/// A stream of pages; made by [`Call::pages`].
#[must_use = "streams do nothing unless polled"]
pub struct Pages<O: PagedOperation> {
    pull: Pull,
    sink: Option<Sink>,
    operation: PhantomData<fn() -> O>,
}

impl<O: PagedOperation> Pages<O> {
    fn new(call: Call<O>) -> Self {
        let spec = O::spec();
        let owner = fetch::owner(call.core.vendor().name, spec, &call.request);
        let PullOptions { concurrency, thorough, resume, sink } = call.pull.clone();
        let course = Fetch::course(&call.request, spec.paging.unwrap_or(&fetch::UNPAGED), thorough);
        let planner = match &resume {
            Some(token) => token.planner(course.clone()),
            None => Some(Planner::new(course.clone())),
        };
        let planner = planner.filter(|_| spec.paging.is_some()).ok_or(course);
        let unpaged = Error::new(ErrorKind::Unsupported, call.core.vendor(), "the operation has no pages").of(spec, spec.name);
        let source = Box::new(Fetch::new(call));
        let pull = match planner {
            Ok(planner) => Pull::new(source, planner, owner, concurrency),
            Err(course) => Pull::broken(source, Planner::new(course), owner, unpaged),
        };
        Pages { pull, sink, operation: PhantomData }
    }

    /// How many rows there are in all, as the vendor told last; `None` before the first page, and where it does not tell.
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

    fn page(&self, delivered: Delivered) -> Result<Page<O::Row>, Error> {
        let Delivered { arrived, keep, number, before, after } = delivered;
        let (total, keys) = (arrived.facts.total, arrived.facts.keys.clone().unwrap_or_default());
        let told = |at: usize| keep.keeps(at) && !(self.sink.is_some() && arrived.bad_rows.iter().any(|bad| bad.row == at));
        let keys = keys.into_iter().enumerate().filter(|(at, _)| told(*at)).map(|(_, key)| key).collect();
        let Some(mut sorted) = fetch::sorted::<O::Row>(arrived, &keep) else {
            return Err(self.failed("the rows are of another type".to_owned()));
        };
        if let Some(sink) = &self.sink {
            for row in sorted.bad_rows.drain(..) {
                sink.0.reject(&Rejected { operation: O::spec().name, page: number, row: &row });
            }
            sorted.places.clear();
        }
        Ok(Page { rows: sorted.rows, bad_rows: sorted.bad_rows, number, total, places: sorted.places, keys, before, after })
    }
}

// Nothing is pinned in place: the futures are boxed.
impl<O: PagedOperation> Unpin for Pages<O> {}

impl<O: PagedOperation> Stream for Pages<O> {
    type Item = Result<Page<O::Row>, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        Poll::Ready(match ready!(this.pull.poll_page(context)) {
            None => None,
            Some(Err(error)) => Some(Err(error)),
            Some(Ok(delivered)) => Some(this.page(delivered)),
        })
    }
}

impl<O: PagedOperation> fmt::Debug for Pages<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("operation", &O::spec().name).field("total", &self.total()).finish_non_exhaustive()
    }
}
