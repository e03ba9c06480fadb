//! Waiting on this thread, while another one drives connections and timers.

use std::{
    future::{Future, pending},
    io,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
};

use tokio::{
    runtime::{self, Handle},
    task::coop,
};

use crate::{
    error::{Error, ErrorKind},
    spec::VendorSpec,
};

/// The runtime that all blocking clients of this process share.
static RUNTIME: Mutex<Option<Handle>> = Mutex::new(None);

/// More than any runtime lets a task do before it has to yield (tokio: 128).
const MOST_BUDGET: usize = 1024;

/// Leave to wait on this thread.
pub(super) struct Waiting(Handle);

impl Waiting {
    /// # Errors
    /// [`ErrorKind::Config`], when something on this thread is being polled, which would stand still; or when the system gives no thread.
    pub(super) fn begin(vendor: &'static VendorSpec) -> Result<Self, Error> {
        let refused = |reason: String| Error::new(ErrorKind::Config, vendor, reason);
        if is_polled() {
            return Err(refused(
                "a blocking call inside of an async runtime would hold up all that its thread has to do; nothing was sent. Use the asynchronous client here, or \
                 wait on another thread (tokio::task::spawn_blocking, std::thread)"
                    .to_owned(),
            ));
        }
        let runtime = runtime().map_err(|error| refused(format!("the thread that blocking calls need cannot be started: {error}")))?;
        Ok(Waiting(runtime))
    }

    /// Polls here until there is a result: the future may borrow, and need not be `Send`.
    pub(super) fn until<T>(self, future: impl Future<Output = T>) -> T {
        let _entered = self.0.enter();
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let mut context = Context::from_waker(&waker);
        let mut future = pin!(future);
        loop {
            match future.as_mut().poll(&mut context) {
                Poll::Ready(result) => return result,
                Poll::Pending => thread::park(),
            }
        }
    }
}

/// Waits for what a client of this vendor does.
pub(super) fn wait<T>(vendor: &'static VendorSpec, future: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    Waiting::begin(vendor)?.until(future)
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.unpark();
    }
}

/// Whether a runtime polls something on this thread just now. That a runtime can be reached says little: it can be from `spawn_blocking` as well, and from wherever one was
/// entered. But only what is polled has a budget that can be used up; it comes back with the proofs.
fn is_polled() -> bool {
    if Handle::try_current().is_err() {
        return false;
    }
    let mut context = Context::from_waker(Waker::noop());
    let mut proofs = Vec::new();
    let exhausted = (0..MOST_BUDGET).any(|_| match coop::poll_proceed(&mut context) {
        Poll::Ready(proof) => {
            proofs.push(proof);
            false
        }
        Poll::Pending => true,
    });
    // Each puts back what was there when it was given.
    while proofs.pop().is_some() {}
    exhausted
}

fn runtime() -> io::Result<Handle> {
    let mut shared = RUNTIME.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(runtime) = &*shared {
        return Ok(runtime.clone());
    }
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let handle = runtime.handle().clone();
    thread::Builder::new().name("scrm-blocking".to_owned()).spawn(move || runtime.block_on(pending::<()>()))?;
    Ok(shared.insert(handle).clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_polled_is_told_from_what_may_wait() {
        assert!(!is_polled());
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
        assert!(runtime.block_on(async { is_polled() }));
        runtime.block_on(async {
            assert!(tokio::spawn(async { is_polled() }).await.unwrap());
            assert!(!tokio::task::spawn_blocking(is_polled).await.unwrap());
            assert!(!thread::spawn(is_polled).join().unwrap());
        });
        let _entered = runtime.enter();
        assert!(!is_polled());
    }

    #[tokio::test]
    async fn looking_costs_no_budget() {
        for _ in 0..10 {
            assert!(is_polled());
            assert!(coop::has_budget_remaining());
        }
        let mut context = Context::from_waker(Waker::noop());
        assert!(coop::poll_proceed(&mut context).is_ready());
    }
}
