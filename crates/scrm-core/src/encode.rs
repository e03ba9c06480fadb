//! From a request value to what goes over the wire. No I/O, and nothing but the request, its description and its token (or what it is signed with) decides the
//! result: the same request is the same bytes.

mod multipart;
mod url;
mod written;

use std::{borrow::Cow, time::Duration};

use bytes::Bytes;
use serde_json::{Map, Value};

pub(crate) use self::url::check_path;
pub(crate) use self::written::OnTheWire;
use self::written::Written;
use crate::{
    secret::Secret,
    sign::Signing,
    spec::{BodyKind, OperationSpec, TokenPlace, TokenSpec},
    table::{Place, REQUIRED, ReadFields},
    transport::{Header, HttpRequest},
};

/// What is to be sent.
#[derive(Clone, Copy)]
pub enum RequestBody<'a> {
    /// A typed request: written as its table says.
    Typed(&'a dyn ReadFields),
    /// Parameters by wire name. Each goes where the operation's table puts its name; its value is written as it is.
    Raw(&'a Map<String, Value>),
}

/// What proves to the vendor who calls.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub enum Authorization<'a> {
    /// Nothing does.
    #[default]
    None,
    /// A token of this kind.
    Token(&'a TokenSpec, &'a Secret),
    /// A signature.
    Signature(&'a Signing),
}

/// A request that cannot be written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EncodeError {
    /// Wire name of the field, `data/user_id` inside an object; `base_url` or `path` where it is that.
    pub field: String,
    /// What is wrong and what to do. Never holds the value.
    pub reason: String,
}

impl std::fmt::Display for EncodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` cannot be sent: {}", self.field, self.reason)
    }
}

impl std::error::Error for EncodeError {}

impl EncodeError {
    fn new(field: &str, reason: impl Into<String>) -> Self {
        EncodeError { field: field.to_owned(), reason: reason.into() }
    }

    /// The same as seen from the object that holds it.
    fn inside(mut self, name: &str) -> Self {
        self.field = if self.field.is_empty() { name.to_owned() } else { format!("{name}/{}", self.field) };
        self
    }
}

/// [`HttpRequest::timeout`] of what [`encode`] makes; whoever sends it may set another.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Writes a request for `path` below `base_url`. The operation's description says how: method, kind of body, place of each field. The path is
/// given on its own so that operations without a description can share one; it may begin with `/` or not, and may carry a query.
///
/// Absent fields are left out. A list joined into one text is refused where an item holds the separator. Where there is no `null` (query,
/// form, multipart) it is written as an empty text, and objects and lists as JSON text; a header is left out. The token replaces a field of
/// its name. A token that belongs in the body goes in the query where the operation has no body. Parameters of a signature do the same; what stands in the query of `path`
/// is not signed.
///
/// # Errors
/// When a value cannot be written where it must go: a number that is not finite, a header with line breaks, a bad base URL; or when the path leads
/// out of the base URL (`..` in any encoding, `//host`) or holds control characters.
pub fn encode(
    outgoing: RequestBody<'_>,
    spec: &OperationSpec,
    authorization: Authorization<'_>,
    base_url: &str,
    path: &str,
) -> Result<HttpRequest, EncodeError> {
    authorized(outgoing, spec, authorization, base_url, path).map(|(request, _)| request)
}

/// The same, and the signature that is in it.
pub(crate) fn authorized(
    outgoing: RequestBody<'_>,
    spec: &OperationSpec,
    authorization: Authorization<'_>,
    base_url: &str,
    path: &str,
) -> Result<(HttpRequest, Option<Secret>), EncodeError> {
    let mut parts = Parts::of(outgoing, spec)?;
    let signature = match authorization {
        Authorization::None => None,
        Authorization::Token(token, text) => {
            parts.put_token(token.place, text.expose());
            None
        }
        Authorization::Signature(signing) => Some(parts.sign(signing)?),
    };
    let mut headers: Vec<Header> = Vec::with_capacity(2 + parts.headers.len());
    headers.push(("Accept".into(), "application/json".into()));
    let (content_type, body) = match spec.body {
        BodyKind::Query => (None, Bytes::new()),
        BodyKind::Json => (Some("application/json".into()), Bytes::from(written::object(&parts.body)?)),
        BodyKind::Form => {
            let form = url::parameters(&texts(&parts.body)?);
            (Some("application/x-www-form-urlencoded".into()), Bytes::from(form))
        }
        BodyKind::Multipart => {
            let (content_type, body) = multipart::write(&texts(&parts.body)?);
            (Some(content_type.into()), Bytes::from(body))
        }
    };
    headers.extend(content_type.map(|content_type| ("Content-Type".into(), content_type)));
    headers.extend(self::headers(&parts.headers)?);
    let url = url::with_query(url::join(base_url, path)?, &texts(&parts.query)?);
    Ok((HttpRequest { method: spec.method, url, headers, body, timeout: TIMEOUT }, signature))
}

