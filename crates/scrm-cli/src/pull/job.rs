//! One pull, from its options to its report.

use std::{
    path::PathBuf,
    time::{Duration, Instant, SystemTime},
};

use clap::ArgMatches;
use scrm_core::{ApiClient, Completeness, Error, ErrorKind, NamedCall, NamedRow, Page, Pages, ResumeToken, Summary, spec::OperationSpec};
use serde_json::{Map, Value};

use super::{
    Session, TAKEN,
    fetch::{self, Next},
    known::KnownRows,
    options,
    progress::Progress,
    rejects::Rejects,
    report::{self, Report},
    since::{self, Ends, Since},
    state::{Run, State},
};
use crate::{
    catalogue,
    columns::{self, FlatColumn},
    commands, connect,
    failure::{self, Failure},
    fields,
    language::{Both, Language, both},
    sink::{Setup, Sink, Target, There, files, key, lines::Headings},
    vendors::{self, Vendor},
};

/// Commits are no further apart than this, so that little is pulled twice after a kill.
const COMMIT_PAUSE: Duration = Duration::from_secs(5);
/// Rows of one commit, unless told otherwise.
const COMMIT_ROWS: u64 = 20_000;
/// Errors that a report tells in words.
const TOLD: usize = 5;

/// One pull that has not begun.
pub(super) struct Job<'m> {
    matches: &'m ArgMatches,
    vendor: &'static Vendor,
    spec: &'static OperationSpec,
    request: Map<String, Value>,
    since: Option<Since>,
    /// The vendor answers nothing without a beginning of time.
    needs_start: bool,
    /// Fields that are filled with credentials.
    filled: Vec<&'static str>,
    target: Target,
    to: String,
    table: String,
    language: Language,
}

impl<'m> Job<'m> {
    /// Checks all that can be checked before anything is done.
    pub(super) fn of(matches: &'m ArgMatches, language: Language) -> Result<Self, Failure> {
        let given = |name: &str| matches.get_one::<String>(name).map(String::as_str);
        let vendor = vendors::named(given("vendor").unwrap_or_default())?;
        let spec = vendor.named(given("operation").unwrap_or_default())?;
        let name = spec.name;
        if spec.paging.is_none() {
            let vendor = vendor.spec.name;
            return Err(Failure::wrong_use(both!(
                "{name} has no pages; `scrm call {vendor} {name}` calls it, `scrm operations {vendor} --paged` lists what can be pulled",
                "{name} 没有分页；可以用 `scrm call {vendor} {name}` 调用，`scrm operations {vendor} --paged` 列出能取的"
            )));
        }
        let tree = catalogue::around(vendor.spec.name, name)?;
        let operation = catalogue::operation(&tree, name)?;
        let flags = fields::flags(operation, TAKEN);
        let mut request = fields::request(operation, &flags, matches, given("json"))?;
        commands::call::first_page(operation, &mut request);
        let since = Since::of(matches, spec)?;
        if let Some(since) = &since
            && let Some(both) = [since.filter.start, since.filter.end].iter().find(|field| is_given(&request, field))
        {
            return Err(Failure::wrong_use(both!("--since sets {both}; give one of them", "--since 会设置 {both}，两者只能用一个")));
        }
        fields::defaults(operation, &mut request);
        // the ends of time and the credentials are filled in when the run begins
        let mut whole = request.clone();
        let mut needs_start = false;
        if let Some(since) = &since {
            let start = since.filter.start.replace('/', ".");
            needs_start = fields::missing(operation, &request).iter().any(|(path, _)| *path == start) || since.filter.needs_start(spec);
            for field in [since.filter.start, since.filter.end] {
                fields::put(&mut whole, &path(field), Value::from(""));
            }
        }
        let filled = fields::from_credentials(operation, vendor.spec, &request);
        whole.extend(filled.iter().map(|name| ((*name).to_owned(), Value::from(""))));
        fields::all_there(operation, &whole)?;
        let to = given("to").unwrap_or_default().to_owned();
        let target = Target::of(&to)?;
        options::have_effect(matches, spec, &target)?;
        let table = given("table").unwrap_or(name).to_owned();
        let job = Job { matches, vendor, spec, request, since, needs_start, filled, target, to, table, language };
        options::are_apart(&job.places(), 0)?;
        Ok(job)
    }

