//! Customers as any vendor tells of them, and one profile over several vendors.
use crate::{
    spec::{CustomerSpec, Label, VendorSpec},
    table::Shown,
    time::Moment,
};

/// What a customer can be found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyKind {
    /// Phone number.
    Phone,
    /// WeChat union id.
    UnionId,
    /// WeChat open id.
    OpenId,
    /// The vendor's id.
    Id,
    /// Mail address.
    Email,
}

/// One kind of key with its value.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CustomerKey {
    kind: KeyKind,
    value: String,
}

impl CustomerKey {
    /// By phone number.
    #[must_use]
    pub fn phone(value: impl Into<String>) -> Self {
        CustomerKey { kind: KeyKind::Phone, value: value.into() }
    }
    /// By WeChat union id.
    #[must_use]
    pub fn union_id(value: impl Into<String>) -> Self {
        CustomerKey { kind: KeyKind::UnionId, value: value.into() }
    }
    /// By WeChat open id.
    #[must_use]
    pub fn open_id(value: impl Into<String>) -> Self {
        CustomerKey { kind: KeyKind::OpenId, value: value.into() }
    }
    /// By the vendor's id.
    #[must_use]
    pub fn id(value: impl Into<String>) -> Self {
        CustomerKey { kind: KeyKind::Id, value: value.into() }
    }
    /// By mail address.
    #[must_use]
    pub fn email(value: impl Into<String>) -> Self {
        CustomerKey { kind: KeyKind::Email, value: value.into() }
    }
    /// What kind of key it is.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.kind
    }
    /// Its value.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }
}

/// One customer as one vendor knows them.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Customer {
    /// Short name of the vendor.
    pub vendor: &'static str,
    /// The vendor's own name.
    pub title: Label,
    /// The vendor's id of the customer.
    pub id: Option<String>,
    /// Names, the best first.
    pub names: Vec<String>,
    /// Phone numbers.
    pub phones: Vec<String>,
    /// Mail addresses.
    pub emails: Vec<String>,
    /// WeChat union ids.
    pub union_ids: Vec<String>,
    /// WeChat open ids.
    pub open_ids: Vec<String>,
    /// Addresses of pictures.
    pub avatars: Vec<String>,
    /// When the vendor first knew the customer.
    pub created: Option<Moment>,
}

impl Customer {
    /// A customer of whom nothing is known yet.
    #[must_use]
    pub fn new(vendor: &'static str, title: Label) -> Self {
        Customer {
            vendor,
            title,
            id: None,
            names: vec![],
            phones: vec![],
            emails: vec![],
            union_ids: vec![],
            open_ids: vec![],
            avatars: vec![],
            created: None,
        }
    }
    /// Reads a row.
    #[must_use]
    pub fn read(_row: &dyn Shown, _spec: &CustomerSpec, vendor: &VendorSpec) -> Self {
        Customer::new(vendor.name, vendor.title)
    }
    /// Whether this key is one of the customer's.
    #[must_use]
    pub fn matches(&self, _key: &CustomerKey) -> bool {
        false
    }
}

/// One person over several vendors.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Profile {
    /// The customers it was made from.
    pub customers: Vec<Customer>,
}

impl Profile {
    /// One profile of customers who are known to be one person.
    #[must_use]
    pub fn merge(customers: impl IntoIterator<Item = Customer>) -> Self {
        Profile { customers: customers.into_iter().collect() }
    }
    /// As many profiles as there are persons.
    #[must_use]
    pub fn group(customers: impl IntoIterator<Item = Customer>) -> Vec<Self> {
        customers.into_iter().map(|customer| Profile::merge([customer])).collect()
    }
}
