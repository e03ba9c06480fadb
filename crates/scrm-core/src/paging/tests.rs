//! The planner against a list in memory that changes under its hands. No types, no network: thousands of pulls in a second.

mod list;
mod properties;

use std::collections::{HashMap, HashSet, VecDeque};

use proptest::prelude::*;
use serde_json::Value;

use list::{Change, Cut, List, Order, Row, Told, pull, quiet};

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
fn a_server_that_ignores_the_range_is_found_out_before_the_list_is_split_without_end() {
    for (told, ids) in [(Told::False(100), true), (Told::False(600_000), true), (Told::True, true), (Told::True, false)] {
        let mut list = List { told, ids, cap: 100, heeds: false, ..List::new(150, 35, Order::OldestFirst) };
        let pulled = quiet(&course(&CAPPED, 10), &mut list);
        assert_eq!((pulled.rows.len(), pulled.doubles(), pulled.completeness), (100, 0, Completeness::Incomplete), "{told:?}");
        assert!(pulled.problems[0].text.contains("does not look at the range"), "{:?}", pulled.problems);
        assert!(list.calls <= 30, "{told:?}: {} calls", list.calls);
    }
}

#[test]
fn a_day_that_both_halves_begin_with_is_no_reason_not_to_split() {
    for inclusive in [true, false] {
        // All of one import: it stands first in every piece that holds its day.
        let mut list = List { cap: 100, inclusive, ..List::new(0, 1, Order::OldestFirst) };
        (0..90).for_each(|number| list.rows.push(Row { number, ago: Some(20) }));
        (90..190).for_each(|number| list.rows.push(Row { number, ago: Some((190 - number as i64) / 10) }));
        let pulled = quiet(&course(&CAPPED, 10), &mut list);
        assert_eq!((pulled.missing(), pulled.doubles(), pulled.completeness), (vec![], 0, Completeness::Complete), "{:?}", pulled.problems);
    }
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
