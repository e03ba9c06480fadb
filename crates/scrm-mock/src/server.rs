//! From HTTP to a call and back, with the faults of the wire.

use std::{convert::Infallible, net::IpAddr, sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use futures_util::stream;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::Value;
use tokio::{net::TcpListener, sync::oneshot, task::JoinSet};

use scrm_schema::model::{Situation, Type};

use crate::{
    answer::{Answer, answer},
    chance::mix,
    control, failure,
    faults::Fault,
    fill::plain,
    line::{Knife, accept},
    records::Record,
    request, spoil,
    world::{Route, Target, World},
};

/// Longest request body that is read, in bytes.
const LONGEST_BODY: usize = 16 << 20;
/// How long a client may take to send the head of a request, and how long a connection may idle.
const HEADER_TIME: Duration = Duration::from_secs(30);
/// Header that marks an answer that shows only what every answer of its operation has.
pub const UNVERIFIED_HEADER: &str = "x-mock-unverified";

/// Serves until told to stop; what is under way is dropped then.
pub(crate) async fn serve(listener: TcpListener, world: Arc<World>, mut stop: oneshot::Receiver<()>) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEADER_TIME);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            (line, knife) = accept(&listener) => {
                let world = world.clone();
                let service = service_fn(move |request: hyper::Request<Incoming>| {
                    let (world, knife) = (world.clone(), knife.clone());
                    async move { Ok::<_, Infallible>(handle(world, knife, request.map(Body::new)).await) }
                });
                connections.spawn(http.serve_connection(TokioIo::new(line), service));
            }
            Some(_) = connections.join_next() => {}
            _ = &mut stop => return,
        }
    }
}

async fn handle(world: Arc<World>, knife: Knife, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let path = head.uri.path().to_owned();
    let method = head.method.as_str().to_owned();
    let headers = head
        .headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    let mut incoming =
        request::Incoming { method, path, query: head.uri.query().unwrap_or_default().to_owned(), headers, body: Vec::new() };
    if incoming.path.starts_with("/_control") {
        if let Some(origin) = incoming.header("origin").filter(|origin| !is_local(origin)) {
            return text(
                StatusCode::FORBIDDEN,
                &format!("pages of {origin} may not control this server, only programs and pages of this machine"),
            );
        }
        return match to_bytes(body, LONGEST_BODY).await {
            Ok(body) => control::handle(&world, &incoming.method, &incoming.path, &body),
            Err(_) => text(StatusCode::PAYLOAD_TOO_LARGE, "the body is too long or was cut off"),
        };
    }
    if let Some(name) = incoming.path.strip_prefix("/openapi/").and_then(|name| name.strip_suffix(".json")) {
        return openapi(&world, name, incoming.header("host").unwrap_or("127.0.0.1"));
    }
    let route = world.route(&incoming.method, &incoming.path);
    let struck = match route {
        Route::Found(target) => strike(&world, target),
        _ => Vec::new(),
    };
    let mut record = record(&world, &incoming, route, &struck);
    if struck.contains(&Fault::CutBefore) {
        world.records().add(record);
        return cut(&knife);
    }
    let late = if struck.is_empty() { Duration::ZERO } else { lateness(&world, route, &struck) };
    let Ok(read) = to_bytes(body, LONGEST_BODY).await else {
        record.status = 413;
        world.records().add(record);
        return text(StatusCode::PAYLOAD_TOO_LARGE, "the body is too long or was cut off");
    };
    incoming.body = read.to_vec();
    if !late.is_zero() {
        tokio::time::sleep(late).await;
    }
    let response = respond(&world, route, &incoming, &struck, &mut record);
    let cut_after = struck.contains(&Fault::CutAfter);
    if cut_after {
        record.status = 0;
    }
    world.records().add(record);
    if cut_after { cut(&knife) } else { response }
}

