//! Which operation a request on its way to a vendor means.

use scrm_core::{spec::Method, transport::HttpRequest};
use scrm_schema::model::{Operation, Signature, Token, Tree, Vendor};

use crate::{request::Incoming, world::verb};

/// A request, taken apart.
pub(super) struct Found<'a> {
    pub(super) vendor: Option<&'a Vendor>,
    pub(super) operation: Option<&'a Operation>,
    pub(super) incoming: Incoming,
}

impl Found<'_> {
    /// `acme/user_list`, or nothing.
    pub(super) fn name(&self) -> String {
        match (self.vendor, self.operation) {
            (Some(vendor), Some(operation)) => format!("{}/{}", vendor.file.vendor, operation.name),
            _ => String::new(),
        }
    }

    /// The kind of token that the call carries.
    pub(super) fn token(&self) -> Option<&Token> {
        let kind = self.operation?.token.as_ref()?;
        self.vendor?.file.tokens.iter().find(|token| token.name == *kind)
    }

    /// How the call is signed.
    pub(super) fn signature(&self) -> Option<&Signature> {
        self.vendor?.file.signature(self.operation?.signature.as_ref()?)
    }

    /// The operation's path, or the URL's without what may be somebody's number.
    pub(super) fn path(&self) -> String {
        match self.operation {
            Some(operation) => format!("/{}", operation.path.trim_matches('/')),
            None => {
                let shown = |segment: &str| {
                    if segment.bytes().filter(u8::is_ascii_digit).count() > 6 { "***".to_owned() } else { segment.to_owned() }
                };
                self.incoming.path.split('/').map(shown).collect::<Vec<_>>().join("/")
            }
        }
    }
}

/// Finds the operation by method and end of the path, whatever the base URL is.
pub(super) fn find<'a>(tree: &'a Tree, request: &HttpRequest) -> Found<'a> {
    let after_scheme = request.url.split_once("://").map_or(request.url.as_str(), |(_, rest)| rest);
    let (address, query) = after_scheme.split_once('?').unwrap_or((after_scheme, ""));
    let path = address.find('/').and_then(|slash| address.get(slash..)).unwrap_or_default();
    let method = match request.method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Delete => "DELETE",
        // Methods that come later are in no schema yet.
        _ => "OTHER",
    };
    let incoming = Incoming {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers: request.headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect(),
        body: request.body.to_vec(),
    };
    // The vendor's own address, or this crate's server with the vendor's name before the path.
    let of = |vendor: &Vendor| {
        let mut base_urls = vendor.file.base_urls.iter().map(|other| &other.url).chain([&vendor.file.base_url]);
        base_urls.any(|base_url| request.url.starts_with(base_url)) || path.split('/').nth(1) == Some(vendor.file.vendor.as_str())
    };
    let all = tree.vendors.iter().flat_map(|vendor| vendor.operations.iter().map(move |operation| (vendor, operation)));
    let end = |operation: &Operation| format!("/{}", operation.path.trim_matches('/'));
    let fitting = all.filter(|(_, operation)| verb(operation.method) == method && path.trim_end_matches('/').ends_with(&end(operation)));
    match fitting.max_by_key(|(vendor, operation)| (of(vendor), operation.path.len())) {
        Some((vendor, operation)) => Found { vendor: Some(vendor), operation: Some(operation), incoming },
        None => Found { vendor: tree.vendors.iter().find(|vendor| of(vendor)), operation: None, incoming },
    }
}
