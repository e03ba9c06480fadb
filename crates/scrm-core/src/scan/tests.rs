//! The scanner against `serde_json`: it accepts the same documents and yields the same values.

use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::Value;

use super::*;
use crate::decimal::Decimal;

fn value(text: &str) -> Scanned<Value> {
    let mut scan = Scan::new(text);
    let value = scan.value()?;
    scan.end()?;
    Ok(value)
}

fn skips(text: &str) -> bool {
    let mut scan = Scan::new(text);
    scan.skip().is_ok_and(|raw| raw == text.trim_matches([' ', '\n', '\r', '\t'])) && scan.end().is_ok()
}

/// Both refuse, or both yield the same; skipping accepts the same, numbers beyond `f64` excepted.
#[track_caller]
fn agree(text: &str) {
    let (theirs, ours) = (serde_json::from_str::<Value>(text), value(text));
    match (&theirs, &ours) {
        (Ok(theirs), Ok(ours)) => {
            assert_eq!(theirs, ours, "{text:?}");
            // tells -0.0 from 0.0 and 1.0 from 1
            assert_eq!(theirs.to_string(), ours.to_string(), "{text:?}");
        }
        (Err(_), Err(_)) => {}
        _ => panic!("{text:?}: serde_json {theirs:?}, scanner {ours:?}"),
    }
    match theirs {
        Err(error) if error.to_string().starts_with("number out of range") => {
            assert!(matches!(ours, Err(stop) if !stop.is_fatal()), "{text:?}")
        }
        other => assert_eq!(other.is_ok(), skips(text), "{text:?}"),
    }
}

#[test]
fn the_corners_of_the_grammar() {
    let corners = [
        "",
        " ",
        "01",
        "-",
        "-0",
        "-0.0",
        "0",
        "1.",
        ".5",
        "1e",
        "1e+",
        "1e+5",
        "1E-2",
        "+1",
        "0x1",
        "1.5.5",
        "--1",
        "-01",
        "00",
        "1 2",
        "0e0",
        "-0e1",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "-9223372036854775809",
        "18446744073709551615",
        "18446744073709551616",
        "999999999999999999",
        "1000000000000000000",
        "-1000000000000000000",
        "123456789012345678901234567890",
        "1e308",
        "1e309",
        "-1e309",
        "1e-400",
        "0e999999999999",
        "1e999999999999999999999",
        "1e-999999999999999999999",
        "1.7976931348623157e308",
        "0.1",
        "5e-324",
        "2.2250738585072014e-308",
        "nul",
        "nullx",
        "null",
        "true",
        "false",
        "tru",
        "NaN",
        "Infinity",
        "\"a",
        "\"",
        "\"\\",
        "\"\\u12\"",
        "\"\\u12G4\"",
        "\"\\ud83d\\ude00\"",
        "\"\\uD83D\\uDE00\"",
        "\"\\ud83d\"",
        "\"\\ud83dx\"",
        "\"\\ud83d\\n\"",
        "\"\\ud83d\\ud83d\"",
        "\"\\udc00\"",
        "\"\\u0000\"",
        "\"\\x\"",
        "\"\t\"",
        "\"\n\"",
        "\"\u{0}\"",
        "\"\u{1f}\"",
        "\"\u{7f}\"",
        "\"\\/\\b\\f\\r\\\"\\\\\"",
        "\"é中😀\"",
        "\"12345678\\n12345678é\"",
        "[1,]",
        "[,]",
        "[1 2]",
        "[",
        "]",
        "[]",
        "[ ]",
        "[1,2]",
        "[[]",
        "{\"a\":1,}",
        "{a:1}",
        "{\"a\" 1}",
        "{\"a\":}",
        "{\"a\":1 \"b\":2}",
        "{}",
        "{ }",
        "{\"a\":1,\"a\":2}",
        "{\"\\u0061\":1}",
        "{1:2}",
        "{\"a\"",
        "{\"a\":1",
        "{,}",
        "\u{feff}1",
        "\u{a0}1",
        "1\u{0}",
        "\u{c}1",
        "[1]x",
        "// c\n1",
        "'a'",
        "\"a\"\"b\"",
    ];
    for text in corners {
        agree(text);
        agree(&format!(" [ {text} ] "));
        agree(&format!("{{\"k\":{text}}}"));
    }
}

