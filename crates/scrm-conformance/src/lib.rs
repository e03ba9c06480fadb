//! Every operation of a vendor, typed, against the stand-in server and against its own documented rules.
//!
//! The generated tests of a vendor's crate list its operations by type ([`Case`]); what is sent is worked out from the schemas at run time, so that an operation costs the
//! tests one line. Both functions answer what is wrong, one line each; nothing is a good sign.

mod broken;
mod case;
mod documented;
mod same;

use std::{path::Path, sync::Arc};

use scrm_core::{ApiClient, Builder, CredentialSet, RetryPolicy, Transport};
use scrm_mock::Mock;
use scrm_schema::model::{Filling, Operation, Tree, Vendor};
use serde_json::{Map, Value};

pub use crate::case::Case;
use crate::{broken::Silent, same::difference};

/// What a call can go wrong by.
type Faults = Vec<String>;

/// Calls every operation with all that is documented for its request, and with the least that is. A fault is a field that the typed request does not know or writes otherwise,
/// a call that the stand-in server refuses, a row that cannot be understood, an answer that is not as documented, an operation without a case.
///
/// `schemas`: the folder of the vendor's schema files, where they are not among those built in; it need not be there.
#[must_use]
pub fn calls(schemas: &str, cases: &[Case]) -> Vec<String> {
    run(schemas, cases, async |vendor, cases| {
        let mock = mock(schemas)?;
        let given = mock.credentials(&vendor.file.vendor);
        let spec = cases.first().map(|(_, case)| case.vendor()).ok_or("there is no operation")?;
        let credentials = given.iter().fold(CredentialSet::new(spec), |set, (name, value)| set.with(name, value));
        let builder = Builder::<ApiClient>::new(credentials).base_url(mock.base_url(&vendor.file.vendor)).without_quota();
        let client = builder.build().map_err(|error| error.to_string())?;
        let mut faults = Faults::new();
        for (operation, case) in cases {
            let mut requests = scrm_schema::filled::requests(operation);
            requests.push(scrm_schema::filled::least(operation));
            for mut request in requests {
                fill_credentials(vendor, operation, &mut request, |name| given.get(name).cloned());
                called(&client, operation, case, &request, &mut faults).await;
            }
        }
        Ok(faults)
    })
}

/// Breaks every documented rule of every operation, one at a time. A fault is a rule of the schema that the operation does not know, a call that goes out, or an error that does not name the field, the rule, and the value where there is one.
#[must_use]
pub fn rules(schemas: &str, cases: &[Case]) -> Vec<String> {
    run(schemas, cases, async |_, cases| {
        let spec = cases.first().map(|(_, case)| case.vendor()).ok_or("there is no operation")?;
        let credentials = spec.credentials.iter().fold(CredentialSet::new(spec), |set, known| set.with(known.name, "made_up"));
        let silent = Arc::new(Silent::default());
        let transport: Arc<dyn Transport> = silent.clone();
        let builder = Builder::<ApiClient>::new(credentials)
            .base_url("https://api.example")
            .transport(transport)
            .token("made_up")
            .retry(RetryPolicy::never());
        let client = builder.build().map_err(|error| error.to_string())?;
        let mut faults = Faults::new();
        for (operation, case) in cases {
            faults.extend(documented::compare(operation, case.spec()));
            for rule in case.spec().rules {
                broken::check(&client, operation, case, rule, &mut faults).await;
                if silent.was_used() {
                    faults.push(format!("{}: {rule:?}: something was sent", operation.name));
                }
            }
        }
        Ok(faults)
    })
}

