//! Headings, labels and rows without bars, all on one line.

use crate::{lexicon, table};

/// Text that is neither table nor code: headings, labels, rows without bars.
pub(super) fn prose(text: &str, out: &mut Vec<String>) {
    let mut cuts = headings(text);
    cuts.push(text.len());
    let mut start = 0;
    for cut in cuts {
        let piece = text.get(start..cut).unwrap_or("").trim();
        start = cut;
        if piece.is_empty() {
            continue;
        }
        match after_bold(piece) {
            Some((heading, rest)) => {
                out.push(heading.to_owned());
                flat(rest.trim(), out);
            }
            None => match after_section(piece) {
                Some((heading, rest)) => {
                    out.push(heading.to_owned());
                    flat(rest, out);
                }
                None => flat(piece, out),
            },
        }
    }
}

/// `**请求参数** …`: the heading, and what follows it.
pub(super) fn after_bold(piece: &str) -> Option<(&str, &str)> {
    let inside = piece.strip_prefix("**")?;
    let end = inside.find("**")? + 4;
    let (heading, rest) = piece.split_at_checked(end)?;
    (lexicon::label(piece).is_none() || lexicon::heading(heading).is_some()).then_some((heading, rest))
}

/// `请求参数 参数名 …`: the heading, and what follows it.
pub(super) fn after_section(piece: &str) -> Option<(&str, &str)> {
    let bare = piece.trim_start_matches(['#', ' ']);
    let word = lexicon::section_words().filter(|word| bare.starts_with(word)).max_by_key(|word| word.len())?;
    let rest = bare.get(word.len()..)?;
    let rest = rest.strip_prefix(':').unwrap_or(rest);
    (rest.starts_with(' ') && !rest.trim().is_empty()).then_some((word, rest.trim()))
}

/// Rows whose cells are separated by blanks, all on one line.
pub(super) fn flat(text: &str, out: &mut Vec<String>) {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_type = |place: usize| words.get(place).is_some_and(|word| crate::types::read(word).is_some());
    let is_mark = |place: usize| words.get(place).is_some_and(|word| lexicon::required(word).is_some());
    let begins = |place: usize| {
        words.get(place).is_some_and(|word| lexicon::is_name(word)) && (is_type(place + 1) || (is_mark(place + 1) && is_type(place + 2)))
    };
    // A field may be called like a title.
    let titles = words.iter().take_while(|word| lexicon::column(word).is_some()).count();
    let titles = (2..=titles).rev().find(|count| begins(*count)).unwrap_or(0);
    let header: Vec<String> = words.iter().take(titles).map(|word| (*word).to_owned()).collect();
    if titles < 2 || words.len() <= titles || table::columns(&header).is_none() {
        if !text.is_empty() {
            out.push(text.to_owned());
        }
        return;
    }
    out.push(header.join(" "));
    let mut row: Vec<&str> = Vec::new();
    for (place, word) in words.iter().enumerate().skip(titles) {
        if begins(place) && !row.is_empty() {
            out.push(row.join(" "));
            row.clear();
        }
        row.push(word);
    }
    out.push(row.join(" "));
}

/// Where headings and labels begin in a text: at marks of Markdown, at bold text, and at the known words of sections.
pub(super) fn headings(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let blank_before = |place: usize| {
        place == 0
            || text
                .get(..place)
                .is_some_and(|before| before.ends_with(|c: char| c.is_whitespace() || matches!(c, '}' | ']' | '>' | '。' | ';')))
    };
    let mut cuts = Vec::new();
    for (place, _) in text.match_indices('#') {
        let first = place == 0 || bytes.get(place - 1) != Some(&b'#');
        let rest = text.get(place..).unwrap_or("").trim_start_matches('#');
        let level = text.len() - place - rest.len();
        let spaced = rest.starts_with(' ') || level >= 2;
        if first && level <= 6 && blank_before(place) && spaced && !rest.trim_start().starts_with(|c: char| c.is_ascii_digit() || c == '"')
        {
            cuts.push(place);
        }
    }
    let mut open = false;
    for (place, _) in text.match_indices("**") {
        if bytes.get(place + 2) == Some(&b'*') || (place > 0 && bytes.get(place - 1) == Some(&b'*')) {
            continue;
        }
        open = !open;
        if open {
            cuts.push(place);
        }
    }
    for word in lexicon::section_words() {
        for (place, _) in text.match_indices(word) {
            let after = text.get(place + word.len()..).unwrap_or("");
            let ends = after.is_empty() || after.starts_with(|c: char| c.is_whitespace() || matches!(c, ':' | '{' | '|' | '[' | '`'));
            // A column of the same name stands among others.
            let before_ok = blank_before(place) && !text.get(..place).is_some_and(|before| before.trim_end().ends_with('|'));
            if before_ok && ends {
                cuts.push(place);
            }
        }
    }
    for word in lexicon::label_words() {
        for (place, _) in text.match_indices(word) {
            let after = text.get(place + word.len()..).unwrap_or("");
            if blank_before(place) && after.starts_with(':') {
                let bullet = text.get(..place).map_or(0, |before| before.len() - before.trim_end_matches(['-', '•', ' ']).len());
                cuts.push(if bullet > 1 { place - bullet + 1 } else { place });
            }
        }
    }
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}
