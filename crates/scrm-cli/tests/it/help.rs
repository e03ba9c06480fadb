//! The help of each command at 80 columns, in both languages.

use crate::program::{bare, ran};

fn help(language: &str, words: &[&str]) -> String {
    let arguments = [&["--lang", language][..], words, &["--help"]].concat();
    ran(&bare(&arguments).output().unwrap()).ended(0).out
}

#[test]
fn help_of_each_command() {
    for (language, name) in [("en", "english"), ("zh", "chinese")] {
        let mut text = help(language, &[]);
        for command in ["operations", "show", "doctor", "call", "pull", "decode", "listen", "box", "token", "completions"] {
            text += &format!("\n\n$ scrm {command} --help\n{}", help(language, &[command]));
        }
        text += &format!("\n\n$ scrm call xiaoe points_list --help\n{}", help(language, &["call", "xiaoe", "points_list"]));
        insta::assert_snapshot!(name, text);
    }
}

#[test]
fn an_operation_shown() {
    for language in ["en", "zh"] {
        let shown = ran(&bare(&["--lang", language, "show", "xiaoe", "points_list"]).output().unwrap()).ended(0).out;
        insta::assert_snapshot!(format!("points_list_{language}"), shown);
    }
}

#[test]
fn no_line_is_wider_than_the_screen() {
    for language in ["en", "zh"] {
        for words in [&[][..], &["pull"], &["call"], &["call", "xiaoe", "order_list_v2"], &["listen"], &["box"], &["doctor"]] {
            let text = help(language, words);
            let widest = text.lines().map(unicode_width::UnicodeWidthStr::width).max().unwrap();
            assert!(widest <= 80, "{language} {words:?}: {widest}");
            if words.len() < 2 {
                assert!(text.lines().count() <= 40, "{language} {words:?} fills more than a screen");
            }
        }
        for words in [
            &["operations"][..],
            &["show", "xiaoe", "user_list_v2"],
            &["show", "xiaoe", "order_list_v2"],
            &["show", "beschannels", "lead_create"],
        ] {
            let text = ran(&bare(&[&["--lang", language], words].concat()).output().unwrap()).ended(0).out;
            // an address has no place to break it at
            let wide = text.lines().find(|line| unicode_width::UnicodeWidthStr::width(*line) > 80 && !line.contains("://"));
            assert!(wide.is_none(), "{language} {words:?}: {wide:?}");
        }
    }
}

/// What stands inside of a flag that takes JSON is told, too.
#[test]
fn fields_inside_of_lists_are_in_the_help() {
    for (language, inside) in [("en", "Inside of --"), ("zh", "字段 --")] {
        let text = help(language, &["call", "rabbitpre", "import_customers"]);
        let told = text.split(inside).nth(1).unwrap_or_else(|| panic!("{text}"));
        assert!(told.lines().count() > 3, "{text}");
    }
}
