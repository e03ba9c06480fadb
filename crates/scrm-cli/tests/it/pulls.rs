//! Pulls into each kind of place, with bad rows, interruption, plans and columns.

use std::process::Command;

use scrm_mock::{Fault, Mock};
use serde_json::Value;

use crate::{
    program::{Program, ids_of_jsonl, ids_of_sqlite, ran},
    server::Postgres,
};

#[test]
fn bad_rows_go_to_the_rejects_with_reasons_and_decide_the_exit_code() {
    let program = Program::new(200);
    program.mock.fault(Fault::BadRow).on("xiaoe/user_list_v2").at_calls([2]);
    let pulled = program.run(&["pull", "xiaoe", "user_list_v2", "--to", "users.jsonl"]).ended(3);
    assert!(pulled.out.contains("users.jsonl.rejects.jsonl"), "{}", pulled.out);
    let rejects = program.read("users.jsonl.rejects.jsonl");
    let reject: Value = serde_json::from_str(rejects.trim()).unwrap();
    assert!(reject["reason"].is_string() && !reject["raw"].is_null(), "{reject}");
    assert_eq!(ids_of_jsonl(&program.read("users.jsonl")).len(), 199);
    let summary: Value = serde_json::from_str(&program.read("users.jsonl.summary.json")).unwrap();
    assert_eq!((&summary["result"], &summary["rows"], &summary["bad_rows"]), (&"incomplete".into(), &199.into(), &1.into()));
    // the next night all is well again, and the rejects are gone
    program.run(&["pull", "xiaoe", "user_list_v2", "--to", "users.jsonl"]).ended(0);
    assert!(!program.path("users.jsonl.rejects.jsonl").exists());
}

#[test]
fn rows_that_the_list_no_longer_holds_leave_the_table() {
    let program = Program::new(300);
    program.run(&["pull", "xiaoe", "user_list_v2", "--to", "shop.db"]).ended(0);
    program.mock.remove_some(10);
    let again = program.run(&["pull", "xiaoe", "user_list_v2", "--to", "shop.db"]).ended(0);
    assert!(again.out.contains("no longer holds them: 10"), "{}", again.out);
    assert_eq!(ids_of_sqlite(&program.path("shop.db")), program.ids());
}