/// Whether the page that asks stands on this machine. Programs send no origin at all; browsers always do when they change something.
fn is_local(origin: &str) -> bool {
    let authority = origin.split_once("://").map_or("", |(_, rest)| rest);
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The vendor's OpenAPI document, with this server as its server.
fn openapi(world: &World, name: &str, host: &str) -> Response {
    let Some(vendor) = world.vendor_number(name).and_then(|number| world.vendor(number)) else {
        return text(StatusCode::NOT_FOUND, "no vendor is called so");
    };
    let mut document = scrm_schema::openapi::document(vendor);
    let here = Value::String(format!("http://{host}/{name}"));
    if let Some(url) = document.pointer_mut("/servers/0/url") {
        *url = here;
    }
    // All of a vendor's base URLs are here.
    for operation in document.pointer_mut("/paths").and_then(Value::as_object_mut).into_iter().flat_map(|paths| paths.values_mut()) {
        for operation in operation.as_object_mut().into_iter().flat_map(|verbs| verbs.values_mut()).filter_map(Value::as_object_mut) {
            operation.shift_remove("servers");
        }
    }
    json(StatusCode::OK, &document)
}

fn strike(world: &World, target: Target) -> Vec<Fault> {
    let mut faults = world.faults();
    match world.operation(target) {
        Some((vendor, operation)) if !faults.is_empty() => faults.strike(&vendor.file.vendor, &operation.name),
        _ => Vec::new(),
    }
}

fn lateness(world: &World, route: Route, struck: &[Fault]) -> Duration {
    let calls = match route {
        Route::Found(target) => calls_before(world, target),
        _ => 0,
    };
    world.faults().lateness(struck, calls)
}

/// How many calls of this operation were recorded.
fn calls_before(world: &World, target: Target) -> u64 {
    let Some((vendor, operation)) = world.operation(target) else { return 0 };
    world.records().calls().get(&format!("{}/{}", vendor.file.vendor, operation.name)).copied().unwrap_or(0)
}

fn record(world: &World, incoming: &request::Incoming, route: Route, struck: &[Fault]) -> Record {
    let (vendor, operation) = match route {
        Route::Found(target) | Route::WrongMethod(target) => {
            world.operation(target).map(|(vendor, operation)| (vendor.file.vendor.clone(), operation.name.clone())).unwrap_or_default()
        }
        Route::Unknown(vendor) => (world.vendor(vendor).map(|vendor| vendor.file.vendor.clone()).unwrap_or_default(), String::new()),
        Route::Nowhere => Default::default(),
    };
    Record {
        number: 0,
        at: world.clock.elapsed_millis(),
        vendor,
        operation,
        shop: None,
        method: incoming.method.clone(),
        path: incoming.path.clone(),
        parameters: Value::Null,
        status: 0,
        code: String::new(),
        faults: struck.iter().map(name).collect(),
        unverified: false,
    }
}

/// A fault's name as in its JSON.
fn name(fault: &Fault) -> String {
    match serde_json::to_value(fault) {
        Ok(Value::String(name)) => name,
        Ok(Value::Object(map)) => map.keys().next().cloned().unwrap_or_default(),
        _ => String::new(),
    }
}

fn respond(world: &World, route: Route, incoming: &request::Incoming, struck: &[Fault], record: &mut Record) -> Response {
    record.status = 200;
    for fault in struck {
        match fault {
            Fault::Status { status, retry_after } => {
                record.status = *status;
                arrived(world, route, incoming);
                return status_answer(*status, *retry_after);
            }
            Fault::Html => {
                arrived(world, route, incoming);
                return typed(Body::from("<!DOCTYPE html><html><body><h1>The site is being serviced</h1></body></html>"), "text/html");
            }
            _ => {}
        }
    }
    let (vendor, answered) = match route {
        Route::Found(target) => (world.vendor(target.0), answered(world, target, incoming, struck)),
        Route::WrongMethod(target) => (world.vendor(target.0), failed(world, target.0, Some(target), Situation::WrongMethod)),
        Route::Unknown(vendor) => (world.vendor(vendor), failed(world, vendor, None, Situation::UnknownPath)),
        Route::Nowhere => (None, None),
    };
    let (Some(vendor), Some(answer)) = (vendor, answered) else {
        record.status = 404;
        let names: Vec<String> = world.tree.vendors.iter().map(|vendor| format!("/{}", vendor.file.vendor)).collect();
        return text(StatusCode::NOT_FOUND, &format!("no vendor has this path; base URLs here: {}", names.join(" ")));
    };
    record.shop = answer.shop;
    record.parameters = answer.parameters;
    record.unverified = answer.unverified;
    record.code = answer.body.get(&vendor.file.envelope.code).map(plain).unwrap_or_default();
    let body = answer.text.unwrap_or_else(|| serde_json::to_vec(&answer.body).unwrap_or_default());
    let mut response = wire(body, struck);
    if answer.unverified {
        response.headers_mut().insert(UNVERIFIED_HEADER, HeaderValue::from_static("only what every answer of this operation has"));
    }
    response
}

/// A call that something in front of the vendor answers has still used up the quota's window.
fn arrived(world: &World, route: Route, incoming: &request::Incoming) {
    if let Route::Found(target) = route {
        crate::answer::arrived(world, target, incoming);
    }
}

/// The answer with its values spoiled as the faults want.
fn answered(world: &World, target: Target, incoming: &request::Incoming, struck: &[Fault]) -> Option<Answer> {
    let mut answer = answer(world, target, incoming, struck)?;
    if struck.is_empty() {
        return Some(answer);
    }
    let (vendor, operation) = world.operation(target)?;
    let data = &vendor.file.envelope.data;
    let chance = mix(world.seed, calls_before(world, target));
    spoil::spoil(&mut answer.body, struck, data, answer.rows.as_deref(), chance);
    if struck.contains(&Fault::NewEnumValues) {
        let fields = operation.objects.values().filter(|object| object.used.response).flat_map(|object| &object.fields);
        let names: Vec<String> = fields.filter(|field| matches!(field.ty, Type::Enum(_))).map(|field| field.name.clone()).collect();
        spoil::new_enum_values(&mut answer.body, data, &names);
    }
    Some(answer)
}

fn failed(world: &World, vendor: usize, target: Option<Target>, situation: Situation) -> Option<Answer> {
    let operation = target.and_then(|target| world.operation(target)).map(|(_, operation)| operation);
    let body = failure::body(world.vendor(vendor)?, operation, situation, "", "");
    Some(Answer { body, text: None, shop: None, parameters: Value::Null, unverified: false, rows: None })
}

/// The body as it goes over the wire.
fn wire(body: Vec<u8>, struck: &[Fault]) -> Response {
    let kind = if struck.contains(&Fault::WrongContentType) { "text/html; charset=utf-8" } else { "application/json; charset=utf-8" };
    for fault in struck {
        match fault {
            Fault::EmptyBody => return typed(Body::empty(), kind),
            Fault::Truncated => return truncated(body, kind),
            Fault::Chunked { bytes } => return typed(chunked(body, *bytes), kind),
            _ => {}
        }
    }
    typed(Body::from(body), kind)
}

/// Announces all, sends half, then breaks off.
fn truncated(body: Vec<u8>, kind: &str) -> Response {
    let whole = body.len();
    let half = Bytes::from(body).slice(..whole / 2);
    let broken = || Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset));
    // The pause lets the first half leave before the connection breaks.
    let parts = stream::unfold(Some(Some(half)), move |state| async move {
        match state? {
            Some(half) => Some((Ok(half), Some(None))),
            None => {
                tokio::time::sleep(Duration::from_millis(5)).await;
                Some((broken(), None))
            }
        }
    });
    let mut response = typed(Body::from_stream(parts), kind);
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(whole));
    response
}

