//! Typed, asynchronous client for 小鹅通 (Xiaoe-tech): users, tags, points, orders, goods, coupons, courses, learning records, lives and more of a shop, area by area.
//!
//! Unofficial: made from the vendor's published documentation, neither made nor checked by the vendor. Every operation, field, limit and code
//! stands here as documented, with its source; what was seen in examples only is marked **unverified**.
//!
//! 小鹅通的客户端：每个接口和字段都有中文说明；[中文指南](https://github.com/scrm-clients/scrm-clients/blob/main/docs/guide/zh/src/introduction.md)，
//! [guide](https://github.com/scrm-clients/scrm-clients/blob/main/docs/guide/en/src/introduction.md).
//!
//! ```
//! use xiaoe_client::{Client, Credentials, user::UserList};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // The vendors in a box; without `base_url` the client talks to the vendor itself.
//! let mock = scrm_mock::Mock::start().await;
//! # let given = mock.credentials("xiaoe");
//! # let credentials = Credentials::new(&given["app_id"], &given["client_id"], &given["secret_key"]);
//! # /*
//! let credentials = Credentials::from_env()?;
//! # */
//! let client = Client::builder(credentials).base_url(mock.base_url("xiaoe")).build()?;
//!
//! let answer = client.user().list(UserList::new().with_phone("13800138000")).await?;
//! for user in &answer.data.list {
//!     println!("{:?} paid {:?} yuan", user.user_id, user.pay_sum);
//! }
//! # Ok(())
//! # }
//! ```
//!
#![doc = include_str!("generated/areas.md")]
//!
//! # Tokens
//!
//! Tokens are got, kept and renewed by the client, one fetch however many calls wait. **A new token ends the old one**, five minutes later at most: programs
//! that share a shop and fetch on their own keep ending each other's tokens. Let them share one store ([`Builder::token_store`]) or ask one service
//! ([`Builder::token_source`]). The vendor gives tokens only to addresses that its console allows.
//!
//! # Quotas, retries, errors
//!
//! Documented quotas are kept ahead of time: a call that would exceed one waits, at most as long as its deadline. Reads are repeated after passing
//! failures; writes only when they are known not to have arrived. A failure inside HTTP 200 is a failure. [`Error`] says vendor, operation, code, the
//! code's meaning in Chinese and English and what to do; [`Error::kind`] is to match on. The vendor's codes stand at [`VENDOR`].
//!
//! # Answers
//!
//! Every field of an answer is optional, whatever the page says. Numbers in quotes, `null`, empty lists for objects and undocumented values are
//! understood; a row that is not costs only itself and comes out in the `bad_rows` of [`Response::meta`]; keys nobody documented are kept in `extra`. What would the
//! crate make of a body at hand? `scrm decode xiaoe user_list < body.json`
//!
//! Personal fields are masked in `Debug`; tokens and secrets are never shown.
//!
//! # Pulls
//!
//! Lists such as [`UserListV2`](user::UserListV2), [`PointsList`](points::PointsList) and [`OrderListV2`](order::OrderListV2) come page by page or row by row: [`Call::paginate`].
//!
//! ```
//! use xiaoe_client::{Client, Credentials, user::UserListV2};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let mock = scrm_mock::Mock::start().await;
//! # let given = mock.credentials("xiaoe");
//! # let credentials = Credentials::new(&given["app_id"], &given["client_id"], &given["secret_key"]);
//! # let client = Client::builder(credentials).base_url(mock.base_url("xiaoe")).build()?;
//! let mut pages = client.user().list_v2(UserListV2::new()).paginate().concurrency(2).pages();
//! let mut users = Vec::new();
//! let mut place = String::new();
//! // Or note the error and go on: the same page is asked for again.
//! while let Some(page) = pages.next().await? {
//!     place = page.resume().to_string(); // store it together with the rows
//!     users.extend(page.rows);
//! }
//! assert!(pages.summary().is_complete(), "{}", pages.summary());
//! assert_eq!(users.len(), 1000);
//!
//! // After a restart: on from there. Nothing is left to come.
//! let mut rest = client.user().list_v2(UserListV2::new()).paginate().resume_from(&place.parse()?)?.items();
//! assert!(rest.next().await?.is_none());
//! # Ok(())
//! # }
//! ```
//!
//! *What is guaranteed.* Every row that is in the list throughout the pull comes, and none twice; or
//! [`Summary::completeness`](Summary::completeness) says that rows are missing, or that nobody can know. Rows that are added or removed meanwhile may come or not. Where users come and go
//! during a pull by page number, [`Paginator::thorough`](Paginator::thorough) finds also those changes that leave the vendor's total as it is, for about a quarter more calls. See
//! [`Pages`] for the small print.
//!
//! *Above 10,000 users.* [`UserList`](user::UserList) is version 1.0.0, of which the vendor gives the first 10,000 rows only; a pull that has more splits itself along
//! `user_created_start` and `user_created_end`, halving the days until each piece fits. The vendor's documented way above 10,000 rows is version 2.0.0,
//! [`UserListV2`](user::UserListV2): it pages by a cursor and has no ceiling. Prefer it for pulls of a whole shop; what stands here of it was read in a copy of the vendor's page.
//!
//! *Speed.* [`Paginator::concurrency`](scrm_core::paging::Paginator::concurrency) fetches pages by number ahead, inside the quota, and hands them out in order; by cursor one page ahead. No more pages than that are
//! kept, however long the list.
//!
//! # Pushes
//!
//! With the feature `push` there is the module `push`: the 21 kinds of what the vendor sends on its own (a user registered, an order was paid, a live began), typed, and a receiver that
//! verifies, decrypts and gives each once. How they are signed and encrypted stands in no public copy of the vendor's pages: what is built in is **unverified**.
//!
//! # Without async
//!
//! With the feature `blocking` there is the module `blocking`: its client takes the same builder and has the same calls, pulls and searches; `send` stands for `.await`, and
//! pages and rows are iterators. Inside of an async runtime it gives an error that says what to do, not a standstill.
//!
#![cfg_attr(feature = "blocking", doc = "```")]
#![cfg_attr(not(feature = "blocking"), doc = "```ignore")]
//! use xiaoe_client::{Credentials, blocking::Client, user::UserList};
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let mock = scrm_mock::Mock::builder().start_blocking()?;
//! # let given = mock.credentials("xiaoe");
//! # let credentials = Credentials::new(&given["app_id"], &given["client_id"], &given["secret_key"]);
//! # /*
//!     let credentials = Credentials::from_env()?;
//! # */
//!     let client = Client::builder(credentials).base_url(mock.base_url("xiaoe")).build()?;
//!     for user in client.user().list(UserList::new()).paginate().items() {
//!         println!("{:?}", user?.user_id);
//!     }
//!     Ok(())
//! }
//! ```
//!
//! # TLS, proxies, other servers
//!
//! The features `rustls` (default), `rustls-ring` and `native-tls` choose the TLS of the transport that comes with the crate. Without any of them, bring a
//! transport: [`Builder::transport`]. It stands on hyper's connections; with the feature `reqwest` its builder can choose reqwest in their place, with `socks` it knows SOCKS
//! proxies.
//!
//! No proxy is used but the one you name, or the environment's where you say so: [`HttpTransportBuilder::proxy`], [`HttpTransportBuilder::proxy_from_env`]. The vendor gives tokens to listed addresses only, so that a fixed proxy is the usual way out. The
//! environment variable `XIAOE_BASE_URL` points a program at another server without a change.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let credentials = xiaoe_client::Credentials::new("app", "client", "secret");
//! let client = xiaoe_client::Client::builder(credentials)
//!     .http(|http| http.proxy("http://user:password@10.0.0.7:3128").gzip(true))
//!     .build()?;
//! # Ok(())
//! # }
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]

/// What registries show, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[rustfmt::skip]
mod generated;

#[cfg(feature = "reqwest")]
pub use scrm_core::reqwest;
#[cfg(feature = "http")]
pub use scrm_core::{HttpTransport, HttpTransportBuilder, InvalidSetting};

pub use generated::*;
