//! `live_sync` as a process that is killed while users come: in the end its table has each of them once.

use std::{
    env,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use rusqlite::Connection;
use scrm_mock::{Customer, Mock, Subscription};
use serde_json::json;

const TOKEN: &str = "token_made_up_01";
const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

/// The program itself: `cargo run` would be killed in its place.
fn program() -> PathBuf {
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--offline", "--package", "examples", "--example", "live_sync"])
        .status()
        .unwrap();
    assert!(built.success());
    let folder = env::current_exe().unwrap();
    folder.ancestors().nth(2).unwrap().join("examples").join(format!("live_sync{}", env::consts::EXE_SUFFIX))
}

fn start(program: &Path, mock: &Mock, file: &Path, port: u16) -> Child {
    let given = mock.credentials("xiaoe");
    Command::new(program)
        .arg(file)
        .envs([
            ("XIAOE_APP_ID", given["app_id"].as_str()),
            ("XIAOE_CLIENT_ID", &given["client_id"]),
            ("XIAOE_SECRET_KEY", &given["secret_key"]),
            ("XIAOE_BASE_URL", &mock.base_url("xiaoe")),
            ("XIAOE_PUSH_TOKEN", TOKEN),
            ("XIAOE_PUSH_KEY", KEY),
            ("PORT", &port.to_string()),
        ])
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

fn count(file: &Path, query: &str) -> usize {
    let counted = Connection::open(file).and_then(|connection| connection.query_row(query, [], |row| row.get::<_, u32>(0)));
    usize::try_from(counted.unwrap_or(0)).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_comes_while_it_is_killed_is_there_in_the_end() {
    let program = program();
    let mock = Mock::builder().customers(120).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("users.sqlite");
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    mock.subscribe(Subscription::new("xiaoe", format!("http://127.0.0.1:{port}/")).sealed(TOKEN, KEY).speed(3000.0).nasty(0.2)).unwrap();
    let mut number = 0;
    for _ in 0..4 {
        let mut child = start(&program, &mock, &file, port);
        // Some come while it starts, pulls and receives; then it is killed.
        for _ in 0..10 {
            let phone = format!("199{number:08}");
            number += 1;
            mock.add_customers([Customer::new().with("phone", phone.as_str())]);
            mock.push("xiaoe/user_register", json!({ "phone": phone })).unwrap();
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // And some while nobody listens, of whom nothing is ever pushed.
        mock.add_customers((0..5).map(|_| Customer::new()));
    }
    let mut child = start(&program, &mock, &file, port);
    let (began, all) = (Instant::now(), mock.customer_count());
    assert_eq!(all, 120 + 4 * 15);
    while count(&file, "SELECT count(*) FROM users") < all && began.elapsed() < Duration::from_secs(120) {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(count(&file, "SELECT count(*) FROM users"), all);
    assert_eq!(count(&file, "SELECT count(DISTINCT user_id) FROM users WHERE user_id <> ''"), all);
    assert_eq!(count(&file, "SELECT count(*) FROM users WHERE phone LIKE '199%'"), number);
}
