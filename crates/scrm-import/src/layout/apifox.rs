//! Apifox in Chinese and English: the site's menu, then method and path alone on lines, fields with one line per cell, and the try-it panel between.
//! A field with a title has lost its required mark; the fields of an answer have lost their depth.

use crate::document;
use crate::lexicon::{self, Heading};
use crate::lines::Line;
use crate::page::{Concern, Page, Row, Side};
use crate::page_builder::PageBuilder;
use crate::pipes;
use crate::types;

const PANEL: [&str; 7] = [
    "示例代码",
    "请求示例代码",
    "Request samples",
    "Generate Code",
    "Request Request Example",
    "请求示例请求示例",
    "Request Request Sample",
];
const ANSWERS: [&str; 4] = ["返回响应", "Responses", "返回Response", "响应"];

pub(super) fn shows(lines: &[Line]) -> bool {
    const MARKS: [&str; 12] = [
        "示例代码",
        "返回响应",
        "Query 参数",
        "Body 参数",
        "Header 参数",
        "Path 参数",
        "Query Params",
        "Body Params",
        "Header Params",
        "Request samples",
        "Responses",
        "请求示例请求示例",
    ];
    let bare = |line: &Line| line.trimmed().trim_start_matches(['#', ' ']).to_owned();
    let seen = MARKS.iter().filter(|mark| lines.iter().any(|line| bare(line).starts_with(**mark))).count();
    let panel = lines.iter().any(|line| is_tab(line.trimmed()));
    (seen >= 2 || (seen == 1 && (panel || head_at(lines).is_some())) || (panel && head_at(lines).is_some()))
        && !(lines.iter().any(|line| line.trimmed().starts_with("##")) && lines.iter().any(|line| pipes::is_table_line(&line.text)))
}

const STATUS: [&str; 19] = [
    "开发中",
    "已发布",
    "测试中",
    "已废弃",
    "设计中",
    "待确定",
    "已完成",
    "对接中",
    "联调中",
    "将废弃",
    "异常",
    "Developing",
    "Released",
    "Deprecated",
    "Testing",
    "Designing",
    "Pending",
    "Integrating",
    "Developed",
];
const MEDIA: [&str; 6] =
    ["application/json", "multipart/form-data", "application/x-www-form-urlencoded", "application/xml", "text/plain", "text/html"];

pub(super) fn read(lines: &[Line], mut page: PageBuilder) -> Page {
    // Headings of HTML bear the marks of Markdown.
    let unmarked = |line: &Line| Line { number: line.number, text: line.text.trim_start_matches('#').trim_start().to_owned() };
    let lines =
        lines.iter().filter(|line| !line.is_blank()).map(|line| if line.text.starts_with('#') { unmarked(line) } else { line.clone() });
    let lines: Vec<Line> = lines.filter(|line| !line.is_blank()).collect();
    let start = head(&lines, &mut page);
    let mut reader = Reader { lines: &lines, at: start, page, answers: 0 };
    while reader.at < lines.len() {
        reader.step();
    }
    reader.page.finish()
}

/// Where a method and a path stand alone on two lines.
fn head_at(lines: &[Line]) -> Option<usize> {
    let is_path = |line: &Line| line.trimmed().starts_with('/') || line.trimmed().starts_with("http") || line.trimmed().starts_with("{{");
    let is_method = |line: &Line| {
        line.trimmed().len() <= 6 && lexicon::method(line.trimmed()).is_some_and(|_| line.trimmed().bytes().all(|b| b.is_ascii_uppercase()))
    };
    let filled: Vec<usize> = lines.iter().enumerate().filter(|(_, line)| !line.is_blank()).map(|(place, _)| place).collect();
    filled.windows(2).find_map(|pair| {
        let (method, path) = (*pair.first()?, *pair.get(1)?);
        (is_method(lines.get(method)?) && is_path(lines.get(path)?)).then_some(method)
    })
}

