//! Error tables: as `ErrorRule`s, and as documentation.

use proc_macro2::TokenStream;
use quote::quote;
use scrm_schema::model::{Action, ErrorRule, Evidence, Label, Situation};

use crate::{docs, rules::option};

/// `&[ErrorRule { … }, …]`
pub(crate) fn table(errors: &[ErrorRule]) -> TokenStream {
    let rules = errors.iter().map(|error| {
        let code = option(error.code.as_ref().map(docs::plain));
        let message = option(error.message.as_ref());
        let (meaning, action, evidence) = (label(&error.zh, &error.en), action(error), evidence(error.evidence));
        quote! {
            spec::ErrorRule { code: #code, message: #message, meaning: #meaning, action: spec::Action::#action, evidence: spec::Evidence::#evidence }
        }
    });
    quote!(&[#(#rules),*])
}

/// `Label { … }`
pub(crate) fn label(zh: &str, en: &str) -> TokenStream {
    quote!(spec::Label { zh: #zh, en: #en })
}

/// The variant of `spec::Evidence`.
pub(crate) fn evidence(evidence: Evidence) -> TokenStream {
    match evidence {
        Evidence::Documented => quote!(Documented),
        Evidence::Unverified => quote!(Unverified),
    }
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
    let mut text = String::from("| Code | Meaning | What the client does |\n|---|---|---|\n");
    for error in errors {
        let code = match (&error.code, &error.message) {
            (Some(code), Some(message)) => format!("{} with {} in the message", docs::code(&docs::plain(code)), docs::code(message)),
            (Some(code), None) => docs::code(&docs::plain(code)),
            (None, Some(message)) => format!("{} in the message", docs::code(message)),
            (None, None) => "any".into(),
        };
        let meaning = docs::both(&Label { zh: error.zh.clone(), en: error.en.clone() });
        let mark = if error.evidence == Evidence::Unverified { " **Unverified.**" } else { "" };
        text += &format!("| {code} | {meaning}{mark} | {} |\n", deed(error));
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
