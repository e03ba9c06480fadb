//! From a text to everything the page says.

use scrm_schema::model::{BodyKind, Method, Place, VendorFile};
use scrm_schema::names;
use serde_json::{Value, json};

use crate::envelope::{self, Keys};
use crate::example_shapes::ExampleShape;
use crate::page::{Concern, Located, Page, Side};
use crate::reconcile::{self, Contradiction};
use crate::sample::{Sample, SampleValue};
use crate::tree::Field;
use crate::{ImportError, Options, code_lists, drop_unsupported, examples, input, paging, placement, repair, signed, xml};

/// A page with its fields in order and confronted with its examples.
pub(crate) struct Reading {
    pub(crate) page: Page,
    pub(crate) lines: usize,
    pub(crate) operation: String,
    pub(crate) method: Method,
    pub(crate) path: String,
    /// Base URL that the page shows, by its name in the vendor's file, where it is not the one that is taken anyway.
    pub(crate) base_url: Option<String>,
    pub(crate) body: BodyKind,
    /// How calls are signed, by its name in the vendor's file.
    pub(crate) signature: Option<Located<String>>,
    /// What the schema says of the token; `None`: nothing, so that the vendor's first kind counts.
    pub(crate) token: Option<Value>,
    pub(crate) request: Field,
    pub(crate) response: Field,
    pub(crate) contradictions: Vec<Contradiction>,
    /// The first example of the request and of the answer.
    pub(crate) samples: [Option<Sample>; 2],
    /// The last field of a copy that is not whole, as a path of names: `response/data/list/id`.
    pub(crate) cut_after: Option<String>,
    /// Name of the copy it was read from, when there are several.
    pub(crate) copy: String,
}

/// Reads the pages of a text, one for each operation.
pub(crate) fn read_all(text: &str, options: &Options<'_>) -> Result<Vec<Reading>, ImportError> {
    let given = input::pages(text, options.layout)?;
    let lines = given.lines;
    Ok(given.pages.into_iter().map(|page| read_page(page, lines, options)).collect())
}

/// Reads the operation that the options name, or the first; says which others there are.
pub(crate) fn read(text: &str, options: &Options<'_>) -> Result<Reading, ImportError> {
    let given = input::pages(text, options.layout)?;
    let lines = given.lines;
    let names: Vec<String> = given.pages.iter().map(name).collect();
    let chosen = match options.pick {
        Some(wanted) => {
            pick(&names, wanted).ok_or_else(|| ImportError::NoSuchOperation { wanted: wanted.to_owned(), found: names.clone() })?
        }
        None => 0,
    };
    let Some(mut page) = given.pages.into_iter().nth(chosen) else { return Err(ImportError::NoTable { lines, layout: options.layout }) };
    if names.len() > 1 && options.pick.is_none() {
        let others: Vec<&str> =
            names.iter().enumerate().filter(|(place, _)| *place != chosen).map(|(_, name)| name.as_str()).take(NAMED).collect();
        let text = format!("the text holds {} operations: only the first is written here; the others: {}", names.len(), others.join("; "));
        page.remark(Concern::Decide, 0, text);
    }
    Ok(read_page(page, lines, options))
}

/// Operations named in one remark.
const NAMED: usize = 20;

