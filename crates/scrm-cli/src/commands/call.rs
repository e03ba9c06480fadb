//! `scrm call`: one call, checked before it is sent.

use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};
use scrm_core::{
    ApiClient, HttpRequest, ResponseMeta,
    spec::{Access, Method},
};
use serde_json::{Map, Value};

use crate::{
    arguments, catalogue, connect,
    failure::Failure,
    fields,
    language::{Language, both, say},
    screen, vendors,
};

/// Options of the command itself: a field of such a name goes by `--field-<name>`.
pub(crate) const TAKEN: &[&str] = &["json", "raw", "yes", "dry-run", "allow-empty", "lang", "help", "profile", "timeout", "quota"];

pub(crate) fn command(vendor: Option<&str>, language: Language) -> Command {
    let pick = |en: &'static str, zh: &'static str| language.pick(en, zh);
    let flag =
        |name: &'static str, en: &'static str, zh: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue).help(pick(en, zh));
    Command::new("call")
        .about(pick("Call one operation", "调用一个接口"))
        .arg(arguments::vendor(language))
        .arg(arguments::operation(vendor, language))
        .arg(Arg::new("json").long("json").value_name("JSON|@FILE").help(pick("The request, or the rest of it, as JSON", "以 JSON 给出请求或其余部分")))
        .arg(flag("raw", "Print the answer as it came", "原样输出返回"))
        .arg(flag("yes", "Yes, this writes; needed by operations that do", "确认写入；写入的接口需要它"))
        .arg(flag("dry-run", "Print the request without its token, and send nothing", "只显示请求（不含令牌），不发送"))
        .arg(flag("allow-empty", "Let an empty filter be sent, which the vendor takes for none", "允许发送空的筛选条件（厂商会当作没有条件）"))
        .args(connect::options(language))
        .after_help(pick(
            "The operation's fields are flags too: `scrm call xiaoe user_list --help` shows them. A path in place of the name, xe.some.new/1.0.0, calls an operation without a schema; whether that writes nobody knows, so that it needs --yes.",
            "接口的字段也是参数：`scrm call xiaoe user_list --help` 会列出。把名称换成路径（xe.some.new/1.0.0）可以调用没有模式文件的接口；它会不会写入无从得知，所以要加 --yes。",
        ))
}

pub(crate) async fn run(matches: &ArgMatches, language: Language) -> Result<ExitCode, Failure> {
    let vendor = vendors::named(matches.get_one::<String>("vendor").map_or("", String::as_str))?;
    let name = matches.get_one::<String>("operation").map_or("", String::as_str);
    if name.contains(['/', '.']) {
        return untyped(vendor, name, matches).await;
    }
    let spec = vendor.named(name)?;
    if let Some(token) = vendor.spec.tokens.iter().find(|token| token.operation.name == spec.name) {
        let (vendor, kind) = (vendor.spec.name, token.name);
        let kind = if vendors::named(vendor)?.spec.tokens.len() > 1 { format!(" --kind {kind}") } else { String::new() };
        return Err(Failure::wrong_use(both!(
            "{name} takes secrets, which stay with the credentials: use `scrm token {vendor}{kind}`",
            "{name} 要用到密钥，密钥只在凭据里：请用 `scrm token {vendor}{kind}`"
        )));
    }
    let tree = catalogue::around(vendor.spec.name, spec.name)?;
    let operation = catalogue::operation(&tree, spec.name)?;
    let flags = fields::flags(operation, TAKEN);
    let json = matches.get_one::<String>("json").map(String::as_str);
    let mut request = fields::request(operation, &flags, matches, json)?;
    first_page(operation, &mut request);
    let tap = connect::Tap::default();
    let raw = matches.get_flag("raw");
    let dry = matches.get_flag("dry-run");
    allowed(spec.access, matches)?;
    let extras =
        connect::Extras { tap: raw.then(|| tap.clone()), operation: Some(spec.name), sends_nothing: dry, ..connect::Extras::default() };
    let client = connect::client(vendor, matches, extras)?;
    let names = fields::from_credentials(operation, vendor.spec, &request);
    fields::fill(&mut request, &names, client.credentials());
    fields::defaults(operation, &mut request);
    fields::all_there(operation, &request)?;
    let call_of = |request: Map<String, Value>| {
        let call = client.call_named(spec, request, vendor.payload);
        if matches.get_flag("allow-empty") { call.allow_empty_filters() } else { call }
    };
    let call = call_of(request.clone());
    let mut prepared = call.encode()?;
    if dry {
        if !fields::given::mask_secrets(operation, &mut request).is_empty() {
            prepared = call_of(request).encode()?;
        }
        screen::line(&shown(&prepared));
        return Ok(ExitCode::SUCCESS);
    }
    let outcome = call.send().await;
    if let (true, Some(seen)) = (raw, tap.last()) {
        screen::bytes(&seen.body);
        screen::line("");
    }
    let response = outcome?;
    if !raw {
        let text = scrm_core::tabular::json_text(&response.data.shown()).unwrap_or_else(|| "null".to_owned());
        let data: Value = serde_json::from_str(&text).unwrap_or_default();
        screen::line(&format!("{data:#}"));
    }
    told(&response.meta, language);
    Ok(ExitCode::SUCCESS)
}