    /// Where it writes, as far as the user named it: what is written, and its place.
    pub(super) fn places(&self) -> Vec<(String, String)> {
        let to = match &self.target {
            Target::Postgres(url) => format!("{url} {}", self.table),
            Target::Sqlite(_) => format!("{} {}", place(&self.to), self.table),
            Target::Lines(..) | Target::Parquet(_) => place(&self.to),
        };
        let named = ["state", "rejects", "summary"].into_iter();
        let named = named.filter_map(|option| Some((format!("--{option}"), place(self.matches.get_one::<String>(option)?))));
        std::iter::once(("--to".to_owned(), to)).chain(named).collect()
    }

    /// The vendor can be called as far as anybody knows before calling it.
    pub(super) fn is_ready(&self, session: &mut Session<'_>) -> Result<(), Failure> {
        self.client(session).map(|_| ())
    }

    fn path(&self, option: &str, ending: &str) -> PathBuf {
        let given = self.matches.get_one::<String>(option).map(PathBuf::from);
        given.unwrap_or_else(|| files::beside(&self.target.base(&self.table), ending))
    }

    fn setup(&self) -> Setup {
        let rows = (self.vendor.columns)(self.spec.name);
        let headings = match self.matches.get_one::<String>("headings").map(String::as_str) {
            Some("zh") => Headings::Chinese,
            Some("en") => Headings::English,
            _ => Headings::Names,
        };
        Setup {
            columns: rows.map_or_else(|| vec![FlatColumn::value()], |rows| columns::flatten(&rows)),
            id: self.spec.paging.and_then(|paging| paging.id).map(|id| id.replace('/', "__")),
            table: self.table.clone(),
            title: self.spec.title.zh,
            headings,
            state_path: self.matches.get_one::<String>("state").map(PathBuf::from),
        }
    }

    /// The client of the vendor and profile; one for all pulls of a run, so that they share quota and token.
    fn client(&self, session: &mut Session<'_>) -> Result<ApiClient, Failure> {
        let profile = self.matches.get_one::<String>("profile").cloned().unwrap_or_default();
        let quota = self.matches.get_one::<String>("quota").cloned().unwrap_or_default();
        let name = format!("{} {profile} {quota}", self.vendor.spec.name);
        if let Some((_, client)) = session.clients.iter().find(|(known, _)| *known == name) {
            return Ok(client.clone());
        }
        let extras = connect::Extras { hooks: Some(session.meter.clone()), operation: Some(self.spec.name), ..connect::Extras::default() };
        let client = connect::client(self.vendor, self.matches, extras)?;
        session.clients.push((name, client.clone()));
        Ok(client)
    }

    /// What a state belongs to: the account and the filters, but for those of time.
    fn filter(&self, client: &ApiClient) -> String {
        let mut hash = key::Hash::default();
        let mut fields: Vec<(&String, &Value)> = self.request.iter().collect();
        fields.sort_by_key(|(name, _)| *name);
        // nothing that is written into a hash fails
        _ = serde_json::to_writer(&mut hash, &(client.credentials().account_key(), fields));
        format!("{:032x}", hash.finish())
    }

