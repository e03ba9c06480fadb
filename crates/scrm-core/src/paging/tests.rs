//! The planner against a list in memory that changes under its hands. No types, no network: thousands of pulls in a second.

use std::collections::{HashMap, HashSet, VecDeque};

use proptest::prelude::*;
use serde_json::Value;

use super::{
    plan::{Ask, At, Facts, Place, Problem, RowKey},
    planner::{Course, Phase, Planner},
    resume::{Owner, ResumeToken},
    seen_rows::key,
    summary::Completeness,
    windows::Era,
};
use crate::{
    spec::{PagingSpec, PagingStyle, SplitSpec, TimeFormat},
    time::Day,
};

const NUMBERED: PagingSpec = PagingSpec {
    style: PagingStyle::Number { field: "page", first: 1 },
    size: Some("page_size"),
    max_size: Some(10),
    rows: "/data/list",
    total: Some("/data/total"),
    id: Some("id"),
    row_cap: None,
    split_by: None,
    windows: &[],
};
static PLAIN: PagingSpec = NUMBERED;
static CAPPED: PagingSpec = PagingSpec {
    row_cap: Some(100),
    split_by: Some(SplitSpec { start: "start", end: "end", format: TimeFormat::Date, field: Some("day") }),
    ..NUMBERED
};
static UNSPLITTABLE: PagingSpec = PagingSpec { row_cap: Some(100), ..NUMBERED };
static CURSOR: PagingSpec = PagingSpec { style: PagingStyle::Cursor { field: "after", from: "id" }, ..NUMBERED };

fn today() -> Day {
    Day::parse("2024-06-30").unwrap()
}

/// So many days after today.
fn day(days: i64) -> Day {
    today().plus(days).unwrap()
}

/// A pull of so many days until tomorrow, in windows of five.
fn windows(spec: &'static PagingSpec, size: u64, days: i64, timed: bool) -> Course {
    let row = timed.then_some(TimeFormat::Date);
    let era = Era::new(TimeFormat::Date, row, 5 * 86_400, day(1 - days).start(), day(1).start());
    Course { era, split: Some(TimeFormat::Date), ..course(spec, size) }
}

fn course(spec: &'static PagingSpec, size: u64) -> Course {
    Course { page: Some(1), size: Some(size), today: Some(today()), ..Course::of(spec) }
}

/// How the list is ordered.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Order {
    OldestFirst,
    NewestFirst,
    /// By something that has nothing to do with when a row came.
    Scattered,
}

/// A row: when it came (by number), and its day, counted back from today; `None`: it has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Row {
    number: u64,
    ago: Option<i64>,
}

#[derive(Clone, Debug)]
struct List {
    rows: Vec<Row>,
    next: u64,
    order: Order,
    /// Whether the last day of a range belongs to it.
    inclusive: bool,
    cap: u64,
    ids: bool,
    told: Told,
    /// The largest page that the server gives, whatever it is asked for.
    clamp: u64,
    /// So many ids there are, for all rows.
    distinct: u64,
    /// Every so manieth row has no id.
    nameless: Option<u64>,
    /// Whether rows tell their day.
    timed: bool,
    /// Of a longer range, the server answers the first days only.
    most_days: i64,
    /// What becomes of the pages of these calls.
    cuts: Vec<(u64, Cut)>,
    calls: u64,
}

/// What the server says of the number of rows.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Told {
    True,
    Nothing,
    Zero,
    /// Never more than its own ceiling.
    AtMost(u64),
    False(u64),
}

#[derive(Clone, Copy, Debug)]
enum Cut {
    Empty,
    Half,
}

impl List {
    /// So many rows, spread over as many days before today.
    fn new(rows: u64, days: i64, order: Order) -> Self {
        let ago = |number: u64| Some((days - 1) - (number as i64 * days / rows.max(1) as i64).min(days - 1));
        let rows: Vec<Row> = (0..rows).map(|number| Row { number, ago: ago(number) }).collect();
        List { next: rows.len() as u64, rows, order, ..List::empty() }
    }

    fn empty() -> Self {
        List {
            rows: Vec::new(),
            next: 0,
            order: Order::OldestFirst,
            inclusive: true,
            cap: u64::MAX,
            ids: true,
            told: Told::True,
            clamp: u64::MAX,
            distinct: u64::MAX,
            nameless: None,
            timed: true,
            most_days: i64::MAX,
            cuts: Vec::new(),
            calls: 0,
        }
    }

    fn key(&self, row: &Row) -> RowKey {
        // Other than the id's, as of a row that has more than its id.
        let content = key(&row.number.to_be_bytes());
        let nameless = self.nameless.is_some_and(|every| row.number.is_multiple_of(every));
        RowKey { id: if nameless { content } else { key(&(row.number % self.distinct).to_le_bytes()) }, content }
    }

    fn total(&self, rows: u64) -> Option<u64> {
        match self.told {
            Told::True => Some(rows),
            Told::Nothing => None,
            Told::Zero => Some(0),
            Told::AtMost(most) => Some(rows.min(most)),
            Told::False(total) => Some(total),
        }
    }

    fn add(&mut self) {
        self.rows.push(Row { number: self.next, ago: Some(0) });
        self.next += 1;
    }

    fn remove(&mut self, chance: u64) {
        if !self.rows.is_empty() {
            self.rows.remove(chance as usize % self.rows.len());
        }
    }

