use std::fs;

use crate::{acme, codegen, copy, root, stderr, stdout};

#[test]
fn the_generated_files_of_the_repository_are_fresh() {
    let output = codegen(&root().join("schemas"), &root(), &["--check"]);
    assert!(output.status.success(), "{}", stderr(&output));
}

#[test]
fn check_names_what_is_missing_changed_and_left_over_and_how_to_mend_it() {
    let out = tempfile::tempdir().unwrap();
    assert!(codegen(&acme(), out.path(), &[]).status.success());
    let generated = out.path().join("crates/acme-client/src/generated");
    fs::remove_file(generated.join("token/token.rs")).unwrap();
    fs::write(generated.join("shape/words.rs"), "changed").unwrap();
    fs::write(generated.join("old.rs"), "left over").unwrap();

    let output = codegen(&acme(), out.path(), &["--check"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        stderr(&output),
        "missing  crates/acme-client/src/generated/token/token.rs\n\
         changed  crates/acme-client/src/generated/shape/words.rs\n\
         orphan   crates/acme-client/src/generated/old.rs\n\
         the generated files are stale; run `cargo xtask codegen`\n"
    );
    assert_eq!(fs::read_to_string(generated.join("shape/words.rs")).unwrap(), "changed");

    let output = codegen(&acme(), out.path(), &[]);
    assert_eq!(
        stdout(&output),
        "new      crates/acme-client/src/generated/token/token.rs\n\
         changed  crates/acme-client/src/generated/shape/words.rs\n\
         removed  crates/acme-client/src/generated/old.rs\n"
    );
    assert!(codegen(&acme(), out.path(), &["--check"]).status.success());
}

#[test]
fn a_crate_that_brings_schemas_is_generated_with_the_vendors_and_clashes_are_told() {
    let out = tempfile::tempdir().unwrap();
    copy(&acme(), &out.path().join("crates/acme-client/schemas"));
    let clash = codegen(&acme(), out.path(), &[]);
    assert_eq!(clash.status.code(), Some(1));
    assert!(stderr(&clash).contains("is made from schemas/ and from crates/acme-client/schemas/: rename one"), "{}", stderr(&clash));
    assert!(!out.path().join("crates/acme-client/src").exists());

    let other = tempfile::tempdir().unwrap();
    copy(&acme().join("acme"), &other.path().join("apex"));
    let text = fs::read_to_string(other.path().join("apex/vendor.json")).unwrap();
    fs::write(
        other.path().join("apex/vendor.json"),
        text.replace("\"vendor\": \"acme\"", "\"vendor\": \"apex\"").replace("ACME_", "APEX_"),
    )
    .unwrap();
    let both = codegen(other.path(), out.path(), &[]);
    assert!(both.status.success(), "{}", stderr(&both));
    assert!(
        stdout(&both).contains("crates/acme-client/src/generated/mod.rs")
            && stdout(&both).contains("crates/apex-client/src/generated/mod.rs")
    );
    assert!(!fs::read_to_string(out.path().join("schemas/files.rs")).unwrap().contains("acme"));

    fs::rename(out.path().join("crates/acme-client/schemas"), out.path().join("crates/apex-client/schemas")).unwrap();
    let strange = codegen(other.path(), out.path(), &[]);
    assert!(stderr(&strange).contains("call the crate after its vendor"), "{}", stderr(&strange));
}

#[test]
fn files_that_are_up_to_date_are_not_touched() {
    let out = tempfile::tempdir().unwrap();
    codegen(&acme(), out.path(), &[]);
    let file = out.path().join("crates/acme-client/src/generated/shape/words.rs");
    let before = fs::metadata(&file).unwrap().modified().unwrap();
    assert!(stdout(&codegen(&acme(), out.path(), &[])).contains("up to date"));
    assert_eq!(fs::metadata(&file).unwrap().modified().unwrap(), before);
}

#[test]
fn a_wrong_schema_changes_no_file() {
    let (schemas, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    copy(&acme(), schemas.path());
    codegen(schemas.path(), out.path(), &[]);
    let words = schemas.path().join("acme/shape/words.json");
    let text = fs::read_to_string(&words).unwrap();
    fs::write(&words, text.replace("A type.", "Another type.").replace("\"type\": \"object\"", "\"type\": \"objekt\"")).unwrap();
    let output = codegen(schemas.path(), out.path(), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("acme/shape/words.json"), "{}", stderr(&output));
    fs::write(&words, text).unwrap();
    assert!(codegen(schemas.path(), out.path(), &["--check"]).status.success());
}

#[test]
fn line_ends_that_a_checkout_made_its_own_do_not_matter() {
    let out = tempfile::tempdir().unwrap();
    codegen(&acme(), out.path(), &[]);
    let file = out.path().join("crates/acme-client/src/generated/shape/words.rs");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace('\n', "\r\n")).unwrap();
    let output = codegen(&acme(), out.path(), &["--check"]);
    assert!(output.status.success(), "{}", stderr(&output));
}

#[test]
fn one_area_is_generated_and_checked_alone() {
    let out = tempfile::tempdir().unwrap();
    copy(&acme(), &out.path().join("crates/acme-client/schemas"));
    let empty = tempfile::tempdir().unwrap();
    assert!(codegen(empty.path(), out.path(), &[]).status.success());
    let generated = out.path().join("crates/acme-client/src/generated");
    let words = fs::read_to_string(generated.join("shape/words.rs")).unwrap();
    for stale in ["shape/words.rs", "shape/mod.rs", "vendor.rs"] {
        fs::write(generated.join(stale), "changed").unwrap();
    }
    fs::write(generated.join("shape/old.rs"), "left over").unwrap();
    fs::write(generated.join("old.rs"), "left over").unwrap();

    let checked = codegen(empty.path(), out.path(), &["acme/shape", "--check"]);
    assert_eq!(checked.status.code(), Some(1));
    assert_eq!(
        stderr(&checked),
        "changed  crates/acme-client/src/generated/shape/mod.rs\n\
         changed  crates/acme-client/src/generated/shape/words.rs\n\
         orphan   crates/acme-client/src/generated/shape/old.rs\n\
         the generated files are stale; run `cargo xtask codegen acme/shape`\n"
    );
    assert!(codegen(empty.path(), out.path(), &["acme/shape"]).status.success());
    assert_eq!(fs::read_to_string(generated.join("shape/words.rs")).unwrap(), words);
    let fresh = codegen(empty.path(), out.path(), &["acme/shape", "--check"]);
    assert!(stdout(&fresh).contains("generated files of crates/acme-client/src/generated/shape are up to date"), "{}", stdout(&fresh));
    assert_eq!(fs::read_to_string(generated.join("vendor.rs")).unwrap(), "changed", "another part's");
    assert!(generated.join("old.rs").exists(), "another part's");

    let rest = codegen(empty.path(), out.path(), &["acme"]);
    assert_eq!(
        stdout(&rest),
        "changed  crates/acme-client/src/generated/vendor.rs\n\
         removed  crates/acme-client/src/generated/old.rs\n"
    );
    assert!(codegen(empty.path(), out.path(), &["--check"]).status.success());
}

#[test]
fn each_part_alone_is_what_it_is_in_the_whole() {
    for part in ["xiaoe", "xiaoe/order", "xiaoe/check_in", "xiaoe/push", "rabbitpre/callback", "acme/shape"] {
        let output = codegen(&root().join("schemas"), &root(), &[part, "--check"]);
        assert!(output.status.success(), "{part}: {}", stderr(&output));
    }
}

#[test]
fn a_part_that_is_not_there_is_answered_with_the_nearest() {
    let answer = |part: &str| {
        let output = codegen(&root().join("schemas"), &root(), &[part, "--check"]);
        assert_eq!(output.status.code(), Some(1), "{part}");
        stderr(&output)
    };
    assert_eq!(answer("xiaoee/order"), "there is no vendor `xiaoee` in the schemas; the nearest: xiaoe\n");
    assert_eq!(answer("zzz"), "there is no vendor `zzz` in the schemas; there are: beschannels, rabbitpre, xiaoe, acme\n");
    assert!(answer("xiaoe/ordr").starts_with("xiaoe has no area `ordr`; the nearest: order"));
    assert!(answer("beschannels/订单").starts_with("beschannels has no area `订单`; there are: lead, "));
}
