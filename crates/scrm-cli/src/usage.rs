//! What clap has to say: help, the version, or what is wrong with a command line, in the reader's language.

use clap::error::{ContextKind, ErrorKind};

use crate::{language::Language, screen};

/// Help and version go to standard output, mistakes to standard error.
pub(crate) fn print(error: &clap::Error, language: Language) {
    match (language, error.use_stderr() && error.kind() != ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand) {
        (Language::Chinese, true) => screen::problem(&text(error, language)),
        // a closed pipe is no failure
        _ => _ = error.print(),
    }
}

/// A mistake as a text.
pub(crate) fn text(error: &clap::Error, language: Language) -> String {
    match language {
        Language::English => error.to_string().trim().to_owned(),
        Language::Chinese => chinese(error),
    }
}

fn chinese(error: &clap::Error) -> String {
    let of = |kind: ContextKind| error.get(kind).map(ToString::to_string).unwrap_or_default();
    let (argument, value) = (of(ContextKind::InvalidArg), of(ContextKind::InvalidValue));
    let mut told = match error.kind() {
        ErrorKind::InvalidSubcommand => format!("没有命令 {:?}", of(ContextKind::InvalidSubcommand)),
        ErrorKind::UnknownArgument => format!("没有参数 {argument}"),
        ErrorKind::MissingRequiredArgument => format!("缺少必填参数：{argument}"),
        ErrorKind::MissingSubcommand => "缺少命令".to_owned(),
        ErrorKind::InvalidValue if value.is_empty() => format!("参数 {argument} 缺少值"),
        ErrorKind::InvalidValue => format!("参数 {argument} 的值 {value:?} 不对"),
        ErrorKind::ValueValidation => {
            let why = std::error::Error::source(error).map(|why| format!("（{why}）")).unwrap_or_default();
            format!("参数 {argument} 的值 {value:?} 不对{why}")
        }
        ErrorKind::ArgumentConflict => format!("参数 {argument} 不能和 {} 一起用", of(ContextKind::PriorArg)),
        ErrorKind::NoEquals => format!("参数 {argument} 要写成 {argument}=值"),
        ErrorKind::TooManyValues => format!("参数 {argument} 多给了值 {value:?}"),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => format!("参数 {argument} 的值的个数不对"),
        ErrorKind::InvalidUtf8 => "参数不是 UTF-8 文字".to_owned(),
        _ => format!("命令行写得不对：{error}"),
    };
    for kind in [ContextKind::ValidValue, ContextKind::ValidSubcommand] {
        told += &some("；可选：", &of(kind));
    }
    for kind in [ContextKind::SuggestedArg, ContextKind::SuggestedValue, ContextKind::SuggestedSubcommand] {
        told += &some("；相近的有：", &of(kind));
    }
    told += &some("\n\n", &of(ContextKind::Usage).trim().replacen("Usage:", "用法：", 1).replace("用法： ", "用法："));
    told + "\n\n加上 --help 查看说明。"
}

fn some(intro: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{intro}{text}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments;

    fn told(line: &str) -> String {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        text(&arguments::command(&words, Language::Chinese).try_get_matches_from(&words).unwrap_err(), Language::Chinese)
    }

    #[test]
    fn mistakes_are_told_in_chinese() {
        for (line, wanted) in [
            ("scrm cal", "没有命令 \"cal\"；相近的有：call"),
            ("scrm call xiaoe user_list --phon 1", "没有参数 --phon；相近的有：--phone"),
            ("scrm call xiaoo user_list", "的值 \"xiaoo\" 不对；可选：xiaoe"),
            ("scrm call xiaoe", "缺少必填参数：<OPERATION>"),
            ("scrm pull xiaoe user_list --to a.csv --concurrency 0", "参数 --concurrency <N> 的值 \"0\" 不对（"),
            ("scrm pull --plan a.toml --to b.csv", "不能和"),
            ("scrm doctor --profile", "缺少值"),
        ] {
            let told = told(line);
            assert!(told.contains(wanted), "{line}: {told}");
            // words of the program's own, not clap's
            assert!(!told.contains("error:") && !told.contains("Usage"), "{line}: {told}");
        }
    }
}
