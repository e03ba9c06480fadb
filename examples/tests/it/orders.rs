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
use xiaoe_client::{Client, Credentials, order::OrderListV2};

/// The example, built; it stands beside the folder of these tests.
fn program() -> PathBuf {
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--offline", "--package", "examples", "--example", "orders"]);
    assert!(if cfg!(debug_assertions) { &mut build } else { build.arg("--release") }.status().unwrap().success());
    let tests = env::current_exe().unwrap();
    tests.parent().unwrap().parent().unwrap().join("examples").join(format!("orders{}", env::consts::EXE_SUFFIX))
}

fn orders(program: &Path, mock: &Mock, folder: &Path) -> Command {
    let given = mock.credentials("xiaoe");
    let mut program = Command::new(program);
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
fn finished(program: &Path, mock: &Mock, folder: &Path) -> (String, String, Vec<String>) {
    let output = orders(program, mock, folder).output().unwrap();
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
    let built = program();
    let folder = env::temp_dir().join(format!("scrm-orders-{}", std::process::id()));
    let (whole, killed) = (folder.join("whole"), folder.join("killed"));

    let (sum, summary, ids) = finished(&built, &mock, &whole);
    let distinct: HashSet<&String> = ids.iter().collect();
    assert_eq!((distinct.len(), ids.len()), (ids.len(), mock_orders_of_2025(&mock)), "{summary}");
    assert!(summary.starts_with("complete") && summary.contains("of 12 windows of time"), "{summary}");

    // Each run stores a page at least, and dies at some moment after that, in the middle of whatever it does then.
    let (mut random, mut deaths) = (7_u64, 0);
    let state = || fs::read(killed.join("orders.state")).ok();
    for _ in 0..12 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let before = state();
        let mut program = orders(&built, &mock, &killed).spawn().unwrap();
        while state() == before && program.try_wait().unwrap().is_none() {
            thread::sleep(Duration::from_millis(1));
        }
        thread::sleep(Duration::from_millis((random >> 33) % 40));
        deaths += u32::from(program.try_wait().unwrap().is_none());
        program.kill().unwrap();
        program.wait().unwrap();
    }
    assert!(deaths >= 2, "{deaths}");
    let (again, summary, came) = finished(&built, &mock, &killed);
    assert_eq!((again, came.len()), (sum, ids.len()), "{summary}");
    assert_eq!(came.iter().collect::<HashSet<_>>(), distinct);
    fs::remove_dir_all(folder).unwrap();
}

fn mock_orders_of_2025(mock: &Mock) -> usize {
    mock.customers(0, mock.customer_count()).iter().filter(|customer| customer.text("created_at").starts_with("2025-")).count()
}

/// No row tells when it was paid, so the windows cannot be told apart by their rows.
#[tokio::test]
async fn orders_by_their_time_of_payment_come_once_over_all_windows() {
    let mock = Mock::builder().customers(300).start().await.unwrap();
    let given = mock.credentials("xiaoe");
    let credentials = Credentials::new(&given["app_id"], &given["client_id"], &given["secret_key"]);
    let client = Client::builder(credentials).base_url(mock.base_url("xiaoe")).build().unwrap();
    let request = OrderListV2::new().with_pay_time_start("2025-01-01 00:00:00").with_pay_time_end("2025-12-31 23:59:59");
    let mut orders = client.order().list_v2(request).paginate().items();
    let mut came = 0;
    while orders.next().await.unwrap().is_some() {
        came += 1;
    }
    assert_eq!(came, mock_orders_of_2025(&mock), "{}", orders.summary());
}
