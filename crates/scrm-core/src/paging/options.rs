//! How a pull is done, and where rows and pages go that cannot be understood.

use std::{fmt, sync::Arc};

use super::{
    Items, Pages, RawPaging, ResumeToken,
    fetch::Fetch,
    named::NamedFetch,
    planner::{Course, Planner},
    prefetch::{Pull, Source},
    raw::RawFetch,
    resume::Owner,
};
use crate::{
    call::{Call, NamedCall, RawCall},
    decode::BadRow,
    error::{Error, ErrorKind},
    operation::PagedOperation,
    spec::{PagingSpec, PagingStyle},
};

/// What can be pulled page by page: a typed operation with pages, or a [`RawCall`].
pub trait Paged: 'static {
    /// One row.
    type Row: Send + 'static;
    /// What stands beside the rows of a page.
    type Data: Send + 'static;
}

impl<O: PagedOperation> Paged for O {
    type Row = O::Row;
    type Data = O::Data;
}

impl Paged for RawCall {
    type Row = serde_json::Value;
    type Data = serde_json::Value;
}

/// A row of a pull that cannot be understood.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Rejected<'a> {
    /// Name of the operation; of an untyped call, its path.
    pub operation: &'a str,
    /// Number of its page, where pages have numbers.
    pub page: Option<i64>,
    /// The row, with its raw JSON unmasked; `Debug` masks it.
    pub row: &'a BadRow,
}

/// A page of a pull that cannot be understood and is skipped.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct RejectedPage<'a> {
    /// Name of the operation; of an untyped call, its path.
    pub operation: &'a str,
    /// Its number, where pages have numbers.
    pub page: Option<i64>,
    /// What is wrong with it.
    pub error: &'a Error,
    /// The whole body of the last response, unmasked: it may hold personal data.
    pub raw: &'a [u8],
}

impl fmt::Debug for RejectedPage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RejectedPage")
            .field("operation", &self.operation)
            .field("page", &self.page)
            .field("error", &self.error)
            .field("raw", &format_args!("<{} bytes>", self.raw.len()))
            .finish()
    }
}

/// Takes what a pull cannot understand: a file, a table, a counter. Given to [`Paginator::rejects`].
pub trait RejectSink: Send + Sync {
    /// Takes one row. Called while the stream is polled: it should not block for long.
    fn reject(&self, rejected: &Rejected<'_>);

    /// Takes one page, where [`Paginator::skip_undecodable`] is set.
    fn reject_page(&self, _rejected: &RejectedPage<'_>) {}
}

impl<O: PagedOperation> Call<O> {
    /// All pages from the one that the request asks for, or all rows. The options of this call hold for the call of each page.
    pub fn paginate(self) -> Paginator<O> {
        let spec = O::spec();
        let fetch = Fetch::new(self);
        match spec.paging {
            Some(paging) => match fetch.course(paging) {
                Ok(course) => Paginator::new(course, fetch.owner(paging), Box::new(fetch)),
                Err(missing) => Paginator::refused(ErrorKind::InvalidRequest, missing, Box::new(fetch)),
            },
            None => Paginator::refused(ErrorKind::Unsupported, "the operation has no pages".to_owned(), Box::new(fetch)),
        }
    }
}

impl RawCall {
    /// All pages from the one that the request asks for, or all rows, as JSON values. The options of this call hold for the call of each page.
    ///
    /// ```no_run
    /// # async fn test(core: scrm_core::ApiClient) -> Result<(), scrm_core::Error> {
    /// use scrm_core::paging::RawPaging;
    ///
    /// let request = serde_json::json!({"page": 1, "page_size": 50});
    /// let paging = RawPaging::page_number("page", "/data/list").size("page_size").total("/data/total").id("id");
    /// let mut rows = core.call_raw("some.new.endpoint/1.0.0", request).paginate(paging).items();
    /// while let Some(row) = rows.next().await? {
    ///     println!("{}", row["id"]);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn paginate(self, paging: RawPaging) -> Paginator<RawCall> {
        let fetch = RawFetch::new(self, paging);
        Paginator::new(fetch.course(), fetch.owner(), Box::new(fetch))
    }
}

impl NamedCall {
    /// All pages from the one that the request asks for, or all rows. The options of this call hold for the call of each page.
    pub fn paginate(self) -> Paginator<NamedCall> {
        match self.spec.paging {
            Some(paging) => {
                let fetch = NamedFetch::new(self, paging);
                match fetch.course() {
                    Ok(course) => Paginator::new(course, fetch.owner(), Box::new(fetch)),
                    Err(missing) => Paginator::refused(ErrorKind::InvalidRequest, missing, Box::new(fetch)),
                }
            }
            None => {
                let unpaged = Box::new(NamedFetch::new(self, &UNPAGED));
                Paginator::refused(ErrorKind::Unsupported, "the operation has no pages".to_owned(), unpaged)
            }
        }
    }
}

/// Stands where an operation says nothing of pages; nothing is asked for by it.
static UNPAGED: PagingSpec = PagingSpec {
    style: PagingStyle::Number { field: "", first: 1 },
    size: None,
    max_size: None,
    rows: "",
    total: None,
    id: None,
    row_cap: None,
    split_by: None,
    windows: &[],
};

/// A pull that has not begun: made by `paginate` of a [`Call`], [`NamedCall`] or [`RawCall`], begun by [`Paginator::pages`] or [`Paginator::items`].
#[must_use = "a paginator does nothing until its pages or items are asked for"]
pub struct Paginator<O: Paged> {
    source: Box<dyn Source>,
    course: Course,
    owner: Owner,
    /// Why it cannot begin.
    refusal: Option<(ErrorKind, String)>,
    concurrency: usize,
    resume: Option<ResumeToken>,
    sink: Option<Arc<dyn RejectSink>>,
    skips: bool,
    operation: std::marker::PhantomData<fn() -> O>,
}

impl<O: Paged> Paginator<O> {
    fn new(course: Course, owner: Owner, source: Box<dyn Source>) -> Self {
        let operation = std::marker::PhantomData;
        Paginator { source, course, owner, refusal: None, concurrency: 1, resume: None, sink: None, skips: false, operation }
    }

