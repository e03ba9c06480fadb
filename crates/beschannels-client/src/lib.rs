//! Typed, asynchronous client for 致趣百川 (Beschannels): leads, groups, objects, behaviour, content and meetings, area by area.
//!
//! Unofficial: made from the vendor's published documentation, neither made nor checked by the vendor. Every operation, field, limit and code
//! stands here as documented, with its source; what was seen in examples only is marked **unverified**.
//!
//! 致趣百川的客户端：每个接口和字段都有中文说明；[中文指南](https://github.com/scrm-clients/scrm-clients/blob/main/docs/guide/zh/src/introduction.md)，
//! [guide](https://github.com/scrm-clients/scrm-clients/blob/main/docs/guide/en/src/introduction.md).
//!
//! ```
//! use beschannels_client::{Client, Credentials, group::{GroupObject, GroupUserList}};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // The vendors in a box; without `base_url` the client talks to the vendor itself.
//! let mock = scrm_mock::Mock::start().await;
//! # let given = mock.credentials("beschannels");
//! # let credentials = Credentials::new(&given["app_id"], &given["app_secret"]);
//! # /*
//! let credentials = Credentials::from_env()?;
//! # */
//! let client = Client::builder(credentials).base_url(mock.base_url("beschannels")).build()?;
//!
//! let request = GroupUserList::new("user-made-up-1", GroupObject::Leads);
//! let answer = client.group().user_list(request).await?;
//! for lead in &answer.data.list {
//!     println!("{:?} has the scores {:?}", lead.identity_id, lead.scores);
//! }
//! # Ok(())
//! # }
//! ```
//!
#![doc = include_str!("generated/areas.md")]
//!
//! # Tokens
//!
//! Tokens are got, kept and renewed by the client, one fetch however many calls wait. Programs that use the same credentials do not disturb each
//! other: the vendor gives the same token until twenty minutes before its end, and the old one works until then.
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
//! crate make of a body at hand? `scrm decode beschannels group_user_list < body.json`
//!
//! Personal fields are masked in `Debug`; tokens and secrets are never shown.
//!
//! # Without async
//!
//! With the feature `blocking` there is the module `blocking`: its client takes the same builder and has the same calls, pulls and searches; `send` stands for `.await`, and
//! pages and rows are iterators. Inside of an async runtime it gives an error that says what to do, not a standstill.
//!
#![cfg_attr(feature = "blocking", doc = "```")]
#![cfg_attr(not(feature = "blocking"), doc = "```ignore")]
//! use beschannels_client::{Credentials, blocking::Client, group::{GroupObject, GroupUserList}};
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let mock = scrm_mock::Mock::builder().start_blocking()?;
//! # let given = mock.credentials("beschannels");
//! # let credentials = Credentials::new(&given["app_id"], &given["app_secret"]);
//! # /*
//!     let credentials = Credentials::from_env()?;
//! # */
//!     let client = Client::builder(credentials).base_url(mock.base_url("beschannels")).build()?;
//!     let request = GroupUserList::new("user-made-up-1", GroupObject::Leads);
//!     for lead in client.group().user_list(request).paginate().items() {
//!         println!("{:?}", lead?.identity_id);
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
//! No proxy is used but the one you name, or the environment's where you say so: [`HttpTransportBuilder::proxy`], [`HttpTransportBuilder::proxy_from_env`]. The
//! environment variable `BESCHANNELS_BASE_URL` points a program at another server without a change.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let credentials = beschannels_client::Credentials::new("app", "secret");
//! let client = beschannels_client::Client::builder(credentials)
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
