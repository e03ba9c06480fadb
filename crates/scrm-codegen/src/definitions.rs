//! `definitions.rs` of an area: the types that its operations share.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use scrm_schema::model::{Object, Operation, Used, Vendor};

use crate::{
    enums,
    error::Error,
    format::File,
    literals::Types,
    names,
    operation::{items_of, structure},
    paging::Paged,
    types,
};

/// The file with its public types; `None`: nothing is shared.
pub(crate) fn file(vendor: &Vendor, area: &str) -> Result<Option<(File, Vec<String>)>, Error> {
    let Some(shared) = gathered(vendor, area) else { return Ok(None) };
    let broken = |problem: String| Error::new(&shared.file, "", problem);
    let records = types::records(&shared)?;
    let rows = rows(vendor, area)?;
    let mut file = File::new(&shared.file, "What several operations of this area have in common.");
    let mut public = Vec::new();
    for record in records.iter().filter(|record| !record.is_request) {
        public.push(record.object.name.clone());
        file.items.push(structure(vendor, Types { operation: &shared, records: &records }, record)?);
        file.add(items_of(&shared, record, rows.get(&record.object.name).map(String::as_str))).map_err(broken)?;
    }
    for enumeration in shared.enums.values() {
        public.push(enumeration.name.clone());
        file.add(enums::enumeration(enumeration)).map_err(broken)?;
    }
    let named = named(&file);
    let modules = ["spec", "table"].into_iter().filter(|module| named.contains(*module)).map(str::to_owned).collect();
    insert(&mut file, 0, &modules, &quote!(scrm_core)).map_err(broken)?;
    Ok(Some((file, public)))
}

/// All that an area shares as one operation without a request of its own, sorted by name.
fn gathered(vendor: &Vendor, area: &str) -> Option<Operation> {
    let mut operations = vendor.area(area);
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
    let here: BTreeSet<String> = named(file).intersection(&shared).cloned().collect();
    insert(file, 1, &here, &quote!(super::definitions))?;
    let Some(tests) = tests else { return Ok(()) };
    let there: BTreeSet<String> = named(tests).intersection(&shared).filter(|name| !here.contains(*name)).cloned().collect();
    insert(tests, 1, &there, &quote!(super::super::definitions))
}

fn insert(file: &mut File, at: usize, names: &BTreeSet<String>, module: &TokenStream) -> Result<(), String> {
    if names.is_empty() {
        return Ok(());
    }
    let names = names.iter().map(|name| names::ident(name));
    let mut import = File::new("", "");
    import.add(quote!(use #module::{#(#names),*};))?;
    let at = file.items.len().min(at);
    file.items.splice(at..at, import.items);
    Ok(())
}

/// Every identifier of a file.
fn named(file: &File) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for item in &file.items {
        identifiers(item.to_token_stream(), &mut found);
    }
    found
}

fn identifiers(tokens: TokenStream, found: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => identifiers(group.stream(), found),
            TokenTree::Ident(name) => drop(found.insert(name.to_string())),
            _ => {}
        }
    }
}
