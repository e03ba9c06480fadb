//! Rows on their way into other people's tables.

use scrm_core::{ColumnKind, DateTime, Flat, Sensitivity, Shape, Tabular as _, Yuan};
use serde_json::json;
use xiaoe_client::user::{User, UserList, UserListV2, UserV2};

fn users() -> (User, UserV2) {
    let first = json!({"user_id": "u_1", "user_nickname": "李雷", "bind_phone": "013800138000", "pay_sum": 19.9, "user_created_at": "2024-05-01 12:00:00"});
    let second = json!({
        "user_id": "u_2", "user_nickname": "韩, 梅梅", "pay_sum": 1990, "user_created_at": "0000-00-00 00:00:00",
        "es_skip": {"id": "u_2", "user_created_at": 1_714_536_000_000_i64}, "new": ["?"]
    });
    (serde_json::from_value(first).unwrap(), serde_json::from_value(second).unwrap())
}

#[test]
fn users_of_both_versions_go_into_one_csv_with_amounts_in_one_unit_and_come_back() {
    type Line = (String, Option<Yuan>, Option<DateTime>);
    let (first, second) = users();
    let second_paid = second.pay_sum.and_then(scrm_core::Fen::to_yuan);
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["user_id", "paid", "created"]).unwrap();
    writer.serialize((&first.user_id, first.pay_sum, &first.user_created_at)).unwrap();
    writer.serialize((&second.user_id, second_paid, &second.user_created_at)).unwrap();
    let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
    assert_eq!(text, "user_id,paid,created\nu_1,19.9,2024-05-01 12:00:00\nu_2,19.9,0000-00-00 00:00:00\n");
    let lines: Vec<Line> = csv::Reader::from_reader(text.as_bytes()).into_deserialize().map(Result::unwrap).collect();
    assert_eq!(lines[0].1, lines[1].1);
    assert_eq!((lines[0].2.as_ref().unwrap().day(), lines[1].2.as_ref().unwrap().moment()), (first.user_created_at.unwrap().day(), None));
}

#[test]
fn whole_rows_go_into_csv_as_they_are_and_come_back() {
    let (first, second) = users();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.serialize(&first).unwrap();
    let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
    let again: Flat<User> = csv::Reader::from_reader(text.as_bytes()).into_deserialize().next().unwrap().unwrap();
    assert!(again.0 == first);
    let mut writer = csv::Writer::from_writer(Vec::new());
    assert!(writer.serialize(&second).is_err(), "an object inside");
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.serialize(second.flat()).unwrap();
    let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
    insta::assert_snapshot!(text);
    let again: Flat<UserV2> = csv::Reader::from_reader(text.as_bytes()).into_deserialize().next().unwrap().unwrap();
    assert!(again.0 == second);
}

#[test]
fn columns_are_told_without_a_row() {
    let columns = UserV2::columns();
    let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
    let row = serde_json::to_value(users().1).unwrap();
    assert!(names.iter().all(|name| row.get(name).is_some()) && names.len() == row.as_object().unwrap().len(), "{names:?}");
    let column = |name: &str| columns.iter().find(|column| column.name == name).unwrap();
    let (phone, paid, skip, extra) = (column("bind_phone"), column("pay_sum"), column("es_skip"), column("extra"));
    assert_eq!((phone.kind, phone.shape, phone.sensitivity), (ColumnKind::Text, Shape::One, Sensitivity::Personal));
    assert_eq!((paid.kind, paid.unit, paid.label.zh), (ColumnKind::Fen, Some("fen"), "累计消费金额，单位分。"));
    assert_eq!((extra.shape, extra.sensitivity), (Shape::Map, Sensitivity::Personal));
    assert_eq!(skip.nested.unwrap()().iter().map(|column| (column.name, column.kind)).next_back(), Some(("extra", ColumnKind::Any)));
    assert!(UserList::columns().iter().any(|column| column.name == "page" && column.required));
    assert_eq!(xiaoe_client::tools::columns("user_list_v2").unwrap().len(), columns.len());
    assert!(xiaoe_client::tools::columns("points_list").is_some() && xiaoe_client::tools::columns("nothing").is_none());
}

#[test]
fn a_request_is_written_as_it_is_sent() {
    let request = UserListV2::new().with_tag_id(["1", "2"]).with_min_punch_count(3).with_user_created_start("2024-05-01");
    let text = serde_json::to_string(&request).unwrap();
    assert_eq!(text, r#"{"page_size":50,"tag_id":"1,2","min_punch_count":"3","user_created_start":"2024-05-01"}"#);
    assert_eq!(text.as_bytes(), scrm_core::encode::json(&request).unwrap());
    // days and moments, too
    let day = scrm_core::Day::parse("2024-05-01").unwrap();
    assert!(UserListV2::new().with_user_created_start(day) == UserListV2::new().with_user_created_start(day.start()));
}
