//! How an operation walks through its pages.

use scrm_schema::model::{Operation, Paging, PagingStyle, TimeFormat, Window};

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
    row: Row,
}

/// What a row is.
enum Row {
    /// A struct of this name.
    Object(String),
    /// A value of this type.
    Value(&'static str),
}

impl<'a> Paged<'a> {
    /// `None`: the operation is not paged.
    pub(crate) fn of(operation: &'a Operation, data_key: &str, records: &[Record<'_>]) -> Result<Option<Self>, Error> {
        let Some(paging) = &operation.paging else { return Ok(None) };
        let failed = |key: &str, problem: String| Error::new(&operation.file, &format!("/paging/{key}"), problem);
        let rows = path::resolve(&paging.rows, data_key, operation, records).map_err(|problem| failed("rows", problem))?;
        let listed = rows.kind().cloned().or_else(|| operation.data.as_ref().map(|data| Kind::of(&data.ty)));
        let row = match (listed, rows.kind()) {
            (Some(Kind::Objects(name)), _) => Row::Object(name),
            (Some(Kind::Integers), Some(_)) => Row::Value("i64"),
            (Some(Kind::Texts), Some(_)) => Row::Value("String"),
            (Some(Kind::Any | Kind::Integers | Kind::Texts), _) => Row::Value("scrm_core::Value"),
            _ => return Err(failed("rows", format!("`{}` is no list", paging.rows))),
        };
        let total = match &paging.total {
            Some(pointer) => Some(path::resolve(pointer, data_key, operation, records).map_err(|problem| failed("total", problem))?),
            None => None,
        };
        Ok(Some(Paged { operation, paging, rows, total, row }))
    }

    /// Name of the row's struct; `None`: rows are values.
    pub(crate) fn row_object(&self) -> Option<&str> {
        match &self.row {
            Row::Object(name) => Some(name),
            Row::Value(_) => None,
        }
    }

