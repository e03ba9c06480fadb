//! The examples of the schemas, against the generated types: what the tests in the vendor crates' generated code go through. No program depends on it.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "only tests call it")]

use scrm_core::{
    Operation,
    declare::{Envelope, typed_json},
    decode::{DecodeOptions, decode},
    encode::{Authorization, RequestBody, encode},
    operation::Vendor,
    spec::BodyKind,
    table::{Inspect, Place},
    transport::HttpRequest,
};
use serde_json::{Value, json};

/// An exchange of the schema, with what is expected of it.
#[derive(Clone, Debug)]
pub struct Example<O> {
    /// What it shows.
    pub title: &'static str,
    /// A request, and what should be sent.
    pub sends: Option<(O, &'static str)>,
    /// An answer, and what should be read of it.
    pub answers: Option<(&'static str, &'static str)>,
}

/// Checks examples one by one.
///
/// # Panics
/// Where one does not hold, with its title and the place.
pub fn check<O: Operation<Data: Inspect>>(examples: Vec<Example<O>>) {
    for Example { title, sends, answers } in examples {
        if let Some((request, expected)) = sends {
            assert_eq!(scrm_core::check::check(&request, O::spec().rules), Ok(()), "{title}");
            compare(title, &sent(&request), expected);
        }
        if let Some((body, expected)) = answers {
            compare(title, &answered::<O>(body), expected);
        }
    }
}

fn sent<O: Operation>(request: &O) -> Value {
    let spec = O::spec();
    let sent = encode(RequestBody::Typed(request), spec, Authorization::None, "https://api.example", spec.path).unwrap();
    let body = match spec.body {
        BodyKind::Json => serde_json::from_slice(&sent.body).unwrap(),
        BodyKind::Form => json!(pairs(std::str::from_utf8(&sent.body).unwrap())),
        BodyKind::Multipart => json!(multipart(&sent)),
        _ => Value::Null,
    };
    let query = sent.url.split_once('?').map(|(_, query)| pairs(query)).unwrap_or_default();
    let own = request.table().fields.iter().filter(|field| field.place == Place::Header);
    let headers: Pairs = own
        .filter_map(|field| {
            let (_, value) = sent.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(field.name()))?;
            Some((field.name().to_owned(), value.to_string()))
        })
        .collect();
    json!({ "body": body, "query": query, "headers": headers })
}

fn answered<O: Operation<Data: Inspect>>(body: &str) -> Value {
    let envelope = &O::Vendor::spec().envelope;
    let decoded = decode::<O::Data>(body.as_bytes(), envelope, &DecodeOptions::default()).unwrap();
    let Envelope { code, bad_rows, .. } = &decoded.head;
    assert!(bad_rows.is_empty(), "{bad_rows:?}");
    let success = decoded.head.is_success(envelope);
    let data = if success { typed_json(&decoded.data.shown()) } else { Value::Null };
    json!({ "code": code, "success": success, "data": data })
}

/// Name by name, so that a failure tells where.
fn compare(at: &str, found: &Value, expected: &str) {
    compare_values(at, found, &serde_json::from_str(expected).unwrap());
}

fn compare_values(at: &str, found: &Value, expected: &Value) {
    match (found, expected) {
        (Value::Object(found), Value::Object(expected)) => {
            assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "{at}");
            for (name, found) in found {
                compare_values(&format!("{at}/{name}"), found, &expected[name]);
            }
        }
        (found, expected) => assert_eq!(found, expected, "{at}"),
    }
}

type Pairs = Vec<(String, String)>;

/// The fields of a multipart form.
fn multipart(request: &HttpRequest) -> Pairs {
    let body = std::str::from_utf8(&request.body).unwrap();
    let (boundary, _) = body.split_once("\r\n").unwrap();
    let parts = body.split(boundary).map(|part| part.trim_start_matches("\r\n")).filter(|part| part.contains("name=\""));
    parts
        .map(|part| {
            let (head, value) = part.split_once("\r\n\r\n").unwrap();
            let name = head.split("name=\"").nth(1).unwrap().split('"').next().unwrap();
            (name.to_owned(), value.strip_suffix("\r\n").unwrap_or(value).to_owned())
        })
        .collect()
}

fn pairs(text: &str) -> Pairs {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).map(|(name, value)| (plain(name), plain(value))).collect()
}

fn plain(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        match (first, after) {
            (b'%', [high, low, after @ ..]) => {
                let digits = [*high, *low];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
                rest = after;
            }
            (b'+', _) => bytes.push(b' '),
            (byte, _) => bytes.push(*byte),
        }
    }
    String::from_utf8(bytes).unwrap()
}
