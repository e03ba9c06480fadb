//! Which rows an answer shows: filters and pages, without making rows that are not shown.

use std::{
    borrow::Cow,
    collections::HashMap,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::{Map, Value};

use scrm_schema::model::{Comparison, Envelope, Field, Object, Operation, Paging, PagingStyle, TimeFormat, Type};

use crate::{
    check::{Wrong, at},
    clock,
    fill::{Filler, plain},
    people::{Index, Person, identifies},
};

/// Rows on a page where neither the call nor the schema says how many.
const PAGE: usize = 20;
/// Filtered lists that are kept.
const KEPT: usize = 64;
/// How deep the objects of a request may nest: a schema may refer to itself.
const DEEPEST: u8 = 8;

/// Where the rows of an operation's answer stand.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RowsAt {
    /// JSON pointer from the top of the answer.
    pub(crate) pointer: String,
    /// Type of a row.
    pub(crate) item: Type,
    /// The place holds one row, no list.
    pub(crate) single: bool,
}

/// The rows of an answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Page {
    /// Places of the people, in order.
    pub(crate) places: Vec<u32>,
    /// All that match.
    pub(crate) total: usize,
    pub(crate) page: i64,
    pub(crate) size: usize,
}

/// Finds where the rows stand: by `paging`, or else the first list of (or the one) object about people.
pub(crate) fn rows_at(operation: &Operation, envelope: &Envelope) -> Option<RowsAt> {
    let data = &operation.data.as_ref()?.ty;
    let top = format!("/{}", envelope.data);
    if let Some(paging) = &operation.paging {
        let mut ty = data;
        for step in paging.rows.strip_prefix(&top)?.split('/').skip(1) {
            let Type::Object(name) = ty else { return None };
            ty = &operation.objects.get(name)?.fields.iter().find(|field| field.name == step)?.ty;
        }
        let (Type::List(item) | Type::Map(item)) = ty else { return None };
        return Some(RowsAt { pointer: paging.rows.clone(), item: (**item).clone(), single: false });
    }
    if operation.customer.is_none() && !asked(operation).iter().any(|(_, field)| field.filters.is_some()) {
        return None;
    }
    match data {
        Type::List(item) => Some(RowsAt { pointer: top, item: (**item).clone(), single: false }),
        Type::Object(name) => {
            let inner = operation.objects.get(name)?.fields.iter().find_map(|field| match &field.ty {
                Type::List(item) if matches!(**item, Type::Object(_)) && filtered(operation, item) => {
                    Some((field.name.clone(), (**item).clone()))
                }
                _ => None,
            });
            Some(match inner {
                Some((field, item)) => RowsAt { pointer: format!("{top}/{field}"), item, single: false },
                None => RowsAt { pointer: top, item: data.clone(), single: true },
            })
        }
        _ => None,
    }
}

/// Whether a filter of the request is about a field of this object.
fn filtered(operation: &Operation, ty: &Type) -> bool {
    let Some(object) = row_object(operation, ty) else { return false };
    let asked = asked(operation);
    let mut names = asked.iter().filter_map(|(_, field)| field.filters.as_ref()).flat_map(|filters| &filters.fields);
    names.any(|name| object.fields.iter().any(|field| Some(field.name.as_str()) == name.split('/').next()))
}

/// The fields of a request with their paths, those of nested objects too.
pub(crate) fn asked(operation: &Operation) -> Vec<(String, &Field)> {
    let mut found = Vec::new();
    let mut todo: Vec<(String, &Object, u8)> = vec![(String::new(), &operation.request, 0)];
    while let Some((above, object, depth)) = todo.pop() {
        for field in &object.fields {
            let path = format!("{above}{}", field.name);
            if let (Type::Object(name), true) = (&field.ty, depth < DEEPEST) {
                todo.extend(operation.objects.get(name).map(|inner| (format!("{path}/"), inner, depth + 1)));
            }
            found.push((path, field));
        }
    }
    found
}

/// Those that a call gives, with their values.
pub(crate) fn filled<'a>(operation: &'a Operation, given: &'a Map<String, Value>) -> Vec<(String, &'a Field, &'a Value)> {
    let mut found = Vec::new();
    let mut todo: Vec<(String, &Object, &Map<String, Value>, u8)> = vec![(String::new(), &operation.request, given, 0)];
    while let Some((above, object, given, depth)) = todo.pop() {
        for field in &object.fields {
            let Some(value) = given.get(&field.name) else { continue };
            let path = format!("{above}{}", field.name);
            if let (Type::Object(name), Value::Object(given), true) = (&field.ty, value, depth < DEEPEST) {
                todo.extend(operation.objects.get(name).map(|inner| (format!("{path}/"), inner, given, depth + 1)));
            }
            found.push((path, field, value));
        }
    }
    found
}

