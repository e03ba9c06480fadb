//! `scrm show`: all that is known of one operation.

use std::{fmt::Write as _, process::ExitCode};

use clap::{Arg, ArgAction, ArgMatches, Command};
use scrm_core::Column;
use scrm_schema::model::{Evidence, Field, Object, Operation, Rule, Vendor};
use serde_json::{Value, json};

use crate::{
    arguments, catalogue, columns,
    failure::Failure,
    fields,
    language::{Language, say},
    screen, vendors,
};

pub(crate) fn command(vendor: Option<&str>, language: Language) -> Command {
    let pick = |en: &'static str, zh: &'static str| language.pick(en, zh);
    Command::new("show")
        .about(pick("Show an operation: fields, values, rules, limits, source", "显示一个接口：字段、取值、规则、限制、出处"))
        .arg(arguments::vendor(language))
        .arg(arguments::operation(vendor, language))
        .arg(Arg::new("json").long("json").action(ArgAction::SetTrue).help(pick("As JSON", "输出 JSON")))
}

pub(crate) fn run(matches: &ArgMatches, language: Language) -> Result<ExitCode, Failure> {
    let vendor = vendors::named(matches.get_one::<String>("vendor").map_or("", String::as_str))?;
    let spec = vendor.named(matches.get_one::<String>("operation").map_or("", String::as_str))?;
    let tree = catalogue::around(vendor.spec.name, spec.name)?;
    let operation = catalogue::operation(&tree, spec.name)?;
    let rows = (vendor.columns)(spec.name);
    let text = match matches.get_flag("json") {
        true => format!("{:#}", as_json(&tree, operation, rows.as_deref())),
        false => Shown { operation, language, text: String::new() }.all(&tree, rows.as_deref()),
    };
    screen::line(text.trim_end());
    Ok(ExitCode::SUCCESS)
}

struct Shown<'a> {
    operation: &'a Operation,
    language: Language,
    text: String,
}

