//! How rows read as customers, and how customers are found.

use indexmap::IndexMap;
use serde::Deserialize;

use super::Filling;

/// How rows read as customers. Paths are wire names joined by `/`; a path through a list means each of its items.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Customer {
    /// The vendor's id.
    pub id: String,
    /// Names, the best first.
    #[serde(default)]
    pub names: Vec<String>,
    /// Phone numbers.
    #[serde(default)]
    pub phones: Vec<String>,
    /// Mail addresses.
    #[serde(default)]
    pub emails: Vec<String>,
    /// WeChat union ids.
    #[serde(default)]
    pub union_ids: Vec<String>,
    /// WeChat open ids.
    #[serde(default)]
    pub open_ids: Vec<String>,
    /// Pictures.
    #[serde(default)]
    pub avatars: Vec<String>,
    /// Tags: names, or ids where the vendor gives no names.
    #[serde(default)]
    pub tags: Vec<String>,
    /// When the vendor first knew the customer; a field with `x-time`.
    #[serde(default)]
    pub created: Option<String>,
    /// By which keys this operation finds customers.
    #[serde(default)]
    pub find: IndexMap<CustomerKey, Find>,
    /// Whether the vendor's customers are listed by this operation (it must be paged).
    #[serde(default)]
    pub list: bool,
    /// The vendor's customers are listed by this operation, of ids that another one lists.
    #[serde(default)]
    pub list_by: Option<ListBy>,
    /// This operation tells the tags of customers whose ids are known.
    #[serde(default)]
    pub tags_of: Option<TagsOf>,
    /// Parameters that are filled for a find, a list or tags, by their paths.
    #[serde(default)]
    pub with: IndexMap<String, Filling>,
}

/// How customers are listed by their ids.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListBy {
    /// The operation whose rows are ids; it is paged.
    pub operation: String,
    /// Request field, as a path, that takes a list of them.
    pub parameter: String,
    /// How many are asked for at once.
    pub batch: u32,
}

/// How the tags of customers are read by their ids.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TagsOf {
    /// Request field, as a path, that takes a list of ids.
    pub parameter: String,
    /// How many are asked for at once.
    pub batch: u32,
}

/// What a customer can be found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomerKey {
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

/// How a customer is found by one key.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Find {
    /// Request field that takes the key, as a path.
    pub parameter: String,
    /// `false`: the vendor searches loosely, so answers are filtered again.
    #[serde(default = "super::yes")]
    pub exact: bool,
}
