//! The words pages use for their sections, labels and columns.

mod columns;
mod headings;
mod labels;
mod residue;
mod words;

use scrm_schema::model::{BodyKind, Method};

pub(crate) use columns::{Column, column, required, required_sometimes};
pub(crate) use headings::{Heading, heading, section_words};
pub(crate) use labels::{Label, label, label_words};
pub(crate) use residue::is_residue;

/// The text without headings marks, bullets, bold, code spans and a trailing colon.
pub(crate) fn bare(text: &str) -> String {
    let text: String = text.chars().filter(|c| !matches!(c, '*' | '`')).collect();
    text.trim().trim_start_matches(['#', '-', '•', '·', ' ']).trim_end_matches([':', '#', ' ']).trim().to_owned()
}

/// A text without blanks between Chinese and Latin letters: `请求 URL` is `请求URL`.
fn tight(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let between = letter == ' '
            && out.chars().next_back().zip(letters.peek().copied()).is_some_and(|(before, after)| {
                (!before.is_ascii() && before.is_alphanumeric() && after.is_ascii_alphabetic())
                    || (before.is_ascii_alphabetic() && !after.is_ascii() && after.is_alphanumeric())
            });
        if !between {
            out.push(letter);
        }
    }
    out
}

/// The method a text begins with.
pub(crate) fn method(text: &str) -> Option<Method> {
    let word: String = text.trim().trim_matches('`').chars().take_while(char::is_ascii_alphabetic).take(8).collect();
    match word.to_ascii_uppercase().as_str() {
        "GET" => Some(Method::Get),
        "POST" => Some(Method::Post),
        "PUT" => Some(Method::Put),
        "DELETE" => Some(Method::Delete),
        _ => None,
    }
}

/// How a body of this media type travels.
pub(crate) fn body_kind(text: &str) -> Option<BodyKind> {
    let lower = text.to_ascii_lowercase();
    if lower.contains("multipart") || lower.contains("form-data") {
        Some(BodyKind::Multipart)
    } else if lower.contains("urlencoded") {
        Some(BodyKind::Form)
    } else if lower.contains("json") {
        Some(BodyKind::Json)
    } else {
        None
    }
}

/// Whether a text can be the name of a field: `user_id`, `data.list[].x`, `Score-1`.
pub(crate) fn is_name(text: &str) -> bool {
    text.len() <= 120
        && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '$')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '[' | ']' | '$'))
        && !text.ends_with(['.', '-'])
}

#[cfg(test)]
mod tests {
    use scrm_schema::model::Place;

    use super::*;
    use crate::page::Side;

    #[test]
    fn headings_are_known_in_their_spellings() {
        let request = Heading::Request { place: None, body: None };
        for text in ["请求参数", "**请求参数**", "### 请求参数:", "接口入参"] {
            assert_eq!(heading(text), Some(request.clone()), "{text}");
        }
        assert_eq!(
            heading("Body 参数multipart/form-data"),
            Some(Heading::Request { place: Some(Place::Body), body: Some(BodyKind::Multipart) })
        );
        assert_eq!(heading("Query-parameters:"), Some(Heading::Request { place: Some(Place::Query), body: None }));
        assert_eq!(heading("Response-fields:"), Some(Heading::Response));
        let members = |parent: &str, side| Some(Heading::Members { parent: parent.into(), side });
        assert_eq!(heading("返回list字段参数"), members("list", Some(Side::Response)));
        assert_eq!(heading("**list说明**"), members("list", None));
        assert_eq!(heading("`order_data` **参数结构**"), members("order_data", None));
        assert_eq!(heading("#### data.list[] 字段"), members("data.list[]", None));
        assert_eq!(heading("### OrderVO"), members("OrderVO", None));
        assert_eq!(heading("OrderVO"), None);
        assert_eq!(heading("手机号"), None);
    }

    #[test]
    fn labels_give_their_values() {
        for (text, expected, value) in [
            ("  • 请求方式:POST", Label::Method, "POST"),
            ("- **请求方式:** `POST `", Label::Method, "POST"),
            ("**接口地址** `/open/a`", Label::Url, "/open/a"),
            ("- 频率限制:", Label::Quota, ""),
            ("Type: GET", Label::Method, "GET"),
            ("访问路径:/api/a", Label::Url, "/api/a"),
            ("注:只给前10000条", Label::Note, "只给前10000条"),
        ] {
            assert_eq!(label(text), Some((expected, value.to_owned())), "{text}");
        }
        assert_eq!(label("Type: string"), None);
        assert_eq!(label("请求方式说明"), None);
    }
}
