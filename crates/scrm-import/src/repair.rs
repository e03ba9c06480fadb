//! Reads the JSON of an example although it is not quite JSON, and says what was mended.

use serde_json::Number;

use crate::sample::{Sample, SampleValue};

/// One thing mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Repair {
    /// Line of the page.
    pub line: usize,
    /// What was wrong.
    pub what: &'static str,
}

/// An example, read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Repaired {
    /// Its value.
    pub sample: Sample,
    /// What was mended, in order.
    pub repairs: Vec<Repair>,
    /// Lines of text after the end of the value, with their text.
    pub rest: Vec<(usize, String)>,
}

/// Deeper than this is no example.
const DEEPEST: usize = 40;

/// Reads the value that a text begins with; `line` is the line of its first character. `None`: it begins with no object or list.
pub(crate) fn read(text: &str, line: usize) -> Option<Repaired> {
    let mut reader = Reader { text, at: 0, line, repairs: Vec::new() };
    reader.skip();
    if !matches!(reader.peek(), Some('{' | '[')) {
        return None;
    }
    let sample = reader.value(0);
    let rest = text.get(reader.at..).unwrap_or("").split('\n').zip(reader.line..).filter(|(text, _)| !text.trim().is_empty());
    let rest = rest.map(|(text, line)| (line, text.trim().to_owned())).collect();
    let mut repairs = reader.repairs;
    repairs.dedup();
    Some(Repaired { sample, repairs, rest })
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    line: usize,
    repairs: Vec<Repair>,
}

impl<'a> Reader<'a> {
    fn tail(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.tail().chars().next()
    }