/// Where the request says nothing of pages, the first one is asked for, as the typed request does.
pub(crate) fn first_page(operation: &scrm_schema::model::Operation, request: &mut Map<String, Value>) {
    let Some(paging) = &operation.paging else { return };
    let number = paging.page.as_deref().zip(Some(paging.first.unwrap_or(1)));
    let size = paging.max_size.or(paging.default_size).map(i64::from);
    let places = number.into_iter().chain(paging.size.as_deref().zip(size));
    for (path, value) in places {
        put_default(operation, request, path, value);
    }
}

/// A page's number or size as the field's type wants it, unless there is one.
fn put_default(operation: &scrm_schema::model::Operation, request: &mut Map<String, Value>, path: &str, number: i64) {
    let names: Vec<&str> = path.split('/').collect();
    let (Some((last, parents)), mut fields) = (names.split_last(), &operation.request.fields) else { return };
    let mut place = request;
    for parent in parents {
        let Some(field) = fields.iter().find(|field| field.name == **parent) else { return };
        let scrm_schema::model::Type::Object(object) = &field.ty else { return };
        let Some(object) = operation.objects.get(object) else { return };
        fields = &object.fields;
        let inner = place.entry((*parent).to_owned()).or_insert_with(|| Value::Object(Map::new()));
        let Value::Object(inner) = inner else { return };
        place = inner;
    }
    let is_text = fields.iter().any(|field| field.name == **last && field.ty == scrm_schema::model::Type::Text);
    place.entry((*last).to_owned()).or_insert_with(|| if is_text { number.to_string().into() } else { number.into() });
}

fn allowed(access: Access, matches: &ArgMatches) -> Result<(), Failure> {
    if access == Access::Read || matches.get_flag("yes") || matches.get_flag("dry-run") {
        return Ok(());
    }
    Err(Failure::wrong_use(both!(
        "this operation writes; with --yes it is sent, with --dry-run it is only shown",
        "这个接口会写入数据；加 --yes 才会发送，加 --dry-run 只显示请求"
    )))
}

async fn untyped(vendor: &'static vendors::Vendor, path: &str, matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let given = matches.get_one::<String>("json").map_or("{}", String::as_str);
    let request = fields::from_file(given).map_err(|why| Failure::wrong_use(both!("--json: {why}", "--json：{why}")))?;
    let request: Value = serde_json::from_str(&request)
        .map_err(|error| Failure::wrong_use(both!("--json: no JSON: {error}", "--json：不是 JSON：{error}")))?;
    let dry = matches.get_flag("dry-run");
    if !dry && !matches.get_flag("yes") {
        return Err(Failure::wrong_use(both!(
            "there is no schema of {path:?}, so that nobody knows whether it writes; with --yes it is sent, with --dry-run it is only shown",
            "没有 {path:?} 的模式文件，它会不会写入无从得知；加 --yes 才会发送，加 --dry-run 只显示请求"
        )));
    }
    let extras = connect::Extras { sends_nothing: dry, ..connect::Extras::default() };
    let client: ApiClient = connect::client(vendor, matches, extras)?;
    let call = client.call_raw(path, request);
    let prepared = call.encode()?;
    if dry {
        screen::line(&shown(&prepared));
        return Ok(ExitCode::SUCCESS);
    }
    let response = call.await?;
    screen::line(&format!("{:#}", response.data));
    Ok(ExitCode::SUCCESS)
}

/// A request as curl's manual would write it, without its token.
fn shown(request: &HttpRequest) -> String {
    let method = match request.method {
        Method::Get => "GET",
        Method::Put => "PUT",
        Method::Delete => "DELETE",
        _ => "POST",
    };
    let headers = request.headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect::<String>();
    format!("{method} {}\n{headers}\n{}", request.url, String::from_utf8_lossy(&request.body))
}

/// What stands beside the data and matters.
fn told(meta: &ResponseMeta, language: Language) {
    let bad = meta.bad_rows.len() as u64 + meta.bad_rows_left_out;
    if bad > 0 {
        screen::note(&say!(language, "{bad} rows could not be understood", "有 {bad} 行无法理解"));
        for row in meta.bad_rows.iter().take(10) {
            screen::note(&format!("  {}: {}", row.row, row.reason));
        }
    }
    if meta.already_done {
        screen::note(&say!(language, "it had been done before", "之前已经做过"));
    }
}
