//! What holds whatever the list, its server and the moments of death are.

use super::*;

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
