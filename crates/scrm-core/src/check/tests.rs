use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{
    path::sample::{Level, Person, Search},
    table::{Keyed, Nullable, Undocumented},
};

fn broken(request: &Search, rule: Rule) -> Vec<String> {
    check(request, &[rule]).err().unwrap_or_default().iter().map(ToString::to_string).collect()
}

fn holds(request: &Search, rule: Rule) -> bool {
    check(request, &[rule]).is_ok()
}

fn text(value: &str) -> Option<String> {
    Some(value.to_owned())
}

/// A request that breaks every rule of [`RULES`].
fn all_wrong() -> Search {
    Search {
        phone: text("13800138000"),
        password: text("hunter2"),
        page_size: Some(51),
        big: Some(u64::MAX.into()),
        min_pay: text("much"),
        weight: Some(-0.5),
        user_ids: Nullable::Value(vec![]),
        tags: vec!["a".repeat(300), "b\n".to_owned()],
        days: vec!["2024-02-30".to_owned()],
        numbers: vec![1, -1],
        needed: vec!["a".to_owned(), "b".to_owned()],
        level: Some(Level::Gold),
        data: Some(Person::default()),
        people: vec![
            Person::with_phone("13900139000"),
            Person::named("李雷"),
            Person { created_at: text("2024-05-01"), ..Person::default() },
        ],
        start: text("2024-06-01 00:00:00"),
        end: text("2024-05-01 00:00:00"),
        ..Search::default()
    }
}

const RULES: &[Rule] = &[
    Rule::Required { field: "page" },
    Rule::Required { field: "data/name" },
    Rule::Required { field: "people/phone" },
    Rule::RequiredIf { field: "lang", other: "level", values: &["1", "2"] },
    Rule::RequiredIf { field: "people/name", other: "people/phone", values: &[] },
    Rule::AtLeastOne { fields: &["openid", "any"] },
    Rule::AtLeastOne { fields: &["people/name", "people/created_at"] },
    Rule::AtLeastOne { fields: &["inner/phone", "inner/union_id"] },
    Rule::ExactlyOne { fields: &["phone", "password"] },
    Rule::AtMostOne { fields: &["phone", "start", "openid", "end"] },
    Rule::Together { fields: &["phone", "openid"] },
    Rule::Range { field: "page_size", min: Some(1), max: Some(50) },
    Rule::Range { field: "big", min: None, max: Some(i64::MAX) },
    Rule::Range { field: "min_pay", min: Some(0), max: None },
    Rule::Range { field: "weight", min: Some(0), max: None },
    Rule::Range { field: "numbers", min: Some(0), max: None },
    Rule::Length { field: "phone", min: None, max: Some(10) },
    Rule::Length { field: "password", min: Some(8), max: None },
    Rule::Length { field: "tags", min: Some(1), max: Some(1) },
    Rule::Items { field: "user_ids", min: Some(1), max: Some(100) },
    Rule::Items { field: "needed", min: None, max: Some(1) },
    Rule::Format { field: "days", format: TimeFormat::Date },
    Rule::Format { field: "start", format: TimeFormat::Date },
    Rule::Format { field: "start", format: TimeFormat::Month },
    Rule::Format { field: "start", format: TimeFormat::Seconds },
    Rule::Format { field: "big", format: TimeFormat::Milliseconds },
    Rule::Format { field: "people/created_at", format: TimeFormat::DateTime },
    Rule::Span { start: "start", end: "end", format: TimeFormat::DateTime, strict: false, max_seconds: None },
    Rule::Span { start: "start", end: "end", format: TimeFormat::DateTime, strict: true, max_seconds: None },
    Rule::Span { start: "end", end: "start", format: TimeFormat::DateTime, strict: true, max_seconds: Some(30 * 86_400) },
];

#[test]
fn every_broken_rule_is_told() {
    let violations = check(&all_wrong(), RULES).unwrap_err();
    let messages: Vec<String> = violations.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(messages.join("\n"));
    for secret in ["13800138000", "13900139000", "hunter2"] {
        assert!(!format!("{violations:?} {}", messages.join(" ")).contains(secret));
    }
    for rule in RULES {
        assert!(!broken(&all_wrong(), *rule).is_empty(), "{rule:?}");
    }
}

#[test]
fn a_violation_names_field_rule_and_value() {
    let request = Search { page_size: Some(51), ..Search::default() };
    let violations = check(&request, &[Rule::Range { field: "page_size", min: None, max: Some(50) }]).unwrap_err();
    let [violation] = violations.as_slice() else { panic!("one violation") };
    assert_eq!((violation.field.as_str(), violation.rule.as_str(), violation.given.as_deref()), ("page_size", "at most 50", Some("51")));
}

