//! Answers of realistic size and text, made at run time from a fixed seed; the people in them are made up.

use std::ops::Range;

use fastrand::Rng;
use serde_json::{Map, Value, json};

/// How a body departs from the documented page.
#[derive(Clone, Copy, Debug, Default)]
pub struct Twist {
    /// Numbers in the rows come in quotes.
    pub numbers_as_text: bool,
    /// Two keys nobody documented stand in every row.
    pub unknown_fields: bool,
}

const NICKNAMES: [&str; 8] = ["林晓月", "周大川", "手机尾号0417用户", "Alice", "欧阳若水", "测试 \"引号\" 用户", "何小满", "江南一枝春"];

fn hex(rng: &mut Rng, length: usize) -> String {
    (0..length).map(|_| char::from(b"0123456789abcdef"[rng.usize(..16)])).collect()
}

fn phone(rng: &mut Rng) -> String {
    format!("1{:010}", rng.u64(..10_000_000_000))
}

fn number(value: Value, twist: Twist) -> Value {
    if twist.numbers_as_text { Value::String(value.to_string()) } else { value }
}

fn twisted(mut row: Value, at: usize, twist: Twist) -> Value {
    if twist.unknown_fields
        && let Some(row) = row.as_object_mut()
    {
        row.insert("user_grade".into(), format!("v{at}").into());
        row.insert("is_seal".into(), (at % 2).into());
    }
    row
}

fn page(count: usize, twist: Twist, mut row: impl FnMut(&mut Rng, usize) -> Value) -> Vec<Value> {
    let mut rng = Rng::with_seed(7);
    (0..count).map(|at| twisted(row(&mut rng, at), at, twist)).collect()
}

/// A page of users.
pub fn users(count: usize, twist: Twist) -> Vec<u8> {
    let rows = page(count, twist, user(twist));
    json!({ "code": 0, "data": { "list": rows, "total": 8731 }, "msg": "success" }).to_string().into_bytes()
}

/// Some users of a longer list, each with an id of its own.
pub fn listed_users(range: Range<usize>, total: usize) -> Vec<u8> {
    let mut rows = page(range.len(), Twist::default(), user(Twist::default()));
    for (row, at) in rows.iter_mut().zip(range) {
        row["user_id"] = format!("u_{at:013}_listed").into();
    }
    json!({ "code": 0, "data": { "list": rows, "total": total }, "msg": "success" }).to_string().into_bytes()
}

fn user(twist: Twist) -> impl FnMut(&mut Rng, usize) -> Value {
    move |rng, at| {
        let union_id = format!("o{}", hex(rng, 27));
        json!({
            "user_id": format!("u_{}_{}", hex(rng, 13), hex(rng, 10)),
            "user_nickname": NICKNAMES[rng.usize(..NICKNAMES.len())],
            "bind_phone": if at % 7 == 3 { Value::Null } else { phone(rng).into() },
            "collect_phone": if at % 3 == 0 { phone(rng) } else { String::new() },
            "avatar": format!("https://pictures.example/mmopen/vi_32/{}/132", hex(rng, 90)),
            "from": "微信",
            "pay_sum": number(json!([0.0, 1.0, 99.9, 1299.5, 0.01][rng.usize(..5)]), twist),
            "punch_count": number(rng.u32(..30).into(), twist),
            "wx_union_id": if at % 2 == 0 { union_id.as_str() } else { "" },
            "wx_app_open_id": "",
            "wx_open_id": if at % 2 == 0 { "" } else { union_id.as_str() },
            "user_created_at": format!("2021-07-{:02} 17:16:02", 1 + at % 28),
        })
    }
}

/// A page of points accounts.
pub fn points(count: usize, twist: Twist) -> Vec<u8> {
    let rows = page(count, twist, |rng, at| {
        json!({
            "id": number((at + 5).into(), twist),
            "app_id": format!("app{}", hex(rng, 12)),
            "user_id": format!("u_{}_{}", hex(rng, 13), hex(rng, 10)),
            "total_balance": number(rng.u32(..100_000).into(), twist),
            "balance": number(rng.u32(..10_000).into(), twist),
            "freeze_balance": number(rng.u32(..100).into(), twist),
            "created_at": "2020-08-20 16:01:52",
        })
    });
    let page = json!({ "current_page": 3, "last_page": 88, "page_size": count, "total": 8731 });
    json!({ "code": 0, "msg": "Success", "data": { "list": rows, "page": page } }).to_string().into_bytes()
}

