use proptest::prelude::*;

use super::*;
use crate::path::sample::{ACME, CUSTOMER, Person};

const TITLE: Label = Label { zh: "艾可米", en: "Acme" };
const GLOBEX: Label = Label { zh: "环球", en: "Globex" };

fn row() -> Person {
    let mut person = Person::named("李雷");
    person.id = Some(7);
    person.nickname = Some(" 小雷 ".to_owned());
    person.phone = Some(String::new());
    person.phones = vec![
        Person::with_phone("+86 138-0013-8000"),
        Person::with_phone("13800138000"),
        Person::default(),
        Person::with_phone("13900139000"),
    ];
    person.union_id = Some("union-7".to_owned());
    person.open_ids = vec![" open-7".to_owned(), "open-7".to_owned(), String::new()];
    person.created_at = Some("2024-05-01 12:00:00".to_owned());
    person
}

#[test]
fn a_row_reads_as_a_customer() {
    let customer = Customer::read(&row(), &CUSTOMER, &ACME);
    assert_eq!((customer.vendor, customer.title.zh), ("acme", "艾可米"));
    assert_eq!(customer.id.as_deref(), Some("7"));
    assert_eq!(customer.names, ["李雷", "小雷"]);
    assert_eq!(customer.phones, ["+86 138-0013-8000", "13900139000"]);
    assert_eq!(customer.union_ids, ["union-7"]);
    assert_eq!(customer.open_ids, ["open-7"]);
    assert_eq!(customer.created.unwrap().to_string(), "2024-05-01T12:00:00+08:00");
    assert!(customer.emails.is_empty() && customer.avatars.is_empty());
}

#[test]
fn a_zero_date_is_no_date() {
    let mut person = row();
    person.created_at = Some("0000-00-00 00:00:00".to_owned());
    assert_eq!(Customer::read(&person, &CUSTOMER, &ACME).created, None);
}

#[test]
fn keys_match_however_a_number_is_written() {
    let customer = Customer::read(&row(), &CUSTOMER, &ACME);
    for number in [
        "13800138000",
        "+8613800138000",
        "0086 138 0013 8000",
        "8613800138000",
        "138-0013-8000",
        "13900139000",
        "１３８００１３８０００",
        "＋86 138 0013 8000",
        "\u{202d}13800138000\u{202c}",
    ] {
        assert!(customer.matches(&CustomerKey::phone(number)), "{number}");
    }
    for number in ["", " ", "13800138001", "3800138000"] {
        assert!(!customer.matches(&CustomerKey::phone(number)), "{number}");
    }
    assert!(customer.matches(&CustomerKey::id(" 7 ")));
    assert!(customer.matches(&CustomerKey::id("\u{feff}7\u{200b}")));
    assert!(customer.matches(&CustomerKey::union_id("union-7")));
    assert!(!customer.matches(&CustomerKey::union_id("UNION-7")));
    assert!(customer.matches(&CustomerKey::open_id("open-7")));
    let mut customer = customer;
    customer.emails.push("Li.Lei@example.com".to_owned());
    assert!(customer.matches(&CustomerKey::email("li.lei@EXAMPLE.com")));
}

#[test]
fn what_nobody_sees_is_an_empty_key() {
    for number in ["", " ", "-", "+86", "0086", "86", "＋86", "\u{3000}", "\u{200b}", "—（）", "\u{202d}+86\u{202c}"] {
        assert!(CustomerKey::phone(number).is_empty(), "{number:?}");
    }
    for id in ["", "\t", "\u{a0}", "\u{200b}", "\u{feff} "] {
        assert!(CustomerKey::id(id).is_empty() && CustomerKey::union_id(id).is_empty() && CustomerKey::email(id).is_empty(), "{id:?}");
    }
}

#[test]
fn a_number_that_begins_with_86_is_kept_whole() {
    assert_eq!(CustomerKey::phone("86880000").value(), "86880000");
    assert_eq!(CustomerKey::phone("021-8688 0000").value(), "02186880000");
    assert_eq!(CustomerKey::phone("+1 202 555 0100").value(), "+12025550100");
}