    fn take(&mut self) -> Option<char> {
        let letter = self.peek()?;
        self.at += letter.len_utf8();
        self.line += usize::from(letter == '\n');
        Some(letter)
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.take();
        }
        found
    }

    fn mend(&mut self, what: &'static str) {
        self.repairs.push(Repair { line: self.line, what });
    }

    /// Goes past blanks and comments.
    fn skip(&mut self) {
        loop {
            match self.peek() {
                Some(letter) if letter.is_whitespace() || letter == '\u{feff}' || letter == '\\' => {
                    self.take();
                }
                Some('/') if self.tail().starts_with("//") => self.skip_line("comment // removed"),
                Some('#') => self.skip_line("comment # removed"),
                Some('/') if self.tail().starts_with("/*") => self.skip_block(),
                _ => return,
            }
        }
    }

    fn skip_line(&mut self, what: &'static str) {
        self.mend(what);
        while self.peek().is_some_and(|letter| letter != '\n') {
            self.take();
        }
    }

    fn skip_block(&mut self) {
        self.mend("comment /* */ removed");
        self.take();
        self.take();
        while self.peek().is_some() && !self.tail().starts_with("*/") {
            self.take();
        }
        self.take();
        self.take();
    }

    fn value(&mut self, depth: usize) -> Sample {
        self.skip();
        let line = self.line;
        let value = match self.peek() {
            Some('{') if self.tail().starts_with("{{") => self.variable(),
            Some('{') if depth < DEEPEST => self.object(depth),
            Some('[') if depth < DEEPEST => self.list(depth),
            Some('{' | '[') => {
                self.mend("too deep, the rest is left out");
                self.at = self.text.len();
                SampleValue::Placeholder
            }
            Some(quote @ ('"' | '\'' | '“' | '”' | '‘' | '`')) => SampleValue::Text(self.quoted(quote)),
            Some(_) => self.bare(),
            None => SampleValue::Placeholder,
        };
        Sample { value, line }
    }

    /// `{{token}}`
    fn variable(&mut self) -> SampleValue {
        self.mend("placeholder {{…}} taken as any value");
        while self.peek().is_some_and(|letter| letter != '}' && letter != '\n') {
            self.take();
        }
        let _ = self.eat('}') && self.eat('}');
        SampleValue::Placeholder
    }

    fn object(&mut self, depth: usize) -> SampleValue {
        self.take();
        let mut members: Vec<(String, Sample)> = Vec::new();
        let mut names = std::collections::HashSet::new();
        loop {
            if self.between(members.is_empty(), '}') {
                return SampleValue::Object(members);
            }
            let before = self.at;
            let name = self.key();
            self.skip();
            if !self.eat(':') && !self.eat('=') {
                self.mend("missing : after a key");
            }
            self.skip();
            let value = if matches!(self.peek(), Some(',' | '}' | ']') | None) {
                self.mend("missing value");
                Sample { value: SampleValue::Placeholder, line: self.line }
            } else {
                self.value(depth + 1)
            };
            if self.at == before {
                self.take();
            } else if names.insert(name.clone()) {
                members.push((name, value));
            } else {
                self.mend("key given twice, the first counts");
            }
            if self.separated('}') {
                return SampleValue::Object(members);
            }
        }
    }

    fn list(&mut self, depth: usize) -> SampleValue {
        self.take();
        let mut items = Vec::new();
        loop {
            if self.between(items.is_empty(), ']') {
                return SampleValue::List(items);
            }
            let before = self.at;
            let item = self.value(depth + 1);
            if self.at == before {
                self.take();
            } else {
                items.push(item);
            }
            if self.separated(']') {
                return SampleValue::List(items);
            }
        }
    }

    /// Before a member: goes past stray commas and dots; true at the end of the container.
    fn between(&mut self, empty: bool, close: char) -> bool {
        loop {
            self.skip();
            match self.peek() {
                None => {
                    self.mend("not closed");
                    return true;
                }
                Some(letter) if letter == close => {
                    if !empty && self.text.get(..self.at).unwrap_or("").trim_end().ends_with(',') {
                        self.mend("comma after the last member removed");
                    }
                    self.take();
                    return true;
                }
                Some('}' | ']') => {
                    self.mend("closed by the wrong bracket");
                    self.take();
                    return true;
                }
                Some(',') => {
                    self.mend("stray comma removed");
                    self.take();
                }
                Some('.' | '…' | '。') => {
                    self.mend("placeholder … removed");
                    while matches!(self.peek(), Some('.' | '…' | '。')) {
                        self.take();
                    }
                }
                Some(_) => return false,
            }
        }
    }

    /// After a member: a comma, the end, or a comma that is missing; true at the end.
    fn separated(&mut self, close: char) -> bool {
        let line = self.line;
        self.skip();
        match self.peek() {
            Some(',') => {
                self.take();
                false
            }
            Some(letter) if letter == close => {
                self.take();
                true
            }
            Some('}' | ']') | None => self.between(false, close),
            Some('.' | '…' | '。') => false,
            Some(_) => {
                self.repairs.push(Repair { line, what: "missing comma added" });
                false
            }
        }
    }

    fn key(&mut self) -> String {
        self.skip();
        let name = match self.peek() {
            Some('"') => self.quoted('"'),
            Some(quote @ ('\'' | '“' | '”' | '‘' | '`')) => self.quoted(quote),
            _ => {
                self.mend("key without quotes");
                let length: usize =
                    self.tail().chars().take_while(|c| !matches!(c, ':' | '=' | ',' | '}' | ']' | '\n' | '"')).map(char::len_utf8).sum();
                let name = self.tail().get(..length).unwrap_or("").to_owned();
                self.at += length;
                name
            }
        };
        let trimmed = name.trim();
        if trimmed.len() != name.len() {
            self.mend("blank inside the quotes of a key removed");
        }
        trimmed.to_owned()
    }

    fn quoted(&mut self, open: char) -> String {
        if open != '"' {
            self.mend(if open == '\'' { "single quotes read as double quotes" } else { "typographic quotes read as double quotes" });
        }
        self.take();
        let close = |letter: char| match open {
            '“' | '”' => matches!(letter, '“' | '”'),
            '‘' => matches!(letter, '‘' | '’'),
            quote => letter == quote,
        };
        let mut text = String::new();
        while let Some(letter) = self.peek() {
            if letter == '\n' {
                self.mend("string not closed on its line");
                break;
            }
            self.take();
            if close(letter) {
                break;
            }
            if letter == '\\' { self.escape(&mut text) } else { text.push(letter) }
        }
        text
    }

    fn escape(&mut self, text: &mut String) {
        match self.peek() {
            Some('u') => {
                let digits = self.tail().get(1..5).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
                if let Some(digits) = digits {
                    let code = u32::from_str_radix(digits, 16).unwrap_or(0xfffd);
                    text.push(char::from_u32(code).unwrap_or('\u{fffd}'));
                    self.at += 5;
                } else {
                    text.push('\\');
                }
            }
            Some('\n') | None => {}
            Some(letter) => {
                self.take();
                text.push(match letter {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    other => other,
                });
            }
        }
    }

    /// A number, a truth value, or something that stands for a value.
    fn bare(&mut self) -> SampleValue {
        let tail = self.tail();
        let mut length = 0;
        for letter in tail.chars() {
            let comment = letter == '#' || (letter == '/' && tail.get(length..).is_some_and(|rest| rest.starts_with("//")));
            if comment || matches!(letter, ',' | '}' | ']' | '\n') {
                break;
            }
            length += letter.len_utf8();
        }
        let word = tail.get(..length).unwrap_or("").trim();
        let kept = word.split_whitespace().next().unwrap_or("");
        let value = scalar(kept);
        if value.is_some() && kept.len() < word.len() {
            // `0 "next": 1`: the comma is missing on one line.
            self.at += tail.get(..length).map_or(length, |text| text.len() - text.trim_start().len()) + kept.len();
        } else {
            self.at += length;
        }
        match value {
            Some(value) => value,
            None => {
                self.mend("bare word taken as a placeholder");
                SampleValue::Placeholder
            }
        }
    }
}

