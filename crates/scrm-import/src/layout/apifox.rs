//! Apifox: the site's menu, then method and path alone on lines, fields with one line per cell, and the try-it panel between.
//! A field with a title has lost its required mark; the fields of an answer have lost their depth.

use crate::document;
use crate::lexicon::{self, Heading};
use crate::lines::Line;
use crate::page::{Concern, Page, Row, Side};
use crate::page_builder::PageBuilder;
use crate::pipes;
use crate::types;

pub(super) fn shows(lines: &[Line]) -> bool {
    let marks = ["示例代码", "返回响应", "Query 参数", "Body 参数", "Header 参数"];
    let seen = marks.iter().filter(|mark| lines.iter().any(|line| line.trimmed().starts_with(**mark))).count();
    seen >= 2 && !lines.iter().any(|line| line.trimmed().starts_with("##"))
}

const STATUS: [&str; 10] = ["开发中", "已发布", "测试中", "已废弃", "设计中", "待确定", "已完成", "Developing", "Released", "Deprecated"];
const MEDIA: [&str; 6] =
    ["application/json", "multipart/form-data", "application/x-www-form-urlencoded", "application/xml", "text/plain", "text/html"];

pub(super) fn read(lines: &[Line]) -> Page {
    let lines: Vec<Line> = lines.iter().filter(|line| !line.is_blank()).cloned().collect();
    let mut page = PageBuilder::new(false);
    let start = head(&lines, &mut page);
    let mut reader = Reader { lines: &lines, at: start, page, answers: 0 };
    while reader.at < lines.len() {
        reader.step();
    }
    reader.page.finish()
}

/// Reads menu, title, method and path; gives the index of the line after them.
fn head(lines: &[Line], page: &mut PageBuilder) -> usize {
    let is_path = |line: &Line| line.trimmed().starts_with('/') || line.trimmed().starts_with("http");
    let is_method = |line: &Line| {
        line.trimmed().len() <= 6 && lexicon::method(line.trimmed()).is_some_and(|_| line.trimmed().bytes().all(|b| b.is_ascii_uppercase()))
    };
    let Some(at) = lines.windows(2).position(|pair| pair.first().is_some_and(is_method) && pair.last().is_some_and(is_path)) else {
        return 0;
    };
    let title = lines
        .get(..at)
        .unwrap_or_default()
        .iter()
        .rposition(|line| !STATUS.contains(&line.trimmed()) && lexicon::method(line.trimmed()).is_none());
    for (index, line) in lines.iter().enumerate().take(at) {
        if Some(index) == title {
            page.title(line.number, lexicon::bare(&line.text).as_str());
        } else {
            page.set_aside(line.number, "menu of the site");
        }
    }
    if let (Some(method), Some(path)) = (lines.get(at), lines.get(at + 1)) {
        let line = Line { number: method.number, text: format!("Method: {}", method.trimmed()) };
        page.labels(&line);
        page.url(path.number, path.trimmed());
    }
    at + 2
}

struct Reader<'a> {
    lines: &'a [Line],
    at: usize,
    page: PageBuilder,
    answers: usize,
}

