//! The reference page of an operation, as rustdoc of its request.

use scrm_schema::model::{Access, BodyKind, Method, Operation, Paging, PagingStyle, Vendor};

use crate::{address, docs, error::Error, errors, examples, literals::Types, names, paging::Paged, path::data_object, proofs, rules};

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
    let mut text = head(operation);
    text += &format!("\n\n{}\n", links(operation, paged));
    text += &example(vendor, types, paged.is_some());
    text += &format!("\n# Facts\n\n{}", facts(vendor, operation));
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
    text += &self::source(vendor, operation);
    Ok(text)
}

/// What it is, how far that can be trusted, and where the copy ends.
fn head(operation: &Operation) -> String {
    let mut text = docs::paragraphs(&operation.title);
    if let Some(description) = &operation.description {
        text += &format!("\n\n{}", docs::paragraphs(description));
    }
    let source = &operation.source;
    for note in docs::evidence(source.evidence).into_iter().chain(source.cut_after.as_deref().map(docs::cut)) {
        text += &format!("\n\n{note}");
    }
    text
}

/// A push: what it is, errata and source.
pub(crate) fn push(vendor: &Vendor, operation: &Operation) -> String {
    let mut text = head(operation);
    text += "\n";
    text += &errata(operation);
    text += &source(vendor, operation);
    text
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

fn facts(vendor: &Vendor, operation: &Operation) -> String {
    let mut rows = vec![("Call", call(operation))];
    if let Some(name) = &operation.base_url {
        rows.push(("Base URL", format!("{}, <{}>", docs::code(name), vendor.file.base_url(Some(name)))));
    }
    rows.push(match (&operation.token, &operation.signature) {
        (Some(token), _) => ("Token", docs::code(token)),
        (None, Some(signature)) => ("Signature", docs::code(signature)),
        (None, None) => ("Token", "none".into()),
    });
    if let Some(permission) = &operation.permission {
        rows.push(("Permission", docs::escape(permission)));
    }
    if let Some(quota) = operation.quota {
        let window = if quota.seconds == 1 { "second".to_owned() } else { format!("{} seconds", quota.seconds) };
        rows.push(("Quota", format!("{} calls in any {window}", quota.calls)));
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
        rows.push(("Paging", self::paging(paging)));
    }
    // The first row is the table's head: an empty one would be shown.
    let mut rows = rows.into_iter().map(|(name, value)| format!("| {name} | {value} |\n"));
    let head = rows.next().unwrap_or_default();
    format!("{head}|---|---|\n{}", rows.collect::<String>())
}

/// Where pages begin and how long they are.
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
    text
}

/// The same, and what happens behind the last of them.
fn paging(paging: &Paging) -> String {
    let mut text = pages(paging);
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

/// One side of a contradiction: a value as code, words as words.
fn side(value: &serde_json::Value) -> String {
    let text = docs::plain(value);
    if text.contains(' ') && value.is_string() { docs::escape(&text) } else { docs::code(&text) }
}

/// A list: pointers in a table's column are squeezed to a few letters on a narrow screen.
fn errata(operation: &Operation) -> String {
    if operation.errata.is_empty() {
        return String::new();
    }
    let mut text = "\n# Errata\n\nWhere the documentation contradicts itself, and what is used here.\n\n".to_owned();
    for erratum in &operation.errata {
        let (at, seen) = (docs::code(&erratum.at), docs::escape(&erratum.seen));
        text += &format!("- {at} says: {}; used: {}. Seen: {seen}.\n", side(&erratum.documented), side(&erratum.wire));
    }
    // Only in tables a pipe has to be escaped, and in code it would show.
    text.replace("\\|", "|")
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
    let (constructor, credentials) = proofs::constructor(vendor, types.operation);
    let credentials = credentials.iter().map(|name| format!("&given[\"{name}\"]")).collect::<Vec<_>>().join(", ");
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
         # let credentials = {package}::Credentials::{constructor}({credentials});\n\
         # let client = {package}::Client::builder(credentials).base_url(mock.base_url(\"{vendor}\")).build()?;\n\
         let request = {call};\n\
         {used}\
         # Ok(())\n\
         # }}\n\
         ```\n",
        vendor = vendor.file.vendor,
    )
}
