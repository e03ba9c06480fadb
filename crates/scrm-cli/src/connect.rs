//! From credentials to a client.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use clap::{Arg, ArgMatches};
use scrm_core::{
    ApiClient, Builder, CredentialSet, FileStore, Hooks, HttpRequest, HttpResponse, QuotaSpec, Transport, TransportError, async_trait,
    hooks::{Degraded, SharedPart},
};

use crate::{
    failure::Failure,
    language::{Both, Language, both},
    profile, screen,
    vendors::Vendor,
};

/// The options of every command that talks to a vendor.
pub(crate) fn options(language: Language) -> Vec<Arg> {
    let heading = language.pick("Connection", "连接");
    let arg = |name: &'static str, value: &'static str, en: &'static str, zh: &'static str| {
        Arg::new(name).long(name).value_name(value).help(language.pick(en, zh).to_owned()).help_heading(heading)
    };
    vec![
        profile(language),
        arg("timeout", "SECONDS", "Longest time of a call, with waits [default: 60]", "一次调用最长的秒数，包括等待 [默认: 60]")
            .value_parser(clap::value_parser!(u64).range(1..=86_400)),
        arg("quota", "CALLS/SECONDS", "Another quota than the documented one, or `none`", "使用别的配额，代替文档里的；none 表示不限"),
    ]
}

/// Whose credentials.
pub(crate) fn profile(language: Language) -> Arg {
    let help = language.pick("Credentials of this name in profiles.toml", "使用 profiles.toml 里这个名称的凭据");
    Arg::new("profile").long("profile").value_name("NAME").help(help.to_owned()).help_heading(language.pick("Connection", "连接"))
}

/// What a command wants beside the user's options.
#[derive(Default)]
pub(crate) struct Extras {
    pub(crate) hooks: Option<Arc<dyn Hooks>>,
    pub(crate) tap: Option<Tap>,
    /// The operation whose quota `--quota` changes.
    pub(crate) operation: Option<&'static str>,
    /// The request is only shown: what is missing of the credentials is shown by its name.
    pub(crate) sends_nothing: bool,
}

/// A client by the user's options.
pub(crate) fn client(vendor: &'static Vendor, matches: &ArgMatches, extras: Extras) -> Result<ApiClient, Failure> {
    let profile = matches.get_one::<String>("profile").cloned().or_else(|| std::env::var("SCRM_PROFILE").ok());
    let settings = match profile {
        Some(profile) => profile::settings(&profile, vendor.spec.name)?,
        None => profile::Settings::default(),
    };
    let mut credentials = settings.credentials(vendor.spec)?;
    if extras.sends_nothing {
        for missing in vendor.spec.credentials {
            if credentials.get(missing.name).is_none() {
                credentials = credentials.with(missing.name, format!("<{}>", missing.env));
            }
        }
    }
    complete(vendor, &credentials)?;
    let mut builder = Builder::<ApiClient>::new(credentials).user_agent(concat!("scrm/", env!("CARGO_PKG_VERSION")));
    if let Some(base_url) = settings.base_url {
        builder = builder.base_url(base_url);
    }
    builder = match settings.proxy {
        Some(proxy) => builder.http(|http| http.proxy(proxy)),
        None => builder.http(|http| http.proxy_from_env()),
    };
    if let Some(seconds) = matches.get_one::<u64>("timeout") {
        builder = builder.timeout(Duration::from_secs(*seconds));
    }
    let mut hooks = extras.hooks;
    match tokens()? {
        Tokens::In(folder, store) => {
            let watch: Arc<dyn Hooks> = Arc::new(TokenWatch(folder.display().to_string()));
            hooks = Some(match hooks {
                Some(hooks) => Arc::new((watch, hooks)),
                None => watch,
            });
            builder = builder.token_store(Arc::new(store));
        }
        Tokens::Homeless if !extras.sends_nothing => not_kept(both!(
            "no folder for tokens: neither HOME nor XDG_CACHE_HOME is set",
            "没有存放令牌的目录：HOME 和 XDG_CACHE_HOME 都没有设置"
        )),
        Tokens::Homeless | Tokens::Unwanted => {}
    }
    builder = match (matches.get_one::<String>("quota").map(String::as_str), extras.operation) {
        (Some("none"), _) => builder.without_quota(),
        (Some(quota), Some(operation)) => builder.quota(operation, self::quota(quota)?),
        _ => builder,
    };
    if let Some(hooks) = hooks {
        builder = builder.hooks(hooks);
    }
    if let Some(tap) = extras.tap {
        builder = builder.wrap_transport(move |inner| Arc::new(Tapped { inner, tap }));
    }
    Ok(builder.build()?)
}

