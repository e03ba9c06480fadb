//! Answers that are none of the vendor's application: in an encoding that is not understood, or a web page.

use crate::transport::HttpResponse;

/// Charsets in which JSON comes now and then, beginnings of their names in lower case. UTF-8 and what is a part of it needs no word.
const OTHER_CHARSETS: [&str; 8] = ["gb", "hz", "big5", "euc-", "shift", "iso-2022", "utf-16", "utf-32"];

/// What keeps the body from being read at all.
pub(super) fn encoding(answer: &HttpResponse) -> Option<String> {
    let coding = answer.header("content-encoding").unwrap_or_default().trim();
    if !coding.is_empty() && !coding.eq_ignore_ascii_case("identity") && !answer.body.is_empty() {
        return Some(format!("the answer is compressed (content-encoding {coding}), which is not understood; only gzip and deflate are"));
    }
    let charset = charset(answer.header("content-type")?)?.to_ascii_lowercase();
    let is_other = OTHER_CHARSETS.iter().any(|known| charset.starts_with(known));
    // The header is often wrong, and what is UTF-8 is never anything else.
    let is_unreadable = is_other && std::str::from_utf8(&answer.body).is_err();
    is_unreadable.then(|| format!("the answer is not in UTF-8 (content-type says charset={charset})"))
}

/// The type of a web page, where the answer is one. Some vendors send JSON as `text/html`, so that the type alone says nothing.
pub(super) fn web_page(answer: &HttpResponse) -> Option<String> {
    let media_type = answer.header("content-type")?.split(';').next()?.trim();
    let is_page = media_type.to_ascii_lowercase().contains("html") && is_markup(&answer.body);
    is_page.then(|| {
        format!("a web page (content-type {media_type}) came instead of an answer; check the base URL and what stands on the way there")
    })
}

/// Whether the body begins as HTML and XML do, and JSON never.
pub(super) fn is_markup(body: &[u8]) -> bool {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii_start().starts_with(b"<")
}

/// Whether the body says that it is UTF-16: whoever writes so once writes so always.
pub(super) fn is_utf16(body: &[u8]) -> bool {
    body.starts_with(b"\xff\xfe") || body.starts_with(b"\xfe\xff")
}

fn charset(content_type: &str) -> Option<&str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(headers: &[(&'static str, &'static str)], body: &'static [u8]) -> HttpResponse {
        let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        HttpResponse { status: 200, headers, body: body.into() }
    }

    /// `{"msg":"中"}` in GBK.
    const GBK: &[u8] = b"{\"msg\":\"\xd6\xd0\"}";

    #[test]
    fn what_cannot_be_read_is_named() {
        let encoded = answer(&[("content-encoding", "br")], b"\x0b\x02");
        assert!(encoding(&encoded).unwrap().contains("content-encoding br"));
        for charset in ["text/json; charset=GBK", "application/json;x=y; Charset=\"gb18030\"", "a/b;charset=utf-16le"] {
            assert!(encoding(&answer(&[("Content-Type", charset)], GBK)).unwrap().contains("charset="), "{charset}");
        }
        let page = answer(&[("content-type", "text/html; charset=utf-8")], b"\xef\xbb\xbf\n<!doctype html>");
        assert!(web_page(&page).unwrap().contains("content-type text/html"));
    }

    #[test]
    fn what_only_claims_to_be_unreadable_is_read() {
        for (name, value, body) in [
            ("content-encoding", "identity", GBK),
            ("content-encoding", "br", &b""[..]),
            ("content-type", "application/json; charset=GBK", b"{}"),
            ("content-type", "application/json; charset=utf8", GBK),
            ("content-type", "application/json", GBK),
            ("content-type", "text/html", b"{\"code\":"),
            ("x-other", "gbk", GBK),
        ] {
            let answer = answer(&[(name, value)], body);
            assert_eq!((encoding(&answer), web_page(&answer)), (None, None), "{name}: {value}");
        }
    }
}
