//! Row after row.

use std::{
    collections::VecDeque,
    fmt,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_core::Stream;

use super::{Page, Paged, Pages, ResumeToken, Summary, plan::Place};
use crate::{
    decode::BadRow,
    error::{Error, ErrorKind},
    mask::Masker,
    transport::Sent,
};

/// A stream of rows; made by [`Paginator::items`](super::Paginator::items).
#[must_use = "streams do nothing unless polled"]
pub struct Items<O: Paged> {
    pages: Pages<O>,
    ready: VecDeque<Result<O::Row, Error>>,
    /// What identifies the rows of the page, in the order of `ready`; empty: nothing does.
    keys: Vec<Place>,
    /// How many rows of the page were handed out.
    out: usize,
    /// Where the pull stood before the page, and behind it.
    tokens: Option<(ResumeToken, ResumeToken)>,
}

impl<O: Paged> Items<O> {
    pub(super) fn new(pages: Pages<O>) -> Self {
        Items { pages, ready: VecDeque::new(), keys: Vec::new(), out: 0, tokens: None }
    }

    /// The next row; `None`: the pull is at its end, or was broken off by an error that it gave before.
    ///
    /// # Errors
    /// See [`paging`](crate::paging#errors). The next call goes on behind the error; so it does behind a row that cannot be understood
    /// ([`Error::bad_row`]).
    pub async fn next(&mut self) -> Result<Option<O::Row>, Error> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await.transpose()
    }

    /// How many rows there are in all, as the vendor told last; `None` before the first page, where it does not tell, and in windows of time before the last one.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.pages.total()
    }

    /// What the pull came to so far, with the rows of the present page that were not handed out yet.
    #[must_use]
    pub fn summary(&self) -> Summary {
        self.pages.summary()
    }

    /// Where the pull stands: exactly behind the last row that was handed out. Where rows have no id, before their page, whose rows will come again.
    #[must_use]
    pub fn resume(&self) -> ResumeToken {
        match &self.tokens {
            Some((before, _)) if !self.ready.is_empty() => before.clone().with_rows(self.keys.get(..self.out).unwrap_or_default()),
            Some((_, after)) => after.clone(),
            None => self.pages.resume(),
        }
    }

    /// The rows of a page, the bad ones where they stood.
    fn unpack(&mut self, page: Page<O::Row, O::Data>) {
        self.out = 0;
        self.keys = page.keys;
        self.tokens = Some((page.before, page.after));
        let mut bad = page.places.into_iter().zip(page.bad_rows).peekable();
        for (place, row) in page.rows.into_iter().enumerate() {
            while let Some((_, next)) = bad.next_if(|(before, _)| *before <= place) {
                let error = self.bad(next);
                self.ready.push_back(Err(error));
            }
            self.ready.push_back(Ok(row));
        }
        for (_, rest) in bad {
            let error = self.bad(rest);
            self.ready.push_back(Err(error));
        }
    }

    fn bad(&self, row: BadRow) -> Error {
        let masker = Masker::default();
        self.pages
            .failed(format!("row {} of its page is not understood: {}", row.row, masker.text(&row.reason, 200)))
            .kind_as(ErrorKind::Decode)
            .with_sent(Sent::Yes)
            .pointing(masker.path(&row.path, 200))
            .with_bad_row(row)
    }
}

impl<O: Paged> Unpin for Items<O> {}

impl<O: Paged> Stream for Items<O> {
    type Item = Result<O::Row, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if !this.ready.is_empty() {
            this.pages.pull.drive(context);
        }
        loop {
            if let Some(item) = this.ready.pop_front() {
                this.out += 1;
                return Poll::Ready(Some(item));
            }
            match ready!(Pin::new(&mut this.pages).poll_next(context)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(page)) => this.unpack(page),
            }
        }
    }

    /// The rows at hand; and, where the vendor told a total, an estimate of those to come.
    fn size_hint(&self) -> (usize, Option<usize>) {
        let to_come = self.pages.to_come().and_then(|rows| usize::try_from(rows).ok());
        (self.ready.len(), to_come.map(|rows| rows.saturating_add(self.ready.len())))
    }
}

impl<O: Paged> fmt::Debug for Items<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("operation", &self.pages.pull.operation()).field("total", &self.total()).finish_non_exhaustive()
    }
}
