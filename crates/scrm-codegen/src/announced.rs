//! A tenant's own columns by the name the answer announces them under.

use proc_macro2::TokenStream;
use quote::quote;
use scrm_schema::model::{Announced, Operation, Vendor};

use crate::{error::Error, kind::Kind, names, operation::data_object, path, records::table_name, types::Record};

/// `column(row, label)` on the data type, for each row object that has announced columns.
pub(crate) fn columns(vendor: &Vendor, operation: &Operation, records: &[Record<'_>]) -> Result<TokenStream, Error> {
    let mut found = TokenStream::new();
    for record in records {
        if let Some(announced) = &record.object.announced {
            found.extend(column(vendor, operation, record, announced, records)?);
        }
    }
    Ok(found)
}

fn column(
    vendor: &Vendor,
    operation: &Operation,
    row: &Record<'_>,
    announced: &Announced,
    records: &[Record<'_>],
) -> Result<TokenStream, Error> {
    let failed = |problem: String| Error::new(&operation.file, &format!("{}/x-announced-by", row.object.pointer), problem);
    let place = path::resolve(&announced.list, &vendor.file.envelope.data, operation, records).map_err(&failed)?;
    let (Some(Kind::Objects(header)), Some(data)) = (place.kind(), data_object(operation)) else {
        return Err(failed(format!("`{}` is no list of objects inside an object", announced.list)));
    };
    let header = records.iter().find(|record| record.object.name == *header);
    let text = |wire: &str| {
        let member = header.and_then(|header| header.member(wire)).filter(|member| member.kind == Kind::Text);
        member.map(|member| member.name.clone()).ok_or_else(|| failed(format!("`{wire}` is no text of the items of `{}`", announced.list)))
    };
    let (key, label) = (text(&announced.key)?, text(&announced.label)?);
    let (table, data, row, list) = (table_name(&row.object.name), names::ident(data), names::ident(&row.object.name), place.slice());
    Ok(quote! {
        impl #data {
            /// The tenant's own columns of the rows, as this answer announces them.
            #[must_use]
            pub fn tenant_columns(&self) -> Vec<tabular::TenantColumn> {
                tabular::tenant_columns(&table::View::Root(self), &#table)
            }

            /// What a row holds in the column that this answer announces under a display name.
            #[inline]
            #[must_use]
            pub fn column(&self, row: &#row, label: &str) -> Option<scrm_core::Value> {
                let data = self;
                let announced: &[_] = #list;
                let key = announced.iter().find(|column| column.#label.as_deref() == Some(label))?.#key.as_deref()?;
                table::get(row, key)
            }
        }
    })
}