    fn rank(&self, row: &Row) -> u64 {
        match self.order {
            Order::OldestFirst => row.number,
            Order::NewestFirst => u64::MAX - row.number,
            Order::Scattered => key(&row.number.to_le_bytes()),
        }
    }

    fn filtered(&self, range: Option<&(String, String)>) -> Vec<Row> {
        let ago_of = |text: &String| Day::parse(text).unwrap().days_until(today());
        let bounds = range.map(|(from, to)| (ago_of(from), ago_of(to).max(ago_of(from).saturating_sub(self.most_days))));
        let within = |row: &&Row| {
            let Some((from, to)) = bounds else { return true };
            row.ago.is_some_and(|ago| ago <= from && (ago > to || (self.inclusive && ago == to)))
        };
        let mut rows: Vec<Row> = self.rows.iter().filter(within).copied().collect();
        rows.sort_by_cached_key(|row| self.rank(row));
        rows
    }

    fn answer(&mut self, ask: &Ask, size: u64) -> (Facts, Vec<Row>) {
        self.calls += 1;
        let rows = self.filtered(ask.range.as_ref());
        let (start, size) = match &ask.at {
            At::Number { page, size: other } => {
                let size = other.unwrap_or(size).min(self.clamp);
                ((*page as u64 - 1) * size, size)
            }
            At::Cursor(cursor) => {
                let after = cursor.as_ref().and_then(Value::as_u64);
                let start = after.map_or(0, |after| rows.partition_point(|row| self.rank(row) <= after));
                (start as u64, size.min(self.clamp))
            }
        };
        let end = (start + size).min(self.cap).min(rows.len() as u64);
        let mut page = rows.get(start.min(end) as usize..end as usize).unwrap_or_default().to_vec();
        match self.cuts.iter().find(|(call, _)| *call == self.calls) {
            Some((_, Cut::Empty)) => page.clear(),
            Some((_, Cut::Half)) => page.truncate(page.len() / 2),
            None => {}
        }
        let keys: Vec<RowKey> = page.iter().map(|row| self.key(row)).collect();
        let facts = Facts {
            rows: page.len() as u64,
            print: super::fetch::print(&keys),
            keys: self.ids.then_some(keys),
            total: self.total(rows.len() as u64),
            cursor: page.last().map(|row| self.rank(row).into()),
            times: page.iter().map(|row| (self.key(row), row.ago.filter(|_| self.timed).map(|ago| day(-ago).start()))).collect(),
        };
        (facts, page)
    }
}

/// What happens before an answer.
#[derive(Clone, Debug)]
enum Change {
    Nothing,
    Add(u8),
    Remove(u64),
    /// The total stays.
    Swap(u64),
}

#[derive(Default, Debug)]
struct Pulled {
    rows: Vec<Row>,
    problems: Vec<Problem>,
    contradictions: Vec<String>,
    /// Rows that were there throughout.
    constant: HashSet<Row>,
    restarts: u64,
    namesakes: usize,
    completeness: Completeness,
}

impl Pulled {
    fn missing(&self) -> Vec<Row> {
        let came: HashSet<&Row> = self.rows.iter().collect();
        self.constant.iter().filter(|row| !came.contains(row)).copied().collect()
    }

    fn doubles(&self) -> usize {
        self.rows.len() - self.rows.iter().collect::<HashSet<_>>().len()
    }
}

/// Pulls all, with so many pages asked for ahead and answered out of order. `stops`: takes of pages after which the process dies.
fn pull(course: &Course, list: &mut List, changes: &[Change], width: usize, stops: &[usize]) -> Pulled {
    let owner = Owner::new("acme", "/list", "by number", &Value::Null);
    let size = course.size.unwrap();
    let mut planner = Planner::new(course.clone());
    let mut pulled = Pulled { constant: list.rows.iter().copied().collect(), ..Pulled::default() };
    let mut queue: VecDeque<(Ask, (Facts, Vec<Row>))> = VecDeque::new();
    let (mut changes, mut strikes, mut takes) = (changes.iter(), 0, 0);
    loop {
        let wanted = planner.plans(width.max(1));
        assert!(wanted.len() <= width.max(1));
        // The last asked is answered first.
        let mut answers = Vec::new();
        for ask in wanted.into_iter().rev() {
            if let Some(at) = queue.iter().position(|(asked, _)| *asked == ask) {
                answers.extend(queue.remove(at));
                continue;
            }
            match changes.next() {
                Some(Change::Add(rows)) => (0..*rows).for_each(|_| list.add()),
                Some(Change::Remove(chance)) => list.remove(*chance),
                Some(Change::Swap(chance)) => {
                    list.remove(*chance);
                    list.add();
                }
                Some(Change::Nothing) | None => {}
            }
            let answer = list.answer(&ask, size);
            answers.push((ask, answer));
        }
        queue = answers.into_iter().rev().collect();
        let Some((_, (facts, rows))) = queue.pop_front() else { break };
        assert!(list.calls < 100_000, "endless");
        match planner.take(&facts) {
            Err(contradiction) => {
                pulled.contradictions.push(contradiction);
                strikes += 1;
                queue.clear();
                if strikes > 5 {
                    break;
                }
            }
            Ok(step) => {
                strikes = 0;
                pulled.namesakes += step.namesakes.len();
                pulled.problems.extend(step.problems);
                pulled.rows.extend(rows.iter().enumerate().filter(|(at, _)| step.keep.keeps(*at)).map(|(_, row)| *row));
            }
        }
        takes += 1;
        if stops.contains(&takes) {
            let text = ResumeToken::of(&owner, &planner).to_string();
            assert!(text.len() <= ResumeToken::MAX_LEN, "{}", text.len());
            planner = text.parse::<ResumeToken>().unwrap().planner(course.clone()).unwrap();
            queue.clear();
            pulled.restarts += 1;
        }
    }
    pulled.constant.retain(|row| list.rows.contains(row));
    pulled.completeness = if matches!(planner.phase, Phase::Ended) { planner.so_far() } else { Completeness::Incomplete };
    pulled
}