fn row_object<'a>(operation: &'a Operation, ty: &Type) -> Option<&'a Object> {
    match ty {
        Type::Object(name) => operation.objects.get(name),
        _ => None,
    }
}

/// What was worked out before: indexes by vendor, word and field; filtered lists by operation, filters and version of the people.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    indexes: Mutex<HashMap<(String, String, String), Index>>,
    lists: Mutex<HashMap<String, Arc<Vec<u32>>>>,
}

impl Memory {
    /// Forgets the filtered lists, when the people changed.
    pub(crate) fn forget_lists(&self) {
        self.lists.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// Places in order: all people of a range, or a list.
enum Selection {
    Range(Range<usize>),
    List(Arc<Vec<u32>>),
}

/// Chooses rows for one call.
pub(crate) struct Selector<'a> {
    pub(crate) filler: &'a Filler<'a>,
    pub(crate) memory: &'a Memory,
    pub(crate) rows: &'a RowsAt,
    pub(crate) newest_first: bool,
}

struct Condition<'a> {
    path: String,
    asked: &'a Field,
    how: Comparison,
    paths: &'a [String],
    given: &'a Value,
}

impl Selector<'_> {
    /// The rows of the page that is asked for.
    pub(crate) fn page(&self, given: &Map<String, Value>) -> Result<Page, Wrong> {
        let selection = self.selection(given);
        let total = self.length(&selection);
        let Some(paging) = &self.filler.operation.paging else {
            return Ok(Page { places: self.slice(&selection, 0..total), total, page: 1, size: total });
        };
        let size = self.size(paging, given);
        let (page, start) = match paging.style {
            PagingStyle::PageNumber => {
                let first = paging.first.unwrap_or(1);
                let page = paging.page.as_ref().and_then(|name| at(given, name)).and_then(number).unwrap_or(first);
                let before = usize::try_from(page.saturating_sub(first)).unwrap_or(0);
                (page, before.saturating_mul(size))
            }
            PagingStyle::Cursor => (1, self.after_cursor(paging, given, &selection)?),
        };
        let end = start.saturating_add(size).min(total).min(paging.row_cap.map_or(usize::MAX, |cap| cap as usize));
        Ok(Page { places: self.slice(&selection, start.min(end)..end), total, page, size })
    }

    fn size(&self, paging: &Paging, given: &Map<String, Value>) -> usize {
        let asked = paging.size.as_ref().and_then(|name| at(given, name)).and_then(number).and_then(|size| usize::try_from(size).ok());
        let documented = paging.default_size.or(paging.max_size).map(|size| size as usize);
        let most = paging.max_size.map_or(usize::MAX, |size| size as usize);
        asked.or(documented).unwrap_or(PAGE).clamp(1, most.max(1))
    }

    fn length(&self, selection: &Selection) -> usize {
        match selection {
            Selection::Range(range) => range.len(),
            Selection::List(list) => list.len(),
        }
    }

    fn slice(&self, selection: &Selection, range: Range<usize>) -> Vec<u32> {
        let places = match selection {
            Selection::Range(all) => self.filler.people.order().get(all.clone()).unwrap_or_default(),
            Selection::List(list) => list.as_slice(),
        };
        if self.newest_first {
            places.iter().rev().skip(range.start).take(range.len()).copied().collect()
        } else {
            places.get(range).unwrap_or_default().to_vec()
        }
    }

    fn selection(&self, given: &Map<String, Value>) -> Selection {
        let mut came = (i64::MIN, i64::MAX);
        let mut others = Vec::new();
        for (path, asked, given) in filled(self.filler.operation, given) {
            let Some(filters) = &asked.filters else { continue };
            match self.came(&filters.fields, filters.how, given) {
                Some((first, last)) => came = (came.0.max(first), came.1.min(last)),
                None => others.push(Condition { path, asked, how: filters.how, paths: &filters.fields, given }),
            }
        }
        let range = self.filler.people.came_between(came.0, came.1);
        if others.is_empty() { Selection::Range(range) } else { Selection::List(self.list(range, came, &others)) }
    }

    /// The range of seconds that a condition on the time of coming means.
    fn came(&self, paths: &[String], how: Comparison, given: &Value) -> Option<(i64, i64)> {
        let [path] = paths else { return None };
        let field = self.field_at(&self.rows.item, path)?;
        if field.sample.as_deref() != Some("created_at") {
            return None;
        }
        let (first, last) = seconds(field, given)?;
        match how {
            Comparison::From => Some((first, i64::MAX)),
            Comparison::To => Some((i64::MIN, last)),
            _ => None,
        }
    }

    fn list(&self, range: Range<usize>, came: (i64, i64), conditions: &[Condition<'_>]) -> Arc<Vec<u32>> {
        let people = self.filler.people;
        let filters: Vec<String> = conditions.iter().map(|condition| format!("{}={}", condition.path, condition.given)).collect();
        let file = &self.filler.operation.file;
        let key = format!("{file} {} {came:?} {}", people.version(), filters.join(" "));
        if let Some(list) = self.memory.lists.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Arc::clone(list);
        }
        let mut candidates = conditions.iter().find_map(|condition| self.candidates(condition));
        if let Some(candidates) = &mut candidates {
            candidates.sort_unstable();
            candidates.dedup();
        }
        let all = people.order().get(range).unwrap_or_default();
        let from = candidates.as_deref().unwrap_or(all);
        let within = |person: &Person| (came.0..=came.1).contains(&person.created);
        let matching = from.iter().copied().filter(|place| {
            people.is_live(*place)
                && people
                    .at(*place)
                    .is_some_and(|person| within(person) && conditions.iter().all(|condition| self.matches(condition, person)))
        });
        let list: Arc<Vec<u32>> = Arc::new(matching.collect());
        let mut lists = self.memory.lists.lock().unwrap_or_else(PoisonError::into_inner);
        if lists.len() >= KEPT {
            lists.clear();
        }
        lists.insert(key, Arc::clone(&list));
        list
    }

    /// Those who may match, where an index can tell; removed people among them.
    fn candidates(&self, condition: &Condition<'_>) -> Option<Vec<u32>> {
        let wanted: Vec<String> = match (condition.how, condition.given) {
            (Comparison::Equals, value) if !value.is_array() => vec![plain(value)],
            (Comparison::OneOf | Comparison::Equals, Value::Array(items)) => items.iter().map(plain).collect(),
            _ => return None,
        };
        let mut places = Vec::new();
        for path in condition.paths {
            let field = self.field_at(&self.rows.item, path)?;
            places.extend(self.indexed(field, &wanted)?);
        }
        Some(places)
    }

    /// Places of the people whose field has one of these texts, by index.
    fn indexed(&self, field: &Field, wanted: &[String]) -> Option<Vec<u32>> {
        let sample = field.sample.as_deref().filter(|sample| *sample == "other_phone" || identifies(sample))?;
        let people = self.filler.people;
        let key = (self.filler.vendor.file.vendor.clone(), format!("{sample} {:?}", field.ty), field.name.clone());
        let mut indexes = self.memory.indexes.lock().unwrap_or_else(PoisonError::into_inner);
        let index = indexes.entry(key).or_default();
        index.update(people, |person| self.filler.known(field, person).map(|value| plain(&value)));
        Some(wanted.iter().flat_map(|text| index.places(people, text)).collect())
    }

    fn field_at<'b>(&'b self, ty: &'b Type, path: &str) -> Option<&'b Field> {
        let (step, rest) = path.split_once('/').map_or((path, None), |(step, rest)| (step, Some(rest)));
        let ty = match ty {
            Type::List(item) => item,
            other => other,
        };
        let field = row_object(self.filler.operation, ty)?.fields.iter().find(|field| field.name == step)?;
        match rest {
            Some(rest) => self.field_at(&field.ty, rest),
            None => Some(field),
        }
    }

    fn matches(&self, condition: &Condition<'_>, person: &Person) -> bool {
        let Some(object) = row_object(self.filler.operation, &self.rows.item) else { return true };
        let mut values = Vec::new();
        for path in condition.paths {
            let (step, rest) = path.split_once('/').unwrap_or((path, ""));
            let field = object.fields.iter().find(|field| field.name == step);
            if let Some(value) = field.and_then(|field| self.filler.field(object, field, person, 8)) {
                collect(&value, rest, &mut values);
            }
        }
        values.iter().any(|value| self.compares(condition, value))
    }

    fn compares(&self, condition: &Condition<'_>, value: &Value) -> bool {
        let (text, given) = (plain(value), plain(condition.given));
        match condition.how {
            Comparison::Equals => text == given,
            Comparison::Contains => text.contains(&given),
            Comparison::OneOf => match condition.given {
                Value::Array(items) => items.iter().any(|item| plain(item) == text),
                _ => text == given,
            },
            Comparison::From => ordered(&given, &text, |given, value| given.0 <= value.1),
            Comparison::To => ordered(&given, &text, |given, value| given.1 >= value.0),
            Comparison::Label => {
                let Type::Enum(name) = &condition.asked.ty else { return text == given };
                let listed = self
                    .filler
                    .operation
                    .enums
                    .get(name)
                    .and_then(|listed| listed.values.iter().find(|listed| listed.value == *condition.given));
                // A code whose label no row can show means all of them.
                listed.is_none_or(|listed| listed.zh == text || listed.name == "all")
            }
        }
    }

    /// How many rows stand before the one after the cursor's.
    fn after_cursor(&self, paging: &Paging, given: &Map<String, Value>, selection: &Selection) -> Result<usize, Wrong> {
        let name = paging.cursor.as_deref().unwrap_or_default();
        let cursor = match at(given, name) {
            None | Some(Value::Null) => return Ok(0),
            Some(value) if matches!(plain(value).as_str(), "" | "0") => return Ok(0),
            Some(value) => value,
        };
        // Places of the rows before and up to the cursor's.
        let (before, up_to) = match selection {
            Selection::Range(range) => self.around(paging, cursor, self.filler.people.order().get(range.clone()).unwrap_or_default()),
            Selection::List(list) => self.around(paging, cursor, list),
        }
        .ok_or_else(|| Wrong::invalid(name, "is the cursor of no row"))?;
        Ok(if self.newest_first { self.length(selection) - before } else { up_to })
    }

    /// How many of these places stand before the cursor's row, and how many up to it: by the row's key, or by its number or time where nobody has that key.
    fn around(&self, paging: &Paging, cursor: &Value, places: &[u32]) -> Option<(usize, usize)> {
        let leaves = self.leaves(paging, cursor)?;
        let known = leaves.iter().find_map(|(field, value)| self.indexed(field, &[plain(value)])?.first().copied());
        if let Some(place) = known {
            return Some((places.partition_point(|other| *other < place), places.partition_point(|other| *other <= place)));
        }
        // Only greater ids are answered, whether or not somebody has this one.
        if let [(field, Value::Number(number))] = leaves.as_slice()
            && field.sample.as_deref() == Some("id")
        {
            let known = |place: &&u32| self.filler.people.at(**place).and_then(|person| self.filler.known(field, person)?.as_i64());
            let smaller = places.iter().filter(|place| known(place) <= number.as_i64()).count();
            return Some((smaller, smaller));
        }
        let (field, value) = leaves.iter().find(|(field, _)| field.sample.as_deref() == Some("created_at"))?;
        let (first, last) = seconds(field, value)?;
        let created = |place: &u32| self.filler.people.at(*place).map_or(i64::MAX, |person| person.created);
        Some((places.partition_point(|other| created(other) < first), places.partition_point(|other| created(other) <= last)))
    }

    /// The scalars of a cursor with the fields of the row that they were copied from; of rows that are scalars, the field that lists them.
    fn leaves<'b>(&'b self, paging: &Paging, cursor: &'b Value) -> Option<Vec<(Cow<'b, Field>, &'b Value)>> {
        let operation = self.filler.operation;
        let Some(from) = paging.from.as_deref() else {
            let list = operation.in_answer(&self.filler.vendor.file.envelope.data, &paging.rows)?.field?;
            return Some(vec![(Cow::Owned(Field { ty: self.rows.item.clone(), ..list.clone() }), cursor)]);
        };
        let from = self.field_at(&self.rows.item, from)?;
        match (&from.ty, cursor) {
            (Type::Object(name), Value::Object(map)) => {
                let fields = &operation.objects.get(name)?.fields;
                Some(fields.iter().filter_map(|field| map.get(&field.name).map(|value| (Cow::Borrowed(field), value))).collect())
            }
            _ => Some(vec![(Cow::Borrowed(from), cursor)]),
        }
    }
}

