use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{
    path::sample::{Level, Person, SEARCH, Search, search, token},
    spec::Method,
    table::{Keyed, Nullable, Undocumented},
};

const BASE: &str = "https://api.acme.example";

fn text(value: &str) -> Option<String> {
    Some(value.to_owned())
}

fn send(request: &Search, body: BodyKind) -> HttpRequest {
    encode(RequestBody::Typed(request), &search(Method::Post, body), Authorization::None, BASE, "/search").unwrap()
}

fn body(request: &HttpRequest) -> &str {
    std::str::from_utf8(&request.body).unwrap()
}

fn header<'r>(request: &'r HttpRequest, name: &str) -> Option<&'r str> {
    request.headers.iter().find(|(known, _)| known == name).map(|(_, value)| &**value)
}

fn refused(request: &Search) -> EncodeError {
    encode(RequestBody::Typed(request), &SEARCH, Authorization::None, BASE, "/search").unwrap_err()
}

/// Every field has a value.
fn full() -> Search {
    let mut extra = crate::table::Extra::default();
    extra.push("later".into(), json!([1, null]));
    Search {
        phone: text("13800138000"),
        openid: text(""),
        password: text("a \"b\"\n"),
        page: Some(-1),
        page_size: Some(50),
        big: Some(u64::MAX.into()),
        min_pay: text("0.10"),
        weight: Some(1.5),
        active: Some(true),
        active_text: Some(true),
        active_digit: Some(true),
        active_digit_text: Some(false),
        user_ids: Nullable::Value(vec!["u_1".to_owned()]),
        tags: vec!["a".to_owned(), "乙".to_owned()],
        days: vec!["2024-05-01".to_owned(), "2024-05-02".to_owned()],
        numbers: vec![1, i64::MIN],
        quoted: vec![7],
        needed: vec![],
        level: Some(Level::Gold),
        levels: vec![Level::Basic, Level::Undocumented(Undocumented::Text("new".into()))],
        data: Some(Person::named("李雷")),
        people: vec![Person { id: Some(1), ..Person::default() }, Person::default()],
        inner: Some(Person::with_phone("13800138000")),
        labels: Keyed(vec![("k\"1".into(), text("v")), ("k2".into(), None)]),
        any: Some(json!({"deep": [1.0, "x", true]})),
        start: None,
        end: None,
        trace: text("t-1"),
        lang: text("中 文&"),
        extra,
    }
}

#[test]
fn json_in_the_order_of_the_table() {
    let request = send(&full(), BodyKind::Json);
    assert_eq!(
        body(&request),
        concat!(
            r#"{"phone":"13800138000","openid":"","password":"a \"b\"\n","page":-1,"page_size":"50","big":18446744073709551615,"min_pay":"0.10","#,
            r#""weight":1.5,"active":true,"active_text":"true","active_digit":1,"active_digit_text":"0","user_ids":["u_1"],"tags":"a,乙","#,
            r#""days":"2024-05-01||2024-05-02","numbers":[1,-9223372036854775808],"quoted":["7"],"needed":[],"level":2,"levels":[0,"new"],"#,
            r#""data":{"name":"李雷"},"people":[{"id":1},{}],"inner":"{\"phone\":\"13800138000\"}","labels":{"k\"1":"v","k2":null},"#,
            r#""any":{"deep":[1.0,"x",true]},"later":[1,null]}"#
        )
    );
    assert_eq!(request.url, "https://api.acme.example/search?lang=%E4%B8%AD+%E6%96%87%26");
    assert_eq!(header(&request, "Content-Type"), Some("application/json"));
    assert_eq!(header(&request, "Accept"), Some("application/json"));
    assert_eq!(header(&request, "X-Trace"), Some("t-1"));
    assert_eq!(request.method, Method::Post);
}