fn complete(vendor: &'static Vendor, credentials: &CredentialSet) -> Result<(), Failure> {
    let missing: Vec<_> = credentials.missing().collect();
    if missing.is_empty() {
        return Ok(());
    }
    let named = |language: Language, between: &str| {
        let named =
            missing.iter().map(|missing| format!("{} ({})", missing.env, language.of_label(missing.title).trim_end_matches(['.', '。'])));
        named.collect::<Vec<_>>().join(between)
    };
    let (name, en, zh) = (vendor.spec.name, named(Language::English, ", "), named(Language::Chinese, "、"));
    Err(Failure::wrong_use(both!(
        "{name}: credentials missing; set {en}, or name a profile. Without an account: `scrm box -- scrm …` runs a command against stand-ins of the vendors",
        "{name}：缺少凭据；请设置环境变量 {zh}，或用 --profile 指定配置。没有账号时：`scrm box -- scrm …` 对着厂商的替身运行命令"
    )))
}

/// Where tokens are kept between runs: each new one may end those of all other programs.
enum Tokens {
    In(PathBuf, FileStore),
    Homeless,
    /// The user said so.
    Unwanted,
}

/// Why tokens cannot be kept, told once.
static NOT_KEPT: OnceLock<Both> = OnceLock::new();

/// Why tokens cannot be kept, as far as that came out.
pub(crate) fn tokens_not_kept() -> Option<Both> {
    NOT_KEPT.get().cloned()
}

fn not_kept(reason: Both) {
    let Both { en, zh } = reason;
    let told = both!(
        "{en}. Each run fetches a new token, which may end those of other programs; name a folder that can be written in SCRM_TOKENS",
        "{zh}。每次运行都会取新令牌，可能使其他程序的令牌失效；请用 SCRM_TOKENS 指定一个可写的目录"
    );
    if NOT_KEPT.set(told.clone()).is_ok() {
        let words: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
        screen::problem(&told.of(Language::of(&words)));
    }
}

/// Tells that the folder of this name cannot be used.
struct TokenWatch(String);

impl Hooks for TokenWatch {
    fn degraded(&self, event: &Degraded<'_>) {
        if event.part == SharedPart::TokenStore {
            let (folder, reason) = (&self.0, event.reason);
            not_kept(both!("the folder of tokens, {folder}, cannot be used: {reason}", "存放令牌的目录 {folder} 无法使用（{reason}）"));
        }
    }
}

fn tokens() -> Result<Tokens, Failure> {
    let folder = match std::env::var_os("SCRM_TOKENS").filter(|folder| !folder.is_empty()) {
        Some(folder) if folder == "none" => return Ok(Tokens::Unwanted),
        Some(folder) => Some(PathBuf::from(folder)),
        None => profile::folder("XDG_CACHE_HOME", ".cache").map(|cache| cache.join("scrm").join("tokens")),
    };
    let Some(folder) = folder else { return Ok(Tokens::Homeless) };
    let shown = folder.display().to_string();
    FileStore::new(&folder).map(|store| Tokens::In(folder, store)).map_err(|error| {
        Failure::failed(both!(
            "the folder of tokens, {shown}: {error}; name another in SCRM_TOKENS, or `none`",
            "存放令牌的目录 {shown}：{error}；可用 SCRM_TOKENS 指定别的目录，或设为 none"
        ))
    })
}

fn quota(text: &str) -> Result<QuotaSpec, Failure> {
    let parsed =
        text.split_once('/').and_then(|(calls, seconds)| Some(QuotaSpec { calls: calls.parse().ok()?, seconds: seconds.parse().ok()? }));
    parsed.ok_or_else(|| {
        Failure::wrong_use(both!(
            "--quota {text:?}: calls and seconds are wanted, 100/10, or none",
            "--quota {text:?}：应写成次数/秒数，如 100/10，或 none"
        ))
    })
}

/// Sees the last answer as it came.
#[derive(Clone, Default)]
pub(crate) struct Tap(Arc<Mutex<Option<Seen>>>);

/// What was seen of an answer.
#[derive(Clone)]
pub(crate) struct Seen {
    pub(crate) body: Vec<u8>,
    /// The header `Date`.
    pub(crate) date: Option<String>,
}

impl Tap {
    pub(crate) fn last(&self) -> Option<Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

struct Tapped {
    inner: Arc<dyn Transport>,
    tap: Tap,
}

#[async_trait]
impl Transport for Tapped {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let answer = self.inner.send(request).await?;
        let seen = Seen { body: answer.body.to_vec(), date: answer.header("date").map(str::to_owned) };
        *self.tap.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen);
        Ok(answer)
    }
}
