//! A page held against its truth, field by field: what was read right, what is wrong in the open, and what is wrong in silence.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::page::{Concern, Doubt, Finding, Required, Side};
use crate::report::{Confidence, FieldReport, Report};
use crate::{ImportError, Imported};

/// What a page says, written down by a person: for each side the fields by their names joined with dots.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Truth {
    /// The form the page comes in, for the totals.
    pub form: String,
    /// Its title; `None`: it has none.
    pub title: Option<String>,
    /// Fields of the request, without the token.
    pub request: BTreeMap<String, TruthField>,
    /// Fields of the answer.
    pub response: BTreeMap<String, TruthField>,
}

/// One field of a truth.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TruthField {
    /// `string`, `integer`, `number`, `boolean`, `object`, `any`, `array<string>` and so on.
    pub kind: String,
    /// `None`: the page does not say.
    pub required: Option<bool>,
    /// Documented values.
    pub codes: Vec<String>,
}

impl Truth {
    /// Reads a truth: `{ "form": …, "title": …, "request": { "page": { "type": "integer", "required": true, "codes": ["0"] } }, "response": { } }`.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn read(text: &str) -> Result<Self, String> {
        let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let fields = |side: &str| {
            let entries = value.get(side).and_then(Value::as_object).into_iter().flatten();
            entries.map(|(path, field)| Ok((path.clone(), truth_field(path, field)?))).collect::<Result<BTreeMap<_, _>, String>>()
        };
        Ok(Self {
            form: text("form").ok_or("it names no form")?,
            title: text("title"),
            request: fields("request")?,
            response: fields("response")?,
        })
    }
}

fn truth_field(path: &str, field: &Value) -> Result<TruthField, String> {
    let kind = field.get("type").and_then(Value::as_str).ok_or_else(|| format!("`{path}` has no type"))?;
    let codes = field.get("codes").and_then(Value::as_array).into_iter().flatten().map(crate::diff::plain).collect();
    Ok(TruthField { kind: kind.to_owned(), required: field.get("required").and_then(Value::as_bool), codes })
}

/// How a page fared. Each field of the truth counts once, each field that was invented once, the title once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// Whether the page was read at all.
    pub read: bool,
    /// What was read as it stands there.
    pub right: usize,
    /// What is wrong, and the report says so.
    pub open: usize,
    /// What is wrong without a word.
    pub silent: usize,
    /// What is wrong, one line each.
    pub faults: Vec<String>,
}

impl Score {
    fn fault(&mut self, told: bool, text: String) {
        if told {
            self.open += 1
        } else {
            self.silent += 1
        }
        self.faults.push(format!("{}: {text}", if told { "open" } else { "SILENT" }));
    }
}

/// Holds what was read of a page against its truth.
pub fn score(truth: &Truth, outcome: &Result<Imported, ImportError>) -> Score {
    let mut score = Score::default();
    let imported = match outcome {
        Ok(imported) => imported,
        Err(error) => {
            score.open = truth.request.len() + truth.response.len() + 1;
            score.faults.push(format!("not read: {error}"));
            return score;
        }
    };
    score.read = true;
    let report = &imported.report;
    title(truth, report, &mut score);
    side(Side::Request, &truth.request, report, &mut score);
    side(Side::Response, &truth.response, report, &mut score);
    score
}

fn title(truth: &Truth, report: &Report, score: &mut Score) {
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    if truth.title.as_deref().map(letters) == report.title.as_deref().map(letters) {
        score.right += 1;
        return;
    }
    let asked = |finding: &Finding| finding.concern == Concern::Decide && holds(&finding.text, "title");
    let told = report.title.is_none() || report.findings.iter().any(asked);
    score.fault(told, format!("the title is {:?}, not {:?}", report.title, truth.title));
}

/// Whether a person is asked about a field of this name, or a line with it is listed as not understood.
fn told(report: &Report, name: &str) -> bool {
    let asked = report.findings.iter().any(|finding| finding.concern == Concern::Decide && names(&finding.text, name));
    asked || report.unread.iter().any(|line| holds(&line.value, name))
}

/// Whether a remark is about a field: it names it in quotes, or in a list of the fields that are left out. `page` and `list` are words of any remark.
fn names(text: &str, name: &str) -> bool {
    let quoted = text.split('`').skip(1).step_by(2).any(|part| holds(part, name));
    let listed = text
        .split_once(" with ")
        .or_else(|| text.split_once(": "))
        .is_some_and(|(_, list)| list.split(", ").any(|part| part.trim() == name));
    quoted || listed
}

/// Whether a text holds a name as a whole word.
fn holds(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(place, _)| {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let before = text.get(..place).and_then(|text| text.chars().next_back());
        let after = text.get(place + name.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

fn side(side: Side, truth: &BTreeMap<String, TruthField>, report: &Report, score: &mut Score) {
    let read: BTreeMap<&str, &FieldReport> =
        report.fields.iter().filter(|field| field.side == side).map(|field| (field.path.as_str(), field)).collect();
    for (path, wanted) in truth {
        let name = path.rsplit('.').next().unwrap_or(path);
        let Some(found) = read.get(path.as_str()) else {
            let elsewhere =
                report.fields.iter().any(|field| field.side == side && field.path.ends_with(name) && field.doubts.contains(&Doubt::Place));
            score.fault(elsewhere || told(report, name), format!("{side:?} {path} is missing"));
            continue;
        };
        compare(side, path, name, wanted, found, report, score);
    }
    for (path, found) in read.iter().filter(|(path, _)| !truth.contains_key(**path)) {
        // The envelope that every answer of the vendor has may be added, and is told.
        let name = path.rsplit('.').next().unwrap_or(path);
        let admitted = found.confidence == Confidence::Guessed || found.doubts.contains(&Doubt::Place) || told(report, name);
        if found.line == 0 && found.confidence == Confidence::Guessed {
            continue;
        }
        score.fault(admitted, format!("{side:?} {path} is not there"));
    }
}

fn compare(side: Side, path: &str, name: &str, wanted: &TruthField, found: &FieldReport, report: &Report, score: &mut Score) {
    let mut wrong: Vec<(Doubt, String)> = Vec::new();
    if found.kind != wanted.kind {
        wrong.push((Doubt::Type, format!("its type is {}, not {}", found.kind, wanted.kind)));
    }
    let required = match found.required {
        Required::Yes => Some(true),
        Required::No => Some(false),
        Required::Unknown => None,
    };
    if side == Side::Request && required != wanted.required && !(wanted.required.is_none() && required == Some(false)) {
        wrong.push((Doubt::Required, format!("required is {required:?}, not {:?}", wanted.required)));
    }
    let mut codes = found.codes.clone();
    let mut expected = wanted.codes.clone();
    codes.sort();
    expected.sort();
    if codes != expected {
        wrong.push((Doubt::Codes, format!("its codes are {codes:?}, not {expected:?}")));
    }
    if wrong.is_empty() {
        score.right += 1;
        return;
    }
    let admitted = |doubt: Doubt| {
        found.doubts.contains(&doubt)
            || found.confidence == Confidence::Guessed
            || (doubt == Doubt::Required && found.required == Required::Unknown)
            || (doubt == Doubt::Type && found.kind.contains("any"))
            || told(report, name)
    };
    let all = wrong.iter().all(|(doubt, _)| admitted(*doubt));
    let text = wrong.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join("; ");
    score.fault(all, format!("{side:?} {path}: {text}"));
}
