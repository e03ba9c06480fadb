//! Made-up types, written as the generator writes them.

use scrm_core::{
    Date, DateTime, Fen, UnixMillis, UnixSeconds, Yuan,
    spec::EnvelopeSpec,
    table::{Attributes, Code, Extra, Field, Keyed, Nullable, Open, ReadFields, Slot, Table, Undocumented, View, Wire, WriteFields},
};
use serde_json::Value;

/// Code 0 is success.
pub(crate) static ENVELOPE: EnvelopeSpec =
    EnvelopeSpec { code: "code", message: &["msg", "message"], data: "data", success: &["0"], others: &["trace"], code_is_text: false };

/// Every kind of slot.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub(crate) struct Member {
    pub(crate) id: Option<i64>,
    pub(crate) price: Option<Fen>,
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
    pub(crate) created_at: Option<DateTime>,
    pub(crate) scores: Vec<(u32, i64)>,
    pub(crate) extra: Extra,
}
impl WriteFields for Member {
    #[inline]
    fn table(&self) -> &'static Table {
        static FIELDS: &[Field] = &[
            Field("id", Attributes::REQUIRED),
            Field("price", Attributes::PLAIN),
            Field("money", Attributes::PLAIN),
            Field("vip", Attributes::PLAIN),
            Field("name", Attributes::PERSONAL),
            Field("phone", Attributes::PERSONAL.nullable()),
            Field("token", Attributes::PLAIN.secret()),
            Field("level", Attributes::PLAIN),
            Field("sex", Attributes::PLAIN),
            Field("home", Attributes::PLAIN),
            Field("friends", Attributes::PLAIN),
            Field("boss", Attributes::PLAIN),
            Field("tags", Attributes::PLAIN),
            Field("marks", Attributes::NULLABLE),
            Field("levels", Attributes::PLAIN),
            Field("by_shop", Attributes::PLAIN),
            Field("counts", Attributes::PLAIN),
            Field("ids", Attributes::PLAIN),
            Field("any", Attributes::PLAIN),
            Field("created_at", Attributes::PLAIN),
        ];
        static TABLE: Table = Table::new("Member", FIELDS).dynamic("Score-", "scores");
        &TABLE
    }
    #[inline]
    fn slot(&mut self, field: usize) -> Slot<'_> {
        match field {
            0 => Slot::I64(&mut self.id),
            1 => Slot::Typed(&mut self.price),
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
            19 => Slot::Typed(&mut self.created_at),
            scrm_core::table::DYNAMIC => Slot::Dynamic(&mut self.scores),
            _ => Slot::Extra(&mut self.extra),
        }
    }
}
impl ReadFields for Member {
    #[inline]
    fn table(&self) -> &'static Table {
        WriteFields::table(self)
    }
    #[inline]
    fn view(&self, field: usize) -> View<'_> {
        match field {
            0 => View::I64(&self.id),
            1 => View::Typed(&self.price),
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
            19 => View::Typed(&self.created_at),
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
impl WriteFields for Home {
    #[inline]
    fn table(&self) -> &'static Table {
        static FIELDS: &[Field] =
            &[Field("city", Attributes::REQUIRED), Field("street", Attributes::PERSONAL), Field("zip", Attributes::PLAIN)];
        static TABLE: Table = Table::new("Home", FIELDS);
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
impl ReadFields for Home {
    #[inline]
    fn table(&self) -> &'static Table {
        WriteFields::table(self)
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
    pub(crate) price: Option<Yuan>,
    pub(crate) sum: Option<f64>,
    pub(crate) yes: Option<bool>,
    pub(crate) digit: Option<bool>,
    pub(crate) digit_text: Option<bool>,
    pub(crate) sex: Option<Sex>,
    pub(crate) tags: Vec<String>,
    pub(crate) ids: Vec<i64>,
    pub(crate) sexes: Vec<Sex>,
    pub(crate) span: Vec<Date>,
    pub(crate) maybe: Nullable<Vec<i64>>,
    pub(crate) home: Option<Home>,
    pub(crate) homes: Vec<Home>,
    pub(crate) map: Keyed<Option<i64>>,
    pub(crate) any: Option<Value>,
    pub(crate) inner: Option<Box<Wired>>,
    pub(crate) at: Option<UnixSeconds>,
    pub(crate) times: Vec<UnixMillis>,
    pub(crate) extra: Extra,
}
impl WriteFields for Wired {
    #[inline]
    fn table(&self) -> &'static Table {
        static FIELDS: &[Field] = &[
            Field("count", Attributes::PLAIN.wire(Wire::Text)),
            Field("price", Attributes::PLAIN.wire(Wire::Text)),
            Field("sum", Attributes::PLAIN.wire(Wire::Text)),
            Field("yes", Attributes::PLAIN.wire(Wire::Text)),
            Field("digit", Attributes::PLAIN.wire(Wire::Digit)),
            Field("digit_text", Attributes::PLAIN.wire(Wire::DigitText)),
            Field("sex", Attributes::PLAIN.wire(Wire::Text)),
            Field("tags", Attributes::PLAIN.wire(Wire::Comma)),
            Field("ids", Attributes::PLAIN.wire(Wire::Comma)),
            Field("sexes", Attributes::PLAIN.wire(Wire::Comma)),
            Field("span", Attributes::PLAIN.wire(Wire::Bars)),
            Field("maybe", Attributes::PLAIN.wire(Wire::Comma)),
            Field("home", Attributes::PLAIN.wire(Wire::Json)),
            Field("homes", Attributes::PLAIN.wire(Wire::Json)),
            Field("map", Attributes::PLAIN.wire(Wire::Json)),
            Field("any", Attributes::PLAIN.wire(Wire::Json)),
            Field("inner", Attributes::PLAIN.wire(Wire::Json)),
            Field("at", Attributes::PLAIN.wire(Wire::Text)),
            Field("times", Attributes::PLAIN.wire(Wire::Comma)),
        ];
        static TABLE: Table = Table::new("Wired", FIELDS);
        &TABLE
    }
    #[inline]
    fn slot(&mut self, field: usize) -> Slot<'_> {
        match field {
            0 => Slot::I64(&mut self.count),
            1 => Slot::Typed(&mut self.price),
            2 => Slot::F64(&mut self.sum),
            3 => Slot::Bool(&mut self.yes),
            4 => Slot::Bool(&mut self.digit),
            5 => Slot::Bool(&mut self.digit_text),
            6 => Slot::Open(&mut self.sex),
            7 => Slot::Strs(&mut self.tags),
            8 => Slot::Ints(&mut self.ids),
            9 => Slot::Opens(&mut self.sexes),
            10 => Slot::Typeds(&mut self.span),
            11 => Slot::Nullable(&mut self.maybe),
            12 => Slot::Obj(&mut self.home),
            13 => Slot::List(&mut self.homes),
            14 => Slot::Map(&mut self.map),
            15 => Slot::Any(&mut self.any),
            16 => Slot::Obj(&mut self.inner),
            17 => Slot::Typed(&mut self.at),
            18 => Slot::Typeds(&mut self.times),
            _ => Slot::Extra(&mut self.extra),
        }
    }
}
impl ReadFields for Wired {
    #[inline]
    fn table(&self) -> &'static Table {
        WriteFields::table(self)
    }
    #[inline]
    fn view(&self, field: usize) -> View<'_> {
        match field {
            0 => View::I64(&self.count),
            1 => View::Typed(&self.price),
            2 => View::F64(&self.sum),
            3 => View::Bool(&self.yes),
            4 => View::Bool(&self.digit),
            5 => View::Bool(&self.digit_text),
            6 => View::Open(&self.sex),
            7 => View::Strs(&self.tags),
            8 => View::Ints(&self.ids),
            9 => View::Opens(&self.sexes),
            10 => View::Typeds(&self.span),
            11 => View::Nullable(&self.maybe),
            12 => View::Obj(&self.home),
            13 => View::List(&self.homes),
            14 => View::Map(&self.map),
            15 => View::Any(&self.any),
            16 => View::Obj(&self.inner),
            17 => View::Typed(&self.at),
            18 => View::Typeds(&self.times),
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
impl WriteFields for Page {
    #[inline]
    fn table(&self) -> &'static Table {
        static FIELDS: &[Field] =
            &[Field("list", Attributes::REQUIRED.rows()), Field("total", Attributes::REQUIRED), Field("page", Attributes::PLAIN)];
        static TABLE: Table = Table::new("Page", FIELDS);
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
impl ReadFields for Page {
    #[inline]
    fn table(&self) -> &'static Table {
        WriteFields::table(self)
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
    Undocumented(Undocumented),
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
    fn other(kept: Undocumented) -> Self {
        Self::Undocumented(kept)
    }
    #[inline]
    fn position(&self) -> Result<usize, &Undocumented> {
        match self {
            Self::Bronze => Ok(0),
            Self::Gold => Ok(1),
            Self::Seven => Ok(2),
            Self::Undocumented(kept) => Err(kept),
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
    Undocumented(Undocumented),
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
    fn other(kept: Undocumented) -> Self {
        Self::Undocumented(kept)
    }
    #[inline]
    fn position(&self) -> Result<usize, &Undocumented> {
        match self {
            Self::Unknown => Ok(0),
            Self::Male => Ok(1),
            Self::Female => Ok(2),
            Self::Undocumented(kept) => Err(kept),
        }
    }
}

#[test]
fn open_enums_are_equal_and_hash_alike_by_value_and_not_by_code() {
    use std::collections::HashSet;

    let other = |kept| Sex::Undocumented(kept);
    let all = [
        Sex::Unknown,
        Sex::Male,
        Sex::Female,
        other(Undocumented::Int(1)),
        other(Undocumented::Int(7)),
        other(Undocumented::Text("7".into())),
    ];
    for (at, one) in all.iter().enumerate() {
        assert_eq!(all.iter().position(|same| same == one), Some(at), "{one:?}");
    }
    assert_eq!(all.iter().chain(&all).cloned().collect::<HashSet<Sex>>().len(), all.len());
    assert_eq!(scrm_core::table::documented::<Sex>(Code::Int(1)), Sex::Male);
    assert_eq!(scrm_core::table::documented::<Sex>(Code::Int(7)), other(Undocumented::Int(7)));
    assert_eq!(scrm_core::table::documented::<Level>(Code::Text("7")), Level::Seven);
    assert_eq!(other(Undocumented::Int(1)).code(), Sex::Male.code());
}
