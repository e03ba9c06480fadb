//! The fields of a request as flags, and flags as a request: checked against the schema before anything is sent.

pub(crate) mod given;

use clap::{Arg, ArgAction, ArgMatches, builder::PossibleValuesParser};
use scrm_core::{CredentialSet, Moment, spec::VendorSpec, time};
use scrm_schema::model::{Enum, EnumValue, Field, Operation, Sensitive, TimeFormat, Type, Wire};
use serde_json::{Map, Number, Value};

use crate::{
    failure::Failure,
    language::{Both, Language, both},
};

/// One field that has a flag: at the top of the request, or inside of its objects.
pub(crate) struct Flag<'a> {
    /// The flag's name without its dashes: the documented one, `data.user_id` inside of an object.
    pub(crate) name: String,
    path: Vec<&'a str>,
    pub(crate) field: &'a Field,
}

/// All fields that have a flag. `taken`: names of the command's own options; a field of such a name goes by `field-<name>`.
pub(crate) fn flags<'a>(operation: &'a Operation, taken: &[&str]) -> Vec<Flag<'a>> {
    let mut flags = Vec::new();
    collect(operation, &operation.request.fields, &[], taken, &mut flags);
    flags
}

fn collect<'a>(operation: &'a Operation, fields: &'a [Field], parents: &[&'a str], taken: &[&str], flags: &mut Vec<Flag<'a>>) {
    for field in fields {
        let mut path = parents.to_vec();
        path.push(&field.name);
        let inside = match &field.ty {
            Type::Object(name) if field.wire == Wire::Plain => operation.objects.get(name),
            _ => None,
        };
        if let Some(object) = inside.filter(|_| path.len() < 3) {
            collect(operation, &object.fields, &path, taken, flags);
        } else {
            let documented = path.join(".");
            let name = if taken.contains(&documented.as_str()) { format!("field-{documented}") } else { documented };
            flags.push(Flag { name, path, field });
        }
    }
}

/// A flag as clap knows it, with its help in the reader's language.
pub(crate) fn argument(flag: &Flag<'_>, operation: &Operation, language: Language) -> Arg {
    let values = documented(flag.field, operation);
    let mut arg = Arg::new(format!("field:{}", flag.name))
        .long(flag.name.clone())
        .value_name(value_name(flag.field, operation))
        .help(help(flag, operation, &values, language))
        .help_heading(language.pick("Fields", "字段"))
        .hide(flag.field.sensitive == Some(Sensitive::Secret))
        .allow_hyphen_values(true);
    if matches!(flag.field.ty, Type::List(_)) {
        arg = arg.action(ArgAction::Append);
        if !holds_objects(&flag.field.ty) {
            arg = arg.value_delimiter(',');
        }
    }
    // for completion only: what is documented is offered, and codes, names and labels are all understood
    if !values.is_empty() && values.len() <= 40 {
        let known = values.iter().flat_map(|value| [text(&value.value), value.name.clone(), value.zh.clone()]);
        let mut known: Vec<String> = known.filter(|name| !name.is_empty()).collect();
        known.dedup();
        arg = arg.hide_possible_values(true).value_parser(PossibleValuesParser::new(known)).ignore_case(true);
    }
    arg
}

fn value_name(field: &Field, operation: &Operation) -> String {
    let name = match (&field.ty, field.time) {
        (Type::List(inner), _) if matches!(**inner, Type::Object(_)) => "JSON",
        (Type::List(_), _) => "LIST",
        (Type::Object(_) | Type::Map(_) | Type::Any, _) => "JSON",
        (_, Some(TimeFormat::Date)) => "DAY",
        (_, Some(TimeFormat::Month)) => "MONTH",
        (_, Some(_)) => "TIME",
        (Type::Integer, _) => "NUMBER",
        (Type::Number, _) => "DECIMAL",
        (Type::Boolean, _) => "BOOL",
        (Type::Enum(name), _) if operation.enums.contains_key(name) => "CODE",
        _ => "TEXT",
    };
    name.to_owned()
}

/// The documented values of a field, or of the items of its list.
pub(crate) fn documented<'a>(field: &Field, operation: &'a Operation) -> Vec<&'a EnumValue> {
    of_enum(&field.ty, operation).map(|known| known.values.iter().collect()).unwrap_or_default()
}

fn of_enum<'a>(ty: &Type, operation: &'a Operation) -> Option<&'a Enum> {
    match ty {
        Type::Enum(name) => operation.enums.get(name),
        Type::List(inner) => of_enum(inner, operation),
        _ => None,
    }
}

