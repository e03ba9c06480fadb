//! Receives and stores, until somebody ends it.

use std::{
    io::{self, Write as _},
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use scrm_push::{BoxError, Events, Message, Outcome, Receiver, Refusal, Seal, SeenStore, Sink, async_trait};
use tokio::{net::TcpListener, sync::watch};

use super::{events_file::EventsFile, events_file::keys, line};
use crate::{
    failure::Failure,
    language::{Language, both, say},
    pull, screen,
};

/// How long answers that are under way may take once the program is to end.
const LAST_ANSWERS: Duration = Duration::from_secs(5);
/// Refusals for the same reason are told so far apart.
const BETWEEN: Duration = Duration::from_secs(5);

/// What a listener does.
pub(crate) struct Setup {
    pub(crate) address: SocketAddr,
    pub(crate) seal: Box<dyn Seal>,
    pub(crate) seen: Box<dyn SeenStore>,
    pub(crate) to: To,
    pub(crate) language: Language,
}

/// Where events go.
pub(crate) enum To {
    /// Lines for people on standard output.
    Screen,
    /// Lines of JSON on standard output.
    Output,
    /// Lines of JSON in a file, and short ones for people on standard output.
    File(EventsFile),
}

/// How often what came of requests.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) taken: AtomicU64,
    pub(crate) repeated: AtomicU64,
    pub(crate) refused: AtomicU64,
    last: Mutex<Option<(String, Instant, u64)>>,
}

/// Listens until Ctrl-C, or until there is nobody to tell.
pub(crate) async fn serve<E: Events>(setup: Setup) -> Result<Arc<Told>, Failure> {
    let Setup { address, seal, seen, to, language } = setup;
    let (broken, mut breaks) = watch::channel(None);
    let told = Arc::new(Told::default());
    let observed = Arc::clone(&told);
    let receiver = Receiver::<E>::builder(seal, Printer { to: Arc::new(Mutex::new(to)), broken, language })
        .seen(seen)
        .observe(move |outcome| observed.note(outcome, language))
        .build();
    let failed = |error: io::Error| Failure::failed(both!("{address}: {error}", "{address}：{error}"));
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    screen::note(&say!(language, "Listening on http://{address}/; Ctrl-C ends it.", "正在监听 http://{address}/，按 Ctrl-C 结束。"));
    let (end, mut ends) = watch::channel(false);
    let server = axum::serve(listener, receiver.router()).with_graceful_shutdown(async move { drop(ends.wait_for(|end| *end).await) });
    let mut server = tokio::spawn(server.into_future());
    let ended = tokio::select! {
        signal = pull::signal() => signal.map_err(|error| Failure::failed(both!("{error}", "{error}"))),
        reason = breaks.wait_for(Option::is_some) => {
            let reason = reason.ok().and_then(|reason| reason.clone()).unwrap_or_default();
            Err(Failure::failed(both!("{reason}", "{reason}")))
        }
        over = &mut server => Err(Failure::failed(both!("{address}: {over:?}", "{address}：{over:?}"))),
    };
    // What came is answered; who holds a connection and sends nothing is not waited for.
    _ = end.send(true);
    receiver.close().await;
    tokio::select! {
        _ = tokio::time::sleep(LAST_ANSWERS) => {}
        _ = &mut server => {}
        // whoever asks twice does not want to wait
        _ = pull::signal() => {}
    }
    server.abort();
    ended.map(|()| told)
}

impl Told {
    fn note<E: Events>(&self, outcome: &Outcome<E>, language: Language) {
        match outcome {
            Outcome::Taken(_) | Outcome::Answered(_) => drop(self.taken.fetch_add(1, Ordering::Relaxed)),
            Outcome::Repeated(message) => {
                self.repeated.fetch_add(1, Ordering::Relaxed);
                let again = language.pick("again, taken before", "重复，之前已接收");
                self.refusal(&format!("{again}: {}", line::shown(message, false, language)), "", language);
            }
            Outcome::Checked => screen::note(language.pick("The vendor checked the address.", "厂商检查了地址。")),
            Outcome::Refused(refusal) => {
                self.refused.fetch_add(1, Ordering::Relaxed);
                let what = language.pick("refused", "已拒绝");
                self.refusal(&format!("{what}: {}", line::visible(&refusal.to_string())), advice(refusal, language), language);
            }
            _ => {}
        }
    }

    /// Tells it, unless the same was told right before: strangers may send as much as they like.
    fn refusal(&self, text: &str, advice: &str, language: Language) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((told, when, more)) = &mut *last
            && told == text
            && when.elapsed() < BETWEEN
        {
            *more += 1;
            return;
        }
        let more = last.take().map_or(0, |(_, _, more)| more);
        if more > 0 {
            screen::note(&say!(language, "(and {more} more like that)", "（另有 {more} 次相同）"));
        }
        screen::note(&format!("{text}{advice}"));
        *last = Some((text.to_owned(), Instant::now(), 0));
    }
}

fn advice(refusal: &Refusal, language: Language) -> &'static str {
    match refusal {
        Refusal::NotAnswered(_) => language.pick(
            ". `scrm listen` only takes notices: what asks for an answer needs a program of its own (docs/guide/en/src/pushes.md)",
            "。`scrm listen` 只接收通知；要求返回内容的回调需要自己写程序（docs/guide/zh/src/pushes.md）",
        ),
        _ => "",
    }
}

/// Where events go, one after the other.
struct Printer {
    to: Arc<Mutex<To>>,
    /// Why nothing can be told any more.
    broken: watch::Sender<Option<String>>,
    language: Language,
}

#[async_trait]
impl<E: Events> Sink<E> for Printer {
    async fn take(&self, message: &Arc<Message<E>>) -> Result<(), BoxError> {
        let (to, message, language) = (Arc::clone(&self.to), Arc::clone(message), self.language);
        let written = tokio::task::spawn_blocking(move || {
            let mut to = to.lock().unwrap_or_else(PoisonError::into_inner);
            match &mut *to {
                To::Screen => print(&format!("{}\n", line::shown(&*message, true, language))),
                To::Output => print(&line::json(&*message)),
                To::File(file) => {
                    let keys = keys(message.id.as_deref(), message.sender.as_deref(), message.signature.as_deref());
                    file.append(&keys, &line::json(&*message))?;
                    screen::line(&line::shown(&*message, false, language));
                    Ok(())
                }
            }
        });
        let written = written.await?;
        if let Err(error) = &written
            && error.kind() == io::ErrorKind::BrokenPipe
        {
            let why = self.language.pick("nobody reads standard output any more", "标准输出已经没有人读取");
            _ = self.broken.send(Some(why.to_owned()));
        }
        Ok(written?)
    }
}

/// Taken is what somebody else can read.
fn print(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(line.as_bytes())?;
    out.flush()
}