impl Reader<'_> {
    fn line(&self, offset: usize) -> Option<&Line> {
        self.lines.get(self.at + offset)
    }

    fn step(&mut self) {
        let lines = self.lines;
        let Some(line) = lines.get(self.at) else { return };
        let text = line.trimmed();
        if text == "示例代码" || text == "请求示例代码" {
            return self.panel();
        }
        if is_tab(text) {
            return self.tab(line);
        }
        if text.starts_with("修改于") || MEDIA.contains(&text) {
            self.page.set_aside(line.number, "foot or media type");
            self.at += 1;
        } else if text == "返回响应" {
            self.page.heading(&Line { number: line.number, text: "返回参数".to_owned() });
            self.at += 1;
        } else if self.starts_field() && self.page.side().is_some() && self.page.in_fields() {
            self.fields();
        } else if pipes::is_table_line(&line.text) || text.starts_with("```") || document::begins_code(line) {
            self.at = document::step(lines, self.at, &mut self.page);
        } else {
            self.heading_or_text(line);
        }
    }

    fn heading_or_text(&mut self, line: &Line) {
        // A body's media type may stand on the next line.
        let body = matches!(lexicon::heading(&line.text), Some(Heading::Request { body: None, place: Some(_) }));
        if body && let Some(media) = self.line(1).filter(|next| MEDIA.contains(&next.trimmed())) {
            let glued = Line { number: line.number, text: format!("{}{}", line.trimmed(), media.trimmed()) };
            self.page.heading(&glued);
            self.at += 2;
            return;
        }
        if !self.page.heading(line) && !self.page.labels(line) {
            self.page.text(line);
        }
        self.at += 1;
    }

    /// The languages and calls of the try-it panel, up to the answer. Of a curl call the address and header names are read.
    fn panel(&mut self) {
        let lines = self.lines;
        while let Some(line) = lines.get(self.at) {
            let text = line.trimmed();
            if text == "返回响应" || is_tab(text) {
                return;
            }
            if text.starts_with("curl ") {
                let (call, next) = document::code_block(lines, self.at);
                self.page.curl(line.number, &call);
                self.at = next;
            } else {
                self.page.set_aside(line.number, "try-it panel");
                self.at += 1;
            }
        }
    }

    /// A tab of the answers: the first with a body is read, the others are only named.
    fn tab(&mut self, line: &Line) {
        let name = line.trimmed().trim_start_matches(|c: char| !c.is_alphanumeric()).to_owned();
        self.at += 1;
        let has_body = self.line(0).is_some_and(|next| MEDIA.contains(&next.trimmed()) || next.trimmed() == "Body");
        if !has_body {
            self.page.page().remark(Concern::Decide, line.number, format!("the answer `{name}` is named, but its body is not on the page"));
        } else if self.answers == 0 {
            self.answers += 1;
            self.page.heading(&Line { number: line.number, text: "返回参数".to_owned() });
        } else {
            self.page.page().remark(
                Concern::Decide,
                line.number,
                format!("the answer `{name}` has a body of its own: not read, only the first one is"),
            );
            while let Some(line) = self.lines.get(self.at).filter(|line| !is_tab(line.trimmed()) && !line.trimmed().starts_with("修改于"))
            {
                self.page.set_aside(line.number, "another answer");
                self.at += 1;
            }
        }
    }

    fn fields(&mut self) {
        let first = self.line(0).map_or(0, |line| line.number);
        let mut rows = Vec::new();
        while self.starts_field() && !self.ends_fields() {
            rows.push(self.field());
        }
        let lost = self.page.side() == Some(Side::Response)
            || rows.iter().any(|row| types::read(&row.printed_type).is_some_and(|printed| printed.shape.is_container()));
        let place = self.page.place();
        for row in &mut rows {
            row.place = place;
        }
        self.page.table(rows, lost, first, true);
    }

    fn ends_fields(&self) -> bool {
        self.line(0).is_some_and(|line| {
            let text = line.trimmed();
            let heading =
                lexicon::heading(text).is_some_and(|heading| !matches!(heading, Heading::Empty | Heading::Notes | Heading::Members { .. }));
            heading
                || is_tab(text)
                || text.starts_with("修改于")
                || text == "返回响应"
                || text == "示例代码"
                || text == "请求示例代码"
                || document::begins_code(line)
        })
    }

    fn field(&mut self) -> Row {
        let mut row = Row::default();
        if let (Some(name), Some(printed_type)) = (self.line(0), self.line(1)) {
            row = Row { name: name.trimmed().to_owned(), printed_type: printed_type.trimmed().to_owned(), line: name.number, ..row };
        }
        self.at += 2;
        while !self.ends_fields() && !self.starts_field() {
            let Some(text) = self.line(0).map(|line| line.trimmed().to_owned()) else { break };
            self.at += 1;
            if let Some(required) = lexicon::required(&text) {
                row.required = required;
            } else if let Some(kind) = ["示例值", "默认值", "枚举值"].into_iter().find(|word| text.starts_with(word)) {
                self.labelled(kind, text.trim_start_matches(kind).trim_start_matches(':').trim(), &mut row);
            } else {
                if !row.description.is_empty() {
                    row.description.push(' ');
                }
                row.description.push_str(&text);
            }
        }
        row
    }

    /// Whether a field begins here: a name, then a type. A title may look like a name when the next field's name looks like a type.
    fn starts_field(&self) -> bool {
        let is_type = |offset: usize| self.line(offset).is_some_and(|line| types::read(line.trimmed()).is_some());
        let is_name = |offset: usize| self.line(offset).is_some_and(|line| lexicon::is_name(line.trimmed()));
        let title_then_field = is_name(1) && is_type(1) && is_type(2);
        is_name(0) && is_type(1) && !title_then_field
    }

    fn labelled(&mut self, kind: &str, value: &str, row: &mut Row) {
        let mut value = value.to_owned();
        if value.is_empty()
            && !self.starts_field()
            && let Some(line) = self.line(0)
        {
            value = line.trimmed().to_owned();
            self.at += 1;
        }
        match kind {
            "默认值" => row.default = Some(value),
            "枚举值" => {
                row.description.push(' ');
                row.description.push_str(&value);
            }
            _ => {}
        }
    }
}

/// `🟢200` and the tab's name.
fn is_tab(text: &str) -> bool {
    let mut letters = text.chars();
    let dot = letters.next().is_some_and(|c| matches!(c, '🟢' | '🟠' | '🔴' | '🟡' | '🔵' | '⚪' | '🟣'));
    let digits: String = letters.clone().take(3).collect();
    dot && digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit())
}
