//! Streams over the pages of a list: [`Pages`] gives page after page, [`Items`] row after row.
//!
//! A stream never ends short in silence: it ends when the vendor's total is reached, or, where the vendor tells none, with a page that is not full. What
//! contradicts that comes out as an error of kind [`ErrorKind::Paging`].
//!
//! After an error the stream can be polled on. It then asks for the same page again, unless asking again cannot help (the request, the client's set-up or the
//! token is at fault): then it ends.

mod planner;

use std::{
    collections::VecDeque,
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_core::Stream;
use futures_util::future::BoxFuture;

use self::planner::{PageFacts, Planner, Position};
use crate::{
    call::Call,
    client::{CallOptions, Core, Response},
    decode::BadRow,
    error::{Error, ErrorKind, redact::Redactor},
    operation::PagedOperation,
    spec::{PagingSpec, PagingStyle},
    table,
};

/// One page of a list.
#[derive(Clone)]
#[non_exhaustive]
pub struct Page<R> {
    /// Its rows.
    pub rows: Vec<R>,
    /// Rows that could not be understood.
    pub bad_rows: Vec<BadRow>,
    /// Its number, where pages have numbers.
    pub number: Option<i64>,
    /// How many rows there are in all, where the vendor tells.
    pub total: Option<u64>,
}

impl<R: fmt::Debug> fmt::Debug for Page<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page")
            .field("number", &self.number)
            .field("total", &self.total)
            .field("rows", &self.rows)
            .field("bad_rows", &self.bad_rows)
            .finish()
    }
}

impl<O: PagedOperation> Call<O> {
    /// All pages from the one that the request asks for.
    pub fn pages(self) -> Pages<O> {
        Pages::new(self)
    }

    /// All rows from the page that the request asks for. A row that cannot be understood comes out as an error with [`Error::bad_row`], in its place; the
    /// stream goes on behind it.
    pub fn items(self) -> Items<O> {
        Items { pages: Pages::new(self), ready: VecDeque::new() }
    }
}

type Answer<O> = Result<Response<<O as crate::operation::Operation>::Data>, Error>;

/// A stream of pages; made by [`Call::pages`].
#[must_use = "streams do nothing unless polled"]
pub struct Pages<O: PagedOperation> {
    core: Core,
    request: O,
    options: CallOptions,
    /// `None`: the operation's schema has no paging.
    planner: Option<Planner>,
    fetching: Option<BoxFuture<'static, Answer<O>>>,
}

impl<O: PagedOperation> Pages<O> {
    fn new(call: Call<O>) -> Self {
        let Call { core, request, options } = call;
        let planner = O::spec().paging.map(|paging| Planner::new(paging, request.page(), request.size(), midway(&request, paging)));
        Pages { core, request, options, planner, fetching: None }
    }

    /// How many rows there are in all, as the last page told.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.planner.as_ref()?.total()
    }

    fn fetch(&self, position: &Position) -> BoxFuture<'static, Answer<O>> {
        let mut request = self.request.clone();
        match position {
            Position::Number(number) => request.set_page(*number),
            Position::Cursor(None) => {}
            Position::Cursor(cursor) => {
                if !request.set_cursor(cursor.as_ref()) {
                    let error = self.failed("the cursor of the last row does not fit the request");
                    return Box::pin(std::future::ready(Err(error)));
                }
            }
        }
        Box::pin(self.core.call(request).with_options(self.options.clone()).send())
    }

    fn take(&mut self, response: Response<O::Data>) -> Result<Page<O::Row>, Error> {
        let Some(planner) = &mut self.planner else { return Err(self.failed("the operation has no pages")) };
        let rows = O::rows(&response.data);
        let total = O::total(&response.data);
        let facts = PageFacts {
            rows: (rows.len() + response.bad_rows.len()) as u64,
            total,
            cursor: rows.last().and_then(O::cursor),
            ids: rows.iter().map(O::id).collect::<Option<_>>().unwrap_or_default(),
        };
        let number = match planner.next() {
            Some(Position::Number(number)) => Some(*number),
            _ => None,
        };
        planner.take(facts).map_err(|contradiction| self.failed(contradiction))?;
        Ok(Page { rows: O::into_rows(response.data), bad_rows: response.bad_rows, number, total })
    }

    fn failed(&self, detail: impl Into<String>) -> Error {
        Error::new(ErrorKind::Paging, self.core.vendor(), detail).of(O::spec(), O::spec().name)
    }

    /// An error of a fetch, with the page that it was to fetch. Ends the pull where asking again cannot help.
    fn missed(&mut self, error: Error) -> Error {
        let Some(planner) = &mut self.planner else { return error };
        let error = error.on(planner.here());
        if matches!(error.kind(), ErrorKind::InvalidRequest | ErrorKind::Config | ErrorKind::Token | ErrorKind::Unsupported) {
            planner.end();
        }
        error
    }
}