impl Shown<'_> {
    fn pick<'t>(&self, en: &'t str, zh: &'t str) -> &'t str {
        self.language.pick(en, zh)
    }

    fn line(&mut self, name: (&str, &str), value: &str) {
        let name = self.pick(name.0, name.1);
        let padding = " ".repeat(12_usize.saturating_sub(unicode_width::UnicodeWidthStr::width(name)));
        let value = screen::wrapped(value, usize::from(screen::width()).saturating_sub(12)).replace('\n', "\n            ");
        _ = writeln!(self.text, "{name}{padding}{value}");
    }

    fn all(mut self, vendor: &Vendor, rows: Option<&[Column]>) -> String {
        let operation = self.operation;
        let title = format!("{} {}: {}", vendor.file.vendor, operation.name, self.language.label(&operation.title));
        _ = writeln!(self.text, "{}", screen::fitted(&title));
        if let Some(description) = &operation.description {
            let description = screen::wrapped(self.language.label(description), screen::width().into());
            _ = writeln!(self.text, "{description}");
        }
        self.text.push('\n');
        self.facts();
        self.request();
        self.response(rows);
        self.errors();
        self.errata();
        self.text
    }

    fn facts(&mut self) {
        let operation = self.operation;
        self.line(("call", "调用"), &format!("{:?} {}", operation.method, operation.path).replace("Post", "POST").replace("Get", "GET"));
        if let Some(permission) = &operation.permission {
            self.line(("permission", "权限"), permission);
        }
        if let Some(quota) = operation.quota {
            let text = match self.language {
                Language::English => format!("{} calls in {} s", quota.calls, quota.seconds),
                Language::Chinese => format!("{} 秒内 {} 次", quota.seconds, quota.calls),
            };
            self.line(("quota", "配额"), &text);
        }
        if let Some(paging) = &operation.paging {
            let mut text = paging.page.as_deref().or(paging.cursor.as_deref()).unwrap_or_default().to_owned();
            if let Some(size) = &paging.size {
                _ = write!(text, ", {size}");
            }
            if let Some(most) = paging.max_size {
                _ = write!(text, " ≤ {most}");
            }
            if let Some(id) = &paging.id {
                _ = write!(text, ", {}: {id}", self.pick("row id", "行的编号"));
            }
            if let Some(cap) = paging.row_cap {
                _ = write!(text, ", {}: {cap}", self.pick("row ceiling", "行数上限"));
            }
            self.line(("pages", "分页"), &text);
        }
        let source = &operation.source;
        let evidence = match source.evidence {
            Evidence::Documented => self.pick("documented", "有文档"),
            Evidence::Mirrored => self.pick("a mirrored copy of an older date", "较早日期的转载副本"),
            Evidence::Code => self.pick("unverified: seen in other people's code only", "未证实：只在他人的代码中见到"),
            Evidence::Example => self.pick("unverified: seen in one example only", "未证实：只在一个示例中见到"),
            Evidence::Unverified => self.pick("unverified: not seen on the vendor's own page", "未证实：没有在厂商自己的页面上见到"),
        };
        self.line(("source", "出处"), &format!("{} ({}, {evidence})", source.page, source.read));
        if let Some(url) = &source.url {
            self.line(("", ""), url);
        }
        if let Some(cut) = &source.cut_after {
            let text = match self.language {
                Language::English => format!("the copy that was read ends after {cut}"),
                Language::Chinese => format!("读到的副本在 {cut} 之后中断"),
            };
            self.line(("", ""), &text);
        }
    }

    fn heading(&mut self, en: &str, zh: &str) {
        let heading = self.pick(en, zh).to_owned();
        _ = writeln!(self.text, "\n{heading}");
    }

    fn request(&mut self) {
        self.heading("REQUEST (* required)", "请求（* 必填）");
        let mut rows = Vec::new();
        self.fields(&self.operation.request, "", &mut rows);
        self.rows(rows);
        let rules: Vec<String> = self.operation.rules.iter().map(|one| rule(one, self.language)).collect();
        if !rules.is_empty() {
            self.heading("RULES", "规则");
            for rule in rules {
                _ = writeln!(self.text, "{}", screen::fitted(&format!("  {rule}")));
            }
        }
    }

    fn rows(&mut self, rows: Vec<Vec<String>>) {
        if rows.is_empty() {
            let none = self.pick("  none", "  无").to_owned();
            _ = writeln!(self.text, "{none}");
            return;
        }
        let headings = [self.pick("field", "字段"), self.pick("type", "类型"), self.pick("what it is", "说明")];
        let table = screen::table(&headings, rows);
        _ = writeln!(self.text, "{table}");
    }

    fn fields(&self, object: &Object, prefix: &str, rows: &mut Vec<Vec<String>>) {
        for field in &object.fields {
            let star = if field.required { "*" } else { "" };
            rows.push(vec![format!("{prefix}{}{star}", field.name), fields::type_name(&field.ty), self.about(field)]);
            if let Some(inner) =
                fields::inner(&field.ty).and_then(|name| self.operation.objects.get(name)).filter(|_| prefix.matches('.').count() < 3)
            {
                self.fields(inner, &format!("{prefix}{}.", field.name), rows);
            }
        }
    }

    fn about(&self, field: &Field) -> String {
        let mut about = self.language.label(&field.doc).to_owned();
        let mut notes = Vec::new();
        notes.extend(field.minimum.map(|least| format!("≥ {least}")));
        notes.extend(field.maximum.map(|most| format!("≤ {most}")));
        notes.extend(field.max_length.map(|most| format!("≤ {most} {}", self.pick("characters", "个字"))));
        notes.extend(field.max_items.map(|most| format!("≤ {most} {}", self.pick("items", "项"))));
        notes.extend(field.unit.clone());
        notes.extend(fields::sensitivity(field).map(str::to_owned));
        if field.evidence.is_unverified() {
            notes.push(self.pick("unverified", "未证实").to_owned());
        }
        if !notes.is_empty() {
            _ = write!(about, " [{}]", notes.join(", "));
        }
        for value in fields::documented(field, self.operation) {
            _ = write!(about, "\n{} {}", fields::text(&value.value), self.language.pick(&value.en, &value.zh));
        }
        about
    }

    fn response(&mut self, rows: Option<&[Column]>) {
        let Some(rows) = rows else {
            self.heading("ANSWER", "返回");
            let none = self.pick("  no columns of its own", "  没有自己的列").to_owned();
            _ = writeln!(self.text, "{none}");
            return;
        };
        self.heading("ROWS (as `scrm pull` stores them; * promised)", "行（`scrm pull` 存成这些列；* 文档保证有）");
        let shown = columns::flatten(rows).into_iter().map(|column| {
            let star = if column.required { "*" } else { "" };
            let unit = column.unit.map(|unit| format!(" [{unit}]")).unwrap_or_default();
            vec![format!("{}{star}", column.name), column.kind.name().to_owned(), format!("{}{unit}", self.language.of_label(column.label))]
        });
        let shown = shown.collect();
        self.rows(shown);
    }

    fn errors(&mut self) {
        if self.operation.errors.is_empty() {
            return;
        }
        self.heading("ERRORS OF ITS OWN", "自己的错误码");
        for error in &self.operation.errors {
            let code = error.code.as_ref().map(fields::text).or_else(|| error.message.clone()).unwrap_or_default();
            let line = format!("  {code}  {} ({:?})", self.language.pick(&error.en, &error.zh), error.action);
            _ = writeln!(self.text, "{}", screen::fitted(&line));
        }
    }

    fn errata(&mut self) {
        if self.operation.errata.is_empty() {
            return;
        }
        self.heading("ERRATA (page → wire)", "勘误（页面 → 实际）");
        for erratum in &self.operation.errata {
            let line =
                format!("  {}: {} → {} ({})", erratum.at, fields::text(&erratum.documented), fields::text(&erratum.wire), erratum.seen);
            _ = writeln!(self.text, "{}", screen::fitted(&line));
        }
    }
}