#[test]
fn shown_to_people_whole_and_to_logs_masked() {
    let mut customer = Customer::read(&row(), &CUSTOMER, &ACME);
    insta::assert_snapshot!(customer, @"Acme: 李雷, phone +86 138-0013-8000 / 13900139000, union id union-7, open id open-7, id 7, since 2024-05-01");
    insta::assert_snapshot!(format!("{customer:?}"), @r#"Customer { vendor: "acme", id: Some("(1 characters)"), names: 2, phones: 2, emails: 0, union_ids: 1, open_ids: 1, avatars: 0, tags: 0, created: Some(Moment(1714536000000)) }"#);
    insta::assert_snapshot!(format!("{:?}", CustomerKey::phone("13800138000")), @r#"CustomerKey { kind: Phone, value: "(11 characters)" }"#);
    customer.names = vec!["a\u{1b}[31m\nb".to_owned()];
    assert!(!customer.to_string().contains(char::is_control));
    let secret = ["李雷", "13800138000", "138-0013-8000", "union-7", "open-7"];
    let debug = format!("{customer:?} {:?}", Profile::merge([Customer::read(&row(), &CUSTOMER, &ACME)]));
    assert!(secret.iter().all(|secret| !debug.contains(secret)), "{debug}");
}

fn customer(vendor: &'static str, title: Label, id: &str, name: &str, phones: &[&str], union_ids: &[&str]) -> Customer {
    let owned = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    Customer {
        id: Some(id.to_owned()),
        names: owned(&[name]),
        phones: owned(phones),
        union_ids: owned(union_ids),
        ..Customer::new(vendor, title)
    }
}

#[test]
fn one_profile_over_vendors() {
    let mut first = customer("acme", TITLE, "u_7", "小雷", &["13800138000"], &["union-7"]);
    first.created = time::parse(TimeFormat::Date, "2024-05-01");
    first.emails.push("li.lei@example.com".to_owned());
    let mut second = customer("globex", GLOBEX, "1007", "李雷", &["+86 13800138000", "13900139000"], &[]);
    second.created = time::parse(TimeFormat::DateTime, "2023-01-01 08:30:00");
    let third = customer("globex", GLOBEX, "1008", "李雷", &[], &["union-7"]);
    let profile = Profile::merge([first, second, third]);
    assert_eq!(profile.phones, ["13800138000", "13900139000"]);
    insta::assert_snapshot!(profile, @r"
    李雷
      phone     13800138000 / 13900139000
      email     li.lei@example.com
      union id  union-7
      since     2023-01-01T08:30:00+08:00
      known as  u_7 at Acme
                1007 at Globex
                1008 at Globex
    ");
    insta::assert_snapshot!(Profile::merge([]), @"(no name)");
}

#[test]
fn people_are_grouped_by_number_and_union_id_alone() {
    let groups = Profile::group([
        customer("acme", TITLE, "1", "韩梅梅", &["13800138000"], &[]),
        customer("acme", TITLE, "2", "韩梅梅", &["13900139000"], &[]),
        customer("globex", GLOBEX, "1", "梅梅", &["+86 138 0013 8000"], &["union-1"]),
        customer("initech", GLOBEX, "9", "Mei", &[], &["union-1"]),
    ]);
    let ids: Vec<Vec<&str>> = groups.iter().map(|profile| profile.ids.iter().map(|known| known.id.as_str()).collect()).collect();
    assert_eq!(ids, [vec!["1", "1", "9"], vec!["2"]]);
}

#[test]
fn what_identifies_nobody_merges_nobody() {
    for (phone, union_id) in [
        ("138****8000", "null"),
        ("00000000000", "0"),
        ("", ""),
        ("110", "o***x"),
        ("-", "-"),
        ("021-68880000", "none"),
        ("10000000000", "*"),
        ("未知", "undefined"),
    ] {
        let people = [customer("acme", TITLE, "1", "a", &[phone], &[union_id]), customer("acme", TITLE, "2", "b", &[phone], &[union_id])];
        assert_eq!(Profile::group(people).len(), 2, "{phone} {union_id}");
    }
}

/// Groups by the slow and obvious way: from each customer, all that can be reached.
fn reachable(customers: &[Customer]) -> Vec<Vec<String>> {
    let share = |one: &[String], other: &[String]| one.iter().any(|value| other.contains(value));
    let touch = |one: &Customer, other: &Customer| share(&one.phones, &other.phones) || share(&one.union_ids, &other.union_ids);
    let mut groups: Vec<Vec<String>> = customers
        .iter()
        .map(|start| {
            let mut reached = vec![start];
            while let Some(next) = customers.iter().find(|c| !reached.iter().any(|r| r.id == c.id) && reached.iter().any(|r| touch(r, c))) {
                reached.push(next);
            }
            let mut ids: Vec<String> = reached.iter().filter_map(|customer| customer.id.clone()).collect();
            ids.sort();
            ids
        })
        .collect();
    groups.sort();
    groups.dedup();
    groups
}

fn partition(customers: Vec<Customer>) -> Vec<Vec<String>> {
    let ids = |profile: Profile| {
        let mut ids: Vec<String> = profile.ids.into_iter().map(|known| known.id).collect();
        ids.sort();
        ids
    };
    let mut groups: Vec<Vec<String>> = Profile::group(customers).into_iter().map(ids).collect();
    groups.sort();
    groups
}

#[test]
fn a_customer_with_other_keys_only_contradicts_a_key() {
    let customer =
        |phones: &[&str]| Customer { phones: phones.iter().map(|phone| (*phone).to_owned()).collect(), ..Customer::new("acme", TITLE) };
    let key = CustomerKey::phone("+86 138-0013-8000");
    for (phones, contradicts) in [
        (&[][..], false),
        (&["13800138000"], false),
        (&["13900139000", "13800138000"], false),
        (&["138****8000"], false),
        (&["13900139000"], true),
    ] {
        assert_eq!(customer(phones).contradicts(&key), contradicts, "{phones:?}");
    }
}

proptest! {
    #[test]
    fn grouping_does_not_depend_on_the_order(
        (people, shuffled) in proptest::collection::vec((proptest::collection::vec(0u8..12, 0..3), proptest::collection::vec(0u8..12, 0..3)), 0..14)
            .prop_map(|people| people.iter().enumerate().map(|(id, (phones, union_ids))| Customer {
                id: Some(id.to_string()),
                phones: phones.iter().map(|phone| format!("138001380{phone:02}")).collect(),
                union_ids: union_ids.iter().map(|id| format!("union-{id}")).collect(),
                ..Customer::new("acme", TITLE)
            }).collect::<Vec<_>>())
            .prop_flat_map(|people| (Just(people.clone()), Just(people).prop_shuffle()))
    ) {
        let groups = partition(people.clone());
        prop_assert_eq!(&groups, &reachable(&people));
        prop_assert_eq!(groups, partition(shuffled));
    }

    #[test]
    fn plain_numbers_stay_plain(number in ".{0,20}") {
        let plain = CustomerKey::phone(&number);
        prop_assert!(!plain.value().contains([' ', '-']));
    }
}

#[test]
fn serde_sees_customers_profiles_and_keys_with_fixed_fields() {
    let mut customer = Customer::new("acme", Label { zh: "艾可米", en: "Acme" });
    customer.id = Some("7".into());
    customer.phones = vec!["13800138000".into()];
    customer.created = time::parse(TimeFormat::Date, "2024-05-01");
    let json = serde_json::json!({
        "vendor": "acme", "title": {"zh": "艾可米", "en": "Acme"}, "id": "7", "names": [], "phones": ["13800138000"], "emails": [], "union_ids": [],
        "open_ids": [], "avatars": [], "tags": [], "created": "2024-05-01T00:00:00+08:00"
    });
    assert_eq!(serde_json::to_value(&customer).unwrap(), json);
    let profile = serde_json::to_value(Profile::merge([customer])).unwrap();
    assert_eq!((&profile["customers"][0], &profile["ids"][0]["id"], &profile["name"]), (&json, &"7".into(), &serde_json::Value::Null));
    assert_eq!(profile.as_object().unwrap().len(), 8);

    for key in [
        CustomerKey::phone("+86 138"),
        CustomerKey::union_id("u"),
        CustomerKey::open_id("o"),
        CustomerKey::id("i"),
        CustomerKey::email("e@x"),
    ] {
        let text = serde_json::to_string(&key).unwrap();
        assert_eq!(serde_json::from_str::<CustomerKey>(&text).unwrap(), key, "{text}");
    }
    let read = |text: &str| serde_json::from_str::<CustomerKey>(text);
    assert_eq!(read(r#"{"value":"+86 138-0013-8000","kind":"phone","more":[]}"#).unwrap(), CustomerKey::phone("13800138000"));
    for bad in [r#"{"kind":"name","value":"x"}"#, r#"{"kind":"phone"}"#, r#"{"value":"x"}"#, "7"] {
        assert!(read(bad).is_err(), "{bad}");
    }
}
