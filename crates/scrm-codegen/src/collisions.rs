//! Names that would meet in the generated code: each is an error that says what to rename.

use std::collections::BTreeMap;

use scrm_schema::model::{Enum, Object, Operation, Vendor};

use crate::{
    error::{Error, Faults},
    names,
};

/// Items beside the operations' own types, and names that the generated code writes without a path.
const TYPES: [&str; 22] = [
    "Client",
    "Credentials",
    "Option",
    "Some",
    "None",
    "Result",
    "Ok",
    "Err",
    "Vec",
    "String",
    "Box",
    "Default",
    "Clone",
    "PartialEq",
    "From",
    "Into",
    "IntoIterator",
    "Iterator",
    "Send",
    "Sync",
    "Self",
    "Debug",
];
/// Modules, functions, statics and methods beside the operations' own.
const OPERATIONS: [&str; 16] = [
    "client",
    "vendor",
    "sent",
    "tests",
    "operations",
    "payload",
    "spec",
    "table",
    "core",
    "shop",
    "builder",
    "call_raw",
    "execute",
    "find_customers",
    "list_customers",
    "clone",
];

/// Checks a vendor.
pub(crate) fn check(vendor: &Vendor, faults: &mut Faults) {
    let mut types: BTreeMap<String, String> =
        TYPES.iter().map(|name| ((*name).to_owned(), "the generated code itself".to_owned())).collect();
    let mut modules: BTreeMap<String, String> =
        OPERATIONS.iter().map(|name| ((*name).to_owned(), "the generated code itself".to_owned())).collect();
    for operation in &vendor.operations {
        meet(operation, "/operation", "operation", &names::snake(&operation.name), "the operation", &mut modules, faults);
        meet(operation, "/operation", "type", &operation.request.name, "the operation", &mut types, faults);
        for object in operation.objects.values() {
            meet(operation, &object.pointer, "type", &object.name, "`x-type`, or the definition,", &mut types, faults);
        }
        for enumeration in operation.enums.values() {
            meet(operation, &enumeration.pointer, "type", &enumeration.name, "`x-enum.name`", &mut types, faults);
            variants(operation, enumeration, faults);
        }
        for object in std::iter::once(&operation.request).chain(operation.objects.values()) {
            fields(operation, object, faults);
        }
    }
}

/// Notes a name; a fault if it is taken.
fn meet(
    operation: &Operation,
    pointer: &str,
    what: &str,
    name: &str,
    rename: &str,
    taken: &mut BTreeMap<String, String>,
    faults: &mut Faults,
) {
    let by = format!("{}#{pointer}", operation.file);
    if let Some(other) = taken.insert(name.to_owned(), by.clone())
        && other != by
    {
        faults.add(Error::new(
            &operation.file,
            pointer,
            format!("the {what} name `{name}` is taken by {other}; rename {rename} here or there"),
        ));
    }
}

fn variants(operation: &Operation, enumeration: &Enum, faults: &mut Faults) {
    let mut taken = BTreeMap::from([("Other".to_owned(), "the variant for undocumented values".to_owned())]);
    for value in &enumeration.values {
        let name = names::pascal(&value.name);
        if name.is_empty() {
            faults.add(Error::new(
                &operation.file,
                &enumeration.pointer,
                format!("`{}` makes no Rust name; name the value in ASCII letters", value.name),
            ));
        } else if let Some(other) = taken.insert(name.clone(), format!("`{}`", value.name)) {
            faults.add(Error::new(
                &operation.file,
                &enumeration.pointer,
                format!("`{}` becomes the variant `{name}`, which {other} is already", value.name),
            ));
        }
    }
}

fn fields(operation: &Operation, object: &Object, faults: &mut Faults) {
    let mut taken: BTreeMap<String, &str> = BTreeMap::from([("extra".to_owned(), "the place for what the page does not name")]);
    if let Some(columns) = &object.columns {
        taken.insert(columns.name.clone(), "the dynamic columns");
    }
    for field in &object.fields {
        let name = names::snake(&field.name);
        if name.is_empty() {
            faults.add(Error::new(&operation.file, &field.pointer, format!("`{}` makes no Rust name", field.name)));
        } else if let Some(other) = taken.insert(name.clone(), "another field") {
            faults.add(Error::new(
                &operation.file,
                &field.pointer,
                format!("`{}` becomes `{name}`, which is the name of {other} already", field.name),
            ));
        }
        let null = format!("{name}_null");
        if object.used.request && field.nullable && object.fields.iter().any(|other| names::snake(&other.name) == null) {
            faults.add(Error::new(&operation.file, &field.pointer, format!("its setter `with_{null}` is the setter of another field too")));
        }
    }
}