    /// The object and field that hold the rows, if they are objects and do not stand right under the data key.
    pub(crate) fn rows_field(&self) -> Option<(&str, &str)> {
        self.row_object()?;
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
                let from = self.paging.from.as_deref().unwrap_or_default();
                format!("PagingSpec::cursor({}, {}, {rows})", quoted(field), quoted(from))
            }
        }];
        // A value that is a cursor tells itself apart.
        let id = id.as_deref().or((self.row_object().is_none() && self.paging.style == PagingStyle::Cursor).then_some(""));
        let mut add = |fact: &str, value: Option<String>| lines.extend(value.map(|value| format!(".{fact}({value})")));
        add("size", size.as_deref().map(quoted));
        add("max_size", max_size.map(|size| size.to_string()));
        add("total", total.as_deref().map(quoted));
        add("id", id.map(quoted));
        add("row_cap", row_cap.map(|cap| cap.to_string()));
        if let Some(split) = &self.paging.split_by {
            let format = time_format(self.format_at("split_by/start", &split.start)?);
            let field = split.field.as_ref().map(|field| format!(".field({})", quoted(field))).unwrap_or_default();
            let split = format!("SplitSpec::new({}, {}, TimeFormat::{format}){field}", quoted(&split.start), quoted(&split.end));
            add("split_by", Some(split));
        }
        let windows = self.paging.windows.iter().map(|window| self.window(window)).collect::<Result<Vec<_>, _>>()?;
        if !windows.is_empty() {
            lines.push(".windows(&[".to_owned());
            lines.extend(windows.into_iter().map(|window| format!("    {window},")));
            lines.push("])".to_owned());
        }
        Ok(lines)
    }

    /// `WindowSpec::new(…)`
    fn window(&self, window: &Window) -> Result<String, Error> {
        let Window { start, end, field, without_start, optional } = window;
        let format = time_format(self.format_at("windows", start)?);
        let longest = self.operation.longest_span(start, end).ok_or_else(|| self.failed("windows", "no rule says how long a window is"))?;
        let mut text = format!("WindowSpec::new({}, {}, TimeFormat::{format}, {longest})", quoted(start), quoted(end));
        if let Some(path) = field {
            let row = self.row_object().and_then(|name| self.operation.objects.get(name));
            let time = row.and_then(|row| self.operation.at_path(row, path)).and_then(|field| field.time);
            let format = time_format(time.ok_or_else(|| self.failed("windows", format!("`{path}` is no time of a row")))?);
            text += &format!(".field({}, TimeFormat::{format})", quoted(path));
        }
        text += if *optional { ".optional(true)" } else { "" };
        text.extend(without_start.map(|seconds| format!(".without_start({seconds})")));
        Ok(text)
    }

    fn named<'n>(&self, key: &str, name: Option<&'n str>) -> Result<&'n str, Error> {
        name.ok_or_else(|| self.failed(key, format!("the style needs `{key}`")))
    }

    fn failed(&self, key: &str, problem: impl Into<String>) -> Error {
        Error::new(&self.operation.file, &format!("/paging/{key}"), problem)
    }

    fn format_at(&self, key: &str, field: &str) -> Result<TimeFormat, Error> {
        format_of(self.operation, field).ok_or_else(|| self.failed(key, format!("`{field}` is no field with `x-time`")))
    }

    /// `pages! { … }`
    pub(crate) fn implementation(&self, request: &Record<'_>, records: &[Record<'_>]) -> Result<String, Error> {
        let name = names::ident(&request.object.name);
        let row = match &self.row {
            Row::Object(name) => names::ident(name).to_string(),
            Row::Value(ty) => (*ty).to_owned(),
        };
        let mut text = format!("declare::pages! {{\n    impl PagedOperation for {name}, row {row};\n");
        let facts = [
            Some(format!("rows {}", self.rows.spelled())),
            self.number("page", self.paging.page.as_deref(), request, records)?,
            self.number("size", self.paging.size.as_deref(), request, records)?,
            self.cursor(request, records)?,
        ];
        self.check_total()?;
        self.check_id(records)?;
        for fact in facts.into_iter().flatten().chain(self.ranges(request, records)?) {
            text += &format!("    {fact};\n");
        }
        Ok(text + "}\n")
    }

    /// The total is read by its name in the `PagingSpec`.
    fn check_total(&self) -> Result<(), Error> {
        match self.total.as_ref().map(Place::kind) {
            None | Some(Some(Kind::Integer | Kind::Text | Kind::Number)) => Ok(()),
            Some(_) => Err(self.failed("total", "a total is an integer, a number or a text")),
        }
    }

    fn number(&self, key: &str, path: Option<&str>, request: &Record<'_>, records: &[Record<'_>]) -> Result<Option<String>, Error> {
        let Some(path) = path else { return Ok(None) };
        let (spelled, member) = self.at(request, path, key, records)?;
        match member.kind {
            Kind::Integer | Kind::Text => Ok(Some(format!("{key} request{spelled}"))),
            _ => Err(self.failed(key, format!("`{path}` is neither an integer nor a text"))),
        }
    }

    /// The field at a path, and how `pages!` reads it: `/data.page`.
    fn at<'r>(&self, root: &'r Record<'r>, path: &str, key: &str, records: &'r [Record<'r>]) -> Result<(String, &'r Member<'r>), Error> {
        let (mut record, mut spelled) = (root, String::new());
        let mut steps = path.split('/').peekable();
        while let Some(step) = steps.next() {
            let member = self.member(record, step, key)?;
            if steps.peek().is_none() {
                return Ok((format!("{spelled}.{}", member.name), member));
            }
            let inner = match &member.kind {
                Kind::Object { name, boxed: false } => records.iter().find(|record| record.object.name == *name),
                _ => None,
            };
            record = inner.ok_or_else(|| self.failed(key, format!("`{path}` goes through `{step}`, which is no object")))?;
            spelled += &format!("/{}", member.name);
        }
        Err(self.failed(key, "is empty"))
    }

    fn member<'r>(&self, record: &'r Record<'_>, wire: &str, key: &str) -> Result<&'r Member<'r>, Error> {
        record.member(wire).ok_or_else(|| self.failed(key, format!("`{}` has no field `{wire}`", record.object.name)))
    }

    fn row_record<'r>(&self, records: &'r [Record<'r>]) -> Result<&'r Record<'r>, Error> {
        let name = self.row_object().unwrap_or_default();
        let row = records.iter().find(|record| record.object.name == name);
        row.ok_or_else(|| self.failed("rows", "its items are no objects"))
    }

    fn cursor(&self, request: &Record<'_>, records: &[Record<'_>]) -> Result<Option<String>, Error> {
        if self.paging.style != PagingStyle::Cursor {
            return Ok(None);
        }
        let target = self.member(request, self.named("cursor", self.paging.cursor.as_deref())?, "cursor")?;
        if self.row_object().is_none() {
            return match &target.kind {
                Kind::Any | Kind::Text | Kind::Integer => Ok(Some(format!("cursor request.{}", target.name))),
                _ => Err(self.failed("cursor", format!("`{}` cannot take a row", target.field.name))),
            };
        }
        let from = self.named("from", self.paging.from.as_deref())?;
        self.member(self.row_record(records)?, from, "from")?;
        let name = &target.name;
        match &target.kind {
            Kind::Nullable(_) | Kind::Any | Kind::Text | Kind::Integer | Kind::Texts | Kind::Integers | Kind::Typed(_) => {
                Ok(Some(format!("cursor request.{name}")))
            }
            Kind::Object { boxed: false, .. } => Ok(Some(format!("object_cursor request.{name}"))),
            _ => Err(self.failed("cursor", format!("`{}` cannot take a cursor; leave out its `type` to take any JSON", target.field.name))),
        }
    }

    /// The id is read by its name in the `PagingSpec`.
    fn check_id(&self, records: &[Record<'_>]) -> Result<(), Error> {
        let Some(id) = self.paging.id.as_deref() else { return Ok(()) };
        match self.at(self.row_record(records)?, id, "id", records)?.1.kind {
            Kind::Text | Kind::Integer => Ok(()),
            _ => Err(self.failed("id", format!("`{id}` is neither a text nor an integer"))),
        }
    }

    /// The range filters by number: the windows, and behind them what a longer pull is split by.
    fn ranges(&self, request: &Record<'_>, records: &[Record<'_>]) -> Result<Vec<String>, Error> {
        let windows = self.paging.windows.iter().map(|window| ("windows", &window.start, &window.end));
        let split = self.paging.split_by.iter().map(|split| ("split_by", &split.start, &split.end));
        let range = |(number, (key, start, end)): (usize, (&str, &String, &String))| {
            let bound = |path: &str| {
                let (spelled, member) = self.at(request, path, key, records)?;
                match is_bound(&member.kind) {
                    true => Ok(format!("request{spelled}")),
                    false => Err(self.failed(key, format!("`{path}` is neither a text nor an integer; no range goes along it"))),
                }
            };
            Ok(format!("range {number} {} to {}", bound(start)?, bound(end)?))
        };
        windows.chain(split).enumerate().map(range).collect()
    }
}

/// Whether the field can hold an end of a range: a text, be it a date, or a Unix time.
fn is_bound(kind: &Kind) -> bool {
    match kind {
        Kind::Text | Kind::Integer => true,
        Kind::Typed(meaning) => !meaning.is_amount(),
        _ => false,
    }
}
