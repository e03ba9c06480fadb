//! The answer to a call that fails: the vendor's code for the situation, or the closest documented one.

use serde_json::{Map, Value, json};

use scrm_schema::model::{Action, ErrorRule, Operation, Situation, Vendor};

/// The situation's name in the schema files.
pub(crate) fn name(situation: Situation) -> &'static str {
    match situation {
        Situation::TokenMissing => "token_missing",
        Situation::TokenInvalid => "token_invalid",
        Situation::SignatureMissing => "signature_missing",
        Situation::SignatureInvalid => "signature_invalid",
        Situation::SignatureExpired => "signature_expired",
        Situation::CredentialsWrong => "credentials_wrong",
        Situation::PermissionMissing => "permission_missing",
        Situation::UnknownPath => "unknown_path",
        Situation::WrongMethod => "wrong_method",
        Situation::ParameterMissing => "parameter_missing",
        Situation::ParameterInvalid => "parameter_invalid",
        Situation::QuotaExceeded => "quota_exceeded",
        Situation::Burst => "burst",
        Situation::AddressRefused => "address_refused",
        Situation::SystemBusy => "system_busy",
    }
}

/// Situations that come close, the closest first, and then the action that fits.
fn closest(situation: Situation) -> (&'static [Situation], &'static [Action]) {
    use Situation as S;
    match situation {
        S::TokenMissing => (&[S::TokenInvalid], &[Action::RefreshToken, Action::FixConfig]),
        S::TokenInvalid => (&[S::TokenMissing], &[Action::RefreshToken]),
        S::SignatureMissing => (&[S::SignatureInvalid, S::CredentialsWrong], &[Action::FixConfig]),
        S::SignatureInvalid => (&[S::SignatureMissing, S::CredentialsWrong], &[Action::FixConfig]),
        S::SignatureExpired => (&[S::SignatureInvalid, S::CredentialsWrong], &[Action::FixConfig]),
        S::CredentialsWrong => (&[], &[Action::FixConfig]),
        S::PermissionMissing | S::AddressRefused => (&[S::PermissionMissing], &[Action::FixConfig]),
        S::UnknownPath => (&[S::WrongMethod], &[Action::FixRequest]),
        S::WrongMethod => (&[S::UnknownPath], &[Action::FixRequest]),
        S::ParameterMissing => (&[S::ParameterInvalid], &[Action::FixRequest]),
        S::ParameterInvalid => (&[S::ParameterMissing], &[Action::FixRequest]),
        S::QuotaExceeded => (&[S::Burst], &[Action::Wait]),
        S::Burst => (&[S::QuotaExceeded], &[Action::Wait]),
        S::SystemBusy => (&[], &[Action::Retry, Action::RetryReads, Action::Fail]),
    }
}

/// Finds the rule for a situation about a parameter: the operation's own codes come before the vendor's.
pub(crate) fn rule<'a>(
    vendor: &'a Vendor,
    operation: Option<&'a Operation>,
    situation: Situation,
    parameter: &str,
) -> Option<&'a ErrorRule> {
    let all = || operation.iter().flat_map(|operation| &operation.errors).chain(&vendor.file.errors);
    let about = |rule: &&ErrorRule| !parameter.is_empty() && rule.parameter.as_deref() == Some(parameter);
    let general = |rule: &&ErrorRule| rule.parameter.is_none();
    let (near, actions) = closest(situation);
    let same = || all().filter(|rule| rule.when == Some(situation));
    same()
        .find(about)
        .or_else(|| same().find(general))
        .or_else(|| near.iter().find_map(|near| all().find(|rule| rule.when == Some(*near) && general(rule))))
        .or_else(|| {
            actions.iter().find_map(|action| {
                all().find(|rule| rule.action == *action && rule.code.is_some() && rule.when.is_none() && rule.parameter.is_none())
            })
        })
}

/// The body of a failed call.
pub(crate) fn body(vendor: &Vendor, operation: Option<&Operation>, situation: Situation, parameter: &str, reason: &str) -> Value {
    let found = rule(vendor, operation, situation, parameter);
    let code = found.and_then(|rule| rule.code.clone()).unwrap_or_else(|| undocumented(vendor));
    let text = found.map_or("", |rule| rule.message.as_deref().unwrap_or(&rule.zh));
    let message = match (text.is_empty(), reason.is_empty()) {
        (false, false) => format!("{text}: {reason}"),
        (true, false) => reason.to_owned(),
        (_, true) => text.to_owned(),
    };
    envelope(vendor, &code, &message)
}

/// Envelope of a failure: no data.
pub(crate) fn envelope(vendor: &Vendor, code: &Value, message: &str) -> Value {
    let envelope = &vendor.file.envelope;
    let mut map = Map::new();
    map.insert(envelope.code.clone(), code.clone());
    for (key, value) in &envelope.others {
        map.insert(key.clone(), if value.is_string() { json!("") } else { Value::Null });
    }
    if let Some(key) = envelope.message.first() {
        map.insert(key.clone(), json!(message));
    }
    map.insert(envelope.data.clone(), Value::Null);
    Value::Object(map)
}

/// A code in the vendor's type that is no success, where no document gives one.
fn undocumented(vendor: &Vendor) -> Value {
    let success = &vendor.file.envelope.success;
    let textual = success.first().is_some_and(Value::is_string);
    let code = if textual { json!("-1") } else { json!(-1) };
    if success.contains(&code) { json!(-999) } else { code }
}