#[test]
fn empty_counts_as_absent_and_null_as_given() {
    let required = |request: Search, field| holds(&request, Rule::Required { field });
    assert!(!required(Search { phone: text(""), ..Search::default() }, "phone"));
    assert!(required(Search { phone: text("1"), ..Search::default() }, "phone"));
    assert!(!required(Search::default(), "user_ids"));
    assert!(required(Search { user_ids: Nullable::Null, ..Search::default() }, "user_ids"));
    assert!(required(Search { user_ids: Nullable::Value(vec![]), ..Search::default() }, "user_ids"));
    assert!(!required(Search::default(), "tags"));
    // Its table says that it is always written.
    assert!(required(Search::default(), "needed"));
    assert!(!required(Search { level: Some(Level::Undocumented(Undocumented::Text("".into()))), ..Search::default() }, "level"));
    assert!(required(Search { labels: Keyed(vec![("a".into(), None)]), ..Search::default() }, "labels"));
    // An object that is absent requires nothing of what would stand in it.
    assert!(required(Search::default(), "data/name"));
    assert!(!required(Search::default(), "data"));
    let filled = |request: Search| holds(&request, Rule::AtLeastOne { fields: &["phone", "user_ids", "needed"] });
    assert!(!filled(Search { phone: text(""), user_ids: Nullable::Null, ..Search::default() }));
    assert!(filled(Search { needed: vec!["a".to_owned()], ..Search::default() }));
}

#[test]
fn an_empty_filter_is_refused_unless_the_caller_means_it() {
    let rules = [Rule::NotEmpty { field: "phone" }];
    let empty = Search { phone: text(""), ..Search::default() };
    let violations = check(&empty, &rules).unwrap_err();
    assert_eq!((violations.len(), violations[0].field.as_str()), (1, "phone"));
    assert!(violations[0].to_string().contains("allow_empty_filters()"));
    assert_eq!(check_allowing(&empty, &rules, true), Ok(()));
    for fine in [None, text("1")] {
        assert_eq!(check(&Search { phone: fine, ..Search::default() }, &rules), Ok(()));
    }
}

#[test]
fn an_empty_list_has_no_item_that_could_break_a_rule() {
    let rule = Rule::AtLeastOne { fields: &["people/name", "people/phone"] };
    assert!(holds(&Search::default(), rule));
    assert!(!holds(&Search { people: vec![Person::default()], ..Search::default() }, rule));
}

#[test]
fn empty_texts_break_no_rule_of_values() {
    let request = Search { min_pay: text(""), tags: vec![String::new()], ..Search::default() };
    assert!(holds(&request, Rule::Range { field: "min_pay", min: Some(1), max: None }));
    assert!(holds(&request, Rule::Length { field: "min_pay", min: Some(1), max: None }));
    assert!(holds(&request, Rule::Format { field: "tags", format: TimeFormat::Date }));
    assert!(holds(&request, Rule::Items { field: "numbers", min: Some(1), max: None }));
    assert!(!holds(&request, Rule::Items { field: "needed", min: Some(1), max: None }));
}

#[test]
fn numbers_in_texts_have_ranges_too() {
    let rule = Rule::Range { field: "min_pay", min: Some(0), max: Some(50) };
    for (value, fine) in
        [("0", true), ("50", true), ("49.99", true), ("50.01", false), ("-1", false), ("abc", false), ("inf", false), ("NaN", false)]
    {
        assert_eq!(holds(&Search { min_pay: text(value), ..Search::default() }, rule), fine, "{value}");
    }
    assert!(!holds(&Search { weight: Some(f64::NAN), ..Search::default() }, Rule::Range { field: "weight", min: None, max: None }));
}

#[test]
fn lengths_count_characters() {
    let rule = Rule::Length { field: "lang", min: None, max: Some(2) };
    assert!(holds(&Search { lang: text("中文"), ..Search::default() }, rule));
    assert!(!holds(&Search { lang: text("eng"), ..Search::default() }, rule));
}

#[test]
fn undocumented_values_of_enums_pass() {
    let request = Search { level: Some(Level::Undocumented(Undocumented::Int(9))), ..Search::default() };
    assert!(holds(&request, Rule::Required { field: "level" }));
    assert!(broken(&request, Rule::RequiredIf { field: "lang", other: "level", values: &["2"] }).is_empty());
}

