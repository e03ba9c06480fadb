//! Blocks of code: examples, and calls of curl.

use crate::page::{Concern, ExampleText, Side};
use crate::xml;

use super::{Mode, PageBuilder};

impl PageBuilder {
    /// Takes a block of code.
    pub(crate) fn code(&mut self, line: usize, text: &str) {
        let start = text.trim_start();
        if start.starts_with("curl") {
            return self.curl(line, text);
        }
        if matches!(text.trim(), "{" | "[") {
            return self.set_aside(line, "a bracket that nothing closes");
        }
        self.begun = true;
        let text = &self.without_what_a_comparison_left_out(line, text);
        let side = match self.mode {
            Mode::Example(side) => side,
            _ => self.side,
        };
        match side {
            Some(side) if start.starts_with(['{', '[']) || xml::shows(start) => {
                self.page.examples.push(ExampleText { side, text: text.to_owned(), line })
            }
            _ => {
                for (text, line) in text.split('\n').zip(line..).filter(|(text, _)| !text.trim().is_empty()) {
                    self.unread(line, text);
                }
            }
        }
    }

    /// A comparison of versions prints `...` between any two lines of an example, even between a key and its value: there it stands for nothing.
    fn without_what_a_comparison_left_out(&mut self, line: usize, text: &str) -> String {
        let is_gap = |line: &str| matches!(line.trim(), "..." | "…");
        let lines: Vec<&str> = text.split('\n').collect();
        let inside = lines.windows(2).any(|pair| matches!(pair, [key, gap] if key.trim_end().ends_with(':') && is_gap(gap)));
        if !inside {
            return text.to_owned();
        }
        self.page.remark(Concern::Repaired, line, "example: lines of `...` between a key and its value removed");
        lines.into_iter().map(|line| if is_gap(line) { "" } else { line }).collect::<Vec<_>>().join("\n")
    }

    /// A curl call: its address, the names of its headers, its JSON body. Values of headers are not kept: they are secrets.
    pub(crate) fn curl(&mut self, line: usize, text: &str) {
        if let Some(start) = text.find("http") {
            let address = text.get(start..).unwrap_or("").split(['\'', '"', ' ', '?', '\n']).next().unwrap_or("");
            let known = self.page.url.as_ref().is_some_and(|url| address.ends_with(url.value.trim_start_matches('/')));
            match (&self.page.url, known) {
                (None, _) => self.url(line, address),
                (Some(_), true) => {}
                (Some(url), false) => {
                    let remark = format!("the curl call goes to another address than `{}`", url.value);
                    self.page.remark(Concern::Decide, line, remark);
                }
            }
        }
        for flag in ["-H ", "--header "] {
            for part in text.split(flag).skip(1).take(40) {
                let part = part.trim_start().trim_start_matches(['\'', '"']);
                let (name, value) = part.split_once(':').unwrap_or(("", ""));
                self.header(line, name);
                if name.eq_ignore_ascii_case("content-type") {
                    self.content_type(line, value.split(['\'', '"', '\n']).next().unwrap_or(""));
                }
            }
        }
        let body = ["--data-raw ", "--data ", "-d "]
            .iter()
            .find_map(|flag| text.split_once(flag))
            .map(|(_, body)| body.trim_start().trim_start_matches('\''));
        if let Some(body) = body.filter(|body| body.trim_start().starts_with('{')) {
            let end = body.rfind('}').map_or(body.len(), |end| end + 1);
            self.curl_body = Some(ExampleText { side: Side::Request, text: body.get(..end).unwrap_or("").to_owned(), line });
        }
    }
}