#[test]
fn the_depth_limit_is_the_same() {
    for depth in [1, 126, 127, 128, 129, 100_000] {
        agree(&format!("{}{}", "[".repeat(depth), "]".repeat(depth)));
        agree(&format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth)));
        agree(&"[".repeat(depth));
    }
    assert_eq!(value(&"[".repeat(128)), Err(Box::new(Stop { at: 127, why: Why::Depth })));
}

#[test]
fn numbers_keep_their_digits() {
    for (text, number) in [
        ("7", Number::Int(7)),
        ("-9223372036854775808", Number::Int(i64::MIN)),
        ("9223372036854775808", Number::Wide("9223372036854775808")),
        ("1.50", Number::Float("1.50")),
        ("-0", Number::Float("-0")),
    ] {
        assert_eq!(Scan::new(text).number(), Ok(number));
    }
}

fn pointers(text: &str, offsets: &[usize]) -> Vec<String> {
    paths(Scan::new(text), offsets, 0).found
}

#[test]
fn offsets_become_paths() {
    let text = r#" {"a":{"b~/":[1,{"c":"x"}]},"d":2} "#;
    let at = |piece: &str| text.find(piece).unwrap();
    for (piece, path) in [
        ("{\"a", ""),
        ("\"a", "/a"),
        ("{\"b", "/a"),
        ("\"b", "/a/b~0~1"),
        ("1,", "/a/b~0~1/0"),
        (",{", "/a/b~0~1"),
        ("\"c", "/a/b~0~1/1/c"),
        ("\"x", "/a/b~0~1/1/c"),
        ("2}", "/d"),
    ] {
        assert_eq!(pointers(text, &[at(piece)]), [path], "{piece}");
    }
    assert_eq!(pointers(text, &[at("1,"), at("\"x"), at("2}"), 1000]), ["/a/b~0~1/0", "/a/b~0~1/1/c", "/d", ""]);
    assert_eq!(pointers(r#"{"a":[1,}"#, &[8]), ["/a/1"]);
}

/// A JSON document, spelled in all ways the grammar has.
fn document() -> impl Strategy<Value = String> {
    let space = || select(vec!["", "", " ", "\n\t", "\r "]);
    let scalar = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|value| value.to_string()),
        any::<i64>().prop_map(|value| value.to_string()),
        any::<u64>().prop_map(|value| value.to_string()),
        any::<f64>().prop_filter("JSON has no other", |value| value.is_finite()).prop_map(|value| format!("{value:e}")),
        (-400i32..400, any::<u32>(), "[0-9]{0,30}").prop_map(|(exponent, whole, fraction)| format!("{whole}.0{fraction}E{exponent}")),
        string(),
    ];
    scalar.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            (vec((space(), inner.clone(), space()), 0..6)).prop_map(|items| {
                let items: Vec<String> = items.into_iter().map(|(before, item, after)| format!("{before}{item}{after}")).collect();
                format!("[{}]", items.join(","))
            }),
            (vec((space(), string(), space(), inner, space()), 0..6)).prop_map(|items| {
                let items: Vec<String> = items.into_iter().map(|(a, key, b, item, c)| format!("{a}{key}{b}:{b}{item}{c}")).collect();
                format!("{{{}}}", items.join(","))
            }),
        ]
    })
}

/// A JSON string, some characters escaped.
fn string() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z0-9 ]{0,12}",
        "[^\"\\\\\u{0}-\u{1f}]{0,6}",
        select(vec!["\\n", "\\\"", "\\\\", "\\/", "\\u0041", "\\u4e2D", "\\ud83d\\ude00", "é", "中文", "😀"]).prop_map(str::to_owned),
    ];
    vec(piece, 0..5).prop_map(|pieces| format!("\"{}\"", pieces.concat()))
}

