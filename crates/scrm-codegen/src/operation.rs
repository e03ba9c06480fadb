//! One file per operation: its types, its specification, its traits.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, quote};
use scrm_schema::model::{Access, BodyKind, Customer, DataType, Method, Operation, Type, Vendor};
use syn::Item;

use crate::{
    announced, enums,
    error::Error,
    errors, examples,
    format::{File, doc},
    kind::Kind,
    literals::Types,
    names, operation_docs,
    paging::Paged,
    records, request, rules,
    rules::option,
    types,
    types::Record,
    vendor::token_name,
};

/// The type that `Operation::Data` names.
pub(crate) fn data_type(data: Option<&DataType>) -> TokenStream {
    match data.map(|data| Kind::of(&data.ty)) {
        None => quote!(Option<scrm_core::Value>),
        Some(Kind::Object { name, .. }) => {
            let name = names::ident(&name);
            quote!(#name)
        }
        Some(kind @ (Kind::Objects(_) | Kind::Map(_) | Kind::Text | Kind::Integer | Kind::Number | Kind::Boolean)) => {
            kind.rust().into_token_stream()
        }
        Some(_) => quote!(Option<scrm_core::Value>),
    }
}

/// The static of the operation's specification.
pub(crate) fn static_name(operation: &str) -> Ident {
    names::ident(&names::shout(operation))
}

/// The module of an operation.
pub(crate) fn module(operation: &str) -> Ident {
    names::field(operation)
}

/// What a vendor's other files need to know of an operation that was generated.
pub(crate) struct Made {
    /// The file; as text, for the syntax trees of many operations would fill the memory.
    pub(crate) text: String,
    /// The tests made of its examples: a file of its own, which a user's compiler never opens.
    pub(crate) tests: Option<String>,
    /// Public items, for the re-export.
    pub(crate) public: Vec<String>,
}

/// Generates an operation.
pub(crate) fn make(vendor: &Vendor, operation: &Operation) -> Result<Made, Error> {
    let records = types::records(operation)?;
    let paged = Paged::of(operation, &vendor.file.envelope.data, &records)?;
    let mut file = File::new(&operation.file, operation_docs::module(operation));
    let mut public = Vec::new();
    let broken = |problem: String| Error::new(&operation.file, "", problem);
    file.add(quote!(
        use scrm_core::{spec, table, tabular};
    ))
    .map_err(broken)?;
    for record in &records {
        public.push(record.object.name.clone());
        file.items.push(structure(vendor, Types { operation, records: &records }, record)?);
        file.add(record_items(operation, record, paged.as_ref())).map_err(broken)?;
        if record.is_request {
            file.add(specification(vendor, operation, record, paged.as_ref(), &records)?).map_err(broken)?;
        }
    }
    for enumeration in operation.enums.values() {
        public.push(enumeration.name.clone());
        file.add(enums::enumeration(enumeration)).map_err(broken)?;
    }
    file.add(announced::columns(vendor, operation, &records)?).map_err(broken)?;
    let tests = examples::tests(vendor, Types { operation, records: &records })?;
    if tests.is_some() {
        file.add(quote!(
            #[cfg(test)]
            mod tests;
        ))
        .map_err(broken)?;
    }
    public.push(static_name(&operation.name).to_string());
    Ok(Made { text: file.text(), tests: tests.map(File::text), public })
}

/// The struct; that of a request carries the operation's reference page.
fn structure(vendor: &Vendor, types: Types<'_>, record: &Record<'_>) -> Result<Item, Error> {
    let mut item = record.item.clone();
    if record.is_request {
        let docs = crate::docs::attributes(&operation_docs::request(vendor, types)?);
        item.attrs.retain(|attribute| !attribute.path().is_ident("doc"));
        item.attrs.splice(0..0, docs);
    }
    Ok(Item::Struct(item))
}

fn record_items(operation: &Operation, record: &Record<'_>, paged: Option<&Paged<'_>>) -> TokenStream {
    let rows = paged.and_then(Paged::rows_field).filter(|(object, _)| *object == record.object.name).map(|(_, field)| field);
    let main = records::record(record, rows);
    let building = record.object.used.request.then(|| request::building(operation, record));
    quote!(#main #building)
}

fn specification(
    vendor: &Vendor,
    operation: &Operation,
    request: &Record<'_>,
    paged: Option<&Paged<'_>>,
    records: &[Record<'_>],
) -> Result<TokenStream, Error> {
    let (name, data, statics) = (names::ident(&request.object.name), data_type(operation.data.as_ref()), static_name(&operation.name));
    let specification = spec(vendor, operation, request, paged)?;
    let docs = doc(&format!("What is known of [`{}`] beside the types of its fields.", request.object.name));
    let pages = match paged {
        Some(paged) => paged.implementation(request, records)?,
        None => quote!(),
    };
    Ok(quote! {
        impl scrm_core::operation::Operation for #name {
            type Data = #data;
            #[inline]
            fn spec() -> &'static spec::OperationSpec { &#statics }
        }
        #pages
        #docs
        pub static #statics: spec::OperationSpec = #specification;
    })
}

fn spec(vendor: &Vendor, operation: &Operation, request: &Record<'_>, paged: Option<&Paged<'_>>) -> Result<TokenStream, Error> {
    let Operation { name, path, .. } = operation;
    let title = errors::label(&operation.title.zh, &operation.title.en);
    let source = source(operation);
    let (method, body, access) = (method(operation.method), body(operation.body), access(operation.access));
    let permission = option(operation.permission.as_ref());
    let quota = option(operation.quota.map(|quota| {
        let (calls, seconds) = (Literal::u32_unsuffixed(quota.calls), Literal::u32_unsuffixed(quota.seconds));
        quote!(spec::QuotaSpec { calls: #calls, seconds: #seconds })
    }));
    let token = option(token(vendor, operation)?.map(|token| quote!(&super::vendor::#token)));
    let paging = match paged {
        Some(paged) => {
            let spec = paged.spec()?;
            quote!(Some(&#spec))
        }
        None => quote!(None),
    };
    let codes = errors::table(&operation.errors);
    let rules = rules::rules(operation)?.into_iter().map(|rule| rule.code);
    let table = records::table_name(&request.object.name);
    let customer = match &operation.customer {
        Some(customer) => {
            let spec = customer_spec(operation, customer);
            quote!(Some(&#spec))
        }
        None => quote!(None),
    };
    Ok(quote! {
        spec::OperationSpec {
            name: #name,
            title: #title,
            source: #source,
            method: spec::Method::#method,
            path: #path,
            body: spec::BodyKind::#body,
            access: spec::Access::#access,
            permission: #permission,
            quota: #quota,
            token: #token,
            paging: #paging,
            errors: #codes,
            rules: &[#(#rules),*],
            request: &#table,
            customer: #customer,
        }
    })
}

/// The static of the token that an operation needs.
fn token(vendor: &Vendor, operation: &Operation) -> Result<Option<Ident>, Error> {
    let Some(name) = &operation.token else { return Ok(None) };
    if vendor.file.tokens.iter().any(|token| token.name == *name) {
        return Ok(Some(token_name(name)));
    }
    Err(Error::new(&operation.file, "/token", format!("the vendor has no token `{name}`")))
}

fn source(operation: &Operation) -> TokenStream {
    let source = &operation.source;
    let (page, url, read, evidence) = (&source.page, option(source.url.as_ref()), &source.read, errors::evidence(source.evidence));
    quote!(spec::Source { page: #page, url: #url, read: #read, evidence: spec::Evidence::#evidence })
}

/// The variant of `spec::Method`.
pub(crate) fn method(method: Method) -> TokenStream {
    match method {
        Method::Get => quote!(Get),
        Method::Post => quote!(Post),
        Method::Put => quote!(Put),
        Method::Delete => quote!(Delete),
    }
}

/// The variant of `spec::BodyKind`.
pub(crate) fn body(body: BodyKind) -> TokenStream {
    match body {
        BodyKind::Query => quote!(Query),
        BodyKind::Json => quote!(Json),
        BodyKind::Form => quote!(Form),
        BodyKind::Multipart => quote!(Multipart),
    }
}

fn access(access: Access) -> TokenStream {
    match access {
        Access::Read => quote!(Read),
        Access::Write => quote!(Write),
        Access::WriteSafeToRepeat => quote!(WriteSafeToRepeat),
    }
}

fn customer_spec(operation: &Operation, customer: &Customer) -> TokenStream {
    let Customer { id, names, phones, emails, union_ids, open_ids, avatars, .. } = customer;
    let created = customer.created.as_ref().and_then(|created| {
        let format = records::time_format(row_time(operation, created)?);
        Some(quote!((#created, spec::TimeFormat::#format)))
    });
    let created = option(created);
    quote! {
        spec::CustomerSpec {
            id: #id,
            names: &[#(#names),*],
            phones: &[#(#phones),*],
            emails: &[#(#emails),*],
            union_ids: &[#(#union_ids),*],
            open_ids: &[#(#open_ids),*],
            avatars: &[#(#avatars),*],
            created: #created,
        }
    }
}

/// How the field of the row is written that tells when a customer came.
fn row_time(operation: &Operation, path: &str) -> Option<scrm_schema::model::TimeFormat> {
    let last = path.rsplit('/').next()?;
    operation
        .objects
        .values()
        .filter(|object| object.used.response)
        .flat_map(|object| &object.fields)
        .find(|field| field.name == last && field.time.is_some())
        .and_then(|field| field.time)
}

/// Whether an operation's data is one object of this name.
pub(crate) fn data_object(operation: &Operation) -> Option<&str> {
    match operation.data.as_ref().map(|data| &data.ty) {
        Some(Type::Object(name)) => Some(name),
        _ => None,
    }
}
