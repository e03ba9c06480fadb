//! Pushes through a real receiver process and a real Redis, both of which die: each is taken exactly once by a sink that commits.

use std::{
    collections::{HashMap, HashSet},
    env,
    fs::{self, File, OpenOptions},
    io::{Read as _, Seek as _, SeekFrom, Write as _},
    net::{SocketAddr, TcpListener as StdListener},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use acme_client::push::Event;
use scrm_push::{BoxError, Claim, Message, Receiver, Sealed, SeenStore as _, Sink, WechatSeal, async_trait};
use scrm_redis::RedisSeen;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::server::{Redis, prefix};

const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

fn seal() -> WechatSeal {
    WechatSeal::new("token_made_up_01".to_owned(), KEY, "shop-1").unwrap()
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn sealed(id: &str) -> Sealed {
    let body = format!(
        "<doc><type>user_add</type><app_id>shop-1</app_id><message_id>{id}</message_id><data><user_id>u-{id}</user_id></data></doc>"
    );
    seal().seal(body.as_bytes(), now(), "nonce", [7; 16])
}

/// A sink that commits: one line an id in a file, flushed to the disk's cache before it says so. What a killed process left half is cut off.
struct Lines {
    held: Mutex<(File, HashSet<String>)>,
}

impl Lines {
    fn open(path: &Path) -> Self {
        let mut file = OpenOptions::new().create(true).read(true).append(true).open(path).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        file.set_len(whole as u64).unwrap();
        file.seek(SeekFrom::End(0)).unwrap();
        let ids = text[..whole].lines().map(str::to_owned).collect();
        Lines { held: Mutex::new((file, ids)) }
    }
}

#[async_trait]
impl Sink<Event> for Lines {
    async fn take(&self, message: &Arc<Message<Event>>) -> Result<(), BoxError> {
        let id = message.id.clone().ok_or("no id")?;
        let mut held = self.held.lock().map_err(|_| "poisoned")?;
        if held.1.contains(&id) {
            return Ok(());
        }
        held.0.write_all(format!("{id}\n").as_bytes())?;
        held.1.insert(id);
        Ok(())
    }
}

/// The receiver's process: started by the test below, ends when it is killed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn receiver_process() {
    let Ok(settings) = env::var("SCRM_TEST_RECEIVER") else { return };
    let [redis, prefix, port, file] = settings.split(' ').collect::<Vec<_>>().try_into().unwrap();
    let seen = RedisSeen::new(redis).unwrap().with_prefix(prefix).with_lease(Duration::from_secs(1));
    let receiver = Receiver::<Event>::builder(seal(), Lines::open(Path::new(file))).seen(seen).build();
    let listener = TcpListener::bind(("127.0.0.1", port.parse::<u16>().unwrap())).await.unwrap();
    axum::serve(listener, receiver.router()).await.unwrap();
}

fn start(settings: &str) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", "pushes::receiver_process", "--nocapture"])
        .env("SCRM_TEST_RECEIVER", settings)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// One connection of a vendor, made anew when it broke.
struct Line {
    address: SocketAddr,
    stream: Option<TcpStream>,
}

impl Line {
    /// The answer's body; `None`: nobody answered.
    async fn send(&mut self, sealed: &Sealed) -> Option<String> {
        let answer = tokio::time::timeout(Duration::from_secs(5), self.exchange(sealed)).await.ok().flatten();
        if answer.is_none() {
            self.stream = None;
        }
        answer
    }

    async fn exchange(&mut self, sealed: &Sealed) -> Option<String> {
        if self.stream.is_none() {
            self.stream = Some(TcpStream::connect(self.address).await.ok()?);
        }
        let stream = self.stream.as_mut()?;
        let head = format!("POST /?{} HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", sealed.query, sealed.body.len());
        stream.write_all(format!("{head}{}", sealed.body).as_bytes()).await.ok()?;
        let mut answer = Vec::new();
        loop {
            let mut piece = [0; 1024];
            let read = stream.read(&mut piece).await.ok().filter(|read| *read > 0)?;
            answer.extend_from_slice(&piece[..read]);
            let text = String::from_utf8_lossy(&answer);
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok())?;
                if body.len() >= length {
                    return Some(body.to_owned());
                }
            }
        }
    }
}

