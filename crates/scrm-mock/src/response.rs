//! The body of a successful call.

use serde_json::{Map, Value, json};

use scrm_schema::model::{Field, Object, Type, Wire};

use crate::{
    fill::{Filler, TENANT_COLUMNS},
    people::Person,
    row_texts::Writer,
    select::{Page, RowsAt},
};

/// Builds the answer around its rows.
pub(crate) struct Answerer<'a> {
    pub(crate) filler: &'a Filler<'a>,
    pub(crate) rows: Option<&'a RowsAt>,
    pub(crate) page: Option<&'a Page>,
    /// Whom values outside of rows are about.
    pub(crate) person: &'a Person,
    /// Empty objects come as `[]`, as PHP writes them.
    pub(crate) php: bool,
    /// Takes a list of rows as text.
    pub(crate) writer: Option<&'a Writer<'a>>,
}

impl Answerer<'_> {
    /// The whole body, envelope included.
    pub(crate) fn body(&self) -> Value {
        let envelope = &self.filler.vendor.file.envelope;
        let mut map = Map::new();
        map.insert(envelope.code.clone(), envelope.success.first().cloned().unwrap_or(Value::Null));
        for (key, value) in &envelope.others {
            map.insert(key.clone(), value.clone());
        }
        if let Some(key) = envelope.message.first() {
            map.insert(key.clone(), json!(envelope.success_message));
        }
        map.insert(envelope.data.clone(), self.data());
        let body = Value::Object(map);
        if self.php { empty_as_lists(body) } else { body }
    }

    fn data(&self) -> Value {
        let envelope = &self.filler.vendor.file.envelope;
        match &self.filler.operation.data {
            None => Value::Null,
            Some(data) => match self.part(&data.ty, None, &format!("/{}", envelope.data)) {
                Some(value) => value,
                None if data.nullable => Value::Null,
                None => json!({}),
            },
        }
    }

    /// What stands at a pointer that holds rows or lies above them; `None`: nobody was found for the one place there is.
    fn part(&self, ty: &Type, field: Option<&Field>, pointer: &str) -> Option<Value> {
        if let (Some(rows), Some(page)) = (self.rows, self.page)
            && rows.pointer == pointer
        {
            let mut people = page.places.iter().filter_map(|place| self.filler.people.at(*place));
            if rows.single {
                return people.next().map(|person| self.item(&rows.item, field, person));
            }
            // Rows that are values are values of the list's field.
            let single =
                field.filter(|_| !matches!(rows.item, Type::Object(_))).map(|field| Field { ty: rows.item.clone(), ..field.clone() });
            let row = |person: &Person| self.item(&rows.item, single.as_ref().or(field), person);
            if let (Some(writer), Type::List(_)) = (self.writer, ty) {
                return Some(writer.list(people, row));
            }
            let listed = people.map(row);
            return Some(match ty {
                Type::Map(_) => Value::Object((0_u32..).map(|key| key.to_string()).zip(listed).collect()),
                _ => Value::Array(listed.collect()),
            });
        }
        match ty {
            Type::Object(name) => {
                Some(Value::Object(self.filler.operation.objects.get(name).map(|object| self.object(object, pointer)).unwrap_or_default()))
            }
            _ => Some(self.item(ty, field, self.person)),
        }
    }

    fn item(&self, ty: &Type, field: Option<&Field>, person: &Person) -> Value {
        let inner = |ty: &Type| self.item(ty, None, person);
        match (ty, field) {
            (Type::Object(name), _) => {
                let object = self.filler.operation.objects.get(name);
                Value::Object(object.map(|object| self.filler.object(object, person, 8)).unwrap_or_default())
            }
            (_, Some(field)) => self.filler.value(field, ty, person, self.filler.chance(person, &field.pointer), 8),
            (Type::List(item), None) => json!([inner(item)]),
            (Type::Map(item), None) => json!({ "1": inner(item) }),
            (Type::Enum(name), None) => {
                let first = self.filler.operation.enums.get(name).and_then(|listed| listed.values.first());
                first.map_or(Value::Null, |listed| listed.value.clone())
            }
            (Type::Text, None) => json!("ok"),
            (Type::Integer | Type::Number, None) => json!(1),
            (Type::Boolean, None) => json!(true),
            (Type::Any, None) => json!({}),
        }
    }

    fn object(&self, object: &Object, pointer: &str) -> Map<String, Value> {
        let mut map = Map::new();
        for field in &object.fields {
            let below = format!("{pointer}/{}", field.name);
            let value = if let Some(number) = self.counted(field, &below) {
                Some(number)
            } else if let Some(header) = self.header(field, &below) {
                Some(header)
            } else if self.leads_to_rows(&below) || matches!(field.ty, Type::Object(_)) {
                self.part(&field.ty, Some(field), &below)
            } else {
                self.filler.field(object, field, self.person, 8)
            };
            if let Some(value) = value {
                map.insert(field.name.clone(), value);
            }
        }
        map
    }

    fn leads_to_rows(&self, pointer: &str) -> bool {
        self.rows.is_some_and(|rows| rows.pointer == pointer || rows.pointer.starts_with(&format!("{pointer}/")))
    }

    /// Totals and page numbers.
    fn counted(&self, field: &Field, pointer: &str) -> Option<Value> {
        let page = self.page?;
        let paging = self.filler.operation.paging.as_ref()?;
        let number = match field.sample.as_deref() {
            _ if paging.total.as_deref() == Some(pointer) => json!(page.total),
            Some("page") => json!(page.page),
            Some("page_size") => json!(page.size),
            Some("last_page") => json!(page.total.div_ceil(page.size.max(1)).max(1)),
            _ => return None,
        };
        Some(if field.ty == Type::Text || field.wire == Wire::Text { Value::String(number.to_string()) } else { number })
    }

    /// The list that announces the columns of the rows.
    fn header(&self, field: &Field, pointer: &str) -> Option<Value> {
        let Type::Object(name) = &self.rows?.item else { return None };
        let row = self.filler.operation.objects.get(name)?;
        let announced = row.announced.as_ref().filter(|announced| announced.list == pointer)?;
        let Type::List(item) = &field.ty else { return None };
        let documented = announced.columns.iter().filter_map(|column| row.fields.iter().find(|field| field.name == *column));
        let mut columns: Vec<(&str, &str)> = documented.map(|field| (field.name.as_str(), label(&field.doc.zh))).collect();
        if row.open {
            columns.extend(TENANT_COLUMNS);
        }
        if self.filler.bare {
            columns.clear();
        }
        let listed = columns.into_iter().map(|(key, label)| {
            let mut value = self.item(item, Some(field), self.person);
            if let Value::Object(map) = &mut value {
                map.insert(announced.key.clone(), json!(key));
                map.insert(announced.label.clone(), json!(label));
            }
            value
        });
        Some(Value::Array(listed.collect()))
    }
}

/// The first words of a description: what a column is called.
fn label(description: &str) -> &str {
    description.split(['。', ',', ',', ';']).next().unwrap_or(description)
}

fn empty_as_lists(value: Value) -> Value {
    match value {
        Value::Object(map) if map.is_empty() => json!([]),
        Value::Object(map) => Value::Object(map.into_iter().map(|(key, value)| (key, empty_as_lists(value))).collect()),
        Value::Array(items) => Value::Array(items.into_iter().map(empty_as_lists).collect()),
        other => other,
    }
}