/// What an operation is called in a list: its title, its method and its path.
pub(crate) fn name(page: &Page) -> String {
    let title = page.title.as_ref().map_or("", |title| title.value.as_str());
    let method = page.method.as_ref().map_or("", |method| crate::write::method_name(method.value));
    let path = page.url.as_ref().map_or("", |url| url.value.as_str());
    [title, method, path].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The operation whose name is, ends with, or holds what was asked for.
fn pick(names: &[String], wanted: &str) -> Option<usize> {
    let position = |fits: &dyn Fn(&str) -> bool| names.iter().position(|name| fits(name));
    position(&|name| name == wanted)
        .or_else(|| position(&|name| name.ends_with(wanted)))
        .or_else(|| position(&|name| name.contains(wanted)))
}

fn read_page(mut page: Page, count: usize, options: &Options<'_>) -> Reading {
    let mut contradictions = Vec::new();
    let requests = samples(&mut page, Side::Request, &mut contradictions);
    let responses = samples(&mut page, Side::Response, &mut contradictions);
    if page.push {
        page.remark(Concern::Decide, 0, "the page documents a message that the vendor sends, no operation: its fields are written as a request; move them where messages are described");
    }
    let (method, body) = encoding(&mut page);
    let (path, base_url) = path(&mut page, options.vendor);
    let keys = Keys::of(options.vendor.map(|vendor| &vendor.envelope));
    let as_text = matches!(body, BodyKind::Query | BodyKind::Form | BodyKind::Multipart);

    let mut shapes = ExampleShape::of(&requests);
    let mut request = placement::build(&mut page, Side::Request, &shapes, keys.data);
    let signature = signed::take(&mut request, &mut shapes, &mut page, options.vendor);
    let base_url = signed::base_url(base_url, signature.as_ref(), &mut page, options.vendor);
    let token = take_token(&mut request, &mut shapes, &mut page, options.vendor, signature.as_ref());
    if !page.push {
        envelope::settle(&mut request, &shapes, &keys, Side::Request, &mut page);
    }
    let (more, findings) = reconcile::reconcile(&mut request, &shapes, Side::Request, as_text);
    contradictions.extend(more);
    page.findings.extend(findings);

    let shapes = ExampleShape::of(&responses);
    let mut response = placement::build(&mut page, Side::Response, &shapes, keys.data);
    if !page.push {
        envelope::settle(&mut response, &shapes, &keys, Side::Response, &mut page);
    }
    let (more, findings) = reconcile::reconcile(&mut response, &shapes, Side::Response, false);
    contradictions.extend(more);
    page.findings.extend(findings);

    code_lists::settle(&mut page, [&mut request, &mut response]);
    let operation = operation(&mut page, options.operation, &path);
    contradictions.extend(paging::settle(&mut request, &mut response, keys.data, &mut page));
    placement::report_unattached(&mut page);
    envelope::complete(&mut response, options.vendor, &mut page);
    drop_unsupported::columns_at_top(&mut request, &mut page);
    drop_unsupported::columns_at_top(&mut response, &mut page);
    let mut reading = Reading {
        page,
        lines: count,
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
        samples: [requests, responses].map(|samples| samples.into_iter().next()),
        cut_after: None,
        copy: String::new(),
    };
    reading.drop_unsupported(options.vendor);
    reading.cut_after = cut_after(&mut reading.page, &reading.request, &reading.response);
    reading
}

impl Reading {
    /// Leaves out what no schema can hold.
    pub(crate) fn drop_unsupported(&mut self, vendor: Option<&VendorFile>) {
        drop_unsupported::drop_unsupported(&mut self.request, Side::Request, &[], &mut self.page);
        drop_unsupported::drop_unsupported(&mut self.response, Side::Response, &envelope::names(vendor), &mut self.page);
        drop_unsupported::error_codes(vendor, &mut self.page);
        self.cut_after = self.cut_after.take().filter(|path| self.has(path));
    }

    /// Whether there is a field at `response/data/list/id`.
    fn has(&self, path: &str) -> bool {
        let mut names = path.split('/').map(str::to_owned);
        let root = if names.next().as_deref() == Some("request") { &self.request } else { &self.response };
        root.at(&names.collect::<Vec<_>>()).is_some()
    }

    /// The examples for the schema file.
    pub(crate) fn examples(&self, vendor: Option<&VendorFile>) -> Vec<Value> {
        if self.page.push {
            return Vec::new();
        }
        let [request, response] = self.samples.each_ref().map(Option::as_ref);
        examples::pair(request, response, &self.request, &self.response, &Keys::of(vendor.map(|vendor| &vendor.envelope)))
    }
}

/// The last field of a copy that is not whole: where it was cut, or where it ends without an answer.
fn cut_after(page: &mut Page, request: &Field, response: &Field) -> Option<String> {
    let last = |side: &str, root: &Field| {
        let mut found: Option<(usize, String)> = None;
        let mut open = vec![(side.to_owned(), root)];
        while let Some((path, field)) = open.pop() {
            for (name, member) in field.members.iter().filter(|(name, _)| !name.contains('/')) {
                let below = format!("{path}/{name}");
                if member.origin == crate::tree::Origin::Table && found.as_ref().is_none_or(|(line, _)| member.line >= *line) {
                    found = Some((member.line, below.clone()));
                }
                open.push((below, member));
            }
        }
        found
    };
    let ends =
        [last("request", request), last("response", response)].into_iter().flatten().max_by_key(|(line, _)| *line).map(|(_, path)| path);
    let answered = !response.members.values().all(|field| field.line == 0);
    if let Some(cut) = page.cut.clone() {
        let path = ends.unwrap_or_default();
        let text = format!("the page ends in the middle of {}: read up to there, after `{}`", cut.inside, path.replace('/', "."));
        page.remark(Concern::Decide, cut.line, text);
        return Some(path).filter(|path| !path.is_empty());
    }
    if !answered && !page.push && !request.members.is_empty() {
        page.remark(Concern::Decide, 0, "the page says nothing of the answer: is the copy whole?");
        return ends;
    }
    None
}

/// The examples of one side, repaired. What was mended is a contradiction of the page with itself.
fn samples(page: &mut Page, side: Side, contradictions: &mut Vec<Contradiction>) -> Vec<Sample> {
    let mut samples = Vec::new();
    for example in page.examples.clone().into_iter().filter(|example| example.side == side) {
        if xml::shows(&example.text) {
            samples.extend(xml_sample(page, &example));
            continue;
        }
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

/// An example in XML: before it is decrypted a push shows its shell only.
fn xml_sample(page: &mut Page, example: &crate::page::ExampleText) -> Option<Sample> {
    let (sample, whole) = xml::read(&example.text, example.line)?;
    if !whole {
        page.remark(Concern::Repaired, example.line, "example: the XML is cut or broken, read as far as it goes");
    }
    let SampleValue::Object(members) = &sample.value else { return None };
    let sealed = members
        .iter()
        .any(|(name, _)| matches!(name.to_ascii_lowercase().as_str(), "encrypt" | "encrypted" | "msg_encrypt" | "encrypt_msg"));
    if sealed {
        page.remark(Concern::Assumed, example.line, "the example shows the message before it is decrypted: not taken for its fields");
        return None;
    }
    Some(sample)
}

fn encoding(page: &mut Page) -> (Method, BodyKind) {
    let method = page.method.as_ref().map(|method| method.value).unwrap_or_else(|| {
        if !page.push {
            page.remark(Concern::Decide, 0, "the page names no method: written as POST");
        }
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
        (Method::Get, Some(BodyKind::Json)) if query_only => {
            page.remark(
                Concern::Assumed,
                line,
                "a GET has a media type of JSON, but all its parameters stand in the query: written as a query",
            );
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

/// The path below one of the vendor's base URLs, and the name of that one; none for the usual.
fn path(page: &mut Page, vendor: Option<&VendorFile>) -> (String, Option<String>) {
    let Some(url) = page.url.clone() else {
        if !page.push {
            page.remark(Concern::Decide, 0, "the page names no address");
        }
        return ("/TODO".to_owned(), None);
    };
    let base = vendor.map(|vendor| vendor.base_url.trim_end_matches('/'));
    let named = vendor.and_then(|vendor| {
        vendor.base_urls.iter().find_map(|known| Some((below(&url.value, known.url.trim_end_matches('/'))?, known.name.clone())))
    });
    let mut name = None;
    let below = match (base.and_then(|base| below(&url.value, base)), url.value.split_once("://")) {
        (Some(below), _) => below.to_owned(),
        (None, _) if named.is_some() => named.map_or_else(String::new, |(below, known)| {
            name = Some(known);
            below.to_owned()
        }),
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
    (if below.starts_with('/') { below.to_owned() } else { format!("/{below}") }, name)
}

/// What follows a base URL in an address.
fn below<'a>(address: &'a str, base: &str) -> Option<&'a str> {
    address.strip_prefix(base).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Names of a token where no vendor file tells them.
const TOKENS: [&str; 5] = ["access_token", "accessToken", "token", "X-Token", "Authorization"];

/// Takes the token out of the request: the vendor file says how it travels.
fn take_token(
    request: &mut Field,
    shapes: &mut ExampleShape,
    page: &mut Page,
    vendor: Option<&VendorFile>,
    signature: Option<&Located<String>>,
) -> Option<Value> {
    let kinds: Vec<(&str, &str)> = match vendor {
        Some(vendor) => vendor.tokens.iter().map(|token| (token.place.name.as_str(), token.name.as_str())).collect(),
        None => TOKENS.iter().map(|name| (*name, "")).collect(),
    };
    let found = kinds.iter().enumerate().find_map(|(number, (name, kind))| {
        let as_field = request.members.shift_remove(*name);
        shapes.members.shift_remove(*name);
        let as_header = page.headers.iter().find(|header| header.value.eq_ignore_ascii_case(name)).map(|header| header.line);
        Some((number, *name, *kind, as_field.map(|field| field.line).or(as_header)?))
    });
    match found {
        Some((_, name, _, line)) if signature.is_some() => {
            page.remark(
                Concern::Decide,
                line,
                format!("the page shows a signature and the token `{name}`: a signed operation has no token"),
            );
            None
        }
        None if signature.is_some() => None,
        Some((number, name, kind, line)) => {
            page.remark(Concern::Assumed, line, format!("`{name}` is the token: the vendor file says how it travels"));
            (number > 0 && !kind.is_empty()).then(|| json!(kind))
        }
        None if page.push => Some(json!(false)),
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
    let name = match name.as_str() {
        "" => "operation".to_owned(),
        taken if names::forbidden(taken).is_some() => format!("{taken}_operation"),
        _ => name,
    };
    page.remark(Concern::Decide, 0, format!("the operation is called `{name}` after its path: give it a better name with --operation"));
    name
}
