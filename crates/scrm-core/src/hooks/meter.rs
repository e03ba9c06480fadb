//! The feature `metrics`: counters and histograms through the crate `metrics`. All times are in seconds; what has no error has the error `none`.
//!
//! | name | kind | labels beside `vendor` |
//! |---|---|---|
//! | `scrm.client.calls` | counter | `operation`, `error.type` |
//! | `scrm.client.call.duration` | histogram | `operation`, `error.type` |
//! | `http.client.request.duration` | histogram | `operation`, `http.request.method`, `server.address`, `http.response.status_code`, `error.type` |
//! | `scrm.client.retries` | counter | `operation`, `error.type` |
//! | `scrm.client.quota.wait.duration` | histogram | `operation`, `cause`, `success` |
//! | `scrm.client.quota.pauses` | counter | `operation` |
//! | `scrm.client.token.fetches` | counter | `token`, `from`, `success` |
//! | `scrm.client.degraded` | counter | `part`, `of` |

use metrics::{counter, histogram};

use super::{Attempt, Degraded, End, Hooks, QuotaPause, QuotaWait, Retry, TokenFetch};

pub(super) struct Meter;

fn error(kind: Option<&str>) -> String {
    kind.unwrap_or("none").to_owned()
}

impl Hooks for Meter {
    fn attempt(&self, event: &Attempt<'_>) {
        histogram!(
            "http.client.request.duration",
            "vendor" => event.vendor.to_owned(),
            "operation" => event.operation.to_owned(),
            "http.request.method" => event.method.to_owned(),
            "server.address" => event.server.to_owned(),
            "http.response.status_code" => event.status.map_or_else(|| "none".to_owned(), |status| status.to_string()),
            "error.type" => error(event.error),
        )
        .record(event.took);
    }

    fn retry(&self, event: &Retry<'_>) {
        let (vendor, operation) = (event.vendor.to_owned(), event.operation.to_owned());
        counter!("scrm.client.retries", "vendor" => vendor, "operation" => operation, "error.type" => event.error.to_owned()).increment(1);
    }

    fn token_fetch(&self, event: &TokenFetch<'_>) {
        counter!(
            "scrm.client.token.fetches",
            "vendor" => event.vendor.to_owned(),
            "token" => event.token.to_owned(),
            "from" => event.from.as_str(),
            "success" => event.success.to_string(),
        )
        .increment(1);
    }

    fn quota_wait(&self, event: &QuotaWait<'_>) {
        let (vendor, operation) = (event.vendor.to_owned(), event.operation.to_owned());
        histogram!(
            "scrm.client.quota.wait.duration",
            "vendor" => vendor, "operation" => operation, "cause" => event.cause.to_owned(), "success" => event.success.to_string(),
        )
        .record(event.waited);
    }

    fn quota_pause(&self, event: &QuotaPause<'_>) {
        counter!("scrm.client.quota.pauses", "vendor" => event.vendor.to_owned(), "operation" => event.operation.to_owned()).increment(1);
    }

    fn degraded(&self, event: &Degraded<'_>) {
        let (vendor, of) = (event.vendor.to_owned(), event.of.to_owned());
        counter!("scrm.client.degraded", "vendor" => vendor, "part" => event.part.as_str(), "of" => of).increment(1);
    }

    fn end(&self, event: &End<'_>) {
        let labels = [("vendor", event.vendor.to_owned()), ("operation", event.operation.to_owned()), ("error.type", error(event.error))];
        counter!("scrm.client.calls", &labels).increment(1);
        histogram!("scrm.client.call.duration", &labels).record(event.took);
    }
}
