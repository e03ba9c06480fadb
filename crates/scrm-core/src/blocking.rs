//! The clients for programs without `async`: the same calls, pulls and searches, and each waits on the thread that asks.
//!
//! A vendor crate has its client of this kind in its own module `blocking`, behind the feature of that name. Builder, requests, responses, rows and errors are those
//! of the asynchronous client, and so are the options of calls and pulls; where that one says `.await`, this one says [`send`](Call::send).
//!
//! All clients of a process share one thread, begun with the first call, on which connections and timers live. Pages that are fetched ahead
//! ([`Paginator::concurrency`]) make progress while the next one is waited for.
//!
//! # Inside of an async runtime
//!
//! A call that waits would hold up all that this thread has to poll; it gives an error of kind [`ErrorKind::Config`](crate::ErrorKind::Config) instead, before anything is
//! sent. A thread that may wait is none of these: that of `tokio::task::spawn_blocking`, and any of `std::thread`.

mod call;
mod customers;
mod pull;
mod wait;

pub use self::{
    call::{Call, RawCall},
    customers::{Customers, VendorClient, fill_tags, find_customers, list_customers},
    pull::{Items, Pages, Paginator},
};
