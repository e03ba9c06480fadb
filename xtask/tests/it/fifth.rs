//! One more operation takes one JSON file and `cargo xtask codegen`, nothing else.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{codegen, copy, root, stderr, stdout};

/// An operation that no vendor documents.
const OPERATION: &str = r##"{
  "$schema": "../../operation.schema.json",
  "operation": "shoe_size",
  "title": { "zh": "鞋码", "en": "Shoe size of a user" },
  "source": { "page": "docs.acme.example, shoe sizes", "read": "2026-01-02" },
  "http": { "method": "POST", "path": "/shoe/size", "body": "json" },
  "access": "read",
  "request": {
    "type": "object",
    "required": ["who"],
    "properties": { "who": { "type": "string", "description": "The user.", "x-zh": "用户。" } }
  },
  "response": {
    "type": "object",
    "properties": {
      "code": { "type": "CODE", "description": "Return code.", "x-zh": "返回码。" },
      "msg": { "type": "string", "description": "Message.", "x-zh": "文字。" },
      "data": {
        "type": "object",
        "description": "The size.",
        "x-zh": "鞋码。",
        "properties": { "size": { "type": "integer", "description": "European size.", "x-zh": "欧码。" } }
      }
    }
  }
}
"##;

/// A program that uses it.
const PROGRAM: &str = "//! Uses the new operation.\n\nuse CRATE::{Client, VendorClient, AREA::{ShoeSize, ShoeSizeData}};\n\nfn main() {}\n\n\
     /// Sends it.\npub async fn call(client: &Client) -> Option<i64> {\n    let answer: ShoeSizeData = client.AREA().shoe_size(ShoeSize::new(\"u\")).await.ok()?.data;\n    \
     client.operations().iter().find(|operation| operation.name == \"shoe_size\")?;\n    answer.size\n}\n";

/// The repository's manifest for a workspace of one crate, with paths back to the repository.
fn manifest(krate: &str) -> String {
    let text = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let members = text.lines().find(|line| line.starts_with("members")).unwrap();
    let text = text.replace(members, &format!("members = [\"crates/{krate}\"]"));
    let text = text.replace("path = \"schemas\"", &format!("path = \"{}/schemas\"", root().display()));
    text.replace("path = \"crates/", &format!("path = \"{}/crates/", root().display()))
}

/// Name of the first vendor.
fn vendor(schemas: &Path) -> String {
    let folders = fs::read_dir(schemas).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.join("vendor.json").exists());
    folders.min().unwrap().file_name().unwrap().to_str().unwrap().to_owned()
}

/// Name of a vendor's first area.
fn area(description: &str) -> String {
    let description: serde_json::Value = serde_json::from_str(description).unwrap();
    description["areas"][0]["name"].as_str().unwrap().to_owned()
}

#[test]
fn one_file_makes_one_operation() {
    let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("fifth");
    let _ = fs::remove_dir_all(&home);
    copy(&root().join("schemas"), &home.join("schemas"));
    let vendor = vendor(&home.join("schemas"));
    let krate = format!("{vendor}-client");
    copy(&root().join("crates").join(&krate), &home.join("crates").join(&krate));
    fs::write(home.join("Cargo.toml"), manifest(&krate)).unwrap();
    fs::copy(root().join("Cargo.lock"), home.join("Cargo.lock")).unwrap();

    let description = fs::read_to_string(home.join("schemas").join(&vendor).join("vendor.json")).unwrap();
    let code = if description.contains("\"success\": [\"") { "string" } else { "integer" };
    let area = area(&description);
    fs::write(home.join("schemas").join(&vendor).join(&area).join("shoe-size.json"), OPERATION.replace("CODE", code)).unwrap();
    let output = codegen(&home.join("schemas"), &home, &[]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stdout(&output).contains(&format!("new      crates/{krate}/src/generated/{area}/shoe_size.rs")), "{}", stdout(&output));

    let program = home.join("crates").join(&krate).join("src/bin/fifth.rs");
    fs::create_dir_all(program.parent().unwrap()).unwrap();
    fs::write(program, PROGRAM.replace("CRATE", &krate.replace('-', "_")).replace("AREA", &area)).unwrap();
    let output = Command::new(env::var("CARGO").unwrap_or_else(|_| "cargo".into()))
        .args(["check", "--offline", "--quiet", "--no-default-features", "--bin", "fifth", "--target-dir"])
        .arg(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(".."))
        .current_dir(&home)
        .env_remove("CARGO_TARGET_DIR")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
}
