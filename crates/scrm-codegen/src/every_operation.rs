//! `every_operation.rs` of a client: the list of its operations by type, for the tests that call each of them and break each of its rules.

use std::fmt::Write as _;

use scrm_schema::model::Vendor;

use crate::{address, format::File, names};

/// The file.
pub(crate) fn file(vendor: &Vendor) -> File {
    let from = format!("{}/", vendor.file.vendor);
    let mut file = File::new(&from, "Every operation, typed: called with all that is documented, and with each documented rule broken.");
    let mut text = "use scrm_conformance::Case;\n\n\
                    /// Where the schemas stand, if they are this crate's own.\n\
                    const SCHEMAS: &str = concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/schemas\");\n\n\
                    const OPERATIONS: &[Case] = &[\n"
        .to_owned();
    for operation in &vendor.operations {
        let (area, request) = (address::module(operation), names::ident(&operation.request.name));
        let _ = writeln!(text, "    Case::of::<super::{area}::{request}>(),");
    }
    text += "];\n\n\
             #[test]\n\
             fn each_is_called_with_all_that_is_documented() {\n    \
             let faults = scrm_conformance::calls(SCHEMAS, OPERATIONS);\n    \
             assert!(faults.is_empty(), \"{}\", faults.join(\"\\n\"));\n\
             }\n\n\
             #[test]\n\
             fn each_documented_rule_is_kept_before_anything_is_sent() {\n    \
             let faults = scrm_conformance::rules(SCHEMAS, OPERATIONS);\n    \
             assert!(faults.is_empty(), \"{}\", faults.join(\"\\n\"));\n\
             }\n";
    file.add_text(text);
    file
}