const PIECES: &[&str] = &[
    "\"",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "null",
    "true",
    "fals",
    "0",
    "-",
    "1.5",
    "e9",
    "E+",
    ".",
    "\"a\"",
    "\\",
    "\\u",
    "\\u0041",
    "\\ud83d",
    "\\udc00",
    " ",
    "\n",
    "é",
    "😀",
    "x",
    "\u{0}",
    "\u{1f}",
    "18446744073709551616",
    "1e400",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn documents_read_the_same(text in document()) {
        agree(&text);
    }

    #[test]
    fn damaged_documents_read_the_same(text in document(), damage in vec((any::<prop::sample::Index>(), 0usize..4, select(PIECES)), 1..4)) {
        let mut text: Vec<char> = text.chars().collect();
        for (at, cut, piece) in damage {
            let at = at.index(text.len() + 1);
            text.splice(at..(at + cut).min(text.len()), piece.chars());
        }
        agree(&text.into_iter().collect::<String>());
    }

    #[test]
    fn soup_reads_the_same(pieces in vec(select(PIECES), 0..12)) {
        agree(&pieces.concat());
    }

    #[test]
    fn any_text_reads_the_same(text in any::<String>()) {
        agree(&text);
    }

    /// The path of any offset of a document leads to a value in it.
    #[test]
    fn paths_lead_somewhere(text in document(), at in any::<prop::sample::Index>()) {
        // written again, so that no key is repeated
        let Ok(value) = serde_json::from_str::<Value>(&text) else { return Ok(()) };
        let text = value.to_string();
        let path = pointers(&text, &[at.index(text.len())]);
        prop_assert!(value.pointer(&path[0]).is_some(), "{text} {path:?}");
    }
}

#[test]
fn digits_in_front_of_eight_bytes() {
    for text in ["12345678", "1234567,", "0,000000", "007\"....", "9}", "x1234567", "", "99999999", ":1111111", "/1111111", "1\u{80}1"] {
        let mut eight = [b'}'; 8];
        eight[..text.len().min(8)].copy_from_slice(&text.as_bytes()[..text.len().min(8)]);
        let digits: String = eight.iter().map(|byte| char::from(*byte)).take_while(char::is_ascii_digit).collect();
        assert_eq!(leading_digits(eight), (digits.parse().unwrap_or(0), digits.len()), "{text}");
    }
}

proptest! {
    #[test]
    fn strides_find_what_a_walk_byte_by_byte_finds(eight: [u8; 8], position in 0..8usize, byte in select(b"\"\\0123456789:/\x1f\x20\x7f\x80\xff".to_vec())) {
        let mut eight = eight;
        eight[position] = byte;
        let digits = eight.iter().take_while(|b| b.is_ascii_digit()).count();
        let value = eight[..digits].iter().fold(0, |value, digit| value * 10 + u32::from(digit - b'0'));
        prop_assert_eq!(leading_digits(eight), (value, digits));
    }

    #[test]
    fn plain_text_ends_where_a_walk_byte_by_byte_ends(bytes: [u8; 40], length in 0..=40usize, specials in vec((0..40usize, select(b"\"\\\0\x1f\x20\x21\x23\x5b\x5d\x7f\x80\xa2\xdc\xff".to_vec())), 0..20)) {
        // without these no special byte comes late
        let mut bytes = bytes.map(|byte| if byte < 0x20 { b'a' } else { byte });
        for (at, special) in specials {
            bytes[at] = special;
        }
        let bytes = &bytes[..length];
        let plain = bytes.iter().take_while(|b| **b != b'"' && **b != b'\\' && **b >= 0x20).count();
        prop_assert_eq!(plain_length(bytes), plain);
    }

    #[test]
    fn short_numbers_are_those_that_the_standard_library_reads(
        whole in "0|[1-9][0-9]{0,15}|[0-9]{1,3}",
        fraction in "|[.][0-9]{0,16}",
        tail in select(vec![",", "}", "e1", "E", ".", " ", "x"]),
    ) {
        let text = format!("{whole}{fraction}{tail}                ");
        let (mut float, mut exact, mut any) = (Scan::new(&text), Scan::new(&text), Scan::new(&text));
        let taken = (float.short_float().map(f64::to_bits), exact.short_number().and_then(|(digits, places)| Decimal::short(digits, places)));
        prop_assert_eq!(float.at(), exact.at());
        match any.number() {
            Ok(Number::Int(_) | Number::Float(_)) if float.at() > 0 => {
                let digits = any.since(0);
                prop_assert_eq!((taken.0, float.at()), (digits.parse().ok().map(f64::to_bits), any.at()), "{}", text);
                prop_assert_eq!(taken.1.map(|number| number.to_string()), Some(digits.to_owned()));
            }
            Ok(Number::Int(_) | Number::Float(_)) => prop_assert!(any.at() > 15 || tail == "e1", "{text}"),
            _ => prop_assert_eq!((taken, float.at()), ((None, None), 0), "{}", text),
        }
    }

    #[test]
    fn texts_are_the_same_when_their_bytes_are(left in vec(select(b"ab".to_vec()), 0..20), at in 0..20usize) {
        let mut right = left.clone();
        if let Some(byte) = right.get_mut(at) {
            *byte = b'a';
        }
        prop_assert_eq!(same(&left, &right), left == right);
    }
}

