//! All that one mock is: the vendors and what changes while it runs.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use scrm_schema::model::{Method, Operation, Quota, Tree, Vendor};

use crate::{
    chance::{hash, mix},
    clock::Clock,
    faults::{Faults, named},
    people::{People, secret},
    pushes::PushDesk,
    quota::QuotaDesk,
    records::Records,
    row_texts::RowTexts,
    select::{Memory, RowsAt, rows_at},
    tokens::{TokenDesk, TokenRule},
};

/// Accepted credentials of one shop by name.
pub(crate) type Shop = BTreeMap<String, String>;

/// Number of a vendor and of one of its operations in the tree.
pub(crate) type Target = (usize, usize);

/// What can be changed while the mock runs.
#[derive(Debug, Default)]
pub(crate) struct Switches {
    pub(crate) forbidden: HashSet<Target>,
    pub(crate) quotas: HashMap<Target, Option<Quota>>,
    /// No quota refuses a call.
    pub(crate) no_quotas: bool,
    pub(crate) token_rules: HashMap<usize, TokenRule>,
    pub(crate) newest_first: bool,
    pub(crate) php_answers: bool,
}

/// A mock's state, shared by its connections.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) tree: Tree,
    pub(crate) seed: u64,
    pub(crate) shops: Vec<Vec<Shop>>,
    pub(crate) clock: Clock,
    pub(crate) memory: Memory,
    pub(crate) row_texts: RowTexts,
    rows: Vec<Vec<Option<RowsAt>>>,
    paths: HashMap<String, Vec<Target>>,
    people: RwLock<People>,
    switches: RwLock<Switches>,
    tokens: Mutex<TokenDesk>,
    quotas: Mutex<QuotaDesk>,
    faults: Mutex<Faults>,
    records: Mutex<Records>,
    pub(crate) pushes: Arc<PushDesk>,
    /// Hashes of writes that were done.
    done: Mutex<HashSet<u64>>,
    /// Rows of the answer before, by target and shop.
    shown: Mutex<HashMap<(Target, usize), Vec<u32>>>,
}