/// The seconds that a time stands for, as the field writes it.
fn seconds(field: &Field, value: &Value) -> Option<(i64, i64)> {
    match value.as_i64() {
        Some(number) if field.time == Some(TimeFormat::Milliseconds) => Some((number.div_euclid(1000), number.div_euclid(1000))),
        Some(number) => Some((number, number)),
        None => clock::seconds_of(value.as_str()?),
    }
}

fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str().and_then(|text| text.parse().ok()))
}

/// Values at a path; a list on the way means each of its items.
fn collect(value: &Value, path: &str, into: &mut Vec<Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, path, into)),
        Value::Object(map) if !path.is_empty() => {
            let (step, rest) = path.split_once('/').unwrap_or((path, ""));
            if let Some(value) = map.get(step) {
                collect(value, rest, into);
            }
        }
        other => into.push(other.clone()),
    }
}

/// Compares times (as ranges of seconds) or numbers.
fn ordered(given: &str, value: &str, compare: impl Fn((f64, f64), (f64, f64)) -> bool) -> bool {
    #[allow(clippy::cast_precision_loss)]
    let span = |text: &str| match text.parse::<f64>() {
        Ok(number) => Some((number, number)),
        Err(_) => clock::seconds_of(text).map(|(first, last)| (first as f64, last as f64)),
    };
    matches!((span(given), span(value)), (Some(given), Some(value)) if compare(given, value))
}
