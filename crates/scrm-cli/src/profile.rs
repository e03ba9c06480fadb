//! Credentials from a file that only its owner can read, or from a command that prints them.

use std::{
    collections::BTreeMap,
    fs,
    io::Read as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use scrm_core::{CredentialSet, spec::VendorSpec};
use serde::Deserialize;

use crate::{failure::Failure, language::both};

/// What the file says of one vendor in one profile.
#[derive(Default, Deserialize)]
pub(crate) struct Settings {
    /// A program and its arguments, whose output is the credentials: a JSON object, or lines `NAME=value`.
    #[serde(default)]
    command: Vec<String>,
    /// Another server than the vendor's.
    pub(crate) base_url: Option<String>,
    /// The proxy to go through.
    pub(crate) proxy: Option<String>,
    #[serde(flatten)]
    values: BTreeMap<String, String>,
}

/// `$SCRM_PROFILES`, else `scrm/profiles.toml` in the user's configuration folder.
pub(crate) fn path() -> Option<PathBuf> {
    let named = std::env::var_os("SCRM_PROFILES").map(PathBuf::from);
    named.or_else(|| Some(folder("XDG_CONFIG_HOME", ".config")?.join("scrm").join("profiles.toml")))
}

/// A folder of the user's, by variable or below the home.
pub(crate) fn folder(variable: &str, below_home: &str) -> Option<PathBuf> {
    let named = std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    named.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(below_home)))
}

/// What a profile says of a vendor.
pub(crate) fn settings(profile: &str, vendor: &str) -> Result<Settings, Failure> {
    let path = path().ok_or_else(|| {
        Failure::wrong_use(both!(
            "no home folder; name the file of profiles in SCRM_PROFILES",
            "没有主目录；请用 SCRM_PROFILES 指定配置文件"
        ))
    })?;
    let shown = path.display();
    let text = read_private(&path)?;
    // the parser's own message would show a line of the file, and with it a secret
    let mut profiles: BTreeMap<String, BTreeMap<String, Settings>> = toml::from_str(&text).map_err(|error| {
        let line = error.span().map_or(0, |span| text.get(..span.start).unwrap_or_default().lines().count());
        Failure::wrong_use(both!(
            "{shown}: line {line} is not understood; a profile is a table [name.vendor] of texts",
            "{shown}：第 {line} 行无法理解；一个配置写成 [名称.厂商] 加若干文本"
        ))
    })?;
    let names = profiles.keys().cloned().collect::<Vec<_>>().join(", ");
    let mut found = profiles.remove(profile).ok_or_else(|| {
        Failure::wrong_use(both!("{shown} has no profile {profile:?}; it has {names}", "{shown} 里没有配置 {profile:?}，只有：{names}"))
    })?;
    found.remove(vendor).ok_or_else(|| {
        Failure::wrong_use(both!(
            "{shown}: the profile {profile:?} has no table [{profile}.{vendor}]",
            "{shown}：配置 {profile:?} 里没有 [{profile}.{vendor}]"
        ))
    })
}

/// A file that only its owner can read.
pub(crate) fn read_private(path: &Path) -> Result<String, Failure> {
    let shown = path.display();
    let mut file = fs::File::open(path).map_err(|error| Failure::of_file(&shown, error))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let metadata = file.metadata().map_err(|error| Failure::of_file(&shown, error))?;
        if metadata.permissions().mode() & 0o077 != 0 {
            return Err(Failure::wrong_use(both!(
                "{shown} holds secrets and others may read it; `chmod 600 {shown}`",
                "{shown} 里有密钥，却允许别人读取；请执行 `chmod 600 {shown}`"
            )));
        }
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(|error| Failure::of_file(&shown, error))?;
    Ok(text)
}

impl Settings {
    /// What the profile says, and its command.
    pub(crate) fn values(&self) -> Result<BTreeMap<String, String>, Failure> {
        let mut values = self.values.clone();
        if let [program, arguments @ ..] = self.command.as_slice() {
            values.extend(printed(program, arguments)?);
        }
        Ok(values)
    }

    /// The credentials of this profile; what it does not say comes from the environment. Some may be missing.
    pub(crate) fn credentials(&self, vendor: &'static VendorSpec) -> Result<CredentialSet, Failure> {
        let mut values = self.values()?;
        #[cfg(feature = "listen")]
        values.retain(|name, _| !crate::listen::secrets::is_for(vendor.name, name));
        let mut set = CredentialSet::new(vendor);
        for credential in vendor.credentials {
            let value =
                values.remove(credential.name).or_else(|| values.remove(credential.env)).or_else(|| std::env::var(credential.env).ok());
            if let Some(value) = value {
                set = set.with(credential.name, value);
            }
        }
        if let Some(unknown) = values.keys().next() {
            let known = vendor.credentials.iter().map(|credential| credential.name).collect::<Vec<_>>().join(", ");
            let name = vendor.name;
            return Err(Failure::wrong_use(both!(
                "{name} has no credential {unknown:?}; it has {known}",
                "{name} 没有凭据 {unknown:?}，只有：{known}"
            )));
        }
        Ok(set)
    }
}

/// What a command prints. Its standard error is the user's: it may ask for a password.
fn printed(program: &str, arguments: &[String]) -> Result<BTreeMap<String, String>, Failure> {
    let failed = |why: &dyn std::fmt::Display| {
        Failure::failed(both!("the command for credentials, {program}: {why}", "获取凭据的命令 {program} 失败：{why}"))
    };
    let output = Command::new(program).args(arguments).stderr(Stdio::inherit()).output().map_err(|error| failed(&error))?;
    if !output.status.success() {
        return Err(failed(&output.status));
    }
    let wanted = || {
        Failure::failed(both!(
            "the command for credentials, {program}: lines NAME=value, or a JSON object of texts, are wanted",
            "获取凭据的命令 {program}：应输出若干行 NAME=value，或者由文本组成的 JSON 对象"
        ))
    };
    let text = String::from_utf8(output.stdout).map_err(|_| wanted())?;
    if text.trim_start().starts_with('{') {
        // the parser's message would name what it found
        return serde_json::from_str(&text).map_err(|_| wanted());
    }
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let pairs = lines.map(|line| line.strip_prefix("export ").unwrap_or(line).split_once('='));
    let pair =
        |pair: Option<(&str, &str)>| pair.map(|(name, value)| (name.trim().to_owned(), value.trim().trim_matches(['"', '\'']).to_owned()));
    pairs.map(pair).collect::<Option<_>>().ok_or_else(wanted)
}
