//! Reads a vendor's documented page into a schema file, and says what it could not read.
//!
//! [`import`] takes the text of a page and gives the text of a schema file with a [`Report`]: what was read with which confidence, every line that was
//! not understood, and what a person must decide. [`diff`] compares a page with a committed schema and lists what the vendor changed.
//!
//! Pages come in the layouts of the tools that publish them ([`Layout`]); each layout is read into one table model ([`page::Page`]), and everything after
//! that is shared: types, limits, nesting, the repair of examples, and the confrontation of table and example, whose contradictions become errata.
//!
//! Nothing here reads or writes files. No text makes it panic, and its work grows no faster than the text.

mod choices;
mod code_lists;
mod diff;
mod document;
mod draft;
mod drop_unsupported;
mod envelope;
mod example_shapes;
mod examples;
mod input;
mod join;
mod layout;
mod lexicon;
mod limits;
mod lines;
mod openapi;
pub mod page;
mod page_builder;
mod paging;
mod pipes;
mod placement;
mod proof;
mod reading;
mod reconcile;
mod repair;
mod report;
mod rules;
mod sample;
mod sensitive;
mod signed;
mod table;
mod tree;
pub mod trial;
mod types;
mod write;
mod xml;

use scrm_schema::model::VendorFile;
use serde_json::{Value, json};
use thiserror::Error;

pub use diff::{Change, Committed, Difference};
pub use input::encoding::{LARGEST, decode};
pub use page::Layout;
pub use report::{Confidence, FieldReport, Report};

use reading::Reading;

/// What is known besides the page.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// The vendor's file: base URL, envelope, tokens and error codes. Without it the usual names are looked for.
    pub vendor: Option<&'a VendorFile>,
    /// Name of the operation; without it the path gives one.
    pub operation: Option<&'a str>,
    /// The layout; without it the page shows it.
    pub layout: Option<Layout>,
    /// Which operation of a text that holds several: its title, method and path, or a part of them. Without it the first.
    pub pick: Option<&'a str>,
    /// Where the page stands: site and title.
    pub page: &'a str,
    /// Address of the page.
    pub url: Option<&'a str>,
    /// The day the page was read, `YYYY-MM-DD`.
    pub read: &'a str,
}

/// An imported page.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// Text of the schema file.
    pub schema: String,
    /// Name of the schema file: the operation's, with dashes.
    pub file: String,
    /// What there is to say about it.
    pub report: Report,
}

/// Why a page cannot be imported or compared.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ImportError {
    /// No table of fields was found.
    #[error(
        "no table of fields found in {lines} lines{}: neither bars, nor a header line such as `参数名 类型 说明`, nor fields with one line per cell; \
         check that the text is the page of one operation, or name its layout",
        match layout { Some(layout) => format!(" read as {layout}"), None => String::new() }
    )]
    NoTable {
        /// Lines that are not blank.
        lines: usize,
        /// The layout, when there was one.
        layout: Option<Layout>,
    },
    /// The page holds nothing.
    #[error("the page is empty")]
    Empty,
    /// The page is no text.
    #[error("the page is no text: save it as text, HTML, Markdown or OpenAPI")]
    Binary,
    /// The page is larger than any page is.
    #[error("the page has {bytes} bytes, more than {limit}: cut out the operation that is wanted")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The largest size that is read.
        limit: usize,
    },
    /// HTML nested deeper than any page is.
    #[error("the HTML is nested more than {limit} deep: this is no documented page")]
    TooDeep {
        /// The greatest depth that is read.
        limit: usize,
    },
    /// HTML with more tables than any page has.
    #[error("the HTML has more than {limit} tables: this is no documented page; cut out the operation that is wanted")]
    TooManyTables {
        /// The most tables that are read.
        limit: usize,
    },
    /// An OpenAPI or Apifox file that cannot be read.
    #[error("the file is meant to be {kind}, but cannot be read: {reason}")]
    Api {
        /// What it is meant to be.
        kind: &'static str,
        /// Why it cannot be read.
        reason: String,
    },
    /// No operation of the page is called so.
    #[error("no operation of the page is called `{wanted}`; it holds: {}", found.join("; "))]
    NoSuchOperation {
        /// What was asked for.
        wanted: String,
        /// Titles, methods and paths of those that are there.
        found: Vec<String>,
    },
    /// The draft breaks a check of schema files, and not by a part that could be taken out.
    #[error("the draft {file} would not load, and nothing can be taken out to mend that: {pointer}: {what}; {advice}")]
    NotLoadable {
        /// Name of the schema file.
        file: String,
        /// JSON pointer in it.
        pointer: String,
        /// What is wrong there.
        what: String,
        /// What to do about it.
        advice: String,
    },
    /// The committed schema refers to a definition that was not handed in, so that nothing below it could be compared.
    #[error("the schema refers to `{reference}`, which is not there: hand in the `definitions.json` of its area, or correct the reference")]
    NoDefinition {
        /// As the schema writes it.
        reference: String,
    },
    /// The committed schema is no JSON.
    #[error("the schema to compare with is no JSON: {0}; repair it first")]
    Schema(String),
}

/// Reads a page into a schema file.
///
/// # Errors
/// [`ImportError::NoTable`] when the page has no table of fields; [`ImportError::NotLoadable`] when its draft could not be loaded as a schema file.
pub fn import(text: &str, options: &Options<'_>) -> Result<Imported, ImportError> {
    finish(reading::read(text, options)?, options)
}

