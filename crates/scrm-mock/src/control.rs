//! The control endpoint: everything the Rust interface can do, for other languages, as JSON below `/_control`.

use std::{collections::HashSet, sync::Arc, time::Duration};

use axum::{http::StatusCode, response::Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use scrm_schema::model::Quota;

use crate::{
    answer::remove_some, faults::FaultRule, people::Customer, pushes, server::json, stats::stats, tokens::TokenRule, world::World,
};

/// Made-up people that one call may add: more would fill the memory.
pub(crate) const MOST_ADDED: u32 = 1_000_000;

#[derive(Deserialize)]
#[serde(untagged)]
enum Rules {
    One(FaultRule),
    Many(Vec<FaultRule>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct People {
    /// So many made-up people, who come now.
    #[serde(default)]
    add: u32,
    /// The caller's own people.
    #[serde(default)]
    customers: Vec<Customer>,
    /// So many people go, spread over all.
    #[serde(default)]
    remove: u32,
    /// The people with these phone numbers go.
    #[serde(default)]
    remove_phones: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockChange {
    #[serde(default)]
    advance_seconds: u64,
    #[serde(default)]
    step_seconds: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Permission {
    operation: String,
    allowed: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuotaChange {
    operation: String,
    /// `None`: no limit.
    quota: Option<Quota>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenChange {
    vendor: String,
    lifetime: u32,
    renew_below: u32,
    overlap: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expiry {
    #[serde(default)]
    vendor: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedPush {
    push: String,
    #[serde(default)]
    content: serde_json::Map<String, Value>,
}

/// Answers `method path` below `/_control`.
pub(crate) fn handle(world: &Arc<World>, method: &str, path: &str, body: &[u8]) -> Response {
    match route(world, method, path.trim_start_matches("/_control").trim_matches('/'), body) {
        Ok(value) => json(StatusCode::OK, &value),
        Err((status, reason)) => json(status, &json!({ "error": reason })),
    }
}

type Refused = (StatusCode, String);

fn route(world: &Arc<World>, method: &str, path: &str, body: &[u8]) -> Result<Value, Refused> {
    match (method, path) {
        ("GET", "" | "stats") => Ok(stats(world)),
        ("GET", "requests") => Ok(json!(world.records().kept())),
        ("GET", "credentials") => Ok(credentials(world)),
        ("GET", "faults") => Ok(json!(world.faults().rules())),
        ("POST", "faults") => {
            let rules = match read(body)? {
                Rules::One(rule) => vec![rule],
                Rules::Many(rules) => rules,
            };
            for rule in &rules {
                if let Some(on) = &rule.on {
                    known(world, on)?;
                }
            }
            rules.into_iter().for_each(|rule| world.faults().add(rule));
            Ok(json!({ "faults": world.faults().rules().len() }))
        }
        ("GET", "pushes") => Ok(json!(world.pushes.records())),
        ("POST", "pushes") => {
            let wanted: WantedPush = read(body)?;
            let id = pushes::push(world, &wanted.push, &wanted.content).map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))?;
            Ok(json!({ "message_id": id }))
        }
        ("POST", "subscriptions") => {
            pushes::subscribe(world, read(body)?).map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))?;
            Ok(json!({ "subscribed": true }))
        }
        ("DELETE", "faults") => {
            world.faults().clear();
            Ok(json!({ "faults": 0 }))
        }
        ("POST", "reset") => {
            world.reset();
            Ok(json!({ "reset": true }))
        }
        ("GET", "customers") => Ok(first_customers(world, 100)),
        ("POST", "customers") => change_people(world, read(body)?),
        ("POST", "clock") => {
            let change: ClockChange = read(body)?;
            world.clock.advance(Duration::from_secs(change.advance_seconds));
            world.clock.step(change.step_seconds);
            Ok(json!({ "unix_seconds": world.clock.wall_seconds() }))
        }
        ("POST", "permissions") => {
            let change: Permission = read(body)?;
            let targets = known(world, &change.operation)?;
            let mut switches = world.switches_mut();
            for target in targets {
                if change.allowed { switches.forbidden.remove(&target) } else { switches.forbidden.insert(target) };
            }
            Ok(json!({ "operation": change.operation, "allowed": change.allowed }))
        }
        ("POST", "quotas") => {
            let change: QuotaChange = read(body)?;
            let targets = known(world, &change.operation)?;
            world.switches_mut().quotas.extend(targets.into_iter().map(|target| (target, change.quota)));
            Ok(json!({ "operation": change.operation }))
        }
        ("POST", "token_rules") => {
            let change: TokenChange = read(body)?;
            let vendor = vendor(world, &change.vendor)?;
            let rule = TokenRule { lifetime: change.lifetime, renew_below: change.renew_below, overlap: change.overlap };
            world.switches_mut().token_rules.insert(vendor, rule);
            Ok(json!({ "vendor": change.vendor }))
        }
        ("POST", "expire_tokens") => {
            let expiry: Expiry = if body.is_empty() { Expiry { vendor: None } } else { read(body)? };
            let number = expiry.vendor.as_deref().map(|name| vendor(world, name)).transpose()?;
            world.tokens().expire(number);
            Ok(json!({ "expired": true }))
        }
        _ => Err((
            StatusCode::NOT_FOUND,
            "known: GET stats, requests, credentials, faults, customers, pushes; POST faults, pushes, subscriptions, reset, customers, clock, permissions, quotas, token_rules, expire_tokens; DELETE faults"
                .to_owned(),
        )),
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refused> {
    serde_json::from_slice(body).map_err(|error| (StatusCode::BAD_REQUEST, format!("the body is not understood: {error}")))
}

fn known(world: &World, operation: &str) -> Result<Vec<(usize, usize)>, Refused> {
    let targets = world.targets(operation);
    if targets.is_empty() { Err((StatusCode::BAD_REQUEST, format!("there is no operation {operation}"))) } else { Ok(targets) }
}

fn vendor(world: &World, name: &str) -> Result<usize, Refused> {
    world.vendor_number(name).ok_or_else(|| (StatusCode::BAD_REQUEST, format!("there is no vendor {name}")))
}

fn credentials(world: &World) -> Value {
    let vendors = world.tree.vendors.iter().zip(&world.shops).map(|(vendor, shops)| (vendor.file.vendor.clone(), json!(shops)));
    Value::Object(vendors.collect())
}

fn first_customers(world: &World, count: usize) -> Value {
    let people = world.people();
    let listed: Vec<Customer> =
        people.order().iter().take(count).filter_map(|place| people.at(*place)).map(|person| people.customer(person)).collect();
    json!(listed)
}

fn change_people(world: &World, change: People) -> Result<Value, Refused> {
    if change.add > MOST_ADDED {
        return Err((StatusCode::BAD_REQUEST, format!("at most {MOST_ADDED} people can be added by one call")));
    }
    let mut customers = change.customers;
    customers.extend((0..change.add).map(|_| Customer::new()));
    let now = world.clock.wall_seconds();
    if !customers.is_empty() {
        world.people_mut().add(customers, now);
    }
    if change.remove > 0 {
        remove_some(world, change.remove);
    }
    let mut people = world.people_mut();
    if !change.remove_phones.is_empty() {
        let gone: HashSet<String> = change.remove_phones.into_iter().collect();
        people.remove(|people, person| {
            let phone = people.attribute(person, "phone", "", "");
            phone.as_ref().and_then(Value::as_str).is_some_and(|phone| gone.contains(phone))
        });
    }
    Ok(json!({ "customers": people.order().len() }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        people::People,
        request::Incoming,
        world::{Route, Switches},
    };

    fn world() -> Arc<World> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../acme-client/schemas");
        let world = World::new(scrm_schema::load(&folder).unwrap(), 7, 1, People::new(7, 20, Vec::new()), Switches::default());
        world.tokens().accept("always".to_owned());
        Arc::new(world)
    }

    /// Bodies that mean something, with numbers as large as they come.
    fn body() -> impl Strategy<Value = (&'static str, String)> {
        let number = prop_oneof![Just(0_i64), Just(-1), Just(i64::MIN), Just(i64::MAX), Just(4_294_967_295), any::<i64>(), 0..100_i64];
        let path = prop_oneof![
            Just("clock"),
            Just("quotas"),
            Just("token_rules"),
            Just("customers"),
            Just("faults"),
            Just("permissions"),
            Just("expire_tokens"),
            Just("reset"),
            Just("nothing"),
        ];
        (path, number.clone(), number, ".{0,12}").prop_map(|(path, a, b, text)| {
            let body = match path {
                "clock" => json!({ "advance_seconds": a, "step_seconds": b }),
                "quotas" => json!({ "operation": "user_list", "quota": { "calls": a, "seconds": b } }),
                "token_rules" => json!({ "vendor": "acme", "lifetime": a, "renew_below": b, "overlap": a }),
                "customers" => {
                    json!({ "add": a % 50, "remove": b, "customers": [{ "phone": text, "created_at": text }], "remove_phones": [text] })
                }
                "faults" => json!({ "fault": { "chunked": { "bytes": a } }, "times": b, "on": "user_list" }),
                "permissions" => json!({ "operation": text, "allowed": false }),
                _ => json!(text),
            };
            (path, body.to_string())
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn nothing_sent_here_breaks_the_box(steps in proptest::collection::vec(body(), 1..8), raw in proptest::collection::vec(any::<u8>(), 0..40), page in any::<i64>()) {
            let world = world();
            for (path, body) in &steps {
                let answer = route(&world, "POST", path, body.as_bytes());
                prop_assert!(answer.is_ok() || answer.is_err_and(|(status, _)| status.is_client_error()));
            }
            for path in ["faults", "customers", "clock", "quotas"] {
                let answer = route(&world, "POST", path, &raw);
                prop_assert!(answer.is_ok() || answer.is_err_and(|(status, _)| status.is_client_error()));
            }
            // It still hands out tokens and pages.
            let Route::Found(token) = world.route("GET", "/acme/token") else { panic!("no token") };
            let Route::Found(list) = world.route("POST", "/acme/user/list") else { panic!("no list") };
            let credentials = &world.shops[0][0];
            let query = format!("app_id={}&app_secret={}&grant=client", credentials["app_id"], credentials["app_secret"]);
            let asked = Incoming { query, ..Incoming::default() };
            prop_assert!(crate::answer::answer(&world, token, &asked, &[]).is_some());
            let asked = Incoming {
                headers: vec![("x-acme-token".to_owned(), "always".to_owned())],
                body: json!({ "page": page, "page_size": 50 }).to_string().into_bytes(),
                ..Incoming::default()
            };
            prop_assert!(crate::answer::answer(&world, list, &asked, &[]).is_some());
            prop_assert!(route(&world, "GET", "stats", &[]).is_ok());
        }
    }

    #[test]
    fn people_by_the_million_are_refused() {
        let refused = route(&world(), "POST", "customers", br#"{"add": 4294967295}"#).unwrap_err();
        assert_eq!(refused.1, "at most 1000000 people can be added by one call");
    }
}