    fn rows(mut self, session: &mut Session<'_>) -> Result<Report, Failure> {
        let client = self.client(session)?;
        fields::fill(&mut self.request, &self.filled, client.credentials());
        let mut sink = self.target.open(self.setup())?;
        let mut state = self.state(&mut *sink, &client)?;
        if state.run.as_ref().is_some_and(|run| run.resume.is_none()) {
            // nothing of it was committed: it begins anew, with the ends that are asked for now
            state.run = None;
        }
        self.same_run(&state)?;
        let is_there = self.has_its_rows(&mut *sink, &state)?;
        let resumed = state.run.is_some();
        let mut rejects = Rejects::new(self.path("rejects", ".rejects.jsonl"));
        if let Some(run) = &mut state.run {
            // a kill between the last page and the end
            run.counts.missing = 0;
            run.counts.problems = 0;
            sink.resume(&state)?;
            rejects.begin(&mut state, false)?;
        } else {
            self.begin(&*sink, &mut state, is_there)?;
            sink.check(&state, state.run.as_ref().is_some_and(|run| run.adds))?;
        }
        let known = if resumed { self.known(&*sink, &mut state, false)? } else { None };
        let pages = self.pages(&client, &state, &rejects)?;
        let run = state.run.clone().unwrap_or_default();
        let progress = Progress::new(self.spec.name.to_owned(), run.counts.rows, self.matches.get_flag("quiet"), self.language);
        let pages = fetch::start(session, pages);
        let under_way = UnderWay {
            job: &self,
            session,
            sink,
            state,
            run,
            resume: None,
            rejects,
            known,
            pages,
            progress,
            began: Instant::now(),
            total: None,
            told: Vec::new(),
            resumed,
            stores: resumed,
        };
        under_way.walk(&client)
    }

    /// The pull, and its report in a file. Where an earlier run left one, a failure takes its place: nobody shall take it for this run's.
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Report, Failure> {
        let path = self.path("summary", ".summary.json");
        let (vendor, operation, to) = (self.vendor.spec.name, self.spec.name, self.to.clone());
        match self.rows(session) {
            Ok(report) => {
                let text = serde_json::to_string_pretty(&report).unwrap_or_default() + "\n";
                files::replace(&path, text.as_bytes())?;
                Ok(report)
            }
            Err(failure) => {
                if report::is_of(&path, vendor, operation) {
                    let error = failure.clone().both();
                    let text =
                        serde_json::json!({ "vendor": vendor, "operation": operation, "to": to, "result": "failed", "error": error });
                    files::replace(&path, format!("{text:#}\n").as_bytes())?;
                }
                Err(failure)
            }
        }
    }

    /// Which rows are there already, where a pull of what is new must know.
    fn known(&self, sink: &dyn Sink, state: &mut State, is_new: bool) -> Result<Option<KnownRows>, Failure> {
        match self.since.is_some() && sink.keeps_versions() {
            true => KnownRows::open(&self.target.base(&self.table), state, is_new).map(Some),
            false => Ok(None),
        }
    }

    /// What was committed last, if it is of this pull.
    fn state(&self, sink: &mut dyn Sink, client: &ApiClient) -> Result<State, Failure> {
        let (pull, filter) = (format!("{}/{}", self.vendor.spec.name, self.spec.name), self.filter(client));
        let fresh = State::new(pull.clone(), filter.clone());
        let Some(state) = sink.load()? else { return Ok(fresh) };
        let (to, table) = (&self.to, &self.table);
        if state.pull != pull || state.filter != filter {
            let other = &state.pull;
            return Err(Failure::wrong_use(both!(
                "{to} holds another pull ({other}, or other filters or another account). Name another file or --table, or move it and its state away",
                "{to} 里是另一个取数（{other}，或筛选条件、账号不同）。请换一个文件或 --table，或者把它连同状态移走"
            )));
        }
        if self.since.is_none() && state.run.as_ref().is_some_and(|run| run.adds) {
            return Err(Failure::wrong_use(both!(
                "{to} ({table}) holds a pull of what is new that is not at its end; finish it with --since last first",
                "{to}（{table}）里有一个没有完成的增量取数，请先用 --since last 完成它"
            )));
        }
        Ok(state)
    }

