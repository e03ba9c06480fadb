//! A signature over sorted parameters, as some vendors sign their calls.

use std::{borrow::Cow, collections::HashSet, fmt, time::Duration};

use scrm_core::{
    Secret,
    declare::lax_members,
    sign::{over_sorted, sha1_hex},
};
use serde_json::{Map, Value};
use subtle::ConstantTimeEq as _;

use crate::{
    incoming::Incoming,
    seal::{Opened, Seal, Unverified, Window},
};

const SECRET: &str = "secret";
const SIGNATURE: &str = "signature";

/// A JSON body with a signature inside: SHA-1 over its parameters and a secret, sorted by name and joined as `name=value` with `&`.
///
/// All of the body's members are signed but `signature` itself: texts as they are, everything else as the JSON that it is written as, so that nothing reaches a sink that
/// nobody signed. How lists, objects and `null` are written into the signed text is not documented; where the vendor does it otherwise, the request is refused. So is one
/// with a member that occurs twice, or with a `secret` that is not the secret. A `timestamp`, in milliseconds, must be recent. Nothing is encrypted.
///
/// The scheme does not tell `{"a": "1&b=2"}` from `{"a": "1", "b": "2"}`: both are one signature, and count as one request.
#[derive(Clone)]
pub struct ParameterSeal {
    secret: Secret,
    window: Window,
}

impl ParameterSeal {
    /// With the secret that the vendor gave.
    #[must_use]
    pub fn new(secret: impl Into<Secret>) -> Self {
        ParameterSeal { secret: secret.into(), window: Window::default() }
    }

    /// Another age than two days; at most thirty.
    #[must_use]
    pub fn window(mut self, window: Duration) -> Self {
        self.window = Window::new(window);
        self
    }

    /// The signature of an object, as the vendor would make it: for tests, and for stand-ins.
    #[must_use]
    pub fn sign(&self, body: &Map<String, Value>) -> String {
        let written: Vec<(&str, Cow<'_, str>)> = body.iter().map(|(name, value)| (name.as_str(), written(value, None))).collect();
        self.over(written.iter().map(|(name, value)| (*name, &**value)))
    }

    fn over<'a>(&'a self, members: impl Iterator<Item = (&'a str, &'a str)>) -> String {
        let signed = members.filter(|(name, _)| ![SIGNATURE, SECRET].contains(name)).chain([(SECRET, self.secret.expose())]);
        over_sorted(signed.collect(), sha1_hex)
    }
}

/// How a value is written in the signed text; `text`: as it came.
fn written<'a>(value: &'a Value, text: Option<&'a str>) -> Cow<'a, str> {
    match (value, text) {
        (Value::String(value), _) => Cow::Borrowed(value),
        (_, Some(text)) => Cow::Borrowed(text),
        (value, None) => Cow::Owned(value.to_string()),
    }
}

impl Seal for ParameterSeal {
    fn open<'a>(&self, incoming: &Incoming<'a>, now: u64) -> Result<Opened<'a>, Unverified> {
        let members = lax_members(incoming.body).ok_or(Unverified)?;
        let mut names = HashSet::new();
        if !members.iter().all(|(name, _, _)| names.insert(&**name)) {
            return Err(Unverified);
        }
        let member = |wanted: &str| members.iter().find(|(name, _, _)| **name == *wanted).map(|(_, value, _)| value);
        let given = member(SIGNATURE).and_then(Value::as_str).ok_or(Unverified)?;
        let timestamp = member("timestamp").ok_or(Unverified)?;
        let timestamp = timestamp.as_u64().or_else(|| timestamp.as_str()?.parse().ok()).ok_or(Unverified)?;
        let own: bool =
            member(SECRET).is_none_or(|told| told.as_str().unwrap_or_default().as_bytes().ct_eq(self.secret.expose().as_bytes()).into());
        let signed: Vec<(&str, Cow<'_, str>)> = members.iter().map(|(name, value, text)| (&**name, written(value, Some(text)))).collect();
        let signature = self.over(signed.iter().map(|(name, value)| (*name, &**value)));
        let holds: bool = signature.as_bytes().ct_eq(given.to_ascii_lowercase().as_bytes()).into();
        if holds && own && self.window.holds(timestamp / 1000, now) {
            Ok(Opened::signed(incoming.body, signature))
        } else {
            Err(Unverified)
        }
    }

    fn accepted_for(&self) -> Duration {
        self.window.accepted_for()
    }
}

impl fmt::Debug for ParameterSeal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParameterSeal").field("window", &self.window).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: u64 = 1_772_330_400;

    fn seal() -> ParameterSeal {
        ParameterSeal::new("s3cret".to_owned())
    }

    fn opened(body: &str, now: u64) -> Result<(), Unverified> {
        seal().open(&Incoming::new(&[], "", body.as_bytes()), now).map(|_| ())
    }

    #[test]
    fn all_parameters_and_the_secret_are_signed() {
        // printf 'a=1&list=[1, 2]&nonce=a"c&none=null&secret=s3cret&timestamp=1772330400000' | sha1sum
        let signature = "d13c49032485df279b6702f00713a6e3887570d8";
        let body = |members: &str| format!("{{{members}, \"signature\": \"{signature}\"}}");
        let good = r#""nonce": "a\"c", "a": 1, "timestamp": 1772330400000, "list": [1, 2], "none": null"#;
        assert_eq!(opened(&body(good), NOW), Ok(()));
        assert_eq!(opened(&body(&format!("{good}, \"secret\": \"s3cret\"")), NOW), Ok(()));
        assert_eq!(opened(&body(good).replace(signature, &signature.to_uppercase()), NOW), Ok(()));
        assert_eq!(opened(&body(good), NOW + 48 * 3600), Ok(()));
        assert_eq!(opened(&body(good), NOW + 48 * 3600 + 1), Err(Unverified));
        for forged in [
            good.replace("\"a\": 1", "\"a\": 2"),
            good.replace("[1, 2]", "[1, 3]"),
            good.replace(", \"none\": null", ""),
            good.replace("null", "{}"),
            good.replace("\"list\"", "\"listed\""),
            format!("{good}, \"items\": []"),
            format!("{good}, \"none\": null"),
            format!("\"a\": 2, {good}"),
            format!("\"\\u0061\": 2, {good}"),
            format!("{good}, \"secret\": \"another\""),
            format!("{good}, \"secret\": [\"s3cret\"]"),
        ] {
            assert_eq!(opened(&body(&forged), NOW), Err(Unverified), "{forged}");
        }
        for other in ["[]", "{}", "", "{\"signature\": 1}", "{\"signature\": \"\"}"] {
            assert_eq!(opened(other, 0), Err(Unverified), "{other}");
        }
    }

    #[test]
    fn what_is_signed_for_a_test_is_verified() {
        let Value::Object(mut body) =
            json!({ "timestamp": NOW * 1000, "deep": { "z": [1.5, "x"], "a": null }, "yes": true, "text": "a&b=c" })
        else {
            panic!()
        };
        let signature = seal().sign(&body);
        body.insert("signature".into(), json!(signature));
        assert_eq!(opened(&Value::Object(body).to_string(), NOW), Ok(()));
    }
}
