//! The reference page of an operation, as rustdoc of its request.

use scrm_schema::model::{Access, BodyKind, Evidence, Method, Operation, Paging, PagingStyle, Vendor};

use crate::{address, docs, error::Error, errors, examples, literals::Types, names, paging::Paged, path::data_object, rules};

/// First lines of an operation's module.
pub(crate) fn module(operation: &Operation) -> String {
    format!("{}\n\n{}", docs::paragraphs(&operation.title), call(operation))
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

/// What it does, an example, facts, rules, errors; errata and source last.
pub(crate) fn request(vendor: &Vendor, types: Types<'_>, paged: Option<&Paged<'_>>) -> Result<String, Error> {
    let operation = types.operation;
    let mut text = docs::paragraphs(&operation.title);
    if let Some(description) = &operation.description {
        text += &format!("\n\n{}", docs::paragraphs(description));
    }
    if operation.source.evidence == Evidence::Unverified {
        text += "\n\n**Unverified**: this operation was seen in examples or in other people's code only.";
    }
    text += &format!("\n\n{}\n", links(operation, paged));
    text += &example(vendor, types, paged.is_some());
    text += &format!("\n# Facts\n\n{}", facts(operation));
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
    text += &source(vendor, operation);
    Ok(text)
}

/// Which method sends it, and what comes back.
fn links(operation: &Operation, paged: Option<&Paged<'_>>) -> String {
    let method = address::method(operation);
    let mut text = match &operation.area {
        Some(_) => format!("Sent by [`{}`](super::Handle::{method})", address::path(operation)),
        None => format!("Sent by [`{method}`](crate::Client::{method})"),
    };
    if let Some(data) = data_object(operation) {
        text += &format!("; answered with [`{data}`]");
    }
    text += &match paged.map(Paged::row_object) {
        Some(Some(row)) => format!(", a page of [`{row}`]"),
        Some(None) => ", a page of values".to_owned(),
        None => String::new(),
    };
    text + "."
}

fn facts(operation: &Operation) -> String {
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
    if !paging.windows.is_empty() {
        let along: Vec<String> =
            paging.windows.iter().map(|window| format!("{} and {}", docs::code(&window.start), docs::code(&window.end))).collect();
        text += &format!("; a pull goes window by window along {}", along.join(", or "));
        text += &match paging.windows.iter().find_map(|window| window.without_start) {
            Some(seconds) => format!(", from {seconds} seconds before the end unless told"),
            None if paging.windows.iter().any(|window| window.optional) => ", if they have a beginning".to_owned(),
            None => ", which need a beginning".to_owned(),
        };
        text += "; an open end is now";
    }
    text
}

fn errata(operation: &Operation) -> String {
    if operation.errata.is_empty() {
        return String::new();
    }
    let mut text =
        "\n# Errata\n\nWhere the documentation contradicts itself, and what is used here.\n\n| Where | It says | Used | Seen |\n|---|---|---|---|\n".to_owned();
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

fn source(vendor: &Vendor, operation: &Operation) -> String {
    let source = &operation.source;
    let page = docs::escape(&source.page);
    let url = source.url.as_ref().unwrap_or(&vendor.file.docs);
    format!("\n# Source\n\n{page} (<{url}>), read {}.\n", source.read)
}

/// An example that runs against the vendors in a box, and leaves what came as lines of JSON.
fn example(vendor: &Vendor, types: Types<'_>, paged: bool) -> String {
    let package = format!("{}_client", names::snake(&vendor.file.vendor));
    let imports = examples::imports(vendor, types);
    let call = examples::call(vendor, types);
    let (module, path) = (address::module(types.operation), address::path(types.operation));
    let hidden = if call.contains("&given[") { "" } else { "# " };
    let credentials: String = vendor
        .file
        .credentials
        .iter()
        .filter(|credential| credential.required)
        .map(|credential| format!("&given[\"{}\"]", credential.name))
        .collect::<Vec<_>>()
        .join(", ");
    let name = &types.operation.name;
    let (written, used) = if paged {
        let file = format!("let mut file = std::fs::File::create(std::env::temp_dir().join(\"{name}.jsonl\"))?;\n");
        let rows = format!(
            "let mut rows = client.{path}(request).paginate().items();\n\
             while let Some(row) = rows.next().await? {{\n    \
             writeln!(file, \"{{}}\", serde_json::to_string(&row)?)?;\n\
             }}\n"
        );
        ("use std::io::Write as _;\n\n", file + &rows)
    } else if types.operation.area.is_none() {
        // A token is nothing for a file.
        ("", format!("let response = client.{path}(request).await?;\nprintln!(\"{{:?}}\", response.data);\n"))
    } else {
        let file = format!("let file = std::fs::File::create(std::env::temp_dir().join(\"{name}.json\"))?;\n");
        let data = format!("let response = client.{path}(request).await?;\nserde_json::to_writer(file, &response.data)?;\n");
        ("", file + &data)
    };
    format!(
        "\n# Example\n\n\
         ```\n\
         # #[tokio::main(flavor = \"current_thread\")]\n\
         # async fn main() -> Result<(), Box<dyn std::error::Error>> {{\n\
         {written}use {package}::{module}::{imports};\n\
         \n\
         # let mock = scrm_mock::Mock::start().await;\n\
         {hidden}let given = mock.credentials(\"{vendor}\");\n\
         # let credentials = {package}::Credentials::new({credentials});\n\
         # let client = {package}::Client::builder(credentials).base_url(mock.base_url(\"{vendor}\")).build()?;\n\
         let request = {call};\n\
         {used}\
         # Ok(())\n\
         # }}\n\
         ```\n",
        vendor = vendor.file.vendor,
    )
}
