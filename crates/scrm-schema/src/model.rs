//! The schema tree as values: what the files say, checked and with every reference resolved.

mod customer;
mod field;
mod operation;
mod paging;
mod push;
mod vendor_file;

use serde::Deserialize;

use crate::error::Problem;

pub use customer::{Customer, CustomerKey, Find, ListBy, TagsOf};
pub use field::{Announced, Columns, Comparison, Enum, EnumValue, Field, Filters, Object, Sensitive, TimeFormat, Type, Used, Wire};
pub use operation::{Access, Beyond, DataType, Erratum, ErratumKind, Example, Operation, Quota, Rule};
pub use paging::{Paging, PagingStyle, SplitBy, Window};
pub use push::{Channel, Delivery, Protection, Push, PushEnvelope, PushExample, PushFormat, Recognized, Reply};
pub use vendor_file::{
    Action, BaseUrl, BodyKind, ClockUnit, Credential, Envelope, ErrorRule, Filling, Hash, Method, Place, Signature, SignatureSecret,
    SignedFilling, Situation, Token, TokenPlace, Untyped, VendorFile,
};

/// All vendors, sorted by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tree {
    /// Sorted by name.
    pub vendors: Vec<Vendor>,
    /// Where `TODO` stands: a file that somebody has still to complete. It loads; nothing is generated from it.
    pub unfinished: Vec<Problem>,
}

/// One vendor: its `vendor.json`, its operations, and what it sends on its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Vendor {
    /// What `vendor.json` says.
    pub file: VendorFile,
    /// The areas' operations in the order of the areas, each area's sorted by name; then those that answer tokens.
    pub operations: Vec<Operation>,
    /// What is known of it and not typed, in the order of the file `known.json`.
    pub known: Vec<Known>,
    /// What the vendor sends on its own, by folder: sorted by name.
    pub channels: Vec<Channel>,
}

impl Vendor {
    /// The operations of an area, sorted by name.
    pub fn area<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Operation> {
        self.operations.iter().filter(move |operation| operation.area.as_deref() == Some(name))
    }

    /// All that the vendor sends on its own, channel by channel, each channel's sorted by name.
    pub fn pushes(&self) -> impl Iterator<Item = (&Channel, &Push)> {
        self.channels.iter().flat_map(|channel| channel.pushes.iter().map(move |push| (channel, push)))
    }

    /// The operations that answer tokens, sorted by name.
    pub fn token_operations(&self) -> impl Iterator<Item = &Operation> {
        self.operations.iter().filter(|operation| operation.area.is_none())
    }
}

/// What is known of a vendor by name, and for some reason not typed.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// The name that it would have: `order_close`.
    pub name: String,
    /// What it is.
    #[serde(default)]
    pub kind: KnownKind,
    /// The area that it would stand in.
    pub area: String,
    /// The vendor's title and ours.
    pub title: Label,
    /// HTTP method, where it is known.
    #[serde(default)]
    pub method: Option<Method>,
    /// Path below the vendor's base URL, where it is known.
    #[serde(default)]
    pub path: Option<String>,
    /// Where it was seen.
    pub source: Source,
    /// Why it is not typed.
    pub reason: Label,
}

/// Who calls whom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KnownKind {
    /// An operation: we call the vendor.
    #[default]
    Operation,
    /// A push: the vendor tells us what happened.
    Push,
    /// A callback: the vendor asks us, or tells us, at an address that we give.
    Callback,
}

/// One area: a folder of operations.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Area {
    /// Name in snake case; the folder's name.
    pub name: String,
    /// What it is about, in Chinese.
    pub zh: String,
    /// What it is about, in English.
    pub en: String,
}

/// A text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// Where something was read.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The page, by site and title.
    pub page: String,
    /// Address of the page.
    #[serde(default)]
    pub url: Option<String>,
    /// The day it was read, `YYYY-MM-DD`.
    pub read: String,
    /// The copy that was read is not whole: the last field it has, as names from `request` or `response` down (`response/data/list/id`).
    #[serde(default)]
    pub cut_after: Option<String>,
    /// How it is known.
    #[serde(default)]
    pub evidence: Evidence,
}

/// How something is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// The vendor's own page says so.
    #[default]
    Documented,
    /// A mirrored copy of the vendor's page says so; it is of an older date.
    Mirrored,
    /// Seen in other people's code that works.
    Code,
    /// Seen in one example.
    Example,
    /// Seen in an example, in other people's code or in somebody's retelling; which of these was not noted.
    Unverified,
}

impl Evidence {
    /// Whether no page of the vendor was seen to say it.
    #[must_use]
    pub fn is_unverified(self) -> bool {
        matches!(self, Evidence::Code | Evidence::Example | Evidence::Unverified)
    }
}

fn yes() -> bool {
    true
}
