//! A pull under way, from its first page to its report.

use std::time::{Duration, Instant};

use scrm_core::{ApiClient, Completeness, Error, ErrorKind, NamedRow, Page, ResumeToken, Summary};

use super::{
    Session,
    fetch::{self, Next},
    job::Job,
    known::KnownRows,
    progress::Progress,
    rejects::Rejects,
    report::{self, Report},
    state::{Run, State},
};
use crate::{
    failure::{self, Failure},
    language::{Both, both},
    sink::Sink,
};

/// Commits are no further apart than this, so that little is pulled twice after a kill.
const COMMIT_PAUSE: Duration = Duration::from_secs(5);
/// Rows of one commit, unless told otherwise.
const COMMIT_ROWS: u64 = 20_000;
/// Errors that a report tells in words.
const TOLD: usize = 5;

/// Whether the client refused the request before anything was sent.
fn is_refused(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::InvalidRequest | ErrorKind::Config | ErrorKind::Unsupported)
}

/// A pull under way: pages come from another thread, this one stores them.
pub(super) struct UnderWay<'j, 's, 'r> {
    pub(super) job: &'j Job<'j>,
    pub(super) session: &'s mut Session<'r>,
    pub(super) sink: Box<dyn Sink>,
    pub(super) state: State,
    pub(super) run: Run,
    /// Where the pull stands; written out with the next commit.
    pub(super) resume: Option<ResumeToken>,
    pub(super) rejects: Rejects,
    pub(super) known: Option<KnownRows>,
    pub(super) pages: fetch::Fetched,
    pub(super) progress: Progress,
    pub(super) began: Instant,
    pub(super) total: Option<u64>,
    pub(super) told: Vec<Both>,
    pub(super) resumed: bool,
    /// The place for the rows is made: something came, or the run went on.
    pub(super) stores: bool,
}

impl UnderWay<'_, '_, '_> {
    pub(super) fn walk(mut self, client: &ApiClient) -> Result<Report, Failure> {
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
