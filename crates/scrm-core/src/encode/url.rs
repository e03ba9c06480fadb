//! URLs and their parameters.

use std::{borrow::Cow, fmt::Write as _};

use form_urlencoded::Serializer;

use super::EncodeError;

/// A path below a base URL, with exactly one `/` between them. What cannot stand in a URL is percent-encoded; what is percent-encoded stays.
pub(super) fn join(base_url: &str, path: &str) -> Result<String, EncodeError> {
    let host = base_url.strip_prefix("https://").or_else(|| base_url.strip_prefix("http://"));
    let is_sound = host.is_some_and(|host| !host.is_empty() && !host.starts_with('/') && !host.contains('?') && all_allowed(host));
    if !is_sound {
        return Err(EncodeError::new("base_url", "it must be like https://host or https://host/prefix, without query and fragment"));
    }
    let mut url = String::with_capacity(base_url.len() + path.len() + 1);
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
