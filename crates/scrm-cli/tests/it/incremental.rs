//! Pulls of what is new: seams without doubles, what was there is not stored again, the mark moves with the rows.

use scrm_mock::Fault;
use serde_json::Value;
use xiaoe_client::user::UserListV2;

use crate::{
    program::{Program, ids_of_jsonl, ids_of_parquet, ids_of_sqlite},
    server::Postgres,
};

const CUSTOMERS: u32 = 1500;

fn pull(program: &Program, to: &str, times: &[&str]) -> Value {
    let arguments = ["pull", "xiaoe", "user_list_v2", "--to", to, "--quiet", "--by", "user_created_start"];
    program.run(&[&arguments[..], times].concat()).ended(0);
    let summary = match to {
        "shop.db" => "shop.db.user_list_v2.summary.json".to_owned(),
        to => format!("{to}.summary.json"),
    };
    serde_json::from_str(&program.read(&summary)).unwrap()
}

/// Three nights over overlapping windows of time; the last one finds nothing new.
fn nights(to: &str, ids: impl Fn(&Program) -> Vec<String>) {
    let program = Program::new(CUSTOMERS);
    let first = pull(&program, to, &["--since", "2021-01-01", "--until", "2022-06-01"]);
    let half = program.users(UserListV2::new().with_user_created_start("2021-01-01").with_user_created_end("2022-06-01"));
    assert_eq!(ids(&program), half);
    assert_eq!(first["mark"], "2022-06-01T00:00:00+08:00");
    let second = pull(&program, to, &["--since", "last", "--until", "2026-02-01", "--lookback", "60d"]);
    assert_eq!(ids(&program), program.ids());
    assert_eq!(second["start"], "2022-04-02");
    let third = pull(&program, to, &["--since", "last", "--until", "2026-02-02", "--lookback", "60d"]);
    assert_eq!(ids(&program), program.ids());
    if to != "shop.db" {
        assert!(second["known"].as_u64().unwrap() > 0, "{second}");
        assert_eq!(third["rows"], 0, "{third}");
    }
}

#[test]
fn jsonl() {
    nights("users.jsonl", |program| ids_of_jsonl(&program.read("users.jsonl")));
}

#[test]
fn parquet() {
    nights("users.parquet", |program| ids_of_parquet(&program.path("users.parquet")));
}

#[test]
fn sqlite() {
    nights("shop.db", |program| ids_of_sqlite(&program.path("shop.db")));
}

#[test]
fn a_pull_of_some_time_leaves_the_rows_of_others_in_the_table() {
    let program = Program::new(300);
    program.run(&["pull", "xiaoe", "user_list_v2", "--to", "shop.db"]).ended(0);
    pull(&program, "shop.db", &["--since", "2025-01-01", "--until", "2025-06-01"]);
    assert_eq!(ids_of_sqlite(&program.path("shop.db")), program.ids());
    // and one of everything takes out what is gone
    program.mock.remove_some(10);
    program.run(&["pull", "xiaoe", "user_list_v2", "--to", "shop.db"]).ended(0);
    assert_eq!(ids_of_sqlite(&program.path("shop.db")), program.ids());
}

#[test]
fn a_file_that_is_gone_is_missed() {
    let program = Program::new(300);
    for to in ["users.jsonl", "users.csv", "users.parquet"] {
        pull(&program, to, &["--since", "2021-01-01", "--until", "2023-01-01"]);
        std::fs::rename(program.path(to), program.path("away")).unwrap();
        let next = ["pull", "xiaoe", "user_list_v2", "--to", to, "--by", "user_created_start", "--since", "last"];
        let calls = program.mock.calls("xiaoe/user_list_v2");
        let missed = program.run(&next).ended(2);
        let advice = format!("{to} is not there, though its state says that the rows up to 2023-01-01T00:00:00+08:00 were stored");
        assert!(missed.err.contains(&advice) && missed.err.contains(&format!("remove {to}.scrm-state.json")), "{}", missed.err);
        let chinese = program.run(&[&["--lang", "zh"], &next[..]].concat()).ended(2);
        assert!(chinese.err.contains("不存在，而状态表明"), "{}", chinese.err);
        assert_eq!(program.mock.calls("xiaoe/user_list_v2"), calls, "nothing was asked");
        // both ways out lead on
        std::fs::rename(program.path("away"), program.path(to)).unwrap();
        program.run(&next).ended(0);
        std::fs::remove_file(program.path(to)).unwrap();
        std::fs::remove_file(program.path(&format!("{to}.scrm-state.json"))).unwrap();
        program.run(&next).ended(0);
        assert!(program.path(to).exists());
    }
}

#[test]
fn a_table_that_is_gone_is_missed() {
    let program = Program::new(300);
    let server = Postgres::start();
    let url = server.as_ref().map(Postgres::url);
    for to in ["shop.db"].into_iter().chain(url.as_deref()) {
        let change = |sql: &str| match &server {
            Some(server) if to != "shop.db" => server.client().batch_execute(sql).unwrap(),
            _ => rusqlite::Connection::open(program.path(to)).unwrap().execute_batch(sql).unwrap(),
        };
        let with = |since| ["pull", "xiaoe", "user_list_v2", "--to", to, "--by", "user_created_start", "--since", since];
        program.run(&with("2015-01-01")).ended(0);
        change("DROP TABLE user_list_v2");
        let missed = program.run(&with("last")).ended(2);
        assert!(missed.err.contains("the table user_list_v2 of") && missed.err.contains("is not there"), "{}", missed.err);
        let advice = "DELETE FROM _scrm_state WHERE \"table\" = 'user_list_v2'";
        assert!(missed.err.contains(advice), "{}", missed.err);
        change(advice);
        program.run(&with("last")).ended(0);
        let ids = || if to == "shop.db" { ids_of_sqlite(&program.path(to)) } else { server.as_ref().unwrap().ids() };
        assert_eq!(ids(), program.ids());
        // a table that somebody emptied is no table that is up to date
        change("DELETE FROM user_list_v2");
        let missed = program.run(&with("last")).ended(2);
        assert!(missed.err.contains("is empty, though its state says that the rows up to"), "{}", missed.err);
        change(advice);
        program.run(&with("last")).ended(0);
        assert_eq!(ids(), program.ids());
        // from a time it is begun anew, and the mark with it
        change("DROP TABLE user_list_v2");
        program.run(&with("2015-01-01")).ended(0);
        assert_eq!(ids(), program.ids());
    }
}

