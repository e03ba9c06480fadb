use proptest::{collection::vec, prelude::*, sample::select};

use super::*;

fn masked(secrets: &[&str], text: &str) -> String {
    Masker::new(secrets).text(text, 4000).into()
}

#[test]
fn masks_what_must_not_be_shown() {
    let shown = masked(
        &["s3cr/et+", "abc"],
        r#"s3cr/et+ s3cr%2Fet%2B "s3cr\/et+" 13800138000 １３８００１３８０００ li.lei@acme.example! abc 123456"#,
    );
    assert_eq!(shown, r#"*** *** "***" *** *** ***! abc 123456"#);
}

#[test]
fn secrets_are_known_in_every_encoding() {
    for text in [
        "a/b&c=d e\"f+g",
        "a%2Fb%26c%3Dd%20e%22f%2Bg",
        "a%2fb%26c%3dd+e%22f%2bg",
        "a/b&c=d e\"f g",
        "a%252Fb%2526c%253Dd%2520e%2522f%252Bg",
        r#"a\/b\u0026c\u003dd e\"f+g"#,
        r#"a\u002Fb\u0026c\u003Dd\u0020e\u0022f\u002Bg"#,
        r#"a\\\/b\\u0026c=d e\\\"f+g"#,
        "a/b&amp;c=d e&quot;f+g",
        "a&#47;b&#38;c&#61;d&#32;e&#34;f&#43;g",
        "a&#x2f;b&#x26;c&#x3D;d e&#x22;f+g",
        "a/b&amp;amp;c=d e&amp;quot;f+g",
        r"\x61/b\x26c=d e\x22f+g",
    ] {
        assert_eq!(masked(&["a/b&c=d e\"f+g"], &format!("<{text}>")), "<***>", "{text}");
    }
    assert_eq!(
        masked(&["韩梅梅😀"], r"韩梅梅😀 \u97e9\u6885\u6885\ud83d\ude00 %E9%9F%A9%e6%a2%85梅%F0%9F%98%80 &#38889;梅梅😀"),
        "*** *** *** ***"
    );
    // percent signs of the secret itself
    for text in ["a%2Fb%25", "a%252Fb%2525"] {
        assert_eq!(masked(&["a%2Fb%25"], text), "***", "{text}");
    }
}

#[test]
fn masks_first_and_cuts_then() {
    let secret = "k0".repeat(26);
    for front in ["1".repeat(600), "13800138000 ".repeat(60), "han@acme.example ".repeat(60), "-".repeat(295), "-".repeat(270)] {
        let shown = Masker::new([&secret]).text(&format!("{front}{secret}"), MESSAGE_CAP);
        assert!(!shown.contains("k0") && shown.len() <= MESSAGE_CAP + "…".len(), "{shown}");
    }
}

#[test]
fn a_secret_at_the_cut_does_not_show_its_beginning() {
    let secret = "k".repeat(64);
    for lead in 0..70 {
        let text = format!("{}{secret}", "-".repeat(lead));
        assert!(!Masker::new([secret.as_str()]).text(&text, 40).contains('k'), "{lead}");
    }
}

#[test]
fn numbers_mail_addresses_and_ids_are_masked() {
    for (text, shown) in [
        ("call 138-0013-8000 or 138 0013 8000, code 123456", "call *** or ***, code 123456"),
        ("13800138000@qq.example", "***"),
        ("han%40acme.example and han&#64;acme.example", "*** and ***"),
        ("openid oAbC1dEfGhIjKlMnOpQrStUvWx is unknown", "openid *** is unknown"),
        ("2026-11-27 08:30:00 user_list xe.user.batch.get", "2026-11-27 08:30:00 user_list xe.user.batch.get"),
        ("@nobody, a @ b, 5@", "@nobody, a @ b, 5@"),
        ("错误错误", "错误错误"),
        // the client's own limits are written so that they stay
        ("larger than the client's limit of 16,777,216 bytes", "larger than the client's limit of 16,777,216 bytes"),
    ] {
        assert_eq!(masked(&[], text), shown);
    }
    assert_eq!(&*Masker::default().text("错误错误", 7), "错误…");
}

#[test]
fn values_that_break_rules_are_shown_if_they_are_nobodys() {
    for shown in ["51", "-1", "1.5", "2026-13-45", "2026/1/1", "2026-11-27 25:00:00", "2026年11月", "true", ""] {
        assert_eq!(given(shown), shown);
    }
    for (hidden, length) in
        [("13800138000", "11 characters"), ("138-0013-8000", "13 characters"), ("李雷", "2 characters"), ("o_abc", "5 characters")]
    {
        assert_eq!(given(hidden), length);
    }
}

#[test]
fn what_is_no_time_and_no_amount_is_not_shown_in_their_fields() {
    for shown in [
        "",
        "2026-11-27 08:30:00",
        "2026-11-27T08:30:00+08:00",
        "0000-00-00 00:00:00",
        "1764200000",
        "1764200000123",
        "12345.67",
        "-1234567.5",
        "2026年1月2日",
        "-",
    ] {
        assert!(is_time_or_amount(shown), "{shown}");
    }
    for hidden in ["13800138000", "138-0013-8000", "+8613800138000", "2026-13800138000", "138001380.00123", "王 13800138000", "李雷"] {
        assert!(!is_time_or_amount(hidden), "{hidden}");
    }
}

#[test]
fn positions_and_data_are_not_told_apart() {
    assert_eq!(pattern("/data/list/12/from"), "/data/list/*/from");
    assert_eq!(pattern("/data/by_phone/13800138000/name"), "/data/by_phone/*/name");
    assert_eq!(pattern("/data/by_mail/a@b.example"), "/data/by_mail/*");
    assert_eq!(pattern("/data/list/0/Score-12"), "/data/list/*/Score-12");
    assert_eq!(pattern(""), "");
}

mod bodies {
    use serde_json::Value;

    use super::*;

    static ENVELOPE: EnvelopeSpec =
        EnvelopeSpec { code: "code", message: &["msg"], data: "data", success: &["0"], others: &[], code_is_text: false };

    fn shown(body: &[u8]) -> String {
        let mut data = None::<Value>;
        Masker::new(["t0ken"]).body(body, &ENVELOPE, &mut data).into()
    }

    #[test]
    fn what_nobody_documented_shows_its_shape() {
        let body =
            r#" {"code" : 3000, "msg":"phone 13800138000, t0ken","data":{"name":"韩梅梅","13800138000":[1,true,null]},"trace":"x"} "#;
        assert_eq!(
            shown(body.as_bytes()),
            r#"{"code":3000,"msg":"phone ***, ***","data":{"name":"<3 characters>","<11 characters>":["<masked>","<masked>",null]},"trace":"<1 character>"}"#
        );
    }

    #[test]
    fn broken_json_shows_nothing_behind_the_break() {
        assert_eq!(
            shown("{\"code\":0,\"data\":{\"name\":\"韩梅梅\",\"a\" 韩梅梅}}".as_bytes()),
            r#"{"code":0,"data":{"name":"<3 characters>",…"#
        );
        assert_eq!(shown("{\"code\":0,\"data\":[\"韩梅".as_bytes()), r#"{"code":0,"data":[…"#);
        assert_eq!(shown("PHP Warning: x in y {\"name\":\"韩梅梅\"}".as_bytes()), "PHP Warning: x in y{\"name\":\"<3 characters>\"}");
        assert_eq!(shown(b"<html>t0ken 13800138000</html>"), "<html>*** ***</html>");
        assert_eq!(shown(b"\xff\xfea{"), "\u{fffd}\u{fffd}a{");
        assert_eq!(shown(b""), "");
        assert!(shown(format!("{{\"data\":{}", "[".repeat(100_000)).as_bytes()).len() < 300);
    }

    #[test]
    fn the_length_is_bounded() {
        let body = format!(r#"{{"code":0,"data":[{}]}}"#, vec![r#"{"name":"x"}"#; 100_000].join(","));
        assert!(shown(body.as_bytes()).len() <= BODY_CAP + "…".len());
    }

    proptest! {
        #[test]
        fn no_body_panics_or_shows_the_secret(body in vec(select(PIECES), 0..30)) {
            let body = body.concat();
            let shown = shown(body.as_bytes());
            prop_assert!(!shown.contains("t0ken") && !shown.contains("13800138000"), "{body} {shown}");
        }
    }

    const PIECES: &[&str] = &[
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\"code\":",
        "\"msg\":",
        "\"data\":",
        "\"t0ken\"",
        "t0ken",
        "\\u0074\\u0030ken",
        "13800138000",
        "0",
        "null",
        "\"a\":",
        " ",
        "\\",
        "<",
        "é",
    ];
}

/// A secret written with each character in one of its encodings.
fn written(secret: &str) -> BoxedStrategy<String> {
    let pieces: Vec<_> = secret
        .chars()
        .map(|c| {
            let mut bytes = [0; 4];
            let bytes = c.encode_utf8(&mut bytes).as_bytes();
            let percent = |again: &str| bytes.iter().map(|b| format!("%{again}{b:02x}")).collect::<String>();
            let mut units = [0; 2];
            let units = c.encode_utf16(&mut units);
            let mut ways = vec![
                c.to_string(),
                percent(""),
                percent("").to_uppercase(),
                percent("25"),
                units.iter().map(|unit| format!("\\u{unit:04x}")).collect(),
                units.iter().map(|unit| format!("\\\\u{unit:04X}")).collect(),
                format!("&#{};", c as u32),
                format!("&#x{:X};", c as u32),
                format!("&amp;#x{:x};", c as u32),
            ];
            match c {
                '&' => ways.extend(["&amp;".to_owned(), "&amp;amp;".to_owned()]),
                '"' => ways.extend(["&quot;".to_owned(), "\\\"".to_owned()]),
                '/' => ways.push("\\/".to_owned()),
                ' ' => ways.push("+".to_owned()),
                _ => {}
            }
            select(ways)
        })
        .collect();
    pieces.prop_map(|pieces| pieces.concat()).boxed()
}

proptest! {
    #[test]
    fn a_canary_never_comes_out(
        (secret, written) in "[a-zA-Z0-9/&=\" +%\\\\<;#é中😀-]{6,40}".prop_flat_map(|secret| (Just(secret.clone()), written(&secret))),
        front in select(vec![String::new(), "x ".repeat(140), "13800138000 ".repeat(50), "{\"msg\":\"".into()]),
        behind in "[ -~]{0,20}",
        cap in 0usize..400,
    ) {
        let text = format!("{front}{written}{behind}");
        let shown = Masker::new([&secret]).text(&text, cap);
        // Nothing of the secret's place is left, though the text around it may begin with what the secret ends with.
        prop_assert!(!shown.contains(&written), "{shown}");
        let whole = Masker::new([&secret]).text(&text, 10_000);
        prop_assert!(!whole.contains(&written) && whole.contains("***"), "{text} {whole}");
        prop_assert!(shown.len() <= cap + "…".len());
    }

    #[test]
    fn never_panics_and_stays_short(text in ".*", cap in 0_usize..64) {
        prop_assert!(Masker::new(["secret"]).text(&text, cap).len() <= cap + "…".len());
    }

    #[test]
    fn no_phone_survives(before in "[^0-9]{0,20}", after in "[^0-9]{0,20}") {
        let shown = masked(&[], &format!("{before}13800138000{after}"));
        prop_assert!(!shown.contains("0013800"));
    }
}
