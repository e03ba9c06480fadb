//! Typed, asynchronous client for 兔展 (Rabbitpre): customers, their tags and points, forms, works, games, templates, staff, tasks and imports, area by area.
//!
//! Unofficial: made from the vendor's published documentation, neither made nor checked by the vendor. Every operation, field, limit and code
//! stands here as documented, with its source; what was seen in examples only is marked **unverified**.
//!
//! 兔展的客户端：每个接口和字段都有中文说明；[中文指南](https://github.com/scrm-clients/scrm-clients/blob/main/docs/guide/zh/src/introduction.md)，
//! [guide](https://github.com/scrm-clients/scrm-clients/blob/main/docs/guide/en/src/introduction.md).
//!
//! ```
//! use rabbitpre_client::{Client, Credentials, customer::CustomerLookup};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // The vendors in a box; without `base_url` the client talks to the vendor itself.
//! let mock = scrm_mock::Mock::start().await;
//! # let given = mock.credentials("rabbitpre");
//! # let credentials = Credentials::new(&given["instance_appid"], &given["instance_secret"]);
//! # /*
//! let credentials = Credentials::from_env()?;
//! # */
//! let client = Client::builder(credentials).base_url(mock.base_url("rabbitpre")).build()?;
//!
//! let answer = client.customer().lookup(CustomerLookup::new().with_phone("13800138000")).await?;
//! for customer in &answer.data {
//!     println!("{:?}", customer.audience_user_id);
//! }
//! # Ok(())
//! # }
//! ```
//!
#![doc = include_str!("generated/areas.md")]
//!
//! # Tokens
//!
//! Tokens are got, kept and renewed by the client, one fetch however many calls wait. Whether a new token ends the old one is not documented: take it that
//! it does, and let programs that use the same credentials share one store ([`Builder::token_store`]) or ask one service ([`Builder::token_source`]).
//!
//! There are two kinds. Calls carry the token of a self-built app; what a third-party platform calls (an auth code for an enterprise) carries the platform's, for which the
//! client needs [`Credentials::with_component_appid`] and [`Credentials::with_component_secret`], or [`Builder::token_source_for`].
//!
//! # Signed calls
//!
//! The vendor's older generation (staff, tasks, records of games, tags of other systems) stands on hosts of its own and has no tokens: each call is signed with an id of the
//! open platform, `opfid`, and a secret. The client does that where it has both; a client for such calls alone is made with [`Credentials::for_open_platform`]. Each attempt has a
//! nonce and a time of its own, so that the machine's clock has to be right ([`Builder::signing_inputs`] for another one). The vendor documents neither how objects are signed
//! nor how long a signature lives: see [`VENDOR`].
//!
//! ```
//! use rabbitpre_client::{Client, Credentials, organization::OrganizationStaffFind};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let mock = scrm_mock::Mock::start().await;
//! # let given = mock.credentials("rabbitpre");
//! # let (opfid, signing_secret) = (&given["opfid"], &given["signing_secret"]);
//! let client = Client::builder(Credentials::for_open_platform(opfid, signing_secret)).base_url(mock.base_url("rabbitpre")).build()?;
//! let staff = client.organization().staff_find(OrganizationStaffFind::new().with_phone("13800138000")).await?;
//! println!("{:?}", staff.data.channel_id);
//! # Ok(())
//! # }
//! ```
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
//! crate make of a body at hand? `scrm decode rabbitpre customer_lookup < body.json`
//!
//! Personal fields are masked in `Debug`; tokens and secrets are never shown.
//!
//! # Callbacks
//!
//! With the feature `callback` there is the module `callback`: the eight things that the vendor sends on its own to an address of yours, typed, with a receiver; two of them ask for an
//! answer, typed as well (`callback::Answers`). How they are signed is **unverified**.
//!
//! # Without async
//!
//! With the feature `blocking` there is the module `blocking`: its client takes the same builder and has the same calls, pulls and searches; `send` stands for `.await`, and
//! pages and rows are iterators. Inside of an async runtime it gives an error that says what to do, not a standstill.
//!
#![cfg_attr(feature = "blocking", doc = "```")]
#![cfg_attr(not(feature = "blocking"), doc = "```ignore")]
//! use rabbitpre_client::{Credentials, blocking::Client, customer::CustomerLookup};
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let mock = scrm_mock::Mock::builder().start_blocking()?;
//! # let given = mock.credentials("rabbitpre");
//! # let credentials = Credentials::new(&given["instance_appid"], &given["instance_secret"]);
//! # /*
//!     let credentials = Credentials::from_env()?;
//! # */
//!     let client = Client::builder(credentials).base_url(mock.base_url("rabbitpre")).build()?;
//!     let answer = client.customer().lookup(CustomerLookup::new().with_phone("13800138000")).send()?;
//!     println!("{} customers", answer.data.len());
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
//! environment variable `RABBITPRE_BASE_URL` points a program at another server without a change, all of the vendor's hosts at once; `RABBITPRE_OPEN_BASE_URL` and
//! `RABBITPRE_EDITOR_BASE_URL` one of the older generation's.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let credentials = rabbitpre_client::Credentials::new("app", "secret");
//! let client = rabbitpre_client::Client::builder(credentials)
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