/// What a path means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    Found(Target),
    WrongMethod(Target),
    /// The vendor is known, the operation is not.
    Unknown(usize),
    Nowhere,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl World {
    pub(crate) fn new(tree: Tree, seed: u64, shops: usize, people: People, switches: Switches) -> Self {
        let shops = tree.vendors.iter().map(|vendor| (0..shops.max(1)).map(|number| shop(vendor, seed, number)).collect()).collect();
        let rows = tree
            .vendors
            .iter()
            .map(|vendor| vendor.operations.iter().map(|operation| rows_at(operation, &vendor.file.envelope)).collect())
            .collect();
        Self {
            paths: paths(&tree),
            rows,
            shops,
            seed,
            clock: Clock::new(),
            memory: Memory::default(),
            row_texts: RowTexts::default(),
            people: RwLock::new(people),
            switches: RwLock::new(switches),
            tokens: Mutex::new(TokenDesk::new(seed)),
            quotas: Mutex::default(),
            faults: Mutex::new(Faults::new(seed)),
            records: Mutex::default(),
            pushes: Arc::default(),
            done: Mutex::default(),
            shown: Mutex::default(),
            tree,
        }
    }

    pub(crate) fn vendor(&self, vendor: usize) -> Option<&Vendor> {
        self.tree.vendors.get(vendor)
    }

    pub(crate) fn operation(&self, target: Target) -> Option<(&Vendor, &Operation)> {
        let vendor = self.vendor(target.0)?;
        Some((vendor, vendor.operations.get(target.1)?))
    }

    pub(crate) fn rows(&self, target: Target) -> Option<&RowsAt> {
        self.rows.get(target.0)?.get(target.1)?.as_ref()
    }

    /// Numbers of the operations that a name, with or without the vendor, means.
    pub(crate) fn targets(&self, name: &str) -> Vec<Target> {
        let mut found = Vec::new();
        for (v, vendor) in self.tree.vendors.iter().enumerate() {
            for (o, operation) in vendor.operations.iter().enumerate() {
                if named(name, &vendor.file.vendor, &operation.name) {
                    found.push((v, o));
                }
            }
        }
        found
    }

    pub(crate) fn vendor_number(&self, name: &str) -> Option<usize> {
        self.tree.vendors.iter().position(|vendor| vendor.file.vendor == name)
    }

    /// What a method and a path mean.
    pub(crate) fn route(&self, method: &str, path: &str) -> Route {
        let path = path.trim_end_matches('/');
        if let Some(targets) = self.paths.get(path) {
            let matching =
                targets.iter().find(|target| self.operation(**target).is_some_and(|(_, operation)| verb(operation.method) == method));
            return match (matching, targets.first()) {
                (Some(target), _) => Route::Found(*target),
                (None, Some(target)) => Route::WrongMethod(*target),
                (None, None) => Route::Nowhere,
            };
        }
        let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        self.vendor_number(first).map_or(Route::Nowhere, Route::Unknown)
    }

    pub(crate) fn people(&self) -> RwLockReadGuard<'_, People> {
        self.people.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// For a change: what was worked out about the people is forgotten.
    pub(crate) fn people_mut(&self) -> RwLockWriteGuard<'_, People> {
        self.memory.forget_lists();
        self.people.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn switches(&self) -> RwLockReadGuard<'_, Switches> {
        self.switches.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn switches_mut(&self) -> RwLockWriteGuard<'_, Switches> {
        self.switches.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn tokens(&self) -> MutexGuard<'_, TokenDesk> {
        locked(&self.tokens)
    }

    pub(crate) fn quotas(&self) -> MutexGuard<'_, QuotaDesk> {
        locked(&self.quotas)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        locked(&self.faults)
    }

    pub(crate) fn records(&self) -> MutexGuard<'_, Records> {
        locked(&self.records)
    }

    /// Whether this write was done before; remembers it.
    pub(crate) fn done_before(&self, write: u64) -> bool {
        !locked(&self.done).insert(write)
    }

    /// The rows this shop was shown before by this operation; remembers the new ones.
    pub(crate) fn show(&self, target: Target, shop: usize, rows: Vec<u32>) -> Option<Vec<u32>> {
        locked(&self.shown).insert((target, shop), rows)
    }

    /// The quota in force for an operation.
    pub(crate) fn quota(&self, target: Target) -> Option<Quota> {
        let switches = self.switches();
        match switches.quotas.get(&target) {
            Some(quota) => *quota,
            None => self.operation(target).and_then(|(_, operation)| operation.quota),
        }
    }

    /// Forgets calls, tokens, quotas, writes, faults and moved clocks. People stay as they are.
    pub(crate) fn reset(&self) {
        self.pushes.reset();
        self.records().reset();
        self.quotas().reset();
        self.faults().clear();
        self.tokens().expire(None);
        locked(&self.done).clear();
        locked(&self.shown).clear();
        self.switches_mut().forbidden.clear();
        self.clock.reset();
    }
}

/// Made-up credentials.
fn shop(vendor: &Vendor, seed: u64, number: usize) -> Shop {
    let credentials = vendor.file.credentials.iter().map(|credential| {
        let chance = mix(mix(seed, number as u64), hash(&vendor.file.vendor) ^ hash(&credential.name));
        let value = secret(chance, if credential.secret { 32 } else { 16 });
        (credential.name.clone(), value)
    });
    credentials.collect()
}

/// Every way to write an operation's address: below `/<vendor>`, below `/<vendor>` and the path of the vendor's own base URL, and without `/<vendor>` where only
/// one vendor has that path.
fn paths(tree: &Tree) -> HashMap<String, Vec<Target>> {
    let mut paths: HashMap<String, Vec<Target>> = HashMap::new();
    for (v, vendor) in tree.vendors.iter().enumerate() {
        let name = &vendor.file.vendor;
        for (o, operation) in vendor.operations.iter().enumerate() {
            let after_scheme = vendor.file.base_url(operation.base_url.as_deref()).split_once("://").map_or("", |(_, rest)| rest);
            let base = after_scheme.find('/').and_then(|slash| after_scheme.get(slash..)).unwrap_or_default().trim_end_matches('/');
            let own = format!("/{}", operation.path.trim_matches('/'));
            let mut ways = vec![format!("/{name}{own}"), format!("/{name}{base}{own}"), own.clone(), format!("{base}{own}")];
            ways.sort();
            ways.dedup();
            for way in ways {
                paths.entry(way).or_default().push((v, o));
            }
        }
    }
    paths.retain(|_, targets| targets.iter().all(|target| targets.first().is_some_and(|first| first.0 == target.0)));
    paths
}

pub(crate) fn verb(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Delete => "DELETE",
    }
}
