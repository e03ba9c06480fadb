//! The example `orders`, killed again and again.

use std::{
    collections::HashSet,
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use scrm_mock::Mock;

/// Cargo builds the examples of a package with its tests, and puts them beside these.
fn program() -> PathBuf {
    let tests = env::current_exe().unwrap();
    tests.parent().unwrap().parent().unwrap().join("examples").join(format!("orders{}", env::consts::EXE_SUFFIX))
}

fn orders(mock: &Mock, folder: &Path) -> Command {
    let given = mock.credentials("xiaoe");
    let mut program = Command::new(program());
    program
        .arg(folder)
        .env("XIAOE_BASE_URL", mock.base_url("xiaoe"))
        .env("XIAOE_APP_ID", &given["app_id"])
        .env("XIAOE_CLIENT_ID", &given["client_id"])
        .env("XIAOE_SECRET_KEY", &given["secret_key"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    program
}

/// What the last run says of the sum, and the ids in the file.
fn finished(mock: &Mock, folder: &Path) -> (String, String, Vec<String>) {
    let output = orders(mock, folder).output().unwrap();
    let (text, complaints) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{complaints}");
    let line = |part: &str| text.lines().find(|line| line.contains(part)).unwrap_or_else(|| panic!("{text}")).to_owned();
    let rows = fs::read_to_string(folder.join("orders.jsonl")).unwrap();
    let id = |row: &str| {
        let row: serde_json::Value = serde_json::from_str(row).unwrap();
        row["order_info"]["order_id"].as_str().unwrap().to_owned()
    };
    (line("orders came to"), line("windows of time"), rows.lines().map(id).collect())
}

#[test]
fn a_year_of_orders_comes_once_however_often_the_program_is_killed() {
    // Two seconds of the vendor's quota, so that there is time to be killed in.
    let mock = Mock::builder().customers(15_000).start_blocking().unwrap();
    let folder = env::temp_dir().join(format!("scrm-orders-{}", std::process::id()));
    let (whole, killed) = (folder.join("whole"), folder.join("killed"));

    let (sum, summary, ids) = finished(&mock, &whole);
    let distinct: HashSet<&String> = ids.iter().collect();
    assert_eq!((distinct.len(), ids.len()), (ids.len(), mock_orders_of_2025(&mock)), "{summary}");
    assert!(summary.starts_with("complete") && summary.contains("of 12 windows of time"), "{summary}");

    let mut random = 7_u64;
    for _ in 0..12 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut program = orders(&mock, &killed).spawn().unwrap();
        thread::sleep(Duration::from_millis(30 + (random >> 33) % 300));
        program.kill().unwrap();
        program.wait().unwrap();
    }
    let (again, summary, came) = finished(&mock, &killed);
    assert_eq!((again, came.len()), (sum, ids.len()), "{summary}");
    assert_eq!(came.iter().collect::<HashSet<_>>(), distinct);
    fs::remove_dir_all(folder).unwrap();
}

fn mock_orders_of_2025(mock: &Mock) -> usize {
    mock.customers(0, mock.customer_count()).iter().filter(|customer| customer.text("created_at").starts_with("2025-")).count()
}
