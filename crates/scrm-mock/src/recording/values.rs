//! Made-up values for real ones: the same for the same.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

/// A shorter text would be found in half of all texts.
const SHORTEST: usize = 4;
/// Begins what stands for a value that nothing is known of yet. No text of a schema begins so.
const UNBOUND: char = '\u{1}';

/// What stands for what.
///
/// Numbers are given out in the order in which values are seen, so that nothing can be worked out from them, and so that the same traffic gives the same file.
#[derive(Debug, Default)]
pub(super) struct Values {
    made_up: HashMap<String, String>,
    /// Everything made up so far.
    taken: HashSet<String>,
    counts: HashMap<String, u32>,
    /// Nothing is made up; values that stand for nothing yet are marked.
    bind_only: bool,
}

impl Values {
    /// For matching requests against a recording: see [`Values::bind`].
    pub(super) fn to_bind() -> Self {
        Self { bind_only: true, ..Self::default() }
    }

    /// What stands for this value; `kind` says what it is, for the reader's sake.
    pub(super) fn of(&mut self, kind: &str, real: &str) -> String {
        if let Some(known) = self.made_up.get(real) {
            return known.clone();
        }
        if self.taken.contains(real) {
            return real.to_owned();
        }
        if self.bind_only {
            return format!("{UNBOUND}{real}");
        }
        let made_up = self.invent(kind, real);
        self.taken.insert(made_up.clone());
        self.made_up.insert(real.to_owned(), made_up.clone());
        made_up
    }

    fn invent(&mut self, kind: &str, real: &str) -> String {
        let kind = match real {
            _ if is_phone(real) => "phone",
            _ if real.contains('@') => "mail",
            _ if real.starts_with("http") => "address",
            _ => kind,
        };
        let count = self.counts.entry(kind.to_owned()).or_default();
        loop {
            *count += 1;
            let made_up = match kind {
                "phone" => format!("199{count:08}"),
                "mail" => format!("person{count}@example.com"),
                "address" => format!("https://example.com/{count}"),
                "number" => (100_000 + *count).to_string(),
                _ => format!("{kind}-{count}"),
            };
            if !self.made_up.contains_key(&made_up) && made_up != real {
                return made_up;
            }
        }
    }

    /// A text that may be shown, but for the real values, phone numbers and mail addresses in it.
    pub(super) fn redacted(&mut self, text: &str) -> String {
        if self.taken.contains(text) {
            return text.to_owned();
        }
        let mut known: Vec<(&String, &String)> =
            self.made_up.iter().filter(|(real, _)| real.len() >= SHORTEST && text.contains(real.as_str())).collect();
        known.sort_by_key(|(real, _)| (std::cmp::Reverse(real.len()), *real));
        let mut places: Vec<(Range<usize>, String)> = Vec::new();
        let add = |places: &mut Vec<(Range<usize>, String)>, range: Range<usize>, by: String| {
            if places.iter().all(|(other, _)| other.end <= range.start || range.end <= other.start) {
                places.push((range, by));
            }
        };
        for (real, made_up) in known {
            for (start, _) in text.match_indices(real.as_str()) {
                add(&mut places, start..start + real.len(), made_up.clone());
            }
        }
        for range in phones(text).chain(mails(text)) {
            let by = self.of("phone", text.get(range.clone()).unwrap_or_default());
            add(&mut places, range, by);
        }
        places.sort_by_key(|(range, _)| range.start);
        let (mut out, mut from) = (String::new(), 0);
        for (range, by) in places {
            out.push_str(text.get(from..range.start).unwrap_or_default());
            out.push_str(&by);
            from = range.end;
        }
        out.push_str(text.get(from..).unwrap_or_default());
        out
    }

    /// Whether a value that was asked for (as [`Values::of`] gave it) can be the recorded one; what it then stands for is put into `bindings`.
    pub(super) fn bind(&self, asked: &str, recorded: &str, bindings: &mut Vec<(String, String)>) -> bool {
        let Some(real) = asked.strip_prefix(UNBOUND) else { return asked == recorded };
        if real == recorded {
            return true;
        }
        let (here, before) = (bindings.iter().find(|(known, _)| known == real), self.taken.contains(recorded));
        match here {
            Some((_, stands)) => stands == recorded,
            None if before || bindings.iter().any(|(_, stands)| stands == recorded) => false,
            None => {
                bindings.push((real.to_owned(), recorded.to_owned()));
                true
            }
        }
    }

