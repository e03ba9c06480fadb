//! What the vendors send on their own: pushes that follow from what happens in the box, and those that are asked for.

mod body;
mod deliver;

use std::{
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::runtime::Handle;

use scrm_schema::model::{Channel, Push, Vendor};

use crate::{fill::Filler, people::Person, world::World};

/// Pushes that are remembered.
const MOST: usize = 200_000;

/// Where a vendor's pushes go, and how nastily.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subscription {
    /// Short name of the vendor.
    pub vendor: String,
    /// Where they go: an address of this machine, `http://127.0.0.1:8080/push`.
    pub url: String,
    /// Token of the signature; the secret, where parameters are signed. Empty: they come in clear.
    #[serde(default)]
    pub token: String,
    /// Key of the encryption, 43 characters.
    #[serde(default)]
    pub key: String,
    /// How many times faster than documented they are repeated; 1 unless told.
    #[serde(default = "as_documented")]
    pub speed: f64,
    /// Probability that a push comes twice at once.
    #[serde(default)]
    pub doubled: f64,
    /// Probability that one comes damaged before it comes whole.
    #[serde(default)]
    pub damaged: f64,
    /// Probability that somebody else sends one with the same id before.
    #[serde(default)]
    pub foreign: f64,
    /// Pushes overtake each other.
    #[serde(default)]
    pub shuffled: bool,
}

fn as_documented() -> f64 {
    1.0
}

impl Subscription {
    /// In clear, well-behaved, by the documented clock.
    #[must_use]
    pub fn new(vendor: impl Into<String>, url: impl Into<String>) -> Self {
        Subscription {
            vendor: vendor.into(),
            url: url.into(),
            token: String::new(),
            key: String::new(),
            speed: 1.0,
            doubled: 0.0,
            damaged: 0.0,
            foreign: 0.0,
            shuffled: false,
        }
    }

    /// Signed, and encrypted where the vendor encrypts.
    #[must_use]
    pub fn sealed(mut self, token: impl Into<String>, key: impl Into<String>) -> Self {
        self.token = token.into();
        self.key = key.into();
        self
    }

    /// Repeated so many times faster than documented.
    #[must_use]
    pub fn speed(mut self, speed: f64) -> Self {
        self.speed = speed;
        self
    }

    /// Doubled, damaged and from a wrong sender, each with this probability, and out of order.
    #[must_use]
    pub fn nasty(mut self, probability: f64) -> Self {
        (self.doubled, self.damaged, self.foreign, self.shuffled) = (probability, probability, probability, true);
        self
    }
}

/// Token and key are not shown.
impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subscription")
            .field("vendor", &self.vendor)
            .field("url", &self.url)
            .field("speed", &self.speed)
            .finish_non_exhaustive()
    }
}

/// A push of the box and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PushRecord {
    /// Short name of the vendor.
    pub vendor: String,
    /// Name of the push.
    pub push: String,
    /// What tells it from others.
    pub message_id: String,
    /// HTTP statuses of its attempts; 0: nobody answered.
    pub attempts: Vec<u16>,
    /// What was answered at last, cut behind a kilobyte.
    pub reply: String,
    /// What became of it.
    pub state: PushState,
}

/// What became of a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PushState {
    /// Under way, or to be repeated.
    Waiting,
    /// Taken.
    Taken,
    /// Given up after the last documented repetition.
    Dropped,
}

/// Why something cannot be pushed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PushError {
    /// No vendor of that name sends anything.
    #[error("no vendor `{0}` sends anything on its own")]
    UnknownVendor(String),
    /// Nothing that a vendor sends is called so.
    #[error("there is no push or callback `{0}` in the schemas")]
    UnknownPush(String),
    /// Nobody subscribed.
    #[error("nobody subscribed to what `{0}` sends")]
    NotSubscribed(String),
    /// The address is none of this machine.
    #[error("`{0}` is no address of this machine, like http://127.0.0.1:8080/push")]
    NotHere(String),
    /// The key is no key.
    #[error("this is no key of 43 characters")]
    InvalidKey,
    /// The mock remembers no more pushes.
    #[error("no more than 200,000 pushes are remembered; start another mock")]
    TooMany,
    /// The mock has no runtime any more.
    #[error("the mock has stopped")]
    Stopped,
}

/// Subscriptions and pushes of one mock.
#[derive(Debug, Default)]
pub(crate) struct PushDesk {
    held: Mutex<Held>,
    runtime: OnceLock<Handle>,
}

#[derive(Debug, Default)]
struct Held {
    subscriptions: Vec<Subscription>,
    records: Vec<PushRecord>,
}

impl PushDesk {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where pushes are sent from.
    pub(crate) fn run_on(&self, runtime: Handle) {
        // Set once, at the start.
        self.runtime.set(runtime).ok();
    }

    pub(crate) fn records(&self) -> Vec<PushRecord> {
        self.held().records.clone()
    }

    fn change(&self, number: usize, change: impl FnOnce(&mut PushRecord)) {
        if let Some(record) = self.held().records.get_mut(number) {
            change(record);
        }
    }

    pub(crate) fn reset(&self) {
        self.held().subscriptions.clear();
    }
}

/// Subscribes; another subscription to the same vendor's pushes is replaced.
pub(crate) fn subscribe(world: &World, subscription: Subscription) -> Result<(), PushError> {
    let vendor = world.tree.vendors.iter().find(|vendor| vendor.file.vendor == subscription.vendor);
    if vendor.is_none_or(|vendor| vendor.channels.is_empty()) {
        return Err(PushError::UnknownVendor(subscription.vendor));
    }
    if deliver::address(&subscription.url).is_none() {
        return Err(PushError::NotHere(subscription.url));
    }
    if !subscription.key.is_empty() {
        scrm_push::WechatSeal::new(subscription.token.clone(), &subscription.key, "").map_err(|_| PushError::InvalidKey)?;
    }
    let mut held = world.pushes.held();
    held.subscriptions.retain(|known| known.vendor != subscription.vendor);
    held.subscriptions.push(subscription);
    Ok(())
}