    /// An unfinished run is gone on with only where nothing else is asked for.
    fn same_run(&self, state: &State) -> Result<(), Failure> {
        let (Some(run), Some(since)) = (&state.run, &self.since) else { return Ok(()) };
        let by = state.by.as_ref().is_none_or(|(start, _)| start == since.filter.start);
        if by && since.asked_start().is_none_or(|start| run.start.as_ref() == Some(&start)) {
            return Ok(());
        }
        let (to, start) = (&self.to, run.start.as_deref().unwrap_or("-"));
        Err(Failure::wrong_use(both!(
            "{to} holds a pull from {start} that is not at its end; finish it with the command that began it, or with --since last",
            "{to} 里有一个从 {start} 开始、尚未完成的取数；请用原来的命令或 --since last 先完成它"
        )))
    }

    /// Rows that the state speaks of must be there, and a file that no state speaks of is somebody else's. `true`: there is a file or a table.
    fn has_its_rows(&self, sink: &mut dyn Sink, state: &State) -> Result<bool, Failure> {
        let (there, to) = (sink.there()?, &self.to);
        let is_there = there != There::Nothing;
        // a run that came to its end left its report
        if is_there && sink.keeps_versions() && state.last.is_none() {
            return Err(Failure::wrong_use(both!(
                "{to} is there already, and no state says that a pull wrote it; name another file, or move it away",
                "{to} 已经存在，而没有状态表明它是取数写入的；请换一个文件名，或把它移走"
            )));
        }
        let goes_on = match &state.run {
            // the rows of a file that is written anew stand beside it
            Some(run) => run.adds || !sink.keeps_versions(),
            None => state.mark.is_some() && self.since.as_ref().is_some_and(|since| since.asked_start().is_none()),
        };
        let held = state.run.as_ref().map_or(state.holds, |run| run.counts.rows > 0);
        if !goes_on || there == There::Rows || (there == There::Empty && !held) {
            return Ok(is_there);
        }
        let said = match (&state.run, &state.mark) {
            (None, Some(mark)) => both!("the rows up to {mark} were stored", "{mark} 之前的数据已存入"),
            (run, _) => {
                let rows = run.as_ref().map_or(0, |run| run.counts.rows);
                both!("an unfinished pull stored {rows} rows", "一个未完成的取数已存入 {rows} 行")
            }
        };
        let (Both { en, zh }, forget) = (said, sink.forget());
        let (forget_en, forget_zh) = (forget.en, forget.zh);
        let (what_en, what_zh) = match sink.keeps_versions() {
            true => (to.clone(), to.clone()),
            false => (format!("the table {} of {to}", self.table), format!("{to} 的表 {}", self.table)),
        };
        Err(Failure::wrong_use(match there {
            There::Nothing => both!(
                "{what_en} is not there, though its state says that {en}; put it back, or, to begin anew, {forget_en}",
                "{what_zh} 不存在，而状态表明{zh}；请把它放回原处，或者{forget_zh}，重新取数"
            ),
            _ => both!(
                "{what_en} is empty, though its state says that {en}; put the rows back, or, to begin anew, {forget_en}",
                "{what_zh} 是空的，而状态表明{zh}；请把数据放回去，或者{forget_zh}，重新取数"
            ),
        }))
    }

    /// The filters of time of which the vendor needs one, and none was given.
    fn times_that_are_needed(&self) -> Option<String> {
        let needed = since::filters(self.spec).into_iter().filter(|filter| filter.needs_start(self.spec)).map(|filter| filter.start);
        let names: Vec<&str> = needed.filter(|_| self.since.is_none()).collect();
        (!names.is_empty()).then(|| names.join("|"))
    }