fn rule(rule: &Rule, language: Language) -> String {
    let of = |fields: &[String]| fields.join(", ");
    match rule {
        Rule::AtLeastOne(fields) => format!("{} {}", language.pick("at least one of", "至少给出一个："), of(fields)),
        Rule::ExactlyOne(fields) => format!("{} {}", language.pick("exactly one of", "只能给出一个："), of(fields)),
        Rule::AtMostOne(fields) => format!("{} {}", language.pick("at most one of", "最多给出一个："), of(fields)),
        Rule::Together(fields) => format!("{} {}", language.pick("all or none of", "要么都给，要么都不给："), of(fields)),
        Rule::RequiredIf { field, other, values } if values.is_empty() => {
            say!(language, "{field} when {other} is given", "给出 {other} 时必填 {field}")
        }
        Rule::RequiredIf { field, other, values } => {
            let values = values.join(" / ");
            say!(language, "{field} when {other} is {values}", "{other} 为 {values} 时必填 {field}")
        }
        Rule::Span { start, end, strict, max_seconds, .. } => {
            let sign = if *strict { "<" } else { "≤" };
            let most = max_seconds.map(|most| {
                let hours = most / 3600;
                say!(language, ", at most {hours} h apart", "，最多相差 {hours} 小时")
            });
            format!("{start} {sign} {end}{}", most.unwrap_or_default())
        }
    }
}

fn as_json(vendor: &Vendor, operation: &Operation, rows: Option<&[Column]>) -> Value {
    let columns: Vec<Value> = columns::flatten(rows.unwrap_or_default())
        .iter()
        .map(|column| {
            json!({ "name": column.name, "kind": column.kind.name(), "unit": column.unit, "promised": column.required,
                    "personal": column.sensitive, "zh": column.label.zh, "en": column.label.en })
        })
        .collect();
    let source = &operation.source;
    json!({
        "vendor": vendor.file.vendor,
        "operation": operation.name,
        "title": { "zh": operation.title.zh, "en": operation.title.en },
        "path": operation.path,
        "permission": operation.permission,
        "quota": operation.quota.map(|quota| json!({ "calls": quota.calls, "seconds": quota.seconds })),
        "source": { "page": source.page, "url": source.url, "read": source.read, "cut_after": source.cut_after,
                    "verified": !source.evidence.is_unverified() },
        "columns": columns,
        "schema": operation.raw,
    })
}
