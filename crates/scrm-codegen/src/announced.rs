//! A tenant's own columns by the name the answer announces them under.

use scrm_schema::model::{Announced, Operation, Vendor};

use crate::{error::Error, kind::Kind, names, path, path::data_object, types::Record};

/// `announced! { … }` for each row object that has announced columns.
pub(crate) fn columns(vendor: &Vendor, operation: &Operation, records: &[Record<'_>]) -> Result<Vec<String>, Error> {
    let announced = records.iter().filter_map(|record| Some((record, record.object.announced.as_ref()?)));
    announced.map(|(record, announced)| column(vendor, operation, record, announced, records)).collect()
}

fn column(
    vendor: &Vendor,
    operation: &Operation,
    row: &Record<'_>,
    announced: &Announced,
    records: &[Record<'_>],
) -> Result<String, Error> {
    let failed = |problem: String| Error::new(&operation.file, &format!("{}/x-announced-by", row.object.pointer), problem);
    let place = path::resolve(&announced.list, &vendor.file.envelope.data, operation, records).map_err(&failed)?;
    let (Some(Kind::Objects(header)), Some(data)) = (place.kind(), data_object(operation)) else {
        return Err(failed(format!("`{}` is no list of objects inside an object", announced.list)));
    };
    let header = records.iter().find(|record| record.object.name == *header);
    for wire in [&announced.key, &announced.label] {
        if header.and_then(|header| header.member(wire)).is_none_or(|member| member.kind != Kind::Text) {
            return Err(failed(format!("`{wire}` is no text of the items of `{}`", announced.list)));
        }
    }
    Ok(format!("declare::announced! {{\n    {} in {};\n}}\n", names::ident(&row.object.name), names::ident(data)))
}
