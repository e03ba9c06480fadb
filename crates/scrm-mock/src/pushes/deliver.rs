//! Sending, and sending again by the documented clock.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use axum::body::{Body, to_bytes};
use hyper::{Request, client::conn::http1::handshake};
use hyper_util::rt::TokioIo;
use serde_json::{Map, Value, json};
use tokio::{net::TcpStream, time::sleep};

use scrm_push::{ParameterSeal, WechatSeal};
use scrm_schema::model::{Delivery, Protection};

use super::{PushDesk, PushState, Subscription, body::clear, pause};
use crate::chance::{happens, mix};

/// How long an answer may be, in bytes.
const LONGEST: usize = 64 * 1024;
/// How long the vendor waits where nothing is documented.
const PATIENCE: u32 = 5;

/// A push on its way.
pub(super) struct Parcel {
    pub(super) number: usize,
    pub(super) message_id: String,
    pub(super) sender: String,
    pub(super) content: Map<String, Value>,
    pub(super) delivery: Delivery,
    pub(super) kind: String,
    pub(super) flat: bool,
    /// Field of the content that tells it from others.
    pub(super) id: Option<String>,
    pub(super) chance: u64,
    pub(super) subscription: Subscription,
}

/// What is wrong with what is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trick {
    None,
    Damaged,
    Foreign,
}

/// Delivers a push: until it is taken, or the last documented repetition was in vain.
pub(super) async fn deliver(desk: Arc<PushDesk>, parcel: Parcel) {
    let Subscription { doubled, damaged, foreign, shuffled, speed, .. } = parcel.subscription;
    let chance = |number: u64| mix(parcel.chance, number);
    if shuffled {
        sleep(Duration::from_millis(chance(1) % 40)).await;
    }
    if happens(chance(2), damaged) {
        send(&parcel, 0, Trick::Damaged).await;
    }
    if happens(chance(3), foreign) {
        send(&parcel, 0, Trick::Foreign).await;
    }
    let pauses = std::iter::once(0).chain(parcel.delivery.repeats.iter().copied());
    for (attempt, seconds) in pauses.enumerate() {
        sleep(pause(seconds, speed)).await;
        let (status, reply) = if happens(chance(4), doubled) {
            let (one, other) = tokio::join!(send(&parcel, attempt, Trick::None), send(&parcel, attempt, Trick::None));
            if took(&parcel.delivery, &one) { one } else { other }
        } else {
            send(&parcel, attempt, Trick::None).await
        };
        let taken = took(&parcel.delivery, &(status, reply.clone()));
        desk.change(parcel.number, |record| {
            record.attempts.push(status);
            record.reply = reply.chars().take(1024).collect();
            if taken {
                record.state = PushState::Taken;
            }
        });
        if taken {
            return;
        }
    }
    desk.change(parcel.number, |record| record.state = PushState::Dropped);
}

/// Whether an answer is the documented success: the text, or an object with the same code.
fn took(delivery: &Delivery, (status, reply): &(u16, String)) -> bool {
    let success = match &delivery.reply.success {
        Value::String(text) => reply.trim() == text,
        Value::Object(wanted) => {
            let reply: Value = serde_json::from_str(reply).unwrap_or_default();
            wanted
                .get("code")
                .is_some_and(|code| reply.get("code").is_some_and(|found| crate::fill::plain(found) == crate::fill::plain(code)))
        }
        _ => false,
    };
    *status == 200 && success
}

/// Status and body of the answer; 0: nobody answered in time.
async fn send(parcel: &Parcel, attempt: usize, trick: Trick) -> (u16, String) {
    let patience = Duration::from_secs(u64::from(parcel.delivery.seconds.unwrap_or(PATIENCE)));
    let (query, body, kind) = sealed(parcel, attempt, trick);
    let answered = tokio::time::timeout(patience, post(&parcel.subscription.url, &query, body, kind)).await;
    answered.ok().flatten().unwrap_or_default()
}

/// Query, body and content type, sealed as the vendor's are.
fn sealed(parcel: &Parcel, attempt: usize, trick: Trick) -> (String, Vec<u8>, &'static str) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let nonce = format!("{:08x}", mix(parcel.chance, 1000 + attempt as u64) as u32);
    let Subscription { token, key, .. } = &parcel.subscription;
    let token = if trick == Trick::Foreign { format!("{token}x") } else { token.clone() };
    let mut body = clear(parcel, attempt);
    match parcel.delivery.protection {
        Protection::Wechat if !key.is_empty() => {
            let random = mix(parcel.chance, 2000 + attempt as u64).to_be_bytes();
            let random = std::array::from_fn(|at| random.get(at % 8).copied().unwrap_or_default());
            let Ok(seal) = WechatSeal::new(token, key, parcel.sender.clone()) else { return (String::new(), body, "text/xml") };
            let mut sealed = seal.seal(&body, now.as_secs(), &nonce, random);
            if trick == Trick::Damaged {
                sealed.body = sealed.body.replacen("CDATA[", "CDATA[AAAA", 1);
            }
            (sealed.query, sealed.body.into_bytes(), "text/xml")
        }
        Protection::Parameters if !token.is_empty() => {
            let mut object: Map<String, Value> = serde_json::from_slice(&body).unwrap_or_default();
            let now = u64::try_from(now.as_millis()).unwrap_or_default();
            object.insert("nonce".to_owned(), json!(nonce));
            object.insert("timestamp".to_owned(), json!(now));
            if let Some(told) = object.get_mut("secret") {
                *told = json!(token);
            }
            let signature = ParameterSeal::new(token).sign(&object);
            object.insert("signature".to_owned(), json!(signature));
            if trick == Trick::Damaged {
                object.insert("nonce".to_owned(), json!("damaged"));
            }
            (String::new(), serde_json::to_vec(&object).unwrap_or_default(), "application/json")
        }
        _ => {
            // In clear, nothing tells a wrong sender; what is damaged is cut.
            if trick != Trick::None {
                body.truncate(body.len() / 2);
            }
            let kind = if body.first() == Some(&b'{') { "application/json" } else { "text/xml" };
            (String::new(), body, kind)
        }
    }
}

/// The socket address and the path of a URL of this machine.
pub(super) fn address(url: &str) -> Option<(SocketAddr, String)> {
    let rest = url.strip_prefix("http://")?;
    let (authority, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let (host, port) = authority.rsplit_once(':').unwrap_or((authority, "80"));
    let host = if host == "localhost" { "127.0.0.1" } else { host.trim_start_matches('[').trim_end_matches(']') };
    let address: std::net::IpAddr = host.parse().ok()?;
    address.is_loopback().then_some((SocketAddr::new(address, port.parse().ok()?), path.to_owned()))
}

async fn post(url: &str, query: &str, body: Vec<u8>, kind: &str) -> Option<(u16, String)> {
    let (address, path) = address(url)?;
    let stream = TcpStream::connect(address).await.ok()?;
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await.ok()?;
    let driver = tokio::spawn(connection);
    let joined = match (query.is_empty(), path.contains('?')) {
        (true, _) => path,
        (false, true) => format!("{path}&{query}"),
        (false, false) => format!("{path}?{query}"),
    };
    let request = Request::post(joined).header("host", address.to_string()).header("content-type", kind).body(Body::from(body)).ok()?;
    let response = sender.send_request(request).await.ok()?;
    let status = response.status().as_u16();
    let body = to_bytes(Body::new(response.into_body()), LONGEST).await.ok()?;
    driver.abort();
    Some((status, String::from_utf8_lossy(&body).into_owned()))
}
