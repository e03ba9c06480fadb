//! The quota that processes share, against a Redis of its own: how many takes it serves, what each costs it, and how many a shop needs.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use redis::{Script, aio::MultiplexedConnection, pipe};
use scrm_core::quota::{QuotaRule, RateLimiter, ReturnedSlot, SharedQuota, Take, Taken};
use scrm_redis::RedisQuota;

use crate::{
    report::{Figure, Goal, Report, time},
    usage,
};

/// What the script answers; the status first, 0 where all is well.
type Answer = (u8, u64, u64, u64, u64, u64, u64, u64);

/// How long each way is measured.
const LASTS: Duration = Duration::from_millis(1500);
const AT_ONCE: usize = 64;
const NOTHING: &str = "return {0, 1, 1, 0, 0, 0, 0, 0}";
const WHOLE: &str = concat!(include_str!("../../../scrm-redis/src/lua/clock.lua"), include_str!("../../../scrm-redis/src/lua/take.lua"));

pub(super) fn run(report: &mut Report) -> Result<(), String> {
    let Some(server) = Server::start()? else {
        report.push(Figure::plain("shared quota in Redis", "not measured", "no redis-server on this machine".to_owned()));
        return Ok(());
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    runtime.block_on(async {
        takes(report, &server).await?;
        shops(report, &server).await
    })
}

/// What a way of taking came to.
struct Rate {
    /// A second.
    takes: f64,
    /// Processor seconds of Redis and of this process for one.
    redis: f64,
    own: f64,
}

async fn takes(report: &mut Report, server: &Server) -> Result<(), String> {
    let benchmark = "shared quota in Redis";
    let quota = RedisQuota::new(&server.url()).map_err(|error| error.to_string())?;
    let rule = QuotaRule::new(1_000_000, Duration::from_secs(1));
    let callers: Vec<_> = (0..AT_ONCE).map(|number| Caller { quota: &quota, rule, number, want: 1 }).collect();
    let many: Vec<_> = callers.iter().map(|caller| Caller { want: 64, number: caller.number + AT_ONCE, ..*caller }).collect();
    let mut connection = server.connection().await?;
    let one = server.rate(1, join_all(callers.iter().take(1).map(Caller::take_on))).await?;
    let at_once = server.rate(1, join_all(callers.iter().map(Caller::take_on))).await?;
    let batched = server.rate(1, join_all(many.iter().map(Caller::take_on))).await?;
    let in_pipes = server.rate(AT_ONCE, piped(&mut connection, WHOLE)).await?;
    let nothing = server.rate(AT_ONCE, piped(&mut connection, NOTHING)).await?;
    let mut push = |variant: &str, rate: &Rate, goal: Option<Goal>| {
        let measured = format!("{:.0} a second; {} of Redis, {} of the client each", rate.takes, time(rate.redis), time(rate.own));
        report.push(Figure { ratio: Some(rate.redis / at_once.redis), goal, ..Figure::plain(benchmark, variant, measured) });
    };
    push("takes of one slot, 64 callers at once", &at_once, Some(Goal { value: at_once.redis * 1e6, at_most: 60.0 }));
    push("one caller, one take after the other", &one, None);
    push("takes of 64 slots, 64 callers at once", &batched, None);
    push("takes of one slot, 64 in a pipeline", &in_pipes, None);
    push("a script that does nothing, 64 in a pipeline", &nothing, None);
    Ok(())
}

/// One of many who take a slot, give it back and take the next.
#[derive(Clone, Copy)]
struct Caller<'a> {
    quota: &'a RedisQuota,
    rule: QuotaRule,
    number: usize,
    want: u32,
}

impl Caller<'_> {
    async fn take_on(&self) -> Result<usize, String> {
        let key = format!("acme:shop-{}:user_list", self.number);
        let (began, mut takes) = (Instant::now(), 0);
        let (mut held, mut memory) = (Vec::new(), None);
        while began.elapsed() < LASTS {
            let remembered = memory.as_ref().map(|memory| (memory, Duration::ZERO));
            let take =
                Take { member: "1", want: self.want, returned: &held, complete: false, busy_for: self.rule.window, memory: remembered };
            match self.quota.take(&key, &self.rule, &take).await {
                Ok((Taken::Slots(slots), remember)) => {
                    held = slots.into_iter().map(|slot| ReturnedSlot { slot, free_in: self.rule.window }).collect();
                    memory = Some(remember);
                }
                Ok((other, _)) => return Err(format!("no slot, but {other:?}")),
                Err(error) => return Err(error.to_string()),
            }
            takes += 1;
        }
        Ok(takes)
    }
}

/// The same script, so many of it in each question; how many questions.
async fn piped(connection: &mut MultiplexedConnection, script: &str) -> Vec<Result<usize, String>> {
    let script = Script::new(script);
    let (began, mut questions) = (Instant::now(), 0);
    while began.elapsed() < LASTS {
        let mut pipe = pipe();
        pipe.load_script(&script).ignore();
        for number in 0..AT_ONCE {
            let key = |part: &str| format!("scrm:quota:{{acme:piped-{number}:user_list}}:{part}");
            let mut invocation = script.key(key("slots"));
            invocation.key(key("state")).key(key("members"));
            for argument in [1_000_000_u64, 1_000_000, 1_000_000, 1, 1, 0, 1_000_000, 0, 0, 0, 0, 0] {
                invocation.arg(argument);
            }
            pipe.invoke_script(&invocation);
        }
        let answers: Result<Vec<Answer>, _> = pipe.query_async(connection).await;
        match answers {
            Ok(answers) if answers.iter().all(|answer| answer.0 == 0) => questions += 1,
            Ok(_) => return vec![Err("no slot".to_owned())],
            Err(error) => return vec![Err(error.to_string())],
        }
    }
    vec![Ok(questions)]
}

