//! Made-up types, written as the generator writes them.

use scrm_core::{
    Date, DateTime, Fen, Keyed, Nullable, Undocumented, UnixMillis, UnixSeconds, Yuan, declare,
    spec::EnvelopeSpec,
    table::{Code, Open as _},
};
use serde_json::Value;

/// Code 0 is success.
pub(crate) static ENVELOPE: EnvelopeSpec = EnvelopeSpec::new("code", &["msg", "message"], "data", &["0"]).others(&["trace"]);

declare::record! {
    /// Every kind of slot.
    pub struct Member {
        "Id." "id。"
        id: Option<i64> as I64 = "id", always;
        "Price." "price。"
        price: Option<Fen> as Typed = "price", maybe;
        "Money." "money。"
        money: Option<f64> as F64 = "money", maybe;
        "Vip." "vip。"
        vip: Option<bool> as Bool = "vip", maybe;
        "Name." "name。"
        name: Option<String> as Str = "name", maybe personal;
        "Phone." "phone。"
        phone: Option<String> as Str = "phone", maybe personal nullable;
        "Token." "token。"
        token: Option<String> as Str = "token", maybe secret;
        "Level." "level。"
        level: Option<Level> as Open = "level", maybe;
        "Sex." "sex。"
        sex: Option<Sex> as Open = "sex", maybe;
        "Home." "home。"
        home: Option<Home> as Obj(Home) = "home", maybe;
        "Friends." "friends。"
        friends: Vec<Member> as List(Member) = "friends", maybe;
        "Boss." "boss。"
        boss: Option<Box<Member>> as Obj(Member) = "boss", maybe;
        "Tags." "tags。"
        tags: Vec<String> as Strs = "tags", maybe;
        "Marks." "marks。"
        marks: Vec<i64> as Ints = "marks", maybe nullable;
        "Levels." "levels。"
        levels: Vec<Level> as Opens = "levels", maybe;
        "By shop." "by_shop。"
        by_shop: Keyed<Home> as Map(Home) = "by_shop", maybe;
        "Counts." "counts。"
        counts: Keyed<Option<i64>> as Map = "counts", maybe;
        "Ids." "ids。"
        ids: Nullable<Vec<String>> as Nullable = "ids", maybe;
        "Any." "any。"
        any: Option<Value> as Any = "any", maybe;
        "Created at." "created_at。"
        created_at: Option<DateTime> as Typed = "created_at", maybe;
    }
    numbers(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19)
    columns {
        "Scores by number." "按编号的分数。" "Each as (number, value)."
        scores = "Score-";
    }
}

declare::record! {
    /// A nested object.
    pub struct Home {
        "City." "city。"
        city: Option<String> as Str = "city", always;
        "Street." "street。"
        street: Option<String> as Str = "street", maybe personal;
        "Zip." "zip。"
        zip: Option<i64> as I64 = "zip", maybe;
    }
    numbers(0 1 2)
}

declare::record! {
    /// Values that are written otherwise than their type suggests.
    pub struct Wired {
        "Count." "count。"
        count: Option<i64> as I64 = "count", maybe text;
        "Price." "price。"
        price: Option<Yuan> as Typed = "price", maybe text;
        "Sum." "sum。"
        sum: Option<f64> as F64 = "sum", maybe text;
        "Yes." "yes。"
        yes: Option<bool> as Bool = "yes", maybe text;
        "Digit." "digit。"
        digit: Option<bool> as Bool = "digit", maybe digit;
        "Digit text." "digit_text。"
        digit_text: Option<bool> as Bool = "digit_text", maybe digit_text;
        "Sex." "sex。"
        sex: Option<Sex> as Open = "sex", maybe text;
        "Tags." "tags。"
        tags: Vec<String> as Strs = "tags", maybe comma;
        "Ids." "ids。"
        ids: Vec<i64> as Ints = "ids", maybe comma;
        "Sexes." "sexes。"
        sexes: Vec<Sex> as Opens = "sexes", maybe comma;
        "Span." "span。"
        span: Vec<Date> as Typeds = "span", maybe bars;
        "Maybe." "maybe。"
        maybe: Nullable<Vec<i64>> as Nullable = "maybe", maybe comma;
        "Home." "home。"
        home: Option<Home> as Obj(Home) = "home", maybe json;
        "Homes." "homes。"
        homes: Vec<Home> as List(Home) = "homes", maybe json;
        "Map." "map。"
        map: Keyed<Option<i64>> as Map = "map", maybe json;
        "Any." "any。"
        any: Option<Value> as Any = "any", maybe json;
        "Inner." "inner。"
        inner: Option<Box<Wired>> as Obj(Wired) = "inner", maybe json;
        "At." "at。"
        at: Option<UnixSeconds> as Typed = "at", maybe text;
        "Times." "times。"
        times: Vec<UnixMillis> as Typeds = "times", maybe comma;
    }
    numbers(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18)
}

declare::record! {
    /// A page of members.
    pub struct Page {
        "List." "list。"
        list: Vec<Member> as List(Member) = "list", always rows;
        "Total." "total。"
        total: Option<i64> as I64 = "total", always;
        "Page." "page。"
        page: Option<Home> as Obj(Home) = "page", maybe;
    }
    numbers(0 1 2)
}

declare::open_enum! {
    /// Documented codes are texts.
    pub enum Level {
        Bronze = Text("bronze"), "bronze", "Bronze值";
        Gold = Text("gold"), "gold", "Gold值";
        Seven = Text("7"), "seven", "Seven值";
    }
    from Text(&str);
}

declare::open_enum! {
    /// Documented codes are integers.
    pub enum Sex {
        Unknown = Int(0), "unknown", "Unknown值";
        Male = Int(1), "male", "Male值";
        Female = Int(2), "female", "Female值";
    }
    from Int(i64);
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