fn scalar(word: &str) -> Option<SampleValue> {
    match word {
        "null" | "None" | "nil" | "NULL" => return Some(SampleValue::Null),
        "true" | "True" => return Some(SampleValue::Bool(true)),
        "false" | "False" => return Some(SampleValue::Bool(false)),
        _ => {}
    }
    let number = word.strip_suffix(['L', 'f']).unwrap_or(word);
    number.parse::<Number>().ok().map(SampleValue::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(text: &str) -> (String, Vec<String>) {
        let repaired = read(text, 1).unwrap();
        (repaired.sample.to_json().to_string(), repaired.repairs.iter().map(|repair| format!("{}: {}", repair.line, repair.what)).collect())
    }

    #[test]
    fn good_json_needs_no_repair() {
        for text in [r#"{"a":1,"b":[true,null,"x//y#z"],"c":{"d":-1.5e3}}"#, "[]", "{}", r#"{"u":"https://example.com/a"}"#] {
            let (json, repairs) = mended(text);
            assert_eq!(json, serde_json::from_str::<serde_json::Value>(text).unwrap().to_string());
            assert!(repairs.is_empty(), "{repairs:?}");
        }
    }

    #[test]
    fn every_known_fault_is_mended_and_named() {
        for (text, json, repair) in [
            ("{\"a\": 1, // one\n\"b\": 2}", r#"{"a":1,"b":2}"#, "1: comment // removed"),
            ("{\n# first\n\"a\": 1 # last\n}", r#"{"a":1}"#, "2: comment # removed"),
            ("{\"a\": /* x */ 1}", r#"{"a":1}"#, "1: comment /* */ removed"),
            ("{\"a\": 1\n\"b\": 2}", r#"{"a":1,"b":2}"#, "1: missing comma added"),
            ("{\"a\": \"x\" \"b\": 2}", r#"{"a":"x","b":2}"#, "1: missing comma added"),
            ("{\"a\": 0 \"b\": 2}", r#"{"a":0,"b":2}"#, "1: missing comma added"),
            ("[{\"a\":1}\n{\"a\":2}]", r#"[{"a":1},{"a":2}]"#, "1: missing comma added"),
            ("{\"a\": [1,2,],\n}", r#"{"a":[1,2]}"#, "1: comma after the last member removed"),
            ("{'a': 'x'}", r#"{"a":"x"}"#, "1: single quotes read as double quotes"),
            ("{“a”: “x”}", r#"{"a":"x"}"#, "1: typographic quotes read as double quotes"),
            ("{\"a\": 1, ...}", r#"{"a":1}"#, "1: placeholder … removed"),
            ("[1, 2, ……]", "[1,2]", "1: placeholder … removed"),
            ("{\"a\": {{token}}}", r#"{"a":null}"#, "1: placeholder {{…}} taken as any value"),
            ("{\"a\": 数量, \"b\": 1}", r#"{"a":null,"b":1}"#, "1: bare word taken as a placeholder"),
            ("{a: 1}", r#"{"a":1}"#, "1: key without quotes"),
            ("{\"a \": 1}", r#"{"a":1}"#, "1: blank inside the quotes of a key removed"),
            ("{\"a\": 1, \"a\": 2}", r#"{"a":1}"#, "1: key given twice, the first counts"),
            ("{\"a\": \"x\n\"b\": 1}", r#"{"a":"x","b":1}"#, "1: string not closed on its line"),
            ("{\"a\": [1, 2", r#"{"a":[1,2]}"#, "1: not closed"),
            ("{\"a\": [1, 2}", r#"{"a":[1,2]}"#, "1: closed by the wrong bracket"),
            ("{\"a\": , \"b\": 1}", r#"{"a":null,"b":1}"#, "1: missing value"),
            ("{,\"a\": 1}", r#"{"a":1}"#, "1: stray comma removed"),
        ] {
            let (found, repairs) = mended(text);
            assert_eq!(found, json, "{text}");
            assert!(repairs.iter().any(|found| found == repair), "{text}: {repairs:?}");
        }
    }

    #[test]
    fn what_follows_the_value_is_given_back() {
        let repaired = read("{\"a\": 1}\nmore", 5).unwrap();
        assert_eq!(repaired.rest, [(6, "more".to_owned())]);
        assert!(read("no json", 1).is_none());
    }

    #[test]
    fn depth_is_bounded() {
        let deep = "[".repeat(100_000);
        assert!(read(&deep, 1).unwrap().repairs.iter().any(|repair| repair.what.starts_with("too deep")));
    }
}
