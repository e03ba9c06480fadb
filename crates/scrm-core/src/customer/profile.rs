//! One person over several vendors.

use std::{collections::HashMap, fmt};

use super::{Customer, distinct_phones, listed, plain_phone, printable};
use crate::{spec::Label, time::Moment};

/// What one vendor calls a person.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct VendorId {
    /// Short name of the vendor.
    pub vendor: &'static str,
    /// The vendor's own name.
    pub title: Label,
    /// The vendor's id of the person.
    pub id: String,
}

/// One person over several vendors.
///
/// `Display` is a few lines with everything in it, for the person who asked; `Debug` shows no personal data.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Profile {
    /// The name that most vendors have; the first of several as frequent ones.
    pub name: Option<String>,
    /// Phone numbers, each once.
    pub phones: Vec<String>,
    /// Mail addresses, each once.
    pub emails: Vec<String>,
    /// WeChat union ids, each once.
    pub union_ids: Vec<String>,
    /// WeChat open ids, each once.
    pub open_ids: Vec<String>,
    /// The person's ids at the vendors, each once.
    pub ids: Vec<VendorId>,
    /// When the first of the vendors first knew the person.
    pub created: Option<Moment>,
    /// What it was made from.
    pub customers: Vec<Customer>,
}

impl Profile {
    /// One profile of customers who are known to be one person, such as those found by one key. See [`Profile::group`] for customers of whom
    /// nothing is known.
    #[must_use]
    pub fn merge(customers: impl IntoIterator<Item = Customer>) -> Self {
        let customers: Vec<Customer> = customers.into_iter().collect();
        let all = |values: fn(&Customer) -> &[String]| distinct(customers.iter().flat_map(values).cloned());
        Profile {
            name: most_frequent(customers.iter().filter_map(|customer| customer.names.first())).cloned(),
            phones: distinct_phones(all(|customer| &customer.phones)),
            emails: all(|customer| &customer.emails),
            union_ids: all(|customer| &customer.union_ids),
            open_ids: all(|customer| &customer.open_ids),
            ids: distinct(
                customers
                    .iter()
                    .filter_map(|customer| customer.id.clone().map(|id| VendorId { vendor: customer.vendor, title: customer.title, id })),
            ),
            created: customers.iter().filter_map(|customer| customer.created).min(),
            customers,
        }
    }

    /// As many profiles as there seem to be persons, in the order in which they first appear. Customers are one person if they share a phone
    /// number or a union id, directly or through others; names, open ids and a vendor's ids merge nobody. Numbers and ids that identify
    /// nobody (`138****8000`, `00000000000`, `null`, landlines) are not compared.
    #[must_use]
    pub fn group(customers: impl IntoIterator<Item = Customer>) -> Vec<Self> {
        let customers: Vec<Customer> = customers.into_iter().collect();
        let mut sets = Sets::new(customers.len());
        let mut first_with: HashMap<(Kind, String), usize> = HashMap::new();
        for (at, customer) in customers.iter().enumerate() {
            for key in keys(customer) {
                let first = *first_with.entry(key).or_insert(at);
                sets.join(first, at);
            }
        }
        let mut groups: Vec<Vec<Customer>> = Vec::new();
        let mut group_of: HashMap<usize, usize> = HashMap::new();
        for (at, customer) in customers.into_iter().enumerate() {
            let group = *group_of.entry(sets.root(at)).or_insert(groups.len());
            match groups.get_mut(group) {
                Some(group) => group.push(customer),
                None => groups.push(vec![customer]),
            }
        }
        groups.into_iter().map(Profile::merge).collect()
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name.as_deref().map_or("(no name)".into(), printable))?;
        for (what, values) in [("phone", &self.phones), ("email", &self.emails), ("union id", &self.union_ids), ("open id", &self.open_ids)]
        {
            if !values.is_empty() {
                write!(f, "\n  {what:<9} {}", listed(values))?;
            }
        }
        if let Some(created) = self.created {
            write!(f, "\n  {:<9} {created}", "since")?;
        }
        for (at, known) in self.ids.iter().enumerate() {
            write!(f, "\n  {:<9} {} at {}", if at == 0 { "known as" } else { "" }, printable(&known.id), known.title.en)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profile").field("customers", &self.customers).finish_non_exhaustive()
    }
}

impl fmt::Debug for VendorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VendorId").field("vendor", &self.vendor).field("id", &super::masked(&self.id)).finish()
    }
}

#[derive(PartialEq, Eq, Hash)]
enum Kind {
    Phone,
    UnionId,
}

/// What makes two customers one person.
fn keys(customer: &Customer) -> impl Iterator<Item = (Kind, String)> {
    let phones = customer.phones.iter().map(|phone| plain_phone(phone)).filter(|phone| is_phone(phone));
    let union_ids = customer.union_ids.iter().map(|id| id.trim().to_owned()).filter(|id| is_union_id(id));
    phones.map(|phone| (Kind::Phone, phone)).chain(union_ids.map(|id| (Kind::UnionId, id)))
}

/// Whether a number can be one person's: a mobile number of mainland China, or one with the prefix of another country. A landline is its
/// company's.
fn is_phone(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or(number);
    let is_foreign = digits.len() < number.len() && digits.len() >= 8 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let is_domestic = super::is_mobile(number) && matches!(number.as_bytes().get(1), Some(b'3'..=b'9'));
    (is_foreign || is_domestic) && !is_one_character(digits)
}

/// Whether an id can be somebody's, and is no stand-in for "none".
fn is_union_id(id: &str) -> bool {
    let is_placeholder = ["null", "none", "nil", "undefined", "unknown", "false", "nan"].iter().any(|word| id.eq_ignore_ascii_case(word));
    !is_placeholder && !id.contains('*') && !is_one_character(id)
}

fn is_one_character(text: &str) -> bool {
    let mut all = text.chars();
    let first = all.next();
    all.all(|c| Some(c) == first)
}

fn distinct<T: PartialEq>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut kept = Vec::new();
    for value in values {
        if !kept.contains(&value) {
            kept.push(value);
        }
    }
    kept
}

/// The value that occurs most; the first of several.
fn most_frequent<T: PartialEq>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut counted: Vec<(T, usize)> = Vec::new();
    for value in values {
        match counted.iter_mut().find(|(known, _)| *known == value) {
            Some((_, count)) => *count += 1,
            None => counted.push((value, 1)),
        }
    }
    let most = counted.iter().map(|(_, count)| *count).max()?;
    counted.into_iter().find(|(_, count)| *count == most).map(|(value, _)| value)
}

/// Disjoint sets of numbers.
struct Sets(Vec<usize>);

impl Sets {
    fn new(count: usize) -> Self {
        Sets((0..count).collect())
    }

    /// The number that stands for a set.
    fn root(&mut self, of: usize) -> usize {
        let mut at = of;
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        self.0[one.max(other)] = one.min(other);
    }
}