/// Sends a push now. `content` stands in place of what would be made up for these fields. Gives the message's id.
pub(crate) fn push(world: &World, name: &str, content: &Map<String, Value>) -> Result<String, PushError> {
    let (vendor, wanted) = name.split_once('/').map_or((None, name), |(vendor, name)| (Some(vendor), name));
    let vendors = world.tree.vendors.iter().enumerate().filter(|(_, one)| vendor.is_none_or(|vendor| one.file.vendor == vendor));
    let found = vendors
        .flat_map(|(number, vendor)| vendor.pushes().map(move |(channel, push)| (number, vendor, channel, push)))
        .find(|(_, _, _, push)| push.operation.name == wanted);
    let (number, vendor, channel, push) = found.ok_or_else(|| PushError::UnknownPush(name.to_owned()))?;
    begin(world, number, vendor, channel, push, content)
}

/// Sends what follows from a call that succeeded.
pub(crate) fn follow(world: &World, number: usize, operation: &str, given: &Map<String, Value>) {
    let Some(vendor) = world.vendor(number).filter(|_| !world.pushes.held().subscriptions.is_empty()) else { return };
    for (channel, push) in vendor.pushes().filter(|(_, push)| push.follows.iter().any(|name| name == operation)) {
        let mut known = Map::new();
        flatten(given, &mut known);
        // Nobody who subscribed to nothing waits for it.
        begin(world, number, vendor, channel, push, &known).ok();
    }
}

/// Every scalar of a request by its name, however deep it stands.
fn flatten(given: &Map<String, Value>, known: &mut Map<String, Value>) {
    for (name, value) in given {
        match value {
            Value::Object(inner) => flatten(inner, known),
            Value::Array(_) | Value::Null => {}
            scalar => drop(known.insert(name.clone(), scalar.clone())),
        }
    }
}

fn begin(
    world: &World,
    number: usize,
    vendor: &Vendor,
    channel: &Channel,
    push: &Push,
    known: &Map<String, Value>,
) -> Result<String, PushError> {
    let desk = &world.pushes;
    let name = &vendor.file.vendor;
    let runtime = desk.runtime.get().ok_or(PushError::Stopped)?;
    let mut held = desk.held();
    let subscription = held.subscriptions.iter().find(|subscription| subscription.vendor == *name).cloned();
    let subscription = subscription.ok_or_else(|| PushError::NotSubscribed(name.clone()))?;
    let place = held.records.len();
    if place >= MOST {
        return Err(PushError::TooMany);
    }
    let credentials = world.shops.get(number).and_then(|shops| shops.first()).cloned().unwrap_or_default();
    let today = crate::clock::date(world.clock.wall_seconds()).replace('-', "");
    let serial = crate::chance::mix(world.seed, place as u64) % 1_000_000_000_000;
    let message_id = format!("{today}_{:019}", serial.saturating_mul(1_000_000) + place as u64);
    held.records.push(PushRecord {
        vendor: name.clone(),
        push: push.operation.name.clone(),
        message_id: message_id.clone(),
        attempts: Vec::new(),
        reply: String::new(),
        state: PushState::Waiting,
    });
    drop(held);
    let content = content(world, vendor, push, &credentials, known);
    let sender =
        vendor.file.credentials.iter().find(|credential| !credential.secret).and_then(|credential| credentials.get(&credential.name));
    let parcel = deliver::Parcel {
        number: place,
        message_id: message_id.clone(),
        sender: sender.cloned().unwrap_or_default(),
        content,
        delivery: channel.delivery.clone(),
        kind: push.kinds.first().cloned().unwrap_or_default(),
        flat: push.flat,
        id: push.id.clone(),
        chance: crate::chance::mix(world.seed, 77 + place as u64),
        subscription,
    };
    runtime.spawn(deliver::deliver(Arc::clone(desk), parcel));
    Ok(message_id)
}

/// What is pushed: what is known, the rest made up about the person that it is about.
fn content(
    world: &World,
    vendor: &Vendor,
    push: &Push,
    credentials: &crate::world::Shop,
    known: &Map<String, Value>,
) -> Map<String, Value> {
    let people = world.people();
    let about = |person: &Person| {
        let phone = people.attribute(person, "phone", "", "");
        phone.is_some_and(|phone| known.values().any(|value| *value == phone))
    };
    let mut order = people.order().iter().filter_map(|place| people.at(*place));
    let person = order.clone().find(|person| about(person)).or_else(|| order.next()).cloned().unwrap_or_else(Person::nobody);
    let filler = Filler { vendor, operation: &push.operation, people: &people, credentials, bare: false };
    let Some(object) = push.content() else { return Map::new() };
    let mut content = filler.object(object, &person, 4);
    for (name, value) in known.iter().filter(|(name, _)| object.field(name).is_some()) {
        content.insert(name.clone(), value.clone());
    }
    content
}

/// Whether all pushes are taken or dropped.
pub(crate) fn settled(world: &World) -> bool {
    world.pushes.held().records.iter().all(|record| record.state != PushState::Waiting)
}

/// How long until a repetition.
fn pause(seconds: u32, speed: f64) -> Duration {
    let seconds = f64::from(seconds) / if speed.is_finite() && speed > 0.0 { speed } else { 1.0 };
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::from_secs(u64::from(u32::MAX)))
}