/// A record as JSON, as it stands on the wire: what [`encode`] writes where it is part of a JSON body. Absent fields are left out.
///
/// # Errors
/// When a value cannot be written: a number that is not finite, a list whose items hold the separator they are joined by.
pub fn json(record: &dyn ReadFields) -> Result<Vec<u8>, EncodeError> {
    let mut out = Vec::new();
    written::push_record(&mut out, record)?;
    Ok(out)
}

/// A name on the wire and what is written for it.
type Part<'a> = (Cow<'a, str>, Written<'a>);

/// The fields of a request by where they go, absent ones left out.
struct Parts<'a> {
    has_body: bool,
    body: Vec<Part<'a>>,
    query: Vec<Part<'a>>,
    headers: Vec<Part<'a>>,
}

impl<'a> Parts<'a> {
    fn of(outgoing: RequestBody<'a>, spec: &OperationSpec) -> Result<Self, EncodeError> {
        let mut parts = Parts { has_body: spec.body != BodyKind::Query, body: vec![], query: vec![], headers: vec![] };
        match outgoing {
            RequestBody::Typed(request) => {
                for (at, field) in request.table().fields.iter().enumerate() {
                    let view = request.view(at);
                    // most fields of most requests are not there
                    if field.flags & REQUIRED != 0 || !view.is_empty() {
                        parts.put(field.place, field.name().into(), Written::of(view, field)?);
                    }
                }
                for (name, written) in written::undocumented(request) {
                    parts.put(Place::Body, name, written);
                }
            }
            RequestBody::Raw(request) => {
                for (name, value) in request {
                    let place = spec.request.find(name, 0).map_or(Place::Body, |at| spec.request.fields[at].place);
                    parts.put(place, name.into(), Written::json(Cow::Borrowed(value)));
                }
            }
        }
        Ok(parts)
    }

    fn put(&mut self, place: Place, name: Cow<'a, str>, written: Written<'a>) {
        if !matches!(written, Written::Absent) {
            self.list(place).push((name, written));
        }
    }

    fn list(&mut self, place: Place) -> &mut Vec<Part<'a>> {
        match place {
            Place::Body if self.has_body => &mut self.body,
            Place::Body | Place::Query => &mut self.query,
            Place::Header => &mut self.headers,
        }
    }

    /// Adds what the signature wants to have sent, in its order, and the signature itself.
    fn sign(&mut self, signing: &'a Signing) -> Result<Secret, EncodeError> {
        let place = signing.spec.place;
        for (name, value) in signing.values.iter().rev() {
            self.put_first(place, name, Written::Text(value.into()));
        }
        let own = signing.values.iter().map(|(name, value)| (*name, Cow::Borrowed(value.as_str())));
        let own = own.filter(|_| place == Place::Header);
        let parameters = texts(&self.query)?.into_iter().chain(texts(&self.body)?).chain(own);
        let signature = signing.over(parameters);
        self.put_first(place, signing.spec.signature, Written::Text(signature.expose().to_owned().into()));
        Ok(signature)
    }

    /// Puts the token before all else, in place of a field of its name.
    fn put_token(&mut self, place: TokenPlace, token: &'a str) {
        let (place, name) = match place {
            TokenPlace::Body(name) => (Place::Body, name),
            TokenPlace::Query(name) => (Place::Query, name),
            TokenPlace::Header(name) => (Place::Header, name),
        };
        self.put_first(place, name, Written::Text(token.into()));
    }

    fn put_first(&mut self, place: Place, name: &'static str, written: Written<'a>) {
        let list = self.list(place);
        list.retain(|(other, _)| if place == Place::Header { !other.eq_ignore_ascii_case(name) } else { other != name });
        list.insert(0, (name.into(), written));
    }
}

/// As texts, for where there is nothing else.
fn texts<'p>(parts: &'p [Part<'_>]) -> Result<Vec<(&'p str, Cow<'p, str>)>, EncodeError> {
    let mut texts = Vec::with_capacity(parts.len());
    for (name, written) in parts {
        if let Some(text) = written.to_text().map_err(|error| error.inside(name))? {
            texts.push((&**name, text));
        }
    }
    Ok(texts)
}

fn headers(parts: &[Part<'_>]) -> Result<Vec<Header>, EncodeError> {
    let mut headers = Vec::with_capacity(parts.len());
    for (name, written) in parts.iter().filter(|(_, written)| !matches!(written, Written::Null)) {
        let value = written.to_text().map_err(|error| error.inside(name))?.unwrap_or_default();
        let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte));
        if !is_name {
            return Err(EncodeError::new(name, "it goes in a header, and this is no name of a header"));
        }
        if !value.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
            return Err(EncodeError::new(
                name,
                "it goes in a header, where only printable ASCII may stand; remove line breaks and other characters",
            ));
        }
        headers.push((name.to_string().into(), value.into_owned().into()));
    }
    Ok(headers)
}

#[cfg(test)]
mod tests;
