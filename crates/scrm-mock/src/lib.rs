//! The vendors in a box: a server on this machine that answers every operation of the schema tree as its vendor documents it.
//!
//! ```no_run
//! # async fn test() {
//! let mock = scrm_mock::Mock::start().await;
//! let base_url = mock.base_url("acme");
//! let credentials = mock.credentials("acme");
//! // … point a client at it …
//! assert_eq!(mock.calls("acme/user_list"), 1);
//! mock.assert_quota_kept();
//! # }
//! ```
//!
//! It knows no vendor by name: what it checks and answers comes from the schema files alone, those built in or a folder given to [`Builder::schemas`]. The same
//! made-up people stand behind all vendors, so that a phone number finds a person everywhere.
//!
//! [`Mock::fault`] makes it nasty, [`Mock::requests`] and [`Mock::assert_quota_kept`] tell what happened. Programs in other languages run the program `scrm-mock`
//! and do the same with JSON below `/_control`:
//!
//! | call | body | effect |
//! |---|---|---|
//! | `GET stats`, `requests`, `credentials`, `customers` | | counters and fullest windows; the last calls, masked; accepted credentials; the first 100 people |
//! | `GET`, `POST`, `DELETE faults` | `{"fault": {"status": {"status": 503}}, "on": "user_list", "times": 1}`, or a list | the [`FaultRule`]s |
//! | `POST customers` | `{"add": 5, "customers": [{"phone": "13800138777"}], "remove": 2, "remove_phones": []}` | people come and go |
//! | `POST clock` | `{"advance_seconds": 60, "step_seconds": -3600}` | see [`Clock`] |
//! | `POST permissions` | `{"operation": "user_list", "allowed": false}` | |
//! | `POST quotas` | `{"operation": "user_list", "quota": {"calls": 20, "seconds": 1}}` (`null`: none) | |
//! | `POST token_rules` | `{"vendor": "acme", "lifetime": 7200, "renew_below": 1800, "overlap": 300}` | see [`TokenRule`] |
//! | `POST expire_tokens` | `{"vendor": "acme"}`, or nothing for all | |
//! | `POST subscriptions` | `{"vendor": "acme", "url": "http://127.0.0.1:8080/push", "token": "…", "key": "…", "speed": 3600}` | where pushes go: see [`Subscription`] |
//! | `GET`, `POST pushes` | `{"push": "acme/user_add", "content": {"phone": "13800138000"}}` | pushes and what became of them; one more |
//! | `POST reset` | | see [`Mock::reset`] |
//!
//! `GET /openapi/<vendor>.json` gives a vendor as an OpenAPI 3.1 document.
//!
//! [`Recorder`] writes a client's real traffic into a file without showing anybody, [`Replay`] answers from such a file.
//!
//! [`Canned`] answers with bodies that a test gives, without a server.
//!
//! This crate belongs under `[dev-dependencies]`: it switches nothing on in the clients, and nothing of it is in what you ship.

#![cfg_attr(docsrs, feature(doc_cfg))]

/// What registries show, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod answer;
mod canned;
mod chance;
mod check;
mod clock;
mod control;
mod failure;
mod faults;
mod fill;
mod line;
mod mock;
mod people;
mod pushes;
mod quota;
mod recording;
mod records;
mod request;
mod response;
mod row_texts;
mod select;
mod server;
mod signed;
mod spoil;
mod stats;
mod tokens;
mod windows;
mod world;

pub use canned::Canned;
pub use clock::Clock;
pub use faults::{Fault, FaultRule};
pub use mock::{Arming, Builder, Mock, StartError};
pub use people::{Customer, DataError};
pub use pushes::{PushError, PushRecord, PushState, Subscription};
pub use recording::{RecordedAnswer, RecordedBody, RecordedCall, Recorder, RecordingError, Replay};
pub use records::Record;
pub use scrm_schema::model::{Quota, Situation};
pub use server::UNVERIFIED_HEADER;
pub use stats::FullestWindow;
pub use tokens::TokenRule;
