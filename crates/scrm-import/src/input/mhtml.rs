//! Pages that a browser saved as one file with everything in it: the HTML inside.

use mail_parser::MessageParser;

/// The HTML of a page saved as MHTML; `None`: it is none.
pub(crate) fn html(text: &str) -> Option<String> {
    let head: String = text.chars().take(4000).collect::<String>().to_ascii_lowercase();
    let fits = head.contains("mime-version:") && (head.contains("multipart/related") || head.contains("text/html"));
    if !fits {
        return None;
    }
    let message = MessageParser::default().parse(text.as_bytes())?;
    message.body_html(0).map(std::borrow::Cow::into_owned).filter(|html| !html.trim().is_empty())
}
