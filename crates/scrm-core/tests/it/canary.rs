//! Known secrets and personal values are fed in everywhere; nothing that can be printed may show them.

use std::{
    fmt::{Debug, Write as _},
    sync::{Arc, Mutex},
};

use acme_client::{Client, lead::ContactFind};
use scrm_core::{
    CustomerKey, Sent,
    hooks::{Attempt, End, Hooks, QuotaWait, Retry, Start, TokenFetch},
    transport::TransportErrorKind as Wire,
    vendor_client,
};
use serde_json::json;

use crate::acme::{Act, SECRET, Script, builder, client, persons};

const PHONE: &str = "13800138000";
const NAME: &str = "韩梅梅";
/// Of somebody else, so that the request does not hold it.
const OTHER: &str = "李雷";
const OPEN_ID: &str = "oAbC1dEfGhIjKlMnOpQrStUvWx42";
const MAIL: &str = "han@acme.example";
/// Beginning of all tokens of the scripts.
const TOKEN: &str = "t0ken-of-acme";
const EXPLICIT: &str = "expl1cit-token/0001";

fn clean(shown: &str) {
    for canary in [PHONE, NAME, OTHER, OPEN_ID, MAIL, TOKEN, EXPLICIT, "expl1cit-token", SECRET, "acme.example/open/v1"] {
        assert!(!shown.contains(canary), "{canary} in {shown}");
    }
}

/// A message that repeats everything the vendor was sent, with this token.
fn echo(token: &str) -> String {
    let slashes = ["\\/", "%2F", "%2f", "%252F", "\\u002f", "&#47;", "&#x2F;", "&amp;#47;"];
    let tokens: Vec<String> = slashes.iter().map(|slash| token.replace('/', slash)).collect();
    let escaped: String = token.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    format!("{PHONE} {MAIL} {OPEN_ID} {escaped} {} {SECRET} https://api.acme.example/open/v1/x", tokens.join(" "))
}

/// Everything that can be printed of an error.
fn tell(error: &scrm_core::Error) -> String {
    let mut shown = format!("{error} {error:?} {error:#?} {:?} {:?}", error.vendor_message(), error.raw_body());
    let _ = write!(shown, " {}", serde_json::to_string(error).unwrap());
    for violation in error.violations() {
        let _ = write!(shown, " {violation} {violation:?}");
    }
    let _ = write!(shown, " {:?} {:?} {:?}", error.json_path(), error.vendor_code(), error.bad_row());
    shown.replace("https://docs.acme.example", "")
}

/// Writes down all that hooks are told.
#[derive(Default)]
struct Told(Mutex<String>);

impl Told {
    fn push(&self, event: &dyn Debug) {
        let _ = write!(self.0.lock().unwrap(), "{event:?} ");
    }
}

impl Hooks for Told {
    fn start(&self, event: &Start<'_>) {
        self.push(event);
    }
    fn attempt(&self, event: &Attempt<'_>) {
        self.push(event);
    }
    fn retry(&self, event: &Retry<'_>) {
        self.push(event);
    }
    fn token_fetch(&self, event: &TokenFetch<'_>) {
        self.push(event);
    }
    fn quota_wait(&self, event: &QuotaWait<'_>) {
        self.push(event);
    }
    fn end(&self, event: &End<'_>) {
        self.push(event);
    }
}

