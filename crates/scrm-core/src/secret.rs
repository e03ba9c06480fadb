//! Values that must not be shown.

use std::{collections::BTreeMap, env, fmt, sync::Arc};

use hmac_sha256::HMAC;
use zeroize::Zeroizing;

use crate::spec::{CredentialSpec, VendorSpec};

/// A text that is never printed and is wiped from memory when dropped. It cannot be serialised.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the text over.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Secret(Zeroizing::new(text.into()))
    }

    /// The text. Whoever calls this must see to it that it goes nowhere but over the wire.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for Secret {
    fn from(text: T) -> Self {
        Secret::new(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<secret>")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<secret>")
    }
}

/// What a client is built from: the values of a vendor's credentials. Cheap to clone.
#[derive(Clone)]
pub struct CredentialSet {
    vendor: &'static VendorSpec,
    values: Arc<BTreeMap<&'static str, Secret>>,
}

impl CredentialSet {
    /// No values yet.
    #[must_use]
    pub fn new(vendor: &'static VendorSpec) -> Self {
        CredentialSet { vendor, values: Arc::default() }
    }

    /// Sets a credential. An empty value, and a name the vendor does not know, are left out.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        let value = Secret::new(value);
        if let Some(spec) = self.vendor.credentials.iter().find(|spec| spec.name == name)
            && !value.expose().is_empty()
        {
            Arc::make_mut(&mut self.values).insert(spec.name, value);
        }
        self
    }

    /// The values of the environment variables that the vendor's specification names.
    ///
    /// # Errors
    /// [`MissingCredentials`], if a required one is not set (or empty, or not Unicode).
    pub fn from_env(vendor: &'static VendorSpec) -> Result<Self, MissingCredentials> {
        Self::from_lookup(vendor, |variable| env::var(variable).ok())
    }

    fn from_lookup(vendor: &'static VendorSpec, lookup: impl Fn(&str) -> Option<String>) -> Result<Self, MissingCredentials> {
        let set = vendor.credentials.iter().fold(CredentialSet::new(vendor), |set, spec| match lookup(spec.env) {
            Some(value) => set.with(spec.name, value),
            None => set,
        });
        set.complete()
    }

    /// The set itself, if no required credential is missing.
    ///
    /// # Errors
    /// [`MissingCredentials`] otherwise.
    pub fn complete(self) -> Result<Self, MissingCredentials> {
        let missing: Vec<_> = self.missing().copied().collect();
        if missing.is_empty() { Ok(self) } else { Err(MissingCredentials { vendor: self.vendor.name, missing }) }
    }

    /// Required credentials without a value. None are missing where nothing required is given, but all of another kind of token or of a signature: a client can be for
    /// such calls alone.
    pub fn missing(&self) -> impl Iterator<Item = &'static CredentialSpec> {
        let required = |name: &str| self.vendor.credentials.iter().any(|spec| spec.required && spec.name == name);
        let apart = self.vendor.credentials.iter().all(|spec| !spec.required || !self.values.contains_key(spec.name))
            && self
                .vendor
                .proofs()
                .any(|names| !names.is_empty() && names.iter().all(|name| !required(name) && self.values.contains_key(name)));
        self.vendor.credentials.iter().filter(move |spec| !apart && spec.required && !self.values.contains_key(spec.name))
    }

    /// Those of these credentials without a value.
    pub(crate) fn missing_of(&self, names: &[&str]) -> Vec<&'static CredentialSpec> {
        let wanted = |spec: &&CredentialSpec| names.contains(&spec.name) && !self.values.contains_key(spec.name);
        self.vendor.credentials.iter().filter(wanted).collect()
    }

    /// The value of a credential.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Secret> {
        self.values.get(name)
    }

    /// The vendor whose credentials these are.
    #[must_use]
    pub fn vendor(&self) -> &'static VendorSpec {
        self.vendor
    }

    /// Tells accounts apart without telling a secret: the vendor, the values that are no secrets, and 16 hex digits of a hash over those that are.
    /// The same values give the same key in every process.
    #[must_use]
    pub fn account_key(&self) -> String {
        self.key(|_| true)
    }

    /// The same of these credentials alone: a token, and the quota of calls that carry it, belong to what the token is got with, whatever else a client is given.
    pub(crate) fn account_key_of(&self, names: &[&str]) -> String {
        self.key(|name| names.contains(&name))
    }

    fn key(&self, counts: impl Fn(&str) -> bool) -> String {
        let mut key = self.vendor.name.to_owned();
        let mut hash = HMAC::new(key.as_bytes());
        for spec in self.vendor.credentials.iter().filter(|spec| counts(spec.name)) {
            let Some(value) = self.values.get(spec.name) else { continue };
            if spec.secret {
                hash.update((spec.name.len() as u64).to_be_bytes());
                hash.update(spec.name);
                hash.update((value.expose().len() as u64).to_be_bytes());
                hash.update(value.expose());
            } else {
                key.push(':');
                key.push_str(value.expose());
            }
        }
        key.push(':');
        key.push_str(&hex(&hash.finalize()[..8]));
        key
    }
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
}

impl fmt::Debug for CredentialSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("CredentialSet");
        shown.field("vendor", &self.vendor.name);
        for spec in self.vendor.credentials {
            match self.values.get(spec.name) {
                Some(value) if !spec.secret => shown.field(spec.name, &value.expose()),
                Some(value) => shown.field(spec.name, value),
                None => continue,
            };
        }
        shown.finish()
    }
}

