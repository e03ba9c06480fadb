//! The vendor file: envelope, credentials, tokens, codes.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Context;
use crate::error::FileProblems;
use crate::model::{Envelope, ErrorRule, Place, Signature, SignedFilling, Token, Type, Vendor};
use crate::pointer::join;

pub(super) fn check(vendor: &Vendor, problems: &mut FileProblems<'_>) {
    let file = &vendor.file;
    if file.envelope.success.iter().any(Value::is_string) && file.envelope.success.iter().any(Value::is_number) {
        problems.add("/envelope/success", "codes are both texts and integers", "write them as the vendor sends them");
    }
    let keys: Vec<&String> =
        [&file.envelope.code, &file.envelope.data].into_iter().chain(&file.envelope.message).chain(file.envelope.others.keys()).collect();
    if keys.iter().collect::<BTreeSet<_>>().len() < keys.len() {
        problems.add("/envelope", "one key has two meanings", "name each key once");
    }
    twice("/credentials", "name", file.credentials.iter().map(|credential| credential.name.as_str()), problems);
    twice("/credentials", "env", file.credentials.iter().map(|credential| credential.env.as_str()), problems);
    twice("/tokens", "name", file.tokens.iter().map(|token| token.name.as_str()), problems);
    for (number, token) in file.tokens.iter().enumerate() {
        check_token(vendor, token, &format!("/tokens/{number}"), problems);
    }
    twice("/base_urls", "name", file.base_urls.iter().map(|base_url| base_url.name.as_str()), problems);
    let proofs = file.tokens.iter().map(|token| token.name.as_str());
    for (number, signature) in file.signatures.iter().enumerate() {
        let before = file.signatures.iter().take(number).map(|signature| signature.name.as_str());
        if proofs.clone().chain(before).any(|known| known == signature.name) {
            let what = format!("`{}` occurs twice among tokens and signatures", signature.name);
            problems.add(format!("/signatures/{number}/name"), what, "give each its own");
        }
        check_signature(vendor, signature, &format!("/signatures/{number}"), problems);
    }
    for (number, base_url) in file.base_urls.iter().enumerate() {
        if !vendor.operations.iter().any(|operation| operation.base_url.as_ref() == Some(&base_url.name)) {
            problems.add(format!("/base_urls/{number}"), "no operation stands there", "take it out, or name it where it belongs");
        }
    }
    errors(&file.envelope, &file.errors, problems);
}

fn check_signature(vendor: &Vendor, signature: &Signature, at: &str, problems: &mut FileProblems<'_>) {
    let file = &vendor.file;
    for (name, filling) in &signature.parameters {
        if let SignedFilling::Credential(credential) = filling
            && !file.credentials.iter().any(|known| known.name == *credential)
        {
            let pointer = join(&join(at, "parameters"), name);
            problems.add(pointer, format!("there is no credential `{credential}`"), "use a name of `credentials` in vendor.json");
        }
    }
    let secret = join(at, "secret");
    match file.credentials.iter().find(|known| known.name == signature.secret.credential) {
        None => {
            let what = format!("there is no credential `{}`", signature.secret.credential);
            problems.add(join(&secret, "credential"), what, "use a name of `credentials` in vendor.json");
        }
        Some(credential) if !credential.secret => {
            let what = format!("the credential `{}` is not marked as a secret", credential.name);
            problems.add(join(&secret, "credential"), what, "say `\"secret\": true` where it stands");
        }
        Some(_) => {}
    }
    let names: Vec<&str> = signature.sent().chain([signature.secret.name.as_str()]).collect();
    if names.iter().collect::<BTreeSet<_>>().len() < names.len() {
        problems.add(at, "one name stands for two of parameters, signature and secret", "give each its own");
    }
    let in_header = |name: &&str| !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    if signature.place == Place::Header
        && let Some(name) = signature.sent().find(in_header)
    {
        problems.add(join(at, "in"), format!("`{name}` is no name of a header"), "correct the name, or the place");
    }
    if let Some(base_url) = &signature.base_url
        && !file.base_urls.iter().any(|known| known.name == *base_url)
    {
        problems.add(join(at, "base_url"), format!("there is no base URL called `{base_url}`"), "use a name of `base_urls`");
    }
    if !vendor.operations.iter().any(|operation| operation.signature.as_ref() == Some(&signature.name)) {
        problems.add(at, "no operation is signed so", "take it out, or name it in an operation");
    }
}

