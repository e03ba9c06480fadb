//! Made-up types, written as the generator writes them.

use scrm_core::{
    spec::Envelope,
    table::{Code, Extra, Field, Kept, Keyed, Marks, Nullable, Open, Record, Shown, Slot, Table, View, Wire},
};
use serde_json::Value;

/// Code 0 is success.
pub(crate) static ENVELOPE: Envelope =
    Envelope { code: "code", message: &["msg", "message"], data: "data", success: &["0"], others: &["trace"], code_is_text: false };

/// Every kind of slot.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub(crate) struct Member {
    pub(crate) id: Option<i64>,
    pub(crate) big: Option<u64>,
    pub(crate) money: Option<f64>,
    pub(crate) vip: Option<bool>,
    pub(crate) name: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) token: Option<String>,
    pub(crate) level: Option<Level>,
    pub(crate) sex: Option<Sex>,
    pub(crate) home: Option<Home>,
    pub(crate) friends: Vec<Member>,
    pub(crate) boss: Option<Box<Member>>,
    pub(crate) tags: Vec<String>,
    pub(crate) marks: Vec<i64>,
    pub(crate) levels: Vec<Level>,
    pub(crate) by_shop: Keyed<Home>,
    pub(crate) counts: Keyed<Option<i64>>,
    pub(crate) ids: Nullable<Vec<String>>,
    pub(crate) any: Option<Value>,
    pub(crate) created_at: Option<String>,
    pub(crate) scores: Vec<(u32, i64)>,
    pub(crate) extra: Extra,
}
impl Record for Member {
    #[inline]
    fn table(&self) -> &'static Table {
        static FIELDS: &[Field] = &[
            Field("id", Marks::REQUIRED),
            Field("big", Marks::PLAIN),
            Field("money", Marks::PLAIN),
            Field("vip", Marks::PLAIN),
            Field("name", Marks::PERSONAL),
            Field("phone", Marks::PERSONAL.nullable()),
            Field("token", Marks::PLAIN.secret()),
            Field("level", Marks::PLAIN),
            Field("sex", Marks::PLAIN),
            Field("home", Marks::PLAIN),
            Field("friends", Marks::PLAIN),
            Field("boss", Marks::PLAIN),
            Field("tags", Marks::PLAIN),
            Field("marks", Marks::NULLABLE),
            Field("levels", Marks::PLAIN),
            Field("by_shop", Marks::PLAIN),
            Field("counts", Marks::PLAIN),
            Field("ids", Marks::PLAIN),
            Field("any", Marks::PLAIN),
            Field("created_at", Marks::PLAIN),
        ];
        static TABLE: Table = Table { name: "Member", fields: FIELDS, dynamic: Some("Score-") };
        &TABLE
    }
    #[inline]
    fn slot(&mut self, field: usize) -> Slot<'_> {
        match field {
            0 => Slot::I64(&mut self.id),
            1 => Slot::U64(&mut self.big),
            2 => Slot::F64(&mut self.money),
            3 => Slot::Bool(&mut self.vip),
            4 => Slot::Str(&mut self.name),
            5 => Slot::Str(&mut self.phone),
            6 => Slot::Str(&mut self.token),
            7 => Slot::Open(&mut self.level),
            8 => Slot::Open(&mut self.sex),
            9 => Slot::Obj(&mut self.home),
            10 => Slot::List(&mut self.friends),
            11 => Slot::Obj(&mut self.boss),
            12 => Slot::Strs(&mut self.tags),
            13 => Slot::Ints(&mut self.marks),
            14 => Slot::Opens(&mut self.levels),
            15 => Slot::Map(&mut self.by_shop),
            16 => Slot::Map(&mut self.counts),
            17 => Slot::Nullable(&mut self.ids),
            18 => Slot::Any(&mut self.any),
            19 => Slot::Str(&mut self.created_at),
            scrm_core::table::DYNAMIC => Slot::Dynamic(&mut self.scores),
            _ => Slot::Extra(&mut self.extra),
        }
    }
}
impl Shown for Member {
    #[inline]
    fn table(&self) -> &'static Table {
        Record::table(self)
    }
    #[inline]
    fn view(&self, field: usize) -> View<'_> {
        match field {
            0 => View::I64(&self.id),
            1 => View::U64(&self.big),
            2 => View::F64(&self.money),
            3 => View::Bool(&self.vip),
            4 => View::Str(&self.name),
            5 => View::Str(&self.phone),
            6 => View::Str(&self.token),
            7 => View::Open(&self.level),
            8 => View::Open(&self.sex),
            9 => View::Obj(&self.home),
            10 => View::List(&self.friends),
            11 => View::Obj(&self.boss),
            12 => View::Strs(&self.tags),
            13 => View::Ints(&self.marks),
            14 => View::Opens(&self.levels),
            15 => View::Map(&self.by_shop),
            16 => View::Map(&self.counts),
            17 => View::Nullable(&self.ids),
            18 => View::Any(&self.any),
            19 => View::Str(&self.created_at),
            scrm_core::table::DYNAMIC => View::Dynamic(&self.scores),
            _ => View::Extra(&self.extra),
        }
    }
}
scrm_core::record!(Member);

