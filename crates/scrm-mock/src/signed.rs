//! Signatures: what was signed is put together again, and signed by each shop that it could be.

use scrm_schema::model::{ClockUnit, Hash, Operation, Place, Signature, SignedFilling, Situation};
use sha1::{Digest as _, Sha1};

use crate::{answer::Failed, request::Incoming, world::Shop};

/// A signed call.
pub(crate) struct Signed {
    /// As it came.
    pub(crate) signature: String,
    /// All that is signed but for the secret, the signature's own parameters among them.
    parameters: Vec<(String, String)>,
    /// The signature's own parameters.
    own: Vec<(String, String)>,
}

impl Signed {
    /// Takes a call apart.
    pub(crate) fn read(signature: &Signature, operation: &Operation, incoming: &Incoming) -> Result<Self, Failed> {
        let mut parameters = incoming.signed(operation).map_err(|reason| Failed::new(Situation::ParameterInvalid, reason))?;
        let in_header = signature.place == Place::Header;
        let given = |name: &str| {
            let found = match in_header {
                true => incoming.header(name).map(str::to_owned),
                false => parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()),
            };
            let missing = || Failed::new(Situation::SignatureMissing, format!("{name} is required"));
            found.filter(|value| !value.is_empty()).ok_or_else(missing)
        };
        let given_signature = given(&signature.signature)?;
        let own = signature.parameters.keys().map(|name| Ok((name.clone(), given(name)?))).collect::<Result<Vec<_>, Failed>>()?;
        if in_header {
            parameters.extend(own.iter().cloned());
        }
        parameters.retain(|(name, _)| *name != signature.signature && *name != signature.secret.name);
        Ok(Signed { signature: given_signature, parameters, own })
    }

    fn own(&self, name: &str) -> Option<&str> {
        self.own.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether the time in it is near enough, and the nonce as long as it must be.
    pub(crate) fn fresh(&self, signature: &Signature, now: i64) -> Result<(), Failed> {
        for (name, filling) in &signature.parameters {
            let value = self.own(name).unwrap_or_default();
            match filling {
                SignedFilling::Nonce(length) if value.chars().count() != usize::from(*length) => {
                    return Err(Failed::new(Situation::SignatureInvalid, format!("{name} must have {length} characters")));
                }
                SignedFilling::Clock(unit) => {
                    let Ok(time) = value.parse::<i64>() else {
                        return Err(Failed::new(Situation::SignatureInvalid, format!("{name} must be a Unix time")));
                    };
                    let seconds = if *unit == ClockUnit::Milliseconds { time / 1000 } else { time };
                    if signature.max_age.is_some_and(|most| now.abs_diff(seconds) > u64::from(most)) {
                        return Err(Failed::new(Situation::SignatureExpired, format!("{name} lies too far from the time here")));
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether a shop with these credentials signed it.
    pub(crate) fn is_by(&self, signature: &Signature, shop: &Shop) -> bool {
        let names_shop = signature.parameters.iter().all(|(name, filling)| match filling {
            SignedFilling::Credential(credential) => self.own(name) == shop.get(credential).map(String::as_str),
            _ => true,
        });
        let Some(secret) = shop.get(&signature.secret.credential).filter(|_| names_shop) else { return false };
        let mut signed = self.parameters.clone();
        signed.push((signature.secret.name.clone(), secret.clone()));
        signed.sort();
        let text: Vec<String> = signed.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let digest = match signature.hash {
            Hash::Sha1 => Sha1::digest(text.join("&")).iter().map(|byte| format!("{byte:02x}")).collect::<String>(),
        };
        digest == self.signature
    }
}
