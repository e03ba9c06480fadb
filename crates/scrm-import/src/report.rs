//! What was read, with which confidence, and what was not.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::page::{Concern, Doubt, Finding, Layout, Located, Page, Required, Side};
use crate::tree::{Field, Origin};
use crate::types::{self, Shape};

/// How sure a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// A row of a table gives its name and type, and in a request its required mark.
    Sure,
    /// A row gives its name, but its type is not understood, the required mark is lost, or something else about it is not certain.
    Partly,
    /// No row names it: it stands in an example, in a description, or follows from the names of others.
    Guessed,
}

impl Confidence {
    fn word(self) -> &'static str {
        match self {
            Self::Sure => "sure",
            Self::Partly => "partly",
            Self::Guessed => "guessed",
        }
    }
}

/// One field of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldReport {
    /// What it belongs to.
    pub side: Side,
    /// Its names joined by dots.
    pub path: String,
    /// Line of the page.
    pub line: usize,
    /// How sure it is.
    pub confidence: Confidence,
    /// What about it is not certain.
    pub doubts: Vec<Doubt>,
    /// Its type: `integer`, `array<object>`, `any` where it is not told.
    pub kind: String,
    /// Its required mark.
    pub required: Required,
    /// Its documented values.
    pub codes: Vec<String>,
    /// The copies that show it, where several were read.
    pub copies: Vec<String>,
}

/// What the importer has to say about a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The layout the page was read as.
    pub layout: Layout,
    /// What the text was taken out of: HTML, a page saved by a browser.
    pub wrapping: Option<String>,
    /// The page's title.
    pub title: Option<String>,
    /// After which field the copy is cut, as names from request or response down.
    pub cut_after: Option<String>,
    /// The operation's name.
    pub operation: String,
    /// Method and path.
    pub call: String,
    /// Names of documented headers.
    pub headers: Vec<String>,
    /// Lines of the page that are not blank.
    pub lines: usize,
    /// Every field.
    pub fields: Vec<FieldReport>,
    /// Remarks, what a person must decide first.
    pub findings: Vec<Finding>,
    /// Sentences about the operation, of which only set phrases are understood.
    pub notes: Vec<Located<String>>,
    /// Lines that were not understood.
    pub unread: Vec<Located<String>>,
    /// Lines known to say nothing, by reason, with their number.
    pub set_aside: Vec<(String, usize)>,
    /// Contradictions written as errata.
    pub errata: usize,
}

/// Lines of the page are shown up to this length.
const SHOWN: usize = 80;

impl Report {
    pub(crate) fn of(page: &Page, request: &Field, response: &Field, operation: &str, call: String, lines: usize, errata: usize) -> Self {
        let mut fields = Vec::new();
        collect(Side::Request, request, "", &mut fields);
        collect(Side::Response, response, "", &mut fields);
        let mut findings = page.findings.clone();
        findings.sort_by_key(|finding| (finding.concern, finding.line));
        findings.dedup();
        let mut unread = page.unread.clone();
        unread.sort_by_key(|line| line.line);
        let mut set_aside: Vec<(String, usize)> = Vec::new();
        for line in &page.set_aside {
            match set_aside.iter_mut().find(|(why, _)| why == line.value) {
                Some((_, count)) => *count += 1,
                None => set_aside.push((line.value.to_owned(), 1)),
            }
        }
        Self {
            layout: page.layout.unwrap_or(Layout::GitBookFlat),
            wrapping: page.wrapping.map(str::to_owned),
            title: page.title.as_ref().map(|title| title.value.clone()),
            cut_after: None,
            operation: operation.to_owned(),
            call,
            headers: page.headers.iter().map(|header| header.value.clone()).collect(),
            lines,
            fields,
            findings,
            notes: page.notes.clone(),
            unread,
            set_aside,
            errata,
        }
    }

    /// How many fields are this sure.
    pub fn count(&self, confidence: Confidence) -> usize {
        self.fields.iter().filter(|field| field.confidence == confidence).count()
    }

    /// The report for people.
    pub fn text(&self) -> String {
        let wrapping = self.wrapping.as_ref().map_or_else(String::new, |wrapping| format!(" out of {wrapping}"));
        let mut text = format!("{} · {} · read as {}{wrapping}\n", self.operation, self.call, self.layout);
        if let Some(title) = &self.title {
            let _ = writeln!(text, "Title: {title}.");
        }
        if let Some(field) = &self.cut_after {
            let _ = writeln!(text, "The copy is cut after {field}.");
        }
        let (sure, partly, guessed) = (self.count(Confidence::Sure), self.count(Confidence::Partly), self.count(Confidence::Guessed));
        let _ = writeln!(text, "{} fields: {sure} sure, {partly} partly, {guessed} guessed. {} errata.", self.fields.len(), self.errata);
        if !self.headers.is_empty() {
            let _ = writeln!(text, "Headers: {}.", self.headers.join(", "));
        }
        for (concern, title) in [(Concern::Decide, "A person must decide"), (Concern::Assumed, "Assumed"), (Concern::Repaired, "Repaired")]
        {
            self.section(
                &mut text,
                title,
                self.findings.iter().filter(|finding| finding.concern == concern).map(|finding| (finding.line, finding.text.as_str())),
            );
        }
        let unsure = self.fields.iter().filter(|field| field.confidence != Confidence::Sure);
        let unsure: Vec<(usize, String)> = unsure
            .map(|field| (field.line, format!("{} {}: {}{}", side_word(field.side), field.path, field.confidence.word(), doubts(field))))
            .collect();
        self.section(&mut text, "Fields that are not sure", unsure.iter().map(|(line, field)| (*line, field.as_str())));
        let notes: Vec<(usize, String)> = self.notes.iter().map(|note| (note.line, cut(&note.value))).collect();
        self.section(&mut text, "Sentences to read yourself", notes.iter().map(|(line, text)| (*line, text.as_str())));
        let unread: Vec<(usize, String)> = self.unread.iter().map(|line| (line.line, cut(&line.value))).collect();
        self.section(&mut text, "Lines not understood", unread.iter().map(|(line, text)| (*line, text.as_str())));
        if self.unread.is_empty() {
            text.push_str(if self.notes.is_empty() { "\nEvery line was understood.\n" } else { "\nEvery other line was understood.\n" });
        }
        if !self.set_aside.is_empty() {
            let parts: Vec<String> = self.set_aside.iter().map(|(why, count)| format!("{count} {why}")).collect();
            let _ = writeln!(text, "Lines set aside of {}: {}.", self.lines, parts.join(", "));
        }
        text
    }

