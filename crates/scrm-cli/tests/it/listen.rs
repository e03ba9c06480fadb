//! `scrm listen` as a process, against what the box sends.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use scrm_mock::{PushState, Subscription};
use serde_json::{Value, json};

use crate::program::{Program, bare, ran};

const TOKEN: &str = "token_made_up_01";
const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

/// A listener that runs, and what it printed.
struct Listener {
    child: Child,
    address: String,
    out: JoinHandle<String>,
    err: Arc<Mutex<String>>,
    reader: JoinHandle<()>,
}

impl Listener {
    fn start(program: &Program, arguments: &[&str]) -> Self {
        Listener::of(command(program, arguments))
    }

    fn of(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap());
        let mut text = String::new();
        let address = loop {
            let mut line = String::new();
            assert!(lines.read_line(&mut line).unwrap() > 0, "it ended: {text}");
            text += &line;
            if let Some((_, rest)) = line.split_once("Listening on http://") {
                break rest.split('/').next().unwrap().to_owned();
            }
        };
        let err = Arc::new(Mutex::new(text));
        let told = Arc::clone(&err);
        let reader = thread::spawn(move || lines.lines().map_while(Result::ok).for_each(|line| *told.lock().unwrap() += &(line + "\n")));
        let mut stdout = child.stdout.take().unwrap();
        let out = thread::spawn(move || {
            let mut text = String::new();
            stdout.read_to_string(&mut text).unwrap();
            text
        });
        Listener { child, address, out, err, reader }
    }

    fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Ends it as Ctrl-C does; what it printed.
    fn interrupt(mut self) -> (i32, String, String) {
        let sent = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        self.reader.join().unwrap();
        (code, self.out.join().unwrap(), Arc::try_unwrap(self.err).unwrap().into_inner().unwrap())
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends a request by hand; the whole answer.
    fn said(&self, path: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

fn command(program: &Program, arguments: &[&str]) -> Command {
    let mut command = program.command(&[&["--lang", "en", "listen"], arguments, &["--address", "127.0.0.1:0"]].concat());
    command.env("XIAOE_PUSH_TOKEN", TOKEN).env("XIAOE_PUSH_KEY", KEY).env("RABBITPRE_SIGNING_SECRET", TOKEN);
    command
}

fn subscribe(program: &Program, vendor: &str, listener: &Listener, nasty: f64) {
    let subscription = Subscription::new(vendor, listener.url()).sealed(TOKEN, KEY).speed(5_000.0).nasty(nasty);
    program.mock.subscribe(subscription).unwrap();
}

/// Waits until nothing is under way.
fn settle(program: &Program) {
    let began = Instant::now();
    while program.mock.pushes().iter().any(|push| push.state == PushState::Waiting) {
        assert!(began.elapsed() < Duration::from_secs(120), "{:?}", program.mock.pushes());
        thread::sleep(Duration::from_millis(20));
    }
}

fn events(program: &Program) -> Vec<Value> {
    program.read("events.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn events_stand_in_the_file_once_each_whatever_comes_and_whoever_dies() {
    let program = Program::new(20);
    let mut ids = Vec::new();
    let mut listener = Listener::start(&program, &["xiaoe", "--to", "events.jsonl"]);
    for round in 0..4 {
        subscribe(&program, "xiaoe", &listener, 0.3);
        for number in 0..25 {
            let push = ["xiaoe/order", "xiaoe/user_register", "xiaoe/alive_im"][number % 3];
            ids.push(program.mock.push(push, json!({ "user_id": format!("u_{round}_{number}") })).unwrap());
        }
        if round < 3 {
            // in the middle of it; what was answered is there, what was not comes again
            thread::sleep(Duration::from_millis(20 * round));
            let address = listener.address.clone();
            listener.kill();
            let mut again = program.command(&["--lang", "en", "listen", "xiaoe", "--to", "events.jsonl", "--address", &address]);
            again.env("XIAOE_PUSH_TOKEN", TOKEN).env("XIAOE_PUSH_KEY", KEY);
            listener = Listener::of(again);
        }
    }
    settle(&program);
    let (code, out, err) = listener.interrupt();
    assert_eq!(code, 0, "{err}");
    assert!(err.contains(" refused") && err.contains("refused: the request is not verified"), "{err}");
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for event in events(&program) {
        assert_eq!((&event["verified"], event["signature"].as_str().map(str::len)), (&json!(true), Some(40)));
        *counts.entry(event["id"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    let taken: Vec<&str> = ids.iter().map(String::as_str).collect();
    let pushes = program.mock.pushes();
    for push in pushes.iter().filter(|push| push.state == PushState::Taken) {
        assert_eq!(counts.get(&push.message_id), Some(&1), "{push:?}");
    }
    assert!(pushes.iter().filter(|push| push.state == PushState::Taken).count() >= 75, "{pushes:?}");
    assert!(counts.iter().all(|(id, count)| *count == 1 && taken.contains(&id.as_str())), "{counts:?}");
    assert!(out.lines().all(|line| line.contains(" verified ")), "{out}");
    assert!(out.contains(" order Order placed") || out.contains(" user_register User registered"), "{out}");
}

#[test]
fn callbacks_are_taken_and_those_that_ask_are_told() {
    let program = Program::new(20);
    let listener = Listener::start(&program, &["rabbitpre", "--to", "-"]);
    subscribe(&program, "rabbitpre", &listener, 0.0);
    for push in ["prize_won", "coupon_issued", "work_change", "customer_tagged"] {
        program.mock.push(&format!("rabbitpre/{push}"), json!({})).unwrap();
    }
    settle(&program);
    program.mock.push("rabbitpre/prize_shelf_list", json!({})).unwrap();
    settle(&program);
    assert!(listener.said("/", "{}").starts_with("HTTP/1.1 401"));
    let (code, out, err) = listener.interrupt();
    assert_eq!(code, 0, "{err}");
    let mut kinds: Vec<String> =
        out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["kind"].as_str().unwrap().to_owned()).collect();
    kinds.sort();
    assert_eq!(kinds, ["coupon_issued", "customer_tagged", "prize_won", "work_change"]);
    assert!(err.contains("what asks for an answer needs a program of its own"), "{err}");
    assert!(err.contains("4 events, 0 repetitions, 2 refused"), "{err}");
}

#[test]
fn unverified_ones_are_told_and_what_nobody_documented_is_shown_raw() {
    let program = Program::new(1);
    let listener = Listener::start(&program, &["xiaoe", "--unverified"]);
    let body = "<type>moon_landing</type><message_id>m-1</message_id><xe_data><x>1\u{1b}[2J</x></xe_data>";
    assert!(listener.said("/", body).ends_with("\r\n\r\nsuccess"));
    assert!(listener.said("/", body).ends_with("\r\n\r\nsuccess"));
    assert!(listener.said("/", "what").starts_with("HTTP/1.1 400"));
    let (code, out, err) = listener.interrupt();
    assert_eq!((code, out.lines().count()), (0, 1), "{out}{err}");
    assert!(out.contains(" UNVERIFIED moon_landing not documented id=m-1 \"<type>moon_landing</type>"), "{out}");
    assert!(!out.contains('\u{1b}') && !err.contains('\u{1b}'));
    assert!(err.contains("Nothing is verified") && err.contains("refused: the body cannot be read"), "{err}");
    assert!(err.contains("1 events, 1 repetitions, 1 refused"), "{err}");
}

#[test]
fn where_nobody_reads_it_ends_and_nothing_is_answered() {
    let program = Program::new(1);
    let mut command = command(&program, &["xiaoe", "--unverified", "--to", "-"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let line = lines.find_map(|line| line.unwrap().split_once("Listening on http://").map(|(_, rest)| rest.to_owned())).unwrap();
    let mut stream = TcpStream::connect(line.split('/').next().unwrap()).unwrap();
    let body = "<type>x</type><message_id>1</message_id>";
    write!(stream, "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 503") && !answer.contains("success"), "{answer}");
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let rest: Vec<String> = lines.map_while(Result::ok).collect();
    assert!(rest.iter().any(|line| line == "scrm: nobody reads standard output any more"), "{rest:?}");
}

#[test]
fn what_is_missing_or_wrong_is_told_before_anything_is_received() {
    let program = Program::new(1);
    let told = |command: &mut Command, code: i32| ran(&command.output().unwrap()).ended(code).err;
    let listen = |arguments: &[&str]| bare(&[&["--lang", "en", "listen"], arguments].concat());
    let missing = told(&mut listen(&["xiaoe"]), 2);
    assert!(missing.contains("XIAOE_PUSH_TOKEN is not set, nor push_token in a profile"), "{missing}");
    let id = told(listen(&["xiaoe"]).env("XIAOE_PUSH_TOKEN", TOKEN).env("XIAOE_PUSH_KEY", KEY), 2);
    assert!(id.contains("XIAOE_APP_ID is not set"), "{id}");
    let key = told(listen(&["xiaoe", "--any-id"]).env("XIAOE_PUSH_TOKEN", TOKEN).env("XIAOE_PUSH_KEY", "short"), 2);
    assert!(key.contains("no key of 43 letters and digits"), "{key}");
    assert!(told(&mut listen(&["beschannels"]), 2).contains("sends nothing on its own that is documented; xiaoe, rabbitpre do"));
    std::fs::write(program.path("notes.txt"), "my notes").unwrap();
    let other = told(&mut command(&program, &["xiaoe", "--to", "notes.txt"]), 2);
    assert!(other.contains("line 1 is no event") && program.read("notes.txt") == "my notes", "{other}");
    let redis = told(&mut command(&program, &["xiaoe", "--seen", "redis://:secret@127.0.0.1:1/"]), 1);
    assert!(redis.contains("--seen: Redis cannot be reached") && !redis.contains("secret"), "{redis}");
    let running = Listener::start(&program, &["xiaoe", "--to", "events.jsonl"]);
    let second = told(&mut command(&program, &["xiaoe", "--to", "events.jsonl"]), 1);
    assert!(second.contains("another pull or listener into it is running"), "{second}");
    let mut taken = program.command(&["--lang", "en", "listen", "xiaoe", "--unverified", "--address", &running.address]);
    assert!(told(&mut taken, 1).contains(&running.address));
    running.kill();
}

#[test]
fn a_profile_may_hold_what_is_verified_with_and_other_commands_do_not_mind() {
    let program = Program::new(5);
    let mut text = format!("[shop.xiaoe]\npush_token = \"{TOKEN}\"\npush_key = \"{KEY}\"\n");
    for (name, value) in program.mock.credentials("xiaoe") {
        text += &format!("{name} = \"{value}\"\n");
    }
    std::fs::write(program.path("profiles.toml"), text).unwrap();
    std::fs::set_permissions(program.path("profiles.toml"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let with_profile = |arguments: &[&str]| {
        let mut command = bare(arguments);
        command.current_dir(program.folder()).env("HOME", program.folder()).env("SCRM_PROFILES", program.path("profiles.toml"));
        command.env("XIAOE_BASE_URL", program.mock.base_url("xiaoe")).env("SCRM_PROFILE", "shop");
        command
    };
    let listener = Listener::of(with_profile(&["--lang", "en", "listen", "xiaoe", "--address", "127.0.0.1:0"]));
    subscribe(&program, "xiaoe", &listener, 0.0);
    program.mock.push("xiaoe/user_register", json!({})).unwrap();
    settle(&program);
    let (_, out, err) = listener.interrupt();
    assert!(out.contains(" verified user_register ") && out.contains("\"user_id\":"), "{out}{err}");
    ran(&with_profile(&["call", "xiaoe", "user_list_v2"]).output().unwrap()).ended(0);
}
