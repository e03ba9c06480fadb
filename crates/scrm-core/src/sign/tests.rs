use std::sync::{
    Mutex,
    atomic::{AtomicU64, Ordering},
};

use serde_json::json;

use super::*;
use crate::{
    encode::{Authorization, RequestBody, encode},
    secret::CredentialSet,
    spec::{BodyKind, EnvelopeSpec, Label, Method, OperationSpec, Place, VendorSpec},
    transport::HttpRequest,
};

/// A made-up clock and nonces that can be told in advance.
#[derive(Default)]
struct Fixed {
    millis: AtomicU64,
    nonces: Mutex<Vec<String>>,
}

impl SigningInputs for Fixed {
    fn unix_millis(&self) -> u64 {
        self.millis.load(Ordering::Relaxed)
    }
    fn nonce(&self, length: u8) -> String {
        self.nonces.lock().unwrap().pop().unwrap_or_else(|| "A".repeat(length.into()))
    }
}

/// What is signed, in place of a digest of it.
fn plain(text: &[u8]) -> String {
    String::from_utf8(text.to_vec()).unwrap()
}

const PARAMETERS: &[(&str, SignatureParameter)] = &[
    ("app_id", SignatureParameter::Credential("app_id")),
    ("nonce", SignatureParameter::Nonce(6)),
    ("timestamp", SignatureParameter::Milliseconds),
];
static PLAIN: SignatureSpec = SignatureSpec::new("plain", plain, PARAMETERS, ("secret", "app_secret"), "sign");
static IN_HEADERS: SignatureSpec = SignatureSpec::new(
    "in_headers",
    plain,
    &[("x-app", SignatureParameter::Credential("app_id")), ("x-time", SignatureParameter::Seconds)],
    ("key", "app_secret"),
    "x-sign",
)
.place(Place::Header);
static UNTYPED: OperationSpec = OperationSpec::new("untyped", Method::Post, "").signature(&PLAIN);
static GET: OperationSpec = OperationSpec::new("get", Method::Get, "/x").body(BodyKind::Query).signature(&PLAIN);
static ACME: VendorSpec = VendorSpec::new(
    "acme",
    Label::new("Acme", "示例"),
    "https://api.acme.example",
    EnvelopeSpec::new("code", &["msg"], "data", &["0"]),
    &UNTYPED,
)
.signatures(&[&PLAIN, &IN_HEADERS])
.credentials(&[CREDENTIALS[0], CREDENTIALS[1]]);
const CREDENTIALS: [CredentialSpec; 2] = [
    CredentialSpec::new("app_id", "ACME_APP_ID", "App", "应用"),
    CredentialSpec::new("app_secret", "ACME_APP_SECRET", "Secret", "密钥").secret(),
];

fn credentials() -> CredentialSet {
    CredentialSet::new(&ACME).with("app_id", "app-1").with("app_secret", "s3cr3t")
}

fn signing(spec: &'static SignatureSpec) -> Signing {
    let inputs = Fixed { millis: 1_700_000_000_123.into(), ..Fixed::default() };
    Signing::new(spec, &credentials(), &inputs).unwrap()
}

fn sent(operation: &OperationSpec, signing: &Signing, request: &serde_json::Value) -> HttpRequest {
    let outgoing = RequestBody::Raw(request.as_object().unwrap());
    encode(outgoing, operation, Authorization::Signature(signing), "https://api.acme.example", "/x").unwrap()
}

#[test]
fn all_parameters_are_signed_in_the_order_of_their_names() {
    let request = json!({
        "tags": ["a", "b"], "name": "王小明", "page": 2, "Zeta": true, "n": null, "nonsense": "x y&z=1", "sign": "not mine", "app_id": "not mine",
    });
    let body: serde_json::Value = serde_json::from_slice(&sent(&UNTYPED, &signing(&PLAIN), &request).body).unwrap();
    let signed = "Zeta=true&app_id=app-1&n=&name=王小明&nonce=AAAAAA&nonsense=x y&z=1&page=2&secret=s3cr3t&tags=[\"a\",\"b\"]&timestamp=1700000000123";
    assert_eq!(body["sign"], signed);
    assert_eq!((&body["app_id"], &body["nonce"], &body["timestamp"]), (&json!("app-1"), &json!("AAAAAA"), &json!("1700000000123")));
    assert!(body.get("secret").is_none());
    assert_eq!(body.as_object().unwrap().len(), 10);
}

