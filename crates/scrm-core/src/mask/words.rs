//! Free text, word by word.

use super::{
    LONGEST_NUMBER,
    secrets::{Secrets, written},
};

const MASK: &str = "***";
/// How much more than will be shown is looked at, in bytes: a mail address may begin in what is shown and end behind it.
const AHEAD: usize = 320;
/// A word of letters and digits that is longer than this is an id or a token rather than a word, in characters.
const LONGEST_WORD: usize = 19;

/// The text without secrets, long numbers, ids and mail addresses, as far as `cap` bytes need it; and whether that is all of it.
pub(super) fn mask(secrets: &Secrets, text: &str, cap: usize) -> (String, bool) {
    let most = cap.saturating_add(AHEAD);
    let mut out = String::with_capacity(text.len().min(most) + MASK.len());
    let mut rest = text;
    while out.len() < most {
        let Some(first) = rest.chars().next() else { return (out, true) };
        let taken = if let Some(length) = secrets.at(rest) {
            out.push_str(MASK);
            length
        } else if let Some(length) = at_sign(rest) {
            mail(secrets, rest, length, &mut out)
        } else if is_word(first) {
            let length = span(secrets, rest, is_word);
            word(&rest[..length], &rest[length..], &mut out)
        } else {
            out.push(first);
            first.len_utf8()
        };
        rest = rest.get(taken..).unwrap_or_default();
    }
    (out, rest.is_empty())
}

/// Length of what stands in front, up to where a secret begins. The first character is taken for granted.
fn span(secrets: &Secrets, text: &str, fits: impl Fn(char) -> bool) -> usize {
    let mut characters = text.char_indices().skip(1);
    characters.find(|(at, c)| !fits(*c) || secrets.at(&text[*at..]).is_some()).map_or(text.len(), |(at, _)| at)
}

/// ASCII digits and their full-width twins.
pub(super) fn is_digit(character: char) -> bool {
    character.is_ascii_digit() || ('０'..='９').contains(&character)
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || is_digit(character) || matches!(character, '_' | '-')
}

/// Takes a word; `behind`: what follows it. Says how much of the text was taken.
fn word(word: &str, behind: &str, out: &mut String) -> usize {
    if let Some(length) = grouped_phone(word, behind) {
        out.push_str(MASK);
        return length;
    }
    let id = word.len() > LONGEST_WORD && word.contains(is_digit) && word.contains(|c: char| c.is_ascii_alphabetic());
    if id {
        out.push_str(MASK);
        return word.len();
    }
    let mut rest = word;
    while let Some(start) = rest.find(is_digit) {
        out.push_str(&rest[..start]);
        let run = &rest[start..];
        let end = run.find(|c| !is_digit(c)).unwrap_or(run.len());
        out.push_str(if run[..end].chars().count() > LONGEST_NUMBER { MASK } else { &run[..end] });
        rest = &run[end..];
    }
    out.push_str(rest);
    word.len()
}

/// A phone number written in groups of 3, 4 and 4 digits: `138-0013-8000`, `138 0013 8000`.
fn grouped_phone(word: &str, behind: &str) -> Option<usize> {
    let groups = |text: &str, separator: char| {
        let mut groups = text.splitn(3, separator);
        let shape = [3, 4, 4].iter().all(|length| groups.next().is_some_and(|group| group.len() == *length && group.chars().all(is_digit)));
        shape && text.starts_with('1')
    };
    if groups(word, '-') {
        return Some(word.len());
    }
    let rest = behind.get(..10)?;
    let whole = format!("{word}{rest}");
    (word.len() == 3 && groups(&whole, ' ') && !behind[10..].starts_with(is_digit)).then_some(whole.len())
}

/// Length of the `@` in front, however it is written.
fn at_sign(text: &str) -> Option<usize> {
    let mut length = None;
    if matches!(text.as_bytes().first(), Some(b'@' | b'%' | b'\\' | b'&')) {
        written(text, '@', &mut |found| length = Some(found));
    }
    length
}

fn is_mail(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '.' | '_' | '-' | '+' | '%')
}

/// Takes an `@` of this length, and the mail address that it stands in.
fn mail(secrets: &Secrets, text: &str, sign: usize, out: &mut String) -> usize {
    let domain = &text[sign..];
    let domain = if domain.starts_with(is_mail) && secrets.at(domain).is_none() { span(secrets, domain, is_mail) } else { 0 };
    let name = out.trim_end_matches(is_mail).len();
    let named = name < out.len() || out.ends_with(MASK);
    if !named || domain == 0 {
        out.push_str(&text[..sign]);
        return sign;
    }
    out.truncate(name);
    if !out.ends_with(MASK) {
        out.push_str(MASK);
    }
    sign + domain
}
