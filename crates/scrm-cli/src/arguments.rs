//! The command line, in the reader's language. Fields of an operation are flags of `call` and `pull` once the operation is named.

use std::collections::BTreeMap;

use clap::{Arg, ArgAction, Command, builder::PossibleValuesParser};
use scrm_schema::model::Vendor;

#[cfg(feature = "listen")]
use crate::listen;
use crate::{catalogue, commands, connect, fields, language::Language, pull, screen, vendors};

/// The whole command line.
pub(crate) fn command(words: &[String], language: Language) -> Command {
    let asked = Asked::of(words);
    let pick = |en: &'static str, zh: &'static str| language.pick(en, zh);
    let root = Command::new("scrm")
        .version(env!("CARGO_PKG_VERSION"))
        .about(pick("Data of 小鹅通, 兔展 and 致趣百川 in a file or a table", "把小鹅通、兔展、致趣百川的数据取到文件或数据库里"))
        .after_help(pick(
            "Try it without an account: scrm box -- scrm pull xiaoe user_list_v2 --to users.csv",
            "没有账号也能试：scrm box -- scrm pull xiaoe user_list_v2 --to users.csv",
        ))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .max_term_width(100)
        .arg(
            Arg::new("lang")
                .long("lang")
                .value_name("LANG")
                .value_parser(["en", "zh"])
                .global(true)
                .hide_possible_values(true)
                .help(pick("Language of texts: en or zh [default: the locale's]", "文字的语言：en 或 zh [默认: 按系统设置]")),
        )
        .arg(connect::profile(language).help_heading(None::<&str>))
        .subcommand(commands::operations::command(language))
        .subcommand(commands::show::command(asked.vendor.as_deref(), language))
        .subcommand(commands::doctor::command(language))
        .subcommand(with_fields(
            commands::call::command(asked.vendor.as_deref(), language),
            &asked,
            "call",
            commands::call::TAKEN,
            language,
        ))
        .subcommand(with_fields(pull::command(asked.vendor.as_deref(), language), &asked, "pull", pull::TAKEN, language))
        .subcommand(commands::decode::command(asked.vendor.as_deref(), language));
    #[cfg(feature = "listen")]
    let root = root.subcommand(listen::command(language));
    #[cfg(feature = "stand-in")]
    let root = root.subcommand(commands::stand_in::command(language));
    let root = root.subcommand(commands::token::command(language)).subcommand(commands::completions::command(language));
    fitted(translated(root, language))
}

/// Texts broken to the width of the screen: clap breaks nothing that is Chinese.
fn fitted(command: Command) -> Command {
    let width = usize::from(screen::width());
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    let command = names.iter().fold(command, |command, name| command.mut_subcommand(name, fitted));
    let flag = |arg: &Arg| {
        let value = arg.get_value_names().map_or(0, |names| names.iter().map(|name| name.len() + 3).sum());
        let name = arg.get_long().map_or(0, |long| long.len() + 8);
        if arg.get_action().takes_values() { name + value } else { name }
    };
    // each heading has columns of its own
    let mut longest: BTreeMap<(Option<String>, bool), usize> = BTreeMap::new();
    let place = |arg: &Arg| (arg.get_help_heading().map(str::to_owned), arg.is_positional());
    for arg in command.get_arguments() {
        let widest = longest.entry(place(arg)).or_insert(12);
        *widest = flag(arg).max(*widest);
    }
    let room = |arg: &Arg| width.saturating_sub(longest.get(&place(arg)).copied().unwrap_or_default() + 2);
    let command = command.term_width(0).mut_args(|arg| match arg.get_help().map(|help| screen::wrapped(&help.to_string(), room(&arg))) {
        Some(help) => arg.help(help),
        None => arg,
    });
    let fit = |text: Option<&clap::builder::StyledStr>| text.map(|text| screen::wrapped(&text.to_string(), width));
    let (about, after) = (fit(command.get_about()), fit(command.get_after_help()));
    let command = about.into_iter().fold(command, Command::about);
    after.into_iter().fold(command, Command::after_help)
}

/// clap's own words in the reader's language.
fn translated(command: Command, language: Language) -> Command {
    if language == Language::English {
        return command;
    }
    let template = "{before-help}{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}";
    let headed = command.help_template(template).subcommand_help_heading("命令").disable_help_subcommand(true).next_help_heading("选项");
    let names: Vec<String> = headed.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    let headed = headed.disable_help_flag(true).arg(help_flag()).mut_args(titled);
    let root = names.into_iter().fold(headed, |command, name| {
        command.mut_subcommand(name, |sub| sub.help_template(template).disable_help_flag(true).arg(help_flag()).mut_args(titled))
    });
    root.disable_version_flag(true)
        .arg(Arg::new("version").short('V').long("version").action(ArgAction::Version).help("显示版本").help_heading("选项"))
}

fn help_flag() -> Arg {
    Arg::new("help").short('h').long("help").action(ArgAction::Help).help("显示帮助").help_heading("选项")
}

fn titled(arg: Arg) -> Arg {
    match (arg.get_help_heading(), arg.is_positional()) {
        (None, true) => arg.help_heading("参数"),
        (None, false) => arg.help_heading("选项"),
        (Some(_), _) => arg,
    }
}

/// Options of commands that are given without a value.
const WITHOUT_VALUE: &[&str] = &["thorough", "strict", "quiet", "help", "raw", "yes", "dry-run", "allow-empty"];

