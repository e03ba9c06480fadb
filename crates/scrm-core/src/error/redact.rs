//! Takes out of a text what must not be shown: secrets, phone numbers, mail addresses.

/// Longest text of a vendor that is kept, in bytes.
pub(crate) const BODY_CAP: usize = 2048;
/// Longest message of a vendor that is shown, in bytes.
pub(crate) const MESSAGE_CAP: usize = 300;
/// A secret shorter than this would mask half of any text.
const SHORTEST_SECRET: usize = 4;
/// Digits in a row that may be a phone number or an id.
const LONGEST_NUMBER: usize = 6;

/// Knows the secrets of one client at one moment.
#[derive(Default)]
pub(crate) struct Redactor {
    /// The longest first.
    secrets: Vec<String>,
}

impl Redactor {
    /// A redactor that masks these values wherever they occur, besides numbers and mail addresses.
    pub(crate) fn new<S: Into<String>>(secrets: impl IntoIterator<Item = S>) -> Self {
        let mut secrets: Vec<String> = secrets.into_iter().map(S::into).filter(|secret| secret.len() >= SHORTEST_SECRET).collect();
        secrets.sort_unstable_by_key(|secret| std::cmp::Reverse(secret.len()));
        Redactor { secrets }
    }

    /// The text, masked and then cut to `cap` bytes.
    pub(crate) fn text(&self, text: &str, cap: usize) -> Box<str> {
        // Masking never makes a text much longer, so what lies far behind the cap need not be looked at; a secret that straddles the
        // first cut is cut again, because what is kept ends well before it.
        let longest = self.secrets.first().map_or(0, |secret| 3 * secret.len());
        let mut text = cut(text, cap.saturating_mul(2).saturating_add(longest)).to_owned();
        for secret in &self.secrets {
            for form in forms(secret) {
                text = text.replace(&form, "***");
            }
        }
        let masked = mask_numbers(&mask_mail(&text));
        let short = cut(&masked, cap);
        if short.len() < masked.len() { format!("{short}…").into() } else { masked.into() }
    }

    /// The same for bytes, which need not be text.
    pub(crate) fn bytes(&self, bytes: &[u8], cap: usize) -> Box<str> {
        let longest = self.secrets.first().map_or(0, |secret| 3 * secret.len());
        let end = bytes.len().min(cap.saturating_mul(2).saturating_add(longest).saturating_add(4));
        self.text(&String::from_utf8_lossy(&bytes[..end]), cap)
    }
}

/// A secret as it may stand in a text: as it is, percent-encoded, and inside a JSON string.
fn forms(secret: &str) -> Vec<String> {
    let mut forms = vec![secret.to_owned()];
    let encoded: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let escaped = serde_json::Value::from(secret).to_string();
    let escaped = escaped.trim_matches('"').to_owned();
    let slashes = escaped.replace('/', "\\/");
    for form in [encoded, escaped, slashes] {
        if !forms.contains(&form) {
            forms.push(form);
        }
    }
    forms
}

/// The longest beginning of at most `cap` bytes that ends between two characters.
pub(crate) fn cut(text: &str, cap: usize) -> &str {
    let mut end = cap.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// ASCII digits and their full-width twins.
fn is_digit(character: char) -> bool {
    character.is_ascii_digit() || ('０'..='９').contains(&character)
}

fn mask_numbers(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_digit) {
        out.push_str(&rest[..start]);
        let run = &rest[start..];
        let end = run.find(|c| !is_digit(c)).unwrap_or(run.len());
        if run[..end].chars().count() > LONGEST_NUMBER {
            out.push_str("***");
        } else {
            out.push_str(&run[..end]);
        }
        rest = &run[end..];
    }
    out.push_str(rest);
    out
}

fn is_mail_character(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '.' | '_' | '-' | '+' | '%')
}

fn mask_mail(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let (before, after) = (&rest[..at], &rest[at + 1..]);
        let name = before.trim_end_matches(is_mail_character);
        let domain = after.find(|c| !is_mail_character(c)).unwrap_or(after.len());
        if name.len() < before.len() && domain > 0 {
            out.push_str(name);
            out.push_str("***");
            rest = &after[domain..];
        } else {
            out.push_str(&rest[..=at]);
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn masks_what_must_not_be_shown() {
        let redactor = Redactor::new(["s3cr/et+", "abc"]);
        let masked =
            redactor.text(r#"s3cr/et+ s3cr%2Fet%2B "s3cr\/et+" 13800138000 １３８００１３８０００ li.lei@acme.example! abc 123456"#, 500);
        assert_eq!(&*masked, r#"*** *** "***" *** *** ***! abc 123456"#);
    }

    #[test]
    fn cuts_between_characters() {
        let redactor = Redactor::default();
        assert_eq!(&*redactor.text("错误错误", 7), "错误…");
        assert_eq!(&*redactor.bytes("错误".as_bytes(), 100), "错误");
        assert_eq!(&*redactor.bytes(&[b'a', 0xff], 100), "a\u{fffd}");
    }

    #[test]
    fn a_secret_at_the_cut_does_not_show_its_beginning() {
        let secret = "k".repeat(64);
        for lead in 0..70 {
            let text = format!("{}{secret}", "-".repeat(lead));
            assert!(!Redactor::new([secret.as_str()]).text(&text, 40).contains('k'), "{lead}");
            assert!(!Redactor::new([secret.as_str()]).bytes(text.as_bytes(), 40).contains('k'), "{lead}");
        }
    }

    proptest! {
        #[test]
        fn never_panics_and_stays_short(text in ".*", cap in 0_usize..64) {
            let masked = Redactor::new(["secret"]).text(&text, cap);
            prop_assert!(masked.len() <= cap + "…".len());
        }

        #[test]
        fn no_phone_survives(before in "[^0-9]{0,20}", after in "[^0-9]{0,20}") {
            let masked = Redactor::default().text(&format!("{before}13800138000{after}"), 4000);
            prop_assert!(!masked.contains("0013800"));
        }
    }
}