#[test]
fn a_query_is_signed_as_it_is_meant_and_not_as_it_is_written() {
    let url = sent(&GET, &signing(&PLAIN), &json!({ "q": "a b/ü" })).url;
    let query: Vec<(String, String)> = form_urlencoded::parse(url.split_once('?').unwrap().1.as_bytes()).into_owned().collect();
    let sign = &query.iter().find(|(name, _)| name == "sign").unwrap().1;
    assert_eq!(sign, "app_id=app-1&nonce=AAAAAA&q=a b/ü&secret=s3cr3t&timestamp=1700000000123");
}

#[test]
fn headers_carry_a_signature_over_what_does_not_travel_there() {
    let request = sent(&GET, &signing(&IN_HEADERS), &json!({ "q": 1 }));
    let header = |name: &str| request.headers.iter().find(|(known, _)| known == name).map(|(_, value)| &**value);
    assert_eq!(header("x-sign"), Some("key=s3cr3t&q=1&x-app=app-1&x-time=1700000000"));
    assert_eq!((header("x-app"), header("x-time")), (Some("app-1"), Some("1700000000")));
    assert!(request.url.ends_with("/x?q=1"), "{}", request.url);
}

#[test]
fn what_is_missing_is_told_and_nothing_is_shown() {
    let missing = Signing::new(&PLAIN, &CredentialSet::new(&ACME).with("app_id", "app-1"), &Fixed::default()).unwrap_err();
    assert_eq!(missing.iter().map(|spec| spec.name).collect::<Vec<_>>(), ["app_secret"]);
    let shown = format!("{:?}", signing(&PLAIN));
    assert_eq!(shown, r#"Signing { signature: "plain", .. }"#);
}

#[test]
fn the_system_gives_other_nonces_each_time_and_a_time_that_can_be() {
    let nonces: std::collections::BTreeSet<String> = (0..1000).map(|_| SystemSigningInputs.nonce(6)).collect();
    assert!(nonces.len() > 990, "{}", nonces.len());
    assert!(nonces.iter().all(|nonce| nonce.len() == 6 && nonce.bytes().all(|byte| byte.is_ascii_alphanumeric())));
    assert!(SystemSigningInputs.unix_millis() > 1_700_000_000_000);
}

/// Worked out with another program, `printf %s … | sha1sum`.
#[cfg(feature = "sha1")]
#[test]
fn known_digests() {
    for (text, digest) in [
        ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (
            "nonce=a1B2c3&opfid=op-made-up&secret=made-up-secret&timestamp=1700000000123&uid=u_made_up_0001",
            "a43ef6eb319cda6062d0b9eb91f940145820ffc7",
        ),
        (
            "Zeta=1&app_id=app-1&n=&name=王小明&nonce=AAAAAA&nonsense=x y&z=1&page=2&secret=s3cr3t&tags=[\"a\",\"b\"]&timestamp=1700000000123",
            "06aa47311a7ea2c83df42765cba0988fa49ffdc6",
        ),
    ] {
        assert_eq!(sha1_hex(text.as_bytes()), digest, "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn neither_the_order_of_the_fields_nor_the_digest_lets_the_secret_out(
        fields in proptest::collection::btree_map("[a-zA-Z_]{1,8}", "[ -~]{0,12}", 0..8),
        secret in "[a-z0-9]{12,20}",
    ) {
        let credentials = CredentialSet::new(&ACME).with("app_id", "app-1").with("app_secret", secret.clone());
        let signing = Signing::new(&PLAIN, &credentials, &Fixed::default()).unwrap();
        let forwards: Vec<_> = fields.iter().collect();
        let backwards: Vec<_> = fields.iter().rev().collect();
        proptest::prop_assert!(signing.over(forwards) == signing.over(backwards));
        let names: Vec<&str> = fields.keys().map(String::as_str).filter(|name| !["secret", "sign"].contains(name)).collect();
        let request = serde_json::Map::from_iter(fields.iter().filter(|(name, _)| names.contains(&name.as_str())).map(|(name, value)| (name.clone(), json!(value))));
        let mut spec = SignatureSpec::new("hidden", |text| format!("{}", text.len()), PARAMETERS, ("secret", "app_secret"), "sign");
        spec.place = Place::Body;
        let hidden = Signing { spec: Box::leak(Box::new(spec)), ..signing };
        let request = encode(RequestBody::Raw(&request), &UNTYPED, Authorization::Signature(&hidden), "https://a.example", "/x").unwrap();
        let body = String::from_utf8(request.body.to_vec()).unwrap();
        proptest::prop_assert!(!body.contains(&secret));
    }
}