    /// A new run, with its ends of time. Nothing is stored of it before something came.
    fn begin(&self, sink: &dyn Sink, state: &mut State, is_there: bool) -> Result<(), Failure> {
        let by = self.since.as_ref().map(|since| since.filter.start);
        let other_time = state.by.as_ref().is_some_and(|(start, _)| Some(start.as_str()) != by);
        let from = self.since.as_ref().and_then(Since::asked_start);
        if (sink.keeps_versions() && other_time) || (from.is_some() && !is_there) {
            // nothing tells which rows of a file are of this time, or what was lost is begun anew from a time
            (state.mark, state.marks.keys, state.marks.keys_of_run) = (None, 0, 0);
        }
        let ends = match &self.since {
            Some(since) => since.ends(state, SystemTime::now())?,
            None => Ends::default(),
        };
        if ends.start.is_none() && self.needs_start {
            let start = self.since.as_ref().map_or("", |since| since.filter.start);
            return Err(Failure::wrong_use(both!(
                "--since last: nothing was pulled yet, and the vendor needs {start}; begin with a time, --since 2026-01-01",
                "--since last：还没有取过数据，而厂商要求 {start}；第一次请给出时间，如 --since 2026-01-01"
            )));
        }
        if self.since.is_none() && sink.keeps_versions() {
            // the file is written anew, and nothing tells later which of its rows are which
            (state.mark, state.marks.keys, state.marks.keys_of_run) = (None, 0, 0);
        }
        let adds = match sink.keeps_versions() {
            // nothing tells which rows of a file without a mark are which: it is written anew
            true => self.since.is_some() && state.mark.is_some(),
            // rows of a table that are of another time stay
            false => ends.start.is_some(),
        };
        state.runs += 1;
        state.by = self.since.as_ref().map(|since| (since.filter.start.to_owned(), since.filter.end.to_owned()));
        state.run = Some(Run { number: state.runs, adds, start: ends.start, end: ends.end, until: ends.until, ..Run::default() });
        Ok(())
    }

    /// The pull itself, from where it stands.
    fn pages(&self, client: &ApiClient, state: &State, rejects: &Rejects) -> Result<Pages<NamedCall>, Failure> {
        let mut request = self.request.clone();
        if let (Some(since), Some(run)) = (&self.since, &state.run) {
            for (field, end) in [(since.filter.start, &run.start), (since.filter.end, &run.end)] {
                let Some(end) = end else { continue };
                let seconds =
                    matches!(since.filter.format, scrm_core::spec::TimeFormat::Seconds | scrm_core::spec::TimeFormat::Milliseconds);
                let number = end.parse::<i64>().ok().filter(|_| seconds);
                fields::put(&mut request, &path(field), number.map_or_else(|| end.as_str().into(), Value::from));
            }
        }
        let mut call = client.call_named(self.spec, request, self.vendor.payload);
        if self.matches.get_flag("allow-empty") {
            call = call.allow_empty_filters();
        }
        // a range that is walked in windows may be longer than one call's
        if self.spec.paging.is_none_or(|paging| paging.windows.is_empty()) {
            call.encode()?;
        }
        let pages = self.matches.get_one::<u16>("concurrency").copied().unwrap_or(4);
        let paginator = call
            .paginate()
            .concurrency(pages.into())
            .thorough(self.matches.get_flag("thorough"))
            .rejects(rejects.sink())
            .skip_undecodable(true);
        let resume = state.run.as_ref().and_then(|run| run.resume.as_deref());
        let Some(token) = resume else { return Ok(paginator.pages()) };
        let token = token.parse().map_err(|error| {
            let to = &self.to;
            Failure::failed(both!(
                "{to}: the state cannot be resumed: {error}; move it and its state away, and the pull begins anew",
                "{to}：状态无法继续（{error}）；把它连同状态移走，就会重新取数"
            ))
        })?;
        Ok(paginator.resume_from(&token)?.pages())
    }
}

/// A path as it is whatever folder the program was started in.
pub(super) fn place(path: &str) -> String {
    std::path::absolute(path).map_or_else(|_| path.to_owned(), |path| path.display().to_string())
}

fn path(field: &str) -> Vec<&str> {
    field.split('/').collect()
}

