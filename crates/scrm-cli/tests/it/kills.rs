//! Killed at random moments and started again, a pull gives each row once.

use std::{path::Path, time::Duration};

use scrm_mock::{Fault, Mock};

use crate::{
    program::{Program, bare, ids_of_csv, ids_of_jsonl, ids_of_parquet, ids_of_sqlite},
    server::Postgres,
};

const KILLS: u32 = 30;
const CUSTOMERS: u32 = 6000;
const OPERATION: &str = "xiaoe/user_list_v2";

/// Kills a pull again and again, lets it end, and says which ids there are.
fn killed(to: &str, seed: u64, faulty: bool, ids: impl Fn(&Path) -> Vec<String>) {
    let program = Program::with(Mock::builder().customers(CUSTOMERS).without_quotas());
    let expected = program.ids();
    assert_eq!(expected.len() as u32, CUSTOMERS);
    if faulty {
        program.mock.fault(Fault::Status { status: 503, retry_after: None }).on(OPERATION).probability(0.03);
        program.mock.fault(Fault::Truncated).on(OPERATION).probability(0.03);
        program.mock.fault(Fault::UnknownFields).on(OPERATION).probability(0.2);
    }
    let arguments = ["pull", "xiaoe", "user_list_v2", "--to", to, "--commit-every", "50", "--quiet", "--quota", "none"];
    let mut random = fastrand::Rng::with_seed(seed);
    let mut killed = 0;
    while killed < KILLS {
        let mut child = program.spawn(&arguments);
        // pages are counted, not moments: a slow machine gets as far as a fast one
        let pages = program.mock.calls(OPERATION) + random.u64(0..5);
        let ended = loop {
            if child.try_wait().unwrap().is_some() {
                break true;
            }
            if program.mock.calls(OPERATION) >= pages {
                break false;
            }
            std::thread::sleep(Duration::from_millis(1));
        };
        std::thread::sleep(Duration::from_micros(random.u64(0..20_000)));
        _ = child.kill();
        if !ended && !child.wait().unwrap().success() {
            killed += 1;
        } else {
            break;
        }
    }
    assert_eq!(killed, KILLS, "the pull came to its end before");
    let told: Vec<&str> = arguments.into_iter().filter(|word| *word != "--quiet").collect();
    let last = program.run(&told).ended(0);
    assert!(last.out.contains("complete"), "{}", last.out);
    let found = ids(program.folder());
    assert_eq!(found.len(), expected.len(), "after {killed} kills");
    assert!(found == expected, "after {killed} kills");
    // once more, from the beginning: the same rows and nothing else
    program.mock.clear_faults();
    program.run(&arguments).ended(0);
    assert!(ids(program.folder()) == expected);
}

#[test]
fn jsonl() {
    killed("users.jsonl", 1, true, |folder| ids_of_jsonl(&std::fs::read_to_string(folder.join("users.jsonl")).unwrap()));
}

#[test]
fn csv() {
    killed("users.csv", 2, true, |folder| ids_of_csv(&folder.join("users.csv")));
}

#[test]
fn parquet() {
    killed("users.parquet", 3, true, |folder| ids_of_parquet(&folder.join("users.parquet")));
}

#[test]
fn sqlite() {
    killed("shop.db", 4, true, |folder| ids_of_sqlite(&folder.join("shop.db")));
}

#[test]
fn postgres() {
    let Some(server) = Postgres::start() else { return };
    killed(&server.url(), 5, true, |_| server.ids());
}

/// The server hears of a kill when it is done with what the program had asked for.
#[test]
fn a_killed_pull_that_the_server_has_not_heard_of_is_waited_for() {
    let Some(server) = Postgres::start() else { return };
    let program = Program::new(10);
    let url = server.url();
    let arguments = ["pull", "xiaoe", "user_list_v2", "--to", url.as_str(), "--quiet"];
    let mut holder = server.client();
    holder.batch_execute("SELECT pg_advisory_lock(hashtext('scrm user_list_v2'))").unwrap();
    let refused = program.run(&arguments).ended(1);
    assert!(refused.err.contains("another pull into the table user_list_v2 is running"), "{}", refused.err);
    let going = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(1500));
        drop(holder);
    });
    program.run(&arguments).ended(0);
    going.join().unwrap();
    assert_eq!(server.ids(), program.ids());
}

#[test]
fn a_command_of_the_box_is_this_program_wherever_it_stands_and_keeps_no_token() {
    let own = bare(&["box", "--", "scrm", "operations", "xiaoe", "--search", "user_list_v2"]).env("PATH", "").output().unwrap();
    assert!(own.status.success() && String::from_utf8_lossy(&own.stdout).contains("user_list_v2"), "{own:?}");
    let kept = bare(&["box", "--", "/bin/sh", "-c", "echo $SCRM_TOKENS"]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&kept.stdout), "none\n");
}

#[test]
fn who_ends_the_box_ends_its_command() {
    use std::io::{BufRead as _, BufReader};
    let mut child = bare(&["box", "--", "sh", "-c", "trap 'echo told; exit 7' TERM; echo ready; while :; do sleep 0.05; done"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "ready");
    assert!(std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(lines.next().unwrap().unwrap(), "told");
    assert_eq!(child.wait().unwrap().code(), Some(7));
}
