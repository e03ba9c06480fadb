//! A made-up vendor's records and request, written as a generator would write them.

use serde_json::Value;

use crate::{
    spec::*,
    table::{Code, EXTRA, Extra, Field, Kept, Keyed, Nullable, Open, Place, Shown, Table, View, Wire},
};

/// A struct with its table, one line a field: name, type, view, marks.
macro_rules! shown {
    ($name:ident { $($field:ident: $type:ty, $view:ident, $marks:expr;)* }) => {
        #[derive(Clone, Default, PartialEq)]
        pub(crate) struct $name {
            $(pub(crate) $field: $type,)*
            pub(crate) extra: Extra,
        }
        impl $name {
            pub(crate) const TABLE: Table = Table { name: stringify!($name), fields: &[$($marks),*], dynamic: None };
        }
        impl Shown for $name {
            fn table(&self) -> &'static Table {
                static TABLE: Table = $name::TABLE;
                &TABLE
            }
            fn view(&self, field: usize) -> View<'_> {
                let mut fields = 0..EXTRA;
                $(if fields.next() == Some(field) {
                    return View::$view(&self.$field);
                })*
                View::Extra(&self.extra)
            }
        }
    };
}

const fn field(name: &'static str) -> Field {
    Field::new(name)
}

shown!(Person {
    id: Option<i64>, I64, field("id");
    name: Option<String>, Str, field("name").personal();
    nickname: Option<String>, Str, field("nickname").personal();
    phone: Option<String>, Str, field("phone").personal();
    phones: Vec<Person>, List, field("phones");
    union_id: Option<String>, Str, field("union_id").personal();
    open_ids: Vec<String>, Strs, field("open_ids").personal();
    created_at: Option<String>, Str, field("created_at");
});

impl Person {
    pub(crate) fn named(name: &str) -> Self {
        Person { name: Some(name.to_owned()), ..Person::default() }
    }
    pub(crate) fn with_phone(phone: &str) -> Self {
        Person { phone: Some(phone.to_owned()), ..Person::default() }
    }
}

shown!(Search {
    phone: Option<String>, Str, field("phone").personal();
    openid: Option<String>, Str, field("openid").personal();
    password: Option<String>, Str, field("password").secret();
    page: Option<i64>, I64, field("page");
    page_size: Option<i64>, I64, field("page_size").wire(Wire::Text);
    big: Option<u64>, U64, field("big");
    min_pay: Option<String>, Str, field("min_pay");
    weight: Option<f64>, F64, field("weight");
    active: Option<bool>, Bool, field("active");
    active_text: Option<bool>, Bool, field("active_text").wire(Wire::Text);
    active_digit: Option<bool>, Bool, field("active_digit").wire(Wire::Digit);
    active_digit_text: Option<bool>, Bool, field("active_digit_text").wire(Wire::DigitText);
    user_ids: Nullable<Vec<String>>, Nullable, field("user_ids");
    tags: Vec<String>, Strs, field("tags").wire(Wire::Comma);
    days: Vec<String>, Strs, field("days").wire(Wire::Bars);
    numbers: Vec<i64>, Ints, field("numbers");
    quoted: Vec<i64>, Ints, field("quoted").wire(Wire::Text);
    needed: Vec<String>, Strs, field("needed").required();
    level: Option<Level>, Open, field("level");
    levels: Vec<Level>, Opens, field("levels");
    data: Option<Person>, Obj, field("data");
    people: Vec<Person>, List, field("people");
    inner: Option<Person>, Obj, field("inner").wire(Wire::Json).personal();
    labels: Keyed<Option<String>>, Map, field("labels");
    any: Option<Value>, Any, field("any");
    start: Option<String>, Str, field("start");
    end: Option<String>, Str, field("end");
    trace: Option<String>, Str, field("X-Trace").place(Place::Header);
    lang: Option<String>, Str, field("lang").place(Place::Query);
});

/// An open enum of integers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Level {
    Basic,
    Gold,
    Other(Kept),
}

impl Open for Level {
    const CODES: &'static [Code<'static>] = &[Code::Int(0), Code::Int(2)];
    fn of(position: usize) -> Self {
        if position == 0 { Level::Basic } else { Level::Gold }
    }
    fn other(kept: Kept) -> Self {
        Level::Other(kept)
    }
    fn position(&self) -> Result<usize, &Kept> {
        match self {
            Level::Basic => Ok(0),
            Level::Gold => Ok(1),
            Level::Other(kept) => Err(kept),
        }
    }
}

const NOTHING: Label = Label { zh: "", en: "" };

pub(crate) static SEARCH: OperationSpec = search(Method::Post, BodyKind::Json);

static REQUEST: Table = Search::TABLE;

pub(crate) const fn search(method: Method, body: BodyKind) -> OperationSpec {
    OperationSpec {
        name: "search",
        title: NOTHING,
        source: Source { page: "docs.acme.example", url: None, read: "2026-11-22", evidence: Evidence::Documented },
        method,
        path: "/people/search",
        body,
        access: Access::Read,
        permission: None,
        quota: None,
        token: None,
        paging: None,
        errors: &[],
        rules: &[],
        request: &REQUEST,
        customer: None,
    }
}

pub(crate) const fn token(place: TokenPlace) -> TokenSpec {
    TokenSpec {
        name: "access",
        operation: &SEARCH,
        parameters: &[],
        value: "/data/token",
        expires_in: None,
        lifetime: 7200,
        renew_below: 0,
        overlap: 0,
        place,
    }
}

pub(crate) static ACME: VendorSpec = VendorSpec {
    name: "acme",
    title: Label { zh: "艾可米", en: "Acme" },
    doc_url: "https://docs.acme.example",
    base_url: "https://api.acme.example",
    envelope: Envelope { code: "code", message: &["msg"], data: "data", success: &["0"], others: &[], code_is_text: false },
    tokens: &[],
    credentials: &[],
    errors: &[],
    untyped: &SEARCH,
};

pub(crate) static CUSTOMER: CustomerSpec = CustomerSpec {
    id: "id",
    names: &["name", "nickname"],
    phones: &["phone", "phones/phone"],
    emails: &["email"],
    union_ids: &["union_id"],
    open_ids: &["open_ids"],
    avatars: &[],
    created: Some(("created_at", TimeFormat::DateTime)),
};