fn quiet(course: &Course, list: &mut List) -> Pulled {
    pull(course, list, &[], 1, &[])
}

#[test]
fn ends_when_the_total_is_reached_without_asking_for_an_empty_page() {
    let mut list = List::new(20, 20, Order::OldestFirst);
    let pulled = quiet(&course(&PLAIN, 10), &mut list);
    assert_eq!((pulled.rows.len(), list.calls, pulled.problems), (20, 2, vec![]));
}

#[test]
fn without_a_total_a_short_or_empty_page_is_the_end_if_the_next_is_empty_too() {
    for (rows, calls) in [(23, 4), (20, 4), (0, 2)] {
        let mut list = List { told: Told::Nothing, ..List::new(rows, 20, Order::OldestFirst) };
        let pulled = quiet(&course(&PLAIN, 10), &mut list);
        assert_eq!((pulled.rows.len() as u64, list.calls, pulled.problems), (rows, calls, vec![]));
    }
}

#[test]
fn an_unsplittable_list_beyond_the_ceiling_gives_what_there_is_and_says_so() {
    let mut list = List { cap: 100, ..List::new(250, 20, Order::OldestFirst) };
    let pulled = quiet(&course(&UNSPLITTABLE, 10), &mut list);
    assert_eq!(pulled.rows.len(), 100);
    assert_eq!(pulled.problems, [Problem { text: "the vendor gives no row beyond 100 of 250".into(), missing: 150 }]);
}

/// The last page that is asked for reaches beyond the ceiling and the total, what it holds does not.
#[test]
fn rows_withheld_at_the_ceiling_are_told_though_others_came_and_went() {
    let mut list = List { cap: 100, ..List::new(98, 20, Order::OldestFirst) };
    let mut changes = vec![Change::Nothing; 6];
    changes.extend([Change::Add(1), Change::Swap(3), Change::Swap(7), Change::Add(3)]);
    let pulled = pull(&course(&UNSPLITTABLE, 13), &mut list, &changes, 1, &[]);
    assert!(pulled.problems.iter().any(|problem| problem.text.contains("no row beyond 100 of 102")), "{:?}", pulled.problems);
}

/// Fewer rows came than the ceiling says, since others went in front of them.
#[test]
fn rows_pushed_over_the_ceiling_are_told_though_fewer_came() {
    let mut list = List { cap: 100, ..List::new(98, 20, Order::NewestFirst) };
    let changes = [Change::Nothing, Change::Nothing, Change::Add(2), Change::Add(2)];
    let pulled = pull(&Course { overlap: true, ..course(&UNSPLITTABLE, 9) }, &mut list, &changes, 1, &[]);
    assert_eq!((pulled.missing().len(), pulled.completeness), (2, Completeness::Incomplete));
    assert!(pulled.problems[0].text.contains("no row beyond 100 of 102"), "{:?}", pulled.problems);
}

#[test]
fn a_day_beyond_the_ceiling_is_named_and_the_rest_comes() {
    for inclusive in [true, false] {
        let mut list = List { cap: 100, inclusive, ..List::new(400, 40, Order::OldestFirst) };
        (0..150).for_each(|_| list.rows.push(Row { number: list.rows.len() as u64, ago: Some(20) }));
        let pulled = quiet(&course(&CAPPED, 10), &mut list);
        assert_eq!((pulled.doubles(), pulled.rows.len()), (0, 490));
        let text = "the day 2024-06-10: the vendor gives no row beyond 100 of 160".to_owned();
        assert_eq!(pulled.problems, [Problem { text, missing: 60 }], "inclusive: {inclusive}");
    }
}

#[test]
fn rows_without_a_date_are_told_with_their_number() {
    let mut list = List { cap: 100, ..List::new(300, 40, Order::OldestFirst) };
    list.rows.iter_mut().take(7).for_each(|row| row.ago = None);
    let pulled = quiet(&course(&CAPPED, 10), &mut list);
    assert_eq!((pulled.rows.len(), pulled.doubles(), pulled.problems.len()), (293, 0, 1));
    assert_eq!(pulled.problems[0].missing, 7);
    assert!(pulled.problems[0].text.starts_with("the vendor counts 300 rows in all but 293 from"), "{:?}", pulled.problems);
}

#[test]
fn rows_that_a_vendor_withholds_are_told_with_numbers() {
    for spec in [&PLAIN, &CURSOR] {
        let mut list = List::new(50, 20, Order::OldestFirst);
        let mut planner = Planner::new(course(spec, 10));
        let (mut came, mut problems) = (0, Vec::new());
        while let Some(ask) = planner.plans(1).pop() {
            let (mut facts, _) = list.answer(&ask, 10);
            facts.total = Some(53);
            let step = planner.take(&facts).unwrap();
            came += (0..facts.rows as usize).filter(|at| step.keep.keeps(*at)).count();
            problems.extend(step.problems);
        }
        assert_eq!((came, problems.len(), problems[0].missing), (50, 1, 3));
        assert!(problems[0].text.starts_with("the vendor counted 53 rows before and 53 after, but 50 came"), "{problems:?}");
        assert_eq!((planner.looks(), planner.so_far()), (1, Completeness::Incomplete));
    }
}

