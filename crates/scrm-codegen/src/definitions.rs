//! `definitions.rs` of an area, or of a folder of pushes: the types that its operations share.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;
use scrm_schema::model::{Channel, Object, Operation, Used, Vendor};

use crate::{enums, error::Error, format::File, names, paging::Paged, records, types};

/// The file of an area with its public types; `None`: nothing is shared.
pub(crate) fn file(vendor: &Vendor, area: &str) -> Result<Option<(File, Vec<String>)>, Error> {
    shared(vendor.area(area), area, &rows(vendor, area)?, "What several operations of this area have in common.")
}

/// The same of a folder of pushes.
pub(crate) fn of_channel(channel: &Channel) -> Result<Option<(File, Vec<String>)>, Error> {
    let pushes = channel.pushes.iter().map(|push| &push.operation);
    shared(pushes, &channel.name, &BTreeMap::new(), "What several of them have in common.")
}

fn shared<'a>(
    operations: impl Iterator<Item = &'a Operation>,
    area: &str,
    rows: &BTreeMap<String, String>,
    docs: &str,
) -> Result<Option<(File, Vec<String>)>, Error> {
    let Some(shared) = gathered(operations, area) else { return Ok(None) };
    let records = types::records(&shared)?;
    let mut file = File::new(&shared.file, docs);
    let mut public = Vec::new();
    for record in records.iter().filter(|record| !record.is_request) {
        public.push(record.object.name.clone());
        file.add_text(records::record(&shared, record, rows.get(&record.object.name).map(String::as_str), ""));
    }
    for enumeration in shared.enums.values() {
        public.push(enumeration.name.clone());
        file.add_text(enums::enumeration(enumeration));
    }
    Ok(Some((file, public)))
}

/// All that an area shares as one operation without a request of its own, sorted by name.
fn gathered<'a>(mut operations: impl Iterator<Item = &'a Operation>, area: &str) -> Option<Operation> {
    let mut all = operations.next()?.clone();
    for operation in operations {
        all.objects.extend(operation.objects.iter().map(|(name, object)| (name.clone(), object.clone())));
        all.enums.extend(operation.enums.iter().map(|(name, one)| (name.clone(), one.clone())));
    }
    all.objects.retain(|_, object| object.is_shared());
    all.enums.retain(|_, one| one.is_shared());
    all.objects.sort_by(|_, one, _, other| one.pointer.cmp(&other.pointer));
    all.enums.sort_by(|_, one, _, other| one.pointer.cmp(&other.pointer));
    if all.objects.is_empty() && all.enums.is_empty() {
        return None;
    }
    let (file, _) = scrm_schema::locate(&all.file, "definitions.json#");
    let nothing = Object {
        name: format!("{}Definitions", names::pascal(area)),
        pointer: String::new(),
        doc: Default::default(),
        fields: Vec::new(),
        columns: None,
        open: false,
        announced: None,
        cut_after: None,
        used: Used::default(),
    };
    Some(Operation { file, request: nothing, data: None, paging: None, customer: None, ..all })
}

/// The field that holds the rows of a page, by the shared object it stands in.
fn rows(vendor: &Vendor, area: &str) -> Result<BTreeMap<String, String>, Error> {
    let mut rows = BTreeMap::new();
    for operation in vendor.area(area).filter(|operation| operation.paging.is_some() && operation.objects.values().any(Object::is_shared)) {
        let records = types::records(operation)?;
        let paged = Paged::of(operation, &vendor.file.envelope.data, &records)?;
        let Some((object, field)) = paged.as_ref().and_then(Paged::rows_field) else { continue };
        if let Some(other) = rows.insert(object.to_owned(), field.to_owned())
            && other != field
        {
            let problem = format!("`{object}` is shared with an operation whose rows stand under `{other}`; describe it in both files");
            return Err(Error::new(&operation.file, "/paging/rows", problem));
        }
    }
    Ok(rows)
}

/// Adds `use super::definitions::{…}` of what a file names, and to its tests of what they name besides.
pub(crate) fn import(operation: &Operation, file: &mut File, tests: Option<&mut File>) -> Result<(), String> {
    let objects = operation.objects.values().filter(|object| object.is_shared()).map(|object| &object.name);
    let enums = operation.enums.values().filter(|one| one.is_shared()).map(|one| &one.name);
    let shared: BTreeSet<String> = objects.chain(enums).cloned().collect();
    let here: BTreeSet<String> = file.names().intersection(&shared).cloned().collect();
    insert(file, 0, &here, &quote!(super::definitions))?;
    let Some(tests) = tests else { return Ok(()) };
    let there: BTreeSet<String> = tests.names().intersection(&shared).filter(|name| !here.contains(*name)).cloned().collect();
    insert(tests, 1, &there, &quote!(super::super::definitions))
}

fn insert(file: &mut File, at: usize, names: &BTreeSet<String>, module: &TokenStream) -> Result<(), String> {
    if names.is_empty() {
        return Ok(());
    }
    let names = names.iter().map(|name| names::ident(name));
    file.insert(at, quote!(use #module::{#(#names),*};))
}
