//! The handle that users hold.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, sync::Arc};

use tokio::{net::TcpListener, runtime::Runtime, sync::oneshot};

use scrm_schema::model::{Quota, Tree};

use crate::{
    answer::remove_some,
    clock::Clock,
    faults::{Fault, FaultRule},
    people::{Customer, People},
    pushes::{self, PushError, PushRecord, Subscription},
    records::Record,
    server::serve,
    stats::{FullestWindow, windows},
    tokens::TokenRule,
    world::{Switches, Target, World},
};

/// People made up where nobody says how many.
const CUSTOMERS: u32 = 1000;

/// The schemas that are built in.
pub(crate) fn built_in() -> Result<Tree, scrm_schema::Errors> {
    scrm_schema::load_files(scrm_vendor_schemas::FILES.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())))
}

/// Why a mock could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The schema files are wrong.
    #[error("the schema files cannot be used:\n{0}")]
    Schemas(#[from] scrm_schema::Errors),
    /// The port cannot be used, or threads cannot be started.
    #[error("the server cannot be started: {0}")]
    Server(#[from] std::io::Error),
    /// A name in the settings means nothing in the schemas.
    #[error("there is no {what} `{name}` in the schemas")]
    Unknown {
        /// `vendor` or `operation`.
        what: &'static str,
        /// As given.
        name: String,
    },
}

/// Settings of a mock.
#[derive(Clone, Debug, Default)]
pub struct Builder {
    port: u16,
    seed: u64,
    shops: usize,
    customers: Option<u32>,
    own: Vec<Customer>,
    schemas: Option<PathBuf>,
    newest_first: bool,
    php_answers: bool,
    no_quotas: bool,
    threads: usize,
    token: Option<String>,
    faults: Vec<FaultRule>,
    quotas: Vec<(String, Option<Quota>)>,
    token_rules: Vec<(String, TokenRule)>,
}

impl Builder {
    /// The port on 127.0.0.1; 0 (as by default): any that is free.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Everything made up, people and faults by chance, follows from this number; 0 unless told.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// How many shops each vendor knows, each with credentials, tokens and quotas of its own; 1 unless told. All have the same people.
    #[must_use]
    pub fn shops(mut self, shops: usize) -> Self {
        self.shops = shops;
        self
    }

    /// How many people are made up: 1000 unless told, none unless told where there are own ones.
    #[must_use]
    pub fn customers(mut self, customers: u32) -> Self {
        self.customers = Some(customers);
        self
    }

    /// Adds own people.
    #[must_use]
    pub fn own_customers(mut self, customers: impl IntoIterator<Item = Customer>) -> Self {
        self.own.extend(customers);
        self
    }

    /// Reads the schema files of this folder instead of those built in.
    #[must_use]
    pub fn schemas(mut self, folder: impl Into<PathBuf>) -> Self {
        self.schemas = Some(folder.into());
        self
    }

    /// Rows come newest first, so that new ones push the others to later pages; otherwise oldest first.
    #[must_use]
    pub fn newest_first(mut self) -> Self {
        self.newest_first = true;
        self
    }

    /// Empty objects are answered as `[]`, as PHP writes them.
    #[must_use]
    pub fn php_answers(mut self) -> Self {
        self.php_answers = true;
        self
    }

    /// No call is refused because of a quota; windows are counted all the same.
    #[must_use]
    pub fn without_quotas(mut self) -> Self {
        self.no_quotas = true;
        self
    }

    /// Another quota for an operation than the documented one; `None`: none.
    #[must_use]
    pub fn quota(mut self, operation: &str, quota: Option<Quota>) -> Self {
        self.quotas.push((operation.to_owned(), quota));
        self
    }

    /// Another rule for a vendor's tokens than the documented one.
    #[must_use]
    pub fn token_rule(mut self, vendor: &str, rule: TokenRule) -> Self {
        self.token_rules.push((vendor.to_owned(), rule));
        self
    }

    /// A token that every vendor takes for its first shop and that never ends, beside those that are handed out: for calls by hand.
    #[must_use]
    pub fn accept_token(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    /// A fault from the beginning on.
    #[must_use]
    pub fn fault(mut self, rule: FaultRule) -> Self {
        self.faults.push(rule);
        self
    }

    /// Threads of the server; 2 unless told.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// Starts the server.
    ///
    /// # Errors
    /// When schema files are wrong, the port is taken, or a name in the settings is unknown.
    pub async fn start(self) -> Result<Mock, StartError> {
        self.start_blocking()
    }

    /// Starts the server, also outside of an asynchronous runtime.
    ///
    /// # Errors
    /// As [`Builder::start`].
    pub fn start_blocking(self) -> Result<Mock, StartError> {
        let world = Arc::new(self.world()?);
        let listener = std::net::TcpListener::bind(("127.0.0.1", self.port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let threads = if self.threads == 0 { 2 } else { self.threads };
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).thread_name("scrm-mock").enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let listener = {
            let _inside = runtime.enter();
            TcpListener::from_std(listener)?
        };
        world.pushes.run_on(runtime.handle().clone());
        runtime.spawn(serve(listener, Arc::clone(&world), stopped));
        Ok(Mock { world, address, stop: Some(stop), runtime: Some(runtime) })
    }

    fn world(&self) -> Result<World, StartError> {
        let tree = match &self.schemas {
            Some(folder) => scrm_schema::load(folder)?,
            None => built_in()?,
        };
        let made_up = self.customers.unwrap_or(if self.own.is_empty() { CUSTOMERS } else { 0 });
        let people = People::new(self.seed, made_up, self.own.clone());
        let switches =
            Switches { newest_first: self.newest_first, php_answers: self.php_answers, no_quotas: self.no_quotas, ..Switches::default() };
        let world = World::new(tree, self.seed, self.shops, people, switches);
        if let Some(token) = &self.token {
            world.tokens().accept(token.clone());
        }
        for (name, quota) in &self.quotas {
            let targets = operations(&world, name)?;
            world.switches_mut().quotas.extend(targets.into_iter().map(|target| (target, *quota)));
        }
        for (name, rule) in &self.token_rules {
            let vendor = world.vendor_number(name).ok_or_else(|| StartError::Unknown { what: "vendor", name: name.clone() })?;
            world.switches_mut().token_rules.insert(vendor, *rule);
        }
        for rule in &self.faults {
            if let Some(on) = &rule.on {
                operations(&world, on)?;
            }
            world.faults().add(rule.clone());
        }
        Ok(world)
    }
}

fn operations(world: &World, name: &str) -> Result<Vec<Target>, StartError> {
    let targets = world.targets(name);
    if targets.is_empty() { Err(StartError::Unknown { what: "operation", name: name.to_owned() }) } else { Ok(targets) }
}

/// A running mock of all vendors. It stops when it is dropped.
#[derive(Debug)]
pub struct Mock {
    world: Arc<World>,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    runtime: Option<Runtime>,
}

impl Mock {
    /// Starts a mock with 1000 customers on a free port.
    ///
    /// # Panics
    /// When no port or thread is to be had: a test can do nothing about that. [`Builder::start`] returns the error instead.
    #[expect(clippy::panic, reason = "a test's first line; the builder has the fallible way")]
    pub async fn start() -> Self {
        match Self::builder().start().await {
            Ok(mock) => mock,
            Err(error) => panic!("{error}"),
        }
    }

    /// Settings to start from.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The server's address: `http://127.0.0.1:49152`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What stands for the vendor's own base URL: an operation's path follows it.
    pub fn base_url(&self, vendor: &str) -> String {
        format!("http://{}/{vendor}", self.address)
    }

    /// Names of the vendors.
    pub fn vendors(&self) -> Vec<String> {
        self.world.tree.vendors.iter().map(|vendor| vendor.file.vendor.clone()).collect()
    }

    /// Accepted credentials of the vendor's first shop by name; empty for an unknown vendor.
    pub fn credentials(&self, vendor: &str) -> BTreeMap<String, String> {
        self.shop_credentials(vendor, 0)
    }

    /// Accepted credentials of one of the vendor's shops, counted from 0; empty where there is none.
    pub fn shop_credentials(&self, vendor: &str, shop: usize) -> BTreeMap<String, String> {
        let shops = self.world.vendor_number(vendor).and_then(|vendor| self.world.shops.get(vendor));
        shops.and_then(|shops| shops.get(shop)).cloned().unwrap_or_default()
    }

    /// The people from a place on, in the order in which they came.
    pub fn customers(&self, from: usize, count: usize) -> Vec<Customer> {
        let people = self.world.people();
        let places = people.order().iter().skip(from).take(count);
        places.filter_map(|place| people.at(*place)).map(|person| people.customer(person)).collect()
    }

    /// How many people there are.
    pub fn customer_count(&self) -> usize {
        self.world.people().order().len()
    }

    /// Adds people; those without `created_at` come now. `Customer::new()` is a made-up one.
    pub fn add_customers(&self, customers: impl IntoIterator<Item = Customer>) {
        let now = self.world.clock.wall_seconds();
        self.world.people_mut().add(customers.into_iter().collect(), now);
    }

    /// Removes the people that `gone` chooses; says how many.
    pub fn remove_customers(&self, mut gone: impl FnMut(&Customer) -> bool) -> usize {
        self.world.people_mut().remove(|people, person| gone(&people.customer(person)))
    }

    /// Removes about so many people, spread over all.
    pub fn remove_some(&self, count: u32) {
        remove_some(&self.world, count);
    }

    /// Where a vendor's pushes go from now on: those that follow from calls that succeed, and those that [`Mock::push`] asks for.
    ///
    /// # Errors
    /// The vendor sends nothing, the address is none of this machine, or the key is no key.
    pub fn subscribe(&self, subscription: Subscription) -> Result<(), PushError> {
        pushes::subscribe(&self.world, subscription)
    }

    /// Sends a push, `xiaoe/order`, about the first person or whom `content` names by phone; fields of `content` stand as they are. Gives its id.
    ///
    /// # Errors
    /// Nothing is called so, or nobody subscribed.
    pub fn push(&self, push: &str, content: serde_json::Value) -> Result<String, PushError> {
        pushes::push(&self.world, push, content.as_object().unwrap_or(&serde_json::Map::new()))
    }

    /// All pushes so far, and what became of them.
    pub fn pushes(&self) -> Vec<PushRecord> {
        self.world.pushes.records()
    }

    /// Waits until every push is taken or dropped; says whether that happened in time.
    pub async fn pushes_settled(&self, within: std::time::Duration) -> bool {
        let began = std::time::Instant::now();
        while !pushes::settled(&self.world) {
            if began.elapsed() > within {
                return false;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        true
    }

    /// The mock's clock.
    pub fn clock(&self) -> &Clock {
        &self.world.clock
    }

    /// Arms a fault. Without more it strikes every call; the returned value narrows it down, and arms it when it is dropped.
    pub fn fault(&self, fault: Fault) -> Arming<'_> {
        Arming { mock: self, rule: Some(FaultRule::new(fault)) }
    }

    /// Disarms all faults.
    pub fn clear_faults(&self) {
        self.world.faults().clear();
    }

    /// Takes the permission for an operation away from all shops (`user_list`, or `acme/user_list`).
    ///
    /// # Panics
    /// When no vendor has such an operation.
    pub fn forbid(&self, operation: &str) {
        let targets = self.known(operation);
        self.world.switches_mut().forbidden.extend(targets);
    }

    /// Gives the permission for an operation back.
    ///
    /// # Panics
    /// When no vendor has such an operation.
    pub fn permit(&self, operation: &str) {
        for target in self.known(operation) {
            self.world.switches_mut().forbidden.remove(&target);
        }
    }

    #[expect(clippy::panic, reason = "a misspelt name must not make a test pass")]
    fn known(&self, operation: &str) -> Vec<Target> {
        let targets = self.world.targets(operation);
        if targets.is_empty() {
            panic!("there is no operation `{operation}` in the schemas");
        }
        targets
    }

    /// Ends all tokens of a vendor.
    pub fn expire_tokens(&self, vendor: &str) {
        if let Some(vendor) = self.world.vendor_number(vendor) {
            self.world.tokens().expire(Some(vendor));
        }
    }

    /// How often an operation was called (`user_list` at any vendor, or `acme/user_list`), failures included.
    pub fn calls(&self, operation: &str) -> u64 {
        let records = self.world.records();
        let named = |key: &str| key.split_once('/').is_some_and(|(vendor, name)| crate::faults::named(operation, vendor, name));
        records.calls().iter().filter(|(key, _)| named(key)).map(|(_, count)| count).sum()
    }

    /// How often a vendor handed out a token.
    pub fn token_fetches(&self, vendor: &str) -> u64 {
        self.world.records().tokens().get(vendor).copied().unwrap_or(0)
    }

    /// The last 10,000 calls, masked.
    pub fn requests(&self) -> Vec<Record> {
        self.world.records().kept()
    }

    /// The fullest window of every operation that was called.
    pub fn fullest_windows(&self) -> Vec<FullestWindow> {
        windows(&self.world)
    }

    /// Fails the test when any window of any operation held more calls than its quota.
    ///
    /// # Panics
    /// In that case; the text names the operation and the numbers.
    #[expect(clippy::panic, reason = "an assertion for tests")]
    pub fn assert_quota_kept(&self) {
        for window in self.fullest_windows() {
            if let Some(allowed) = window.allowed.filter(|allowed| window.calls > *allowed as usize) {
                let FullestWindow { vendor, operation, calls, seconds, .. } = window;
                panic!("{vendor}/{operation}: {calls} calls came within {seconds} s, {allowed} are allowed");
            }
        }
    }

    /// Counters as JSON, as `GET /_control/stats` gives them.
    pub fn stats(&self) -> serde_json::Value {
        crate::stats::stats(&self.world)
    }

    /// Forgets calls, tokens, windows and faults, gives permissions back and sets the clock right. People stay as they are.
    pub fn reset(&self) {
        self.world.reset();
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // The receiver is gone only when the server has stopped already.
            stop.send(()).ok();
        }
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// A fault that is being armed: it is armed when this is dropped, at the end of the statement.
#[derive(Debug)]
pub struct Arming<'a> {
    mock: &'a Mock,
    rule: Option<FaultRule>,
}

impl Arming<'_> {
    fn with(mut self, change: impl FnOnce(&mut FaultRule)) -> Self {
        if let Some(rule) = &mut self.rule {
            change(rule);
        }
        self
    }

    /// Only calls of this operation (`user_list`, or `acme/user_list`).
    ///
    /// # Panics
    /// When no vendor has such an operation.
    pub fn on(self, operation: &str) -> Self {
        self.mock.known(operation);
        self.with(|rule| rule.on = Some(operation.to_owned()))
    }

    /// At most so many times.
    pub fn times(self, times: u64) -> Self {
        self.with(|rule| rule.times = Some(times))
    }

    /// Only the calls with these numbers, counted from 1 since now.
    pub fn at_calls(self, calls: impl IntoIterator<Item = u64>) -> Self {
        self.with(|rule| rule.at_calls = Some(calls.into_iter().collect()))
    }

    /// Each call with this probability, 0 to 1, drawn from the seed.
    pub fn probability(self, probability: f64) -> Self {
        self.with(|rule| rule.probability = Some(probability))
    }
}

impl Drop for Arming<'_> {
    fn drop(&mut self) {
        if let Some(rule) = self.rule.take() {
            self.mock.world.faults().add(rule);
        }
    }
}
