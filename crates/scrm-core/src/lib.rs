//! What the clients of Chinese social-CRM vendors share: the call pipeline, tokens, quotas, retries, paging and forgiving decoding.
//!
//! Users depend on a vendor's crate; this one is what those crates are generated against.

pub mod call;
pub mod check;
pub mod client;
pub mod customer;
pub mod decode;
pub mod encode;
pub mod error;
pub mod explain;
pub mod hooks;
#[cfg(feature = "http")]
mod http;
pub mod operation;
pub mod paging;
mod path;
mod pipeline;
pub mod quota;
pub mod retry;
mod scan;
pub mod secret;
mod show;
pub mod spec;
pub mod table;
pub mod time;
pub mod token;
pub mod transport;
pub mod vendor_client;

/// For generated code only.
#[doc(hidden)]
pub mod __private {
    pub use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub use crate::show::{Json, debug, deserialize};
}
