//! What a generated operation offers: a request that is a value, the type of its data, and how it pages.

use serde_json::Value;

use crate::{
    error::{Error, ErrorKind},
    spec::{OperationSpec, VendorSpec},
    table::{Inspect, Payload, ReadFields},
};

/// A vendor, as a type. An operation belongs to one, and only that vendor's client sends it.
pub trait Vendor: Send + Sync + 'static {
    /// What is known of the vendor.
    fn spec() -> &'static VendorSpec;
}

/// Whether an operation is one of this vendor's: an error before anything is sent, where the types did not see to it.
pub(crate) fn belongs<O: Operation>(vendor: &'static VendorSpec) -> Result<(), Error> {
    let (own, spec) = (O::Vendor::spec(), O::spec());
    if std::ptr::eq(own, vendor) || own.name == vendor.name {
        return Ok(());
    }
    let detail = format!("{} is not an operation of this vendor, but of {}", spec.name, own.name);
    Err(Error::new(ErrorKind::Unsupported, vendor, detail))
}

/// A request. The value holds what is sent; [`Operation::spec`] holds what is known of the operation.
pub trait Operation: ReadFields + Clone + Send + Sync + 'static {
    /// The vendor that it belongs to.
    type Vendor: Vendor;

    /// What stands under the envelope's data key.
    type Data: Payload + Default + Send + 'static;

    /// What is known of the operation.
    fn spec() -> &'static OperationSpec;
}

/// A row of a list: an object with fields, or a value that stands for itself.
pub trait Row: Clone + Send + 'static {
    /// Its fields; `None`: it is a value.
    fn fields(&self) -> Option<&dyn ReadFields> {
        None
    }

    /// As JSON, where it has no fields.
    fn value(&self) -> Value {
        Value::Null
    }
}

impl<T: ReadFields + Clone + Send + 'static> Row for T {
    fn fields(&self) -> Option<&dyn ReadFields> {
        Some(self)
    }
}

macro_rules! values {
    ($($type:ty),*) => {$(
        impl Row for $type {
            fn value(&self) -> Value {
                self.clone().into()
            }
        }
    )*};
}
values!(i64, String, Value);

/// An operation whose answer is one page of many. What can be read of it by name stands in its [`PagingSpec`](crate::spec::PagingSpec).
pub trait PagedOperation: Operation<Data: Inspect> {
    /// One row.
    type Row: Row;

    /// The rows of a page, taken out of it; what stands beside them stays.
    fn take_rows(data: &mut Self::Data) -> Vec<Self::Row>;

    /// Asks for another page. Does nothing where pages have no number.
    fn set_page(&mut self, _page: i64) {}

    /// Asks for pages of another size. Does nothing where there is none.
    fn set_size(&mut self, _size: i64) {}

    /// Goes on behind a cursor. `false`: not a cursor of this operation.
    fn set_cursor(&mut self, _cursor: &Value) -> bool {
        false
    }

    /// Narrows a range filter: one of the specification's windows by their numbers, or behind them the one along which a longer pull is split. Does
    /// nothing where the schema names none.
    fn set_range(&mut self, _number: usize, _start: &str, _end: &str) {}
}