fn chunked(body: Vec<u8>, bytes: usize) -> Body {
    let pieces: Vec<Result<Bytes, std::io::Error>> = body.chunks(bytes.max(1)).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    Body::from_stream(stream::iter(pieces))
}

fn status_answer(status: u16, retry_after: Option<u32>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = text(status, status.canonical_reason().unwrap_or("error"));
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn cut(knife: &Knife) -> Response {
    knife.cut();
    Response::new(Body::empty())
}

fn typed(body: Body, kind: &str) -> Response {
    let mut response = Response::new(body);
    if let Ok(kind) = HeaderValue::from_str(kind) {
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    response
}

pub(crate) fn json(status: StatusCode, value: &Value) -> Response {
    let mut response = typed(Body::from(value.to_string()), "application/json; charset=utf-8");
    *response.status_mut() = status;
    response
}

pub(crate) fn text(status: StatusCode, text: &str) -> Response {
    let mut response = typed(Body::from(text.to_owned()), "text/plain; charset=utf-8");
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpStream,
    };

    use super::*;
    use crate::{people::People, world::Switches};

    /// A server, and what it answers to these bytes until it closes the connection.
    async fn said(bytes: &str) -> String {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../acme-client/schemas");
        let world = Arc::new(World::new(scrm_schema::load(&folder).unwrap(), 7, 1, People::new(7, 20, Vec::new()), Switches::default()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (_stop, stopped) = oneshot::channel();
        tokio::spawn(serve(listener, world, stopped));
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(bytes.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn pages_from_elsewhere_do_not_control_the_box() {
        let reset = |origin: &str| {
            format!("POST /_control/reset HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-length: 0\r\n{origin}\r\n")
        };
        for foreign in ["https://evil.example", "null", "http://127.0.0.1.evil.example:80", "http://localhost.evil.example"] {
            let answer = said(&reset(&format!("origin: {foreign}\r\n"))).await;
            assert!(answer.starts_with("HTTP/1.1 403") && answer.contains(foreign), "{answer}");
        }
        for local in ["", "origin: http://localhost:8080\r\n", "origin: http://127.0.0.1:80\r\n", "origin: http://[::1]:8080\r\n"] {
            let answer = said(&reset(local)).await;
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_never_ends_its_head_is_let_go() {
        assert_eq!(said("POST /acme/x HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: ").await, "");
    }

    #[test]
    fn many_old_people_come_and_go_at_once() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../acme-client/schemas");
        let world = Arc::new(World::new(scrm_schema::load(&folder).unwrap(), 7, 1, People::new(7, 20, Vec::new()), Switches::default()));
        let old = |number: u32| serde_json::json!({ "phone": format!("155{number:08}"), "created_at": "2001-01-01 00:00:00" });
        let people: Vec<Value> = (0..30_000).map(old).collect();
        let phones: Vec<String> = (0..30_000).map(|number| format!("155{number:08}")).collect();
        for (body, left) in [(serde_json::json!({ "customers": people }), 30_020), (serde_json::json!({ "remove_phones": phones }), 20)] {
            let answer = control::handle(&world, "POST", "/_control/customers", body.to_string().as_bytes());
            assert_eq!((answer.status(), world.people().order().len()), (StatusCode::OK, left));
        }
    }
}
