//! The commands as programs: is the tree fresh, what does it write, and is one file enough for a new operation?

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod coverage;
mod fifth;
mod openapi;
mod tree;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// The root of the repository.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// Runs `cargo xtask codegen`.
fn codegen(schemas: &Path, out: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.arg("codegen").arg("--schemas").arg(schemas).arg("--out").arg(out).args(more).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Copies a folder.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// The schemas of the made-up vendor.
fn acme() -> PathBuf {
    root().join("crates/acme-client/schemas")
}
