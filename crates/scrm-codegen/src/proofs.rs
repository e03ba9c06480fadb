//! By what calls prove who calls: kinds of token, and signatures.

use scrm_schema::model::{Evidence, Filling, Label, Operation, Vendor};

use crate::names;

/// A kind of token, or a signature.
pub(crate) struct Proof<'a> {
    pub(crate) name: &'a str,
    /// `token` or `signature`.
    pub(crate) what: &'static str,
    /// Names of the credentials that it is made of.
    pub(crate) credentials: Vec<&'a str>,
    /// What else is to be known of it.
    pub(crate) label: Label,
    pub(crate) evidence: Evidence,
}

impl Proof<'_> {
    /// The constructor of credentials for its calls alone.
    pub(crate) fn constructor(&self) -> String {
        format!("for_{}", names::snake(self.name))
    }
}

/// All of a vendor's: tokens, then signatures.
pub(crate) fn all(vendor: &Vendor) -> Vec<Proof<'_>> {
    let tokens = vendor.file.tokens.iter().map(|token| {
        let credentials = token.parameters.values().filter_map(|filling| match filling {
            Filling::Credential(name) => Some(name.as_str()),
            Filling::Constant(_) | Filling::Constants(_) => None,
        });
        Proof { name: &token.name, what: "token", credentials: credentials.collect(), label: Label::default(), evidence: token.evidence }
    });
    let signatures = vendor.file.signatures.iter().map(|signature| Proof {
        name: &signature.name,
        what: "signature",
        credentials: signature.credentials().collect(),
        label: Label { zh: signature.zh.clone(), en: signature.en.clone() },
        evidence: signature.evidence,
    });
    tokens.chain(signatures).collect()
}

/// Those whose credentials are all optional, so that a client can be for such calls alone.
pub(crate) fn apart(vendor: &Vendor) -> Vec<Proof<'_>> {
    let required = |name: &str| vendor.file.credentials.iter().any(|credential| credential.required && credential.name == name);
    let mut proofs = all(vendor);
    proofs.retain(|proof| !proof.credentials.is_empty() && !proof.credentials.iter().any(|name| required(name)));
    proofs
}

/// Name of the constructor that gives what an operation needs, and the credentials it takes.
pub(crate) fn constructor<'a>(vendor: &'a Vendor, operation: &Operation) -> (String, Vec<&'a str>) {
    let needs = operation.token.as_ref().or(operation.signature.as_ref());
    match apart(vendor).into_iter().find(|proof| needs.is_some_and(|name| name == proof.name)) {
        Some(proof) => (proof.constructor(), proof.credentials),
        None => {
            let required = vendor.file.credentials.iter().filter(|credential| credential.required);
            ("new".to_owned(), required.map(|credential| credential.name.as_str()).collect())
        }
    }
}
