//! Counters as one JSON object.

use serde_json::{Map, Value, json};

use crate::world::World;

/// The fullest window of an operation and the quota that it is measured by.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FullestWindow {
    /// The vendor.
    pub vendor: String,
    /// The operation.
    pub operation: String,
    /// The most calls of one shop that came within any window, refused ones too.
    pub calls: usize,
    /// Calls allowed; `None`: no quota.
    pub allowed: Option<u32>,
    /// Length of the window in seconds; 1 where there is no quota.
    pub seconds: u32,
}

pub(crate) fn windows(world: &World) -> Vec<FullestWindow> {
    let fullest = world.quotas().fullest();
    let named = fullest.into_iter().filter_map(|full| {
        let target = (full.vendor, full.operation);
        let (vendor, operation) = world.operation(target)?;
        let quota = world.quota(target);
        Some(FullestWindow {
            vendor: vendor.file.vendor.clone(),
            operation: operation.name.clone(),
            calls: full.calls,
            allowed: quota.map(|quota| quota.calls),
            seconds: quota.map_or(1, |quota| quota.seconds),
        })
    });
    named.collect()
}

pub(crate) fn stats(world: &World) -> Value {
    let windows = windows(world).into_iter().map(|window| {
        let value = json!({ "calls": window.calls, "allowed": window.allowed, "seconds": window.seconds });
        (format!("{}/{}", window.vendor, window.operation), value)
    });
    let windows: Map<String, Value> = windows.collect();
    let customers = world.people().order().len();
    let records = world.records();
    json!({
        "calls": records.calls(),
        "codes": records.codes(),
        "token_fetches": records.tokens(),
        "fullest_windows": windows,
        "customers": customers,
        "unix_seconds": world.clock.wall_seconds(),
    })
}
