//! One file per operation: its types, its specification, its traits.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use scrm_schema::model::{Access, BodyKind, Customer, DataType, Operation, Vendor};

use crate::{
    address::{marker, signature_name, static_name, token_name},
    announced, definitions, enums,
    error::Error,
    errors, examples,
    format::{File, quoted, spelled},
    kind::Kind,
    literals::Types,
    names, operation_docs,
    paging::Paged,
    records, rules, types,
    types::Record,
    variants,
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

/// What a vendor's other files need to know of an operation that was generated.
pub(crate) struct Made {
    /// The file; as text, for the syntax trees of many operations would fill the memory.
    pub(crate) text: String,
    /// The tests made of its examples: a file of its own, which a user's compiler never opens.
    pub(crate) tests: Option<String>,
    /// Public types, for the re-export.
    pub(crate) public: Vec<String>,
}

/// Generates an operation.
pub(crate) fn make(vendor: &Vendor, operation: &Operation) -> Result<Made, Error> {
    let records = types::records(operation)?;
    let paged = Paged::of(operation, &vendor.file.envelope.data, &records)?;
    let mut file = File::new(&operation.file, operation_docs::module(operation));
    let mut public = Vec::new();
    let broken = |problem: String| Error::new(&operation.file, "", problem);
    let types = Types { operation, records: &records };
    for record in records.iter().filter(|record| !record.object.is_shared()) {
        public.push(record.object.name.clone());
        let rows = paged.as_ref().and_then(Paged::rows_field).filter(|(object, _)| *object == record.object.name).map(|(_, field)| field);
        let page = if record.is_request { operation_docs::request(vendor, types, paged.as_ref())? } else { String::new() };
        file.add_text(records::record(operation, record, rows, &page));
        if record.is_request {
            file.add_text(specification(vendor, operation, record, paged.as_ref())?);
            if let Some(paged) = &paged {
                file.add_text(paged.implementation(record, &records)?);
            }
        }
    }
    for enumeration in operation.enums.values().filter(|enumeration| !enumeration.is_shared()) {
        public.push(enumeration.name.clone());
        file.add_text(enums::enumeration(enumeration));
    }
    for announced in announced::columns(vendor, operation, &records)? {
        file.add_text(announced);
    }
    let mut tests = examples::tests(vendor, types)?;
    definitions::import(operation, &mut file, tests.as_mut()).map_err(broken)?;
    if tests.is_some() {
        file.add(quote!(
            #[cfg(test)]
            mod tests;
        ))
        .map_err(broken)?;
    }
    Ok(Made { text: file.text(), tests: tests.map(File::text), public })
}

/// `operation! { … }`
fn specification(vendor: &Vendor, operation: &Operation, request: &Record<'_>, paged: Option<&Paged<'_>>) -> Result<String, Error> {
    let (name, data, statics) = (names::ident(&request.object.name), data_type(operation.data.as_ref()), static_name(&operation.name));
    let marker = marker(vendor);
    let facts: String = facts(vendor, operation, paged)?.into_iter().map(|fact| format!("        {fact}\n")).collect();
    Ok(format!(
        "declare::operation! {{\n    impl Operation for {name}, of crate::generated::vendor::{marker}, answers {};\n    pub(crate) static {statics} = OperationSpec::new({}, Method::{}, {})\n{};\n}}\n",
        spelled(&data),
        quoted(&operation.name),
        variants::method(operation.method),
        quoted(&operation.path),
        facts.trim_end(),
    ))
}

/// What is known of the operation, a line for each fact.
fn facts(vendor: &Vendor, operation: &Operation, paged: Option<&Paged<'_>>) -> Result<Vec<String>, Error> {
    let mut facts = vec![format!(".title({}, {})", quoted(&operation.title.en), quoted(&operation.title.zh)), source(operation)];
    if operation.body != BodyKind::Json {
        facts.push(format!(".body(BodyKind::{})", variants::body(operation.body)));
    }
    if operation.access != Access::Read {
        facts.push(format!(".access(Access::{})", variants::access(operation.access)));
    }
    facts.extend(operation.permission.as_ref().map(|permission| format!(".permission({})", quoted(permission))));
    facts.extend(operation.quota.map(|quota| format!(".quota({}, {})", quota.calls, quota.seconds)));
    facts.extend(operation.base_url.as_ref().map(|base_url| format!(".base_url({})", quoted(base_url))));
    facts.extend(token(vendor, operation)?.map(|token| format!(".token(&crate::generated::vendor::{token})")));
    facts.extend(operation.signature.as_ref().map(|name| format!(".signature(&crate::generated::vendor::{})", signature_name(name))));
    if let Some(paged) = paged {
        facts.extend(block(".paging(&", paged.spec()?, ")"));
    }
    if !operation.errors.is_empty() {
        facts.extend(block(".errors(&[", errors::rules(&operation.errors, 0).lines().map(str::to_owned), "])"));
    }
    let rules = rules::rules(operation)?;
    if !rules.is_empty() {
        facts.extend(block(".rules(&[", rules.into_iter().map(|rule| format!("Rule::{},", rule.code)), "])"));
    }
    if let Some(customer) = &operation.customer {
        facts.extend(block(".customer(&", customer_spec(operation, customer), ")"));
    }
    Ok(facts)
}

/// Lines between a first and a last one, further in.
fn block(first: &str, lines: impl IntoIterator<Item = String>, last: &str) -> Vec<String> {
    let lines = lines.into_iter().map(|line| format!("    {line}"));
    std::iter::once(first.to_owned()).chain(lines).chain(std::iter::once(last.to_owned())).collect()
}

/// The static of the token that an operation needs.
fn token(vendor: &Vendor, operation: &Operation) -> Result<Option<Ident>, Error> {
    let Some(name) = &operation.token else { return Ok(None) };
    if vendor.file.tokens.iter().any(|token| token.name == *name) {
        return Ok(Some(token_name(name)));
    }
    Err(Error::new(&operation.file, "/token", format!("the vendor has no token `{name}`")))
}

fn source(operation: &Operation) -> String {
    let source = &operation.source;
    let url = source.url.as_ref().map(|url| format!(".url({})", quoted(url))).unwrap_or_default();
    let mark = variants::evidence(source.evidence).map(|kind| format!(".evidence(Evidence::{kind})")).unwrap_or_default();
    format!(".source(Source::new({}, {}){url}{mark})", quoted(&source.page), quoted(&source.read))
}

/// The `CustomerSpec`, a line for each fact.
fn customer_spec(operation: &Operation, customer: &Customer) -> Vec<String> {
    let Customer { id, names, phones, emails, union_ids, open_ids, avatars, tags, created, .. } = customer;
    let mut lines = vec![format!("CustomerSpec::new({})", quoted(id))];
    let lists = [
        ("names", names),
        ("phones", phones),
        ("emails", emails),
        ("union_ids", union_ids),
        ("open_ids", open_ids),
        ("avatars", avatars),
        ("tags", tags),
    ];
    lines.extend(
        lists.into_iter().filter(|(_, fields)| !fields.is_empty()).map(|(name, fields)| format!(".{name}({})", rules::slice(fields))),
    );
    if let Some(created) = created
        && let Some(format) = row_time(operation, created)
    {
        lines.push(format!(".created({}, TimeFormat::{})", quoted(created), variants::time_format(format)));
    }
    lines
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