/// What a vendor does with one push: again and again, the documented clock sped up, until it was told `success`.
async fn deliver(line: &mut Line, id: &str, answered: &AtomicUsize) {
    let sealed = sealed(id);
    for attempt in 0..100_000_u64 {
        if line.send(&sealed).await.as_deref() == Some("success") {
            answered.fetch_add(1, Ordering::Relaxed);
            return;
        }
        tokio::time::sleep(Duration::from_millis((5 << attempt.min(6)) + attempt % 7)).await;
    }
    panic!("{id} was never taken");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_push_is_taken_once_whoever_dies() {
    let Some(mut redis) = Redis::start() else { return };
    // cargo test -p scrm-redis --features push --test it each_push -- --nocapture, with SCRM_PUSHES=100000
    let pushes: usize = env::var("SCRM_PUSHES").ok().and_then(|count| count.parse().ok()).unwrap_or(2_000);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("taken");
    let port = StdListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let settings = format!("{} {} {port} {}", redis.url(), prefix(), file.display());
    let mut receiver = start(&settings);
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let (next, answered, repeated, bad, over) = (
        Arc::new(AtomicUsize::new(0)),
        Arc::new(AtomicUsize::new(0)),
        Arc::new(AtomicUsize::new(0)),
        Arc::new(AtomicUsize::new(0)),
        Arc::new(AtomicBool::new(false)),
    );
    let lines: Vec<_> = (0..16)
        .map(|_| {
            let (next, answered, repeated, bad) = (Arc::clone(&next), Arc::clone(&answered), Arc::clone(&repeated), Arc::clone(&bad));
            tokio::spawn(async move {
                let mut line = Line { address, stream: None };
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= pushes {
                        return;
                    }
                    // Every tenth comes twice at once, on another line; every twentieth is followed by one that is damaged or somebody else's.
                    if number % 10 == 3 {
                        let mut second = Line { address, stream: None };
                        let id = format!("p{number}");
                        let (one, other) = (deliver(&mut line, &id, &answered), deliver(&mut second, &id, &repeated));
                        tokio::join!(one, other);
                    } else {
                        deliver(&mut line, &format!("p{number}"), &answered).await;
                    }
                    if number % 20 == 7 {
                        let mut damaged = sealed(&format!("bad{number}"));
                        damaged.query = damaged.query.replace("msg_signature=", "msg_signature=0");
                        assert_ne!(line.send(&damaged).await.as_deref(), Some("success"));
                        bad.fetch_add(1, Ordering::Relaxed);
                    }
                }
            })
        })
        .collect();
    let watched = Arc::clone(&over);
    let ended = tokio::spawn(async move {
        for line in lines {
            line.await.unwrap();
        }
        watched.store(true, Ordering::Relaxed);
    });
    // The receiver is killed eight times, Redis four times, at even distances.
    let (mut kills, mut restarts) = (0, 0);
    while !over.load(Ordering::Relaxed) {
        tokio::time::sleep(Duration::from_millis(5)).await;
        let done = next.load(Ordering::Relaxed);
        if kills < 8 && done > pushes * (kills + 1) / 9 {
            receiver.kill().unwrap();
            receiver.wait().unwrap();
            receiver = start(&settings);
            kills += 1;
        }
        if restarts < 4 && done > pushes * (2 * restarts + 1) / 9 + pushes / 18 {
            redis.kill();
            tokio::time::sleep(Duration::from_millis(50)).await;
            redis.restart();
            restarts += 1;
        }
    }
    ended.await.unwrap();
    receiver.kill().unwrap();
    receiver.wait().unwrap();
    let text = fs::read_to_string(&file).unwrap();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for id in text.lines() {
        *counts.entry(id).or_default() += 1;
    }
    println!(
        "{pushes} pushes, {} answered, {} doubles answered, {} bad ones refused, receiver killed {kills} times, Redis restarted {restarts} times: {} ids taken, {} lines",
        answered.load(Ordering::Relaxed),
        repeated.load(Ordering::Relaxed),
        bad.load(Ordering::Relaxed),
        counts.len(),
        text.lines().count()
    );
    assert_eq!((counts.len(), text.lines().count()), (pushes, pushes));
    assert!((0..pushes).all(|number| counts.get(format!("p{number}").as_str()) == Some(&1)));
    assert_eq!((answered.load(Ordering::Relaxed), kills, restarts), (pushes, 8, 4));
}

