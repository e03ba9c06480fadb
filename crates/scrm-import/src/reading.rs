//! From a text to everything the page says.

use scrm_schema::model::{BodyKind, Method, Place, VendorFile};
use scrm_schema::names;
use serde_json::{Value, json};

use crate::envelope::{self, Keys};
use crate::example_shapes::ExampleShape;
use crate::page::{Concern, Located, Page, Side};
use crate::reconcile::{self, Contradiction};
use crate::sample::Sample;
use crate::tree::Field;
use crate::{ImportError, Options, drop_unsupported, examples, layout, lines, nesting, paging, repair};

/// A page with its fields in order and confronted with its examples.
pub(crate) struct Reading {
    pub(crate) page: Page,
    pub(crate) lines: usize,
    pub(crate) operation: String,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) body: BodyKind,
    /// What the schema says of the token; `None`: nothing, so that the vendor's first kind counts.
    pub(crate) token: Option<Value>,
    pub(crate) request: Field,
    pub(crate) response: Field,
    pub(crate) contradictions: Vec<Contradiction>,
    pub(crate) examples: Vec<Value>,
}

pub(crate) fn read(text: &str, options: &Options<'_>) -> Result<Reading, ImportError> {
    let lines = lines::lines(text);
    let count = lines.iter().filter(|line| !line.is_blank()).count();
    let layout = options.layout.or_else(|| layout::recognise(&lines)).ok_or(ImportError::NoTable { lines: count, layout: None })?;
    let mut page = layout::read(layout, &lines);
    if page.tables.iter().all(|table| table.rows.is_empty()) {
        return Err(ImportError::NoTable { lines: count, layout: Some(layout) });
    }
    let mut contradictions = Vec::new();
    let requests = samples(&mut page, Side::Request, &mut contradictions);
    let responses = samples(&mut page, Side::Response, &mut contradictions);
    let (method, body) = encoding(&mut page);
    let path = path(&mut page, options.vendor);
    let keys = Keys::of(options.vendor.map(|vendor| &vendor.envelope));
    let as_text = matches!(body, BodyKind::Query | BodyKind::Form | BodyKind::Multipart);

    let mut seen = ExampleShape::of(&requests);
    let mut request = nesting::build(&mut page, Side::Request, &seen);
    let token = take_token(&mut request, &mut seen, &mut page, options.vendor);
    envelope::settle(&mut request, &seen, &keys, Side::Request, &mut page);
    let (more, findings) = reconcile::reconcile(&mut request, &seen, Side::Request, as_text);
    contradictions.extend(more);
    page.findings.extend(findings);

    let seen = ExampleShape::of(&responses);
    let mut response = nesting::build(&mut page, Side::Response, &seen);
    envelope::settle(&mut response, &seen, &keys, Side::Response, &mut page);
    let (more, findings) = reconcile::reconcile(&mut response, &seen, Side::Response, false);
    contradictions.extend(more);
    page.findings.extend(findings);

    let operation = operation(&mut page, options.operation, &path);
    contradictions.extend(paging::settle(&mut request, &mut response, keys.data, &mut page));
    nesting::report_unattached(&mut page);
    envelope::complete(&mut response, options.vendor, &mut page);
    drop_unsupported::columns_at_top(&mut request, &mut page);
    drop_unsupported::columns_at_top(&mut response, &mut page);
    drop_unsupported::drop_unsupported(&mut request, Side::Request, &mut page);
    drop_unsupported::drop_unsupported(&mut response, Side::Response, &mut page);
    let examples = examples::pair(requests.first(), responses.first(), &request, &response, &keys);
    Ok(Reading { page, lines: count, operation, method, path, body, token, request, response, contradictions, examples })
}

/// The examples of one side, repaired. What was mended is a contradiction of the page with itself.
fn samples(page: &mut Page, side: Side, contradictions: &mut Vec<Contradiction>) -> Vec<Sample> {
    let mut samples = Vec::new();
    for example in page.examples.clone().into_iter().filter(|example| example.side == side) {
        let Some(read) = repair::read(&example.text, example.line) else { continue };
        let mut kinds: Vec<(&str, Vec<usize>)> = Vec::new();
        for repair in &read.repairs {
            match kinds.iter_mut().find(|(what, _)| *what == repair.what) {
                Some((_, lines)) => lines.push(repair.line),
                None => kinds.push((repair.what, vec![repair.line])),
            }
        }
        for (what, lines) in kinds {
            let first = lines.first().copied().unwrap_or(example.line);
            let places = if lines.len() == 1 { format!("line {first}") } else { format!("{} places from line {first} on", lines.len()) };
            page.remark(Concern::Repaired, first, format!("example: {what} ({places})"));
            let seen = format!("the example, {places}");
            contradictions.push(Contradiction {
                side,
                path: Vec::new(),
                kind: "page",
                documented: "valid JSON".to_owned(),
                wire: what.to_owned(),
                seen,
            });
        }
        page.unread.extend(read.rest.iter().map(|(line, text)| Located::new(text.clone(), *line)));
        samples.push(read.sample);
    }
    samples
}