/// How many scripts Redis runs for shops that call seldom, and for one that calls as fast as it may.
async fn shops(report: &mut Report, server: &Server) -> Result<(), String> {
    const SHOPS: usize = 500;
    const SELDOM: Duration = Duration::from_secs(10);
    let benchmark = "shared quota, the client's side, 3000 calls in 10 s";
    let quota: Arc<dyn SharedQuota> = Arc::new(RedisQuota::new(&server.url()).map_err(|error| error.to_string())?);
    let rule = QuotaRule::new(3000, Duration::from_secs(10));
    let limiter = |name: String| RateLimiter::shared(rule, name, quota.clone(), None);
    let limiters: Vec<_> = (0..SHOPS).map(|number| limiter(format!("acme:seldom-{number}:user_list"))).collect();
    let before = server.scripts()?;
    for limiter in &limiters {
        call(limiter).await?;
        tokio::time::sleep(SELDOM / u32::try_from(SHOPS * 2).unwrap_or(1)).await;
    }
    // Until the last has heard that its slot is free.
    tokio::time::sleep(rule.window + Duration::from_secs(3)).await;
    #[allow(clippy::cast_precision_loss)]
    let each = (server.scripts()? - before) / SHOPS as f64;
    report.push(Figure::plain(benchmark, "scripts for one call of a shop that calls seldom", format!("{each:.1}")));
    drop(limiters);

    let (busy, before, own) = (limiter("acme:busy:user_list".to_owned()), server.scripts()?, usage::own());
    let caller = async || {
        let (began, mut calls) = (Instant::now(), 0_u32);
        while began.elapsed() < LASTS && calls < 3000 / 16 {
            call(&busy).await?;
            tokio::time::sleep(Duration::from_millis(1)).await;
            calls += 1;
        }
        Ok::<_, String>(calls)
    };
    let calls = join_all((0..16).map(|_| caller())).await.into_iter().sum::<Result<u32, _>>()?;
    let (scripts, own) = ((server.scripts()? - before) / f64::from(calls), (usage::own() - own) / f64::from(calls));
    let measured = format!("{scripts:.2}, {} of the client", time(own));
    report.push(Figure::plain(benchmark, "scripts for one call of a shop that calls 16 at once", measured));
    Ok(())
}

async fn call(limiter: &Arc<RateLimiter>) -> Result<(), String> {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
    limiter.acquire(deadline).await.map(scrm_core::quota::Permit::answered).map_err(|error| error.to_string())
}

struct Server {
    child: Child,
    port: u16,
    folder: PathBuf,
}

impl Server {
    /// `None`: there is none on this machine.
    fn start() -> Result<Option<Self>, String> {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).map_err(|error| error.to_string())?.port();
        let folder = std::env::temp_dir().join(format!("scrm-bench-redis-{}", std::process::id()));
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let mut command = Command::new("redis-server");
        command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir"]).arg(&folder);
        let child = match command.stdout(Stdio::null()).spawn() {
            Ok(child) => child,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let _ = fs::remove_dir_all(&folder);
                return Ok(None);
            }
            Err(error) => return Err(format!("redis-server: {error}")),
        };
        let server = Server { child, port, folder };
        for _ in 0..100 {
            if server.told("server").is_ok() {
                return Ok(Some(server));
            }
            thread::sleep(Duration::from_millis(50));
        }
        Err("redis-server does not answer".to_owned())
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    async fn connection(&self) -> Result<MultiplexedConnection, String> {
        let client = redis::Client::open(self.url()).map_err(|error| error.to_string())?;
        client.get_multiplexed_async_connection().await.map_err(|error| error.to_string())
    }

    /// What the work came to; `each`: takes in one of what it counts.
    #[allow(clippy::cast_precision_loss)]
    async fn rate(&self, each: usize, work: impl Future<Output = Vec<Result<usize, String>>>) -> Result<Rate, String> {
        let (redis, own, began) = (self.processor_seconds()?, usage::own(), Instant::now());
        let counted = work.await.into_iter().sum::<Result<usize, _>>()?;
        let takes = (counted * each) as f64;
        let (seconds, own) = (began.elapsed().as_secs_f64(), usage::own() - own);
        Ok(Rate { takes: takes / seconds, redis: (self.processor_seconds()? - redis) / takes, own: own / takes })
    }

    fn processor_seconds(&self) -> Result<f64, String> {
        let told = self.told("cpu")?;
        let seconds = |name: &str| told.get(name).and_then(|value| value.parse::<f64>().ok()).unwrap_or_default();
        Ok(seconds("used_cpu_user") + seconds("used_cpu_sys"))
    }

    /// How many scripts it has run.
    fn scripts(&self) -> Result<f64, String> {
        let told = self.told("commandstats")?;
        let calls = |name: &str| told.get(name)?.strip_prefix("calls=")?.split(',').next()?.parse::<f64>().ok();
        Ok(calls("cmdstat_evalsha").unwrap_or_default() + calls("cmdstat_eval").unwrap_or_default())
    }

    /// A section of `INFO`.
    fn told(&self, section: &str) -> Result<BTreeMap<String, String>, String> {
        let asked = || {
            let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
            stream.write_all(format!("INFO {section}\r\nQUIT\r\n").as_bytes())?;
            let mut told = String::new();
            stream.read_to_string(&mut told)?;
            Ok::<_, io::Error>(told)
        };
        let told = asked().map_err(|error| format!("redis-server: {error}"))?;
        Ok(told.lines().filter_map(|line| line.split_once(':')).map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}