fn row(number: u64) -> RowKey {
    RowKey { id: number, content: number }
}

fn page(rows: [u64; 2], total: Option<u64>, cursor: Option<u64>) -> Facts {
    let keys = rows.map(row).to_vec();
    Facts { rows: 2, print: super::fetch::print(&keys), keys: Some(keys), total, cursor: cursor.map(Value::from), times: vec![] }
}

#[test]
fn an_endless_server_is_found_out() {
    for (spec, total) in [(&PLAIN, true), (&CURSOR, true)] {
        let mut planner = Planner::new(course(spec, 10));
        let mut number = 0;
        let ended = (0..10_000).find_map(|_| {
            if planner.plans(1).is_empty() {
                return Some(vec![]);
            }
            let keys = (number..number + 10).map(row).collect();
            number += 10;
            let facts = Facts {
                rows: 10,
                keys: Some(keys),
                print: None,
                total: total.then_some(number + 20),
                cursor: Some(number.into()),
                times: vec![],
            };
            let step = planner.take(&facts).unwrap();
            step.ended.then_some(step.problems)
        });
        let problems = ended.unwrap();
        assert!(problems[0].text.contains("no end after"), "{problems:?}");
    }
}

#[test]
fn cursors_move_or_contradict() {
    let at = |rows, cursor| page(rows, None, cursor);
    let mut planner = Planner::new(course(&CURSOR, 2));
    planner.take(&at([1, 2], Some(2))).unwrap();
    assert_eq!(planner.plans(1)[0].at, At::Cursor(Some(2.into())));
    assert_eq!(planner.take(&at([3, 4], Some(2))).unwrap_err(), "ends at the cursor that it began behind");
    assert_eq!(planner.take(&at([3, 4], None)).unwrap_err(), "has no row with a cursor to go on from");
    assert_eq!(planner.take(&at([2, 1], Some(1))).unwrap_err(), "holds 2 rows that came before, and no other");
    let long = Facts { cursor: Some("x".repeat(5000).into()), ..at([3, 4], None) };
    assert_eq!(planner.take(&long).unwrap_err(), "ends at a cursor of 5002 bytes, which is longer than 4096");
    assert!(!planner.take(&Facts::default()).unwrap().ended);
    assert!(planner.take(&Facts::default()).unwrap().ended);
}

#[test]
fn a_repeated_page_contradicts() {
    let mut planner = Planner::new(course(&PLAIN, 2));
    let page = page([1, 2], Some(6), None);
    planner.take(&page).unwrap();
    assert_eq!(planner.take(&page).unwrap_err(), "holds the same 2 rows as the page before");
}

#[test]
fn a_total_that_moves_under_rows_without_ids_is_told() {
    let mut list = List { ids: false, ..List::new(50, 20, Order::OldestFirst) };
    let pulled = pull(&course(&PLAIN, 10), &mut list, &[Change::Nothing, Change::Nothing, Change::Remove(3)], 1, &[]);
    assert_eq!(pulled.problems.len(), 1, "{pulled:?}");
}

#[test]
fn overlapping_pages_cost_a_quarter_to_two_fifths_more_calls() {
    for (size, more) in [(20, 140), (50, 130), (100, 125)] {
        let mut list = List::new(10_000, 20, Order::OldestFirst);
        let pulled = quiet(&Course { overlap: true, ..course(&PLAIN, size) }, &mut list);
        assert_eq!((pulled.rows.len(), pulled.doubles(), pulled.problems.len()), (10_000, 0, 0));
        assert!(list.calls < 10_000 / size * more / 100 + 2, "{} calls of {size}", list.calls);
    }
}

#[test]
fn a_pull_goes_on_with_the_size_that_the_server_really_uses() {
    for (spec, overlap) in [(&PLAIN, false), (&PLAIN, true), (&CURSOR, false)] {
        for (told, completeness) in
            [(Told::True, Completeness::Complete), (Told::Nothing, Completeness::Unknown), (Told::Zero, Completeness::Unknown)]
        {
            let mut list = List { told, clamp: 20, ..List::new(100, 20, Order::OldestFirst) };
            let pulled = quiet(&Course { overlap, ..course(spec, 50) }, &mut list);
            let came = (pulled.rows.len(), pulled.doubles(), pulled.completeness, &pulled.problems);
            assert_eq!(came, (100, 0, completeness, &vec![]), "{told:?} {overlap}");
            assert!(list.calls <= 9, "{told:?} {overlap}: {} calls", list.calls);
        }
    }
}