fn holds_objects(ty: &Type) -> bool {
    matches!(ty, Type::List(inner) if matches!(**inner, Type::Object(_) | Type::Any | Type::Map(_) | Type::List(_)))
}

fn help(flag: &Flag<'_>, operation: &Operation, values: &[&EnumValue], language: Language) -> String {
    let field = flag.field;
    let mut help = language.label(&field.doc).trim_end_matches(['.', '。']).to_owned();
    let path = Some(flag.path.join("/"));
    let filled = field.default.is_some() || operation.paging.as_ref().is_some_and(|paging| path == paging.page || path == paging.size);
    if field.required && !filled {
        help += language.pick(" (required)", "（必填）");
    }
    let bounds = match (field.minimum, field.maximum) {
        (Some(least), Some(most)) => Some(format!("{least}–{most}")),
        (Some(least), None) => Some(format!("≥ {least}")),
        (None, Some(most)) => Some(format!("≤ {most}")),
        (None, None) => None,
    };
    if let Some(bounds) = bounds {
        help += &format!(" [{bounds}]");
    }
    if let Some(unit) = &field.unit {
        help += &format!(" [{unit}]");
    }
    if !values.is_empty() {
        let shown = values.iter().take(6).map(|value| format!("{} {}", text(&value.value), language.pick(&value.en, &value.zh)));
        let mut shown: Vec<String> = shown.collect();
        if values.len() > shown.len() {
            shown.push("…".to_owned());
        }
        help += &format!(": {}", shown.join(", "));
    }
    help
}

/// The object that values of a type are, or hold.
pub(crate) fn inner(ty: &Type) -> Option<&str> {
    match ty {
        Type::Object(name) => Some(name),
        Type::List(inner) | Type::Map(inner) => self::inner(inner),
        _ => None,
    }
}

/// Objects inside of objects are told so deep.
const DEEPEST: usize = 4;

