//! Signed calls: a digest over all parameters and a secret, made anew for each request.

use std::time::{SystemTime, UNIX_EPOCH};

use zeroize::Zeroizing;

use crate::{
    secret::{CredentialSet, Secret},
    spec::{CredentialSpec, SignatureParameter, SignatureSpec},
};

/// What makes two signatures of the same parameters differ: the time, and a text by chance. For tests, and for machines whose clock is not to be trusted.
pub trait SigningInputs: Send + Sync {
    /// The time now, in milliseconds since 1970.
    fn unix_millis(&self) -> u64;

    /// So many letters and digits (ASCII), others each time.
    fn nonce(&self, length: u8) -> String;
}

/// The system's clock and chance.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemSigningInputs;

impl SigningInputs for SystemSigningInputs {
    fn unix_millis(&self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }

    fn nonce(&self, length: u8) -> String {
        (0..length).map(|_| fastrand::alphanumeric()).collect()
    }
}

/// What one request is signed with. It is good for one request: the next needs another nonce.
#[derive(Clone)]
pub struct Signing {
    pub(crate) spec: &'static SignatureSpec,
    /// Values of the signature's own parameters, in its order.
    pub(crate) values: Vec<(&'static str, String)>,
    secret: Secret,
}

/// `Debug` shows neither values nor the secret.
impl std::fmt::Debug for Signing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signing").field("signature", &self.spec.name).finish_non_exhaustive()
    }
}

impl Signing {
    /// Draws nonce and time.
    ///
    /// # Errors
    /// The credentials of the signature that are not given.
    pub fn new(
        spec: &'static SignatureSpec,
        credentials: &CredentialSet,
        inputs: &dyn SigningInputs,
    ) -> Result<Self, Vec<&'static CredentialSpec>> {
        let missing = || credentials.missing_of(&spec.credentials());
        let value = |parameter: &SignatureParameter| match parameter {
            SignatureParameter::Credential(name) => credentials.get(name).map(|value| value.expose().to_owned()),
            SignatureParameter::Nonce(length) => Some(inputs.nonce(*length)),
            SignatureParameter::Milliseconds => Some(inputs.unix_millis().to_string()),
            SignatureParameter::Seconds => Some((inputs.unix_millis() / 1000).to_string()),
        };
        let values = spec.parameters.iter().map(|(name, parameter)| Some((*name, value(parameter)?)));
        let values = values.collect::<Option<Vec<_>>>().ok_or_else(missing)?;
        let secret = credentials.get(spec.secret.1).ok_or_else(missing)?.clone();
        Ok(Signing { spec, values, secret })
    }

    /// The signature over these parameters, the signature's own among them.
    pub(crate) fn over(&self, parameters: impl IntoIterator<Item = (impl AsRef<str>, impl AsRef<str>)>) -> Secret {
        let (secret, signature) = (self.spec.secret.0, self.spec.signature);
        let parameters: Vec<_> = parameters.into_iter().collect();
        let sent = parameters.iter().map(|(name, value)| (name.as_ref(), value.as_ref()));
        let signed = sent.filter(|(name, _)| ![secret, signature].contains(name)).chain([(secret, self.secret.expose())]);
        Secret::new(over_sorted(signed.collect(), self.spec.digest))
    }
}

/// The digest over parameters, the secret among them: sorted by name, written `name=value` and joined by `&`.
#[doc(hidden)]
#[must_use]
pub fn over_sorted(mut parameters: Vec<(&str, &str)>, digest: fn(&[u8]) -> String) -> String {
    parameters.sort_unstable();
    let length = parameters.iter().map(|(name, value)| name.len() + value.len() + 2).sum();
    // Of its final length, so that nothing of the secret stays behind where it was copied from.
    let mut text = Zeroizing::new(String::with_capacity(length));
    for (position, (name, value)) in parameters.into_iter().enumerate() {
        text.push_str(if position > 0 { "&" } else { "" });
        text.extend([name, "=", value]);
    }
    digest(text.as_bytes())
}

/// The SHA-1 of a text, in lower-case hexadecimal digits.
#[cfg(feature = "sha1")]
#[doc(hidden)]
#[must_use]
pub fn sha1_hex(text: &[u8]) -> String {
    use sha1::Digest as _;

    crate::secret::hex(&sha1::Sha1::digest(text))
}

#[cfg(test)]
mod tests;
