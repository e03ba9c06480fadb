//! The shared trait: by which operations a vendor finds and lists customers.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;
use scrm_schema::model::{Customer, CustomerKey, Filling, Find, Operation, Vendor};
use serde_json::Value;

use crate::{
    address,
    error::Error,
    kind::Kind,
    literals::Types,
    names, request, types,
    types::{Member, Record},
};

/// `impl VendorClient for Client`
pub(crate) fn implementation(vendor: &Vendor) -> Result<TokenStream, Error> {
    let (find, list) = (find(vendor)?, list(vendor)?);
    Ok(quote! {
        #[scrm_core::async_trait]
        impl vendor_client::VendorClient for Client {
            fn vendor(&self) -> &'static spec::VendorSpec {
                &super::VENDOR
            }
            fn operations(&self) -> &'static [&'static spec::OperationSpec] {
                super::tools::OPERATIONS
            }
            async fn execute(&self, call: scrm_core::ErasedCall<'_>) -> Result<scrm_core::ResponseMeta, scrm_core::Error> {
                call.send(&self.0).await
            }
            #find
            #list
        }
    })
}

/// An operation with what it says of customers.
struct Source<'a> {
    operation: &'a Operation,
    customer: &'a Customer,
}

impl Source<'_> {
    fn failed(&self, pointer: &str, problem: String) -> Error {
        Error::new(&self.operation.file, &format!("/customer/{pointer}"), problem)
    }
}

fn sources(vendor: &Vendor) -> impl Iterator<Item = Source<'_>> {
    vendor.operations.iter().filter_map(|operation| Some(Source { operation, customer: operation.customer.as_ref()? }))
}