/// What stands inside of the flags that take JSON: for the end of a command's help.
pub(crate) fn inside(operation: &Operation, flags: &[Flag<'_>], language: Language) -> String {
    let mut lines = Vec::new();
    for flag in flags {
        let Some(object) = inner(&flag.field.ty).and_then(|name| operation.objects.get(name)) else { continue };
        let list = if matches!(flag.field.ty, Type::List(_)) { " [{…}]" } else { " {…}" };
        lines.push(format!("{} --{}{list}:", language.pick("Inside of", "字段"), flag.name));
        nested(operation, object, "", language, &mut lines);
        lines.push(String::new());
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn nested(operation: &Operation, object: &scrm_schema::model::Object, prefix: &str, language: Language, lines: &mut Vec<String>) {
    for field in &object.fields {
        let required = if field.required { language.pick(" (required)", "（必填）") } else { "" };
        let doc = language.label(&field.doc).trim_end_matches(['.', '。']);
        lines.push(format!("  {prefix}{} ({}): {doc}{required}", field.name, type_name(&field.ty)));
        let below = inner(&field.ty).and_then(|name| operation.objects.get(name));
        if let Some(object) = below.filter(|_| prefix.matches('.').count() + 1 < DEEPEST) {
            nested(operation, object, &format!("{prefix}{}.", field.name), language, lines);
        }
    }
}

/// A scalar as text.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The request that the flags and `--json` give. Flags win over what `--json` says.
pub(crate) fn request(
    operation: &Operation,
    flags: &[Flag<'_>],
    matches: &ArgMatches,
    json: Option<&str>,
) -> Result<Map<String, Value>, Failure> {
    let mut request = match json {
        Some(given) => object(given)?,
        None => Map::new(),
    };
    if json.is_some_and(|given| !given.starts_with('@')) {
        given::no_secret(operation, request.clone())?;
    }
    for flag in flags {
        let Some(given) = matches.try_get_many::<String>(&format!("field:{}", flag.name)).ok().flatten() else { continue };
        let given: Vec<&String> = given.collect();
        let from_file = given.iter().all(|text| text.starts_with('@')) && flag.field.sensitive != Some(Sensitive::Secret);
        let value = read(flag.field, &given, operation).map_err(|wanted| {
            let name = &flag.name;
            let shown = match (flag.field.sensitive, given.first()) {
                (None, Some(first)) if first.chars().count() <= 40 => format!(" {first:?}"),
                _ => String::new(),
            };
            let Both { en, zh } = wanted;
            Failure::wrong_use(both!("--{name}{shown}: {en} is wanted", "--{name}{shown}：应为{zh}"))
        })?;
        if !from_file {
            let mut on_line = Map::new();
            put(&mut on_line, &flag.path, value.clone());
            given::no_secret(operation, on_line)?;
        }
        put(&mut request, &flag.path, value);
    }
    given::check(operation, &request)?;
    Ok(request)
}

/// Puts what the documentation gives a default for.
pub(crate) fn defaults(operation: &Operation, request: &mut Map<String, Value>) {
    for field in &operation.request.fields {
        if let (true, Some(default), false) = (field.required, &field.default, request.contains_key(&field.name)) {
            request.insert(field.name.clone(), default.clone());
        }
    }
}

/// Says what is required and not there.
pub(crate) fn all_there(operation: &Operation, request: &Map<String, Value>) -> Result<(), Failure> {
    let missing = missing(operation, request);
    if missing.is_empty() {
        return Ok(());
    }
    let named = |language: Language| {
        let named = missing.iter().map(|(path, field)| {
            // a secret has no flag
            let dashes = if field.sensitive == Some(Sensitive::Secret) { "" } else { "--" };
            format!("{dashes}{path} ({})", language.label(&field.doc).trim_end_matches(['.', '。']))
        });
        named.collect::<Vec<_>>().join(", ")
    };
    let (en, zh) = (named(Language::English), named(Language::Chinese));
    Err(Failure::wrong_use(both!("required and not given: {en}", "缺少必填字段：{zh}")))
}

/// Required texts that bear the name of a credential that is no secret: they are filled with it.
pub(crate) fn from_credentials(operation: &Operation, vendor: &VendorSpec, request: &Map<String, Value>) -> Vec<&'static str> {
    let required = |name: &str| operation.request.fields.iter().any(|field| field.required && field.name == name && field.ty == Type::Text);
    let open = vendor.credentials.iter().filter(|credential| !credential.secret).map(|credential| credential.name);
    open.filter(|name| required(name) && !request.contains_key(*name)).collect()
}

/// Fills them.
pub(crate) fn fill(request: &mut Map<String, Value>, names: &[&str], credentials: &CredentialSet) {
    for name in names {
        if let Some(value) = credentials.get(name) {
            request.insert((*name).to_owned(), value.expose().into());
        }
    }
}

/// The required fields that are not there, by path.
pub(crate) fn missing<'a>(operation: &'a Operation, request: &Map<String, Value>) -> Vec<(String, &'a Field)> {
    let mut missing = Vec::new();
    absent(operation, &operation.request.fields, Some(request), "", &mut missing);
    missing
}

fn absent<'a>(
    operation: &'a Operation,
    fields: &'a [Field],
    given: Option<&Map<String, Value>>,
    prefix: &str,
    missing: &mut Vec<(String, &'a Field)>,
) {
    for field in fields.iter().filter(|field| field.required) {
        let value = given.and_then(|given| given.get(&field.name));
        let inside = match &field.ty {
            Type::Object(name) => operation.objects.get(name),
            _ => None,
        };
        let path = format!("{prefix}{}", field.name);
        match (value, inside) {
            (None | Some(Value::Null), Some(object)) => absent(operation, &object.fields, None, &format!("{path}."), missing),
            (Some(Value::Object(value)), Some(object)) => absent(operation, &object.fields, Some(value), &format!("{path}."), missing),
            (Some(Value::Null), None) if field.nullable => {}
            (None | Some(Value::Null), None) => missing.push((path, field)),
            _ => {}
        }
    }
}

/// `{…}`, or `@file`.
fn object(given: &str) -> Result<Map<String, Value>, Failure> {
    let text = from_file(given).map_err(|why| Failure::wrong_use(both!("--json: {why}", "--json：{why}")))?;
    match serde_json::from_str(&text) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(Failure::wrong_use(both!("--json: an object is wanted, {{…}}", "--json：应为一个对象 {{…}}"))),
        Err(error) => Err(Failure::wrong_use(both!("--json: no JSON: {error}", "--json：不是 JSON：{error}"))),
    }
}

/// The text itself, or that of `@file`; `@-`: of standard input.
pub(crate) fn from_file(given: &str) -> Result<String, String> {
    match given.strip_prefix('@') {
        Some("-") => std::io::read_to_string(std::io::stdin()).map_err(|error| error.to_string()),
        Some(path) => std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}")),
        None => Ok(given.to_owned()),
    }
}