#[test]
fn short_integers_are_what_numbers_are() {
    for length in 1..=20 {
        for first in ["1", "0", "9", "-"] {
            for tail in [",", ".5,", "e1,", "\"", "x", "]"] {
                let text = format!("{first}{}{tail}                ", "9".repeat(length - 1));
                let (mut short, mut whole) = (Scan::new(&text), Scan::new(&text));
                let taken = short.short_integer();
                match whole.number() {
                    Ok(Number::Int(value)) if length <= 15 && first != "-" => {
                        assert_eq!((taken, short.at()), (Some(value), whole.at()), "{text}")
                    }
                    _ => assert_eq!((taken, short.at()), (None, 0), "{text}"),
                }
                let quoted = format!("\"{text}");
                let mut scan = Scan::new(&quoted);
                let expected =
                    quoted[1..].split_once('"').and_then(|(inside, _)| inside.parse::<i64>().ok()).filter(|_| length <= 15 && first != "-");
                assert_eq!(scan.short_quoted_integer(), expected, "{quoted}");
            }
        }
    }
}

mod lax {
    use super::*;

    fn read(body: &[u8]) -> Scanned<(Value, Damage)> {
        let body = Readable::new(body);
        let mut scan = Scan::of(&body);
        let value = scan.value()?;
        scan.end()?;
        Ok((value, scan.forgiven))
    }

