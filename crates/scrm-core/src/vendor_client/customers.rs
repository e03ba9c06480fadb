//! From rows to customers: what generated clients call, one line per key.

use std::{collections::VecDeque, str::FromStr};

use futures_util::{StreamExt as _, stream};

use super::CustomerStream;
use crate::{
    client::ApiClient,
    customer::{Customer, CustomerKey},
    error::{Error, ErrorKind},
    operation::{Operation, PagedOperation},
    paging::Items,
    spec::{OperationSpec, VendorSpec},
    table::{Inspect, ReadFields, View},
};

/// Customers in the answer of an operation that is not paged. What comes back is held against the key; `exact`: the vendor searches for exactly the key, so that
/// a customer is believed whose row does not show it.
///
/// # Errors
/// [`ErrorKind::InvalidRequest`] for an empty key, before anything is sent; else as for any call. An answer whose only rows cannot be understood is an error, not an empty list.
pub async fn find<O: Operation>(core: &ApiClient, request: O, key: &CustomerKey, exact: bool) -> Result<Vec<Customer>, Error>
where
    O::Data: Inspect,
{
    given(core, key)?;
    let response = core.call(request).await?;
    let mut found = Found::new(core.vendor(), O::spec(), key, exact);
    found.all(&response.data.shown());
    match response.meta.bad_rows.into_iter().next() {
        Some(bad) if found.customers.is_empty() => {
            let detail = format!("a customer is not understood: {}", bad.reason);
            Err(Error::new(ErrorKind::Decode, core.vendor(), detail).of(O::spec(), O::spec().name).with_bad_row(bad))
        }
        _ => Ok(found.customers),
    }
}

/// Customers in all pages of a search; see [`find`].
///
/// # Errors
/// As [`find`]; also when any page cannot be got.
pub async fn find_in_pages<O: PagedOperation>(core: &ApiClient, request: O, key: &CustomerKey, exact: bool) -> Result<Vec<Customer>, Error>
where
    O::Row: ReadFields,
{
    given(core, key)?;
    let mut found = Found::new(core.vendor(), O::spec(), key, exact);
    let mut bad = None;
    let mut rows = core.call(request).paginate().items();
    loop {
        match rows.next().await {
            Ok(Some(row)) => found.one(&row),
            Ok(None) => break,
            Err(error) if error.bad_row().is_some() => bad = bad.or(Some(error)),
            Err(error) => return Err(error),
        }
    }
    match bad {
        Some(error) if found.customers.is_empty() => Err(error),
        _ => Ok(found.customers),
    }
}

/// An empty key would be taken for no filter, and everybody found.
fn given(core: &ApiClient, key: &CustomerKey) -> Result<(), Error> {
    if !key.is_empty() {
        return Ok(());
    }
    let detail = format!("the {} to find customers by is empty; nothing was sent", key.kind());
    Err(Error::new(ErrorKind::InvalidRequest, core.vendor(), detail))
}

/// The number that a key is, where the vendor's ids are numbers; `None`: it is none, and nobody has it.
///
/// # Errors
/// [`ErrorKind::InvalidRequest`] for an empty key.
pub fn number(core: &ApiClient, key: &CustomerKey) -> Result<Option<i64>, Error> {
    given(core, key)?;
    Ok(key.value().trim().parse().ok())
}

/// All customers of a paged operation.
#[must_use]
pub fn list<'a, O: PagedOperation>(core: &ApiClient, request: O) -> CustomerStream<'a>
where
    O::Row: ReadFields,
{
    let vendor = core.vendor();
    match O::spec().customer {
        Some(spec) => Box::pin(core.call(request).paginate().items().map(move |row| row.map(|row| Customer::read(&row, spec, vendor)))),
        None => {
            let detail = format!("the rows of {} are not customers", O::spec().name);
            Box::pin(stream::iter([Err(Error::new(ErrorKind::Unsupported, vendor, detail))]))
        }
    }
}

/// After so many failures in a row, a list by ids ends.
const MOST_FAILURES: u32 = 5;

/// All customers, by the ids that one operation lists and another one takes, so many at once. After an error the stream can be polled on: the same ids are asked
/// for again, unless that failed five times in a row.
pub fn list_by_ids<'a, I: PagedOperation, O: Operation>(
    core: &ApiClient,
    ids: I,
    batch: usize,
    details: impl Fn(Vec<I::Row>) -> O + Send + Sync + 'a,
) -> CustomerStream<'a>
where
    O::Data: Inspect,
{
    let by_ids = ByIds {
        core: core.clone(),
        ids: core.call(ids).paginate().items(),
        batch: batch.max(1),
        details,
        asked: Vec::new(),
        ready: VecDeque::new(),
        failures: 0,
        ended: false,
    };
    Box::pin(stream::unfold(by_ids, async |mut by_ids| by_ids.next().await.map(|customer| (customer, by_ids))))
}

