//! A signature over sorted parameters, as some vendors sign their calls.

use std::{borrow::Cow, fmt, time::Duration};

use scrm_core::{Secret, declare::lax_document};
use serde_json::Value;
use sha1::{Digest as _, Sha1};
use subtle::ConstantTimeEq as _;

use crate::{
    incoming::Incoming,
    seal::{Opened, Seal, Unverified, Window},
    wechat::{WechatSeal, hex},
};

/// A JSON body with a signature inside: SHA-1 over its parameters and a secret, sorted by name and joined as `name=value` with `&`.
///
/// The body's texts, numbers and truth values count, but `signature` and `secret` themselves; how lists and objects are written into the signed text is not documented, so
/// they are left out. A `timestamp`, in milliseconds, must be recent. Nothing is encrypted.
#[derive(Clone)]
pub struct ParameterSeal {
    secret: Secret,
    window: Window,
}

impl ParameterSeal {
    /// With the secret that the vendor gave.
    #[must_use]
    pub fn new(secret: impl Into<Secret>) -> Self {
        ParameterSeal { secret: secret.into(), window: Window { old: WechatSeal::WINDOW.as_secs() } }
    }

    /// Another age than two days.
    #[must_use]
    pub fn window(mut self, window: Duration) -> Self {
        self.window = Window { old: window.as_secs() };
        self
    }

    /// The signature of an object, as the vendor would make it: for tests, and for stand-ins.
    #[must_use]
    pub fn sign(&self, body: &serde_json::Map<String, Value>) -> String {
        let mut pairs: Vec<(&str, String)> = body
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "signature" | "secret"))
            .filter_map(|(name, value)| match value {
                Value::String(text) => Some((name.as_str(), text.clone())),
                Value::Number(_) | Value::Bool(_) => Some((name.as_str(), value.to_string())),
                _ => None,
            })
            .collect();
        pairs.push(("secret", self.secret.expose().to_owned()));
        pairs.sort();
        let text: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        hex(&Sha1::digest(text.join("&")))
    }
}

impl Seal for ParameterSeal {
    fn open<'a>(&self, incoming: &Incoming<'a>, now: u64) -> Result<Opened<'a>, Unverified> {
        let Some(Value::Object(body)) = lax_document(incoming.body) else { return Err(Unverified) };
        let given = body.get("signature").and_then(Value::as_str).ok_or(Unverified)?;
        let timestamp = body.get("timestamp").ok_or(Unverified)?;
        let timestamp = timestamp.as_u64().or_else(|| timestamp.as_str()?.parse().ok()).ok_or(Unverified)?;
        let signed: bool = self.sign(&body).as_bytes().ct_eq(given.to_ascii_lowercase().as_bytes()).into();
        if signed && self.window.holds(timestamp / 1000, now) { Ok(Opened::Body(Cow::Borrowed(incoming.body))) } else { Err(Unverified) }
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

    #[test]
    fn sorted_parameters_and_the_secret_are_signed() {
        let seal = ParameterSeal::new("s3cret".to_owned());
        let Value::Object(mut body) = json!({ "nonce": "abc", "a": 1, "timestamp": 1_772_330_400_000_u64, "list": [1], "secret": "x" })
        else {
            panic!()
        };
        // printf 'a=1&nonce=abc&secret=s3cret&timestamp=1772330400000' | sha1sum
        assert_eq!(seal.sign(&body), EXPECTED);
        body.insert("signature".into(), json!(EXPECTED));
        let text = serde_json::to_vec(&body).unwrap();
        let open = |text: &[u8], now: u64| seal.open(&Incoming::new(&[], "", text), now).map(|_| ());
        assert_eq!(open(&text, 1_772_330_400), Ok(()));
        assert_eq!(open(&text, 1_772_330_401 + 48 * 3600), Err(Unverified));
        body.insert("a".into(), json!(2));
        assert_eq!(open(&serde_json::to_vec(&body).unwrap(), 1_772_330_400), Err(Unverified));
        assert_eq!(open(b"[]", 0), Err(Unverified));
        assert_eq!(open(b"{}", 0), Err(Unverified));
    }

    const EXPECTED: &str = "389abd4504dc454d73fdd28c281f6b6c0ad11cf9";
}