/// Writes a reading down, as far as it loads.
fn finish(reading: Reading, options: &Options<'_>) -> Result<Imported, ImportError> {
    let examples = reading.examples(options.vendor);
    let Reading {
        mut page,
        lines,
        operation,
        method,
        path,
        base_url,
        body,
        signature,
        token,
        request,
        response,
        contradictions,
        cut_after,
        ..
    } = reading;
    let data = options.vendor.map_or("data", |vendor| vendor.envelope.data.as_str());
    let paging = paging::find(&request, &response, data, &mut page);
    let rules = rules::find(&request, &mut page);
    let reads = reads(&mut page, &path);
    page.remark(page::Concern::Decide, 0, "descriptions and English labels are TODO: write them in your own words; a draft behind a TODO was put together from names and labels");
    let call = format!("{} {path}", write::method_name(method));
    let mut source = json!({ "page": options.page });
    if let (Some(url), Some(source)) = (options.url, source.as_object_mut()) {
        source.insert("url".to_owned(), json!(url));
    }
    if let Some(source) = source.as_object_mut() {
        source.insert("read".to_owned(), json!(options.read));
        if let Some(field) = &cut_after {
            source.insert("cut_after".to_owned(), json!(field));
        }
    }
    let (request_fields, response_fields) = (request.clone(), response.clone());
    let draft = write::Draft {
        page: &mut page,
        vendor: options.vendor,
        operation: operation.clone(),
        source,
        method,
        path,
        base_url,
        body,
        signature: signature.map(|signature| signature.value),
        token,
        reads,
        request,
        response,
        paging,
        rules,
        contradictions,
        examples,
    };
    let mut schema = write::schema(draft);
    let file = format!("{}.json", operation.replace('_', "-"));
    proof::mend(&mut schema, &file, options.vendor, [&request_fields, &response_fields], &mut page)?;
    let errata = schema.get("errata").and_then(Value::as_array).map_or(0, Vec::len);
    let mut report = Report::of(&page, &request_fields, &response_fields, &operation, call, lines, errata);
    report.cut_after = cut_after;
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    Ok(Imported { schema: text, file, report })
}

/// Reads every operation of a text.
///
/// # Errors
/// As [`import`].
pub fn import_all(text: &str, options: &Options<'_>) -> Result<Vec<Imported>, ImportError> {
    reading::read_all(text, options)?.into_iter().map(|reading| finish(reading, options)).collect()
}

/// Reads several copies of one page, by name and text, into one schema file: each field with the copies that show it, contradictions between them told,
/// the newest copy counting where they differ.
///
/// # Errors
/// As [`import`], for the first copy that cannot be read; [`ImportError::Empty`] without any copy.
pub fn import_copies(copies: &[(&str, &str)], options: &Options<'_>) -> Result<Imported, ImportError> {
    let mut readings = Vec::new();
    for (name, text) in copies {
        let mut reading = reading::read(text, options)?;
        (*name).clone_into(&mut reading.copy);
        readings.push(reading);
    }
    let mut reading = join::join(readings).ok_or(ImportError::Empty)?;
    // What every copy says by itself may not fit together: two names that are one in Rust, values of another type.
    reading.drop_unsupported(options.vendor);
    finish(reading, options)
}

/// The operations that a text holds: title, method and path of each.
///
/// # Errors
/// As [`import`].
pub fn list(text: &str, options: &Options<'_>) -> Result<Vec<String>, ImportError> {
    Ok(input::pages(text, options.layout)?.pages.iter().map(reading::name).collect())
}

/// Compares a page with a committed schema; what the schema records as an erratum is no difference. Ordered as the schema is.
///
/// # Errors
/// [`ImportError::NoTable`] when the page has no table of fields, [`ImportError::Schema`] when a schema is no JSON, [`ImportError::NoDefinition`] when it
/// refers to something that is not there.
pub fn diff(text: &str, options: &Options<'_>, committed: &Committed<'_>) -> Result<Vec<Difference>, ImportError> {
    let (schema, errata) = committed.read()?;
    let reading = reading::read(text, options)?;
    let said = diff::Said {
        page: &reading.page,
        vendor: options.vendor,
        method: write::method_name(reading.method),
        path: &reading.path,
        base_url: reading.base_url.as_deref(),
        signature: reading.signature.as_ref(),
        body: write::body_name(reading.body),
        request: &reading.request,
        response: &reading.response,
    };
    Ok(diff::compare(&said, &schema, &errata))
}

/// Whether the operation reads only, by the words of its title and path.
fn reads(page: &mut page::Page, path: &str) -> bool {
    let title = page.title.as_ref().map_or("", |title| title.value.as_str());
    let path = path.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| title.contains(word) || path.contains(word));
    let writes = has(&[
        "新增", "创建", "添加", "修改", "更新", "编辑", "删除", "导入", "发送", "绑定", "注册", "add", "create", "update", "edit",
        "delete", "save", "del-", "register",
    ]);
    let reads = !writes && has(&["获取", "查", "列表", "列出", "详情", "get", "find", "list", "query", "info", "detail", "search"]);
    let (concern, text) = if writes {
        (
            page::Concern::Decide,
            "the operation writes, by the words of its title and path: if a repetition changes nothing more, say `write_safe_to_repeat`",
        )
    } else if reads {
        (page::Concern::Assumed, "the operation reads only, by the words of its title and path")
    } else {
        (page::Concern::Decide, "whether the operation changes anything is not clear: written as `write`, so that it is never repeated")
    };
    page.remark(concern, 0, text);
    reads
}
