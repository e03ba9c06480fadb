//! A call: a request with options, sent by `.await`.

use std::{fmt, future::IntoFuture, time::Duration};

use futures_util::future::BoxFuture;
use serde_json::{Map, Value};

use crate::{
    client::{ApiClient, CallOptions, Response, ResponseMeta},
    encode::RequestBody,
    error::{Error, ErrorKind},
    operation::{self, Operation},
    pipeline::{self, Job},
    spec::{OperationSpec, VendorSpec},
    table::Payload,
    transport::HttpRequest,
};

/// Setters that both kinds of call have.
macro_rules! option_setters {
    () => {
        /// Longest time for the call as a whole: waiting, token, all attempts.
        pub fn timeout(mut self, timeout: Duration) -> Self {
            self.options.timeout = Some(timeout);
            self
        }

        /// How often the call may be repeated; 0: never (but for once after a token was refreshed).
        pub fn retries(mut self, retries: u32) -> Self {
            self.options.retries = Some(retries);
            self
        }

        /// Whether any drift of the answer from the schema is an error.
        pub fn strict(mut self, strict: bool) -> Self {
            self.options.strict = Some(strict);
            self
        }

        /// Collects drifts from the schema in [`ResponseMeta::drifts`](crate::ResponseMeta::drifts).
        pub fn collect_drift(mut self) -> Self {
            self.options.collect_drift = true;
            self
        }

        /// Lets an empty text be sent where the page says that it means "no filter" and the vendor answers all there is.
        pub fn allow_empty_filters(mut self) -> Self {
            self.options.allow_empty_filters = true;
            self
        }

        /// The options as they stand.
        #[must_use]
        pub fn options(&self) -> &CallOptions {
            &self.options
        }
    };
}

mod named;

pub use self::named::{NamedCall, NamedRequest, PayloadOf};
pub(crate) use self::named::{descend, value_at};

impl ApiClient {
    /// A typed call, to be sent by `.await`. The operation must be one of this vendor's; vendor crates see to that, and so does
    /// [`VendorClientExt::call`](crate::vendor_client::VendorClientExt::call).
    pub fn call<O: Operation>(&self, request: O) -> Call<O> {
        Call::new(self.clone(), request)
    }

    /// A call of an operation without a schema: `path` below the vendor's base URL, `request` a JSON object of the parameters without the token.
    /// Token, quota, retries and errors are as for typed calls.
    pub fn call_raw(&self, path: impl Into<String>, request: Value) -> RawCall {
        RawCall::new(self.clone(), path.into(), request)
    }

    /// Sends a request and decodes the answer into `data`: what all typed calls come down to, compiled once.
    ///
    /// # Errors
    /// Whatever keeps the data from being there; see [`ErrorKind`].
    pub fn execute<'a>(
        &'a self,
        outgoing: RequestBody<'a>,
        spec: &'static OperationSpec,
        options: &'a CallOptions,
        data: &'a mut dyn Payload,
    ) -> BoxFuture<'a, Result<ResponseMeta, Error>> {
        self.execute_at(spec.path, outgoing, spec, options, data)
    }

    pub(crate) fn execute_at<'a>(
        &'a self,
        path: &'a str,
        outgoing: RequestBody<'a>,
        spec: &'static OperationSpec,
        options: &'a CallOptions,
        data: &'a mut dyn Payload,
    ) -> BoxFuture<'a, Result<ResponseMeta, Error>> {
        Box::pin(pipeline::run(Job { core: self, spec, path, outgoing, options }, data))
    }
}

/// A typed call. `.await` sends it.
#[derive(Clone)]
#[must_use = "a call is sent by `.await`"]
pub struct Call<O> {
    pub(crate) core: ApiClient,
    pub(crate) request: O,
    pub(crate) options: CallOptions,
}

impl<O: Operation> Call<O> {
    pub(crate) fn new(core: ApiClient, request: O) -> Self {
        Call { core, request, options: CallOptions::default() }
    }

    option_setters!();

    /// All options at once.
    pub fn with_options(mut self, options: CallOptions) -> Self {
        self.options = options;
        self
    }

