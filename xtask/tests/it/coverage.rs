use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use crate::{acme, root, stderr, stdout};

fn coverage(schemas: &Path, out: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.arg("coverage").arg("--schemas").arg(schemas).arg("--out").arg(out).args(more).output().unwrap()
}

#[test]
fn the_page_and_the_tables_of_the_repository_are_fresh() {
    let output = coverage(&root().join("schemas"), &root(), &["--check"]);
    assert!(output.status.success(), "{}", stderr(&output));
}

#[test]
fn a_stale_page_and_a_stale_table_are_named_and_mended() {
    let out = tempfile::tempdir().unwrap();
    let lines = stdout(&coverage(&acme(), out.path(), &["--summary"]));
    let (line, chinese) = lines.split_once('\n').unwrap();
    assert!(line.starts_with("| `acme-client` | ") && chinese.starts_with("| `acme-client` | "), "{lines}");
    fs::write(out.path().join("README.md"), "| crate |\n|---|\n| `acme-client` | none |\n").unwrap();

    let stale = coverage(&acme(), out.path(), &["--check"]);
    assert_eq!(stale.status.code(), Some(1));
    assert_eq!(
        stderr(&stale),
        "changed  docs/coverage.md\nchanged  README.md\nwhat is told of the coverage is stale; run `cargo xtask coverage`\n"
    );
    assert!(!out.path().join("docs").exists());

    assert!(coverage(&acme(), out.path(), &[]).status.success());
    assert!(coverage(&acme(), out.path(), &["--check"]).status.success());
    assert_eq!(fs::read_to_string(out.path().join("README.md")).unwrap(), format!("| crate |\n|---|\n{line}\n"));
    let page = fs::read_to_string(out.path().join("docs/coverage.md")).unwrap();
    for told in ["cut after `response/data/at`, `Shop/owner/since`", "**unverified**: code", "known: No copy shows its fields."] {
        assert!(page.contains(told), "{told} is missing in\n{page}");
    }
}
