//! Calls that wait.

use std::time::Duration;

use serde_json::Value;

use super::{Paginator, wait::wait};
use crate::{
    client::{CallOptions, Response},
    error::Error,
    operation::{Operation, PagedOperation},
    paging::RawPaging,
    spec::VendorSpec,
    transport::HttpRequest,
};

/// What both kinds of call have in common.
macro_rules! same {
    () => {
        /// Longest time for the call as a whole: waiting, token, all attempts.
        pub fn timeout(self, timeout: Duration) -> Self {
            Self(self.0.timeout(timeout))
        }

        /// How often the call may be repeated; 0: never (but for once after a token was refreshed).
        pub fn retries(self, retries: u32) -> Self {
            Self(self.0.retries(retries))
        }

        /// Whether any drift of the response from the schema is an error.
        pub fn strict(self, strict: bool) -> Self {
            Self(self.0.strict(strict))
        }

        /// Collects drifts from the schema in [`ResponseMeta::drifts`](crate::ResponseMeta::drifts).
        pub fn collect_drift(self) -> Self {
            Self(self.0.collect_drift())
        }

        /// Lets an empty text be sent where the documentation says that it means "no filter" and the vendor answers all there is.
        pub fn allow_empty_filters(self) -> Self {
            Self(self.0.allow_empty_filters())
        }

        /// The options as they stand.
        #[must_use]
        pub fn options(&self) -> &CallOptions {
            self.0.options()
        }

        /// What would be sent, without its token. No I/O.
        ///
        /// # Errors
        /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest), when the request breaks a documented rule or cannot be written.
        pub fn encode(&self) -> Result<HttpRequest, Error> {
            self.0.encode()
        }
    };
}

/// A typed call. [`send`](Call::send) sends it and waits for the response.
#[derive(Clone, Debug)]
#[must_use = "a call is sent by `send`"]
pub struct Call<O>(crate::Call<O>);

impl<O: Operation> Call<O> {
    same!();

    /// All options at once.
    pub fn with_options(self, options: CallOptions) -> Self {
        Self(self.0.with_options(options))
    }

    /// The request.
    #[must_use]
    pub fn request(&self) -> &O {
        self.0.request()
    }

    /// Sends it and waits.
    ///
    /// # Errors
    /// Whatever keeps the data from being there; see [`ErrorKind`](crate::ErrorKind). [`Config`](crate::ErrorKind::Config) inside of an async runtime.
    pub fn send(self) -> Result<Response<O::Data>, Error> {
        wait(self.vendor(), self.0.send())
    }

    fn vendor(&self) -> &'static VendorSpec {
        self.0.core.vendor()
    }
}

impl<O: PagedOperation> Call<O> {
    /// All pages from the one that the request asks for, or all rows. The options of this call hold for the call of each page.
    pub fn paginate(self) -> Paginator<O> {
        Paginator::new(self.vendor(), self.0.paginate())
    }
}

impl<O> From<crate::Call<O>> for Call<O> {
    fn from(call: crate::Call<O>) -> Self {
        Call(call)
    }
}

/// A call of an operation without a schema. [`send`](RawCall::send) sends it and waits; the data comes as [`Value`], `null` if there was none.
#[derive(Clone, Debug)]
#[must_use = "a call is sent by `send`"]
pub struct RawCall(crate::RawCall);

impl RawCall {
    same!();

    /// The request.
    #[must_use]
    pub fn request(&self) -> &Value {
        self.0.request()
    }

    /// Sends it and waits.
    ///
    /// # Errors
    /// Whatever keeps the data from being there; see [`ErrorKind`](crate::ErrorKind). [`Config`](crate::ErrorKind::Config) inside of an async runtime.
    pub fn send(self) -> Result<Response<Value>, Error> {
        wait(self.0.vendor(), self.0.send())
    }

    /// All pages from the one that the request asks for, or all rows, as JSON values; see [`RawCall::paginate`](crate::RawCall::paginate).
    pub fn paginate(self, paging: RawPaging) -> Paginator<crate::RawCall> {
        Paginator::new(self.0.vendor(), self.0.paginate(paging))
    }
}

impl From<crate::RawCall> for RawCall {
    fn from(call: crate::RawCall) -> Self {
        RawCall(call)
    }
}
