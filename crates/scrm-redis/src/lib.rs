//! Tokens and quotas shared between processes and machines, through Redis; with the feature `push`, the pushes that were taken, too: `RedisSeen`.
//!
//! Some vendors end the old token when a new one is asked for, so that two processes with separate token caches knock each other out; and a quota counts the calls of all
//! processes together. Give the clients of all processes the same Redis, and there is one token and one quota:
//!
//! ```
//! # use std::sync::Arc;
//! use scrm_redis::{RedisQuota, RedisStore};
//!
//! # fn settings<C>(builder: scrm_core::Builder<C>) -> Result<scrm_core::Builder<C>, scrm_redis::Error> {
//! let url = "redis://127.0.0.1:6379";
//! let builder = builder
//!     .token_store(Arc::new(RedisStore::new(url)?))
//!     .shared_quota(Arc::new(RedisQuota::new(url)?));
//! # Ok(builder)
//! # }
//! ```
//!
//! **Test and production must not use the same app without sharing a store: each new token of the one ends the other's.**
//!
//! # What to expect
//!
//! * One fetch per token life, however many processes. The one that fetches holds a lease of ten seconds; if it dies, another goes on then.
//! * At the vendor, no window ever holds more calls than the quota. A call takes a slot before it is sent, and the slot is free again one window after its answer was seen;
//!   times are Redis's, without the jumps of its clock. Slots are taken in batches and given back by the way. A process that dies gives its slots back by dying: after the
//!   window, the time for which a call may be under way (the client's timeout, at least half a minute and at most ten), and a second.
//! * When Redis is away, calls go on: each process with the token it has, its own fetches (kept apart by pauses) and its own quota. So long, several processes together may
//!   exceed the vendor's. It is asked again after at most half a minute.
//! * A fresh Redis serves at once. One that has forgotten all (a restart without persistence, `FLUSHALL`) hears from the processes that used it which slots they have, and
//!   gives none until it has heard of all that had some, or until the slots of those that are gone are free. A process that is new then, and the first to ask, can be given
//!   slots that others still have.
//! * Waits and errors say whether the client, the vendor or Redis is the reason; [`Hooks::degraded`](scrm_core::hooks::Hooks::degraded) tells when Redis cannot be used.
//!
//! # What Redis needs
//!
//! Redis 6 or later, or Valkey, a single server or one with replicas; no cluster: [`RedisStore::ping`] says so. Scripts and the commands `TIME`, `GET`, `SET`, `DEL`, `EXISTS`,
//! `PEXPIRE`, `PTTL`, `HGET`, `HMGET`, `HSET`, `HSETNX`, `HDEL`, `HINCRBY`, `ZADD`, `ZCARD`, `ZRANGE`, `ZREVRANGE`, `ZREM` and `ZREMRANGEBYSCORE` on keys below the prefix. Its
//! persistence is of no importance; it should not evict keys. Tokens lie there in clear: who can read it can use them. Keys and errors hold no secret.
//!
//! TLS (`rediss://`) trusts the certificates of the system, or those in the file that `SSL_CERT_FILE` names.

#![cfg_attr(docsrs, feature(doc_cfg))]

/// What registries show, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod connection;
mod quota;
#[cfg(feature = "push")]
mod seen;
mod store;

use std::time::Duration;

#[cfg(feature = "push")]
pub use self::seen::RedisSeen;
pub use self::{connection::Error, quota::RedisQuota, store::RedisStore};

/// Beginning of all keys.
const PREFIX: &str = "scrm";

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
