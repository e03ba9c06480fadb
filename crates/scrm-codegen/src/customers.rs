//! The shared trait: by which operations a vendor finds and lists customers.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;
use scrm_schema::model::{Customer, CustomerKey, Filling, Find, ListBy, Operation, Rule, Vendor, Wire};
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
    let (find, list, tags) = (find(vendor)?, list(vendor)?, tags(vendor)?);
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
            #tags
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
    let kind = member_at(&records, &find.parameter).map(|member| member.kind.clone());
    let value = match kind {
        Some(Kind::Integer) => quote!(number),
        Some(Kind::Integers) => quote!([number]),
        Some(Kind::Texts) => quote!([key.value()]),
        Some(Kind::Text) => quote!(key.value()),
        _ => return Err(source.failed("find", format!("`{}` takes no key: it is no text, integer or list of these", find.parameter))),
    };
    let request = filled(source, &records, Some((&find.parameter, value)))?;
    let (function, exact) = (if source.operation.paging.is_some() { quote!(find_in_pages) } else { quote!(find) }, find.exact);
    let call = quote!(vendor_client::#function(&self.0, request, key, #exact).await);
    match kind {
        Some(Kind::Integer | Kind::Integers) => Ok(quote! {
            {
                let Some(number) = vendor_client::number(&self.0, key)? else { return Ok(Vec::new()) };
                let request = #request;
                #call
            }
        }),
        _ => Ok(quote!({ let request = #request; #call })),
    }
}

/// The field of a request at a path.
fn member_at<'r>(records: &'r [Record<'r>], path: &str) -> Option<&'r Member<'r>> {
    let (mut record, mut steps) = (records.first()?, path.split('/').peekable());
    loop {
        let member = record.member(steps.next()?)?;
        if steps.peek().is_none() {
            return Some(member);
        }
        let Kind::Object { name, .. } = &member.kind else { return None };
        record = records.iter().find(|record| record.object.name == *name)?;
    }
}

fn list(vendor: &Vendor) -> Result<Option<TokenStream>, Error> {
    let mut listing = sources(vendor).filter(|source| source.customer.list || source.customer.list_by.is_some());
    let Some(source) = listing.next() else { return Ok(None) };
    if let Some(other) = listing.next() {
        return Err(other.failed("list", format!("`{}` lists the vendor's customers already", source.operation.name)));
    }
    if let Some(by) = &source.customer.list_by {
        return list_by(vendor, &source, by).map(Some);
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

/// Customers by ids that another operation lists.
fn list_by(vendor: &Vendor, source: &Source<'_>, by: &ListBy) -> Result<TokenStream, Error> {
    let failed = |problem: String| source.failed("list_by", problem);
    let ids = vendor.operations.iter().find(|operation| operation.name == by.operation);
    let ids = ids.ok_or_else(|| failed(format!("there is no operation `{}`", by.operation)))?;
    let (of_ids, records) = (types::records(ids)?, types::records(source.operation)?);
    let required = |record: &Record<'_>| record.members.iter().any(|member| request::is_parameter(ids, record, member));
    if ids.paging.is_none() || ids.row(&vendor.file.envelope.data).is_some() || of_ids.first().is_some_and(required) {
        return Err(failed(format!("`{}` is no list of ids that needs no parameter", by.operation)));
    }
    let (module, name) = (address::module(ids), names::ident(&ids.request.name));
    let request = filled(source, &records, Some((&by.parameter, quote!(ids))))?;
    let batch = proc_macro2::Literal::usize_unsuffixed(by.batch as usize);
    Ok(quote! {
        fn list_customers(&self) -> vendor_client::CustomerStream<'_> {
            vendor_client::list_by_ids(&self.0, super::#module::#name::new(), #batch, |ids| #request)
        }
    })
}

/// The tags of customers whose ids are known.
fn tags(vendor: &Vendor) -> Result<Option<TokenStream>, Error> {
    let mut telling = sources(vendor).filter_map(|source| source.customer.tags_of.as_ref().map(|of| (source, of)));
    let Some((source, of)) = telling.next() else { return Ok(None) };
    if let Some((other, _)) = telling.next() {
        return Err(other.failed("tags_of", format!("`{}` tells the tags of customers already", source.operation.name)));
    }
    let records = types::records(source.operation)?;
    let item = match member_at(&records, &of.parameter).map(|member| &member.kind) {
        Some(Kind::Integers) => quote!(i64),
        Some(Kind::Texts) => quote!(String),
        _ => return Err(source.failed("tags_of", format!("`{}` is no list of texts or integers", of.parameter))),
    };
    let request = filled(&source, &records, Some((&of.parameter, quote!(ids))))?;
    let batch = proc_macro2::Literal::usize_unsuffixed(of.batch as usize);
    Ok(Some(quote! {
        async fn fill_tags(&self, customers: &mut [scrm_core::Customer]) -> Result<(), scrm_core::Error> {
            vendor_client::fill_tags(&self.0, customers, #batch, |ids: Vec<#item>| #request).await
        }
    }))
}

/// The request of a search, of a list or of tags: the key with the path of its field, what the schema fills in, and nothing else.
fn filled(source: &Source<'_>, records: &[Record<'_>], key: Option<(&str, TokenStream)>) -> Result<TokenStream, Error> {
    let mut values: BTreeMap<&str, TokenStream> = key.into_iter().collect();
    let types = Types { operation: source.operation, records };
    for (path, filling) in &source.customer.with {
        let member = member_at(records, path).ok_or_else(|| source.failed("with", format!("the request has no field `{path}`")))?;
        let value = filling_of(source, types, member, filling)?;
        values.entry(path).or_insert(value);
    }
    let Some(record) = records.first() else { return Ok(quote!()) };
    let started = record.members.iter().filter(|member| request::starts_as(source.operation, record, member).is_some());
    let given = values.keys().copied().chain(started.map(|member| member.field.name.as_str())).collect();
    if let Some(broken) = broken_rule(source.operation, &given) {
        let given = given.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ");
        let problem =
            format!("a request with {given} and nothing else breaks a rule of the operation ({broken}): say here what else is filled in");
        return Err(source.failed("with", problem));
    }
    built(source, records, record, "", &values)
}

/// The first rule about which fields stand together that a request with these breaks.
fn broken_rule(operation: &Operation, given: &BTreeSet<&str>) -> Option<String> {
    let has = |path: &String| {
        given.iter().any(|given| given.strip_prefix(path.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    };
    let count = |paths: &[String]| paths.iter().filter(|path| has(path)).count();
    operation.rules.iter().find_map(|rule| match rule {
        Rule::AtLeastOne(paths) => (count(paths) == 0).then(|| format!("at least one of {}", paths.join(", "))),
        Rule::ExactlyOne(paths) => (count(paths) != 1).then(|| format!("exactly one of {}", paths.join(", "))),
        Rule::AtMostOne(paths) => (count(paths) > 1).then(|| format!("at most one of {}", paths.join(", "))),
        Rule::Together(paths) => (![0, paths.len()].contains(&count(paths))).then(|| format!("all or none of {}", paths.join(", "))),
        Rule::RequiredIf { field, other, values } if values.is_empty() => {
            (has(other) && !has(field)).then(|| format!("{field} is required when {other} is given"))
        }
        // What it depends on is a value, which a search takes from its caller.
        Rule::RequiredIf { .. } | Rule::Span { .. } => None,
    })
}

/// An object with these values, by their paths.
fn built(
    source: &Source<'_>,
    records: &[Record<'_>],
    record: &Record<'_>,
    above: &str,
    values: &BTreeMap<&str, TokenStream>,
) -> Result<TokenStream, Error> {
    let (mut parameters, mut setters) = (Vec::new(), TokenStream::new());
    for member in &record.members {
        let path = format!("{above}{}", member.field.name);
        let below = format!("{path}/");
        let value = match (values.get(path.as_str()), &member.kind) {
            (Some(value), _) => Some(value.clone()),
            (None, Kind::Object { name, .. }) if values.keys().any(|key| key.starts_with(&below)) => {
                let inner = records.iter().find(|record| record.object.name == *name);
                inner.map(|inner| built(source, records, inner, &below, values)).transpose()?
            }
            _ => None,
        };
        match value {
            Some(value) if request::is_parameter(source.operation, record, member) => parameters.push(value),
            Some(value) => {
                let method = names::setter(member.field.rust_name(), "");
                setters.extend(quote!(.#method(#value)));
            }
            None if request::is_parameter(source.operation, record, member) => {
                return Err(source.failed("with", format!("`{path}` is required: say here what it is filled with")));
            }
            None => {}
        }
    }
    let (module, name) = (address::module(source.operation), names::ident(&record.object.name));
    Ok(quote!(super::#module::#name::new(#(#parameters),*) #setters))
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
        (Filling::Constants(constants), Kind::Enums(name)) => {
            let module = address::module(source.operation);
            let values = constants.iter().map(|constant| types.enum_value(name, &Value::from(constant.as_str())));
            Ok(quote!([#(super::#module::#values),*]))
        }
        (Filling::Constants(constants), kind) => Ok(types.value(kind, Wire::Plain, &Value::from(constants.clone()))),
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
