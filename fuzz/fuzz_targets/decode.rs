//! No body makes the decoder panic; what it takes is JSON, comes out again as JSON, and reads the same again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scrm_core::{
    decode::{DecodeOptions, decode},
    spec::EnvelopeSpec,
    table::{DYNAMIC, Extra, Field, Keyed, Attributes, Nullable, WriteFields, ReadFields, Slot, Table, View, Wire},
};
use serde_json::Value;

static ENVELOPE: EnvelopeSpec = EnvelopeSpec { code: "code", message: &["msg"], data: "data", success: &["0"], others: &[], code_is_text: false };

#[derive(Clone, Default, PartialEq)]
struct Row {
    id: Option<i64>,
    sum: Option<f64>,
    name: Option<String>,
    yes: Option<bool>,
    tags: Vec<String>,
    ids: Vec<i64>,
    child: Option<Box<Row>>,
    rows: Vec<Row>,
    map: Keyed<Row>,
    three: Nullable<Vec<String>>,
    any: Option<Value>,
    inner: Option<Box<Row>>,
    columns: Vec<(u32, i64)>,
    extra: Extra,
}

impl WriteFields for Row {
    fn table(&self) -> &'static Table {
        static FIELDS: &[Field] = &[
            Field("id", Attributes::REQUIRED),
            Field("sum", Attributes::PLAIN),
            Field("name", Attributes::PERSONAL.nullable()),
            Field("yes", Attributes::PLAIN.wire(Wire::DigitText)),
            Field("tags", Attributes::PLAIN),
            Field("ids", Attributes::PLAIN.wire(Wire::Comma)),
            Field("child", Attributes::PLAIN),
            Field("rows", Attributes::PLAIN.rows()),
            Field("map", Attributes::PLAIN),
            Field("three", Attributes::PLAIN),
            Field("any", Attributes::PLAIN),
            Field("inner", Attributes::PLAIN.wire(Wire::Json)),
        ];
        static TABLE: Table = Table { name: "Row", fields: FIELDS, dynamic: Some("c") };
        &TABLE
    }
    fn slot(&mut self, field: usize) -> Slot<'_> {
        match field {
            0 => Slot::I64(&mut self.id),
            1 => Slot::F64(&mut self.sum),
            2 => Slot::Str(&mut self.name),
            3 => Slot::Bool(&mut self.yes),
            4 => Slot::Strs(&mut self.tags),
            5 => Slot::Ints(&mut self.ids),
            6 => Slot::Obj(&mut self.child),
            7 => Slot::List(&mut self.rows),
            8 => Slot::Map(&mut self.map),
            9 => Slot::Nullable(&mut self.three),
            10 => Slot::Any(&mut self.any),
            11 => Slot::Obj(&mut self.inner),
            DYNAMIC => Slot::Dynamic(&mut self.columns),
            _ => Slot::Extra(&mut self.extra),
        }
    }
}

impl ReadFields for Row {
    fn table(&self) -> &'static Table {
        WriteFields::table(self)
    }
    fn view(&self, field: usize) -> View<'_> {
        match field {
            0 => View::I64(&self.id),
            1 => View::F64(&self.sum),
            2 => View::Str(&self.name),
            3 => View::Bool(&self.yes),
            4 => View::Strs(&self.tags),
            5 => View::Ints(&self.ids),
            6 => View::Obj(&self.child),
            7 => View::List(&self.rows),
            8 => View::Map(&self.map),
            9 => View::Nullable(&self.three),
            10 => View::Any(&self.any),
            11 => View::Obj(&self.inner),
            DYNAMIC => View::Dynamic(&self.columns),
            _ => View::Extra(&self.extra),
        }
    }
}
scrm_core::record!(Row);

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
