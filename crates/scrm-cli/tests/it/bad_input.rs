//! What cannot be meant is told, with what could be; nothing is sent and nothing is left half done.

use std::fs;

use crate::program::{Program, bare, ran};

#[test]
fn unknown_names_are_answered_with_the_nearest() {
    let program = Program::new(10);
    for (arguments, told) in [
        (&["call", "xiaoe", "usr_list"][..], "near: user_list"),
        (&["pull", "xiaoe", "user_list_v3", "--to", "a.csv"], "user_list_v2"),
        (&["call", "xiaoe", "user_list", "--json", "{\"pgae\": 1}"], "near: page"),
        (&["call", "xiaoe", "user_list", "--phon", "1"], "--phone"),
        (&["call", "xiaoo", "user_list"], "xiaoe"),
        (&["operations", "xiaoe", "--area", "ordr"], "near: order"),
        (&["pull", "xiaoe", "user_list", "--to", "a.xls"], ".jsonl, .csv, .parquet or .db"),
        (&["pull", "xiaoe", "user_get", "--to", "a.csv", "--json", "{}"], "has no pages"),
        (&["call", "xiaoe", "user_list", "--page_size", "500"], "page_size must be between 1 and 50"),
        (&["call", "xiaoe", "user_list", "--from", "mars"], "mars"),
        (&["call", "xiaoe", "user_get"], "--data.field_list"),
        (&["call", "xiaoe", "user_list", "--json", "{\"phone\": 13800138001}"], "phone is a number; a text is wanted"),
        (
            &["call", "xiaoe", "user_register", "--dry-run", "--json", r#"{"data": {"phone": "13800138001", "nicknam": "x"}}"#],
            "has no field \"data.nicknam\"; near: data.nickname",
        ),
        (&["pull", "xiaoe", "order_list_v2", "--to", "a.csv", "--since", "2026-01-01"], "--by: one of pay_time_start, settle_time_start"),
    ] {
        let refused = program.run(arguments).ended(2);
        assert!(refused.err.contains(told), "{arguments:?}: {}", refused.err);
    }
    assert_eq!(program.mock.requests().len(), 0, "nothing was sent");
}

#[test]
fn writing_needs_a_yes() {
    let program = Program::new(10);
    let data = r#"{"data": {"phone": "13800138000"}}"#;
    let refused = program.run(&["call", "xiaoe", "user_register", "--json", data]).ended(2);
    assert!(refused.err.contains("--yes"), "{}", refused.err);
    let shown = program.run(&["call", "xiaoe", "user_register", "--json", data, "--dry-run"]).ended(0);
    assert!(shown.out.contains("13800138000") && !shown.out.contains("access_token"), "{}", shown.out);
    assert_eq!(program.mock.requests().len(), 0, "nothing was sent");
}

#[test]
fn a_place_that_holds_something_else_is_left_alone() {
    let program = Program::new(60);
    program.run(&["pull", "xiaoe", "user_list_v2", "--to", "users.jsonl"]).ended(0);
    let whole = program.read("users.jsonl");
    let other = program.run(&["pull", "xiaoe", "user_list", "--to", "users.jsonl"]).ended(2);
    assert!(other.err.contains("holds another pull"), "{}", other.err);
    let filtered = program.run(&["pull", "xiaoe", "user_list_v2", "--to", "users.jsonl", "--phone", "13800138000"]).ended(2);
    assert!(filtered.err.contains("holds another pull"), "{}", filtered.err);
    assert_eq!(program.read("users.jsonl"), whole);

    let database = rusqlite::Connection::open(program.path("own.db")).unwrap();
    database.execute_batch("CREATE TABLE user_list_v2 (mine TEXT); INSERT INTO user_list_v2 VALUES ('x')").unwrap();
    let foreign = program.run(&["pull", "xiaoe", "user_list_v2", "--to", "own.db"]).ended(2);
    assert!(foreign.err.contains("did not make"), "{}", foreign.err);

    fs::write(program.path("text.db"), "this is no database, but a text that is long enough to be taken for one").unwrap();
    let no_database = program.run(&["pull", "xiaoe", "user_list_v2", "--to", "text.db"]).ended(2);
    assert!(no_database.err.contains("no file of SQLite"), "{}", no_database.err);
}

#[test]
fn a_damaged_state_and_a_changed_file_are_told() {
    let program = Program::new(60);
    let arguments = ["pull", "xiaoe", "user_list_v2", "--to", "users.csv"];
    program.run(&arguments).ended(0);
    fs::write(program.path("users.csv.scrm-state.json"), "{").unwrap();
    let damaged = program.run(&arguments).ended(2);
    assert!(damaged.err.contains("the pull begins anew"), "{}", damaged.err);
    fs::remove_file(program.path("users.csv.scrm-state.json")).unwrap();
    fs::remove_file(program.path("users.csv")).unwrap();
    program.run(&arguments).ended(0);
}

#[test]
fn a_file_of_somebody_else_is_left_alone() {
    let program = Program::new(10);
    for to in ["g.csv", "g.jsonl", "g.parquet"] {
        fs::write(program.path(to), "x\n").unwrap();
        let arguments = ["pull", "xiaoe", "user_list_v2", "--to", to];
        let refused = program.run(&arguments).ended(2);
        assert!(refused.err.contains("is there already"), "{}", refused.err);
        let chinese = program.run(&[&["--lang", "zh"], &arguments[..]].concat()).ended(2);
        assert!(chinese.err.contains("已经存在"), "{}", chinese.err);
        assert_eq!(program.read(to), "x\n");
        fs::remove_file(program.path(to)).unwrap();
        program.run(&arguments).ended(0);
        program.run(&arguments).ended(0);
    }
    assert_eq!(program.read("g.jsonl").lines().count(), 10);
}

#[test]
fn a_folder_that_is_not_there_or_read_only_is_told() {
    let program = Program::new(10);
    let missing = program.run(&["pull", "xiaoe", "user_list_v2", "--to", "no/such/users.csv"]).ended(2);
    assert!(missing.err.contains("no/such/users.csv: ") && missing.err.contains("the folder must be there"), "{}", missing.err);
    let read_only = program.run(&["pull", "xiaoe", "user_list_v2", "--to", "/proc/users.csv"]).ended(2);
    assert!(read_only.err.contains("/proc/users.csv"), "{}", read_only.err);
    // a disk that is full at the first byte
    std::os::unix::fs::symlink("/dev/full", program.path("full.jsonl.part")).unwrap();
    let full = program.run(&["pull", "xiaoe", "user_list_v2", "--to", "full.jsonl"]).ended(1);
    assert!(full.err.contains("full.jsonl.part"), "{}", full.err);
    assert!(!program.path("full.jsonl").exists());
}

#[test]
fn without_credentials_the_way_out_is_named() {
    let refused = ran(&bare(&["pull", "xiaoe", "user_list", "--to", "a.csv"]).current_dir(std::env::temp_dir()).output().unwrap()).ended(2);
    assert!(refused.err.contains("XIAOE_APP_ID") && refused.err.contains("scrm box --"), "{}", refused.err);
}

#[test]
fn two_pulls_into_one_place_do_not_meet() {
    let program = Program::with(
        scrm_mock::Mock::builder()
            .customers(2000)
            .fault(scrm_mock::FaultRule::new(scrm_mock::Fault::Latency { fixed_ms: 20, jitter_ms: 0 })),
    );
    let arguments = ["pull", "xiaoe", "user_list_v2", "--to", "users.jsonl", "--quiet"];
    let mut first = program.spawn(&arguments);
    while program.mock.calls("xiaoe/user_list_v2") < 2 {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let second = program.run(&arguments).ended(1);
    assert!(second.err.contains("another pull or listener into it is running"), "{}", second.err);
    assert!(first.wait().unwrap().success());
}

#[test]
fn a_refused_pull_leaves_nothing_behind() {
    let program = Program::new(10);
    program.mock.forbid("xiaoe/user_list_v2");
    for to in ["a.jsonl", "a.csv", "a.parquet", "a.db"] {
        for times in [&[][..], &["--since", "last", "--by", "user_created_start"]] {
            let refused = program.run(&[&["pull", "xiaoe", "user_list_v2", "--to", to, "--quiet"], times].concat()).ended(1);
            assert!(refused.err.contains("Nothing was stored"), "{to}: {}", refused.err);
            let left: Vec<_> = fs::read_dir(program.folder()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            assert!(left.iter().all(|name| name == ".cache"), "{to} {times:?}: {left:?}");
        }
    }
    // what is refused by the check of the request is refused as cleanly
    program.run(&["pull", "xiaoe", "user_list_v2", "--to", "a.jsonl", "--page_size", "500"]).ended(2);
    program.run(&["pull", "xiaoe", "user_list_v2", "--to", "a.db", "--phone", ""]).ended(2);
    let left: Vec<_> = fs::read_dir(program.folder()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| name == ".cache"), "{left:?}");
}

#[test]
fn a_refused_pull_leaves_a_database_as_it_was() {
    let Some(server) = crate::server::Postgres::start() else { return };
    let program = Program::new(10);
    program.mock.forbid("xiaoe/user_list_v2");
    program.run(&["pull", "xiaoe", "user_list_v2", "--to", &server.url(), "--quiet"]).ended(1);
    let tables = server.client().query("SELECT 1 FROM pg_tables WHERE schemaname = 'public'", &[]).unwrap();
    assert!(tables.is_empty() && !program.path("user_list_v2.postgres.summary.json").exists());
}

/// Whatever fails is told in Chinese, with the words of others behind it.
#[test]
fn failures_are_told_in_chinese() {
    let program = Program::new(10);
    fs::write(program.path("bad.toml"), "[[pull]]\nvendor = 1\n").unwrap();
    fs::write(program.path("typo.toml"), "[[pull]]\nvendor = \"xiaoe\"\noperation = \"user_list\"\nto = \"a.csv\"\nstric = true\n")
        .unwrap();
    program.mock.forbid("xiaoe/user_list_v2");
    for (arguments, code, told) in [
        (&["call", "xiaoe", "usr_list"][..], 2, "没有接口"),
        (&["call", "xiaoe", "user_list", "--json", "{"], 2, "不是 JSON"),
        (&["call", "xiaoe", "user_list", "--json", "@none.json"], 2, "--json："),
        (&["call", "xiaoe", "user_list", "--page", "two"], 2, "应为整数"),
        (&["call", "xiaoe", "user_list", "--page_size", "500"], 2, "请求不符合文档，没有发送"),
        (&["call", "xiaoe", "some/path", "--json", "{}"], 2, "无从得知"),
        (&["decode", "xiaoe", "user_lists"], 2, "相近的有：user_list"),
        (&["pull", "xiaoe", "user_list", "--to", "no/such.csv"], 2, "目录必须先存在"),
        (&["pull", "xiaoe", "user_list", "--to", "/proc/a.db"], 2, "/proc/a.db"),
        (&["pull", "xiaoe", "user_list_v2", "--to", "a.csv", "--quiet"], 1, "厂商返回失败："),
        (&["pull", "--plan", "none.toml"], 2, "读取失败"),
        (&["pull", "--plan", "bad.toml"], 2, "计划文件写得不对"),
        (&["pull", "--plan", "typo.toml"], 2, "没有参数 --stric"),
        (&["--profile", "none", "call", "xiaoe", "user_list"], 2, "读取失败"),
        (&["completions", "none"], 2, "的值 \"none\" 不对；可选：bash"),
    ] {
        let ran = program.run(&[&["--lang", "zh"], arguments].concat()).ended(code);
        assert!(ran.err.contains(told), "{arguments:?}: {}", ran.err);
    }
}

#[test]
fn a_request_is_shown_without_credentials_and_nothing_is_advised_that_is_not_there() {
    let dry = ["call", "beschannels", "group_user_list", "--groupId", "g1", "--group_obj", "leads_schema_data", "--dry-run"];
    let shown = ran(&bare(&dry).output().unwrap()).ended(0);
    assert!(shown.out.starts_with("POST https://") || shown.out.starts_with("GET https://"), "{}", shown.out);
    let empty = ran(&bare(&["call", "xiaoe", "user_list_v2", "--phone", "", "--dry-run"]).output().unwrap()).ended(2);
    assert!(empty.err.contains("--allow-empty sends it") && !empty.err.contains("()"), "{}", empty.err);
    let untyped = ran(&bare(&["call", "xiaoe", "xe.some.new/1.0.0"]).output().unwrap()).ended(2);
    assert!(untyped.err.contains("nobody knows whether it writes"), "{}", untyped.err);
}
