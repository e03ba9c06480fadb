//! Names of different operations that would meet in one crate: each is an error that says what to rename. Names inside of one operation are checked when
//! the schemas are loaded.

use std::collections::BTreeMap;

use scrm_schema::model::{Operation, Vendor};

use crate::{
    error::{Error, Faults},
    names,
};

/// Types beside the operations' own: generated, or re-exported by the crate.
const TYPES: [&str; 14] = [
    "Builder",
    "Call",
    "Client",
    "Credentials",
    "CustomerKey",
    "Error",
    "ErrorKind",
    "RawCall",
    "Response",
    "RetryPolicy",
    "Sent",
    "Value",
    "VendorClient",
    "VendorClientExt",
];
/// Modules, functions, statics and methods beside the operations' own.
const OPERATIONS: [&str; 17] = [
    "client",
    "vendor",
    "sent",
    "operations",
    "payload",
    "columns",
    "spec",
    "core",
    "shop",
    "builder",
    "call_raw",
    "drift",
    "execute",
    "find_customers",
    "list_customers",
    "scrm_core",
    "clone",
];

/// Checks a vendor.
pub(crate) fn check(vendor: &Vendor, faults: &mut Faults) {
    let mut types: BTreeMap<String, String> = TYPES.iter().map(|name| ((*name).to_owned(), "the client itself".to_owned())).collect();
    let mut modules: BTreeMap<String, String> =
        OPERATIONS.iter().map(|name| ((*name).to_owned(), "the client itself".to_owned())).collect();
    for operation in &vendor.operations {
        meet(operation, "/operation", "operation", &names::snake(&operation.name), "the operation", &mut modules, faults);
        meet(operation, "/operation", "type", &operation.request.name, "the operation", &mut types, faults);
        for object in operation.objects.values() {
            meet(operation, &object.pointer, "type", &object.name, "`x-type`, or the definition,", &mut types, faults);
        }
        for enumeration in operation.enums.values() {
            meet(operation, &enumeration.pointer, "type", &enumeration.name, "`x-enum.name`", &mut types, faults);
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
