//! The user's own people.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock;

/// What `Customer` of a made-up person tells.
pub(super) const TOLD: &[&str] = &[
    "phone",
    "name",
    "nickname",
    "email",
    "union_id",
    "avatar",
    "sex",
    "company",
    "remark",
    "country",
    "province",
    "city",
    "address",
    "birthday",
    "score",
    "created_at",
];

/// A person of the mock: values under the words of `x-sample` (`phone`, `name`, `nickname`, `email`, `union_id`, `open_id`, `company`, `city`,
/// `created_at` as `YYYY-MM-DD HH:MM:SS` …). What is not given is made up.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Customer(IndexMap<String, Value>);

/// Why own data could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// The text is no JSON list of objects.
    #[error("the customers are no JSON list of objects: {0}")]
    Json(#[from] serde_json::Error),
    /// A line of the table has more or fewer cells than the first one.
    #[error("line {line} of the customers has {found} cells, the first line names {expected}")]
    Cells {
        /// Counts from 1, the line of names included.
        line: usize,
        /// Cells in that line.
        found: usize,
        /// Cells in the first line.
        expected: usize,
    },
    /// A quoted cell has no end.
    #[error("a quoted cell that begins in line {line} of the customers is not closed")]
    Quote {
        /// Counts from 1.
        line: usize,
    },
    /// `created_at` is no time.
    #[error("customer {row}: created_at must be written YYYY-MM-DD HH:MM:SS")]
    Created {
        /// Counts from 1.
        row: usize,
    },
}

impl Customer {
    /// Nobody in particular: all is made up.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets one value.
    #[must_use]
    pub fn with(mut self, sample: &str, value: impl Into<Value>) -> Self {
        self.0.insert(sample.to_owned(), value.into());
        self
    }

    /// One value.
    pub fn get(&self, sample: &str) -> Option<&Value> {
        self.0.get(sample)
    }

    /// One value that is a text; empty when there is none.
    pub fn text(&self, sample: &str) -> &str {
        self.get(sample).and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn created(&self) -> Option<i64> {
        clock::seconds_of(self.text("created_at")).map(|(first, _)| first)
    }

    /// Reads a JSON list of objects.
    ///
    /// # Errors
    /// When the text is something else or a `created_at` is no time.
    pub fn from_json(text: &str) -> Result<Vec<Self>, DataError> {
        checked(serde_json::from_str(text)?)
    }

    /// Reads comma-separated lines; the first line names the columns by the words of `x-sample`. An empty cell is a value that is made up.
    ///
    /// # Errors
    /// When lines differ in their number of cells, a quote is left open, or a `created_at` is no time.
    pub fn from_csv(text: &str) -> Result<Vec<Self>, DataError> {
        let mut lines = cells(text.trim_start_matches('\u{feff}'))?.into_iter().enumerate();
        let Some((_, names)) = lines.next() else { return Ok(Vec::new()) };
        let mut customers = Vec::new();
        for (line, cells) in lines {
            if cells.len() != names.len() {
                return Err(DataError::Cells { line: line + 1, found: cells.len(), expected: names.len() });
            }
            let filled = names.iter().zip(cells).filter(|(_, cell)| !cell.is_empty());
            customers.push(Self(filled.map(|(name, cell)| (name.clone(), Value::String(cell))).collect()));
        }
        checked(customers)
    }
}

fn checked(customers: Vec<Customer>) -> Result<Vec<Customer>, DataError> {
    for (place, customer) in customers.iter().enumerate() {
        if customer.get("created_at").is_some() && customer.created().is_none() {
            return Err(DataError::Created { row: place + 1 });
        }
    }
    Ok(customers)
}

/// Lines and cells of a comma-separated text (RFC 4180); blank lines are left out.
fn cells(text: &str) -> Result<Vec<Vec<String>>, DataError> {
    let (mut lines, mut line, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut letters = text.chars().peekable();
    let mut quoted_since = None;
    let mut at = 1;
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted_since.is_some() && letters.peek() == Some(&'"') => cell.extend(letters.next()),
            '"' if quoted_since.is_some() => quoted_since = None,
            '"' if cell.is_empty() => quoted_since = Some(at),
            _ if quoted_since.is_some() => {
                at += usize::from(letter == '\n');
                cell.push(letter);
            }
            ',' => line.push(std::mem::take(&mut cell)),
            '\r' if letters.peek() == Some(&'\n') => {}
            '\n' => {
                at += 1;
                line.push(std::mem::take(&mut cell));
                lines.push(std::mem::take(&mut line));
            }
            _ => cell.push(letter),
        }
    }
    if let Some(line) = quoted_since {
        return Err(DataError::Quote { line });
    }
    line.push(cell);
    lines.push(line);
    lines.retain(|line| line.iter().any(|cell| !cell.is_empty()));
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_with_quotes_is_read() {
        let read =
            Customer::from_csv("\u{feff}phone,name,company\r\n13800138001,\"王, 明\",\"说\"\"好\"\"\n的\"\r\n\r\n13800138002,李雷,\n")
                .unwrap();
        assert_eq!(read.len(), 2);
        assert_eq!(read[0].text("name"), "王, 明");
        assert_eq!(read[0].text("company"), "说\"好\"\n的");
        assert_eq!(read[1].get("company"), None);
    }

    #[test]
    fn bad_tables_say_where() {
        assert_eq!(Customer::from_csv("a,b\n1").unwrap_err().to_string(), "line 2 of the customers has 1 cells, the first line names 2");
        assert_eq!(
            Customer::from_csv("a\n\"x").unwrap_err().to_string(),
            "a quoted cell that begins in line 2 of the customers is not closed"
        );
        let error = Customer::from_json(r#"[{"created_at":"yesterday"}]"#).unwrap_err();
        assert_eq!(error.to_string(), "customer 1: created_at must be written YYYY-MM-DD HH:MM:SS");
        assert!(Customer::from_json("{}").is_err());
        assert!(Customer::from_csv("").unwrap().is_empty());
    }
}
