//! The made-up vendor's client as a crate of its own: it compiles and is documented without a warning, and the tests made of its examples pass.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::fixtures::{files, generated};

const LIB: &str = "//! Client for Acme.\n\nmod generated;\n\npub use generated::*;\n";

fn manifest(crates: &Path) -> String {
    format!(
        "[package]\nname = \"acme-client\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[features]\nblocking = [\"scrm-core/blocking\"]\ncallback = [\"dep:scrm-push\"]\npush = [\"dep:scrm-push\"]\n\n\
         [dependencies]\nscrm-core = {{ path = \"{0}/scrm-core\", default-features = false, features = [\"sha1\"] }}\n\
         scrm-push = {{ path = \"{0}/scrm-push\", default-features = false, optional = true }}\n\n[dev-dependencies]\nscrm-conformance = {{ path = \"{0}/scrm-conformance\" }}\n\
         scrm-test-support = {{ path = \"{0}/scrm-test-support\" }}\nserde_json = \"1\"\n\n\
         [lints.rust]\nwarnings = \"deny\"\nmissing_docs = \"deny\"\n\n[profile.dev]\ndebug = \"line-tables-only\"\n",
        crates.display()
    )
}

#[test]
fn the_fixtures_compile_and_their_examples_hold() {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let krate = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("acme-client");
    let _ = fs::remove_dir_all(krate.join("src"));
    let mut files = files();
    files.extend([crate::nasty::file()]);
    for (path, text) in generated(files).unwrap() {
        if let Some(path) = path.strip_prefix("crates/acme-client/") {
            let path = krate.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }
    fs::write(krate.join("src/lib.rs"), LIB).unwrap();
    fs::write(krate.join("Cargo.toml"), manifest(&here.join(".."))).unwrap();
    fs::copy(here.join("../../Cargo.lock"), krate.join("Cargo.lock")).unwrap();
    // What is nasty is there to be compiled; the stand-in server need not play it.
    let text = cargo(&krate, &["test", "--offline", "--lib", "--quiet", "--all-features", "--", "--skip", "every_operation"]);
    assert!(text.contains("test result: ok"), "{text}");
    cargo(&krate, &["doc", "--offline", "--no-deps", "--lib", "--quiet", "--all-features"]);
}

/// Runs cargo in the crate; what it printed.
fn cargo(krate: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env::var("CARGO").unwrap_or_else(|_| "cargo".into()))
        .args(arguments)
        .env("CARGO_TARGET_DIR", PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(".."))
        .current_dir(krate)
        .env("RUSTDOCFLAGS", "-D warnings")
        .output()
        .unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{text}");
    text
}
