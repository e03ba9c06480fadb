//! Pulls of what is new: which filter of time, from when, until when.

use std::time::{Duration, SystemTime};

use clap::ArgMatches;
use scrm_core::{
    Moment,
    spec::{OperationSpec, Rule, TimeFormat},
    time,
};

use super::{length, state::State};
use crate::{failure::Failure, fields, language::both};

/// A pair of request fields that bound a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) start: &'static str,
    pub(crate) end: &'static str,
    pub(crate) format: TimeFormat,
}

impl Filter {
    /// Whether the vendor answers nothing, or a part only, without a beginning.
    pub(crate) fn needs_start(&self, spec: &OperationSpec) -> bool {
        let windows = spec.paging.map_or(&[][..], |paging| paging.windows);
        let partly = windows.iter().any(|window| window.start == self.start && window.without_start.is_none() && !window.optional);
        let asked_for = spec.rules.iter().any(|rule| match rule {
            Rule::AtLeastOne { fields, .. } | Rule::ExactlyOne { fields, .. } => fields.contains(&self.start),
            Rule::Required { field, .. } => *field == self.start,
            _ => false,
        });
        partly || asked_for
    }
}

/// What `--since` and its companions ask for.
pub(crate) struct Since {
    pub(crate) filter: Filter,
    /// `None`: from the mark.
    from: Option<Moment>,
    until: Option<Moment>,
    lookback: Duration,
    settle: Duration,
}

/// The ends of one run.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Ends {
    pub(crate) start: Option<String>,
    pub(crate) end: Option<String>,
    /// What the mark becomes.
    pub(crate) until: Option<String>,
}

impl Since {
    /// `None`: all rows are wanted, whenever they are of.
    pub(crate) fn of(matches: &ArgMatches, spec: &'static OperationSpec) -> Result<Option<Since>, Failure> {
        let given = |name: &str| matches.get_one::<String>(name).map(String::as_str);
        let Some(since) = given("since") else {
            for option in ["until", "by", "lookback", "settle"] {
                if given(option).is_some() {
                    return Err(Failure::wrong_use(both!("--{option} belongs to --since", "--{option} 要和 --since 一起用")));
                }
            }
            return Ok(None);
        };
        // what is no time is told first, whatever else is missing
        if since != "last" {
            instant("since", since)?;
        }
        if let Some(until) = given("until") {
            instant("until", until)?;
        }
        let filter = filter(spec, given("by"))?;
        let moment = |option: &str, text: &str| moment(filter, option, text);
        Ok(Some(Since {
            filter,
            from: if since == "last" { None } else { Some(moment("since", since)?) },
            until: given("until").map(|text| moment("until", text)).transpose()?,
            lookback: length(given("lookback").unwrap_or("1d"), "lookback")?,
            settle: length(given("settle").unwrap_or("10m"), "settle")?,
        }))
    }

    /// The beginning that was given, as it is sent.
    pub(crate) fn asked_start(&self) -> Option<String> {
        self.from.map(|from| time::write(self.filter.format, from))
    }

    /// The ends of a run that begins now.
    pub(crate) fn ends(&self, state: &State, now: SystemTime) -> Result<Ends, Failure> {
        let odd_clock = || Failure::failed(both!("this machine's clock shows no year from 1 to 9999", "本机时钟不在 1 到 9999 年之间"));
        let now = Moment::from_system_time(now).ok_or_else(odd_clock)?;
        let settled = earlier(now, self.settle).ok_or_else(odd_clock)?;
        let until = self.until.unwrap_or(settled);
        let mark: Option<Moment> = state
            .mark
            .as_deref()
            .filter(|_| state.by.as_ref().is_none_or(|(start, _)| start == self.filter.start))
            .and_then(|mark| mark.parse().ok());
        let from = match self.from {
            Some(from) => Some(from),
            None => mark.and_then(|mark| earlier(mark, self.lookback)),
        };
        if let Some(from) = from.filter(|from| *from > until) {
            return Err(Failure::wrong_use(both!("nothing lies between {from} and {until}", "{from} 和 {until} 之间没有时间")));
        }
        let write = |moment| time::write(self.filter.format, moment);
        // without a beginning both ends are left out: many vendors want both or none
        let end = from.map(|_| write(until));
        // rows later than that may still come, and between the mark and a later beginning nothing was pulled
        let until = until.min(settled);
        let gap = self.from.zip(mark).is_some_and(|(from, mark)| from > mark);
        let until = if gap { mark } else { Some(mark.map_or(until, |mark| mark.max(until))) };
        Ok(Ends { start: from.map(write), end, until: until.map(|until| until.to_string()) })
    }
}

fn instant(option: &str, text: &str) -> Result<Moment, Failure> {
    fields::instant(text).map_err(|()| {
        Failure::wrong_use(both!(
            "--{option} {text:?}: a time such as 2026-11-01 or 2026-11-01T08:00:00+08:00 is wanted",
            "--{option} {text:?}：应写成 2026-11-01 或 2026-11-01T08:00:00+08:00"
        ))
    })
}

/// The time that an option gives, if the filter can say it.
fn moment(filter: Filter, option: &str, text: &str) -> Result<Moment, Failure> {
    let moment = instant(option, text)?;
    let field = filter.start;
    let said = time::parse(filter.format, &time::write(filter.format, moment));
    match filter.format {
        TimeFormat::Date | TimeFormat::Month if said != Some(moment) => Err(Failure::wrong_use(both!(
            "--{option} {text:?}: {field} knows no time of day; give a day of China time, such as 2026-11-01",
            "--{option} {text:?}：{field} 不含时刻；请给出日期（北京时间），如 2026-11-01"
        ))),
        _ => Ok(moment),
    }
}

