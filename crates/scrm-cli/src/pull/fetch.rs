//! The pages of a pull, fetched while those before them are stored.

use std::{sync::Arc, time::Duration};

use scrm_core::{Error, ErrorKind, NamedCall, NamedRow, Page, Pages, Summary, spec::Action};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};

use super::Session;

/// So many pages, and so many rows, wait to be stored while a commit is under way; more are not fetched.
const PAGES: usize = 256;
const ROWS: u32 = 8000;

/// What the stream of pages gave.
pub(super) enum Next {
    Page(Box<Came>),
    Failed(Error),
    End(Box<Summary>),
    Interrupted,
}

/// A page that came.
pub(super) struct Came {
    pub(super) page: Page<NamedRow>,
    /// How many rows the vendor counts.
    pub(super) total: Option<u64>,
    /// Room among those that wait, given back when it is stored.
    pub(super) room: Option<OwnedSemaphorePermit>,
}

/// Where what was fetched arrives.
pub(super) struct Fetched(mpsc::Receiver<Next>);

impl Fetched {
    /// Waits for what comes next.
    pub(super) fn next(&mut self) -> Next {
        // the other side ends with `End` or `Interrupted`, and is lost with the program alone
        self.0.blocking_recv().unwrap_or(Next::Interrupted)
    }
}

/// Begins to fetch. It ends when nobody waits for pages any more.
pub(super) fn start(session: &Session<'_>, pages: Pages<NamedCall>) -> Fetched {
    let (give, take) = mpsc::channel(PAGES);
    session.runtime.spawn(fetch(pages, give, session.interrupted.clone()));
    Fetched(take)
}

async fn fetch(mut pages: Pages<NamedCall>, give: mpsc::Sender<Next>, mut interrupted: watch::Receiver<bool>) {
    let (free, mut failures) = (Arc::new(Semaphore::new(ROWS as usize)), 0);
    loop {
        let mut next = tokio::select! {
            biased;
            Ok(_) = interrupted.wait_for(|told| *told) => Next::Interrupted,
            page = pages.next() => match page {
                Ok(Some(page)) => Next::Page(Box::new(Came { page, total: pages.total(), room: None })),
                Ok(None) => Next::End(Box::new(pages.summary())),
                Err(error) => Next::Failed(error),
            },
        };
        let pause = match &mut next {
            Next::Page(came) => {
                failures = 0;
                let rows = u32::try_from(came.page.rows.len()).unwrap_or(ROWS).min(ROWS);
                // it is never closed
                came.room = free.clone().acquire_many_owned(rows).await.ok();
                None
            }
            Next::Failed(error) => {
                failures += 1;
                pause(error, failures)
            }
            Next::End(_) | Next::Interrupted => None,
        };
        // asking again cannot help
        let hopeless =
            matches!(&next, Next::Failed(error) if matches!(error.action(), Some(Action::FixConfig | Action::FixRequest | Action::Fail)));
        let last = matches!(next, Next::End(_) | Next::Interrupted);
        if give.send(next).await.is_err() || last {
            return;
        }
        if hopeless {
            // nobody who is gone needs it
            _ = give.send(Next::End(Box::new(pages.summary()))).await;
            return;
        }
        if let Some(pause) = pause {
            tokio::select! {
                Ok(_) = interrupted.wait_for(|told| *told) => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }
}

/// After failures in a row the program waits longer and longer.
fn pause(error: &Error, failures: u32) -> Option<Duration> {
    (error.kind() != ErrorKind::Paging).then(|| Duration::from_secs(1 << failures.min(5).saturating_sub(1)))
}