/// Every way in which a call can fail.
fn acts(echo: &str) -> Vec<Act> {
    let body = |code: &str| {
        format!(
            r#"{{"code":{code},"msg":"{echo} {NAME}","data":{{"name":"{OTHER}","{OTHER}":1,"list":[{{"name":"{OTHER}","new":"{OTHER}","phone":{{"a":1}}}}]}}}}"#
        )
    };
    let mut acts: Vec<Act> = ["19", "12", "20", "25", "8", &format!("\"{PHONE}\""), "null"].map(|code| Act::Body(200, body(code))).into();
    acts.extend([200, 302, 401, 403, 429, 502].map(|status| Act::Body(status, format!("<html>{} {NAME}</html>", echo))));
    acts.push(Act::Body(200, format!(r#"{{"code":0,"data":{{"total":{{"{PHONE}":"{} {NAME}"}}}}}}"#, echo)));
    acts.push(Act::Body(200, format!(r#"{{"code":0,"data":{{"{PHONE}":"{OTHER}","list":[]}}}}"#)));
    acts.push(Act::Body(
        200,
        format!(r#"{{"code":0,"data":{{"list":[{{"name":"{OTHER}","phone":"{PHONE}","user_id":"{OPEN_ID}"}}],"total":[]}}}}"#),
    ));
    acts.push(Act::Body(200, format!(r#"{{"code":0,"data":{{"list":[{{"name":"{OTHER}","phone":"13"#)));
    acts.push(Act::Body(200, format!(r#"Warning: in line 7 {{"code":0,"data":{{"list":[{{"name":"{OTHER}"}}]}}}}"#)));
    // what a gateway makes of everything: two megabytes that are all masked, and the secrets behind them
    acts.push(Act::Body(200, format!("{}{echo}", "1".repeat(2_000_000))));
    acts.extend([Sent::No, Sent::Unknown, Sent::Yes].map(|sent| Act::Fail(Wire::Broken, sent)));
    acts.push(Act::Hang);
    acts
}

#[tokio::test(start_paused = true)]
async fn no_error_shows_a_secret() {
    for token in ["t0ken-of-acme-1", EXPLICIT] {
        for act in acts(&echo(token)) {
            let told = Arc::new(Told::default());
            let builder = builder(&Script::new(vec![act; 5])).hooks(told.clone());
            let client: Client = if token == EXPLICIT { builder.token(EXPLICIT) } else { builder }.build().unwrap();
            // The request carries a personal value, so that its echo is known for what it is.
            let call = client.call(persons().with_phone(NAME)).strict(true);
            clean(&format!("{call:?} {client:?}"));
            let error = call.await.unwrap_err();
            clean(&tell(&error).replace("https://api.acme.example/open/v1/x", "").replace("t0ken-of-acme-2", "refreshed"));
            clean(&format!("{} {:?} {}", client.drift(), client.drift(), told.0.lock().unwrap()));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn no_token_failure_shows_a_secret() {
    // No token was given out yet that could be repeated.
    for act in acts(&format!("{PHONE} {MAIL} {SECRET} https://api.acme.example/open/v1/x")) {
        let (client, script) = client([]);
        script.token_acts.lock().unwrap().extend(vec![act; 12]);
        let error = client.call(persons().with_phone(NAME)).await.unwrap_err();
        clean(&tell(&error).replace("https://api.acme.example/open/v1/x", "").replace(NAME, ""));
    }
}

#[tokio::test(start_paused = true)]
async fn no_broken_rule_shows_a_personal_value() {
    let (client, _script) = client([]);
    let error = client.call(persons().with_phone(PHONE).with_page_size(99)).await.unwrap_err();
    clean(&tell(&error));
}

#[tokio::test(start_paused = true)]
async fn no_answer_shows_a_personal_value() {
    let rows = format!(
        r#"{{"list":[{{"user_id":"u_1","name":"{NAME}","phone":"{PHONE}"}},{{"user_id":{{"{PHONE}":"{NAME}"}}}}],"total":2,"{PHONE}":"{NAME}"}}"#
    );
    let whole = format!(r#"{{"code":0,"msg":"{PHONE} {MAIL}","data":{rows},"echo":"{TOKEN}-1"}}"#);
    let (client, script) = client(vec![Act::Body(200, whole); 6]);
    let typed = client.call(persons().with_phone(PHONE)).collect_drift().await.unwrap();
    assert_eq!(typed.data.list[0].phone.as_deref(), Some(PHONE));
    clean(&format!("{typed:?}"));
    let raw_call = client.call_raw("x", json!({"phone": PHONE}));
    clean(&format!("{raw_call:?}"));
    clean(&format!("{:?}", raw_call.await.unwrap()));
    let mut pages = client.call(persons()).paginate().pages();
    clean(&format!("{:?} {pages:?}", pages.next().await.unwrap().unwrap()));
    let mut items = client.call(persons()).paginate().items();
    clean(&format!("{items:?}"));
    loop {
        match items.next().await {
            Ok(None) => break,
            Ok(Some(user)) => clean(&format!("{user:?}")),
            Err(error) => clean(&tell(&error)),
        }
    }
    let key = CustomerKey::phone(PHONE);
    let contacts = format!(r#"[{{"id":7,"name":"{NAME}","phone":"{PHONE}"}},{{"id":{{"{PHONE}":"{NAME}"}}}}]"#);
    let (finder, _script) = crate::acme::client([Act::ok(&contacts)]);
    let found = vendor_client::find(finder.core(), ContactFind::new().with_phone(PHONE), &key, true).await.unwrap();
    assert_eq!(found.len(), 1);
    clean(&format!("{key:?} {found:?}"));
    for request in script.seen() {
        clean(&format!("{request:?}").replace("https://api.acme.example/open/v1", ""));
    }
    clean(&format!("{:?} {:?}", builder(&script).token(EXPLICIT), client.core().credentials()));
}
