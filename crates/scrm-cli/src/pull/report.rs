//! What a pull came to: a few lines for people, JSON for programs, an exit code for both.

use std::{path::Path, time::Duration};

use scrm_core::{Completeness, DriftReport};
use serde::Serialize;

use super::state::Counts;
use crate::{
    failure,
    language::{Both, Language, say},
    screen,
};

/// What a pull came to.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) vendor: &'static str,
    pub(crate) operation: &'static str,
    pub(crate) to: String,
    /// `complete`, `incomplete`, `unknown`, `interrupted`.
    pub(crate) result: &'static str,
    #[serde(flatten)]
    pub(crate) counts: Counts,
    /// Rows that the list no longer holds, taken out of the table.
    pub(crate) removed: u64,
    /// How many rows the vendor counts.
    pub(crate) total: Option<u64>,
    pub(crate) start: Option<String>,
    pub(crate) end: Option<String>,
    /// Up to here all rows were committed.
    pub(crate) mark: Option<String>,
    pub(crate) resumed: bool,
    pub(crate) seconds: f64,
    pub(crate) waited_for_quota_seconds: f64,
    pub(crate) retries: u64,
    /// What came otherwise than documented.
    pub(crate) drift: Vec<Departure>,
    pub(crate) rejects: Option<String>,
    pub(crate) problems_told: Vec<Both>,
}

/// One way in which answers differ from the documentation.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Departure {
    pub(crate) what: String,
    pub(crate) times: u64,
}

/// At most so many departures are told.
const TOLD: usize = 20;

/// What a client saw, by how often.
pub(crate) fn departures(report: &DriftReport, operation: &str) -> Vec<Departure> {
    let entries = report.drifts.iter().filter(|entry| entry.operation == operation);
    entries.take(TOLD).map(|entry| Departure { what: format!("{}: {}", entry.path, entry.what), times: entry.count }).collect()
}

/// Whether what came is there: a table has one row for each id.
pub(crate) fn kept(came: Completeness, shared_ids: u64, keeps_versions: bool) -> Completeness {
    if shared_ids > 0 && !keeps_versions { Completeness::Incomplete } else { came }
}

/// The word for a pull that came to its end.
pub(crate) fn result(completeness: Completeness, counts: &Counts) -> &'static str {
    let lost = counts.missing > 0 || counts.problems > 0 || counts.bad_rows > 0 || counts.skipped_pages > 0;
    match completeness {
        _ if lost => "incomplete",
        Completeness::Complete => "complete",
        Completeness::Unknown => "unknown",
        _ => "incomplete",
    }
}

impl Report {
    pub(crate) fn code(&self, strict: bool) -> u8 {
        match self.result {
            "complete" => 0,
            "unknown" if !strict => 0,
            "unknown" => failure::NOT_KNOWN,
            "interrupted" => failure::INTERRUPTED,
            _ => failure::INCOMPLETE,
        }
    }

    /// For people.
    pub(crate) fn text(&self, language: Language) -> String {
        let Report { vendor, operation, to, counts, .. } = self;
        let rows = counts.rows;
        let result = match self.result {
            "complete" => language.pick("complete", "取全"),
            "unknown" => language.pick("at its end; nobody can know whether all came", "已到结尾，无法确认是否取全"),
            "interrupted" => language.pick("interrupted; the same command goes on", "已中断，重新运行同一命令即可继续"),
            _ => language.pick("incomplete", "不全"),
        };
        let seconds = self.seconds;
        let mut lines = vec![say!(
            language,
            "{vendor} {operation} → {to}: {result}, {rows} rows in {seconds:.1} s",
            "{vendor} {operation} → {to}：{result}，{rows} 行，{seconds:.1} 秒"
        )];
        let mut add = |number: u64, en: &str, zh: &str| {
            if number > 0 {
                lines.push(format!("  {}: {number}", language.pick(en, zh)));
            }
        };
        if let Some(total) = self.total {
            add(total, "the vendor counts", "厂商的总数");
        }
        add(counts.known, "were there already", "原来就有");
        add(self.removed, "taken out, as the list no longer holds them", "列表里已经没有而移除");
        add(counts.bad_rows, "rows not understood", "无法理解的行");
        add(counts.skipped_pages, "pages not understood", "无法理解的页");
        add(counts.unreadable, "values that their column cannot hold", "列里放不下的值");
        add(counts.missing, "rows missing", "缺少的行");
        add(counts.problems, "contradictions", "前后矛盾");
        add(
            counts.shared_ids,
            "rows with another's id; a table keeps the last of each id",
            "与别的行编号相同的行；表里每个编号只留最后一行",
        );
        add(self.waited_for_quota_seconds as u64, "seconds waited for the quota", "等待配额的秒数");
        if let Some(mark) = &self.mark {
            lines.push(say!(language, "  all up to {mark} is committed", "  {mark} 之前的都已提交"));
        }
        if let Some(rejects) = &self.rejects {
            lines.push(say!(language, "  what was not understood is in {rejects}", "  无法理解的内容在 {rejects}"));
        }
        for problem in &self.problems_told {
            lines.push(format!("  {}", problem.clone().of(language)));
        }
        if !self.drift.is_empty() {
            lines.push(language.pick("  otherwise than documented:", "  与文档不同：").to_owned());
            lines.extend(self.drift.iter().map(|departure| format!("    {} ({})", departure.what, departure.times)));
        }
        screen::fitted(&lines.join("\n"))
    }
}

/// Whether the file holds a report of this operation's pull.
pub(crate) fn is_of(path: &Path, vendor: &str, operation: &str) -> bool {
    let text = std::fs::read(path).unwrap_or_default();
    let found: serde_json::Value = serde_json::from_slice(&text).unwrap_or_default();
    found["vendor"] == vendor && found["operation"] == operation && found["result"].is_string()
}

/// Seconds with a fraction.
pub(crate) fn seconds(time: Duration) -> f64 {
    time.as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_one_id_are_not_all_in_a_table() {
        let complete = |shared, versions| kept(Completeness::Complete, shared, versions) == Completeness::Complete;
        assert!(complete(0, false) && complete(3, true) && !complete(3, false));
    }
}
