//! What ends the program early, and its exit codes.

use std::fmt;

use scrm_core::ErrorKind;

use crate::language::{Both, Language, both};

/// Something failed: the vendor, the network, a file.
pub(crate) const FAILED: u8 = 1;
/// Called wrongly; nothing was sent.
pub(crate) const WRONG_USE: u8 = 2;
/// A pull came to its end, and rows are missing or could not be stored.
pub(crate) const INCOMPLETE: u8 = 3;
/// A pull came to its end, and nobody can know whether it is complete (with `--strict`).
pub(crate) const NOT_KNOWN: u8 = 4;
/// Interrupted; what was committed stands.
pub(crate) const INTERRUPTED: u8 = 130;

/// A sentence for people and an exit code for programs.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    told: Both,
    code: u8,
}

impl Failure {
    pub(crate) fn failed(told: Both) -> Self {
        Failure { told, code: FAILED }
    }

    pub(crate) fn wrong_use(told: Both) -> Self {
        Failure { told, code: WRONG_USE }
    }

    /// A file that the user named cannot be read or understood.
    pub(crate) fn of_file(path: impl fmt::Display, error: impl fmt::Display) -> Self {
        Failure::wrong_use(both!("{path}: {error}", "{path}：读取失败（{error}）"))
    }

    pub(crate) fn text(self, language: Language) -> String {
        self.told.of(language)
    }

    pub(crate) fn both(self) -> Both {
        self.told
    }

    pub(crate) fn code(&self) -> u8 {
        self.code
    }
}

/// What the clients say, with what kind of failure it is in front of it for those who read Chinese.
pub(crate) fn told(error: &scrm_core::Error) -> Both {
    let said = in_flags(&error.to_string());
    let kind = match error.kind() {
        ErrorKind::InvalidRequest => "请求不符合文档，没有发送",
        ErrorKind::Config => "客户端设置有误，没有发送",
        ErrorKind::Token => "没有取得可用的令牌",
        ErrorKind::Quota => "等待配额超时，或厂商说配额已用完",
        ErrorKind::Vendor => "厂商返回失败",
        ErrorKind::Http => "服务器返回了 HTTP 错误",
        ErrorKind::Connect => "无法连接厂商",
        ErrorKind::Timeout => "调用超时",
        ErrorKind::Transport => "连接中断，没有收完返回",
        ErrorKind::TooLarge => "返回超过大小上限",
        ErrorKind::Decode => "返回与文档不符，无法理解",
        ErrorKind::Paging => "各页互相矛盾，可能没有取全",
        ErrorKind::Unsupported => "厂商没有这样的接口",
        _ => "调用失败",
    };
    both!("{said}", "{kind}：{said}")
}

/// What the clients call their options by, and what those are here; nothing: there is no such option here.
const FLAGS: &[(&str, &str)] = &[("allow_empty_filters()", "--allow-empty"), (", or consent with allow_plain_http()", "")];

/// Speaks of flags where the clients speak of methods.
fn in_flags(said: &str) -> String {
    let said = FLAGS.iter().fold(said.to_owned(), |said, (method, flag)| said.replace(method, flag));
    let parts: Vec<&str> = said.split("; ").filter(|part| !part.contains("`Builder::")).collect();
    parts.join("; ")
}

impl From<scrm_core::Error> for Failure {
    fn from(error: scrm_core::Error) -> Self {
        let code = match error.kind() {
            ErrorKind::InvalidRequest | ErrorKind::Unsupported | ErrorKind::Config => WRONG_USE,
            _ => FAILED,
        };
        Failure { told: told(&error), code }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_clients_say_is_introduced_and_speaks_of_flags() {
        let said = "the vendor answers all; allow_empty_filters() sends it; or give the token itself with `Builder::token_for(\"x\", …)`";
        let told = told(&scrm_core::Error::fake(ErrorKind::InvalidRequest, "acme", said));
        assert_eq!(told.en, "acme: the vendor answers all; --allow-empty sends it");
        assert_eq!(told.zh, "请求不符合文档，没有发送：acme: the vendor answers all; --allow-empty sends it");
    }
}
