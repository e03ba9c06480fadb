//! From rows to customers: what generated clients call, one line per key.

use futures_util::{StreamExt as _, stream};

use super::CustomerStream;
use crate::{
    client::ApiClient,
    customer::{Customer, CustomerKey},
    error::{Error, ErrorKind},
    operation::{Operation, PagedOperation},
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
pub async fn find_in_pages<O: PagedOperation>(
    core: &ApiClient,
    request: O,
    key: &CustomerKey,
    exact: bool,
) -> Result<Vec<Customer>, Error>
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
        match data {
            View::Root(row) => self.one(*row),
            View::Obj(object) => object.get().into_iter().for_each(|row| self.one(row)),
            View::List(rows) => (0..rows.count()).filter_map(|at| rows.get(at)).for_each(|row| self.one(row)),
            View::Map(map) => (0..map.count()).filter_map(|at| map.get(at)).for_each(|(_, row)| self.all(&row)),
            _ => {}
        }
    }
}