/// A page of leads, each with 20 of 26 score columns.
pub fn leads(count: usize, twist: Twist) -> Vec<u8> {
    let mut rng = Rng::with_seed(11);
    let mut models: Vec<u32> = (0..26).map(|_| rng.u32(3_000..21_000)).collect();
    models.sort_unstable();
    models.dedup();
    let rows = page(count, twist, |rng, at| {
        let identity = format!("{}-{}-{}-{}-{}", hex(rng, 8), hex(rng, 4), hex(rng, 4), hex(rng, 4), hex(rng, 12));
        let Value::Object(mut row) = json!({
            "FullName": NICKNAMES[rng.usize(..NICKNAMES.len())],
            "MobilePhone": phone(rng),
            "Email": format!("{}@mail.example", hex(rng, 9)),
            "Company": "",
            "IsLead": "是",
            "CreatedTime": format!("2023-05-{:02} 14:11:56", 1 + at % 28),
            "identity_value": identity,
            "identity_id": identity,
            "client_type": "clientsCustomers",
            "nextId": "",
            "is_del": number(1.into(), twist),
        }) else {
            return Value::Null;
        };
        let mut left_out: Vec<usize> = (0..models.len()).collect();
        rng.shuffle(&mut left_out);
        left_out.truncate(models.len().saturating_sub(20));
        row.extend(scores(rng, &models, &left_out, twist));
        Value::Object(row)
    });
    let header =
        ["FullName", "MobilePhone", "Email", "Company", "IsLead", "CreatedTime"].map(|prop| json!({ "label": "列", "prop": prop }));
    json!({ "code": 0, "msg": "成功", "data": { "total": 5100, "list": rows, "header": header } }).to_string().into_bytes()
}

fn scores(rng: &mut Rng, models: &[u32], left_out: &[usize], twist: Twist) -> Map<String, Value> {
    let kept = models.iter().enumerate().filter(|(at, _)| !left_out.contains(at));
    kept.map(|(_, model)| (format!("Score-{model}"), number([9, 20, 209, 5, 1000][rng.usize(..5)].into(), twist))).collect()
}

/// One customer with all documented fields.
pub fn customer(twist: Twist) -> Vec<u8> {
    let n = |value: i64| number(value.into(), twist);
    let counted = |count: i64| json!({ "count": n(count), "updateTime": n(1_566_942_300_216) });
    let row = json!({
        "orgId": "5d1c0f1e-0000-4a4a-9b9b-3c3c3c3c3c3c", "createTime": n(1_559_096_182_000), "audienceUserId": n(123),
        "openids": [{ "openid": "oMadeUpOpenId0123456789abcd", "appId": "123456" }],
        "openid": "oMadeUpOpenId0123456789abcd", "unionid": "oMadeUpUnionId123456789abcd", "mpAppid": "wx0000000000000000",
        "phoneList": [{ "phone": "13800138000", "isVerify": "1" }],
        "realName": "林晓月", "sex": n(2), "avatar": "https://pictures.example/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9-7266",
        "wxNickname": "晓月", "wxCountry": "中国", "wxProvince": "浙江", "wxCity": "杭州", "province": "浙江", "city": "杭州",
        "lbsProvince": "浙江", "lbsCity": "杭州",
        "addressList": [{ "address": "杭州市某某区某某路一号" }, { "address": "杭州市某某区某某街二号楼三单元四零五室" }],
        "birthday": n(567_180_800_000), "remark": "老客户", "lastActiveTime": n(1_566_972_932_910), "gzhInteractTime": n(1_566_972_932_910),
        "markFlag": n(1), "subWechatList": [{ "appid": "wx0000000000000001", "wechatName": "某某公众号" }],
        "active": n(14), "spread": n(10), "weekActive": counted(4), "monthActive": counted(10), "weekSpread": counted(10), "monthSpread": counted(10),
        "groupIdList": ["123456", "654321"], "tagIdList": ["123456", "654321"],
    });
    json!({ "code": "200", "errorCode": "SUCCESS", "msg": "ok", "data": [twisted(row, 0, twist)] }).to_string().into_bytes()
}