fn is_given(request: &Map<String, Value>, path: &str) -> bool {
    let mut names = path.split('/');
    let first = names.next().and_then(|name| request.get(name));
    names.try_fold(first, |place, name| place.map(|place| place.get(name))).flatten().is_some()
}

/// Whether the client refused the request before anything was sent.
fn is_refused(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::InvalidRequest | ErrorKind::Config | ErrorKind::Unsupported)
}

/// A pull under way: pages come from another thread, this one stores them.
struct UnderWay<'j, 's, 'r> {
    job: &'j Job<'j>,
    session: &'s mut Session<'r>,
    sink: Box<dyn Sink>,
    state: State,
    run: Run,
    /// Where the pull stands; written out with the next commit.
    resume: Option<ResumeToken>,
    rejects: Rejects,
    known: Option<KnownRows>,
    pages: fetch::Fetched,
    progress: Progress,
    began: Instant,
    total: Option<u64>,
    told: Vec<Both>,
    resumed: bool,
    /// The place for the rows is made: something came, or the run went on.
    stores: bool,
}

impl UnderWay<'_, '_, '_> {
    fn walk(mut self, client: &ApiClient) -> Result<Report, Failure> {
        let most = self.job.matches.get_one::<u64>("commit-every").copied().unwrap_or(COMMIT_ROWS);
        let (mut waiting, mut committed) = (0, Instant::now());
        let mut last_error = None;
        let summary = loop {
            match self.pages.next() {
                Next::Page(came) => {
                    last_error = None;
                    self.total = came.total;
                    waiting += came.page.rows.len() as u64;
                    self.take(came.page)?;
                    drop(came.room);
                    if waiting >= most || committed.elapsed() >= COMMIT_PAUSE {
                        self.commit()?;
                        (waiting, committed) = (0, Instant::now());
                    }
                }
                Next::Failed(error) => {
                    // as long as no page comes, the same kind of failure is told once, and the last one in the end
                    if last_error.as_ref().is_none_or(|last: &Error| last.kind() != error.kind()) {
                        self.failed(&error);
                    }
                    if error.kind() != ErrorKind::Paging {
                        last_error = Some(error);
                    }
                }
                Next::End(summary) => break *summary,
                Next::Interrupted => {
                    self.commit()?;
                    self.progress.end();
                    return Ok(self.report(client, "interrupted"));
                }
            }
        };
        if summary.ended {
            self.begin()?;
        }
        self.commit()?;
        self.progress.end();
        if !summary.ended {
            return Err(self.broken_off(last_error.as_ref(), &summary));
        }
        (self.run.counts.missing, self.run.counts.problems) = (summary.missing, summary.problems);
        self.run.counts.shared_ids = summary.shared_ids;
        let completeness = report::kept(summary.completeness, summary.shared_ids, self.sink.keeps_versions());
        let result = report::result(completeness, &self.run.counts);
        self.end(client, result, completeness)
    }

    /// Why the pull is not at its end, and what is left of it.
    fn broken_off(&self, error: Option<&Error>, summary: &Summary) -> Failure {
        let Both { en, zh } = error.map_or_else(|| both!("{summary}", "没有取完：{summary}"), failure::told);
        if let Some(refused) = error.filter(|error| !self.stores && is_refused(error)) {
            return match self.job.times_that_are_needed() {
                Some(fields) if refused.kind() == ErrorKind::InvalidRequest => Failure::wrong_use(both!(
                    "{en}. Nothing was sent; begin with a time, such as --since 2025-01-01 --by {fields}",
                    "{zh}。没有发送任何请求；请给出起始时间，如 --since 2025-01-01 --by {fields}"
                )),
                _ => Failure::wrong_use(both!("{en}. Nothing was sent", "{zh}。没有发送任何请求")),
            };
        }
        Failure::failed(match self.stores {
            true => both!(
                "{en}. What came is committed, and the same command goes on from there",
                "{zh}。已取到的都已提交，重新运行同一命令即可继续"
            ),
            false => both!("{en}. Nothing was stored", "{zh}。没有写入任何内容"),
        })
    }

    /// Makes the place for the rows, once there are some, or there is known to be none.
    fn begin(&mut self) -> Result<(), Failure> {
        if !std::mem::replace(&mut self.stores, true) {
            self.sink.begin(&mut self.state, self.run.adds)?;
            self.rejects.begin(&mut self.state, true)?;
            self.known = self.job.known(&*self.sink, &mut self.state, true)?;
        }
        Ok(())
    }

    fn take(&mut self, page: Page<NamedRow>) -> Result<(), Failure> {
        self.begin()?;
        self.resume = Some(page.resume().clone());
        let came = page.rows.len() as u64;
        let rows = match &mut self.known {
            Some(known) => known.fresh(page.rows),
            None => page.rows,
        };
        let stored = self.sink.append(&rows, self.run.number, &mut self.rejects)?;
        self.run.counts.rows += stored.rows;
        self.run.counts.known += came - rows.len() as u64 + stored.known;
        self.progress.add(came, self.total, &self.session.meter);
        Ok(())
    }

    /// Rejects and keys first: what stands behind their marks is taken away when the rows were not committed.
    fn commit(&mut self) -> Result<(), Failure> {
        if !self.stores {
            return Ok(());
        }
        if let Some(resume) = self.resume.take() {
            self.run.resume = Some(resume.to_string());
        }
        self.rejects.commit(&mut self.state, &mut self.run.counts)?;
        if let Some(known) = &mut self.known {
            known.commit(&mut self.state)?;
        }
        self.state.run = Some(self.run.clone());
        self.sink.commit(&mut self.state)?;
        if let Some(known) = &mut self.known {
            known.committed();
        }
        Ok(())
    }

    fn failed(&mut self, error: &Error) {
        if is_refused(error) {
            // the end of the pull, which tells it
            return;
        }
        let told = failure::told(error);
        if self.told.contains(&told) {
            return;
        }
        self.progress.warn(&format!("scrm: {}", told.clone().of(self.job.language)));
        if self.told.len() < TOLD {
            self.told.push(told);
        }
    }

    /// The run is over: the mark moves, unless rows are known to be missing.
    fn end(mut self, client: &ApiClient, result: &'static str, completeness: Completeness) -> Result<Report, Failure> {
        let counts = &self.run.counts;
        let drained = completeness != Completeness::Incomplete && counts.skipped_pages == 0 && counts.missing == 0 && counts.problems == 0;
        if drained && self.run.until.is_some() {
            self.state.mark.clone_from(&self.run.until);
        }
        let keeps = self.run.adds || result != "complete";
        self.state.holds = counts.rows + counts.known > 0 || (keeps && self.state.holds);
        let mut report = self.report(client, result);
        self.state.last = serde_json::to_value(&report).ok();
        self.state.run = None;
        report.removed = self.sink.finish(&mut self.state, self.run.adds, result == "complete")?.removed;
        Ok(report)
    }

    fn report(&self, client: &ApiClient, result: &'static str) -> Report {
        let meter = &self.session.meter;
        let rejects = (self.state.marks.rejects > 0).then(|| self.rejects.path().display().to_string());
        Report {
            vendor: self.job.vendor.spec.name,
            operation: self.job.spec.name,
            to: self.job.to.clone(),
            result,
            counts: self.run.counts,
            removed: 0,
            total: self.total,
            start: self.run.start.clone(),
            end: self.run.end.clone(),
            mark: self.state.mark.clone(),
            resumed: self.resumed,
            seconds: report::seconds(self.began.elapsed()),
            waited_for_quota_seconds: report::seconds(meter.waited()),
            retries: meter.retries(),
            drift: report::departures(&client.drift(), self.job.spec.name),
            rejects,
            problems_told: self.told.clone(),
        }
    }
}
