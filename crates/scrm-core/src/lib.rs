//! What the clients of Chinese social-CRM vendors share: the call pipeline, tokens, quotas, retries, paging and forgiving decoding.
//!
//! Users depend on a vendor's crate, which wraps an [`ApiClient`] and re-exports what is needed from here. A vendor's crate is generated: its operations are
//! values with static metadata ([`operation::Operation`], [`spec::OperationSpec`]), each of its structs has a table of its fields. All that is done with
//! them (checking, writing, sending, repeating, understanding the answer, masking what must not be shown) is written once, here.
//!
//! * One call: [`Call`] (or [`RawCall`], for an operation without a schema); `.await` sends it and gives a [`Response`].
//! * An operation that is met by name: [`NamedCall`], made by [`ApiClient::call_named`].
//! * Many pages: [`Call::paginate`].
//! * Many vendors: [`VendorClient`], and [`VendorClientExt`] for typed calls through it.
//! * Without `async`: `blocking`, behind the feature of that name.
//! * Failures: [`Error`], with an [`ErrorKind`] to match on.
//! * Without I/O: [`encode`](mod@encode) and [`decode`](mod@decode), for tests and other transports ([`transport::Transport`]).

#![cfg_attr(docsrs, feature(doc_cfg))]

mod base_url;
#[cfg(feature = "blocking")]
pub mod blocking;
pub mod call;
pub mod check;
pub mod client;
pub mod customer;
mod debug;
mod decimal;
#[doc(hidden)]
pub mod declare;
pub mod decode;
mod documented;
pub mod drift;
pub mod encode;
pub mod error;
pub mod explain;
mod flat;
pub mod hooks;
#[cfg(feature = "http")]
mod http;
mod label;
mod mask;
mod maybe;
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
mod runtime;
mod scan;
pub mod secret;
mod serialize;
pub mod sign;
pub mod spec;
#[doc(hidden)]
pub mod table;
pub mod tabular;
pub mod time;
pub mod token;
pub mod transport;
pub mod vendor_client;

pub use async_trait::async_trait;
#[cfg(feature = "reqwest")]
pub use reqwest;
pub use serde_json::Value;

#[cfg(feature = "http")]
#[doc(inline)]
pub use crate::http::{HttpTransport, HttpTransportBuilder, InvalidSetting};
#[doc(inline)]
pub use crate::{
    call::{Call, NamedCall, NamedRequest, RawCall},
    check::Violation,
    client::{ApiClient, Builder, CallOptions, Response, ResponseMeta},
    customer::{Customer, CustomerKey, KeyKind, Profile, VendorId},
    decode::{BadRow, Drift, DriftKind},
    drift::{DriftEntry, DriftReport},
    encode::RequestBody,
    error::{Error, ErrorKind},
    flat::Flat,
    hooks::Hooks,
    maybe::Maybe,
    money::{Decimal, Fen, NotAnAmount, Yuan},
    operation::{Operation, PagedOperation},
    paging::{
        Completeness, Items, NamedRow, Page, Pages, Paginator, RawPaging, RejectSink, Rejected, RejectedPage, ResumeToken,
        ResumeTokenError, Summary,
    },
    quota::SharedQuota,
    retry::RetryPolicy,
    secret::{CredentialSet, Secret},
    sign::{SigningInputs, SystemSigningInputs},
    spec::{Action, Label, QuotaSpec},
    table::{Extra, Keyed, Nullable, Undocumented},
    tabular::{Column, ColumnKind, Sensitivity, Shape, Tabular, TenantColumn},
    time::{Date, DateTime, Day, Moment, Month, OffsetDateTime, UnixMillis, UnixSeconds},
    token::{BoxError, FileStore, MemoryStore, StoredToken, Token, TokenSource, TokenStore},
    transport::{HttpRequest, HttpResponse, Sent, Transport, TransportError, TransportErrorKind},
    vendor_client::{CustomerStream, ErasedCall, VendorClient, VendorClientExt},
};
