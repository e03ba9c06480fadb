//! How a list goes on: pages, windows, splitting.

use serde::Deserialize;

/// How rows are paged.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    /// What moves from page to page.
    pub style: PagingStyle,
    /// Request field of the page number (style `page_number`).
    #[serde(default)]
    pub page: Option<String>,
    /// Number of the first page (style `page_number`; 1 unless told).
    #[serde(default)]
    pub first: Option<i64>,
    /// Request field of the cursor (style `cursor`).
    #[serde(default)]
    pub cursor: Option<String>,
    /// Field of the last row that the cursor copies (style `cursor`); absent where rows are scalars: the row itself.
    #[serde(default)]
    pub from: Option<String>,
    /// Request field of the page size.
    #[serde(default)]
    pub size: Option<String>,
    /// Largest documented page size.
    #[serde(default)]
    pub max_size: Option<u32>,
    /// Page size asked for unless the caller says otherwise, where no maximum is documented.
    #[serde(default)]
    pub default_size: Option<u32>,
    /// JSON pointer of the rows in the answer.
    pub rows: String,
    /// JSON pointer of the total in the answer.
    #[serde(default)]
    pub total: Option<String>,
    /// Field of a row that identifies it, as a path.
    #[serde(default)]
    pub id: Option<String>,
    /// The vendor gives no row beyond this one.
    #[serde(default)]
    pub row_cap: Option<u32>,
    /// Range filter along which a longer pull is split.
    #[serde(default)]
    pub split_by: Option<SplitBy>,
    /// Range filters of which the vendor takes only so much time at once (a rule says how much); one that counts before the others stands before them.
    #[serde(default)]
    pub windows: Vec<Window>,
}

/// A range filter along which a pull goes window after window.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Request field of the beginning.
    pub start: String,
    /// Request field of the end.
    pub end: String,
    /// The time of a row that the range filters, as a path.
    #[serde(default)]
    pub field: Option<String>,
    /// Without a beginning, the vendor answers so many seconds before the end, which is now unless told; absent: a pull needs a beginning.
    #[serde(default)]
    pub without_start: Option<u32>,
    /// Without a beginning, the vendor answers all there is, so that a pull needs none.
    #[serde(default)]
    pub optional: bool,
}

/// What moves from page to page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PagingStyle {
    /// A number.
    PageNumber,
    /// A copy of a field of the last row.
    Cursor,
}

/// A pair of request fields that bound a range.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SplitBy {
    /// Request field of the beginning.
    pub start: String,
    /// Request field of the end.
    pub end: String,
    /// Field of a row that the range filters.
    #[serde(default)]
    pub field: Option<String>,
}
