//! URLs and their parameters.

use std::{borrow::Cow, fmt::Write as _};

use form_urlencoded::Serializer;

use super::EncodeError;

/// How often a path is percent-decoded to see what a server, and what stands before it, may make of it.
const DECODINGS: usize = 4;

/// Whether a path, with or without a query behind it, stays below any base URL it is put behind: no `..`, in whatever encoding, no host, no control characters.
pub(crate) fn check_path(path: &str) -> Result<(), EncodeError> {
    if is_plain(path) { Ok(()) } else { check_closely(path) }
}

fn check_closely(path: &str) -> Result<(), EncodeError> {
    let refused = |reason| Err(EncodeError::new("path", reason));
    if path.bytes().any(|byte| byte.is_ascii_control()) {
        return refused("a control character stands in it");
    }
    let path = path.split('?').next().unwrap_or_default();
    let mut decoded = Cow::Borrowed(path.as_bytes());
    for _ in 0..DECODINGS {
        // 0xC0 and 0xC1 are never UTF-8: they begin the long forms of characters that have a short one.
        if decoded.iter().any(|byte| byte.is_ascii_control() || matches!(byte, 0xc0 | 0xc1)) {
            return refused("an encoded control character, or a character encoded longer than need be, stands in it");
        }
        if decoded.starts_with(b"//") || decoded.starts_with(b"/\\") || decoded.starts_with(b"\\") {
            return refused("it begins like the name of a host; write it with one slash at most");
        }
        if decoded.split(|byte| matches!(byte, b'/' | b'\\')).any(leads_elsewhere) {
            return refused("it leads out of the base path; write it without `.` and `..`");
        }
        let Some(once_more) = percent_decoded(&decoded) else { return Ok(()) };
        decoded = Cow::Owned(once_more);
    }
    refused("it is percent-encoded over and over")
}

/// Whether nothing in a path needs a closer look: plain characters, no segment that begins with a dot, one slash in front at most.
fn is_plain(path: &str) -> bool {
    let mut before = b'/';
    let plain = |byte: u8| {
        let begins_segment = std::mem::replace(&mut before, byte) == b'/';
        byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_') || (byte == b'.' && !begins_segment)
    };
    !path.starts_with("//") && path.bytes().all(plain)
}

/// `None`: there is nothing to decode.
fn percent_decoded(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |at: usize| text.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let byte = |at: usize| u8::try_from(digit(at + 1)? * 16 + digit(at + 2)?).ok();
    let first = (0..text.len()).find(|at| text.get(*at) == Some(&b'%') && byte(*at).is_some())?;
    let (mut decoded, mut at) = (text[..first].to_vec(), first);
    while let Some(literal) = text.get(at) {
        let encoded = if *literal == b'%' { byte(at) } else { None };
        decoded.push(encoded.unwrap_or(*literal));
        at += if encoded.is_some() { 3 } else { 1 };
    }
    Some(decoded)
}

/// Whether a segment is `.` or `..`. What follows a semicolon belongs to the segment's parameters, which some servers cut off first.
fn leads_elsewhere(segment: &[u8]) -> bool {
    let name = segment.split(|byte| *byte == b';').next().unwrap_or_default();
    matches!(name.trim_ascii(), b"." | b"..")
}

/// A path below a base URL, with exactly one `/` between them. What cannot stand in a URL is percent-encoded; what is percent-encoded stays.
pub(super) fn join(base_url: &str, path: &str) -> Result<String, EncodeError> {
    let host = base_url.strip_prefix("https://").or_else(|| base_url.strip_prefix("http://"));
    let is_sound = host.is_some_and(|host| !host.is_empty() && !host.starts_with('/') && !host.contains('?') && all_allowed(host));
    if !is_sound {
        return Err(EncodeError::new("base_url", "it must be like https://host or https://host/prefix, without query and fragment"));
    }
    let mut url = String::with_capacity(base_url.len() + path.len() + 1);
    check_path(path)?;
    url.push_str(base_url.trim_end_matches('/'));
    url.push('/');
    let path = path.strip_prefix('/').unwrap_or(path);
    if all_allowed(path) {
        url.push_str(path);
        return Ok(url);
    }
    for byte in path.bytes() {
        if ALLOWED[usize::from(byte)] {
            url.push(char::from(byte));
        } else {
            // Not as in a form, where a space is a plus sign. Writing to a text cannot fail.
            let _ = write!(url, "%{byte:02X}");
        }
    }
    Ok(url)
}

/// Whether a byte may stand in a path and its query as it is.
static ALLOWED: [bool; 256] = {
    let (mut allowed, mut byte) = ([false; 256], b'!');
    while byte <= b'~' {
        allowed[byte as usize] = !matches!(byte, b'"' | b'#' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}');
        byte += 1;
    }
    allowed
};

fn all_allowed(text: &str) -> bool {
    text.bytes().all(|byte| ALLOWED[usize::from(byte)])
}

/// Adds parameters to a URL that may have some.
pub(super) fn with_query(mut url: String, query: &[(&str, Cow<'_, str>)]) -> String {
    if query.is_empty() {
        return url;
    }
    match url.split_once('?') {
        None => url.push('?'),
        Some((_, "")) => {}
        Some(_) if url.ends_with('&') => {}
        Some(_) => url.push('&'),
    }
    url + &parameters(query)
}

/// `a=1&b=2`, percent-encoded as `application/x-www-form-urlencoded` says.
pub(super) fn parameters(parameters: &[(&str, Cow<'_, str>)]) -> String {
    Serializer::new(String::new()).extend_pairs(parameters).finish()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_plain_stands_a_closer_look(path in "[a./%;\\\\ ?2eéÀ-]{0,8}") {
            prop_assert!(!is_plain(&path) || check_closely(&path).is_ok(), "{path}");
        }
    }

    #[test]
    fn documented_paths_are_plain() {
        for path in ["/xe.user.batch.get/1.0.0", "xe.user.batch.get/1.0.0", "/api/audience/getInfoByPhoneAndOpenid", "/points_a/b-c/", ""] {
            assert!(is_plain(path), "{path}");
        }
    }
}