#[test]
fn a_short_or_empty_page_in_the_middle_is_not_the_end() {
    for cut in [Cut::Empty, Cut::Half] {
        let cuts = vec![(3, cut)];
        let mut list = List { cuts: cuts.clone(), ..List::new(100, 20, Order::OldestFirst) };
        let pulled = quiet(&course(&PLAIN, 10), &mut list);
        assert_eq!((pulled.rows.len(), pulled.completeness, list.calls), (100, Completeness::Complete, 11));
        let mut list = List { cuts, told: Told::Nothing, ..List::new(100, 20, Order::OldestFirst) };
        let pulled = quiet(&course(&PLAIN, 10), &mut list);
        assert!(pulled.rows.len() >= 90 && pulled.completeness == Completeness::Unknown, "{pulled:?}");
    }
    // Asked again, the page is as empty as before.
    let mut list = List { cuts: vec![(3, Cut::Empty), (4, Cut::Empty)], ..List::new(100, 20, Order::OldestFirst) };
    let pulled = quiet(&course(&PLAIN, 10), &mut list);
    assert_eq!((pulled.rows.len(), pulled.completeness, pulled.problems[0].missing), (90, Completeness::Incomplete, 10));
    assert!(list.calls < 15, "{} calls", list.calls);
}

#[test]
fn an_id_that_is_not_unique_keeps_all_rows() {
    for (spec, told, completeness) in [
        (&PLAIN, Told::Nothing, Completeness::Unknown),
        (&PLAIN, Told::True, Completeness::Complete),
        (&CURSOR, Told::Nothing, Completeness::Unknown),
        (&CURSOR, Told::True, Completeness::Complete),
    ] {
        let mut list = List { told, distinct: 100, ..List::new(1000, 20, Order::OldestFirst) };
        let pulled = quiet(&course(spec, 10), &mut list);
        assert_eq!((pulled.rows.len(), pulled.namesakes, pulled.completeness), (1000, 900, completeness));
        assert!(list.calls <= 102, "{} calls", list.calls);
    }
}

#[test]
fn an_id_that_comes_twice_or_is_missing_costs_no_second_look() {
    for (spec, overlap) in [(&PLAIN, false), (&PLAIN, true), (&CURSOR, false)] {
        let mut list = List { distinct: 90, nameless: Some(7), ..List::new(95, 20, Order::OldestFirst) };
        let pulled = quiet(&Course { overlap, ..course(spec, 10) }, &mut list);
        let came = (pulled.rows.len(), pulled.doubles(), pulled.namesakes, pulled.completeness);
        assert_eq!(came, (95, 0, 4, Completeness::Complete), "{overlap}");
        assert!(list.calls <= 16, "{} calls", list.calls);
    }
}

#[test]
fn a_restart_among_rows_of_one_id_delivers_none_twice() {
    for stop in 1..35 {
        let mut list = List { distinct: 93, ..List::new(136, 60, Order::Scattered) };
        let pulled = pull(&course(&PLAIN, 4), &mut list, &[], 1, &[stop]);
        assert_eq!(
            (pulled.rows.len(), pulled.doubles(), pulled.completeness),
            (136, 0, Completeness::Complete),
            "stopped after {stop} pages"
        );
    }
}

#[test]
fn a_false_total_is_believed_for_some_pages_only() {
    for (spec, most) in [(&PLAIN, 25), (&CAPPED, 30), (&UNSPLITTABLE, 25), (&CURSOR, 13)] {
        let mut list = List { told: Told::False(600_000), ..List::new(95, 20, Order::OldestFirst) };
        let pulled = quiet(&course(spec, 10), &mut list);
        assert_eq!((pulled.rows.len(), pulled.completeness), (95, Completeness::Incomplete));
        assert!(list.calls <= most, "{} calls", list.calls);
    }
    // Beyond the ceiling there is something, but not that much.
    let mut list = List { told: Told::False(600_000), cap: 100, ..List::new(350, 35, Order::OldestFirst) };
    let pulled = quiet(&course(&CAPPED, 10), &mut list);
    assert_eq!((pulled.missing(), pulled.doubles(), pulled.completeness), (vec![], 0, Completeness::Incomplete));
    assert!(list.calls <= 300, "{} calls", list.calls);
}

#[test]
fn a_total_that_is_the_ceiling_proves_nothing() {
    let list = || List { told: Told::AtMost(100), cap: 100, ..List::new(333, 50, Order::OldestFirst) };
    let pulled = quiet(&course(&CAPPED, 10), &mut list());
    assert_eq!((pulled.rows.len(), pulled.doubles(), pulled.completeness), (333, 0, Completeness::Unknown));
    let pulled = quiet(&course(&UNSPLITTABLE, 10), &mut list());
    assert_eq!((pulled.rows.len(), pulled.completeness), (100, Completeness::Unknown));
}

#[test]
fn a_list_that_grows_with_each_call_comes_to_its_end() {
    // Pages of five cannot overlap, so that each is looked up.
    for (size, rows, order, calls) in
        [(50, 3, Order::OldestFirst, 40), (50, 3, Order::NewestFirst, 40), (50, 3, Order::Scattered, 40), (5, 1, Order::OldestFirst, 1600)]
    {
        let mut list = List::new(1000, 20, order);
        let pulled = pull(&course(&PLAIN, size), &mut list, &vec![Change::Add(rows); 5000], 1, &[]);
        assert_eq!((pulled.missing(), pulled.doubles(), pulled.completeness), (vec![], 0, Completeness::Complete), "{size} {order:?}");
        assert!(list.calls <= calls, "{size} {order:?}: {} calls", list.calls);
    }
}

