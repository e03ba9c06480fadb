//! One pull, from its options to its report.

use std::{
    path::PathBuf,
    time::{Instant, SystemTime},
};

use clap::ArgMatches;
use scrm_core::{ApiClient, NamedCall, Pages, spec::OperationSpec};
use serde_json::{Map, Value};

use super::{
    Session, TAKEN, fetch,
    known::KnownRows,
    options,
    progress::Progress,
    rejects::Rejects,
    report::{self, Report},
    since::{self, Ends, Since},
    state::{Run, State},
    under_way::UnderWay,
};
use crate::{
    catalogue,
    columns::{self, FlatColumn},
    commands, connect,
    failure::Failure,
    fields,
    language::{Both, Language, both},
    sink::{Setup, Sink, Target, There, files, key, lines::Headings},
    vendors::{self, Vendor},
};

/// One pull that has not begun.
pub(super) struct Job<'m> {
    pub(super) matches: &'m ArgMatches,
    pub(super) vendor: &'static Vendor,
    pub(super) spec: &'static OperationSpec,
    request: Map<String, Value>,
    since: Option<Since>,
    /// The vendor answers nothing without a beginning of time.
    needs_start: bool,
    /// Fields that are filled with credentials.
    filled: Vec<&'static str>,
    target: Target,
    pub(super) to: String,
    table: String,
    pub(super) language: Language,
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
    pub(super) fn known(&self, sink: &dyn Sink, state: &mut State, is_new: bool) -> Result<Option<KnownRows>, Failure> {
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
    pub(super) fn times_that_are_needed(&self) -> Option<String> {
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