/// Reads menu, title, method and path; gives the index of the line after them.
fn head(lines: &[Line], page: &mut PageBuilder) -> usize {
    let Some(at) = head_at(lines) else { return 0 };
    let is_title = |line: &Line| {
        let text = line.trimmed();
        !STATUS.contains(&text) && lexicon::method(text).is_none() && !lexicon::is_residue(text) && !text.starts_with(['•', '/'])
    };
    let title = lines.get(..at).unwrap_or_default().iter().rposition(is_title);
    for (index, line) in lines.iter().enumerate().take(at) {
        if Some(index) == title {
            page.heading_title(line.number, lexicon::bare(&line.text).as_str());
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
        if PANEL.contains(&text) {
            return self.panel();
        }
        if is_tab(text) {
            return self.tab(line);
        }
        if text.starts_with("修改于") || text.starts_with("Modified at") || text.starts_with("最后修改时间") {
            self.page.updated(text);
            self.page.set_aside(line.number, "foot or media type");
            self.at += 1;
        } else if MEDIA.contains(&text) || STATUS.contains(&text) || text.starts_with("责任人") || text.starts_with("已维护") {
            self.page.set_aside(line.number, "foot or media type");
            self.at += 1;
        } else if ANSWERS.contains(&text) {
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
            let glued = Line { number: line.number, text: format!("{} {}", line.trimmed(), media.trimmed()) };
            self.page.heading(&glued);
            self.at += 2;
            return;
        }
        if document::captions_table(self.lines, self.at) {
            self.page.caption(line);
        } else if !self.page.heading(line) && !self.page.labels(line) {
            if self.page.in_fields() || self.page.has_side() { self.page.text(line) } else { self.page.note(line.number, line.trimmed()) }
        }
        self.at += 1;
    }

    /// The languages and calls of the try-it panel, up to the answer. Of a curl call the address and header names are read.
    fn panel(&mut self) {
        let lines = self.lines;
        while let Some(line) = lines.get(self.at) {
            let text = line.trimmed();
            let answer = matches!(
                lexicon::heading(text),
                Some(Heading::Example(Some(Side::Response)) | Heading::Request { .. } | Heading::Response)
            );
            if ANSWERS.contains(&text) || is_tab(text) || (answer && !PANEL.contains(&text)) {
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
        let has_body = self.line(0).is_some_and(|next| {
            let next = next.trimmed();
            MEDIA.contains(&next) || next == "Body" || next == "Bodyapplication/json" || next.starts_with("Body")
        });
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
            || rows.iter().any(|row: &Row| types::read(&row.printed_type).is_some_and(|printed| printed.shape.is_container()));
        let place = self.page.place();
        for row in &mut rows {
            row.place = place;
        }
        self.page.table(rows, lost, first, true);
    }

    fn ends_fields(&self) -> bool {
        self.line(0).is_some_and(|line| {
            let text = line.trimmed();
            // The panel has few headings of its own; anything else that reads like one is the title of a field.
            let heading = match lexicon::heading(text) {
                Some(Heading::Request { place, body }) => {
                    place.is_some() || body.is_some() || text.to_ascii_lowercase().starts_with("path")
                }
                Some(Heading::Example(side)) => side.is_none() || text.chars().count() > 6,
                Some(Heading::Headers) => true,
                _ => false,
            };
            let field = self.starts_field();
            (heading && !field)
                || is_tab(text)
                || text.starts_with("修改于")
                || text.starts_with("Modified at")
                || ANSWERS.contains(&text)
                || PANEL.contains(&text)
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
            const LABELS: [(&str, char); 9] = [
                ("示例值", 's'),
                ("默认值", 'd'),
                ("枚举值", 'e'),
                ("Example", 's'),
                ("Examples", 's'),
                ("Default", 'd'),
                ("Default value", 'd'),
                ("Enum values", 'e'),
                ("Enum", 'e'),
            ];
            let label = LABELS
                .into_iter()
                .filter(|(word, _)| text.strip_prefix(word).is_some_and(|rest| rest.starts_with(':')))
                .max_by_key(|(word, _)| word.len());
            if let Some(required) = lexicon::required(&text) {
                row.required = required;
            } else if let Some((word, kind)) = label {
                let value = text.get(word.len()..).unwrap_or("").trim_start_matches(':').trim().to_owned();
                self.labelled(kind, value, &mut row);
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
        // Its types are written in English: what else reads like one is the field's title, `时间戳`.
        let then_type = self.line(2).is_some_and(|line| line.trimmed().is_ascii()) && is_type(2);
        let title_then_field = is_name(1) && is_type(1) && then_type;
        is_name(0) && is_type(1) && !title_then_field
    }

    fn labelled(&mut self, kind: char, value: String, row: &mut Row) {
        let mut values: Vec<String> = Some(value).filter(|value| !value.is_empty()).into_iter().collect();
        let several = kind == 'e';
        while (values.is_empty() || several) && !self.starts_field() && !self.ends_fields() {
            let Some(line) = self.line(0).map(|line| line.trimmed().to_owned()) else { break };
            let ends = lexicon::required(&line).is_some() || line.ends_with(':') || (several && line.chars().count() > 40);
            if ends {
                break;
            }
            values.push(line);
            self.at += 1;
        }
        match kind {
            'd' => row.default = values.into_iter().next(),
            'e' => enumerated(values, row),
            _ => row.sample = values.into_iter().next().unwrap_or_default(),
        }
    }
}

/// The values of an enumeration, one a line, perhaps with their labels.
fn enumerated(values: Vec<String>, row: &mut Row) {
    let is_value = |text: &str| {
        !text.is_empty() && text.len() <= 40 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
    };
    let plain: Vec<&str> = values.iter().flat_map(|value| value.split([',', '、'])).map(str::trim).collect();
    if plain.len() >= 2 && plain.iter().all(|value| is_value(value)) {
        row.values = plain.into_iter().map(|value| (value.to_owned(), String::new())).collect();
        return;
    }
    // Value and label in turn.
    let pairs = values.len() >= 4 && values.len().is_multiple_of(2) && values.iter().step_by(2).all(|value| is_value(value));
    if pairs {
        row.values = values.chunks(2).filter_map(|pair| Some((pair.first()?.clone(), pair.get(1)?.clone()))).collect();
        return;
    }
    row.description.push(' ');
    row.description.push_str(&values.join(" "));
}

/// `🟢200` and the tab's name.
fn is_tab(text: &str) -> bool {
    let mut letters = text.chars();
    let dot = letters.next().is_some_and(|c| matches!(c, '🟢' | '🟠' | '🔴' | '🟡' | '🔵' | '⚪' | '🟣'));
    let digits: String = letters.clone().take(3).collect();
    dot && digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit())
}
