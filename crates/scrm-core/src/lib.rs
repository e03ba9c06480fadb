//! What the clients of Chinese social-CRM vendors share: the call pipeline, tokens, quotas, retries, paging and forgiving decoding.
//!
//! Users depend on a vendor's crate, which wraps a [`ApiClient`] and re-exports what is needed from here. A vendor's crate is generated: its operations are
//! values with static metadata ([`operation::Operation`], [`spec::OperationSpec`]), its structs name their fields ([`table`]). All that is done with
//! them (checking, writing, sending, repeating, understanding the answer, masking what must not be shown) is written once, here.
//!
//! * One call: [`Call`] (or [`RawCall`], for an operation without a schema); `.await` sends it and gives a [`Response`].
//! * Many pages: [`Call::pages`] and [`Call::items`].
//! * Many vendors: [`VendorClient`], and [`VendorClientExt`] for typed calls through it.
//! * Failures: [`Error`], with an [`ErrorKind`] to match on.
//! * Without I/O: [`encode`](mod@encode) and [`decode`](mod@decode), for tests and other transports ([`transport::Transport`]).

pub mod call;
pub mod check;
pub mod client;
pub mod customer;
mod debug;
pub mod decode;
pub mod drift;
pub mod encode;
pub mod error;
pub mod explain;
mod flat;
pub mod hooks;
#[cfg(feature = "http")]
mod http;
mod mask;
pub mod money;
pub mod operation;
pub mod paging;
mod path;
mod patience;
mod pipeline;
mod plain_serde;
pub mod quota;
mod registry;
pub mod retry;
mod scan;
pub mod secret;
mod serialize;
pub mod spec;
pub mod table;
pub mod tabular;
pub mod time;
pub mod token;
pub mod transport;
pub mod vendor_client;

pub use async_trait::async_trait;
pub use serde_json::Value;

pub use crate::{
    call::{Call, RawCall},
    check::Violation,
    client::{ApiClient, Builder, CallOptions, Response, ResponseMeta},
    customer::{Customer, CustomerKey, KeyKind, Profile},
    decode::{BadRow, Drift},
    drift::DriftReport,
    encode::RequestBody,
    error::{Error, ErrorKind},
    flat::Flat,
    money::{Fen, Yuan},
    paging::{RejectSink, ResumeToken, Summary},
    retry::RetryPolicy,
    secret::{CredentialSet, Secret},
    spec::{Action, Label},
    tabular::{Column, ColumnKind, Sensitivity, Shape, Tabular, TenantColumn},
    time::{Date, DateTime, Day, Moment, Month, UnixMillis, UnixSeconds},
    transport::{Sent, Transport},
    vendor_client::{CustomerStream, VendorClient, VendorClientExt},
};

/// For generated code only.
#[doc(hidden)]
pub mod __private {
    pub use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub use crate::{
        debug::debug,
        scan::{document, lax_document},
        serialize::{deserialize, serialize, serialize_request},
        table::{code_text, deserialize_code, from_text, hash_value, same_value, serialize_code},
    };
}
