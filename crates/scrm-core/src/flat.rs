//! Rows for tables of texts.

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, MapAccess, Visitor},
};
use serde_json::{Map, Value};

use crate::{
    serialize::{Record, Style, from_value},
    table::{ReadFields, Slot, WriteFields},
};

/// A row for CSV and other tables whose cells are texts: the same fixed columns as the row's own `Serialize`, and what holds other values (lists,
/// objects, dynamic columns, undocumented keys) as its JSON text; nothing where there is nothing.
///
/// A row without such columns can be given to a CSV writer as it is. This takes any, and reads it back: `Flat<User>` is what a CSV reader makes of
/// such a table. An empty cell is read as nothing, for CSV cannot tell an empty text from none.
///
/// ```
/// # use scrm_core::{Flat, Tabular};
/// # fn write<R: Tabular>(rows: Vec<R>) -> Result<(), serde_json::Error> {
/// # struct Writer;
/// # impl Writer { fn serialize(&mut self, row: impl serde::Serialize) -> Result<(), serde_json::Error> { serde_json::to_string(&row).map(drop) } }
/// # let mut writer = Writer;
/// for row in &rows {
///     writer.serialize(row.flat())?; // `writer` being a `csv::Writer`
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Default, PartialEq)]
pub struct Flat<T>(pub T);

impl<T: ReadFields> Serialize for Flat<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Record { record: &self.0, style: Style::Flat }.serialize(serializer)
    }
}

impl<'de, T: WriteFields + Default> Deserialize<'de> for Flat<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let cells = deserializer.deserialize_map(Cells)?;
        let mut record = T::default();
        let members: Map<String, Value> = cells.into_iter().map(|(name, text)| (name.clone(), value(&mut record, &name, text))).collect();
        from_value(&Value::Object(members)).map(Flat).map_err(D::Error::custom)
    }
}

/// The cells that are not empty.
struct Cells;

impl<'de> Visitor<'de> for Cells {
    type Value = Vec<(String, String)>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a row of texts by column")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let mut cells = Vec::with_capacity(map.size_hint().unwrap_or_default().min(256));
        while let Some((name, text)) = map.next_entry::<String, Option<String>>()? {
            cells.extend(text.filter(|text| !text.is_empty()).map(|text| (name, text)));
        }
        Ok(cells)
    }
}

/// What a cell holds, as JSON that the decoder takes for this field.
fn value(record: &mut dyn WriteFields, name: &str, text: String) -> Value {
    let table = record.table();
    let json = |text: String| serde_json::from_str(&text).unwrap_or(Value::String(text));
    let Some(number) = table.find(name, 0) else {
        let holds_others = name == table.extra_name() || table.dynamic.is_some_and(|columns| columns.name == name);
        return if holds_others { json(text) } else { Value::String(text) };
    };
    match record.slot(number) {
        Slot::Str(_) | Slot::I64(_) | Slot::F64(_) | Slot::Bool(_) | Slot::Typed(_) => Value::String(text),
        Slot::Open(slot) => match text.parse::<i64>() {
            Ok(code) if slot.wants_int() => Value::from(code),
            _ => Value::String(text),
        },
        Slot::Nullable(_) if !text.starts_with('[') => Value::String(text),
        _ => json(text),
    }
}
