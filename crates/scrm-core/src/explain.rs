//! What would the crate make of this body? For people with an odd answer in hand.

use std::fmt::{self, Write};

use serde_json::Value;

use crate::{
    decode::{BadRow, DecodeError, DecodeOptions, Drift, Envelope, decode_into},
    mask::{self, MESSAGE_CAP, Masked, Masker, ShownPath, WORD_CAP},
    serialize::{PLAIN, Style, Written},
    spec::{OperationSpec, VendorSpec},
    table::Inspect,
};

/// What the crate makes of an answer.
#[derive(Clone)]
pub struct Explanation {
    /// Many lines: the envelope, the typed data as JSON, bad rows, drifts.
    pub text: String,
    /// `false`: not decoded, a failure by envelope, or a row was bad.
    pub ok: bool,
}

/// The text, which is masked unless plain text was asked for.
impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Whether it went well and how long the text is: the text may hold personal data.
impl fmt::Debug for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Explanation {{ ok: {}, text: <{} bytes> }}", self.ok, self.text.len())
    }
}

/// Decodes `body`, an answer to `operation`, into `data` (which should be fresh) and tells what came of it.
///
/// Personal, secret and undocumented values are masked unless `plain`.
pub fn explain(data: &mut dyn Inspect, operation: &OperationSpec, vendor: &VendorSpec, body: &[u8], plain: bool) -> Explanation {
    let options = DecodeOptions { rows: 0, collect_drift: true };
    match decode_into(body, &vendor.envelope, &options, data) {
        Ok(head) => {
            let ok = head.is_success(&vendor.envelope) && head.bad_rows.is_empty() && head.bad_rows_left_out == 0;
            let mut told = Told { text: String::new(), plain };
            // writing to a String does not fail
            let _ = told.answer(&head, data, operation, vendor);
            Explanation { text: told.text, ok }
        }
        Err(error) => {
            let mut told = Told { text: String::new(), plain };
            let _ = told.failure(&error);
            Explanation { text: told.text, ok: false }
        }
    }
}

struct Told {
    text: String,
    plain: bool,
}

impl Told {
    fn failure(&mut self, error: &DecodeError) -> fmt::Result {
        let path = self.path(&error.path);
        let place = if path.is_empty() { "the body" } else { &path };
        writeln!(self.text, "not decoded: {place}: {} (byte {})", error.reason, error.offset)
    }

    fn answer(&mut self, head: &Envelope, data: &dyn Inspect, operation: &OperationSpec, vendor: &VendorSpec) -> fmt::Result {
        let code = head.code.as_deref();
        let message = head.message.as_deref().unwrap_or_default();
        let success = head.is_success(&vendor.envelope);
        writeln!(self.text, "{}: {}", vendor.envelope.code, self.words(code.unwrap_or("(none)"), WORD_CAP))?;
        writeln!(self.text, "message: {}", self.words(if message.is_empty() { "(none)" } else { message }, MESSAGE_CAP))?;
        if success {
            writeln!(self.text, "result: success")?;
        } else {
            self.meaning(code.unwrap_or_default(), message, operation, vendor)?;
        }
        self.rest_of_envelope(head)?;
        if success {
            let style = if self.plain { Style::Compact } else { Style::Masked };
            let view = data.shown();
            let json = serde_json::to_string_pretty(&Written { view: &view, field: &PLAIN, style }).map_err(|_| fmt::Error)?;
            writeln!(self.text, "data:\n{json}")?;
        }
        self.bad_rows(&head.bad_rows, head.bad_rows_left_out)?;
        self.drifts(&head.drifts, head.drifts_left_out)
    }

    /// What a failure means, by the operation's table of errors, then by the vendor's.
    fn meaning(&mut self, code: &str, message: &str, operation: &OperationSpec, vendor: &VendorSpec) -> fmt::Result {
        match vendor.error_rule(operation, code, message) {
            Some(rule) => {
                writeln!(self.text, "result: failure\nmeaning: {} / {}\naction: {:?}", rule.meaning.en, rule.meaning.zh, rule.action)
            }
            None => writeln!(self.text, "result: failure\nmeaning: the code is not documented"),
        }
    }

    fn rest_of_envelope(&mut self, head: &Envelope) -> fmt::Result {
        for (key, value) in head.extra.iter() {
            let (key, shown) = if self.plain { (key.to_string(), value.clone()) } else { (mask::key(key), masked(value)) };
            writeln!(self.text, "{key}: {shown}")?;
        }
        if let Some(raw) = &head.raw_data {
            let raw = self.raw(raw);
            writeln!(self.text, "data as it came: {raw}")?;
        }
        Ok(())
    }

    fn bad_rows(&mut self, rows: &[BadRow], left_out: u64) -> fmt::Result {
        writeln!(self.text, "bad rows: {}", rows.len() as u64 + left_out)?;
        for bad in rows {
            let (path, raw) = (self.path(&bad.path), self.raw(&bad.raw));
            writeln!(self.text, "  row {}, {path}: {}\n    {raw}", bad.row, bad.reason)?;
        }
        Ok(())
    }

    fn drifts(&mut self, drifts: &[Drift], left_out: u64) -> fmt::Result {
        writeln!(self.text, "drifts from the page: {}", drifts.len() as u64 + left_out)?;
        for drift in drifts {
            let path = self.path(&drift.path);
            writeln!(self.text, "  {path}: {}", drift.what)?;
        }
        if left_out > 0 {
            writeln!(self.text, "  and {left_out} more")?;
        }
        Ok(())
    }

    /// Free text of the vendor.
    fn words(&self, text: &str, cap: usize) -> String {
        if self.plain { text.to_owned() } else { Masker::default().text(text, cap).into() }
    }

    /// JSON as it came, or its shape.
    fn raw(&self, raw: &str) -> String {
        if self.plain {
            return raw.to_owned();
        }
        serde_json::from_str(raw).map_or_else(|_| format!("<{} bytes>", raw.len()), |value: Value| masked(&value).to_string())
    }

    fn path(&self, path: &str) -> String {
        if self.plain { path.to_owned() } else { ShownPath(path).to_string() }
    }
}

fn masked(value: &Value) -> Value {
    serde_json::to_value(Masked(value)).unwrap_or_default()
}
