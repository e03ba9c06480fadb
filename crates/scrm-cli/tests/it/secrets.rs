//! No secret and no token in anything that the program writes or prints.

use std::{fs, path::Path};

use scrm_mock::Fault;

use crate::program::Program;

fn files(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push((path.display().to_string(), fs::read(&path).unwrap()));
        }
    }
}

#[test]
fn what_is_written_and_printed_holds_no_secret() {
    let program = Program::new(120);
    let secrets: Vec<String> =
        program.variables().into_iter().filter(|(name, _)| name.contains("SECRET")).map(|(_, value)| value).collect();
    assert_eq!(secrets.len(), 5);
    program.mock.fault(Fault::BadRow).on("xiaoe/user_list").at_calls([1]);
    let mut printed = String::new();
    for arguments in [
        &["pull", "xiaoe", "user_list", "--to", "users.jsonl"][..],
        &["pull", "xiaoe", "user_list", "--to", "shop.db"],
        &["pull", "xiaoe", "user_list", "--to", "users.parquet"],
        &["doctor", "xiaoe", "--all"],
        &["call", "xiaoe", "user_list", "--dry-run"],
        &["call", "xiaoe", "user_list", "--raw"],
        &["token", "xiaoe"],
    ] {
        let ran = program.run(arguments);
        printed += &(ran.out + &ran.err);
    }
    let token = program.run(&["token", "xiaoe", "--yes"]).ended(0).out.trim().to_owned();
    assert!(token.len() > 8, "{token}");
    let mut found = vec![("what was printed".to_owned(), printed.into_bytes())];
    files(program.folder(), &mut found);
    assert!(found.len() > 8);
    for (name, bytes) in &found {
        let text = String::from_utf8_lossy(bytes);
        for secret in &secrets {
            assert!(!text.contains(secret.as_str()), "a secret in {name}");
        }
        // the store of tokens is the place for tokens
        assert!(name.contains("/scrm/tokens/") || !text.contains(&token), "a token in {name}");
    }
}

#[test]
fn a_password_has_no_place_on_the_command_line() {
    let program = Program::new(10);
    let refused = program.run(&["pull", "xiaoe", "user_list", "--to", "postgres://me:geheim@db.example/shop"]).ended(2);
    assert!(refused.err.contains("PGPASSWORD") && !refused.err.contains("geheim"), "{}", refused.err);
}

#[test]
fn a_secret_has_no_place_on_the_command_line() {
    let program = Program::new(10);
    for arguments in [
        &["call", "xiaoe", "token", "--secret_key", "geheim", "--dry-run"][..],
        &["call", "xiaoe", "token", "--json", r#"{"secret_key": "geheim"}"#, "--dry-run"],
        &["call", "xiaoe", "redeem_code_list", "--code", "geheim", "--dry-run"],
        &["call", "xiaoe", "redeem_code_list", "--json", r#"{"batch_id": "x", "activity_id": "x", "code": "geheim"}"#, "--dry-run"],
        &["call", "xiaoe", "college_student_add", "--password", "geheim", "--dry-run"],
    ] {
        let refused = program.run(arguments).ended(2);
        let told = if arguments[2] == "token" { "use `scrm token xiaoe`" } else { "--json @-" };
        assert!(refused.err.contains(told) && !refused.err.contains("geheim"), "{arguments:?}: {}", refused.err);
    }
    fs::write(program.path("codes.json"), r#"{"batch_id": "x", "activity_id": "x", "code": "geheim"}"#).unwrap();
    let shown = program.run(&["call", "xiaoe", "redeem_code_list", "--json", "@codes.json", "--dry-run"]).ended(0);
    assert!(shown.out.contains("***") && !shown.out.contains("geheim"), "{}", shown.out);
    assert_eq!(program.mock.requests().len(), 0, "nothing was sent");
}

#[test]
fn a_profile_is_read_from_a_file_of_ones_own_or_from_a_command() {
    use std::os::unix::fs::PermissionsExt as _;
    let program = Program::new(10);
    let given = program.variables();
    let folder = program.path(".config/scrm");
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join("profiles.toml");
    let text = format!(
        "[plain.xiaoe]\napp_id = \"{}\"\nclient_id = \"{}\"\nsecret_key = \"{}\"\nbase_url = \"{}\"\n\n[command.xiaoe]\ncommand = [\"cat\", \"credentials\"]\nbase_url = \"{}\"\n",
        given["XIAOE_APP_ID"], given["XIAOE_CLIENT_ID"], given["XIAOE_SECRET_KEY"], given["XIAOE_BASE_URL"], given["XIAOE_BASE_URL"]
    );
    fs::write(&path, text).unwrap();
    let lines = ["XIAOE_APP_ID", "XIAOE_CLIENT_ID", "XIAOE_SECRET_KEY"].map(|name| format!("export {name}='{}'", given[name]));
    fs::write(program.path("credentials"), lines.join("\n")).unwrap();
    let run = |profile: &str| {
        let mut command = crate::program::bare(&["call", "xiaoe", "user_list", "--page_size", "1", "--profile", profile]);
        crate::program::ran(&command.current_dir(program.folder()).env("HOME", program.folder()).output().unwrap())
    };
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let open = run("plain").ended(2);
    assert!(open.err.contains("chmod 600"), "{}", open.err);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    run("plain").ended(0);
    run("command").ended(0);
    let mut in_front = crate::program::bare(&["--profile", "plain", "call", "xiaoe", "user_list", "--page_size", "1"]);
    crate::program::ran(&in_front.current_dir(program.folder()).env("HOME", program.folder()).output().unwrap()).ended(0);
    let unknown = run("other").ended(2);
    assert!(unknown.err.contains("command, plain"), "{}", unknown.err);
}