#[test]
fn absent_null_and_empty_are_three_things() {
    let empty = |user_ids| body(&send(&Search { user_ids, ..Search::default() }, BodyKind::Json)).to_owned();
    assert_eq!(empty(Nullable::Absent), r#"{"needed":[]}"#);
    assert_eq!(empty(Nullable::Null), r#"{"user_ids":null,"needed":[]}"#);
    assert_eq!(empty(Nullable::Value(vec![])), r#"{"user_ids":[],"needed":[]}"#);
}

#[test]
fn numbers_are_written_as_other_languages_write_them() {
    for (value, written) in [(10.0, "10"), (0.1, "0.1"), (-2.5, "-2.5"), (1e300, "1e+300"), (1e15, "1000000000000000.0"), (0.0, "0")] {
        let request = send(&Search { weight: Some(value), ..Search::default() }, BodyKind::Json);
        assert_eq!(body(&request), format!(r#"{{"weight":{written},"needed":[]}}"#));
    }
}

#[test]
fn a_form_and_a_query_hold_texts() {
    let request = Search {
        user_ids: Nullable::Null,
        people: vec![Person { id: Some(1), ..Person::default() }],
        needed: vec!["é=".to_owned()],
        ..Search::default()
    };
    let request = Search {
        active: Some(false),
        page: Some(2),
        tags: vec!["a".to_owned(), "b".to_owned()],
        trace: text("t"),
        lang: text("zh"),
        ..request
    };
    let written = "page=2&active=false&user_ids=&tags=a%2Cb&needed=%5B%22%C3%A9%3D%22%5D&people=%5B%7B%22id%22%3A1%7D%5D";
    let form = send(&request, BodyKind::Form);
    assert_eq!(body(&form), written);
    assert_eq!(header(&form, "Content-Type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(form.url, "https://api.acme.example/search?lang=zh");
    let query = send(&request, BodyKind::Query);
    assert_eq!(query.url, format!("https://api.acme.example/search?{written}&lang=zh"));
    assert!(query.body.is_empty());
    assert_eq!(header(&query, "Content-Type"), None);
    assert_eq!(header(&query, "X-Trace"), Some("t"));
}

#[test]
fn a_form_of_parts() {
    let request = Search { phone: text("a\r\nb\"c"), page: Some(1), needed: vec!["x".to_owned()], lang: text("zh"), ..Search::default() };
    let request = send(&request, BodyKind::Multipart);
    let boundary = header(&request, "Content-Type").unwrap().strip_prefix("multipart/form-data; boundary=").unwrap();
    let part = |name: &str, value: &str| format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    assert_eq!(
        body(&request),
        part("phone", "a\r\nb\"c") + &part("page", "1") + &part("needed", "[\"x\"]") + &format!("--{boundary}--\r\n")
    );
    assert_eq!(request.url, "https://api.acme.example/search?lang=zh");
}

#[test]
fn names_of_parts_are_escaped() {
    let raw = json!({"a\"\r\n": "x"});
    let request =
        encode(RequestBody::Raw(raw.as_object().unwrap()), &search(Method::Post, BodyKind::Multipart), Authorization::None, BASE, "/")
            .unwrap();
    assert!(body(&request).contains("name=\"a%22%0D%0A\"\r\n\r\nx\r\n"));
}

#[test]
fn the_same_request_is_the_same_bytes() {
    let (one, other) = (send(&full(), BodyKind::Multipart), send(&full(), BodyKind::Multipart));
    assert_eq!((one.body, one.headers), (other.body, other.headers));
}

#[test]
fn a_get_may_have_a_body() {
    let request = Search { page: Some(1), ..Search::default() };
    let request = encode(RequestBody::Typed(&request), &search(Method::Get, BodyKind::Json), Authorization::None, BASE, "token").unwrap();
    assert_eq!((request.method, body(&request)), (Method::Get, r#"{"page":1,"needed":[]}"#));
}

#[test]
fn the_token_comes_first_and_where_the_vendor_wants_it() {
    let sent = |place, kind| {
        let request = Search { page: Some(1), lang: text("zh"), needed: vec!["x".to_owned()], ..Search::default() };
        encode(
            RequestBody::Typed(&request),
            &search(Method::Post, kind),
            Authorization::Token(&token(place), &"t+k".into()),
            BASE,
            "/search",
        )
        .unwrap()
    };
    let in_body = TokenPlace::Body("access_token");
    assert_eq!(body(&sent(in_body, BodyKind::Json)), r#"{"access_token":"t+k","page":1,"needed":["x"]}"#);
    assert_eq!(body(&sent(in_body, BodyKind::Form)), "access_token=t%2Bk&page=1&needed=%5B%22x%22%5D");
    assert!(body(&sent(in_body, BodyKind::Multipart)).contains("name=\"access_token\"\r\n\r\nt+k\r\n"));
    assert!(sent(in_body, BodyKind::Query).url.ends_with("/search?access_token=t%2Bk&page=1&needed=%5B%22x%22%5D&lang=zh"));
    let in_query = sent(TokenPlace::Query("access_token"), BodyKind::Multipart);
    assert!(in_query.url.ends_with("/search?access_token=t%2Bk&lang=zh"));
    assert!(!body(&in_query).contains("t+k"));
    let in_header = sent(TokenPlace::Header("X-Token"), BodyKind::Json);
    assert_eq!(header(&in_header, "X-Token"), Some("t+k"));
    assert_eq!(body(&in_header), r#"{"page":1,"needed":["x"]}"#);
}

#[test]
fn raw_parameters_are_written_as_they_are() {
    let raw = json!({"access_token": "old", "page_size": 50, "X-Trace": 7, "lang": "zh", "x": null, "y": [1, {"z": 1.0}]});
    let token = token(TokenPlace::Body("access_token"));
    let sent = |kind| {
        encode(
            RequestBody::Raw(raw.as_object().unwrap()),
            &search(Method::Post, kind),
            Authorization::Token(&token, &"new".into()),
            BASE,
            "/raw",
        )
        .unwrap()
    };
    let request = sent(BodyKind::Json);
    assert!(body(&request).starts_with(r#"{"access_token":"new","#));
    let value: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(value, json!({"access_token": "new", "page_size": 50, "x": null, "y": [1, {"z": 1.0}]}));
    assert_eq!((header(&request, "X-Trace"), request.url.as_str()), (Some("7"), "https://api.acme.example/raw?lang=zh"));
    assert!(!body(&sent(BodyKind::Form)).contains("old"));
}

#[test]
fn no_path_leads_out_of_the_base() {
    for path in [
        "../evil",
        "../../evil",
        "a/../../evil",
        "a/..",
        "/..",
        "./a",
        "a/./b",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "a\\..\\..\\evil",
        "a/%2e%2e/evil",
        "a/.%2E/evil",
        "a%2f..%2Fevil",
        "a%5c..%5cevil",
        "%2f%2fevil.example",
        "/%2fevil.example",
        "a/%252e%252e/evil",
        "a/%25252e%25252e/evil",
        "a/%2525252525252e./evil",
        "a/..;x=1/evil",
        "a/%2e%2e%3bx/evil",
        "a/.. /evil",
        "a/%c0%ae%c0%ae/evil",
        "a#/../../evil",
        "a\r\nx: y",
        "a%0d%0ax: y",
        "a\0",
        "a%00",
        "a?b=\n",
        "a\u{7f}",
    ] {
        let error =
            encode(RequestBody::Typed(&Search::default()), &SEARCH, Authorization::None, "https://a.example/api", path).expect_err(path);
        assert_eq!(error.field, "path", "{path}");
    }
}

#[test]
fn urls_are_joined_with_one_slash() {
    for (base, path, url) in [
        ("https://a.example", "x", "https://a.example/x"),
        ("https://a.example/", "/x", "https://a.example/x"),
        ("http://127.0.0.1:8080/api/open/", "x/1.0.0", "http://127.0.0.1:8080/api/open/x/1.0.0"),
        ("https://a.example/api", "/x?v=1", "https://a.example/api/x?v=1&lang=zh"),
        ("https://a.example/api", "/x?", "https://a.example/api/x?lang=zh"),
        ("https://a.example/api", "/x?v=1&", "https://a.example/api/x?v=1&lang=zh"),
        ("https://a.example", "/甲 %20#\\", "https://a.example/%E7%94%B2%20%20%23%5C"),
        ("https://a.example/api", "a..b/.well-known/...", "https://a.example/api/a..b/.well-known/..."),
        ("https://a.example/api", "x?to=../%2e%2e//y%0A", "https://a.example/api/x?to=../%2e%2e//y%0A"),
        ("https://a.example/api", "100%/%zz/%", "https://a.example/api/100%/%zz/%"),
        ("https://a.example", "@b.example/x", "https://a.example/@b.example/x"),
        ("https://a.example", "https://b.example/x", "https://a.example/https://b.example/x"),
    ] {
        let lang = url.contains("lang").then(|| "zh".to_owned());
        let request = Search { lang, ..Search::default() };
        assert_eq!(encode(RequestBody::Typed(&request), &SEARCH, Authorization::None, base, path).unwrap().url, url);
    }
}

#[test]
fn a_bad_base_url_is_refused() {
    for base in [
        "",
        "a.example",
        "ftp://a.example",
        "https://",
        "https:///x",
        "https://a.example?x",
        "https://a.example#x",
        "https://a b",
        "https://例.example",
    ] {
        let error = encode(RequestBody::Typed(&Search::default()), &SEARCH, Authorization::None, base, "/x").unwrap_err();
        assert_eq!(error.field, "base_url", "{base}");
    }
}

#[test]
fn what_cannot_be_written_is_refused_by_name() {
    insta::assert_snapshot!(refused(&Search { weight: Some(f64::NAN), ..Search::default() }), @"`weight` cannot be sent: it is not finite; give a number");
    insta::assert_snapshot!(refused(&Search { tags: vec!["a,b".to_owned()], ..Search::default() }), @"`tags` cannot be sent: its items are joined by `,`; give items that do not contain it");
    insta::assert_snapshot!(refused(&Search { trace: text("a\r\nCookie: b"), ..Search::default() }), @"`X-Trace` cannot be sent: it goes in a header, where only printable ASCII may stand; remove line breaks and other characters");
    for value in ["a\nb", "a\rb", "a\0b", "中", "\u{7f}"] {
        assert_eq!(refused(&Search { trace: text(value), ..Search::default() }).field, "X-Trace");
    }
    assert_eq!(refused(&Search { days: vec!["a||b".to_owned()], ..Search::default() }).field, "days");
    let token = token(TokenPlace::Header("X-Token"));
    let error =
        encode(RequestBody::Typed(&Search::default()), &SEARCH, Authorization::Token(&token, &"tok\nen".into()), BASE, "/x").unwrap_err();
    assert!(error.field == "X-Token" && !error.to_string().contains("tok"));
}

/// Takes a multipart body apart by its boundary alone.
fn parts(request: &HttpRequest) -> Vec<(String, String)> {
    let boundary = header(request, "Content-Type").unwrap().rsplit_once('=').unwrap().1;
    let mut found = Vec::new();
    let delimiter = format!("--{boundary}");
    let mut pieces = body(request).split(&delimiter);
    assert_eq!(pieces.next(), Some(""));
    for piece in pieces {
        if piece == "--\r\n" {
            return found;
        }
        let (head, value) = piece.split_once("\r\n\r\n").unwrap();
        let name = head.strip_prefix("\r\nContent-Disposition: form-data; name=\"").unwrap().strip_suffix('"').unwrap();
        found.push((name.to_owned(), value.strip_suffix("\r\n").unwrap().to_owned()));
    }
    panic!("no end");
}

proptest! {
    #[test]
    fn json_reads_back(phone in proptest::option::of(".*"), tags in proptest::collection::vec("[^,]*", 0..3), key in ".*", page: i64, big: u64) {
        let needed = tags.clone();
        let request = Search {
            phone: phone.clone(), tags: tags.clone(), needed: needed.clone(), page: Some(page), big: Some(big.into()),
            labels: Keyed(vec![(key.as_str().into(), phone.clone())]), data: Some(Person { name: phone.clone(), id: Some(page), ..Person::default() }),
            ..Search::default()
        };
        let sent = send(&request, BodyKind::Json);
        let read: Value = serde_json::from_slice(&sent.body).unwrap();
        let text = |value: &Value| value.as_str().map(str::to_owned);
        prop_assert_eq!(text(&read["phone"]), phone.clone());
        prop_assert_eq!(text(&read["tags"]), (!tags.is_empty()).then(|| tags.join(",")));
        prop_assert_eq!(&read["needed"], &json!(needed));
        prop_assert_eq!((read["page"].as_i64(), read["big"].as_u64()), (Some(page), Some(big)));
        prop_assert_eq!(text(&read["labels"][key.as_str()]), phone.clone());
        prop_assert_eq!((text(&read["data"]["name"]), read["data"]["id"].as_i64()), (phone, Some(page)));
    }

    #[test]
    fn every_finite_number_is_written_exactly(weight: f64) {
        let result = encode(RequestBody::Typed(&Search { weight: Some(weight), ..Search::default() }), &SEARCH, Authorization::None, BASE, "/x");
        prop_assert_eq!(result.is_ok(), weight.is_finite());
        if let Ok(sent) = result {
            let literal = body(&sent).strip_prefix("{\"weight\":").unwrap().strip_suffix(",\"needed\":[]}").unwrap();
            prop_assert_eq!(literal.parse::<f64>().unwrap(), weight);
            prop_assert!(serde_json::from_slice::<Value>(&sent.body).is_ok());
        }
    }

    #[test]
    fn forms_and_queries_read_back(phone in ".*", openid in ".*", page: i64) {
        let request = Search { phone: Some(phone.clone()), openid: Some(openid.clone()), page: Some(page), needed: vec![phone.clone()], ..Search::default() };
        let wanted = [("phone", phone.clone()), ("openid", openid), ("page", page.to_string()), ("needed", json!([phone]).to_string())]
            .map(|(name, value)| (name.to_owned(), value));
        let form = send(&request, BodyKind::Form);
        let read: Vec<(String, String)> = form_urlencoded::parse(&form.body).into_owned().collect();
        prop_assert_eq!(&read[..], &wanted[..]);
        let query = send(&request, BodyKind::Query);
        let read: Vec<(String, String)> = form_urlencoded::parse(query.url.split_once('?').unwrap().1.as_bytes()).into_owned().collect();
        prop_assert_eq!(&read[..], &wanted[..]);
        prop_assert!(query.url.bytes().all(|byte| byte.is_ascii_graphic()));
        prop_assert_eq!(&parts(&send(&request, BodyKind::Multipart))[..], &wanted[..]);
    }

    #[test]
    fn no_path_or_base_breaks_the_url(base in ".*", path in ".*", header in ".*") {
        let request = Search { trace: Some(header), ..Search::default() };
        if let Ok(sent) = encode(RequestBody::Typed(&request), &SEARCH, Authorization::None, &base, &path) {
            prop_assert!(sent.url.bytes().all(|byte| byte.is_ascii_graphic()));
        }
        if let Ok(sent) = encode(RequestBody::Typed(&Search::default()), &SEARCH, Authorization::None, BASE, &path) {
            prop_assert!(sent.url.starts_with("https://api.acme.example/") && !sent.url.contains('#'));
            prop_assert!(sent.url.bytes().all(|byte| byte.is_ascii_graphic()));
        }
    }
}