#[test]
fn a_token_with_a_changed_character_is_refused_and_the_longest_is_as_long_as_documented() {
    let owner = Owner::new("acme", &"/long".repeat(100), "by cursor", &Value::Null);
    let mut planner = Planner::new(course(&CURSOR, 50));
    let keys: Vec<RowKey> = (0..50).map(|number| row(u64::MAX - number)).collect();
    let cursor = Some("\"".repeat(2046).into());
    planner.take(&Facts { rows: 50, keys: Some(keys.clone()), total: Some(200), cursor, ..Facts::default() }).unwrap();
    let places: Vec<Place> = keys.iter().zip(1..).map(|(key, rows)| Place { key: *key, rows, came: rows }).collect();
    let token = ResumeToken::of(&owner, &planner).with_rows(&places);
    let text = token.to_string();
    assert!((5000..=ResumeToken::MAX_LEN).contains(&text.len()), "{}", text.len());
    assert_eq!(text.parse::<ResumeToken>().unwrap(), token);
    for at in (0..text.len()).filter(|at| *at < 300 || at % 97 == 0) {
        let mut changed = text.clone().into_bytes();
        changed[at] ^= 1;
        assert!(String::from_utf8(changed).unwrap().parse::<ResumeToken>().is_err(), "{at}");
    }
}

fn order() -> impl Strategy<Value = Order> {
    prop_oneof![Just(Order::OldestFirst), Just(Order::NewestFirst), Just(Order::Scattered)]
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = prop_oneof![
        6 => Just(Change::Nothing),
        2 => (1u8..4).prop_map(Change::Add),
        2 => any::<u64>().prop_map(Change::Remove),
        2 => any::<u64>().prop_map(Change::Swap),
    ];
    prop::collection::vec(change, 0..120)
}