    fn section<'a>(&self, text: &mut String, title: &str, lines: impl Iterator<Item = (usize, &'a str)>) {
        for (number, (line, entry)) in lines.enumerate() {
            if number == 0 {
                let _ = writeln!(text, "\n{title}:");
            }
            let _ = if line == 0 { writeln!(text, "  {entry}") } else { writeln!(text, "  line {line}: {entry}") };
        }
    }

    /// The report for programs.
    pub fn json(&self) -> Value {
        let findings = |concern| -> Vec<Value> {
            self.findings
                .iter()
                .filter(|finding| finding.concern == concern)
                .map(|finding| json!({ "line": finding.line, "text": finding.text }))
                .collect()
        };
        let fields: Vec<Value> = self
            .fields
            .iter()
            .map(|field| {
                let doubts: Vec<&str> = field.doubts.iter().map(|doubt| doubt.word()).collect();
                let required = match field.required {
                    Required::Yes => json!(true),
                    Required::No => json!(false),
                    Required::Unknown => Value::Null,
                };
                let mut entry = json!({
                    "side": side_word(field.side),
                    "path": field.path,
                    "line": field.line,
                    "type": field.kind,
                    "required": required,
                    "codes": field.codes,
                    "confidence": field.confidence.word(),
                    "doubts": doubts,
                });
                if !field.copies.is_empty() {
                    entry["copies"] = json!(field.copies);
                }
                entry
            })
            .collect();
        json!({
            "layout": self.layout.name(),
            "out_of": self.wrapping,
            "title": self.title,
            "cut_after": self.cut_after,
            "operation": self.operation,
            "call": self.call,
            "headers": self.headers,
            "counts": {
                "fields": self.fields.len(),
                "sure": self.count(Confidence::Sure),
                "partly": self.count(Confidence::Partly),
                "guessed": self.count(Confidence::Guessed),
                "errata": self.errata,
                "lines": self.lines,
                "unread": self.unread.len(),
            },
            "decide": findings(Concern::Decide),
            "assumed": findings(Concern::Assumed),
            "repaired": findings(Concern::Repaired),
            "fields": fields,
            "notes": self.notes.iter().map(|line| json!({ "line": line.line, "text": cut(&line.value) })).collect::<Vec<_>>(),
            "unread": self.unread.iter().map(|line| json!({ "line": line.line, "text": cut(&line.value) })).collect::<Vec<_>>(),
            "set_aside": self.set_aside.iter().map(|(why, lines)| json!({ "why": why, "lines": lines })).collect::<Vec<_>>(),
        })
    }
}

fn side_word(side: Side) -> &'static str {
    match side {
        Side::Request => "request",
        Side::Response => "response",
    }
}

/// ` (place, codes)`
fn doubts(field: &FieldReport) -> String {
    let mut words: Vec<&str> = field.doubts.iter().map(|doubt| doubt.word()).collect();
    if field.confidence == Confidence::Partly
        && field.side == Side::Request
        && field.required == Required::Unknown
        && !words.contains(&"required")
    {
        words.push("required");
    }
    if words.is_empty() { String::new() } else { format!(" ({})", words.join(", ")) }
}

/// `array<object>`
fn kind(shape: &Shape) -> String {
    match shape {
        Shape::List(item) => format!("array<{}>", kind(item)),
        Shape::Map => "object".to_owned(),
        other => other.json_name().to_owned(),
    }
}

fn cut(text: &str) -> String {
    if text.chars().count() <= SHOWN {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(SHOWN).collect();
    short.push('…');
    short
}

fn collect(side: Side, field: &Field, path: &str, into: &mut Vec<FieldReport>) {
    for (name, field) in &field.members {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let unmarked = side == Side::Request && field.required == Required::Unknown;
        let confidence = match field.origin {
            Origin::Table if !field.doubts.is_empty() || unmarked || types::read_cell(&field.printed_type).is_none() => Confidence::Partly,
            Origin::Table => Confidence::Sure,
            Origin::Description | Origin::Implied | Origin::Example => Confidence::Guessed,
        };
        into.push(FieldReport {
            side,
            path: path.clone(),
            line: field.line,
            confidence,
            doubts: field.doubts.iter().copied().collect(),
            kind: kind(&field.shape),
            required: field.required,
            codes: field.facts.choices.iter().map(|choice| choice.value.clone()).collect(),
            copies: field.copies.clone(),
        });
        collect(side, field, &path, into);
    }
}