/// Puts a value at a path; objects on the way are made.
pub(crate) fn put(request: &mut Map<String, Value>, path: &[&str], value: Value) {
    match path {
        [] => {}
        [name] => _ = request.insert((*name).to_owned(), value),
        [name, rest @ ..] => {
            let inner = request.entry((*name).to_owned()).or_insert_with(|| Value::Object(Map::new()));
            if !inner.is_object() {
                *inner = Value::Object(Map::new());
            }
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

/// What the given texts mean for this field; the error says what is wanted.
fn read(field: &Field, given: &[&String], operation: &Operation) -> Result<Value, Both> {
    if let (true, [null]) = (field.nullable, given)
        && null.as_str() == "null"
    {
        return Ok(Value::Null);
    }
    let nested = field.pointer.matches("/properties/").count() > 1;
    let value = match &field.ty {
        Type::List(inner) if holds_objects(&field.ty) => match given {
            [one] if !one.trim_start().starts_with('{') => json(one)?,
            many => Value::Array(many.iter().map(|one| scalar(inner, field, one, operation)).collect::<Result<_, _>>()?),
        },
        Type::List(inner) => Value::Array(given.iter().map(|one| scalar(inner, field, one, operation)).collect::<Result<_, _>>()?),
        single => scalar(single, field, given.first().map_or("", |one| one.as_str()), operation)?,
    };
    // fields at the top are written by the client as their table says
    Ok(if nested { wired(value, field.wire) } else { value })
}

fn scalar(ty: &Type, field: &Field, given: &str, operation: &Operation) -> Result<Value, Both> {
    if let Type::Enum(name) = ty
        && let Some(known) = operation.enums.get(name)
    {
        return Ok(code(known, given));
    }
    if let Some(format) = field.time {
        return moment(format, matches!(ty, Type::Integer | Type::Number), given);
    }
    match ty {
        Type::Text | Type::Enum(_) => Ok(given.into()),
        Type::Integer => given.trim().parse::<i64>().map(Value::from).map_err(|_| both!("a whole number", "整数")),
        Type::Number => {
            given.trim().parse::<f64>().ok().and_then(Number::from_f64).map(Value::Number).ok_or_else(|| both!("a number", "数字"))
        }
        Type::Boolean => match given {
            "true" | "1" | "yes" | "是" => Ok(true.into()),
            "false" | "0" | "no" | "否" => Ok(false.into()),
            _ => Err(both!("true or false", " true 或 false")),
        },
        Type::Any => Ok(json(given).unwrap_or_else(|_| given.into())),
        Type::Object(_) | Type::Map(_) | Type::List(_) => json(given),
    }
}

fn json(given: &str) -> Result<Value, Both> {
    let read = from_file(given).and_then(|text| serde_json::from_str(&text).map_err(|error| error.to_string()));
    read.map_err(|error| both!("JSON, or @file with JSON ({error}),", " JSON，或者 @文件（{error}）"))
}

/// By code, name or label; what is none of them is sent as it is.
fn code(known: &Enum, given: &str) -> Value {
    let same = |text: &str| !text.is_empty() && text.to_lowercase() == given.to_lowercase();
    let by_code = known.values.iter().find(|value| text(&value.value) == given);
    let found = by_code.or_else(|| known.values.iter().find(|value| same(&value.name) || same(&value.zh) || same(&value.en)));
    let numbers = known.values.iter().all(|value| value.value.is_number());
    match (found, given.parse::<i64>()) {
        (Some(value), _) => value.value.clone(),
        (None, Ok(number)) if numbers => number.into(),
        _ => given.into(),
    }
}

fn moment(format: TimeFormat, is_number: bool, given: &str) -> Result<Value, Both> {
    let format = core_format(format);
    let moment = instant(given).map_err(|()| {
        both!(
            "a time such as 2026-11-01, 2026-11-01 08:00:00 (China time) or 2026-11-01T08:00:00+08:00",
            "时间，如 2026-11-01、2026-11-01 08:00:00（中国时间）或 2026-11-01T08:00:00+08:00"
        )
    });
    let text = match (time::parse(format, given), moment) {
        (Some(_), _) => given.to_owned(),
        (None, Ok(moment)) => time::write(format, moment),
        (None, Err(wanted)) => return Err(wanted),
    };
    match text.parse::<i64>() {
        Ok(number) if is_number => Ok(number.into()),
        _ => Ok(text.into()),
    }
}

/// A moment as people write it: a day, a day and a time of day in China, RFC 3339.
pub(crate) fn instant(given: &str) -> Result<Moment, ()> {
    let day = time::parse(scrm_core::spec::TimeFormat::Date, given);
    let clock = || time::parse(scrm_core::spec::TimeFormat::DateTime, given);
    day.or_else(clock).or_else(|| given.parse().ok()).ok_or(())
}

/// The client's word for a format.
pub(crate) fn core_format(format: TimeFormat) -> scrm_core::spec::TimeFormat {
    match format {
        TimeFormat::DateTime => scrm_core::spec::TimeFormat::DateTime,
        TimeFormat::Date => scrm_core::spec::TimeFormat::Date,
        TimeFormat::OffsetDateTime => scrm_core::spec::TimeFormat::OffsetDateTime,
        TimeFormat::Month => scrm_core::spec::TimeFormat::Month,
        TimeFormat::Seconds => scrm_core::spec::TimeFormat::Seconds,
        TimeFormat::Milliseconds => scrm_core::spec::TimeFormat::Milliseconds,
    }
}

fn wired(value: Value, wire: Wire) -> Value {
    let join = |items: &[Value], by: &str| items.iter().map(text).collect::<Vec<_>>().join(by).into();
    match (wire, value) {
        (Wire::Text, value @ (Value::Number(_) | Value::Bool(_))) => value.to_string().into(),
        (Wire::Digit, Value::Bool(value)) => u8::from(value).into(),
        (Wire::DigitText, Value::Bool(value)) => u8::from(value).to_string().into(),
        (Wire::Comma, Value::Array(items)) => join(&items, ","),
        (Wire::Bars, Value::Array(items)) => join(&items, "||"),
        (Wire::Json, value) => value.to_string().into(),
        (_, value) => value,
    }
}

/// `text`, `integer`, `list of …`: a type in words.
pub(crate) fn type_name(ty: &Type) -> String {
    match ty {
        Type::Text => "text".to_owned(),
        Type::Integer => "integer".to_owned(),
        Type::Number => "number".to_owned(),
        Type::Boolean => "boolean".to_owned(),
        Type::Any => "any".to_owned(),
        Type::Enum(name) | Type::Object(name) => name.clone(),
        Type::List(inner) => format!("list of {}", type_name(inner)),
        Type::Map(inner) => format!("map of {}", type_name(inner)),
    }
}

/// `personal`, `secret`, or nothing.
pub(crate) fn sensitivity(field: &Field) -> Option<&'static str> {
    field.sensitive.map(|sensitive| match sensitive {
        Sensitive::Personal => "personal",
        Sensitive::Secret => "secret",
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::catalogue;

    fn asked(vendor: &str, name: &str, words: &[&str]) -> Result<Map<String, Value>, Failure> {
        let vendor = catalogue::around(vendor, name).unwrap();
        let operation = catalogue::operation(&vendor, name).unwrap();
        let flags = flags(operation, &["json"]);
        let command = flags.iter().fold(clap::Command::new("t"), |command, flag| command.arg(argument(flag, operation, Language::English)));
        let matches = command.try_get_matches_from(std::iter::once(&"t").chain(words)).unwrap();
        request(operation, &flags, &matches, None)
    }

    #[test]
    fn flags_become_a_request_of_the_documented_types() {
        let request = asked("xiaoe", "user_list", &["--phone", "13800138000", "--page", "2", "--from", "wechat"]);
        assert_eq!(Value::Object(request.unwrap())["page"], json!(2));
        let request = asked("xiaoe", "user_get", &["--user_id", "u_made_up_0001"]).unwrap();
        assert_eq!(Value::Object(request), json!({ "user_id": "u_made_up_0001" }));
    }

    #[test]
    fn what_does_not_fit_is_told_with_what_is_wanted() {
        let error = asked("xiaoe", "user_list", &["--page", "two"]).unwrap_err();
        assert!(error.clone().text(Language::English).contains("--page \"two\": a whole number is wanted"), "{error:?}");
        let error = asked("xiaoe", "user_list", &["--user_created_start", "yesterday"]).unwrap_err();
        assert!(error.clone().text(Language::English).contains("a time such as"), "{error:?}");
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        assert_eq!(moment(TimeFormat::Date, false, "2026-11-01 08:00:00").unwrap(), json!("2026-11-01"));
        assert_eq!(moment(TimeFormat::Seconds, true, "2026-11-01").unwrap(), json!(1_793_462_400));
        assert_eq!(moment(TimeFormat::Seconds, true, "1793462400").unwrap(), json!(1_793_462_400));
    }

    /// One area of a vendor is loaded without the others, whichever operation is asked for.
    #[test]
    fn every_operation_is_found_with_its_area_alone() {
        for vendor in crate::vendors::all() {
            for operation in vendor.operations {
                let found =
                    catalogue::around(vendor.spec.name, operation.name).unwrap_or_else(|error| panic!("{}: {error:?}", operation.name));
                catalogue::operation(&found, operation.name).unwrap();
            }
        }
    }
}