fn twice<'a>(at: &str, keyword: &str, values: impl Iterator<Item = &'a str>, problems: &mut FileProblems<'_>) {
    let mut seen = BTreeSet::new();
    for (number, value) in values.enumerate() {
        if !seen.insert(value) {
            problems.add(format!("{at}/{number}/{keyword}"), format!("`{value}` occurs twice"), "give each its own");
        }
    }
}

fn check_token(vendor: &Vendor, token: &Token, at: &str, problems: &mut FileProblems<'_>) {
    let Some(operation) = vendor.operations.iter().find(|operation| operation.name == token.operation) else {
        problems.add(
            join(at, "operation"),
            format!("there is no operation `{}`", token.operation),
            "describe it in a file beside vendor.json, or correct the name",
        );
        return;
    };
    if operation.token.is_some() {
        problems.add(join(at, "operation"), format!("`{}` needs a token itself", token.operation), "say `\"token\": false` in its file");
    }
    let context = Context { vendor: &vendor.file, operation };
    context.fillings(token.parameters.iter(), &[], &join(at, "parameters"), problems);
    let data = &vendor.file.envelope.data;
    if operation.in_answer(data, &token.value).is_none_or(|found| *found.ty != Type::Text) {
        problems.add(join(at, "value"), format!("{} is no text in the answer of `{}`", token.value, operation.name), "correct the pointer");
    }
    if let Some(expires_in) = &token.expires_in
        && operation.in_answer(data, expires_in).is_none_or(|found| *found.ty != Type::Integer)
    {
        problems.add(
            join(at, "expires_in"),
            format!("{expires_in} is no integer in the answer of `{}`", operation.name),
            "correct the pointer",
        );
    }
    if token.renew_below > token.lifetime {
        problems.add(join(at, "renew_below"), "is longer than the token lives", "correct one of the two");
    }
    if token.place.place == Place::Header
        && !token.place.name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    {
        problems.add(join(at, "place"), format!("`{}` is no name of a header", token.place.name), "correct the name");
    }
}

/// Codes are of the envelope's type, and each stands there once.
pub(super) fn errors(envelope: &Envelope, errors: &[ErrorRule], problems: &mut FileProblems<'_>) {
    let text = envelope.success.iter().any(Value::is_string);
    let mut seen: Vec<(&Option<Value>, &Option<String>)> = Vec::new();
    let mut situations = BTreeSet::new();
    for (number, rule) in errors.iter().enumerate() {
        let at = format!("/errors/{number}");
        if let Some(code) = &rule.code {
            if code.is_string() != text {
                problems.add(
                    join(&at, "code"),
                    format!("{code} is not of the type of the codes of success"),
                    "write it as the vendor sends it",
                );
            }
            if envelope.success.contains(code) && rule.message.is_none() {
                problems.add(join(&at, "code"), format!("{code} means success"), "take it out");
            }
        } else if rule.message.is_none() {
            problems.add(&at, "says neither code nor message", "add at least one of them");
        }
        if rule.parameter.is_some() && rule.when.is_none() {
            problems.add(join(&at, "parameter"), "is about no situation", "add `when`, or take it out");
        }
        if seen.contains(&(&rule.code, &rule.message)) {
            problems.add(&at, "stands there twice", "keep one of the two");
        }
        seen.push((&rule.code, &rule.message));
        if let Some(when) = rule.when
            && !situations.insert(format!("{when:?} {:?}", rule.parameter))
        {
            problems.add(join(&at, "when"), "another code answers this situation", "keep `when` at one of them");
        }
    }
}