#[test]
fn a_table_in_which_nothing_ever_was_is_gone_on_with() {
    let program = Program::new(0);
    let with = |since| ["pull", "xiaoe", "user_list_v2", "--to", "shop.db", "--by", "user_created_start", "--since", since];
    program.run(&with("2015-01-01")).ended(0);
    program.run(&with("last")).ended(0);
}

#[test]
fn what_begins_needs_a_time_where_the_vendor_does() {
    let program = Program::new(10);
    let ran =
        program.run(&["pull", "xiaoe", "order_list_v2", "--to", "orders.jsonl", "--since", "last", "--by", "created_time_start"]).ended(2);
    assert!(ran.err.contains("begin with a time"), "{}", ran.err);
    let ran = program.run(&["pull", "xiaoe", "order_list_v2", "--to", "orders.jsonl"]).ended(2);
    let nonsense = program.run(&["pull", "xiaoe", "user_list_v2", "--to", "u.jsonl", "--since", "2026-99-99"]).ended(2);
    assert!(nonsense.err.contains("--since \"2026-99-99\": a time such as"), "{}", nonsense.err);
    assert!(ran.err.contains("--since 2025-01-01 --by pay_time_start|"), "{}", ran.err);
    assert_eq!(ran.err.matches("a pull needs").count(), 1, "told once: {}", ran.err);
    let ran = program.run(&["pull", "xiaoe", "activity_list", "--to", "f.jsonl", "--since", "last"]).ended(2);
    assert!(ran.err.contains("no filter of time"), "{}", ran.err);
    let ran = program.run(&["pull", "xiaoe", "user_list_v2", "--to", "u.jsonl", "--since", "last"]).ended(2);
    assert!(ran.err.contains("--by: one of"), "{}", ran.err);
}

#[test]
fn a_time_longer_than_one_call_answers_is_walked_in_windows() {
    let program = Program::new(200);
    let arguments =
        ["pull", "xiaoe", "order_list_v2", "--to", "orders.jsonl", "--quiet", "--by", "created_time_start", "--since", "2025-01-01"];
    program.run(&arguments).ended(0);
    let summary: Value = serde_json::from_str(&program.read("orders.jsonl.summary.json")).unwrap();
    assert!(summary["rows"].as_u64().unwrap() > 0 && summary["result"] == "complete", "{summary}");
}

#[test]
fn an_earlier_beginning_stores_nothing_twice_and_a_later_one_leaves_the_mark() {
    let program = Program::new(CUSTOMERS);
    pull(&program, "users.jsonl", &["--since", "2022-01-01", "--until", "2023-01-01"]);
    pull(&program, "users.jsonl", &["--since", "last", "--until", "2024-01-01"]);
    pull(&program, "users.jsonl", &["--since", "2015-01-01", "--until", "2024-01-01"]);
    let gap = pull(&program, "users.jsonl", &["--since", "2025-06-01", "--until", "2025-07-01"]);
    assert_eq!(gap["mark"], "2024-01-01T00:00:00+08:00");
    pull(&program, "users.jsonl", &["--since", "last", "--until", "2026-02-01"]);
    assert_eq!(ids_of_jsonl(&program.read("users.jsonl")), program.ids());
    std::fs::remove_file(program.path("users.jsonl")).unwrap();
    pull(&program, "users.jsonl", &["--since", "2015-01-01", "--until", "2026-02-01"]);
    assert_eq!(ids_of_jsonl(&program.read("users.jsonl")), program.ids());
}

#[test]
fn doctor_and_a_call_of_the_token_change_nothing() {
    let program = Program::new(10);
    let refused = program.run(&["doctor", "xiaoe", "--operation", "points_deduct"]).ended(2);
    assert!(refused.err.contains("changes nothing"), "{}", refused.err);
    program.run(&["show", "xiaoe", "token"]).ended(0);
}

#[test]
fn an_unfinished_pull_is_gone_on_with_only_where_nothing_else_is_asked_for() {
    let program = Program::new(CUSTOMERS);
    let arguments = ["pull", "xiaoe", "user_list_v2", "--to", "shop.db", "--quiet", "--by", "user_created_start", "--concurrency", "1"];
    program.mock.fault(Fault::Status { status: 404, retry_after: None }).on("xiaoe/user_list_v2").at_calls([4, 5, 6, 7]);
    program.run(&[&arguments[..], &["--since", "2021-01-01"]].concat()).ended(1);
    let refused = program.run(&[&arguments[..], &["--since", "2015-01-01"]].concat()).ended(2);
    assert!(refused.err.contains("not at its end"), "{}", refused.err);
    program.mock.clear_faults();
    program.run(&[&arguments[..], &["--since", "last"]].concat()).ended(0);
    assert_eq!(ids_of_sqlite(&program.path("shop.db")), program.ids());
}