/// A nested object.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub(crate) struct Home {
    pub(crate) city: Option<String>,
    pub(crate) street: Option<String>,
    pub(crate) zip: Option<i64>,
    pub(crate) extra: Extra,
}
impl Record for Home {
    #[inline]
    fn table(&self) -> &'static Table {
        static FIELDS: &[Field] = &[Field("city", Marks::REQUIRED), Field("street", Marks::PERSONAL), Field("zip", Marks::PLAIN)];
        static TABLE: Table = Table { name: "Home", fields: FIELDS, dynamic: None };
        &TABLE
    }
    #[inline]
    fn slot(&mut self, field: usize) -> Slot<'_> {
        match field {
            0 => Slot::Str(&mut self.city),
            1 => Slot::Str(&mut self.street),
            2 => Slot::I64(&mut self.zip),
            _ => Slot::Extra(&mut self.extra),
        }
    }
}
impl Shown for Home {
    #[inline]
    fn table(&self) -> &'static Table {
        Record::table(self)
    }
    #[inline]
    fn view(&self, field: usize) -> View<'_> {
        match field {
            0 => View::Str(&self.city),
            1 => View::Str(&self.street),
            2 => View::I64(&self.zip),
            _ => View::Extra(&self.extra),
        }
    }
}
scrm_core::record!(Home);

/// Values that are written otherwise than their type suggests.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub(crate) struct Wired {
    pub(crate) count: Option<i64>,
    pub(crate) size: Option<u64>,
    pub(crate) sum: Option<f64>,
    pub(crate) yes: Option<bool>,
    pub(crate) digit: Option<bool>,
    pub(crate) digit_text: Option<bool>,
    pub(crate) sex: Option<Sex>,
    pub(crate) tags: Vec<String>,
    pub(crate) ids: Vec<i64>,
    pub(crate) sexes: Vec<Sex>,
    pub(crate) span: Vec<String>,
    pub(crate) maybe: Nullable<Vec<i64>>,
    pub(crate) home: Option<Home>,
    pub(crate) homes: Vec<Home>,
    pub(crate) map: Keyed<Option<i64>>,
    pub(crate) any: Option<Value>,
    pub(crate) inner: Option<Box<Wired>>,
    pub(crate) extra: Extra,
}
impl Record for Wired {
    #[inline]
    fn table(&self) -> &'static Table {
        static FIELDS: &[Field] = &[
            Field("count", Marks::PLAIN.wire(Wire::Text)),
            Field("size", Marks::PLAIN.wire(Wire::Text)),
            Field("sum", Marks::PLAIN.wire(Wire::Text)),
            Field("yes", Marks::PLAIN.wire(Wire::Text)),
            Field("digit", Marks::PLAIN.wire(Wire::Digit)),
            Field("digit_text", Marks::PLAIN.wire(Wire::DigitText)),
            Field("sex", Marks::PLAIN.wire(Wire::Text)),
            Field("tags", Marks::PLAIN.wire(Wire::Comma)),
            Field("ids", Marks::PLAIN.wire(Wire::Comma)),
            Field("sexes", Marks::PLAIN.wire(Wire::Comma)),
            Field("span", Marks::PLAIN.wire(Wire::Bars)),
            Field("maybe", Marks::PLAIN.wire(Wire::Comma)),
            Field("home", Marks::PLAIN.wire(Wire::Json)),
            Field("homes", Marks::PLAIN.wire(Wire::Json)),
            Field("map", Marks::PLAIN.wire(Wire::Json)),
            Field("any", Marks::PLAIN.wire(Wire::Json)),
            Field("inner", Marks::PLAIN.wire(Wire::Json)),
        ];
        static TABLE: Table = Table { name: "Wired", fields: FIELDS, dynamic: None };
        &TABLE
    }
    #[inline]
    fn slot(&mut self, field: usize) -> Slot<'_> {
        match field {
            0 => Slot::I64(&mut self.count),
            1 => Slot::U64(&mut self.size),
            2 => Slot::F64(&mut self.sum),
            3 => Slot::Bool(&mut self.yes),
            4 => Slot::Bool(&mut self.digit),
            5 => Slot::Bool(&mut self.digit_text),
            6 => Slot::Open(&mut self.sex),
            7 => Slot::Strs(&mut self.tags),
            8 => Slot::Ints(&mut self.ids),
            9 => Slot::Opens(&mut self.sexes),
            10 => Slot::Strs(&mut self.span),
            11 => Slot::Nullable(&mut self.maybe),
            12 => Slot::Obj(&mut self.home),
            13 => Slot::List(&mut self.homes),
            14 => Slot::Map(&mut self.map),
            15 => Slot::Any(&mut self.any),
            16 => Slot::Obj(&mut self.inner),
            _ => Slot::Extra(&mut self.extra),
        }
    }
}
impl Shown for Wired {
    #[inline]
    fn table(&self) -> &'static Table {
        Record::table(self)
    }
    #[inline]
    fn view(&self, field: usize) -> View<'_> {
        match field {
            0 => View::I64(&self.count),
            1 => View::U64(&self.size),
            2 => View::F64(&self.sum),
            3 => View::Bool(&self.yes),
            4 => View::Bool(&self.digit),
            5 => View::Bool(&self.digit_text),
            6 => View::Open(&self.sex),
            7 => View::Strs(&self.tags),
            8 => View::Ints(&self.ids),
            9 => View::Opens(&self.sexes),
            10 => View::Strs(&self.span),
            11 => View::Nullable(&self.maybe),
            12 => View::Obj(&self.home),
            13 => View::List(&self.homes),
            14 => View::Map(&self.map),
            15 => View::Any(&self.any),
            16 => View::Obj(&self.inner),
            _ => View::Extra(&self.extra),
        }
    }
}
scrm_core::record!(Wired);

