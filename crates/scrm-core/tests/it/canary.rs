//! Known secrets and personal values are fed in everywhere; nothing that can be printed may show them.

use std::fmt::Write as _;

use scrm_core::{CustomerKey, Sent, VendorClient as _, transport::TransportErrorKind as Wire};
use serde_json::json;

use crate::acme::{Act, Client, SECRET, Script, UserList, builder, client};

const PHONE: &str = "13800138000";
const NAME: &str = "韩梅梅";
const MAIL: &str = "han@acme.example";
/// Beginning of all tokens of the scripts.
const TOKEN: &str = "t0ken-of-acme";
const EXPLICIT: &str = "expl1cit-token/0001";

fn clean(shown: &str) {
    for canary in [PHONE, NAME, MAIL, TOKEN, EXPLICIT, "expl1cit-token", SECRET, "acme.example/v1"] {
        assert!(!shown.contains(canary), "{canary} in {shown}");
    }
}

/// A message that repeats everything the vendor was sent, with this token.
fn echo(token: &str) -> String {
    let (escaped, encoded) = (token.replace('/', "\\/"), token.replace('/', "%2F"));
    format!("{PHONE} {MAIL} {escaped} {encoded} {SECRET} https://api.acme.example/v1/x")
}

/// Everything that can be printed of an error.
fn tell(error: &scrm_core::Error) -> String {
    let mut shown = format!("{error} {error:?} {error:#?} {:?} {:?}", error.vendor_message(), error.raw_body());
    for violation in error.violations() {
        let _ = write!(shown, " {violation} {violation:?}");
    }
    let _ = write!(shown, " {:?} {:?} {:?}", error.json_path(), error.vendor_code(), error.bad_row());
    shown.replace("https://docs.acme.example", "")
}

/// Every way in which a call can fail.
fn acts(echo: &str) -> Vec<Act> {
    let body = |code: &str| format!(r#"{{"code":{code},"msg":"{echo} {NAME}","data":{{"name":"{NAME}","list":[{{"phone":{{"a":1}}}}]}}}}"#);
    let mut acts: Vec<Act> =
        ["3000", "4001", "4290", "5002", "8", &format!("\"{PHONE}\""), "null"].map(|code| Act::Body(200, body(code))).into();
    acts.extend([200, 302, 401, 403, 429, 502].map(|status| Act::Body(status, format!("<html>{} {NAME}</html>", echo))));
    acts.push(Act::Body(200, format!(r#"{{"code":0,"data":{{"total":{{"{PHONE}":"{} {NAME}"}}}}}}"#, echo)));
    acts.push(Act::Body(200, format!(r#"{{"code":0,"data":{{"{PHONE}":"{NAME}","list":[]}}}}"#)));
    acts.extend([Sent::No, Sent::Unknown, Sent::Yes].map(|sent| Act::Fail(Wire::Broken, sent)));
    acts.push(Act::Hang);
    acts
}

#[tokio::test(start_paused = true)]
async fn no_error_shows_a_secret() {
    for token in ["t0ken-of-acme-1", EXPLICIT] {
        for act in acts(&echo(token)) {
            let builder = builder(&Script::new(vec![act; 5]));
            let client: Client = if token == EXPLICIT { builder.token(EXPLICIT) } else { builder }.build().unwrap();
            // The request carries a personal value, so that its echo is known for what it is.
            let call = client.0.call(UserList::new().with_phone(NAME)).strict(true);
            clean(&format!("{call:?} {client:?}"));
            let error = call.await.unwrap_err();
            clean(&tell(&error).replace("https://api.acme.example/v1/x", "").replace("t0ken-of-acme-2", "refreshed"));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn no_token_failure_shows_a_secret() {
    // No token was given out yet that could be repeated.
    for act in acts(&format!("{PHONE} {MAIL} {SECRET} https://api.acme.example/v1/x")) {
        let (client, script) = client([]);
        script.token_acts.lock().unwrap().extend(vec![act; 12]);
        let error = client.0.call(UserList::new().with_phone(NAME)).await.unwrap_err();
        clean(&tell(&error).replace("https://api.acme.example/v1/x", "").replace(NAME, ""));
    }
}

#[tokio::test(start_paused = true)]
async fn no_broken_rule_shows_a_personal_value() {
    let (client, _script) = client([]);
    let error = client.0.call(UserList::new().with_phone(PHONE).with_page_size(99)).await.unwrap_err();
    clean(&tell(&error));
}

#[tokio::test(start_paused = true)]
async fn no_answer_shows_a_personal_value() {
    let rows = format!(
        r#"{{"list":[{{"user_id":"u_1","name":"{NAME}","phone":"{PHONE}"}},{{"user_id":{{"{PHONE}":"{NAME}"}}}}],"total":2,"{PHONE}":"{NAME}"}}"#
    );
    let whole = format!(r#"{{"code":0,"msg":"{PHONE} {MAIL}","data":{rows},"echo":"{TOKEN}-1"}}"#);
    let (client, script) = client(vec![Act::Body(200, whole); 6]);
    let typed = client.0.call(UserList::new().with_phone(PHONE)).collect_drift().await.unwrap();
    assert_eq!(typed.data.list[0].phone.as_deref(), Some(PHONE));
    clean(&format!("{typed:?}"));
    let raw_call = client.0.call_raw("x", json!({"phone": PHONE}));
    clean(&format!("{raw_call:?}"));
    clean(&format!("{:?}", raw_call.await.unwrap()));
    let mut pages = client.0.call(UserList::new()).paginate().pages();
    clean(&format!("{:?} {pages:?}", pages.next().await.unwrap().unwrap()));
    let mut items = client.0.call(UserList::new()).paginate().items();
    clean(&format!("{items:?}"));
    loop {
        match items.next().await {
            Ok(None) => break,
            Ok(Some(user)) => clean(&format!("{user:?}")),
            Err(error) => clean(&tell(&error)),
        }
    }
    let key = CustomerKey::phone(PHONE);
    let found = client.find_customers(&key).await.unwrap();
    assert_eq!(found.len(), 1);
    clean(&format!("{key:?} {found:?}"));
    for request in script.seen() {
        clean(&format!("{request:?}").replace("https://api.acme.example/v1", ""));
    }
    clean(&format!("{:?} {:?}", builder(&script).token(EXPLICIT), client.0.credentials()));
}