fn encoding(page: &mut Page) -> (Method, BodyKind) {
    let method = page.method.as_ref().map(|method| method.value).unwrap_or_else(|| {
        page.findings.push(crate::page::Finding {
            concern: Concern::Decide,
            line: 0,
            text: "the page names no method: written as POST".to_owned(),
        });
        Method::Post
    });
    let line = page.body.as_ref().map_or(0, |body| body.line);
    let stated = page.body.as_ref().map(|body| body.value);
    let request_rows = || page.tables.iter().filter(|table| table.side == Side::Request).flat_map(|table| &table.rows);
    let query_only = request_rows().count() > 0 && request_rows().all(|row| row.place == Some(Place::Query));
    let body = match (method, stated) {
        (Method::Get, Some(BodyKind::Form | BodyKind::Multipart)) => {
            page.remark(Concern::Decide, line, "a GET is documented with the encoding of a form: written as a query");
            BodyKind::Query
        }
        (Method::Get, Some(BodyKind::Json)) => {
            page.remark(Concern::Decide, line, "a GET is documented with a JSON body: written so; does the vendor take a POST?");
            BodyKind::Json
        }
        (_, Some(body)) => body,
        (Method::Get, None) => BodyKind::Query,
        (_, None) if query_only => BodyKind::Query,
        (_, None) => {
            page.remark(Concern::Assumed, 0, "the page does not say how the body is encoded: written as JSON");
            BodyKind::Json
        }
    };
    (method, body)
}

/// The path below the vendor's base URL.
fn path(page: &mut Page, vendor: Option<&VendorFile>) -> String {
    let Some(url) = page.url.clone() else {
        page.remark(Concern::Decide, 0, "the page names no address");
        return "/TODO".to_owned();
    };
    let base = vendor.map(|vendor| vendor.base_url.trim_end_matches('/'));
    let below = match (base.and_then(|base| url.value.strip_prefix(base)), url.value.split_once("://")) {
        (Some(below), _) => below.to_owned(),
        (None, Some((_, rest))) => {
            if base.is_some() {
                page.remark(Concern::Decide, url.line, format!("the address `{}` is not below the vendor's base URL", url.value));
            }
            rest.split_once('/').map_or_else(String::new, |(_, path)| format!("/{path}"))
        }
        // The base URL may end in a path that the page repeats.
        (None, None) => {
            let base_path = base.and_then(|base| base.split_once("://")).and_then(|(_, rest)| rest.find('/').and_then(|at| rest.get(at..)));
            let below = base_path.and_then(|base| url.value.strip_prefix(base)).filter(|below| below.starts_with('/'));
            below.unwrap_or(&url.value).to_owned()
        }
    };
    let below = below.trim_end_matches('/');
    if below.starts_with('/') { below.to_owned() } else { format!("/{below}") }
}

/// Names of a token where no vendor file tells them.
const TOKENS: [&str; 5] = ["access_token", "accessToken", "token", "X-Token", "Authorization"];

/// Takes the token out of the request: the vendor file says how it travels.
fn take_token(request: &mut Field, seen: &mut ExampleShape, page: &mut Page, vendor: Option<&VendorFile>) -> Option<Value> {
    let kinds: Vec<(&str, &str)> = match vendor {
        Some(vendor) => vendor.tokens.iter().map(|token| (token.place.name.as_str(), token.name.as_str())).collect(),
        None => TOKENS.iter().map(|name| (*name, "")).collect(),
    };
    let found = kinds.iter().enumerate().find_map(|(number, (name, kind))| {
        let as_field = request.members.shift_remove(*name);
        seen.members.shift_remove(*name);
        let as_header = page.headers.iter().find(|header| header.value.eq_ignore_ascii_case(name)).map(|header| header.line);
        Some((number, *name, *kind, as_field.map(|field| field.line).or(as_header)?))
    });
    match found {
        Some((number, name, kind, line)) => {
            page.remark(Concern::Assumed, line, format!("`{name}` is the token: the vendor file says how it travels"));
            (number > 0 && !kind.is_empty()).then(|| json!(kind))
        }
        None => {
            page.remark(Concern::Decide, 0, "no token is named among parameters and headers: say `\"token\": false` if none is needed");
            None
        }
    }
}

/// The operation's name: the caller's, or the last word of the path that is no version.
fn operation(page: &mut Page, wanted: Option<&str>, path: &str) -> String {
    if let Some(wanted) = wanted {
        return wanted.replace('-', "_");
    }
    let is_version = |part: &&str| part.trim_start_matches(['v', 'V']).bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let last = path.split('/').rev().find(|part| !part.is_empty() && !is_version(part)).unwrap_or("");
    let name = names::field(last);
    let name = if name.is_empty() { "operation".to_owned() } else { name };
    page.remark(Concern::Decide, 0, format!("the operation is called `{name}` after its path: give it a better name with --operation"));
    name
}