    /// Remembers what values stand for from now on.
    pub(super) fn keep(&mut self, bindings: Vec<(String, String)>) {
        for (real, recorded) in bindings {
            self.taken.insert(recorded.clone());
            self.made_up.insert(real, recorded);
        }
    }
}

/// Eleven digits that begin like a mobile phone number.
fn is_phone(text: &str) -> bool {
    let digits = text.as_bytes();
    digits.len() == 11
        && digits.iter().all(u8::is_ascii_digit)
        && digits.first() == Some(&b'1')
        && digits.get(1).is_some_and(|digit| *digit >= b'3')
}

fn runs(text: &str, belongs: impl Fn(char) -> bool) -> impl Iterator<Item = Range<usize>> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, character) in text.char_indices().chain([(text.len(), '\0')]) {
        match (start, belongs(character)) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                found.push(from..at);
                start = None;
            }
            _ => {}
        }
    }
    found.into_iter()
}

/// Phone numbers in a text, also with the country's code before them.
fn phones(text: &str) -> impl Iterator<Item = Range<usize>> {
    runs(text, |character| character.is_ascii_digit()).filter_map(|range| {
        let start = if range.len() == 13 && text.get(range.clone())?.starts_with("86") { range.start + 2 } else { range.start };
        is_phone(text.get(start..range.end)?).then_some(start..range.end)
    })
}

/// Mail addresses in a text.
fn mails(text: &str) -> impl Iterator<Item = Range<usize>> {
    let belongs = |character: char| character.is_alphanumeric() || matches!(character, '.' | '_' | '-' | '+' | '%' | '@');
    runs(text, belongs).filter(|range| {
        let sides = text.get(range.clone()).and_then(|word| word.split_once('@'));
        sides.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_same_for_the_same_and_nothing_to_work_out() {
        let mut values = Values::default();
        assert_eq!(values.of("phone", "13800138000"), "19900000001");
        assert_eq!(values.of("name", "李雷"), "name-1");
        assert_eq!(values.of("nickname", "李雷"), "name-1", "whatever it is called");
        assert_eq!(values.of("whatever", "13800138001"), "19900000002");
        assert_eq!(values.of("whatever", "a@acme.example"), "person1@example.com");
        assert_eq!(values.of("phone", "19900000001"), "19900000001", "what is made up stays");
    }

    #[test]
    fn texts_lose_what_is_known_and_what_looks_like_a_person() {
        let mut values = Values::default();
        values.of("name", "李雷");
        values.of("name", "李雷雷");
        let text = "李雷雷 和李雷 (+8613800138000, li@acme.example) 20200813000000 1380013800 ok";
        assert_eq!(values.redacted(text), "name-2 和name-1 (+8619900000001, person1@example.com) 20200813000000 1380013800 ok");
    }

    #[test]
    fn a_value_stands_for_one_recorded_value_only() {
        let mut values = Values::to_bind();
        let asked = values.of("phone", "13800138000");
        let mut bindings = Vec::new();
        assert!(values.bind(&asked, "19900000001", &mut bindings));
        assert!(!values.bind(&asked, "19900000002", &mut bindings));
        values.keep(bindings);
        let (same, other) = (values.of("phone", "13800138000"), values.of("phone", "13800138001"));
        assert!(values.bind(&same, "19900000001", &mut Vec::new()));
        assert!(!values.bind(&other, "19900000001", &mut Vec::new()), "it stands for another");
        assert!(values.bind(&other, "13800138001", &mut Vec::new()), "written as in the file");
    }

    proptest! {
        #[test]
        fn no_real_value_is_left(values in proptest::collection::vec("[a-z李雷0-9@.]{4,12}", 1..6), before in ".{0,10}", after in ".{0,10}") {
            let mut known = Values::default();
            for value in &values {
                known.of("text", value);
            }
            for value in &values {
                let shown = known.redacted(&format!("{before} {value} {after}"));
                let places = shown.matches(value.as_str()).count();
                // Only inside of something made up can it still stand.
                let made_up = known.taken.iter().filter(|made_up| made_up.contains(value.as_str())).count();
                prop_assert!(places == 0 || made_up > 0, "{shown}");
            }
        }
    }
}
