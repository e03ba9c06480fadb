//! What hooks, spans and metrics tell of a call.

use std::sync::{Arc, Mutex};

use acme_client::Client;
use scrm_core::hooks::{Attempt, CallContext, End, Hooks, QuotaWait, Retry, Start, TokenFetch, TokenFrom};
use tokio::time::{Duration, timeout};

use crate::acme::{Act, Script, builder, credentials, persons};

/// Which calls the events belong to.
#[derive(Default)]
struct Calls(Mutex<Vec<String>>);

impl Calls {
    fn push(&self, event: &str, operation: &str, call: CallContext<'_>) {
        assert_eq!(call.account, credentials("app-1").account_key());
        self.0.lock().unwrap().push(format!("{event} {operation} {} {:?}", call.id, call.page));
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl Hooks for Calls {
    fn start(&self, event: &Start<'_>) {
        self.push("start", event.operation, event.call);
    }
    fn attempt(&self, event: &Attempt<'_>) {
        self.push("attempt", event.operation, event.call);
    }
    fn retry(&self, event: &Retry<'_>) {
        self.push("retry", event.operation, event.call);
    }
    fn quota_wait(&self, event: &QuotaWait<'_>) {
        self.push("wait", event.operation, event.call);
    }
    fn end(&self, event: &End<'_>) {
        self.push(&format!("end {:?}", event.error), event.operation, event.call);
    }
}

fn client(hooks: Arc<dyn Hooks>, acts: impl IntoIterator<Item = Act>) -> Client {
    builder(&Script::new(acts)).token("mine").hooks(hooks).build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn events_name_their_call_and_their_page() {
    let calls = Arc::new(Calls::default());
    let client = client(calls.clone(), [Act::ok(r#"{"list":[],"total":0}"#), Act::ok(r#"{"list":[],"total":0}"#)]);
    client.call(persons()).await.unwrap();
    assert_eq!(calls.take(), ["start person_list 1 None", "attempt person_list 1 None", "end None person_list 1 None"]);
    let mut pages = client.call(persons()).paginate().pages();
    pages.next().await.unwrap().unwrap();
    assert_eq!(calls.take(), ["start person_list 2 Some(1)", "attempt person_list 2 Some(1)", "end None person_list 2 Some(1)"]);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_ends() {
    let calls = Arc::new(Calls::default());
    let client = client(calls.clone(), [Act::Hang]);
    timeout(Duration::from_secs(1), client.call(persons()).send()).await.unwrap_err();
    assert_eq!(calls.take(), ["start person_list 1 None", "end Some(\"cancelled\") person_list 1 None"]);
}

#[test]
fn events_can_be_made_for_tests_and_pairs_are_told_both() {
    let calls = Arc::new(Calls::default());
    let account = credentials("app-1").account_key();
    let pair = (calls.clone(), calls.clone());
    let mut start = Start::new("acme", "person_list");
    start.call = CallContext::new(7, &account);
    pair.start(&start);
    assert_eq!(calls.take(), vec!["start person_list 7 None"; 2]);
    pair.token_fetch(&TokenFetch::new("acme", "access", TokenFrom::Vendor));
}

#[cfg(feature = "tracing")]
mod spans {
    use std::fmt::{Debug, Write as _};

    use tracing::{
        Event, Metadata, Subscriber,
        field::{Field, Visit},
        span,
    };

    use super::*;

    /// Writes down spans and events, and in which span each stands.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<(String, Vec<u64>, u64)>>);

    struct Fields<'a>(&'a mut String);

    impl Visit for Fields<'_> {
        fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
            let _ = write!(self.0, " {}={value:?}", field.name());
        }
    }

    impl Log {
        fn line(&self, head: &str, record: impl FnOnce(&mut Fields<'_>)) {
            let mut log = self.0.lock().unwrap();
            let within = log.1.last().copied().unwrap_or(0);
            let _ = write!(log.0, "{within}: {head}");
            record(&mut Fields(&mut log.0));
            log.0.push('\n');
        }
    }

    impl Subscriber for Log {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            metadata.target() == "scrm"
        }
        fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
            let mut log = self.0.lock().unwrap();
            log.2 += 1;
            let id = log.2;
            drop(log);
            self.line(&format!("span {id} {}", span.metadata().name()), |fields| span.record(fields));
            span::Id::from_u64(id)
        }
        fn record(&self, span: &span::Id, values: &span::Record<'_>) {
            self.line(&format!("record {}", span.into_u64()), |fields| values.record(fields));
        }
        fn record_follows_from(&self, _span: &span::Id, _follows: &span::Id) {}
        fn event(&self, event: &Event<'_>) {
            self.line(event.metadata().level().as_str(), |fields| event.record(fields));
        }
        fn enter(&self, span: &span::Id) {
            self.0.lock().unwrap().1.push(span.into_u64());
        }
        fn exit(&self, _span: &span::Id) {
            self.0.lock().unwrap().1.pop();
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_is_a_span_with_the_names_of_the_conventions() {
        let log = Log::default();
        let _default = tracing::subscriber::set_default(log.clone());
        let client = client(Arc::new(scrm_core::hooks::NoHooks), [Act::code(19)]);
        client.call(persons()).await.unwrap_err();
        let account = credentials("app-1").account_key();
        let text = log.0.lock().unwrap().0.replace(&account, "ACCOUNT");
        insta::assert_snapshot!(text, @r#"
        0: span 1 call otel.name=acme person_list otel.kind="client" vendor="acme" operation="person_list" call.id=1 account="ACCOUNT" http.request.method="POST" server.address="api.acme.example"
        1: TRACE message=call started vendor="acme" operation="person_list"
        1: DEBUG message=request vendor="acme" operation="person_list" http.request.method="POST" server.address="api.acme.example" http.request.resend_count=0 http.response.status_code=200 error.type="vendor" vendor.code="19" duration=0.0
        0: record 1 http.request.resend_count=0
        0: record 1 http.response.status_code=200
        0: record 1 otel.status_code="ERROR"
        0: record 1 error.type="vendor"
        0: record 1 vendor.code="19"
        1: WARN message=call failed vendor="acme" operation="person_list" http.request.resend_count=0 error.type="vendor" vendor.code="19" duration=0.0 waited=0.0
        "#);
    }
}

#[cfg(feature = "metrics")]
mod meters {
    use std::{collections::BTreeMap, sync::atomic::AtomicU64};

    use metrics::{Counter, CounterFn, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit};

    use super::*;

    #[derive(Default)]
    struct Sum(AtomicU64);

    impl CounterFn for Sum {
        fn increment(&self, value: u64) {
            self.0.fetch_add(value, std::sync::atomic::Ordering::Relaxed);
        }
        fn absolute(&self, _value: u64) {}
    }

    impl HistogramFn for Sum {
        fn record(&self, _value: f64) {
            self.increment(1);
        }
    }

    #[derive(Default)]
    struct Book(Mutex<BTreeMap<String, Arc<Sum>>>);

    impl Book {
        fn sum(&self, kind: &str, key: &Key) -> Arc<Sum> {
            let labels: Vec<String> = key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
            self.0.lock().unwrap().entry(format!("{kind} {} {}", key.name(), labels.join(" "))).or_default().clone()
        }
    }

    impl Recorder for Book {
        fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
        fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
        fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
        fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
            Counter::from_arc(self.sum("counter", key))
        }
        fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
            Gauge::noop()
        }
        fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
            Histogram::from_arc(self.sum("histogram", key))
        }
    }

    #[test]
    fn calls_and_requests_are_counted() {
        let book = Book::default();
        metrics::with_local_recorder(&book, || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
            runtime.block_on(async {
                let client = client(Arc::new(scrm_core::hooks::NoHooks), [Act::code(19), Act::status(502), Act::ok("{}")]);
                client.call(persons()).await.unwrap_err();
                client.call(persons()).await.unwrap();
            });
        });
        let sums: Vec<String> =
            book.0.lock().unwrap().iter().map(|(key, sum)| format!("{key} {}", sum.0.load(std::sync::atomic::Ordering::Relaxed))).collect();
        insta::assert_snapshot!(sums.join("\n"), @r#"
        counter scrm.client.calls vendor=acme operation=person_list error.type=none 1
        counter scrm.client.calls vendor=acme operation=person_list error.type=vendor 1
        counter scrm.client.retries vendor=acme operation=person_list error.type=http 1
        histogram http.client.request.duration vendor=acme operation=person_list http.request.method=POST server.address=api.acme.example http.response.status_code=200 error.type=none 1
        histogram http.client.request.duration vendor=acme operation=person_list http.request.method=POST server.address=api.acme.example http.response.status_code=200 error.type=vendor 1
        histogram http.client.request.duration vendor=acme operation=person_list http.request.method=POST server.address=api.acme.example http.response.status_code=502 error.type=http 1
        histogram scrm.client.call.duration vendor=acme operation=person_list error.type=none 1
        histogram scrm.client.call.duration vendor=acme operation=person_list error.type=vendor 1
        "#);
    }
}