#[test]
fn a_truth_value_decides_by_word_or_digit() {
    let request = Search { active: Some(true), ..Search::default() };
    for (value, decides) in [("true", true), ("1", true), ("false", false), ("0", false)] {
        let values: &'static [&'static str] = match value {
            "true" => &["true"],
            "1" => &["1"],
            "false" => &["false"],
            _ => &["0"],
        };
        assert_eq!(!holds(&request, Rule::RequiredIf { field: "lang", other: "active", values }), decides, "{value}");
    }
}

#[test]
fn paths_go_through_any_json() {
    let request = Search { any: Some(json!({"rows": [{"day": "2024-05-01"}, {"day": "2024-5-1"}, {}]})), ..Search::default() };
    assert_eq!(
        broken(&request, Rule::Format { field: "any/rows/day", format: TimeFormat::Date }),
        ["any/rows[1]/day must be a day as YYYY-MM-DD; given: 2024-5-1"]
    );
    assert_eq!(broken(&request, Rule::Required { field: "any/rows/day" }), ["any/rows[2]/day must be given"]);
}

#[test]
fn what_stands_in_a_personal_field_is_personal() {
    let inner = Some(Person { id: Some(-5), ..Person::default() });
    let request = Search { data: Some(Person::with_phone("13800138000")), inner, ..Search::default() };
    assert_eq!(
        broken(&request, Rule::Range { field: "inner/id", min: Some(0), max: None }),
        ["inner/id must be at least 0; given: 2 characters"]
    );
    assert_eq!(
        broken(&request, Rule::Length { field: "data/phone", min: None, max: Some(3) }),
        ["data/phone must be a text of at most 3 characters; given: 11 characters"]
    );
}

#[test]
fn spans_hold_at_their_bounds() {
    let rule =
        |strict, days: u64| Rule::Span { start: "start", end: "end", format: TimeFormat::Date, strict, max_seconds: Some(days * 86_400) };
    let request = |start, end| Search { start: text(start), end: text(end), ..Search::default() };
    assert!(holds(&request("2024-01-01", "2024-02-01"), rule(true, 31)));
    assert!(!holds(&request("2024-01-01", "2024-02-02"), rule(true, 31)));
    assert!(holds(&request("2024-01-01", "2024-01-01"), rule(false, 31)));
    assert!(!holds(&request("2024-01-01", "2024-01-01"), rule(true, 31)));
    // Left to the rule of the format.
    assert!(holds(&request("2024-01-01", "yesterday"), rule(true, 31)));
    assert!(holds(&Search { start: text("2024-01-01"), ..Search::default() }, rule(true, 31)));
}

proptest! {
    #[test]
    fn a_range_holds_for_what_lies_in_it(value: i64, one: i64, other: i64) {
        let (min, max) = (one.min(other), one.max(other));
        let rule = Rule::Range { field: "page", min: Some(min), max: Some(max) };
        prop_assert_eq!(holds(&Search { page: Some(value), ..Search::default() }, rule), (min..=max).contains(&value));
        let rule = Rule::Range { field: "min_pay", min: Some(min), max: Some(max) };
        prop_assert_eq!(holds(&Search { min_pay: Some(value.to_string()), ..Search::default() }, rule), (min..=max).contains(&value));
    }

    #[test]
    fn rules_between_fields_count_what_is_given(phone in "[0-9]{0,2}", openid in "[a-z]{0,2}", lang in "[a-z]{0,2}") {
        let fields: &'static [&'static str] = &["phone", "openid", "lang"];
        let given = [&phone, &openid, &lang].iter().filter(|value| !value.is_empty()).count();
        let request = Search { phone: Some(phone), openid: Some(openid), lang: Some(lang), ..Search::default() };
        prop_assert_eq!(holds(&request, Rule::AtLeastOne { fields }), given >= 1);
        prop_assert_eq!(holds(&request, Rule::ExactlyOne { fields }), given == 1);
        prop_assert_eq!(holds(&request, Rule::AtMostOne { fields }), given <= 1);
        prop_assert_eq!(holds(&request, Rule::Together { fields }), given == 0 || given == 3);
    }

    #[test]
    fn no_value_breaks_the_checker_and_personal_ones_stay_hidden(value in "[一-龥]{1,20}", number: i64, weight: f64) {
        let mut request = all_wrong();
        request.phone = Some(value.clone());
        request.password = Some(value.clone());
        request.data = Some(Person::with_phone(&value));
        request.page_size = Some(number);
        request.weight = Some(weight);
        for rule in RULES {
            for message in broken(&request, *rule) {
                prop_assert!(!message.contains(&value), "{}", message);
            }
        }
    }
}