fn find(vendor: &Vendor) -> Result<Option<TokenStream>, Error> {
    let mut by_key: BTreeMap<&str, (Source<'_>, CustomerKey, &Find)> = BTreeMap::new();
    for source in sources(vendor) {
        for (key, find) in &source.customer.find {
            let name = key_name(*key);
            let here = Source { operation: source.operation, customer: source.customer };
            if let Some((other, ..)) = by_key.insert(name, (here, *key, find)) {
                let problem = format!("customers are found by this key in `{}` already", other.operation.name);
                return Err(source.failed("find", problem));
            }
        }
    }
    if by_key.is_empty() {
        return Ok(None);
    }
    let (mut arms, mut kinds) = (TokenStream::new(), Vec::new());
    for (source, key, find) in by_key.values() {
        let kind = key_kind(*key);
        let search = search(source, find)?;
        arms.extend(quote!(scrm_core::KeyKind::#kind => #search,));
        kinds.push(quote!(scrm_core::KeyKind::#kind));
    }
    Ok(Some(quote! {
        async fn find_customers(&self, key: &scrm_core::CustomerKey) -> Result<Vec<scrm_core::Customer>, scrm_core::Error> {
            match key.kind() {
                #arms
                other => Err(vendor_client::cannot_find(&super::VENDOR, other, &[#(#kinds),*])),
            }
        }
    }))
}

fn search(source: &Source<'_>, find: &Find) -> Result<TokenStream, Error> {
    let records = types::records(source.operation)?;
    let request = filled(source, &records, Some(&find.parameter))?;
    let (function, exact) = (if source.operation.paging.is_some() { quote!(find_in_pages) } else { quote!(find) }, find.exact);
    let call = quote!(vendor_client::#function(&self.0, request, key, #exact).await);
    let kind = records.first().and_then(|record| record.member(&find.parameter)).map(|member| member.kind.clone());
    match kind {
        Some(Kind::Integer) => Ok(quote! {
            {
                // No customer has an id that is no number.
                let Ok(number) = key.value().parse::<i64>() else { return Ok(Vec::new()) };
                let request = #request;
                #call
            }
        }),
        Some(Kind::Text | Kind::Texts) => Ok(quote!({ let request = #request; #call })),
        _ => Err(source.failed("find", format!("`{}` takes no key: it is no text, list of texts or integer", find.parameter))),
    }
}

fn list(vendor: &Vendor) -> Result<Option<TokenStream>, Error> {
    let mut listing = sources(vendor).filter(|source| source.customer.list);
    let Some(source) = listing.next() else { return Ok(None) };
    if let Some(other) = listing.next() {
        return Err(other.failed("list", format!("`{}` lists the vendor's customers already", source.operation.name)));
    }
    if source.operation.paging.is_none() {
        return Err(source.failed("list", "only a paged operation lists customers".into()));
    }
    let records = types::records(source.operation)?;
    let request = filled(&source, &records, None)?;
    Ok(Some(quote! {
        fn list_customers(&self) -> vendor_client::CustomerStream<'_> {
            let request = #request;
            vendor_client::list(&self.0, request)
        }
    }))
}

/// The request of a search or a list: the key, what the schema fills in, and nothing else.
fn filled(source: &Source<'_>, records: &[Record<'_>], parameter: Option<&str>) -> Result<TokenStream, Error> {
    let Some(record) = records.first() else { return Ok(quote!()) };
    let types = Types { operation: source.operation, records };
    let name = names::ident(&record.object.name);
    let (mut parameters, mut setters) = (Vec::new(), TokenStream::new());
    for member in &record.members {
        let wire = member.field.name.as_str();
        let value = match source.customer.with.get(wire) {
            _ if parameter == Some(wire) => Some(key(&member.kind)),
            Some(filling) => Some(filling_of(source, types, member, filling)?),
            None => None,
        };
        match value {
            Some(value) if request::is_parameter(source.operation, record, member) => parameters.push(value),
            Some(value) => {
                let method = names::setter(wire, "");
                setters.extend(quote!(.#method(#value)));
            }
            None if request::is_parameter(source.operation, record, member) => {
                return Err(source.failed("with", format!("`{wire}` is required: say here what it is filled with")));
            }
            None => {}
        }
    }
    if let Some(unknown) = source.customer.with.keys().find(|name| record.member(name).is_none()) {
        return Err(source.failed("with", format!("the request has no field `{unknown}`")));
    }
    let module = address::module(source.operation);
    Ok(quote!(super::#module::#name::new(#(#parameters),*) #setters))
}

fn key(kind: &Kind) -> TokenStream {
    match kind {
        Kind::Integer => quote!(number),
        Kind::Texts => quote!([key.value()]),
        _ => quote!(key.value()),
    }
}

fn filling_of(source: &Source<'_>, types: Types<'_>, member: &Member<'_>, filling: &Filling) -> Result<TokenStream, Error> {
    match (filling, &member.kind) {
        (Filling::Credential(name), Kind::Text) => {
            Ok(quote!(self.0.credentials().get(#name).map(|credential| credential.expose().to_owned()).unwrap_or_default()))
        }
        (Filling::Credential(_), _) => {
            Err(source.failed("with", format!("`{}` is no text; only texts are filled from credentials", member.field.name)))
        }
        (Filling::Constant(constant), Kind::Enum(name)) => {
            let value = types.enum_value(name, &Value::from(constant.as_str()));
            let module = address::module(source.operation);
            Ok(quote!(super::#module::#value))
        }
        (Filling::Constant(constant), kind) => Ok(types.value(kind, member.field.wire, &Value::from(constant.as_str()))),
    }
}

fn key_name(key: CustomerKey) -> &'static str {
    match key {
        CustomerKey::Phone => "phone",
        CustomerKey::UnionId => "union_id",
        CustomerKey::OpenId => "open_id",
        CustomerKey::Id => "id",
        CustomerKey::Email => "email",
    }
}

/// The variant of `KeyKind`.
fn key_kind(key: CustomerKey) -> TokenStream {
    match key {
        CustomerKey::Phone => quote!(Phone),
        CustomerKey::UnionId => quote!(UnionId),
        CustomerKey::OpenId => quote!(OpenId),
        CustomerKey::Id => quote!(Id),
        CustomerKey::Email => quote!(Email),
    }
}
