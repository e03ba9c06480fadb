//! `cargo xtask openapi` as a program.

use std::{
    fs,
    process::{Command, Output},
};

use super::{acme, stderr, stdout};

fn openapi(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask")).arg("openapi").args(arguments).output().unwrap()
}

#[test]
fn one_vendor_goes_to_standard_output_and_all_into_files() {
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().join("made/on/demand").display().to_string();
    let written = openapi(&["--out", &folder]);
    assert!(written.status.success(), "{}", stderr(&written));
    let files: Vec<String> = stdout(&written).lines().map(str::to_owned).collect();
    assert!(files.len() >= 3, "{files:?}");
    for file in files {
        let vendor = file.rsplit('/').next().unwrap().trim_end_matches(".json").to_owned();
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("{\n  \"openapi\": \"3.1.0\"") && text.ends_with("}\n"), "{text}");
        assert_eq!(stdout(&openapi(&[&vendor])), text);
    }
}

#[test]
fn an_unknown_vendor_is_told_with_the_known_ones() {
    let schemas = acme().display().to_string();
    for more in [&[][..], &["--out", "never-made"]] {
        let answer = openapi(&[&["nobody", "--schemas", &schemas], more].concat());
        assert!(!answer.status.success());
        assert!(stderr(&answer).starts_with("there is no vendor `nobody` in the schemas; known: "), "{}", stderr(&answer));
    }
    assert!(!std::path::Path::new("never-made").exists());
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["openapi", "acme", "--schemas", &acme().display().to_string()])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(program.stdout.take());
    let output = program.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(stderr(&output), "");
}