#[tokio::test]
async fn a_claim_is_one_receivers_until_it_is_done_or_released() {
    let Some(redis) = Redis::start() else { return };
    let store = || RedisSeen::new(&redis.url()).unwrap().with_prefix("seen-test");
    let (one, other) = (store(), store());
    let keys = |keys: [&str; 2]| keys.map(str::to_owned);
    let (k, l) = (keys(["k", "both"]), keys(["l", "both"]));
    assert_eq!(one.claim(&k, "one").await.unwrap(), Claim::Yours);
    assert_eq!(one.claim(&k, "one").await.unwrap(), Claim::Yours);
    assert_eq!(other.claim(&l, "other").await.unwrap(), Claim::Busy);
    other.release(&k, "other").await.unwrap();
    assert_eq!(other.claim(&k, "other").await.unwrap(), Claim::Busy);
    one.release(&k, "one").await.unwrap();
    assert_eq!(other.claim(&l, "other").await.unwrap(), Claim::Yours);
    let kept = Duration::from_secs(80 * 3600);
    other.done(&l, "other", kept, None).await.unwrap();
    assert_eq!(one.claim(&k, "one").await.unwrap(), Claim::Done(None));
    let mut connection = redis.connection();
    for key in ["l", "both"] {
        let lives: i64 = redis::cmd("PTTL").arg(format!("seen-test:seen:{key}")).query(&mut connection).unwrap();
        assert!((79 * 3600 * 1000..=80 * 3600 * 1000).contains(&lives), "{lives}");
    }
    // of what could not be claimed whole, nothing is
    assert_eq!(redis::cmd("EXISTS").arg("seen-test:seen:k").query::<u8>(&mut connection).unwrap(), 0);
    for answer in [&b""[..], b"{\"code\":\"200\"}", b"\xff\0:done"] {
        one.done(&k, "one", kept, Some(answer)).await.unwrap();
        assert_eq!(other.claim(&l[1..], "other").await.unwrap(), Claim::Done(Some(answer.to_vec())));
    }
}

/// Takes a message only after so much time.
struct Slow(Duration, Arc<AtomicUsize>);

#[async_trait]
impl Sink<Event> for Slow {
    async fn take(&self, _: &Arc<Message<Event>>) -> Result<(), BoxError> {
        tokio::time::sleep(self.0).await;
        self.1.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sink_that_takes_longer_than_a_lease_gets_a_push_once() {
    let Some(redis) = Redis::start() else { return };
    let taken = Arc::new(AtomicUsize::new(0));
    let receiver = || {
        let seen = RedisSeen::new(&redis.url()).unwrap().with_prefix("slow-test").with_lease(Duration::from_secs(2));
        Receiver::<Event>::builder(seal(), Slow(Duration::from_secs(5), Arc::clone(&taken))).seen(seen).build()
    };
    let (one, other, sealed) = (receiver(), receiver(), Arc::new(sealed("p1")));
    let sent = Arc::clone(&sealed);
    let first = tokio::spawn(async move { one.receive(&[], &sent.query, sent.body.as_bytes()).await.reply.status });
    while !first.is_finished() {
        tokio::time::sleep(Duration::from_millis(100)).await;
        other.receive(&[], &sealed.query, sealed.body.as_bytes()).await;
    }
    assert_eq!(first.await.unwrap(), 200);
    assert_eq!(other.receive(&[], &sealed.query, sealed.body.as_bytes()).await.reply.body, b"success");
    assert_eq!(taken.load(Ordering::Relaxed), 1);
}