    fn refused(kind: ErrorKind, why: String, source: Box<dyn Source>) -> Self {
        Paginator { refusal: Some((kind, why)), ..Paginator::new(Course::default(), Owner::default(), source) }
    }

    /// Keeps up to so many pages under way or waiting at a time (at least 1, at most 256; default 1). With cursors, anything above 1 fetches one page ahead. See
    /// [`paging`](crate::paging).
    pub fn concurrency(mut self, pages: usize) -> Self {
        self.concurrency = pages.clamp(1, 256);
        self
    }

    /// Asks for pages of varying size, so that each holds the last row of the one before: changes that leave the total as it is are then noticed as well. Costs
    /// about a quarter more calls. Without effect on pages by cursor, without ids and without a page size.
    pub fn thorough(mut self, thorough: bool) -> Self {
        self.course.overlap = thorough;
        self
    }

    /// Gives the rows that cannot be understood to a sink, rather than to the stream; with [`Paginator::skip_undecodable`], pages as well.
    pub fn rejects(mut self, sink: Arc<dyn RejectSink>) -> Self {
        self.sink = Some(sink);
        self
    }

    /// Goes on behind a page whose response cannot be understood (no JSON, cut off, of another shape) when it was asked for again in vain; default: the pull stays
    /// there. The page is told by [`RejectSink::reject_page`] or, without a sink, as an error of the stream; the summary counts it, and is incomplete. Pages by
    /// cursor cannot be skipped, since nothing says where the next one begins.
    pub fn skip_undecodable(mut self, skip: bool) -> Self {
        self.skips = skip;
        self
    }

    /// Goes on where another pull stopped. The request must be the same.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`], when the token belongs to another vendor, path or request, or to another way of paging; and where the
    /// request lacks what a pull needs.
    pub fn resume_from(mut self, token: &ResumeToken) -> Result<Self, Error> {
        if let Some((kind, why)) = self.refusal.take() {
            return Err(self.source.error(kind, why));
        }
        if let Some(mismatch) = token.mismatch(&self.owner) {
            return Err(self.source.error(ErrorKind::InvalidRequest, mismatch));
        }
        if token.planner(self.course.clone()).is_none() {
            return Err(self.source.error(ErrorKind::InvalidRequest, "the resume token is damaged".to_owned()));
        }
        self.resume = Some(token.clone());
        Ok(self)
    }

    /// Page after page.
    pub fn pages(self) -> Pages<O> {
        let Paginator { source, course, owner, refusal, concurrency, resume, sink, skips, .. } = self;
        let resumed = resume.and_then(|token| token.planner(course.clone()));
        let planner = resumed.unwrap_or_else(|| Planner::new(course));
        let pull = match refusal {
            None => Pull::new(source, planner, owner, concurrency).rejecting(sink, skips),
            Some((kind, why)) => {
                let refused = source.error(kind, why);
                Pull::broken(source, planner, owner, refused)
            }
        };
        Pages::new(pull)
    }

    /// Row after row. A row that cannot be understood comes out as an error with [`Error::bad_row`], in its place, unless there is a sink for it; the stream goes
    /// on behind it.
    pub fn items(self) -> Items<O> {
        Items::new(self.pages())
    }
}

impl<O: Paged> fmt::Debug for Paginator<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Paginator")
            .field("operation", &self.source.operation())
            .field("concurrency", &self.concurrency)
            .field("thorough", &self.course.overlap)
            .field("resume", &self.resume)
            .field("skip_undecodable", &self.skips)
            .finish_non_exhaustive()
    }
}
