//! Finds known secrets in a text, however each of their characters is written there.

/// A secret shorter than this would mask half of any text.
const SHORTEST: usize = 4;

/// Known secrets, the longest first.
pub(super) struct Secrets {
    secrets: Vec<Vec<char>>,
    /// Bytes at which one may begin.
    starts: [bool; 256],
}

impl Default for Secrets {
    fn default() -> Self {
        Secrets { secrets: Vec::new(), starts: [false; 256] }
    }
}

impl Secrets {
    pub(super) fn new<S: AsRef<str>>(secrets: impl IntoIterator<Item = S>) -> Self {
        let mut known = Secrets::default();
        for secret in secrets {
            let secret = secret.as_ref();
            if secret.len() < SHORTEST {
                continue;
            }
            let as_space = secret.starts_with('+').then_some(b' ');
            for start in secret.bytes().take(1).chain(as_space).chain(*b"%\\&+") {
                known.starts[usize::from(start)] = true;
            }
            known.secrets.push(secret.chars().collect());
        }
        known.secrets.sort_unstable_by_key(|secret| std::cmp::Reverse(secret.len()));
        known
    }

    /// Length of the secret that the text begins with.
    pub(super) fn at(&self, text: &str) -> Option<usize> {
        let first = *text.as_bytes().first()?;
        if !self.starts[usize::from(first)] {
            return None;
        }
        self.secrets.iter().filter_map(|secret| length(text, secret)).max()
    }
}

/// Length of the secret at the beginning of a text. Each character may be encoded in a way of its own, and in more than one way at a time.
fn length(text: &str, secret: &[char]) -> Option<usize> {
    let (mut ends, mut next) = (vec![0], Vec::new());
    for character in secret {
        for end in ends.drain(..) {
            written(&text[end..], *character, &mut |length| next.push(end + length));
        }
        next.sort_unstable();
        next.dedup();
        std::mem::swap(&mut ends, &mut next);
        if ends.is_empty() {
            return None;
        }
    }
    ends.pop()
}

/// Calls `found` with the length of each way in which the character stands at the beginning of the text: as it is; percent-encoded, also more than once
/// (`%252F`); as an escape of JSON or of a program, also more than once (`\\u0026`); as an HTML entity, also more than once (`&amp;amp;`); a space as `+`, and `+` as the space
/// that a form makes of it.
pub(super) fn written(text: &str, character: char, found: &mut dyn FnMut(usize)) {
    let mut literal = [0; 4];
    let literal = character.encode_utf8(&mut literal);
    if text.starts_with(&*literal) {
        found(literal.len());
    }
    match text.as_bytes().first() {
        Some(b'%') => percent(text, literal.as_bytes(), found),
        Some(b'\\') => escape(text, character, found),
        Some(b'&') => entity(text, character, found),
        Some(b'+') if character == ' ' => found(1),
        Some(b' ') if character == '+' => found(1),
        _ => {}
    }
}

/// How often the same encoding is undone.
const LAYERS: usize = 8;

fn percent(text: &str, bytes: &[u8], found: &mut dyn FnMut(usize)) {
    let mut rests = vec![text];
    for byte in bytes {
        let mut next = Vec::new();
        for rest in rests {
            let Some(mut rest) = rest.strip_prefix('%') else { continue };
            for _ in 0..LAYERS {
                next.extend(hex(rest, 2).filter(|(value, _)| *value == u32::from(*byte)).map(|(_, rest)| rest));
                let Some(inner) = rest.strip_prefix("25") else { break };
                rest = inner;
            }
        }
        rests = next;
    }
    rests.into_iter().for_each(|rest| found(text.len() - rest.len()));
}

/// What stands behind the backslashes in front.
fn behind_backslashes(text: &str) -> Option<&str> {
    let count = text.bytes().take(LAYERS).take_while(|byte| *byte == b'\\').count();
    if count > 0 { Some(&text[count..]) } else { None }
}

fn escape(text: &str, character: char, found: &mut dyn FnMut(usize)) {
    let Some(behind) = behind_backslashes(text) else { return };
    let count = text.len() - behind.len();
    let short = match character {
        '\u{8}' => 'b',
        '\u{c}' => 'f',
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        other => other,
    };
    if character == '\\' {
        (2..=count).for_each(&mut *found);
    } else if let Some(rest) = behind.strip_prefix(short) {
        found(text.len() - rest.len());
    }
    if let Some((_, rest)) = behind.strip_prefix('x').and_then(|digits| hex(digits, 2)).filter(|(value, _)| *value == u32::from(character))
    {
        found(text.len() - rest.len());
    }
    let mut units = [0; 2];
    let mut rest = Some(text);
    for unit in character.encode_utf16(&mut units) {
        let digits = rest.and_then(behind_backslashes).and_then(|behind| behind.strip_prefix('u'));
        rest = digits.and_then(|digits| hex(digits, 4)).filter(|(value, _)| *value == u32::from(*unit)).map(|(_, rest)| rest);
    }
    if let Some(rest) = rest {
        found(text.len() - rest.len());
    }
}

fn entity(text: &str, character: char, found: &mut dyn FnMut(usize)) {
    let mut rest = &text[1..];
    for _ in 0..LAYERS {
        let Some(end) = name_end(rest) else { return };
        if meant(&rest[..end]) == Some(character) {
            found(text.len() - rest.len() + end + 1);
        }
        let Some(inner) = rest.strip_prefix("amp;") else { return };
        rest = inner;
    }
}

/// The character that an entity of this name is.
fn meant(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let hex = number.strip_prefix(['x', 'X']);
        let code = hex.map_or_else(|| number.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok());
        return code.and_then(char::from_u32);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "sol" => '/',
        "plus" => '+',
        "equals" => '=',
        _ => return None,
    })
}

/// Length of an entity's name; its semicolon is behind.
fn name_end(text: &str) -> Option<usize> {
    let end = text.bytes().take(12).position(|b| b == b';')?;
    text.as_bytes()[..end].iter().all(|b| b.is_ascii_alphanumeric() || *b == b'#').then_some(end)
}

/// The number that so many hexadecimal digits make, and what is behind.
fn hex(text: &str, digits: usize) -> Option<(u32, &str)> {
    let (number, rest) = text.split_at_checked(digits)?;
    let plain = number.bytes().all(|b| b.is_ascii_hexdigit());
    if plain { u32::from_str_radix(number, 16).ok().map(|value| (value, rest)) } else { None }
}