/// Whether the request starts behind a cursor.
fn midway<O: PagedOperation>(request: &O, paging: &PagingSpec) -> bool {
    match paging.style {
        PagingStyle::Cursor { field, .. } => table::get(request, field).is_some_and(|cursor| !cursor.is_null()),
        PagingStyle::Number { .. } => false,
    }
}

// Nothing is pinned in place: the future is boxed.
impl<O: PagedOperation> Unpin for Pages<O> {}

impl<O: PagedOperation> Stream for Pages<O> {
    type Item = Result<Page<O::Row>, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let mut fetching = match this.fetching.take() {
            Some(fetching) => fetching,
            None => match this.planner.as_ref().and_then(Planner::next) {
                Some(position) => this.fetch(position),
                None => return Poll::Ready(None),
            },
        };
        match fetching.as_mut().poll(context) {
            Poll::Pending => {
                this.fetching = Some(fetching);
                Poll::Pending
            }
            Poll::Ready(Ok(response)) => Poll::Ready(Some(this.take(response))),
            Poll::Ready(Err(error)) => Poll::Ready(Some(Err(this.missed(error)))),
        }
    }
}

impl<O: PagedOperation> fmt::Debug for Pages<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("operation", &O::spec().name).field("total", &self.total()).finish_non_exhaustive()
    }
}

/// A stream of rows; made by [`Call::items`].
#[must_use = "streams do nothing unless polled"]
pub struct Items<O: PagedOperation> {
    pages: Pages<O>,
    ready: VecDeque<Result<O::Row, Error>>,
}

impl<O: PagedOperation> Items<O> {
    /// How many rows there are in all, as the last page told.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.pages.total()
    }

    /// The rows of a page, the bad ones where they stood.
    fn unpack(&mut self, page: Page<O::Row>) {
        let mut bad = page.bad_rows.into_iter().peekable();
        for row in page.rows {
            while let Some(next) = bad.next_if(|bad| bad.row == self.ready.len()) {
                let error = self.bad(next);
                self.ready.push_back(Err(error));
            }
            self.ready.push_back(Ok(row));
        }
        for rest in bad {
            let error = self.bad(rest);
            self.ready.push_back(Err(error));
        }
    }

    fn bad(&self, row: BadRow) -> Error {
        let redactor = Redactor::default();
        self.pages
            .failed(format!("row {} of its page is not understood: {}", row.row, redactor.text(&row.reason, 200)))
            .kind_as(ErrorKind::Decode)
            .sent_as(crate::Sent::Yes)
            .pointing(redactor.text(&row.path, 200))
            .bad(row)
    }
}

impl<O: PagedOperation> Unpin for Items<O> {}

impl<O: PagedOperation> Stream for Items<O> {
    type Item = Result<O::Row, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(item) = this.ready.pop_front() {
                return Poll::Ready(Some(item));
            }
            match ready!(Pin::new(&mut this.pages).poll_next(context)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(page)) => this.unpack(page),
            }
        }
    }
}

impl<O: PagedOperation> fmt::Debug for Items<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("operation", &O::spec().name).field("total", &self.total()).finish_non_exhaustive()
    }
}
