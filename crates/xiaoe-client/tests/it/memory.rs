//! A pull's memory does not grow with its rows: the peak of a process that pulls ten times as many.

#![cfg(target_os = "linux")]

use std::{env, process::Stdio};

use scrm_mock::Mock;
use tokio::process::Command;
use xiaoe_client::{Client, Credentials, user::UserList};

/// Where the child finds the server; its presence tells that this is the child.
const SERVER: &str = "PULL_MEMORY_TEST_BASE_URL";

/// The child: pulls everything, and prints how many rows came. Run by itself, it does nothing.
#[tokio::test]
async fn child() {
    let Ok(base_url) = env::var(SERVER) else { return };
    let client = Client::builder(Credentials::from_env().unwrap()).base_url(base_url).build().unwrap();
    let mut users = client.user().list(UserList::new()).paginate().concurrency(16).items();
    let mut rows = 0_u64;
    while users.next().await.unwrap().is_some() {
        rows += 1;
    }
    assert!(users.summary().is_complete(), "{}", users.summary());
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap().trim().trim_end_matches(" kB").to_owned();
    eprintln!("pulled {rows} peak {peak}");
}

/// The peak of resident memory of a process that pulls so many users, in KiB.
async fn peak(users: u32) -> u64 {
    let mock = Mock::builder().customers(users).start().await.unwrap();
    let given = mock.credentials("xiaoe");
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", "memory::child", "--nocapture", "--test-threads=1"])
        .env(SERVER, mock.base_url("xiaoe"))
        .env("XIAOE_APP_ID", &given["app_id"])
        .env("XIAOE_CLIENT_ID", &given["client_id"])
        .env("XIAOE_SECRET_KEY", &given["secret_key"])
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let line = told.lines().find_map(|line| line.strip_prefix(&format!("pulled {users} peak ")));
    line.and_then(|peak| peak.parse().ok()).unwrap_or_else(|| panic!("{}: {told}", output.status))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_times_the_rows_need_no_more_memory() {
    let (few, many) = tokio::join!(peak(5_000), peak(50_000));
    // Fifty thousand users kept would be some tens of MiB.
    assert!(many < few * 13 / 10 + 4 * 1024, "{few} KiB for 5,000 users, {many} KiB for 50,000");
}