/// A page of members.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub(crate) struct Page {
    pub(crate) list: Vec<Member>,
    pub(crate) total: Option<i64>,
    pub(crate) page: Option<Home>,
    pub(crate) extra: Extra,
}
impl Record for Page {
    #[inline]
    fn table(&self) -> &'static Table {
        static FIELDS: &[Field] = &[Field("list", Marks::REQUIRED.rows()), Field("total", Marks::REQUIRED), Field("page", Marks::PLAIN)];
        static TABLE: Table = Table { name: "Page", fields: FIELDS, dynamic: None };
        &TABLE
    }
    #[inline]
    fn slot(&mut self, field: usize) -> Slot<'_> {
        match field {
            0 => Slot::List(&mut self.list),
            1 => Slot::I64(&mut self.total),
            2 => Slot::Obj(&mut self.page),
            _ => Slot::Extra(&mut self.extra),
        }
    }
}
impl Shown for Page {
    #[inline]
    fn table(&self) -> &'static Table {
        Record::table(self)
    }
    #[inline]
    fn view(&self, field: usize) -> View<'_> {
        match field {
            0 => View::List(&self.list),
            1 => View::I64(&self.total),
            2 => View::Obj(&self.page),
            _ => View::Extra(&self.extra),
        }
    }
}
scrm_core::record!(Page);

/// Documented codes are texts.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub(crate) enum Level {
    Bronze,
    Gold,
    Seven,
    Other(Kept),
}
scrm_core::open!(Level);
impl Open for Level {
    const CODES: &'static [Code<'static>] = &[Code::Text("bronze"), Code::Text("gold"), Code::Text("7")];
    #[inline]
    fn of(position: usize) -> Self {
        match position {
            0 => Self::Bronze,
            1 => Self::Gold,
            _ => Self::Seven,
        }
    }
    #[inline]
    fn other(kept: Kept) -> Self {
        Self::Other(kept)
    }
    #[inline]
    fn position(&self) -> Result<usize, &Kept> {
        match self {
            Self::Bronze => Ok(0),
            Self::Gold => Ok(1),
            Self::Seven => Ok(2),
            Self::Other(kept) => Err(kept),
        }
    }
}

/// Documented codes are integers.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub(crate) enum Sex {
    Unknown,
    Male,
    Female,
    Other(Kept),
}
scrm_core::open!(Sex);
impl Open for Sex {
    const CODES: &'static [Code<'static>] = &[Code::Int(0), Code::Int(1), Code::Int(2)];
    #[inline]
    fn of(position: usize) -> Self {
        match position {
            0 => Self::Unknown,
            1 => Self::Male,
            _ => Self::Female,
        }
    }
    #[inline]
    fn other(kept: Kept) -> Self {
        Self::Other(kept)
    }
    #[inline]
    fn position(&self) -> Result<usize, &Kept> {
        match self {
            Self::Unknown => Ok(0),
            Self::Male => Ok(1),
            Self::Female => Ok(2),
            Self::Other(kept) => Err(kept),
        }
    }
}

#[test]
fn open_enums_are_equal_and_hash_alike_by_value_and_not_by_code() {
    use std::collections::HashSet;

    let other = |kept| Sex::Other(kept);
    let all = [Sex::Unknown, Sex::Male, Sex::Female, other(Kept::Int(1)), other(Kept::Int(7)), other(Kept::Text("7".into()))];
    for (at, one) in all.iter().enumerate() {
        assert_eq!(all.iter().position(|same| same == one), Some(at), "{one:?}");
    }
    assert_eq!(all.iter().chain(&all).cloned().collect::<HashSet<Sex>>().len(), all.len());
    assert_eq!(scrm_core::table::documented::<Sex>(Code::Int(1)), Sex::Male);
    assert_eq!(scrm_core::table::documented::<Sex>(Code::Int(7)), other(Kept::Int(7)));
    assert_eq!(scrm_core::table::documented::<Level>(Code::Text("7")), Level::Seven);
    assert_eq!(other(Kept::Int(1)).code(), Sex::Male.code());
}
