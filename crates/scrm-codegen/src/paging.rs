//! How an operation walks through its pages.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use scrm_schema::model::{Operation, Paging, PagingStyle, TimeFormat};

use crate::{
    error::Error,
    kind::Kind,
    names, path,
    path::Place,
    records::time_format,
    rules::{format_of, option},
    types::{Member, Record},
};

/// What the generator knows of a paged operation beside its schema.
pub(crate) struct Paged<'a> {
    operation: &'a Operation,
    paging: &'a Paging,
    rows: Place,
    total: Option<Place>,
    /// Name of the row's struct.
    pub(crate) row: String,
}

impl<'a> Paged<'a> {
    /// `None`: the operation is not paged.
    pub(crate) fn of(operation: &'a Operation, data_key: &str, records: &[Record<'_>]) -> Result<Option<Self>, Error> {
        let Some(paging) = &operation.paging else { return Ok(None) };
        let failed = |key: &str, problem: String| Error::new(&operation.file, &format!("/paging/{key}"), problem);
        let rows = path::resolve(&paging.rows, data_key, operation, records).map_err(|problem| failed("rows", problem))?;
        let listed = match (rows.kind(), operation.data.as_ref().map(|data| Kind::of(&data.ty))) {
            (Some(Kind::Objects(name)), _) => Some(name.clone()),
            (None, Some(Kind::Objects(name))) => Some(name),
            _ => None,
        };
        let row = listed.ok_or_else(|| failed("rows", format!("`{}` is no list of objects", paging.rows)))?;
        let total = match &paging.total {
            Some(pointer) => Some(path::resolve(pointer, data_key, operation, records).map_err(|problem| failed("total", problem))?),
            None => None,
        };
        Ok(Some(Paged { operation, paging, rows, total, row }))
    }

    /// The object and field that hold the rows, if they do not stand right under the data key.
    pub(crate) fn rows_field(&self) -> Option<(&str, &str)> {
        self.rows.steps.last().map(|step| (step.object.as_str(), step.wire.as_str()))
    }

    /// The `PagingSpec`.
    pub(crate) fn spec(&self) -> Result<TokenStream, Error> {
        let Paging { rows, size, max_size, total, id, row_cap, .. } = self.paging;
        let style = self.style()?;
        let (size, total, id) = (option(size.as_ref()), option(total.as_ref()), option(id.as_ref()));
        let (max_size, row_cap) = (option(max_size.map(Literal::u32_unsuffixed)), option(row_cap.map(Literal::u32_unsuffixed)));
        let split = match &self.paging.split_by {
            Some(split) => {
                let (start, end, field) = (&split.start, &split.end, option(split.field.as_ref()));
                let format = time_format(self.split_format()?);
                quote!(Some(spec::SplitSpec { start: #start, end: #end, format: spec::TimeFormat::#format, field: #field }))
            }
            None => quote!(None),
        };
        Ok(quote! {
            spec::PagingSpec {
                style: #style,
                size: #size,
                max_size: #max_size,
                rows: #rows,
                total: #total,
                id: #id,
                row_cap: #row_cap,
                split_by: #split,
            }
        })
    }

    fn style(&self) -> Result<TokenStream, Error> {
        match self.paging.style {
            PagingStyle::PageNumber => {
                let field = self.named("page", self.paging.page.as_deref())?;
                let first = Literal::i64_unsuffixed(self.paging.first.unwrap_or(1));
                Ok(quote!(spec::PagingStyle::Number { field: #field, first: #first }))
            }
            PagingStyle::Cursor => {
                let field = self.named("cursor", self.paging.cursor.as_deref())?;
                let from = self.named("from", self.paging.from.as_deref())?;
                Ok(quote!(spec::PagingStyle::Cursor { field: #field, from: #from }))
            }
        }
    }

    fn named<'n>(&self, key: &str, name: Option<&'n str>) -> Result<&'n str, Error> {
        name.ok_or_else(|| self.failed(key, format!("the style needs `{key}`")))
    }

    fn failed(&self, key: &str, problem: impl Into<String>) -> Error {
        Error::new(&self.operation.file, &format!("/paging/{key}"), problem)
    }

    fn split_format(&self) -> Result<TimeFormat, Error> {
        let start = self.paging.split_by.as_ref().map(|split| split.start.as_str()).unwrap_or_default();
        format_of(self.operation, start).ok_or_else(|| self.failed("split_by/start", format!("`{start}` is no field with `x-time`")))
    }

    /// The `PagedOperation` impl.
    pub(crate) fn implementation(&self, request: &Record<'_>, records: &[Record<'_>]) -> Result<TokenStream, Error> {
        let name = names::ident(&request.object.name);
        let row = names::ident(&self.row);
        let (rows, taken) = (self.rows.slice(), self.rows.taken());
        let methods = [self.page(request)?, self.size(request)?, self.cursor(request, records)?, self.id(records)?, self.range(request)?];
        let total = self.total()?;
        Ok(quote! {
            impl scrm_core::operation::PagedOperation for #name {
                type Row = #row;
                #[inline]
                fn rows(data: &Self::Data) -> &[Self::Row] { #rows }
                #[inline]
                fn into_rows(data: Self::Data) -> Vec<Self::Row> { #taken }
                #[inline]
                #total
                #(#methods)*
            }
        })
    }

    fn total(&self) -> Result<TokenStream, Error> {
        let Some((place, scalar)) = self.total.as_ref().and_then(|place| Some((place, place.scalar()?))) else {
            return Ok(quote!(
                fn total(_data: &Self::Data) -> Option<u64> {
                    None
                }
            ));
        };
        let read = match place.kind() {
            Some(Kind::Integer) => quote!(scrm_core::operation::count(#scalar)),
            Some(Kind::Text) => quote!(#scalar.and_then(|total| total.trim().parse().ok())),
            Some(Kind::Number) => quote!(#scalar.filter(|total| *total >= 0.0).map(|total| total as u64)),
            _ => return Err(self.failed("total", "a total is an integer, a number or a text")),
        };
        Ok(quote!(fn total(data: &Self::Data) -> Option<u64> { #read }))
    }

    fn page(&self, request: &Record<'_>) -> Result<TokenStream, Error> {
        let Some(page) = self.paging.page.as_deref().filter(|_| self.paging.style == PagingStyle::PageNumber) else { return Ok(quote!()) };
        let member = self.member(request, page, "page")?;
        let (field, read) = (&member.name, self.number(member, "page")?);
        let write = match member.kind {
            Kind::Text => quote!(Some(page.to_string())),
            _ => quote!(Some(page)),
        };
        Ok(quote! {
            #[inline]
            fn page(&self) -> Option<i64> { #read }
            #[inline]
            fn set_page(&mut self, page: i64) { self.#field = #write; }
        })
    }

    fn size(&self, request: &Record<'_>) -> Result<TokenStream, Error> {
        let Some(size) = self.paging.size.as_deref() else { return Ok(quote!()) };
        let member = self.member(request, size, "size")?;
        let (field, read) = (&member.name, self.number(member, "size")?);
        let write = match member.kind {
            Kind::Text => quote!(Some(size.to_string())),
            _ => quote!(Some(size)),
        };
        Ok(quote! {
            #[inline]
            fn size(&self) -> Option<i64> { #read }
            #[inline]
            fn set_size(&mut self, size: i64) { self.#field = #write; }
        })
    }

    fn number(&self, member: &Member<'_>, key: &str) -> Result<TokenStream, Error> {
        let field = &member.name;
        match member.kind {
            Kind::Integer => Ok(quote!(self.#field)),
            Kind::Text => Ok(quote!(self.#field.as_deref().and_then(|text| text.trim().parse().ok()))),
            _ => Err(self.failed(key, format!("`{}` is neither an integer nor a text", member.field.name))),
        }
    }

    fn member<'r>(&self, record: &'r Record<'_>, wire: &str, key: &str) -> Result<&'r Member<'r>, Error> {
        record.member(wire).ok_or_else(|| self.failed(key, format!("`{}` has no field `{wire}`", record.object.name)))
    }

    fn row_record<'r>(&self, records: &'r [Record<'r>]) -> Result<&'r Record<'r>, Error> {
        records
            .iter()
            .find(|record| record.object.name == self.row)
            .ok_or_else(|| self.failed("rows", format!("there is no object `{}`", self.row)))
    }

    fn cursor(&self, request: &Record<'_>, records: &[Record<'_>]) -> Result<TokenStream, Error> {
        if self.paging.style != PagingStyle::Cursor {
            return Ok(quote!());
        }
        let from = self.named("from", self.paging.from.as_deref())?;
        self.member(self.row_record(records)?, from, "from")?;
        let target = self.member(request, self.named("cursor", self.paging.cursor.as_deref())?, "cursor")?;
        let write = self.write_cursor(target)?;
        let (field, clear) = (&target.name, if target.kind.is_option() { quote!(None) } else { quote!(Default::default()) });
        Ok(quote! {
            #[inline]
            fn cursor(row: &Self::Row) -> Option<scrm_core::Value> { table::get(row, #from) }
            #[inline]
            fn set_cursor(&mut self, cursor: Option<&scrm_core::Value>) -> bool {
                let Some(cursor) = cursor else {
                    self.#field = #clear;
                    return true;
                };
                #write
            }
        })
    }

    fn write_cursor(&self, member: &Member<'_>) -> Result<TokenStream, Error> {
        let field = &member.name;
        let (kind, wrap) = match &member.kind {
            Kind::Nullable(inner) => (&**inner, Some(quote!(table::Nullable::Value))),
            kind @ (Kind::Texts | Kind::Integers) => (kind, None),
            kind => (kind, Some(quote!(Some))),
        };
        let read = match kind {
            Kind::Any => {
                return Ok(quote! {
                    self.#field = #wrap(cursor.clone());
                    true
                });
            }
            Kind::Text | Kind::Integer | Kind::Texts | Kind::Integers | Kind::Typed(_) => {
                let ty = kind.bare();
                quote!(<#ty as table::Plain>::from_value(cursor))
            }
            Kind::Object { name, boxed: false } => {
                let name = names::ident(name);
                quote!(<#name as scrm_core::__private::Deserialize>::deserialize(cursor).ok())
            }
            _ => {
                return Err(
                    self.failed("cursor", format!("`{}` cannot take a cursor; leave out its `type` to take any JSON", member.field.name))
                );
            }
        };
        let store = match wrap {
            Some(wrap) => quote!(#wrap(cursor)),
            None => quote!(cursor),
        };
        Ok(quote! {
            match #read {
                Some(cursor) => {
                    self.#field = #store;
                    true
                }
                None => false,
            }
        })
    }

    fn id(&self, records: &[Record<'_>]) -> Result<TokenStream, Error> {
        let Some(id) = self.paging.id.as_deref() else { return Ok(quote!()) };
        let member = self.member(self.row_record(records)?, id, "id")?;
        let field = &member.name;
        let read = match member.kind {
            Kind::Text => quote!(row.#field.clone()),
            Kind::Integer => quote!(scrm_core::operation::text(row.#field)),
            _ => return Err(self.failed("id", format!("`{id}` is neither a text nor an integer"))),
        };
        Ok(quote! {
            #[inline]
            fn id(row: &Self::Row) -> Option<String> { #read }
        })
    }

    fn range(&self, request: &Record<'_>) -> Result<TokenStream, Error> {
        let Some(split) = &self.paging.split_by else { return Ok(quote!()) };
        let (start, end) = (self.member(request, &split.start, "split_by/start")?, self.member(request, &split.end, "split_by/end")?);
        for (member, key) in [(start, "split_by/start"), (end, "split_by/end")] {
            if !is_text(&member.kind) {
                return Err(self.failed(key, format!("`{}` is no text; a range can be split along texts only", member.field.name)));
            }
        }
        let (start, end) = (&start.name, &end.name);
        Ok(quote! {
            #[inline]
            fn range(&self) -> (Option<&str>, Option<&str>) { (self.#start.as_deref(), self.#end.as_deref()) }
            #[inline]
            fn set_range(&mut self, start: &str, end: &str) {
                self.#start = Some(start.into());
                self.#end = Some(end.into());
            }
        })
    }
}

/// Whether the field holds a text, be it a date.
fn is_text(kind: &Kind) -> bool {
    match kind {
        Kind::Text => true,
        Kind::Typed(meaning) => meaning.is_text(),
        _ => false,
    }
}
