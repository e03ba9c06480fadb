//! Rows go into tables and come back: CSV by the `csv` crate, JSON by `serde_json`.

use proptest::prelude::*;
use scrm_core::{
    Column, DateTime, Fen, Flat, Maybe as _, Sensitivity, Tabular as _, declare,
    table::{Nullable, ReadFields},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{
    decoding::{data, member},
    showing::nothing_is_null,
    tables::{Home, Level, Member, Wired},
};

fn written<R: Serialize>(rows: impl IntoIterator<Item = R>) -> Result<String, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.serialize(row)?;
    }
    Ok(String::from_utf8(writer.into_inner().unwrap()).unwrap())
}

fn read<R: DeserializeOwned>(text: &str) -> Vec<R> {
    csv::Reader::from_reader(text.as_bytes()).into_deserialize().map(Result::unwrap).collect()
}

#[test]
fn a_row_of_single_values_goes_into_csv_as_it_is() {
    let rows: Vec<Home> = data(r#"[{"city":"上海, 浦东","zip":7},{"street":"\"0123\"\n"},{}]"#).unwrap().data;
    let text = written(&rows).unwrap();
    assert_eq!(text, "city,street,zip,extra\n\"上海, 浦东\",,7,\n,\"\"\"0123\"\"\n\",,\n,,,\n");
    assert_eq!(written(rows.iter().map(Flat)).unwrap(), text, "and no differently when it is made flat");
    assert!(read::<Flat<Home>>(&text).into_iter().map(|row| row.0).eq(rows));
}

#[test]
fn any_row_goes_into_csv_when_it_is_made_flat() {
    let row = member(&json!({
        "id": 1, "price": "1990.5", "money": 2, "phone": "013800138000", "sex": 9, "home": {"city": "a", "new": "?"}, "tags": ["a,b", "\""], "marks": [5],
        "levels": ["gold", "new"], "by_shop": {"s": {"zip": 1}}, "ids": ["x"], "any": "true", "created_at": "0000-00-00 00:00:00", "Score-3": -1, "new": {"z": [1]}
    }));
    assert!(written([&row]).is_err(), "CSV has no lists");
    let text = written([Flat(&row), Flat(&Member::default())]).unwrap();
    insta::assert_snapshot!(text);
    let again: Vec<Flat<Member>> = read(&text);
    assert!(again[0].0 == row, "{}", serde_json::to_string_pretty(&again[0].0).unwrap());
    assert!(again[1].0 == Member::default());
    // into a type of one's own
    #[derive(PartialEq)]
    struct Own(Option<Fen>, DateTime);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let columns: Vec<usize> =
        ["price", "created_at"].iter().map(|name| reader.headers().unwrap().iter().position(|one| one == *name).unwrap()).collect();
    let record = reader.records().next().unwrap().unwrap();
    let own = Own(Fen::parse(&record[columns[0]]), record[columns[1]].into());
    assert!(own == Own(row.price, "0000-00-00 00:00:00".into()));
}

#[test]
fn json_in_a_flat_row_is_read_as_the_json_it_was() {
    for any in
        [json!("5"), json!(5), json!("null"), json!(""), json!("[1]"), json!([1]), json!("plain, text"), json!({"a": "b"}), json!("\"q\"")]
    {
        let row = Member { any: Some(any.clone()), ..Member::default() };
        assert_eq!(read::<Flat<Member>>(&written([Flat(&row)]).unwrap())[0].0.any, Some(any));
    }
}

/// What CSV cannot tell apart: an empty text and none, `null` and absence.
fn as_csv_has_it(mut member: Member) -> Member {
    for text in [&mut member.name, &mut member.phone, &mut member.token] {
        text.take_if(|text| text.is_empty());
    }
    member.created_at.take_if(|text| text.is_empty());
    member.any.take_if(|any| any.is_null());
    if member.ids == Nullable::Null {
        member.ids = Nullable::Absent;
    }
    member
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,6}".prop_map(Value::from)
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map("[a-zé \"]{0,3}", inner, 0..3).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

prop_compose! {
    fn any_member()(
        id: Option<i64>, cents in prop::option::of((-1_000_000_000_i64..1_000_000_000, 0_u32..5)), money in prop::option::of(-1_000_000_000..1_000_000_000_i32), vip: Option<bool>,
        texts: [Option<String>; 4], level in prop::option::of("(gold|tin|new|[a-z]{1,3})"), sex in prop::option::of(0..12_i64),
        home in prop::option::of((prop::option::of(".{0,4}"), prop::option::of(any::<i64>()), any_json())), tags in prop::collection::vec(".{0,4}", 0..3),
        marks: Vec<i64>, ids in prop_oneof![Just(None), Just(Some(Value::Null)), prop::collection::vec(".{0,2}", 0..3).prop_map(|ids| Some(json!(ids)))],
        counts in prop::collection::btree_map(".{0,3}", any::<i64>(), 0..3), any in prop::option::of(any_json()),
        scores in prop::collection::btree_map(any::<u32>(), any::<i64>(), 0..3), extra in prop::collection::btree_map("[A-Z]{1,3}|extra|scores", any_json(), 0..3),
    ) -> Member {
        // of more than 15 digits, serde_json reads some floats as their neighbours
        let money = money.map(|cents| f64::from(cents) / 100.0);
        let mut row = json!({
            "id": id, "money": money, "vip": vip, "name": texts[0], "phone": texts[1], "token": texts[2], "created_at": texts[3], "level": level, "sex": sex,
            "tags": tags, "marks": marks, "counts": counts,
        });
        if let Some((digits, decimals)) = cents {
            row["price"] = json!(format!("{digits}e-{decimals}"));
        }
        if let Some((street, zip, new)) = home {
            row["home"] = json!({"city": "c", "street": street, "zip": zip, "new": new});
            row["friends"] = json!([row["home"].clone()]);
            row["by_shop"] = json!({"s": row["home"].clone()});
        }
        for (key, value) in [("ids", ids), ("any", any)] {
            if let Some(value) = value {
                row[key] = value;
            }
        }
        for (number, value) in scores {
            row[format!("Score-{number}")] = json!(value);
        }
        for (key, value) in extra {
            row[key] = value;
        }
        data(&row.to_string()).unwrap().data
    }
}

/// What a program sees that knows no type: from the views of an empty row, beside the texts of the declaration.
#[test]
fn columns_say_what_their_slots_hold() {
    let told = |columns: Vec<Column>| -> Vec<String> {
        let nested = |column: &Column| column.nested.map(|nested| nested()[0].name).unwrap_or_default();
        columns.iter().map(|column| format!("{} {:?} {:?} {}", column.name, column.kind, column.shape, nested(column))).collect()
    };
    let member = [
        "id Integer One ",
        "price Fen One ",
        "money Number One ",
        "vip Boolean One ",
        "name Text One ",
        "phone Text One ",
        "token Text One ",
        "level Code One ",
        "sex Code One ",
        "home Object One city",
        "friends Object List id",
        "boss Object One id",
        "tags Text List ",
        "marks Integer List ",
        "levels Code List ",
        "by_shop Object Map city",
        "counts Integer Map ",
        "ids Text List ",
        "any Any One ",
        "created_at DateTime One ",
        "scores Integer Map ",
        "extra Any Map ",
    ];
    assert_eq!(told(Member::columns()), member);
    assert_eq!(told(<Box<Member>>::columns()), member);
    let wired = told(Wired::columns());
    assert_eq!([&wired[10], &wired[11], &wired[18]], ["span Date List ", "maybe Integer List ", "times UnixMillis List "]);
}

declare::request! {
    /// Texts with everything that may stand beside them.
    pub struct Noted {
        "Points, as the page has it." "积分（原文）。" ("Points" "积分") "A note."
        points: Option<i64> as I64 = "points", required personal ["points"], with_points(i64);
        "Paid." "已付。"
        paid: Option<i64> as I64 = "paid", optional secret ["fen"], with_paid(i64);
        "Name \\n." "名称。" ("Name" "名称")
        name: Option<String> as Str = "name", optional, with_name(impl Into<String>);
    }
    numbers(0 1 2)
    open(extra)
    /// Nothing is required.
    new()
}

/// The setter is named, not called: what it takes is what the option holds.
#[test]
fn setters_take_what_may_be_missing() {
    let given = Noted::new().maybe(Some(7), Noted::with_points).maybe(Some("李雷"), Noted::with_name).maybe(None, Noted::with_paid);
    assert_eq!(given, Noted::new().with_points(7).with_name("李雷"));
    assert_eq!(given.maybe(None::<String>, Noted::with_name).cell("name"), Some("李雷".into()), "nothing leaves it as it is");
}

#[test]
fn an_open_enum_prints_as_a_derive_would() {
    let all = [Level::Gold, Level::Seven, "other".parse().unwrap()];
    assert_eq!(format!("{all:?}"), r#"[Gold, Seven, Undocumented(Text("other"))]"#);
}

#[test]
fn columns_have_the_label_and_the_unit_of_their_line() {
    let told: Vec<_> = Noted::columns()
        .iter()
        .map(|column| (column.label.en, column.label.zh, column.unit, column.required, column.sensitivity))
        .collect();
    assert_eq!(
        told,
        [
            ("Points", "积分", Some("points"), true, Sensitivity::Personal),
            ("Paid.", "已付。", Some("fen"), false, Sensitivity::Secret),
            ("Name", "名称", None, false, Sensitivity::Plain),
            ("Keys that the documentation does not name", "文档没有说明的字段", None, false, Sensitivity::Personal),
        ]
    );
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(row in any_member()) {
        let text = serde_json::to_string(&row).unwrap();
        let again: Member = serde_json::from_str(&text).unwrap();
        prop_assert!(again == nothing_is_null(row.clone()), "{text}");
        let wire = String::from_utf8(scrm_core::encode::json(&row).unwrap()).unwrap();
        prop_assert!(data::<Member>(&wire).unwrap().data == row, "{wire}");
        let text = written([Flat(&row)]).unwrap();
        prop_assert!(read::<Flat<Member>>(&text)[0].0 == as_csv_has_it(row), "{text}");
    }

    /// Every row of a type has the same columns, whatever is in it.
    #[test]
    fn the_columns_are_fixed(row in any_member()) {
        let columns = |row: &Member| serde_json::to_value(row).unwrap().as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        prop_assert_eq!(columns(&row), columns(&Member::default()));
        prop_assert_eq!(columns(&row).len(), ReadFields::table(&row).fields.len() + 2);
    }
}

#[test]
fn enums_are_codes_in_serde_and_in_text() {
    let wired: Wired = data(r#"{"sexes":"1,9,x"}"#).unwrap().data;
    assert_eq!(serde_json::to_string(&wired.sexes).unwrap(), r#"[1,9,"x"]"#);
    assert_eq!(wired.sexes.iter().map(ToString::to_string).collect::<Vec<_>>(), ["1", "9", "x"]);
    let again = serde_json::from_str::<Vec<crate::tables::Sex>>(r#"["1",9,"x"]"#).unwrap();
    assert_eq!(again, wired.sexes);
    assert_eq!(wired.sexes, ["1", "9", "x"].map(|code| code.parse().unwrap()));
    assert_eq!(format!("{:>3}|{}", wired.sexes[0], wired.sexes[2].as_str()), "  1|x");
    let levels: Vec<crate::tables::Level> = serde_json::from_str(r#"["gold",7,8,"new"]"#).unwrap();
    assert_eq!(serde_json::to_string(&levels).unwrap(), r#"["gold","7",8,"new"]"#);
    assert!(serde_json::from_str::<crate::tables::Level>("[]").is_err());
}
