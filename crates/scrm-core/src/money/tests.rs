use proptest::prelude::*;
use serde_json::json;

use super::*;

fn decimal(text: &str) -> Decimal {
    Decimal::parse(text).unwrap()
}

/// A number of these digits, some of them behind the point.
fn short(digits: i64, decimals: u8) -> Decimal {
    Decimal::short(digits, decimals.into()).unwrap()
}

#[test]
fn a_number_prints_as_it_was_written() {
    for text in ["0", "19.90", "-19.90", "0.05", "-0.05", "0.30000000000000004", "999999999999999999", "-0.000000000000000001", "0.00"] {
        assert_eq!(decimal(text).to_string(), text);
    }
    for (text, printed) in
        [("2e3", "2000"), ("1.5E-3", "0.0015"), ("-0", "0"), ("007", "7"), ("1.00000000000000000000000", "1.00000000000000000")]
    {
        assert_eq!(decimal(text).to_string(), printed, "{text}");
    }
    for text in
        ["", "-", ".", "1.", ".5", "+1", " 1", "1 ", "1,000", "0x1", "1e", "1e400", "1e-400", "nan", "inf", "9999999999999999999", "１"]
    {
        assert_eq!(Decimal::parse(text), None, "{text}");
    }
    assert_eq!(format!("{:>8}|{:<6}|", Yuan::new(5), Fen::new(-5)), "       5|-5    |");
}

#[test]
fn arithmetic_is_exact_or_nothing() {
    let yuan = |text: &str| text.parse::<Yuan>().unwrap();
    assert_eq!(yuan("0.1").checked_add(yuan("0.2")), Some(yuan("0.3")));
    assert_eq!(yuan("1").checked_sub(yuan("0.01")), Some(yuan("0.99")));
    assert_eq!((yuan("19.90").to_fen(), Fen::new(5).to_yuan()), (Some(Fen::new(1990)), Some(yuan("0.05"))));
    assert_eq!((yuan("0.123").to_fen().unwrap().whole(), yuan("1.00").whole()), (None, Some(1)));
    let most = Yuan::new(i64::MAX);
    assert_eq!((most.checked_add(Yuan::new(1)), most.to_fen(), Fen::new(i64::MIN).checked_sub(Fen::new(i64::MIN))), (None, None, None));
    assert_eq!([most, most].into_iter().sum::<Option<Yuan>>(), None);
    assert_eq!(std::iter::empty().sum::<Option<Fen>>(), Some(Fen::new(0)));
    assert!(most > yuan("0.000000000000000001") && yuan("-0.1") < yuan("0"));
}

#[test]
fn serde_writes_numbers_and_reads_numbers_and_texts() {
    let yuan = |value| serde_json::from_value::<Yuan>(value).ok();
    assert_eq!((yuan(json!(19.9)), yuan(json!("19.90")), yuan(json!(5))), (Yuan::parse("19.9"), Yuan::parse("19.9"), Some(Yuan::new(5))));
    assert_eq!((yuan(json!(null)), yuan(json!("")), yuan(json!("x")), yuan(json!([])), yuan(json!(true))), (None, None, None, None, None));
    let text = |yuan: &str, fen: &str| serde_json::to_string(&(Yuan::parse(yuan).unwrap(), Fen::parse(fen).unwrap())).unwrap();
    assert_eq!((text("19.90", "1990"), text("20", "19.5")), ("[19.9,1990]".into(), "[20.0,19.5]".into()));
    assert_eq!(format!("{:?} {:?}", Yuan::parse("19.90"), Fen::new(7)), "Some(19.90 yuan) 7 fen");
}

proptest! {
    #[test]
    fn fifteen_digits_survive_a_float(digits in -999_999_999_999_999_i64..=999_999_999_999_999, decimals in 0..=6_u8) {
        let number = short(digits, decimals);
        prop_assert_eq!(Decimal::from_f64(number.as_f64()), Some(number));
        let again: Yuan = serde_json::from_str(&serde_json::to_string(&Yuan(number)).unwrap()).unwrap();
        prop_assert_eq!(again, Yuan(number));
    }

    #[test]
    fn equal_numbers_hash_the_same_and_any_text_is_read_without_a_panic(digits in -999_999_999_999_i64..=999_999_999_999, decimals in 0..=6_u8, text: String) {
        use std::hash::BuildHasher;
        let (short, long) = (short(digits, decimals), short(digits * 1000, decimals + 3));
        let hasher = std::hash::RandomState::new();
        prop_assert_eq!((short, hasher.hash_one(short)), (long, hasher.hash_one(long)));
        let _ = Decimal::parse(&text);
    }

    #[test]
    fn a_sum_less_one_of_its_parts_is_the_other(one in -99_999_999_999_999_i64..=99_999_999_999_999, other: i32, decimals in 0..=4_u8) {
        let (one, other) = (short(one, decimals), Decimal::new(other.into()));
        prop_assert_eq!(one.checked_add(other).unwrap().checked_sub(other), Some(one));
    }
}