/// A list of customers by their ids.
struct ByIds<I: PagedOperation, F> {
    core: ApiClient,
    ids: Items<I>,
    batch: usize,
    details: F,
    /// The ids to ask for next.
    asked: Vec<I::Row>,
    ready: VecDeque<Result<Customer, Error>>,
    failures: u32,
    ended: bool,
}

impl<I: PagedOperation, O: Operation, F: Fn(Vec<I::Row>) -> O> ByIds<I, F>
where
    O::Data: Inspect,
{
    async fn next(&mut self) -> Option<Result<Customer, Error>> {
        loop {
            if let Some(customer) = self.ready.pop_front() {
                return Some(customer);
            }
            while !self.ended && self.asked.len() < self.batch {
                match self.ids.next().await {
                    Ok(Some(id)) => self.asked.push(id),
                    Ok(None) => self.ended = true,
                    Err(error) => return Some(Err(error)),
                }
            }
            if self.asked.is_empty() || self.failures >= MOST_FAILURES {
                return None;
            }
            if let Err(error) = self.ask().await {
                self.failures += 1;
                return Some(Err(error));
            }
            (self.failures, self.asked) = (0, Vec::new());
        }
    }

    async fn ask(&mut self) -> Result<(), Error> {
        let response = self.core.call((self.details)(self.asked.clone())).await?;
        let (vendor, spec) = (self.core.vendor(), O::spec());
        each_row(&response.data.shown(), &mut |row| {
            self.ready.extend(spec.customer.map(|customer| Ok(Customer::read(row, customer, vendor))));
        });
        self.ready.extend(response.meta.bad_rows.into_iter().map(|bad| {
            let detail = format!("a customer is not understood: {}", bad.reason);
            Err(Error::new(ErrorKind::Decode, vendor, detail).of(spec, spec.name).with_bad_row(bad))
        }));
        Ok(())
    }
}

/// The tags of customers, by an operation that takes so many ids at once and tells the tags of each.
///
/// # Errors
/// As for any call; also when the tags of a customer cannot be understood, after those of the others in the same answer are filled in.
pub async fn fill_tags<O: Operation, K: FromStr>(
    core: &ApiClient,
    customers: &mut [Customer],
    batch: usize,
    tags_of: impl Fn(Vec<K>) -> O + Send,
) -> Result<(), Error>
where
    O::Data: Inspect,
{
    let (vendor, spec) = (core.vendor(), O::spec());
    let mut known: Vec<&mut Customer> =
        customers.iter_mut().filter(|customer| customer.vendor == vendor.name && id_of::<K>(customer).is_some()).collect();
    for some in known.chunks_mut(batch.max(1)) {
        let ids = some.iter().filter_map(|customer| id_of(customer)).collect();
        let response = core.call(tags_of(ids)).await?;
        each_row(&response.data.shown(), &mut |row| {
            let Some(told) = spec.customer.map(|customer| Customer::read(row, customer, vendor)) else { return };
            for customer in some.iter_mut().filter(|customer| customer.id == told.id) {
                customer.tags.clone_from(&told.tags);
            }
        });
        if let Some(bad) = response.meta.bad_rows.into_iter().next() {
            let detail = format!("the tags of a customer are not understood: {}", bad.reason);
            return Err(Error::new(ErrorKind::Decode, vendor, detail).of(spec, spec.name).with_bad_row(bad));
        }
    }
    Ok(())
}

fn id_of<K: FromStr>(customer: &Customer) -> Option<K> {
    customer.id.as_deref()?.parse().ok()
}

/// Calls `visit` with each row of an answer.
fn each_row(data: &View<'_>, visit: &mut dyn FnMut(&dyn ReadFields)) {
    match data {
        View::Root(row) => visit(*row),
        View::Obj(object) => object.get().into_iter().for_each(visit),
        View::List(rows) => (0..rows.count()).filter_map(|at| rows.get(at)).for_each(visit),
        View::Map(map) => (0..map.count()).filter_map(|at| map.get(at)).for_each(|(_, row)| each_row(&row, visit)),
        _ => {}
    }
}

/// The customers found so far.
struct Found<'a> {
    vendor: &'static VendorSpec,
    operation: &'static OperationSpec,
    key: &'a CustomerKey,
    exact: bool,
    customers: Vec<Customer>,
}

impl<'a> Found<'a> {
    fn new(vendor: &'static VendorSpec, operation: &'static OperationSpec, key: &'a CustomerKey, exact: bool) -> Self {
        Found { vendor, operation, key, exact, customers: Vec::new() }
    }

    fn one(&mut self, row: &dyn ReadFields) {
        let Some(spec) = self.operation.customer else { return };
        let customer = Customer::read(row, spec, self.vendor);
        // Some vendors answer an empty object where nobody was found.
        let somebody = customer != Customer::new(self.vendor.name, self.vendor.title);
        if somebody && (customer.matches(self.key) || (self.exact && !customer.contradicts(self.key))) {
            self.customers.push(customer);
        }
    }

    fn all(&mut self, data: &View<'_>) {
        each_row(data, &mut |row| self.one(row));
    }
}