fn told() -> impl Strategy<Value = Told> {
    // A total that is too small is believed: nothing shows it.
    prop_oneof![3 => Just(Told::True), 1 => Just(Told::Nothing), 1 => Just(Told::Zero), 1 => (600u64..1000).prop_map(Told::False)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_list_that_stands_still_comes_complete(
        rows in 0u64..400, days in 1i64..60, size in 1u64..12, width in 1usize..6, order in order(), inclusive: bool, overlap: bool,
        stops in prop::collection::vec(1usize..60, 0..6),
    ) {
        for spec in [&PLAIN, &CAPPED, &CURSOR] {
            if std::ptr::eq(spec, &raw const CAPPED) && rows as i64 / days > 40 {
                continue;
            }
            let cap = if spec.row_cap.is_some() { 100 } else { u64::MAX };
            let mut list = List { inclusive, cap, ..List::new(rows, days, order) };
            let pulled = pull(&Course { overlap, ..course(spec, size) }, &mut list, &[], width, &stops);
            prop_assert_eq!((pulled.missing(), pulled.doubles(), &pulled.problems, &pulled.contradictions), (vec![], 0, &vec![], &vec![]));
        }
    }

    /// Whatever happens to the others, a row that is there throughout comes once. (A list that just fits the ceiling is not split, and read as `PLAIN` is; a
    /// piece that outgrows the ceiling while it is read is told.)
    #[test]
    fn rows_that_stay_come_once(
        rows in 0u64..400, days in 5i64..60, size in 8u64..14, width in 1usize..6, order in order(), inclusive: bool, changes in changes(),
    ) {
        for (spec, overlap) in [(&PLAIN, true), (&CAPPED, false), (&CURSOR, false)] {
            if std::ptr::eq(spec, &raw const CAPPED) && (rows < 110 || rows as i64 / days > 30) {
                continue;
            }
            let cap = if spec.row_cap.is_some() { 100 } else { u64::MAX };
            let mut list = List { inclusive, cap, ..List::new(rows, days, order) };
            let pulled = pull(&Course { overlap, ..course(spec, size) }, &mut list, &changes, width, &[]);
            prop_assert_eq!(pulled.doubles(), 0);
            let outgrown = pulled.problems.iter().any(|problem| problem.text.contains("no row beyond"));
            prop_assert!(pulled.missing().is_empty() || outgrown, "{:?} {:?}", pulled.missing(), pulled.problems);
        }
    }

    /// A server with vices: all rows come from a list that stands still, if it gives them all, and completeness is claimed only where they did.
    #[test]
    fn what_is_called_complete_is_complete(
        rows in 0u64..300, size in 1u64..14, clamp in prop_oneof![2 => Just(u64::MAX), 1 => 1u64..14], order in order(), told in told(),
        distinct in prop_oneof![2 => Just(u64::MAX), 1 => 1u64..300], nameless in prop::option::of(1u64..9), overlap: bool, ids: bool,
        cuts in prop::collection::vec((1u64..60, prop_oneof![Just(Cut::Empty), Just(Cut::Half)]), 0..4), width in 1usize..4,
        stops in prop::collection::vec(1usize..60, 0..3),
    ) {
        for spec in [&PLAIN, &CAPPED, &UNSPLITTABLE, &CURSOR] {
            let cap = if spec.row_cap.is_some() { 100 } else { u64::MAX };
            let told = if spec.row_cap.is_some() && told == Told::True && overlap { Told::AtMost(100) } else { told };
            let mut list = List { told, clamp, distinct, nameless, ids, cap, cuts: cuts.clone(), ..List::new(rows, 60, order) };
            let pulled = pull(&Course { overlap, ..course(spec, size) }, &mut list, &[], width, &stops);
            // Nothing shows that a list which says that it is empty, and gives no row, is not.
            let denied = told == Told::Zero && pulled.rows.is_empty();
            let complete = pulled.completeness == Completeness::Complete && !denied;
            prop_assert!(!complete || (pulled.missing().is_empty() && pulled.doubles() == 0), "{:?} {:?}", spec.style, pulled);
            prop_assert!(pulled.completeness != Completeness::Incomplete || !pulled.problems.is_empty() || !pulled.contradictions.is_empty());
            let fair = cuts.is_empty() && stops.is_empty() && !matches!(told, Told::False(_)) && (spec.row_cap.is_none() || rows < 100);
            prop_assert!(!fair || pulled.missing().is_empty(), "{:?} {:?}", pulled.missing(), pulled.problems);
            prop_assert!(list.calls < 4000, "{} calls", list.calls);
        }
    }

    /// Window after window, whether ends belong to ranges or not, with ids or without, and whether or not rows tell their day.
    #[test]
    fn windows_lose_no_row_and_repeat_none(
        rows in 0u64..300, days in 1i64..40, size in 1u64..14, width in 1usize..9, order in order(), inclusive: bool, ids: bool, timed: bool,
        told: bool, stops in prop::collection::vec(1usize..60, 0..6),
    ) {
        for spec in [&PLAIN, &CAPPED, &CURSOR] {
            // Splitting needs ids and a total, and a day holds what it holds.
            if std::ptr::eq(spec, &raw const CAPPED) && (!ids || !told || rows as i64 / days > 40) {
                continue;
            }
            let cap = if spec.row_cap.is_some() { 100 } else { u64::MAX };
            let told = if told { Told::True } else { Told::Nothing };
            let mut list = List { inclusive, ids, timed, told, cap, most_days: 5, ..List::new(rows, days, order) };
            let course = windows(spec, size, days, timed);
            // Rows without an id come again where a pull stood inside a page; here it stands between pages.
            let pulled = pull(&course, &mut list, &[], width, &stops);
            prop_assert_eq!((pulled.missing(), pulled.doubles(), &pulled.problems, &pulled.contradictions), (vec![], 0, &vec![], &vec![]));
            let proven = told == Told::True;
            // After a restart nothing tells which rows came with the window that ended today.
            let forgotten = !timed && !stops.is_empty() && days % 5 == 1;
            prop_assert!(forgotten || (pulled.completeness == Completeness::Complete) == proven, "{:?}", pulled.completeness);
            prop_assert!(pulled.completeness != Completeness::Incomplete);
        }
    }

    /// The same while the list changes under its hands.
    #[test]
    fn what_is_called_complete_is_complete_while_rows_come_and_go(
        rows in 0u64..300, size in 1u64..14, clamp in prop_oneof![2 => Just(u64::MAX), 1 => 1u64..14], order in order(), told in told(),
        changes in changes(), cuts in prop::collection::vec((1u64..60, prop_oneof![Just(Cut::Empty), Just(Cut::Half)]), 0..3),
    ) {
        for (spec, overlap) in [(&PLAIN, size >= 8), (&CURSOR, false)] {
            let swaps = spec.style != CURSOR.style && !overlap;
            let changes: Vec<Change> = changes.iter().filter(|change| !(swaps && matches!(change, Change::Swap(_)))).cloned().collect();
            let mut list = List { told, clamp, cuts: cuts.clone(), ..List::new(rows, 20, order) };
            let pulled = pull(&Course { overlap, ..course(spec, size) }, &mut list, &changes, 1, &[]);
            let denied = told == Told::Zero && pulled.rows.is_empty();
            let complete = pulled.completeness == Completeness::Complete && !denied;
            prop_assert!(!complete || (pulled.missing().is_empty() && pulled.doubles() == 0), "{:?} {:?}", spec.style, pulled);
        }
    }

    /// The same without overlapping pages, as long as totals show what happens: rows only come, or only go, between two answers.
    #[test]
    fn totals_show_what_only_comes_or_only_goes(
        rows in 0u64..400, size in 1u64..14, order in order(), changes in changes(),
    ) {
        let changes: Vec<Change> = changes.into_iter().filter(|change| !matches!(change, Change::Swap(_))).collect();
        let mut list = List::new(rows, 20, order);
        let pulled = pull(&course(&PLAIN, size), &mut list, &changes, 1, &[]);
        prop_assert_eq!(pulled.doubles(), 0);
        prop_assert!(pulled.missing().is_empty(), "{:?} {:?}", pulled.missing(), pulled.problems);
    }

    /// Killed again and again while the list changes: nothing is missing and nothing comes twice, or it is told.
    #[test]
    fn restarts_in_a_changing_list_lose_nothing_in_silence(
        rows in 0u64..400, days in 5i64..60, size in 8u64..14, order in order(), inclusive: bool, changes in changes(),
        stops in prop::collection::vec(1usize..60, 1..6),
    ) {
        for (spec, overlap) in [(&PLAIN, true), (&CAPPED, false), (&CURSOR, false)] {
            if std::ptr::eq(spec, &raw const CAPPED) && (rows < 110 || rows as i64 / days > 30) {
                continue;
            }
            let cap = if spec.row_cap.is_some() { 100 } else { u64::MAX };
            let mut list = List { inclusive, cap, ..List::new(rows, days, order) };
            let pulled = pull(&Course { overlap, ..course(spec, size) }, &mut list, &changes, 1, &stops);
            prop_assert!((pulled.doubles() == 0 && pulled.missing().is_empty()) || !pulled.problems.is_empty(), "{:?} {:?}", pulled.missing(), pulled.problems);
        }
    }
}

#[test]
fn windows_follow_each_other_until_the_end_and_their_seams_are_counted_once() {
    for (inclusive, total) in [(true, 200), (false, 200)] {
        let mut list = List { inclusive, most_days: 5, ..List::new(200, 20, Order::OldestFirst) };
        let course = windows(&PLAIN, 10, 20, true);
        let mut planner = Planner::new(course);
        let (mut came, mut ranges) = (0, Vec::new());
        while let Some(ask) = planner.plans(1).pop() {
            ranges.extend(ask.range.clone().filter(|range| ranges.last() != Some(range)));
            let step = planner.take(&list.answer(&ask, 10).0).unwrap();
            came += (0..10).filter(|at| step.keep.keeps(*at)).count() as u64;
            assert_eq!((&step.problems, step.ended), (&vec![], planner.plans(1).is_empty()));
        }
        let days = ["2024-06-11", "2024-06-16", "2024-06-21", "2024-06-26", "2024-07-01"];
        let expected: Vec<(String, String)> = days.windows(2).map(|pair| (pair[0].to_owned(), pair[1].to_owned())).collect();
        assert_eq!((ranges, came, planner.windows()), (expected, 200, 4));
        assert_eq!((planner.totals(), planner.so_far()), ((Some(total), Some(total)), Completeness::Complete), "{inclusive}");
    }
}

#[test]
fn windows_to_come_are_asked_for_ahead_as_far_apart_as_windows_have_pages() {
    let mut planner = Planner::new(windows(&PLAIN, 10, 40, true));
    let starts = |planner: &Planner| -> Vec<(String, i64)> {
        let start = |ask: Ask| (ask.range.unwrap().0, ask.at.number().unwrap());
        planner.plans(6).into_iter().map(start).collect()
    };
    let at = |starts: &[(&str, i64)]| starts.iter().map(|(day, page)| ((*day).to_owned(), *page)).collect::<Vec<_>>();
    // Nothing is known yet: one window ahead.
    assert_eq!(starts(&planner), at(&[("2024-05-22", 1), ("2024-05-27", 1)]));
    let mut list = List::new(120, 40, Order::OldestFirst);
    let ask = planner.plans(1).remove(0);
    planner.take(&list.answer(&ask, 10).0).unwrap();
    assert_eq!(starts(&planner), at(&[("2024-05-22", 2), ("2024-05-27", 1), ("2024-06-01", 1), ("2024-06-06", 1)]));
}

#[test]
fn a_row_that_changed_at_the_seam_comes_once_and_one_that_changed_elsewhere_twice() {
    let key = |id, content| RowKey { id, content };
    let page = |rows: &[(RowKey, i64)]| {
        let times = rows.iter().map(|(key, ago)| (*key, Some(day(-ago).start()))).collect();
        let keys: Vec<RowKey> = rows.iter().map(|(key, _)| *key).collect();
        Facts { rows: rows.len() as u64, keys: Some(keys), total: Some(rows.len() as u64), times, ..Facts::default() }
    };
    let mut planner = Planner::new(windows(&PLAIN, 10, 10, true));
    planner.take(&page(&[(key(1, 1), 9), (key(2, 2), 4), (key(3, 3), 4)])).unwrap();
    let step = planner.take(&page(&[(key(2, 20), 4), (key(3, 3), 4), (key(1, 10), 2), (key(4, 4), 4)])).unwrap();
    let kept: Vec<bool> = (0..4).map(|at| step.keep.keeps(at)).collect();
    assert_eq!((kept, step.ended, planner.totals()), (vec![false, false, true, true], true, (Some(5), Some(5))));
}

#[test]
fn keys_of_rows_are_distinct() {
    let keys: HashMap<u64, u64> = (0..100_000u64).map(|number| (key(&number.to_le_bytes()), number)).collect();
    assert_eq!(keys.len(), 100_000);
}

/// A page of rows that tell no time, by id and content.
fn timeless(rows: &[(u64, u64)]) -> Facts {
    let keys: Vec<RowKey> = rows.iter().map(|(id, content)| RowKey { id: *id, content: *content }).collect();
    let times = keys.iter().map(|key| (*key, None)).collect();
    Facts { rows: keys.len() as u64, keys: Some(keys), total: Some(rows.len() as u64), times, ..Facts::default() }
}

#[test]
fn a_row_that_entered_a_window_after_it_was_read_comes_with_the_next() {
    let mut planner = Planner::new(windows(&PLAIN, 10, 9, false));
    planner.take(&timeless(&[(1, 10), (2, 20)])).unwrap();
    planner.take(&timeless(&[(2, 20), (9, 90)])).unwrap();
    let step = planner.take(&timeless(&[(2, 20), (9, 90), (3, 30)])).unwrap();
    assert_eq!((0..3).map(|at| step.keep.keeps(at)).collect::<Vec<_>>(), [false, true, true]);
}

#[test]
fn a_row_that_changed_between_two_windows_comes_once_though_it_tells_no_time() {
    let facts = timeless;
    let mut planner = Planner::new(windows(&PLAIN, 10, 9, false));
    assert!(planner.take(&facts(&[(1, 10), (2, 20)])).unwrap().keep.keeps(1));
    // The end of the first window once more, and then the second one.
    planner.take(&facts(&[(2, 21)])).unwrap();
    let step = planner.take(&facts(&[(2, 22), (3, 30)])).unwrap();
    assert_eq!((step.keep.keeps(0), step.keep.keeps(1)), (false, true));
}