/// Whether an option's value is the next word.
fn takes_value(word: &str) -> bool {
    let options = pull::TAKEN.iter().chain(commands::call::TAKEN).filter(|name| !WITHOUT_VALUE.contains(name));
    word.strip_prefix("--").is_some_and(|word| options.into_iter().any(|name| *name == word))
}

/// What holds for every command may stand in front of it, too: it is put behind it.
pub(crate) fn in_order(words: Vec<String>) -> Vec<String> {
    let mut words = words.into_iter();
    let (mut ordered, mut options): (Vec<String>, Vec<String>) = (words.next().into_iter().collect(), Vec::new());
    while let Some(word) = words.next() {
        match word.as_str() {
            "--profile" => options.extend(std::iter::once(word).chain(words.next())),
            one if one.starts_with("--profile=") => options.push(word),
            "--lang" => ordered.extend(std::iter::once(word).chain(words.next())),
            one if one.starts_with('-') => ordered.push(word),
            _ => {
                ordered.push(word);
                break;
            }
        }
    }
    ordered.extend(options);
    ordered.extend(words);
    ordered
}

/// Which command, vendor and operation the words name.
pub(crate) struct Asked {
    command: Option<String>,
    vendor: Option<String>,
    operation: Option<String>,
}

impl Asked {
    /// Words that are no options and no values of options, in their order.
    pub(crate) fn of(words: &[String]) -> Self {
        let mut names = Vec::new();
        let mut words = words.iter().skip(1);
        while let Some(word) = words.next() {
            match word.as_str() {
                "--" => {}
                word if takes_value(word) => _ = words.next(),
                word if word.starts_with('-') => {}
                word => names.push(word.to_owned()),
            }
        }
        let mut names = names.into_iter();
        Asked { command: names.next(), vendor: names.next(), operation: names.next() }
    }
}

fn with_fields(command: Command, asked: &Asked, name: &str, taken: &[&str], language: Language) -> Command {
    let (Some(vendor), Some(operation), true) = (&asked.vendor, &asked.operation, asked.command.as_deref() == Some(name)) else {
        return command;
    };
    let known = vendors::all().iter().any(|known| known.spec.name == vendor.as_str() && (known.operation)(operation).is_some());
    match known.then(|| catalogue::around(vendor, operation)) {
        Some(Ok(tree)) => fields_of(command, &tree, operation, taken, language),
        _ => command,
    }
}

fn fields_of(command: Command, vendor: &Vendor, name: &str, taken: &[&str], language: Language) -> Command {
    let Ok(operation) = catalogue::operation(vendor, name) else { return command };
    let title = language.label(&operation.title).to_owned();
    let flags = fields::flags(operation, taken);
    let inside = fields::inside(operation, &flags, language);
    let after = command.get_after_help().map(|after| format!("{inside}{after}"));
    let command = after.into_iter().fold(command.about(title), Command::after_help);
    flags.iter().fold(command, |command, flag| command.arg(fields::argument(flag, operation, language)))
}

/// The vendor's name as the first word of a command.
pub(crate) fn vendor(language: Language) -> Arg {
    let names = vendors::all().iter().map(|vendor| vendor.spec.name);
    Arg::new("vendor")
        .value_name("VENDOR")
        .display_order(1)
        .required(true)
        .value_parser(PossibleValuesParser::new(names))
        .hide_possible_values(true)
        .help(language.pick("xiaoe, rabbitpre or beschannels", "xiaoe、rabbitpre 或 beschannels").to_owned())
}

/// The operation's name as the second word. Any word is taken, so that a wrong one is answered with the nearest; completion offers what there is.
pub(crate) fn operation(vendor: Option<&str>, language: Language) -> Arg {
    let known = vendors::all().iter().find(|known| Some(known.spec.name) == vendor);
    let operations = known.map_or(&[][..], |known| known.operations);
    let names = operations.iter().map(|operation| (operation.name, language.of_label(operation.title))).collect();
    Arg::new("operation")
        .value_name("OPERATION")
        .display_order(2)
        .required(true)
        .value_parser(commands::completions::Offered(names))
        .hide_possible_values(true)
        .help(language.pick("Name of the operation, as `scrm operations` lists them", "接口的名称，见 `scrm operations`").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn a_profile_in_front_of_the_command_belongs_to_it() {
        let ordered = |line| in_order(words(line)).join(" ");
        assert_eq!(ordered("scrm --profile a call xiaoe user_list"), "scrm call --profile a xiaoe user_list");
        assert_eq!(ordered("scrm --lang zh --profile=a doctor"), "scrm --lang zh doctor --profile=a");
        assert_eq!(ordered("scrm box -- scrm --profile a doctor"), "scrm box -- scrm --profile a doctor");
        assert_eq!(ordered("scrm --help"), "scrm --help");
        assert_eq!(ordered("scrm --profile"), "scrm --profile");
    }

    #[test]
    fn fields_are_flags_wherever_the_options_stand() {
        for line in [
            "scrm call --profile a --timeout 5 xiaoe user_list --phone 1",
            "scrm pull --to a.csv --strict xiaoe user_list --phone 1",
            "scrm --lang zh call xiaoe --raw user_list --phone=1",
        ] {
            let matches = command(&words(line), Language::English).try_get_matches_from(words(line)).unwrap();
            let (_, found) = matches.subcommand().unwrap();
            assert_eq!(found.get_one::<String>("field:phone").map(String::as_str), Some("1"), "{line}");
        }
    }
}
