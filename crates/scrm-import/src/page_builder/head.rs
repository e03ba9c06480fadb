//! What a page says about the operation as a whole: method, address, encoding, quota, permission, and who changed it when.

use crate::lexicon::{self, Label};
use crate::limits;
use crate::lines::Line;
use crate::page::{Concern, Located};

use super::PageBuilder;

const REACH: usize = 8;

impl PageBuilder {
    /// Takes the day of the last change out of a line.
    pub(crate) fn updated(&mut self, text: &str) {
        let day = text.split(|c: char| !(c.is_ascii_digit() || c == '-')).find(|part| part.len() == 10 && part.matches('-').count() == 2);
        if let Some(day) = day.filter(|day| self.page.updated.as_deref().is_none_or(|known| known < *day)) {
            self.page.updated = Some(day.to_owned());
        }
    }

    /// Takes one or several labels on a line, and the value a label before it is waiting for; false if there is nothing of the kind.
    pub(crate) fn labels(&mut self, line: &Line) -> bool {
        let mut pieces = vec![];
        let mut rest = line.trimmed();
        // Bullets run together: `POST - 请求头:`.
        while let Some((head, tail)) = rest.split_once(" - ").or_else(|| rest.split_once(" • ")) {
            if pieces.len() >= REACH || lexicon::label(tail).is_none() {
                break;
            }
            pieces.push(head);
            rest = tail;
        }
        pieces.push(rest);
        let mut taken = false;
        for piece in pieces {
            if let Some((label, value)) = lexicon::label(piece) {
                taken = true;
                self.begun = true;
                self.pending = value.is_empty().then_some(label);
                if !value.is_empty() {
                    self.value(line.number, label, &value);
                }
            } else if self.pending.is_some() && matches!(piece.trim(), "..." | "…") {
                // A comparison of versions leaves out what did not change.
                taken = true;
            } else if let Some(label) = self.pending.take() {
                taken = true;
                let value = piece.trim().trim_start_matches(['-', '•', '*', '·', '>']).trim();
                self.value(line.number, label, value);
            }
        }
        taken
    }

    fn value(&mut self, line: usize, label: Label, value: &str) {
        match label {
            Label::Method => match lexicon::method(value) {
                Some(method) => self.page.method = self.page.method.take().or(Some(Located::new(method, line))),
                None => self.unread(line, value),
            },
            Label::Url => self.url(line, value),
            Label::ContentType => self.content_type(line, value),
            Label::Headers => {
                let (name, value) = value.split_once(':').unwrap_or((value, ""));
                self.header(line, name);
                self.content_type(line, value);
            }
            Label::Quota => self.quota(line, value),
            Label::Permission => self.permission(line, value),
            Label::Description => {
                // It is the title where nothing else is: the end of the page decides.
                if value.chars().count() <= 40
                    && !value.contains([',', '。', ';'])
                    && self.titles.is_empty()
                    && self.context.title.is_none()
                {
                    self.title(line, value);
                }
                self.note(line, value);
            }
            Label::Note => self.note(line, value),
            Label::SetAside => {
                self.updated(value);
                self.set_aside(line, "who and when");
            }
        }
    }

    pub(crate) fn url(&mut self, line: usize, value: &str) {
        let value = &without_blanks_in_braces(value);
        let value = value.split_whitespace().find(|part| lexicon::method(part).is_none() || part.contains('/')).unwrap_or("");
        let value = value.trim_matches(['`', '\'', '"', ',', '*', '<', '>']);
        let value = value.split(['?', '#']).next().unwrap_or("");
        // A variable of the tool stands for the base URL: `{{host}}/a/b`.
        let value = if value.starts_with("{{") { value.split_once("}}").map_or(value, |(_, rest)| rest) } else { value };
        let fits = value.starts_with("http") || value.starts_with('/') || (value.is_ascii() && value.contains('/'));
        match &self.page.url {
            _ if !fits => self.unread(line, value),
            None => self.page.url = Some(Located::new(value.to_owned(), line)),
            Some(first) if first.value.ends_with(value.trim_start_matches('/')) || value.ends_with(first.value.trim_start_matches('/')) => {
            }
            Some(first) => {
                let text = format!("the page prints two addresses: `{}` and `{value}`; the first counts", first.value);
                self.page.remark(Concern::Decide, line, text);
            }
        }
    }

    pub(super) fn content_type(&mut self, line: usize, value: &str) {
        if let Some(body) = lexicon::body_kind(value) {
            self.page.body = self.page.body.take().or(Some(Located::new(body, line)));
        }
    }

    pub(crate) fn header(&mut self, line: usize, name: &str) {
        let name = name.trim().trim_matches(['`', '\'', '"']);
        if lexicon::is_name(name)
            && !self.page.headers.iter().any(|known| known.value.eq_ignore_ascii_case(name))
            && self.page.headers.len() < 40
        {
            self.page.headers.push(Located::new(name.to_owned(), line));
        }
    }

    pub(crate) fn quota(&mut self, line: usize, value: &str) {
        match limits::quota(value) {
            Some(quota) => self.page.quota = self.page.quota.take().or(Some(Located::new(quota, line))),
            None => self.unread(line, value),
        }
    }

    pub(crate) fn permission(&mut self, line: usize, value: &str) {
        let value = value.trim().trim_matches(['`', '*']);
        let same = |first: &str| letters(first) == letters(value);
        match &self.page.permission {
            None => self.page.permission = Some(Located::new(value.to_owned(), line)),
            Some(first) if same(&first.value) => {}
            Some(_) => self.unread(line, value),
        }
    }

    pub(crate) fn note(&mut self, line: usize, value: &str) {
        if self.page.quota.is_none()
            && let Some(quota) = limits::quota(value)
        {
            self.page.quota = Some(Located::new(quota, line));
        }
        self.page.notes.push(Located::new(value.to_owned(), line));
    }
}

/// `/a/{ id }` is `/a/{id}`.
fn without_blanks_in_braces(text: &str) -> String {
    let mut open = false;
    text.chars()
        .filter(|c| {
            open = (open || *c == '{') && *c != '}';
            !(open && *c == ' ')
        })
        .collect()
}

pub(super) fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// `POST /a/b` on one line.
pub(super) fn method_and_path(text: &str) -> Option<(&str, &str)> {
    let (method, path) = text.trim_matches(['`', '*']).split_once(' ')?;
    let path = path.trim().trim_matches('`');
    let fits = method.bytes().all(|byte| byte.is_ascii_uppercase())
        && lexicon::method(method).is_some()
        && (path.starts_with('/') || path.starts_with("http"));
    (fits && !path.contains(' ')).then_some((method, path))
}
