//! The program with a box and a folder of its own.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use scrm_mock::{Builder, Mock};
use xiaoe_client::{Client, Credentials, user::UserListV2};

pub struct Program {
    pub mock: Mock,
    folder: tempfile::TempDir,
}

/// What a run of the program left.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Program {
    pub fn with(builder: Builder) -> Self {
        Program { mock: builder.start_blocking().unwrap(), folder: tempfile::tempdir().unwrap() }
    }

    pub fn new(customers: u32) -> Self {
        Program::with(Mock::builder().customers(customers))
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The program in its folder, with the box's addresses and credentials in its environment.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = bare(arguments);
        command.current_dir(self.folder()).env("HOME", self.folder()).envs(self.variables());
        command
    }

    pub fn variables(&self) -> BTreeMap<String, String> {
        let mut variables = BTreeMap::new();
        for vendor in [&xiaoe_client::VENDOR, &rabbitpre_client::VENDOR, &beschannels_client::VENDOR] {
            variables.insert(format!("{}_BASE_URL", vendor.name.to_uppercase()), self.mock.base_url(vendor.name));
            let given = self.mock.credentials(vendor.name);
            variables.extend(
                vendor.credentials.iter().filter_map(|credential| Some((credential.env.to_owned(), given.get(credential.name)?.clone()))),
            );
        }
        variables
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        ran(&self.command(arguments).output().unwrap())
    }

    pub fn spawn(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// The ids of the box's own list, by the typed client.
    pub fn ids(&self) -> Vec<String> {
        self.users(UserListV2::new())
    }

    pub fn users(&self, request: UserListV2) -> Vec<String> {
        let given = self.mock.credentials("xiaoe");
        let credentials = Credentials::new(&given["app_id"], &given["client_id"], &given["secret_key"]);
        let client = Client::builder(credentials).base_url(self.mock.base_url("xiaoe")).build().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut ids = runtime.block_on(async {
            let mut users = client.user().list_v2(request).paginate().items();
            let mut ids = Vec::new();
            while let Some(user) = users.next().await.unwrap() {
                ids.push(user.user_id.unwrap());
            }
            ids
        });
        ids.sort();
        ids
    }
}

/// The program without a box.
pub fn bare(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scrm"));
    command.args(arguments).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("COLUMNS", "80");
    command
}

pub fn ran(output: &Output) -> Ran {
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

impl Ran {
    #[track_caller]
    pub fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, code, "\nout: {}\nerr: {}", self.out, self.err);
        self
    }
}

/// The ids in a file of JSONL, sorted.
pub fn ids_of_jsonl(text: &str) -> Vec<String> {
    let mut ids: Vec<String> =
        text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["user_id"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids
}

/// The ids in a table of SQLite's, sorted.
pub fn ids_of_sqlite(path: &Path) -> Vec<String> {
    let connection = rusqlite::Connection::open(path).unwrap();
    let mut statement = connection.prepare("SELECT user_id FROM user_list_v2 ORDER BY user_id").unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

/// The ids in a CSV, sorted.
pub fn ids_of_csv(path: &Path) -> Vec<String> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let column = reader.headers().unwrap().iter().position(|name| name == "user_id").unwrap();
    let mut ids: Vec<String> = reader.records().map(|record| record.unwrap()[column].to_owned()).collect();
    ids.sort();
    ids
}

/// The ids in a Parquet file, sorted.
pub fn ids_of_parquet(path: &Path) -> Vec<String> {
    use parquet::{
        file::reader::{FileReader as _, SerializedFileReader},
        record::RowAccessor as _,
    };
    let reader = SerializedFileReader::new(fs::File::open(path).unwrap()).unwrap();
    let mut ids: Vec<String> = reader.get_row_iter(None).unwrap().map(|row| row.unwrap().get_string(0).unwrap().clone()).collect();
    ids.sort();
    ids
}