    /// The request.
    #[must_use]
    pub fn request(&self) -> &O {
        &self.request
    }

    /// What would be sent, without its token. Checks the request; no I/O.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`], when the request breaks a documented rule or cannot be written.
    pub fn encode(&self) -> Result<HttpRequest, Error> {
        operation::belongs::<O>(self.core.vendor())?;
        let outgoing = RequestBody::Typed(&self.request);
        Job { core: &self.core, spec: O::spec(), path: O::spec().path, outgoing, options: &self.options }.preview()
    }

    /// Sends it; the same as `.await`.
    ///
    /// # Errors
    /// Whatever keeps the data from being there; see [`ErrorKind`].
    pub async fn send(self) -> Result<Response<O::Data>, Error> {
        operation::belongs::<O>(self.core.vendor())?;
        let mut data = O::Data::default();
        let reply = self.core.execute(RequestBody::Typed(&self.request), O::spec(), &self.options, &mut data).await?;
        Ok(Response::new(data, reply))
    }
}

impl<O: Operation> IntoFuture for Call<O> {
    type Output = Result<Response<O::Data>, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl<O> fmt::Debug for Call<O>
where
    O: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("request", &self.request).field("options", &self.options).finish_non_exhaustive()
    }
}

/// A call of an operation without a schema. `.await` sends it; the data comes as [`Value`], `null` if there was none.
#[derive(Clone)]
#[must_use = "a call is sent by `.await`"]
pub struct RawCall {
    core: ApiClient,
    path: String,
    request: Value,
    options: CallOptions,
}

impl RawCall {
    pub(crate) fn new(core: ApiClient, path: String, request: Value) -> Self {
        RawCall { core, path, request, options: CallOptions::default() }
    }

    option_setters!();

    /// The request.
    #[must_use]
    pub fn request(&self) -> &Value {
        &self.request
    }

    /// What would be sent, without its token. No I/O.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`], when the request is not an object or cannot be written.
    pub fn encode(&self) -> Result<HttpRequest, Error> {
        self.job(self.parameters()?).preview()
    }

    /// Sends it; the same as `.await`.
    ///
    /// # Errors
    /// Whatever keeps the data from being there; see [`ErrorKind`].
    pub async fn send(self) -> Result<Response<Value>, Error> {
        let mut data = None::<Value>;
        let outgoing = RequestBody::Raw(self.parameters()?);
        let untyped = self.core.vendor().untyped;
        let reply = self.core.execute_at(&self.path, outgoing, untyped, &self.options, &mut data).await?;
        Ok(Response::new(data.unwrap_or_default(), reply))
    }

    /// The same call with another request, for a page of a pull.
    pub(crate) fn asking(&self, request: Value, page: Option<i64>) -> Self {
        let options = CallOptions { page, ..self.options.clone() };
        RawCall { core: self.core.clone(), path: self.path.clone(), request, options }
    }

    pub(crate) fn vendor(&self) -> &'static VendorSpec {
        self.core.vendor()
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// A failure of this operation.
    pub(crate) fn error(&self, kind: ErrorKind, detail: String) -> Error {
        let no_parameters = Map::new();
        self.job(&no_parameters).named(Error::new(kind, self.core.vendor(), detail))
    }

    fn job<'a>(&'a self, parameters: &'a Map<String, Value>) -> Job<'a> {
        let spec = self.core.vendor().untyped;
        Job { core: &self.core, spec, path: &self.path, outgoing: RequestBody::Raw(parameters), options: &self.options }
    }

    fn parameters(&self) -> Result<&Map<String, Value>, Error> {
        let vendor = self.core.vendor();
        self.request
            .as_object()
            .ok_or_else(|| Error::new(ErrorKind::InvalidRequest, vendor, "the request of an untyped call must be a JSON object"))
    }
}

impl IntoFuture for RawCall {
    type Output = Result<Response<Value>, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// Shows the names of the parameters only: without a schema nobody knows which values are personal.
impl fmt::Debug for RawCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&String> = self.request.as_object().into_iter().flatten().map(|(name, _)| name).collect();
        f.debug_struct("RawCall").field("parameters", &names).field("options", &self.options).finish_non_exhaustive()
    }
}
