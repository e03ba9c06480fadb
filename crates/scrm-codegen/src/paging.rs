//! How an operation walks through its pages.

use proc_macro2::Ident;
use scrm_schema::model::{Operation, Paging, PagingStyle, TimeFormat};

use crate::{
    error::Error,
    format::quoted,
    kind::Kind,
    names, path,
    path::Place,
    rules::format_of,
    types::{Member, Record},
    variants::time_format,
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

    /// The `PagingSpec`, a line for each fact.
    pub(crate) fn spec(&self) -> Result<Vec<String>, Error> {
        let Paging { rows, size, max_size, total, id, row_cap, .. } = self.paging;
        let rows = quoted(rows);
        let mut lines = vec![match self.paging.style {
            PagingStyle::PageNumber => {
                let field = self.named("page", self.paging.page.as_deref())?;
                format!("PagingSpec::number({}, {}, {rows})", quoted(field), self.paging.first.unwrap_or(1))
            }
            PagingStyle::Cursor => {
                let field = self.named("cursor", self.paging.cursor.as_deref())?;
                let from = self.named("from", self.paging.from.as_deref())?;
                format!("PagingSpec::cursor({}, {}, {rows})", quoted(field), quoted(from))
            }
        }];
        let mut add = |fact: &str, value: Option<String>| lines.extend(value.map(|value| format!(".{fact}({value})")));
        add("size", size.as_deref().map(quoted));
        add("max_size", max_size.map(|size| size.to_string()));
        add("total", total.as_deref().map(quoted));
        add("id", id.as_deref().map(quoted));
        add("row_cap", row_cap.map(|cap| cap.to_string()));
        if let Some(split) = &self.paging.split_by {
            let format = time_format(self.split_format()?);
            let field = split.field.as_ref().map(|field| format!(".field({})", quoted(field))).unwrap_or_default();
            let split = format!("SplitSpec::new({}, {}, TimeFormat::{format}){field}", quoted(&split.start), quoted(&split.end));
            add("split_by", Some(split));
        }
        Ok(lines)
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

    /// `pages! { … }`
    pub(crate) fn implementation(&self, request: &Record<'_>, records: &[Record<'_>]) -> Result<String, Error> {
        let name = names::ident(&request.object.name);
        let mut text = format!("scrm_core::pages! {{\n    impl PagedOperation for {name}, row {};\n", names::ident(&self.row));
        let facts = [
            Some(format!("rows {}", self.rows.spelled())),
            self.total()?,
            self.page(request)?,
            self.size(request)?,
            self.cursor(request, records)?,
            self.id(records)?,
            self.range(request)?,
        ];
        for fact in facts.into_iter().flatten() {
            text += &format!("    {fact};\n");
        }
        Ok(text + "}\n")
    }

    fn total(&self) -> Result<Option<String>, Error> {
        let Some(place) = &self.total else { return Ok(None) };
        match place.kind() {
            Some(Kind::Integer | Kind::Text | Kind::Number) => Ok(Some(format!("total {}", place.spelled()))),
            _ => Err(self.failed("total", "a total is an integer, a number or a text")),
        }
    }

    fn page(&self, request: &Record<'_>) -> Result<Option<String>, Error> {
        let page = self.paging.page.as_deref().filter(|_| self.paging.style == PagingStyle::PageNumber);
        page.map(|page| Ok(format!("page {}", self.number(request, page, "page")?))).transpose()
    }

    fn size(&self, request: &Record<'_>) -> Result<Option<String>, Error> {
        let size = self.paging.size.as_deref();
        size.map(|size| Ok(format!("size {}", self.number(request, size, "size")?))).transpose()
    }

    fn number<'r>(&self, request: &'r Record<'_>, wire: &str, key: &str) -> Result<&'r Ident, Error> {
        let member = self.member(request, wire, key)?;
        match member.kind {
            Kind::Integer | Kind::Text => Ok(&member.name),
            _ => Err(self.failed(key, format!("`{wire}` is neither an integer nor a text"))),
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

    fn cursor(&self, request: &Record<'_>, records: &[Record<'_>]) -> Result<Option<String>, Error> {
        if self.paging.style != PagingStyle::Cursor {
            return Ok(None);
        }
        let from = self.named("from", self.paging.from.as_deref())?;
        self.member(self.row_record(records)?, from, "from")?;
        let target = self.member(request, self.named("cursor", self.paging.cursor.as_deref())?, "cursor")?;
        let (name, from) = (&target.name, quoted(from));
        match &target.kind {
            Kind::Nullable(_) | Kind::Any | Kind::Text | Kind::Integer | Kind::Texts | Kind::Integers | Kind::Typed(_) => {
                Ok(Some(format!("cursor {name} from {from}")))
            }
            Kind::Object { boxed: false, .. } => Ok(Some(format!("object_cursor {name} from {from}"))),
            _ => Err(self.failed("cursor", format!("`{}` cannot take a cursor; leave out its `type` to take any JSON", target.field.name))),
        }
    }

    fn id(&self, records: &[Record<'_>]) -> Result<Option<String>, Error> {
        let Some(id) = self.paging.id.as_deref() else { return Ok(None) };
        let member = self.member(self.row_record(records)?, id, "id")?;
        match member.kind {
            Kind::Text | Kind::Integer => Ok(Some(format!("id {}", member.name))),
            _ => Err(self.failed("id", format!("`{id}` is neither a text nor an integer"))),
        }
    }

    fn range(&self, request: &Record<'_>) -> Result<Option<String>, Error> {
        let Some(split) = &self.paging.split_by else { return Ok(None) };
        let (start, end) = (self.member(request, &split.start, "split_by/start")?, self.member(request, &split.end, "split_by/end")?);
        for (member, key) in [(start, "split_by/start"), (end, "split_by/end")] {
            if !is_text(&member.kind) {
                return Err(self.failed(key, format!("`{}` is no text; a range can be split along texts only", member.field.name)));
            }
        }
        Ok(Some(format!("range {} to {}", start.name, end.name)))
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
