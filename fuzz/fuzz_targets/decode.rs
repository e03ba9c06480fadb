//! No body makes the decoder panic; what it takes is JSON, comes out again as JSON, and reads the same again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scrm_core::{
    Date, Keyed, Nullable, Yuan, declare,
    decode::{DecodeOptions, decode},
    spec::EnvelopeSpec,
};
use serde_json::Value;

static ENVELOPE: EnvelopeSpec = EnvelopeSpec::new("code", &["msg"], "data", &["0"]);

declare::record! {
    /// Every kind of slot.
    pub struct Row {
        "Id." "id。"
        id: Option<i64> as I64 = "id", always;
        "Sum." "sum。"
        sum: Option<f64> as F64 = "sum", maybe;
        "Name." "name。"
        name: Option<String> as Str = "name", maybe personal nullable;
        "Yes." "yes。"
        yes: Option<bool> as Bool = "yes", maybe digit_text;
        "Tags." "tags。"
        tags: Vec<String> as Strs = "tags", maybe;
        "Ids." "ids。"
        ids: Vec<i64> as Ints = "ids", maybe comma;
        "Price." "price。"
        price: Option<Yuan> as Typed = "price", maybe text;
        "Spans." "spans。"
        spans: Vec<Date> as Typeds = "spans", maybe bars;
        "Child." "child。"
        child: Option<Box<Row>> as Obj(Row) = "child", maybe;
        "Rows." "rows。"
        rows: Vec<Row> as List(Row) = "rows", maybe rows;
        "Map." "map。"
        map: Keyed<Row> as Map(Row) = "map", maybe;
        "Three." "three。"
        three: Nullable<Vec<String>> as Nullable = "three", maybe;
        "Any." "any。"
        any: Option<Value> as Any = "any", maybe;
        "Inner." "inner。"
        inner: Option<Box<Row>> as Obj(Row) = "inner", maybe json;
    }
    numbers(0 1 2 3 4 5 6 7 8 9 10 11 12 13)
    columns {
        "Columns." "列。" "Each as (number, value)."
        columns = "c";
    }
}

fuzz_target!(|body: &[u8]| {
    let quiet = decode::<Row>(body, &ENVELOPE, &DecodeOptions::default());
    let watched = decode::<Row>(body, &ENVELOPE, &DecodeOptions { rows: 3, collect_drift: true });
    match (quiet, watched) {
        (Ok(quiet), Ok(watched)) => {
            assert!(quiet.data == watched.data && quiet.head.bad_rows == watched.head.bad_rows);
            assert!(watched.head.drifts.len() <= 1_000);
            let once = serde_json::to_string(&quiet.data).expect("plain data");
            let _ = format!("{quiet:?}");
            // rows that were cut out are gone, and a very deep value may not be printable: all else reads the same again
            if let Ok(again) = serde_json::from_str::<Row>(&once) {
                let twice = serde_json::to_string(&again).expect("plain data");
                assert_eq!(serde_json::from_str::<Value>(&once).ok(), serde_json::from_str::<Value>(&twice).ok());
            }
        }
        (Err(quiet), Err(watched)) => {
            assert!(quiet == watched && quiet.offset <= body.len());
        }
        (quiet, watched) => panic!("{:?} {:?}", quiet.is_ok(), watched.is_ok()),
    }
});