#[test]
fn an_interrupted_pull_commits_says_so_and_goes_on() {
    let program =
        Program::with(Mock::builder().customers(2000).fault(scrm_mock::FaultRule::new(Fault::Latency { fixed_ms: 20, jitter_ms: 0 })));
    let arguments = ["pull", "xiaoe", "user_list_v2", "--to", "users.jsonl", "--quiet"];
    let child = program.command(&arguments).stdout(std::process::Stdio::piped()).spawn().unwrap();
    while program.mock.calls("xiaoe/user_list_v2") < 5 {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    let stopped = ran(&child.wait_with_output().unwrap()).ended(130);
    assert!(stopped.out.contains("the same command goes on"), "{}", stopped.out);
    assert!(!program.path("users.jsonl").exists(), "half a file is no file");
    let calls = program.mock.calls("xiaoe/user_list_v2");
    program.run(&arguments).ended(0);
    assert!(program.mock.calls("xiaoe/user_list_v2") - calls < 40, "it began anew");
    assert_eq!(ids_of_jsonl(&program.read("users.jsonl")), program.ids());
}

#[test]
fn what_asking_again_cannot_mend_ends_the_pull() {
    let program = Program::new(50);
    program.mock.forbid("xiaoe/user_list_v2");
    let refused = program.run(&["pull", "xiaoe", "user_list_v2", "--to", "users.jsonl", "--quiet"]).ended(1);
    assert!(refused.err.contains("Nothing was stored"), "{}", refused.err);
    assert_eq!(program.mock.calls("xiaoe/user_list_v2"), 1);
    program.mock.permit("xiaoe/user_list_v2");
    program.run(&["pull", "xiaoe", "user_list_v2", "--to", "users.jsonl", "--quiet"]).ended(0);
}

#[test]
fn headings_are_in_the_language_asked_for() {
    let program = Program::new(10);
    program.run(&["pull", "xiaoe", "user_list", "--to", "users.csv", "--headings", "zh"]).ended(0);
    let text = program.read("users.csv");
    assert!(text.starts_with("\u{feff}用户的编号,昵称,"), "{}", text.lines().next().unwrap());
    let mut headings = csv::Reader::from_reader(text.as_bytes()).headers().unwrap().iter().map(str::to_owned).collect::<Vec<_>>();
    headings.sort();
    assert!(headings.windows(2).all(|pair| pair[0] != pair[1]), "{headings:?}");
    assert_eq!(text.lines().count(), 11);
}

#[test]
fn a_plan_does_several_pulls_over_one_token() {
    let program = Program::new(120);
    let plan = r#"
        summary = "night.json"

        [[pull]]
        vendor = "xiaoe"
        operation = "user_list_v2"
        to = "shop.db"

        [[pull]]
        vendor = "xiaoe"
        operation = "user_list"
        to = "users.csv"
        concurrency = 2
        fields = { from = "wechat" }

        [[pull]]
        vendor = "beschannels"
        operation = "group_user_list"
        to = "leads.jsonl"
        fields = { groupId = "1", group_obj = "leads_schema_data" }
    "#;
    std::fs::write(program.path("nightly.toml"), plan).unwrap();
    let done = program.run(&["pull", "--plan", "nightly.toml"]);
    assert!(done.out.contains("xiaoe user_list_v2 → shop.db: complete"), "{} {}", done.out, done.err);
    let report: Value = serde_json::from_str(&program.read("night.json")).unwrap();
    assert_eq!(report["pulls"].as_array().unwrap().len(), 3, "{report}");
    assert_eq!(program.mock.token_fetches("xiaoe"), 1);
}

#[test]
fn a_plan_with_mistakes_does_nothing_and_tells_all() {
    let program = Program::new(10);
    let pull = |vendor: &str, operation: &str, to: &str, more: &str| {
        format!("[[pull]]\nvendor = \"{vendor}\"\noperation = \"{operation}\"\nto = \"{to}\"\n{more}\n")
    };
    let plan = [
        "summary = \"night.json\"\n".to_owned(),
        pull("xiaoe", "user_list_v2", "a.jsonl", ""),
        pull("xiaoe", "user_list", "b.jsonl", "concurency = 2"),
        pull("xiaoe", "usr_list", "c.jsonl", ""),
        pull("xiaoe", "order_list_v2", "d.csv", "since = \"last\""),
        pull("xiaoe", "user_list", "./a.jsonl", ""),
        pull("xiaoe", "user_list", "postgres://me:geheim@db.example/shop", ""),
        pull("xiaoe", "user_list", "e.txt", ""),
        pull("beschannels", "group_user_list", "f.jsonl", "fields = { groupId = \"1\", group_obj = \"leads_schema_data\" }"),
    ];
    std::fs::write(program.path("nightly.toml"), plan.concat()).unwrap();
    std::fs::write(program.path("night.json"), "{\"pulls\": [{\"result\": \"complete\"}]}").unwrap();
    let mut command = program.command(&["pull", "--plan", "nightly.toml"]);
    let refused = ran(&command.env_remove("BESCHANNELS_APP_SECRET").output().unwrap()).ended(2);
    for told in [
        "pull 2, xiaoe user_list: ",
        "concurency",
        "pull 3, xiaoe usr_list: ",
        "user_list",
        "pull 4, xiaoe order_list_v2: --by: one of pay_time_start",
        "pull 5, xiaoe user_list: --to (5) and --to (1) name the same place",
        "pull 6, xiaoe user_list: --to holds a password",
        "pull 7, xiaoe user_list: --to \"e.txt\"",
        "pull 8, beschannels group_user_list: beschannels: credentials missing",
    ] {
        assert!(refused.err.contains(told), "{told} in {}", refused.err);
    }
    assert!(!refused.err.contains("pull 1,") && !refused.err.contains("geheim"), "{}", refused.err);
    let report: Value = serde_json::from_str(&program.read("night.json")).unwrap();
    assert_eq!((report["pulls"].as_array().unwrap().len(), report["failures"].as_array().unwrap().len()), (0, 7), "{report}");
    assert!(!program.path("a.jsonl").exists() && program.mock.requests().is_empty());
    // rows are no report, though the plan calls them one
    let rows = "user_id\nu_made_up_0001\n";
    std::fs::write(program.path("users.csv"), rows).unwrap();
    let plan = format!("summary = \"users.csv\"\n{}", pull("xiaoe", "user_list", "users.csv", ""));
    std::fs::write(program.path("nightly.toml"), plan).unwrap();
    let refused = program.run(&["pull", "--plan", "nightly.toml"]).ended(2);
    assert!(refused.err.contains("--to (1) and summary name the same place"), "{}", refused.err);
    assert_eq!(program.read("users.csv"), rows);
}

#[test]
fn a_report_of_an_earlier_run_does_not_outlive_a_failure() {
    let program = Program::new(10);
    let arguments = ["pull", "xiaoe", "user_list_v2", "--to", "users.jsonl", "--quiet"];
    let quiet = program.run(&arguments).ended(0);
    assert_eq!((quiet.out.as_str(), quiet.err.as_str()), ("", ""));
    let result = || serde_json::from_str::<Value>(&program.read("users.jsonl.summary.json")).unwrap()["result"].clone();
    assert_eq!(result(), "complete");
    let mut command = program.command(&arguments);
    let lost = ran(&command.env("XIAOE_BASE_URL", "http://127.0.0.1:9").output().unwrap()).ended(1);
    assert_eq!(lost.err.matches("no connection").count(), 2, "when it happens and in the end: {}", lost.err);
    assert_eq!(result(), "failed");
    // that of another operation is nobody's business
    let mut command = program.command(&["pull", "xiaoe", "user_list", "--to", "users.jsonl"]);
    ran(&command.output().unwrap()).ended(2);
    assert_eq!(program.run(&arguments).ended(0).out, "");
    assert_eq!(result(), "complete");
}

#[test]
fn what_would_change_nothing_is_refused() {
    let program = Program::new(10);
    for (arguments, told) in [
        (&["user_list_v2", "--to", "users.jsonl", "--table", "people"][..], "--table is for databases"),
        (&["user_list_v2", "--to", "users.parquet", "--headings", "zh"], "--headings is for files that end in .csv"),
        (&["user_list_v2", "--to", "shop.db", "--state", "state.json"], "--state is for files"),
        (&["user_list_v2", "--to", "users.jsonl", "--thorough"], "--thorough changes nothing for user_list_v2"),
        (&["user_list", "--to", "users.jsonl", "--summary", "./users.jsonl"], "--summary and --to name the same place"),
        (&["--plan", "nightly.toml", "--strict"], "--strict"),
    ] {
        let vendor: &[&str] = if arguments[0] == "--plan" { &[] } else { &["xiaoe"] };
        let refused = program.run(&[&["pull"], vendor, arguments].concat()).ended(2);
        assert!(refused.err.contains(told), "{arguments:?}: {}", refused.err);
    }
    assert!(program.mock.requests().is_empty());
}

#[test]
fn a_table_in_postgres_has_types_and_comments() {
    let Some(server) = Postgres::start() else { return };
    let program = Program::new(250);
    program.run(&["pull", "xiaoe", "user_list_v2", "--to", &server.url(), "--table", "users"]).ended(0);
    let mut client = server.client();
    let row = client
        .query_one("SELECT count(*), count(DISTINCT user_id), min(user_created_at) < now(), sum(pay_sum) > 0 FROM users", &[])
        .unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1), row.get::<_, bool>(2), row.get::<_, bool>(3)), (250, 250, true, true));
    let comment: String = client.query_one("SELECT col_description('users'::regclass, 1)", &[]).unwrap().get(0);
    assert_eq!(comment, "用户的编号");
    // a column that somebody changed is told, one that somebody dropped is made again
    client.batch_execute("ALTER TABLE users DROP COLUMN avatar").unwrap();
    program.run(&["pull", "xiaoe", "user_list_v2", "--to", &server.url(), "--table", "users"]).ended(0);
    assert_eq!(client.query_one("SELECT count(avatar) FROM users", &[]).unwrap().get::<_, i64>(0), 250);
    client.batch_execute("ALTER TABLE users ALTER COLUMN pay_sum TYPE text").unwrap();
    let changed = program.run(&["pull", "xiaoe", "user_list_v2", "--to", &server.url(), "--table", "users"]).ended(2);
    assert!(changed.err.contains("pay_sum of users is text, and numeric is wanted"), "{}", changed.err);
}

#[test]
fn a_lost_connection_is_told_and_the_same_command_goes_on() {
    let Some(server) = Postgres::start() else { return };
    let program =
        Program::with(Mock::builder().customers(2000).fault(scrm_mock::FaultRule::new(Fault::Latency { fixed_ms: 10, jitter_ms: 0 })));
    let url = server.url();
    let arguments = ["pull", "xiaoe", "user_list_v2", "--to", url.as_str(), "--quiet", "--commit-every", "100"];
    let child = program.command(&arguments).stderr(std::process::Stdio::piped()).stdout(std::process::Stdio::null()).spawn().unwrap();
    while program.mock.calls("xiaoe/user_list_v2") < 10 {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    server.client().batch_execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'scrm'").unwrap();
    let lost = ran(&child.wait_with_output().unwrap()).ended(1);
    assert!(lost.err.contains("the same command goes on"), "{}", lost.err);
    program.run(&arguments).ended(0);
    assert_eq!(server.ids(), program.ids());
}