/// Runs a check over the operations of the cases' vendor.
fn run(schemas: &str, cases: &[Case], check: impl AsyncFnOnce(&Vendor, &[(&Operation, &Case)]) -> Result<Faults, String>) -> Vec<String> {
    let outcome = tree(schemas).and_then(|tree| {
        let name = cases.first().map_or("", |case| case.vendor().name);
        let vendor = tree.vendors.iter().find(|vendor| vendor.file.vendor == name).ok_or(format!("there are no schemas of `{name}`"))?;
        let (paired, mut faults) = pair(vendor, cases);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
        faults.extend(runtime.block_on(check(vendor, &paired))?);
        Ok(faults)
    });
    outcome.unwrap_or_else(|wrong| vec![wrong])
}

/// The cases with their operations; an operation without a case is a fault, and a case without an operation.
fn pair<'a>(vendor: &'a Vendor, cases: &'a [Case]) -> (Vec<(&'a Operation, &'a Case)>, Faults) {
    let case = |operation: &Operation| cases.iter().find(|case| case.spec().name == operation.name);
    let known = |case: &Case| vendor.operations.iter().any(|operation| operation.name == case.spec().name);
    let paired = vendor.operations.iter().filter_map(|operation| Some((operation, case(operation)?))).collect();
    let untried = vendor.operations.iter().filter(|operation| case(operation).is_none()).map(|operation| &operation.name);
    let unknown = cases.iter().filter(|case| !known(case)).map(|case| case.spec().name);
    let faults = untried.map(|name| format!("{name}: no test calls it")).chain(unknown.map(|name| format!("{name}: no schema has it")));
    (paired, faults.collect())
}

fn tree(schemas: &str) -> Result<Tree, String> {
    let loaded = if Path::new(schemas).is_dir() {
        scrm_schema::load(Path::new(schemas))
    } else {
        scrm_schema::load_files(scrm_vendor_schemas::FILES.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())))
    };
    loaded.map_err(|errors| errors.to_string())
}

fn mock(schemas: &str) -> Result<Mock, String> {
    let builder = Mock::builder().without_quotas();
    let builder = if Path::new(schemas).is_dir() { builder.schemas(schemas) } else { builder };
    builder.start_blocking().map_err(|error| error.to_string())
}

/// A call for a token is one of the shop's: it carries its credentials.
fn fill_credentials(vendor: &Vendor, operation: &Operation, request: &mut Map<String, Value>, given: impl Fn(&str) -> Option<String>) {
    for token in vendor.file.tokens.iter().filter(|token| token.operation == operation.name) {
        for (name, filling) in &token.parameters {
            let value = match filling {
                Filling::Credential(credential) => given(credential).map(Value::from),
                Filling::Constant(constant) => Some(Value::from(constant.clone())),
                Filling::Constants(constants) => Some(Value::from(constants.clone())),
            };
            request.extend(value.map(|value| (name.clone(), value)));
        }
    }
}

async fn called(client: &ApiClient, operation: &Operation, case: &Case, request: &Map<String, Value>, faults: &mut Faults) {
    let mut fault = |what: String| faults.push(format!("{}: {what}; the request: {}", operation.name, Value::Object(request.clone())));
    match case.read(request) {
        Ok((written, drifts)) => {
            drifts.into_iter().for_each(|drift| fault(format!("the typed request does not take {drift}")));
            if let Some(difference) = difference(&Value::Object(request.clone()), &written) {
                fault(format!("the typed request writes it otherwise: {difference}"));
            }
        }
        Err(wrong) => return fault(format!("the typed request does not take it: {wrong}")),
    }
    // Only the vendor makes cursors: a pull begins without one.
    let cursor = operation.paging.as_ref().and_then(|paging| paging.cursor.as_deref());
    let mut request = request.clone();
    if let Some(cursor) = cursor {
        scrm_schema::filled::edit(&mut request, cursor, &mut |object, name| drop(object.remove(name)));
    }
    match case.send(client, &request).await {
        Ok(meta) => {
            meta.bad_rows.iter().for_each(|row| fault(format!("a row is not understood: {row:?}")));
            meta.drifts.iter().for_each(|drift| fault(format!("the answer is not as documented: {drift}")));
        }
        Err(wrong) => fault(format!("{wrong}")),
    }
}
