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
//! and do the same with JSON below `/_control`.

mod answer;
mod chance;
mod check;
mod clock;
mod control;
mod failure;
mod faults;
mod fill;
mod generated;
mod line;
mod mock;
mod people;
mod quota;
mod records;
mod request;
mod response;
mod select;
mod server;
mod spoil;
mod stats;
mod tokens;
mod world;

pub use clock::Clock;
pub use faults::{Fault, FaultRule};
pub use mock::{Arming, Builder, Mock, StartError};
pub use people::{Customer, DataError};
pub use records::Record;
pub use scrm_schema::model::{Quota, Situation};
pub use server::UNVERIFIED_HEADER;
pub use stats::FullestWindow;
pub use tokens::TokenRule;
