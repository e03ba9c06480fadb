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
                assert!(text.lines().count() <= 60, "{language} {words:?} fills more than a screen");
            }
        }
    }
}