fn earlier(moment: Moment, by: Duration) -> Option<Moment> {
    let by = i64::try_from(by.as_millis()).ok()?;
    Moment::from_unix_millis(moment.unix_millis().checked_sub(by)?)
}

/// The documented filters of time.
pub(crate) fn filters(spec: &OperationSpec) -> Vec<Filter> {
    let windows = spec.paging.map_or(&[][..], |paging| paging.windows);
    let windows = windows.iter().map(|window| Filter { start: window.start, end: window.end, format: window.format });
    let split = spec.paging.and_then(|paging| paging.split_by);
    let split = split.map(|split| Filter { start: split.start, end: split.end, format: split.format });
    let rules = spec.rules.iter().filter_map(|rule| match *rule {
        Rule::Span { start, end, format, .. } => Some(Filter { start, end, format }),
        _ => None,
    });
    let mut filters: Vec<Filter> = Vec::new();
    for filter in windows.chain(split).chain(rules) {
        if filters.iter().all(|known| known.start != filter.start) {
            filters.push(filter);
        }
    }
    filters
}

fn filter(spec: &OperationSpec, by: Option<&str>) -> Result<Filter, Failure> {
    let filters = filters(spec);
    let names = filters.iter().map(|filter| filter.start).collect::<Vec<_>>().join(", ");
    let name = spec.name;
    let one = match (filters.as_slice(), by) {
        ([], _) => None,
        (_, Some(by)) => filters.iter().find(|filter| filter.start == by || filter.end == by),
        ([only], None) => Some(only),
        _ => None,
    };
    match one {
        Some(filter) => Ok(*filter),
        None if filters.is_empty() => Err(Failure::wrong_use(both!(
            "--since: no filter of time is documented for {name}; leave it out, and all rows are pulled",
            "--since：{name} 没有文档说明的时间筛选；去掉它就会取全部数据"
        ))),
        None => Err(Failure::wrong_use(both!("--by: one of {names} is wanted", "--by：请从 {names} 中选一个"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn since(from: Option<&str>) -> Since {
        let filter = Filter { start: "a", end: "b", format: TimeFormat::DateTime };
        let from = from.map(|from| fields::instant(from).unwrap());
        Since { filter, from, until: None, lookback: Duration::from_secs(3600), settle: Duration::from_secs(600) }
    }

    fn at(text: &str) -> SystemTime {
        fields::instant(text).unwrap().to_system_time()
    }

    #[test]
    fn of_several_ranges_of_time_none_is_chosen_silently() {
        let orders = crate::vendors::named("xiaoe").unwrap().named("order_list_v2").unwrap();
        let refused = filter(orders, None).unwrap_err().text(crate::language::Language::English);
        assert_eq!(refused, "--by: one of pay_time_start, settle_time_start, update_time_start, created_time_start is wanted");
        assert_eq!(filter(orders, Some("update_time_start")).unwrap().end, "update_time_end");
        let goods = crate::vendors::named("xiaoe").unwrap().named("goods_list_v2").unwrap();
        assert_eq!(filter(goods, None).unwrap().start, "start_time");
    }

    #[test]
    fn a_time_of_day_is_not_cut_off_where_a_filter_knows_days_only() {
        let days = Filter { start: "a", end: "b", format: TimeFormat::Date };
        assert!(moment(days, "since", "2026-11-01").is_ok());
        let refused = moment(days, "since", "2026-11-01T08:00:00+08:00").unwrap_err().text(crate::language::Language::English);
        assert!(refused.contains("a knows no time of day"), "{refused}");
        assert!(moment(Filter { format: TimeFormat::DateTime, ..days }, "since", "2026-11-01 08:00:00").is_ok());
    }

    #[test]
    fn a_run_begins_before_the_mark_and_leaves_what_is_too_young() {
        let mut state = State::new("acme/orders".to_owned(), String::new());
        let now = at("2026-11-27 03:00:00");
        let first = since(None).ends(&state, now).unwrap();
        assert_eq!(first, Ends { start: None, end: None, until: Some("2026-11-27T02:50:00+08:00".to_owned()) });
        state.mark = first.until;
        let next = since(None).ends(&state, at("2026-11-28 03:00:00")).unwrap();
        assert_eq!((next.start.as_deref(), next.end.as_deref()), (Some("2026-11-27 01:50:00"), Some("2026-11-28 02:50:00")));
        let given = since(Some("2026-11-01")).ends(&state, now).unwrap();
        assert_eq!(given.start.as_deref(), Some("2026-11-01 00:00:00"));
        // before the mark: what is there stays covered; behind it: a gap, and the mark stays; a mark never lies where rows may still come
        let mark = state.mark.clone();
        assert_eq!(given.until, Some("2026-11-27T02:50:00+08:00".to_owned()));
        let now = at("2026-11-30 03:00:00");
        let gap = since(Some("2026-11-29")).ends(&state, now).unwrap();
        assert_eq!(gap.until, mark);
        let ahead = Since { until: Some(fields::instant("2027-06-01").unwrap()), ..since(None) };
        assert_eq!(ahead.ends(&state, now).unwrap().until, Some("2026-11-30T02:50:00+08:00".to_owned()));
        let back = Since { until: Some(fields::instant("2026-11-10").unwrap()), ..since(Some("2026-11-01")) };
        assert_eq!(back.ends(&state, now).unwrap().until, mark);
        assert!(since(Some("2027-01-01")).ends(&state, now).is_err());
    }
}
