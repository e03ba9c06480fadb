//! What a call carries: its parameters, wherever the schema says that they stand.

use serde_json::{Map, Value};

use scrm_schema::model::{BodyKind, Method, Operation, Place};

/// A call as it came in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Incoming {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// A value and whether it came as text, where numbers cannot be told from texts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Given {
    pub(crate) value: Value,
    pub(crate) textual: bool,
}

/// Parameters by name.
pub(crate) type Parameters = indexmap::IndexMap<String, Given>;

impl Incoming {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    fn pairs(&self) -> Parameters {
        texts(form_urlencoded::parse(self.query.as_bytes()).into_owned())
    }

    /// One value from the place of a token.
    pub(crate) fn at(&self, place: Place, name: &str, parameters: &Parameters) -> Option<String> {
        let found = match place {
            Place::Header => self.header(name).map(str::to_owned),
            Place::Query => self.pairs().get(name).map(|given| crate::fill::plain(&given.value)),
            Place::Body => parameters.get(name).map(|given| crate::fill::plain(&given.value)),
        };
        found.filter(|text| !text.is_empty())
    }

    /// The operation's parameters, or what is wrong with the body.
    pub(crate) fn parameters(&self, operation: &Operation) -> Result<Parameters, String> {
        let mut parameters = match operation.body {
            BodyKind::Query => self.pairs(),
            BodyKind::Form => texts(form_urlencoded::parse(&self.body).into_owned()),
            BodyKind::Multipart => self.multipart()?,
            BodyKind::Json => self.json()?,
        };
        // A GET's parameters stand in its query or in a JSON body: both are seen in vendors' own samples.
        if operation.method == Method::Get {
            let other = if operation.body == BodyKind::Query { self.json().unwrap_or_default() } else { self.pairs() };
            for (name, given) in other {
                parameters.entry(name).or_insert(given);
            }
        }
        for field in &operation.request.fields {
            let found = match field.place {
                Place::Body => continue,
                place => self.at(place, &field.name, &parameters),
            };
            match found {
                Some(text) => parameters.insert(field.name.clone(), Given { value: Value::String(text), textual: true }),
                None => parameters.shift_remove(&field.name),
            };
        }
        Ok(parameters)
    }

    /// Everything that a signature is made over: what stands in the query, and in the body.
    pub(crate) fn signed(&self, operation: &Operation) -> Result<Vec<(String, String)>, String> {
        let body = match operation.body {
            BodyKind::Query => Parameters::new(),
            BodyKind::Form => texts(form_urlencoded::parse(&self.body).into_owned()),
            BodyKind::Multipart => self.multipart()?,
            BodyKind::Json => self.json()?,
        };
        let text = |given: &Given| if given.value.is_null() { String::new() } else { crate::fill::plain(&given.value) };
        Ok(self.pairs().iter().chain(&body).map(|(name, given)| (name.clone(), text(given))).collect())
    }

    fn json(&self) -> Result<Parameters, String> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Parameters::new());
        }
        match serde_json::from_slice::<Map<String, Value>>(&self.body) {
            Ok(map) => Ok(map.into_iter().map(|(name, value)| (name, Given { value, textual: false })).collect()),
            Err(error) => Err(format!("the body is no JSON object: {error}")),
        }
    }

    fn multipart(&self) -> Result<Parameters, String> {
        if self.body.is_empty() {
            return Ok(Parameters::new());
        }
        let kind = self.header("content-type").unwrap_or_default();
        let boundary = kind
            .split(';')
            .filter_map(|part| part.trim().strip_prefix("boundary="))
            .map(|boundary| boundary.trim_matches('"'))
            .find(|boundary| !boundary.is_empty())
            .filter(|_| kind.trim_start().to_ascii_lowercase().starts_with("multipart/form-data"));
        let Some(boundary) = boundary else {
            return Err("the body must be multipart/form-data with a boundary".to_owned());
        };
        let body = String::from_utf8_lossy(&self.body);
        let delimiter = format!("--{boundary}");
        let mut parts = Vec::new();
        for part in body.split(delimiter.as_str()).skip(1) {
            if part.starts_with("--") {
                return Ok(texts(parts.into_iter()));
            }
            let Some((head, value)) = part.split_once("\r\n\r\n") else {
                return Err("a part of the form has no blank line after its header".to_owned());
            };
            let Some(name) = part_name(head) else { return Err("a part of the form has no name".to_owned()) };
            parts.push((name, value.strip_suffix("\r\n").unwrap_or(value).to_owned()));
        }
        Err("the form has no closing boundary".to_owned())
    }
}

/// `name="…"` of a Content-Disposition header.
fn part_name(head: &str) -> Option<String> {
    let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-disposition"))?;
    let mut pieces = line.split(';').map(str::trim);
    let name = pieces.find_map(|piece| piece.strip_prefix("name="))?;
    Some(name.trim_matches('"').to_owned())
}

fn texts(pairs: impl Iterator<Item = (String, String)>) -> Parameters {
    pairs.map(|(name, text)| (name, Given { value: Value::String(text), textual: true })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(body: &str) -> Result<Parameters, String> {
        let headers = vec![("content-type".to_owned(), "multipart/form-data; boundary=\"xx\"".to_owned())];
        Incoming { headers, body: body.as_bytes().to_vec(), ..Incoming::default() }.multipart()
    }

    #[test]
    fn a_form_is_taken_apart() {
        let read = form("--xx\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n2\r\n--xx\r\ncontent-disposition: form-data; name=\"b\"\r\n\r\n\r\n--xx--\r\n").unwrap();
        assert_eq!(read.get("a").unwrap().value, "1\r\n2");
        assert_eq!(read.get("b").unwrap().value, "");
    }

    proptest::proptest! {
        #[test]
        fn no_form_is_too_odd(body in ".{0,40}(--xx(\r\n|--)?.{0,20}){0,4}", bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..60)) {
            // Whatever comes is taken apart or refused.
            let _ = form(&body);
            let json = Incoming { body: bytes, ..Incoming::default() }.json();
            proptest::prop_assert!(json.is_ok() || json.is_err_and(|reason| reason.starts_with("the body is no JSON object")));
        }

        #[test]
        fn a_form_gives_back_what_was_put_in(pairs in proptest::collection::btree_map("[a-z]{1,8}", "[^-]{0,20}", 0..5)) {
            let parts = pairs.iter().map(|(name, value)| format!("--xx\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
            let read = form(&format!("{}--xx--\r\n", parts.collect::<String>())).map_err(proptest::test_runner::TestCaseError::fail)?;
            proptest::prop_assert_eq!(read.len(), pairs.len());
            for (name, value) in &pairs {
                proptest::prop_assert_eq!(read.get(name).map(|given| crate::fill::plain(&given.value)), Some(value.clone()));
            }
        }
    }

    #[test]
    fn broken_forms_are_told() {
        assert_eq!(form("--xx\r\nnothing").unwrap_err(), "a part of the form has no blank line after its header");
        assert_eq!(form("--xx\r\nContent-Disposition: form-data\r\n\r\n1\r\n--xx--").unwrap_err(), "a part of the form has no name");
        assert_eq!(
            form("--xx\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n").unwrap_err(),
            "the form has no closing boundary"
        );
        let plain = Incoming { body: b"a=1".to_vec(), ..Incoming::default() };
        assert_eq!(plain.multipart().unwrap_err(), "the body must be multipart/form-data with a boundary");
    }
}
