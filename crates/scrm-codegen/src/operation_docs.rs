//! The reference page of an operation, as rustdoc of its request.

use scrm_schema::model::{Access, BodyKind, Evidence, Method, Operation, Paging, PagingStyle, Vendor};

use crate::{area, docs, error::Error, errors, examples, literals::Types, names, rules};

/// First line of an operation's module.
pub(crate) fn module(operation: &Operation) -> String {
    format!("{}\n\n{}", docs::both(&operation.title), call(operation))
}

/// `POST /path (JSON body)`
fn call(operation: &Operation) -> String {
    let method = match operation.method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Delete => "DELETE",
    };
    let body = match operation.body {
        BodyKind::Query => "parameters in the query",
        BodyKind::Json => "JSON body",
        BodyKind::Form => "urlencoded form",
        BodyKind::Multipart => "multipart form",
    };
    format!("{} ({body})", docs::code(&format!("{method} {}", operation.path)))
}

/// Title, facts, rules, errors, errata and an example.
pub(crate) fn request(vendor: &Vendor, types: Types<'_>) -> Result<String, Error> {
    let operation = types.operation;
    let mut text = docs::both(&operation.title);
    if let Some(description) = &operation.description {
        text += &format!("\n\n{}\n\n{}", docs::escape(&description.en), docs::escape(&description.zh));
    }
    if operation.source.evidence == Evidence::Unverified {
        text += "\n\n**Unverified**: this operation was seen in examples or in other people's code only.";
    }
    text += "\n\n";
    text += &facts(vendor, operation);
    let rules: Vec<String> = rules::rules(operation)?.into_iter().filter(|rule| !rule.of_field).map(|rule| rule.words).collect();
    if !rules.is_empty() {
        text += "\n# Rules\n\nChecked before anything is sent, beside what the fields say of themselves.\n\n";
    }
    for rule in rules {
        text += &format!("- {rule}\n");
    }
    let codes = errors::documented(&operation.errors);
    if !codes.is_empty() {
        text += &format!("\n# Errors\n\nCodes of this operation, beside those of [`VENDOR`](crate::VENDOR).\n\n{codes}");
    }
    text += &errata(operation);
    text += &example(vendor, types);
    Ok(text)
}

fn facts(vendor: &Vendor, operation: &Operation) -> String {
    let mut rows = vec![("Call", call(operation))];
    rows.push((
        "Token",
        match &operation.token {
            Some(token) => docs::code(token),
            None => "none".into(),
        },
    ));
    if let Some(permission) = &operation.permission {
        rows.push(("Permission", docs::escape(permission)));
    }
    if let Some(quota) = operation.quota {
        rows.push(("Quota", format!("{} calls in any {} seconds", quota.calls, quota.seconds)));
    }
    rows.push((
        "Effect",
        match operation.access {
            Access::Read => "reads only",
            Access::Write => "writes; repeated only when the call is known not to have arrived",
            Access::WriteSafeToRepeat => "writes; a repetition changes nothing more",
        }
        .into(),
    ));
    if let Some(paging) = &operation.paging {
        rows.push(("Paging", pages(paging)));
    }
    let source = &operation.source;
    let page = match &source.url {
        Some(url) => format!("[{}](<{url}>)", docs::escape(&source.page)),
        None => format!("{} (<{}>)", docs::escape(&source.page), vendor.file.docs),
    };
    rows.push(("Source", format!("{page}, read {}", source.read)));
    let rows: String = rows.into_iter().map(|(name, value)| format!("| {name} | {value} |\n")).collect();
    format!("| | |\n|---|---|\n{rows}")
}

pub(crate) fn pages(paging: &Paging) -> String {
    let mut text = match paging.style {
        PagingStyle::PageNumber => format!("pages from {}", paging.first.unwrap_or(1)),
        PagingStyle::Cursor => "by cursor".to_owned(),
    };
    match (paging.max_size, paging.default_size) {
        (Some(size), _) => text += &format!(", at most {size} rows each"),
        (None, Some(size)) => text += &format!(", {size} rows each unless told otherwise"),
        (None, None) => {}
    }
    if let Some(cap) = paging.row_cap {
        text += &format!("; the vendor gives no row beyond {cap}");
    }
    if let Some(split) = &paging.split_by {
        text += &format!("; a longer pull is split along {} and {}", docs::code(&split.start), docs::code(&split.end));
    }
    text
}

fn errata(operation: &Operation) -> String {
    if operation.errata.is_empty() {
        return String::new();
    }
    let mut text = "\n# Errata\n\nWhere the page contradicts itself, and what is used here.\n\n| Where | The page says | Used | Seen |\n|---|---|---|---|\n".to_owned();
    for erratum in &operation.errata {
        text += &format!(
            "| {} | {} | {} | {} |\n",
            docs::code(&erratum.at),
            docs::code(&docs::plain(&erratum.documented)),
            docs::code(&docs::plain(&erratum.wire)),
            docs::escape(&erratum.seen)
        );
    }
    text
}

/// An example that runs against the vendors in a box.
fn example(vendor: &Vendor, types: Types<'_>) -> String {
    let package = format!("{}_client", names::snake(&vendor.file.vendor));
    let imports = examples::imports(vendor, types);
    let call = examples::call(vendor, types);
    let module = area::module(types.operation);
    let path = area::path(types.operation);
    let hidden = if call.contains("&given[") { "" } else { "# " };
    let credentials: String = vendor
        .file
        .credentials
        .iter()
        .filter(|credential| credential.required)
        .map(|credential| format!("&given[\"{}\"]", credential.name))
        .collect::<Vec<_>>()
        .join(", ");
    format!(
        "\n# Example\n\n\
         ```\n\
         # #[tokio::main(flavor = \"current_thread\")]\n\
         # async fn main() -> Result<(), Box<dyn std::error::Error>> {{\n\
         use {package}::{module}::{{{imports}}};\n\
         \n\
         # let mock = scrm_mock::Mock::start().await;\n\
         {hidden}let given = mock.credentials(\"{vendor}\");\n\
         # let credentials = {package}::Credentials::new({credentials});\n\
         # let client = {package}::Client::builder(credentials).base_url(mock.base_url(\"{vendor}\")).build()?;\n\
         let request = {call};\n\
         let answer = client.{path}(request).await?;\n\
         println!(\"{{:?}}\", answer.data);\n\
         # Ok(())\n\
         # }}\n\
         ```\n",
        vendor = vendor.file.vendor,
    )
}
