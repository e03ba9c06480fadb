//! Error tables: as `ErrorRule`s, and as documentation.

use std::fmt::Write as _;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use scrm_schema::model::{Action, ErrorRule, Situation};

use crate::{docs, format::quoted, variants};

/// One `ErrorRule` a line, each with this indent.
pub(crate) fn rules(errors: &[ErrorRule], indent: usize) -> String {
    let mut text = String::new();
    for error in errors {
        let action = action(error);
        let (en, zh) = (quoted(&error.en), quoted(&error.zh));
        let rule = match (&error.code, &error.message) {
            (Some(code), message) => {
                let message = message.as_ref().map(|message| format!(".message({})", quoted(message))).unwrap_or_default();
                format!("ErrorRule::code({}, Action::{action}, {en}, {zh}){message}", quoted(&docs::plain(code)))
            }
            (None, message) => {
                format!("ErrorRule::text({}, Action::{action}, {en}, {zh})", quoted(message.as_deref().unwrap_or_default()))
            }
        };
        let mark = variants::evidence(error.evidence).map(|kind| format!(".evidence(Evidence::{kind})")).unwrap_or_default();
        let _ = writeln!(text, "{:indent$}{rule}{mark},", "");
    }
    text
}

/// `&[ErrorRule::code(…), …]`
pub(crate) fn table(errors: &[ErrorRule]) -> TokenStream {
    let rules = errors.iter().map(|error| {
        let (action, en, zh) = (action(error), docs::one_line(&error.en), docs::one_line(&error.zh));
        let (start, rest) = match (&error.code, &error.message) {
            (Some(code), message) => (("code", docs::plain(code)), message.as_ref().map(|message| quote!(.message(#message)))),
            (None, message) => (("text", message.clone().unwrap_or_default()), None),
        };
        let (constructor, known) = (format_ident!("{}", start.0), start.1);
        let mark = variants::evidence(error.evidence).map(|kind| {
            let kind = format_ident!("{kind}");
            quote!(.evidence(spec::Evidence::#kind))
        });
        quote!(spec::ErrorRule::#constructor(#known, spec::Action::#action, #en, #zh) #rest #mark)
    });
    quote!(&[#(#rules),*])
}

/// `Label::new(English, Chinese)`
pub(crate) fn label(zh: &str, en: &str) -> TokenStream {
    quote!(spec::Label::new(#en, #zh))
}

fn action(error: &ErrorRule) -> TokenStream {
    match error.action {
        Action::Wait if is_burst(error) => quote!(SlowDown),
        Action::RefreshToken => quote!(RefreshToken),
        Action::Wait => quote!(Wait),
        Action::Retry => quote!(Retry),
        Action::RetryReads => quote!(RetryReads),
        Action::FixRequest => quote!(FixRequest),
        Action::FixConfig => quote!(FixConfig),
        Action::DoneAlready => quote!(DoneAlready),
        Action::Fail => quote!(Fail),
    }
}

/// The table as Markdown; empty without errors.
pub(crate) fn documented(errors: &[ErrorRule]) -> String {
    if errors.is_empty() {
        return String::new();
    }
    let mut text = String::from("| Code | Meaning | 含义 | What the client does |\n|---|---|---|---|\n");
    for error in errors {
        let code = match (&error.code, &error.message) {
            (Some(code), Some(message)) => format!("{} with {} in the message", docs::code(&docs::plain(code)), docs::code(message)),
            (Some(code), None) => docs::code(&docs::plain(code)),
            (None, Some(message)) => format!("{} in the message", docs::code(message)),
            (None, None) => "any".into(),
        };
        let (en, zh) = (docs::escape(&error.en), docs::escape(&error.zh));
        let mark = if error.evidence.is_unverified() { " **Unverified.**" } else { "" };
        text += &format!("| {code} | {en}{mark} | {zh} | {} |\n", deed(error));
    }
    text
}

/// A burst says nothing of the window: a short pause is enough.
fn is_burst(error: &ErrorRule) -> bool {
    error.when == Some(Situation::Burst)
}

fn deed(error: &ErrorRule) -> &'static str {
    match error.action {
        Action::Wait if is_burst(error) => "pauses shortly and tries again",
        Action::RefreshToken => "gets a new token and tries once more",
        Action::Wait => "waits for the quota and tries again",
        Action::Retry => "tries again",
        Action::RetryReads => "tries again if the operation only reads",
        Action::FixRequest => "gives up: change the request",
        Action::FixConfig => "gives up: mend credentials, permissions or settings",
        Action::DoneAlready => "takes it as done",
        Action::Fail => "gives up",
    }
}
