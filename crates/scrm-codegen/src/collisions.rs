//! Names of different files that would meet in one module: each is an error that says what to rename. Names inside of one operation are checked when
//! the schemas are loaded.

use std::collections::BTreeMap;

use scrm_schema::model::{Area, Channel, Operation, Vendor};

use crate::{
    address,
    error::{Error, Faults},
    names,
    vendor_root::RUNTIME_MODULES,
};

/// What the generator itself writes into an area beside the types of its operations, and what it names there of Rust's prelude.
const AREA_TYPES: [&str; 8] = ["BlockingHandle", "Box", "Handle", "Into", "IntoIterator", "Option", "String", "Vec"];
/// What stands in a channel's module beside the types of its pushes, and what is named there of Rust's prelude.
const CHANNEL_TYPES: [&str; 34] = [
    "Answerer",
    "Answering",
    "Answers",
    "BadField",
    "Box",
    "BoxError",
    "Claim",
    "DELIVERY",
    "Delivery",
    "Event",
    "Incoming",
    "Into",
    "IntoIterator",
    "InvalidKey",
    "MemorySeen",
    "Message",
    "Option",
    "Outcome",
    "ParameterSeal",
    "Plain",
    "Queue",
    "QueueSink",
    "Received",
    "Receiver",
    "ReceiverBuilder",
    "Refusal",
    "Reply",
    "Seal",
    "SeenStore",
    "Sink",
    "String",
    "Unknown",
    "Vec",
    "Verified",
];
/// Methods that every handle has.
const HANDLE_METHODS: [&str; 9] = ["borrow", "clone", "clone_from", "cmp", "fmt", "into", "to_owned", "try_into", "type_id"];
/// Files of an area beside its operations' own.
const AREA_FILES: [&str; 3] = ["definitions", "mod", "tests"];
/// Modules of the crate beside the areas, features that may come, and crates that paths begin with.
const MODULES: [&str; 22] = [
    "alloc",
    "blocking",
    "callback",
    "client",
    "core",
    "futures_core",
    "futures_util",
    "generated",
    "lib",
    "main",
    "metrics",
    "mod",
    "prelude",
    "push",
    "scrm_core",
    "scrm_test_support",
    "serde",
    "serde_json",
    "std",
    "test",
    "tools",
    "vendor",
];
/// Methods that every client has, or could be taken to have.
const CLIENT_METHODS: [&str; 25] = [
    "asynchronous",
    "borrow",
    "builder",
    "call",
    "call_raw",
    "call_with",
    "clone",
    "clone_from",
    "cmp",
    "credentials",
    "drift",
    "execute",
    "fill_tags",
    "find_customers",
    "fmt",
    "into",
    "list_customers",
    "new",
    "operations",
    "shop",
    "to_owned",
    "try_into",
    "type_id",
    "vendor_client",
    "with_credentials",
];

/// Names that are taken, with who took them.
type Taken = BTreeMap<String, String>;

/// Checks a vendor.
pub(crate) fn check(vendor: &Vendor, faults: &mut Faults) {
    areas(vendor, faults);
    for area in &vendor.file.areas {
        operations(vendor.area(&area.name).collect(), faults);
    }
    operations(vendor.token_operations().collect(), faults);
    for channel in &vendor.channels {
        pushes(channel, faults);
    }
}

fn areas(vendor: &Vendor, faults: &mut Faults) {
    let file = format!("{}/vendor.json", vendor.file.vendor);
    let mut taken = own(&[&MODULES, &RUNTIME_MODULES, &CLIENT_METHODS, &[address::TOKEN]]);
    for operation in vendor.token_operations() {
        taken.insert(address::method(operation).to_string(), operation.file.clone());
    }
    for (number, Area { name, .. }) in vendor.file.areas.iter().enumerate() {
        let place = Place { file: &file, pointer: format!("/areas/{number}/name"), rename: "the area" };
        place.meet("module", &names::snake(name), &mut taken, faults);
    }
}

/// The operations of one area, or those that answer tokens.
fn operations(operations: Vec<&Operation>, faults: &mut Faults) {
    let (mut types, mut files, mut methods) = (own(&[&AREA_TYPES]), own(&[&AREA_FILES]), own(&[&HANDLE_METHODS]));
    for operation in operations {
        let place = |pointer: &str, rename| Place { file: &operation.file, pointer: pointer.to_owned(), rename };
        let head = place("/operation", "the operation");
        head.meet("file", &names::snake(&operation.name), &mut files, faults);
        head.meet("method", address::method(operation).to_string().trim_start_matches("r#"), &mut methods, faults);
        head.meet("type", &operation.request.name, &mut types, faults);
        for object in operation.objects.values() {
            place(&object.pointer, "`x-type`, or the definition,").meet("type", &object.name, &mut types, faults);
        }
        for enumeration in operation.enums.values() {
            place(&enumeration.pointer, "`x-enum.name`").meet("type", &enumeration.name, &mut types, faults);
        }
    }
}

/// The types of a channel all stand in its module.
fn pushes(channel: &Channel, faults: &mut Faults) {
    let (mut types, mut files) = (own(&[&CHANNEL_TYPES]), own(&[&AREA_FILES]));
    for push in &channel.pushes {
        let operation = &push.operation;
        let place = |pointer: &str, rename| Place { file: &operation.file, pointer: pointer.to_owned(), rename };
        place("/push", "the push").meet("file", &names::snake(&operation.name), &mut files, faults);
        if push.answers {
            place("/push", "the push").meet("type", &operation.request.name, &mut types, faults);
        }
        for object in operation.objects.values() {
            place(&object.pointer, "`x-type`").meet("type", &object.name, &mut types, faults);
        }
        for enumeration in operation.enums.values() {
            place(&enumeration.pointer, "`x-enum.name`").meet("type", &enumeration.name, &mut types, faults);
        }
    }
}

fn own(names: &[&[&str]]) -> Taken {
    names.concat().into_iter().map(|name| (name.to_owned(), "the generated code itself".to_owned())).collect()
}

/// Where a name is given.
struct Place<'a> {
    file: &'a str,
    pointer: String,
    /// What to rename.
    rename: &'a str,
}

impl Place<'_> {
    /// Notes a name; a fault if it is taken.
    fn meet(&self, what: &str, name: &str, taken: &mut Taken, faults: &mut Faults) {
        let (file, pointer) = scrm_schema::locate(self.file, &self.pointer);
        let by = format!("{file}#{pointer}");
        if let Some(other) = taken.insert(name.to_owned(), by.clone())
            && other != by
        {
            faults.add(Error::new(
                &file,
                &pointer,
                format!("the {what} name `{name}` is taken by {other}; rename {} here or there", self.rename),
            ));
        }
    }
}