/// Credentials that are required and were not given.
#[derive(Clone, Debug)]
pub struct MissingCredentials {
    vendor: &'static str,
    missing: Vec<CredentialSpec>,
}

impl MissingCredentials {
    /// Short name of the vendor.
    #[must_use]
    pub fn vendor(&self) -> &'static str {
        self.vendor
    }

    /// What is missing.
    #[must_use]
    pub fn missing(&self) -> &[CredentialSpec] {
        &self.missing
    }
}

impl fmt::Display for MissingCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: credentials missing:", self.vendor)?;
        for (position, spec) in self.missing.iter().enumerate() {
            let comma = if position == 0 { "" } else { "," };
            write!(f, "{comma} {} (environment variable {})", spec.name, spec.env)?;
        }
        Ok(())
    }
}

impl std::error::Error for MissingCredentials {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        spec::{Access, BodyKind, EnvelopeSpec, Evidence, Label, Method, OperationSpec, Source},
        table::Table,
    };

    const NAME: Label = Label { zh: "名称", en: "Name" };
    static FIELDS: Table = Table::new("Request", &[]);
    static UNTYPED: OperationSpec = OperationSpec {
        name: "untyped",
        title: NAME,
        source: Source { page: "docs.acme.example", url: None, read: "2026-11-22", evidence: Evidence::Documented },
        method: Method::Post,
        path: "",
        body: BodyKind::Json,
        access: Access::Write,
        permission: None,
        quota: None,
        base_url: None,
        token: None,
        signature: None,
        paging: None,
        errors: &[],
        rules: &[],
        request: &FIELDS,
        customer: None,
    };

    const fn credential(name: &'static str, env: &'static str, secret: bool, required: bool) -> CredentialSpec {
        CredentialSpec { name, env, title: NAME, secret, required }
    }

    static ACME: VendorSpec = VendorSpec {
        name: "acme",
        title: NAME,
        doc_url: "https://docs.acme.example",
        base_url: "https://api.acme.example",
        base_urls: &[],
        envelope: EnvelopeSpec { code: "code", message: &["msg"], data: "data", success: &["0"], others: &[], code_is_text: false },
        tokens: &[],
        signatures: &[],
        credentials: &[
            credential("app_id", "ACME_APP_ID", false, true),
            credential("app_secret", "ACME_APP_SECRET", true, true),
            credential("second_secret", "ACME_SECOND_SECRET", true, false),
        ],
        errors: &[],
        untyped: &UNTYPED,
        operations: &[],
    };

    const CANARY: &str = "canary-4f1d";

    fn full() -> CredentialSet {
        CredentialSet::new(&ACME).with("app_id", "app-1").with("app_secret", CANARY)
    }

    #[test]
    fn a_secret_is_not_shown() {
        let secret = Secret::new(CANARY);
        assert_eq!(format!("{secret:?} {secret} {:#?}", Some(&secret)), "<secret> <secret> Some(\n    <secret>,\n)");
        assert_eq!(secret.expose(), CANARY);
        insta::assert_snapshot!(format!("{:?}", full()), @r#"CredentialSet { vendor: "acme", app_id: "app-1", app_secret: <secret> }"#);
    }

    #[test]
    fn values_are_found_by_name() {
        let set = full().with("second_secret", "").with("app_key", "not of this vendor");
        assert_eq!(set.get("app_id").unwrap().expose(), "app-1");
        assert!(set.get("second_secret").is_none() && set.get("app_key").is_none());
        assert_eq!(set.missing().count(), 0);
        assert!(set.complete().is_ok());
    }

    #[test]
    fn what_is_missing_is_named_with_its_variable() {
        let lookup = |variable: &str| (variable == "ACME_SECOND_SECRET").then(|| CANARY.to_owned());
        let error = CredentialSet::from_lookup(&ACME, lookup).unwrap_err();
        insta::assert_snapshot!(error, @"acme: credentials missing: app_id (environment variable ACME_APP_ID), app_secret (environment variable ACME_APP_SECRET)");
        assert_eq!(error.missing().len(), 2);
        let all = CredentialSet::from_lookup(&ACME, |variable| Some(format!("value of {variable}"))).unwrap();
        assert_eq!(all.get("second_secret").unwrap().expose(), "value of ACME_SECOND_SECRET");
    }

    #[test]
    fn an_account_key_tells_accounts_apart_and_no_secret() {
        let key = full().account_key();
        assert_eq!(key, full().account_key());
        assert!(key.starts_with("acme:app-1:") && key.len() == "acme:app-1:".len() + 16 && !key.contains(CANARY), "{key}");
        let others = [
            full().with("app_id", "app-2"),
            full().with("app_secret", "another"),
            full().with("second_secret", "one more"),
            CredentialSet::new(&ACME).with("app_id", "app-1").with("second_secret", CANARY),
        ];
        for other in others {
            assert_ne!(key, other.account_key(), "{other:?}");
        }
    }

    #[test]
    fn a_clone_is_not_changed_with_its_original() {
        let original = full();
        let changed = original.clone().with("app_id", "app-2");
        assert_eq!((original.get("app_id").unwrap().expose(), changed.get("app_id").unwrap().expose()), ("app-1", "app-2"));
    }
}