    #[test]
    fn damage_inside_a_string_costs_that_string() {
        let both = |one: Damage, other: Damage| {
            let mut both = one;
            both |= other;
            both
        };
        for (body, text, damage) in [
            (&b"\"a\""[..], "a", Damage::NONE),
            (b"\xEF\xBB\xBF\"a\"", "a", Damage::NONE),
            (b"\"a\tb\x00c\x1a\x1f\x7f\"", "a\tb\0c\u{1a}\u{1f}\u{7f}", Damage::CONTROL),
            // the first two bytes of three
            (b"\"\xE9\x9F\xA9\xE6\xA2\"", "韩\u{fffd}", Damage::NOT_UTF8),
            (b"\"\xE6\xA2x\xff\xfe\"", "\u{fffd}x\u{fffd}\u{fffd}", Damage::NOT_UTF8),
            (b"\"\xff\x1a\x1f\x01\"", "\u{fffd}\u{fffd}\u{1}", both(Damage::NOT_UTF8, Damage::CONTROL)),
            (br#""\ud83d""#, "\u{fffd}", Damage::HALF_SURROGATE),
            (br#""\ude00\ud83d\ud83d\ude00\ud83dx\ud83d\n""#, "\u{fffd}\u{fffd}😀\u{fffd}x\u{fffd}\n", Damage::HALF_SURROGATE),
        ] {
            assert_eq!(read(body), Ok((Value::from(text), damage)), "{body:?}");
        }
        for body in
            [&b"\"\\ud83d\\uZZZZ\""[..], b"\"\\x\"", b"\"a", b"\"\\", b"\xff", b"\x01", b"[1\x1a]", b"\xEF\xBB\xBF\xEF\xBB\xBF1", b""]
        {
            assert!(read(body).is_err(), "{body:?}");
        }
    }

    #[test]
    fn what_is_kept_of_a_repaired_text_is_what_the_standard_library_makes_of_it() {
        for body in [&b"\"a\xff\xE6\xA2b\xF0\x9F\x98\""[..], b"{\"\xff\":\"\x1f\"}"] {
            let readable = Readable::new(body);
            assert_eq!(&*Scan::of(&readable).kept(readable.text()), String::from_utf8_lossy(body));
            assert_eq!(readable.text().len(), body.len());
        }
    }

    #[test]
    fn damaged_strings_and_keys_are_found_with_their_paths() {
        let body = Readable::new(b"\xEF\xBB\xBF{\"a\":[\"x\",\"\xff\"],\"k\x01\":{\"b\":\"\\ud83d\t\"},\"c\":\"d\"}");
        let scan = Scan::of(&body);
        let walked = paths(scan.again(scan.start()), &[], 10);
        let found: Vec<_> = walked.damaged.iter().map(|(at, path, _)| (*at, path.as_str())).collect();
        assert_eq!(found, [(13, "/a/1"), (18, "/k\u{1}"), (28, "/k\u{1}/b")]);
        assert!(walked.damaged[2].2.holds(Damage::CONTROL) && walked.damaged[2].2.holds(Damage::HALF_SURROGATE));
        assert_eq!(paths(scan.again(scan.start()), &[], 1).left_out, 2);
    }

    /// A string with damage in it, and what becomes of it.
    fn damaged() -> impl Strategy<Value = (Vec<u8>, String)> {
        let piece = select(vec![
            (&b"abc"[..], "abc"),
            (b"\\n", "\n"),
            (b"\\\"", "\""),
            ("韩".as_bytes(), "韩"),
            (b"\\ud83d\\ude00", "😀"),
            (b"\\ud83d ", "\u{fffd} "),
            (b"\\udc00", "\u{fffd}"),
            (b"\t", "\t"),
            (b"\x00", "\0"),
            (b"\xff", "\u{fffd}"),
            (b"\xE6\xA2 ", "\u{fffd} "),
            (b"\xF0\x9F\x98,", "\u{fffd},"),
        ]);
        vec(piece, 0..12).prop_map(|pieces| {
            let bytes: Vec<u8> = pieces.iter().flat_map(|(bytes, _)| bytes.iter().copied()).collect();
            ([b"\"", &*bytes, b"\""].concat(), pieces.iter().map(|(_, text)| *text).collect())
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_strict_takes_lax_takes_the_same(text in document()) {
            let Ok(strict) = serde_json::from_str(&text) else { return Ok(()) };
            prop_assert_eq!(read(text.as_bytes()), Ok((strict, Damage::NONE)));
        }

        /// Between a value of any kind before and after it.
        #[test]
        fn damage_costs_nothing_but_itself((string, text) in damaged(), before in document(), after in document()) {
            let (Ok(first), Ok(last)) = (serde_json::from_str::<Value>(&before), serde_json::from_str::<Value>(&after)) else { return Ok(()) };
            let body = [b"[", before.as_bytes(), b",", &*string, b",{", &*string, b":", after.as_bytes(), b"}]"].concat();
            prop_assert_eq!(read(&body).unwrap().0, serde_json::json!([first, text, { text: last }]));
        }

        #[test]
        fn any_bytes_are_taken_or_refused(body in vec(select(b"{}[]\",:\\u08d\xff\xE6\xA2\xEF\xBB\xBF \t\x1a\x1f".to_vec()), 0..40)) {
            let text = String::from_utf8_lossy(&body);
            if let Ok(strict) = value(&text) {
                prop_assert_eq!(read(text.as_bytes()).map(|read| read.0), Ok(strict));
            }
            let _ = read(&body);
        }

        /// Checking without making anything of it accepts what reading accepts.
        #[test]
        fn checking_is_reading(text in document(), damage in vec((any::<prop::sample::Index>(), 0usize..4, select(PIECES)), 0..3)) {
            let mut text: Vec<char> = text.chars().collect();
            for (at, cut, piece) in damage {
                let at = at.index(text.len() + 1);
                text.splice(at..(at + cut).min(text.len()), piece.chars());
            }
            let text: String = text.into_iter().collect();
            let (mut one, mut other) = (Scan::new(&text), Scan::new(&text));
            prop_assert_eq!(one.check(), other.value().map(|_| ()));
            prop_assert_eq!(one.at(), other.at());
        }
    }
}
