//! A made-up vendor's records and request, written as a generator would write them.

use serde_json::Value;

use crate::{
    spec::*,
    table::{Attributes, Code, EXTRA, Extra, Field, Keyed, Nullable, Open, Place, ReadFields, Table, Undocumented, Values, View, Wire},
};

/// A struct with its table, one line a field: name, type, view, table entry.
macro_rules! shown {
    ($name:ident { $($field:ident: $type:ty, $view:ident, $marks:expr;)* }) => {
        #[derive(Clone, Default, PartialEq)]
        pub(crate) struct $name {
            $(pub(crate) $field: $type,)*
            pub(crate) extra: Extra,
        }
        impl $name {
            pub(crate) const TABLE: Table = Table::new(stringify!($name), &[$($marks),*]);
        }
        impl ReadFields for $name {
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

shown!(Person {
    id: Option<i64>, I64, Field("id", Attributes::PLAIN);
    name: Option<String>, Str, Field("name", Attributes::PERSONAL);
    nickname: Option<String>, Str, Field("nickname", Attributes::PERSONAL);
    phone: Option<String>, Str, Field("phone", Attributes::PERSONAL);
    phones: Vec<Person>, List, Field("phones", Attributes::PLAIN);
    union_id: Option<String>, Str, Field("union_id", Attributes::PERSONAL);
    open_ids: Vec<String>, Strs, Field("open_ids", Attributes::PERSONAL);
    created_at: Option<String>, Str, Field("created_at", Attributes::PLAIN);
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
    phone: Option<String>, Str, Field("phone", Attributes::PERSONAL);
    openid: Option<String>, Str, Field("openid", Attributes::PERSONAL);
    password: Option<String>, Str, Field("password", Attributes::PLAIN.secret());
    page: Option<i64>, I64, Field("page", Attributes::PLAIN);
    page_size: Option<i64>, I64, Field("page_size", Attributes::PLAIN.wire(Wire::Text));
    big: Option<Value>, Any, Field("big", Attributes::PLAIN);
    min_pay: Option<String>, Str, Field("min_pay", Attributes::PLAIN);
    weight: Option<f64>, F64, Field("weight", Attributes::PLAIN);
    active: Option<bool>, Bool, Field("active", Attributes::PLAIN);
    active_text: Option<bool>, Bool, Field("active_text", Attributes::PLAIN.wire(Wire::Text));
    active_digit: Option<bool>, Bool, Field("active_digit", Attributes::PLAIN.wire(Wire::Digit));
    active_digit_text: Option<bool>, Bool, Field("active_digit_text", Attributes::PLAIN.wire(Wire::DigitText));
    user_ids: Nullable<Vec<String>>, Nullable, Field("user_ids", Attributes::PLAIN);
    tags: Vec<String>, Strs, Field("tags", Attributes::PLAIN.wire(Wire::Comma));
    days: Vec<String>, Strs, Field("days", Attributes::PLAIN.wire(Wire::Bars));
    numbers: Vec<i64>, Ints, Field("numbers", Attributes::PLAIN);
    quoted: Vec<i64>, Ints, Field("quoted", Attributes::PLAIN.wire(Wire::Text));
    needed: Vec<String>, Strs, Field("needed", Attributes::PLAIN.required());
    level: Option<Level>, Open, Field("level", Attributes::PLAIN);
    levels: Vec<Level>, Opens, Field("levels", Attributes::PLAIN);
    data: Option<Person>, Obj, Field("data", Attributes::PLAIN);
    people: Vec<Person>, List, Field("people", Attributes::PLAIN);
    inner: Option<Person>, Obj, Field("inner", Attributes::PLAIN.wire(Wire::Json).personal());
    labels: Keyed<Option<String>>, Map, Field("labels", Attributes::PLAIN);
    any: Option<Value>, Any, Field("any", Attributes::PLAIN);
    start: Option<String>, Str, Field("start", Attributes::PLAIN);
    end: Option<String>, Str, Field("end", Attributes::PLAIN);
    trace: Option<String>, Str, Field("X-Trace", Attributes::PLAIN.place(Place::Header));
    lang: Option<String>, Str, Field("lang", Attributes::PLAIN.place(Place::Query));
});

/// An open enum of integers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Level {
    Basic,
    Gold,
    Undocumented(Undocumented),
}

impl Open for Level {
    const VALUES: Values<Self> =
        Values { codes: &[Code::Int(0), Code::Int(2)], labels: "basic\ngold\n", all: &[Level::Basic, Level::Gold], names: "Basic\nGold\n" };
    fn undocumented(value: Undocumented) -> Self {
        Level::Undocumented(value)
    }
    fn as_undocumented(&self) -> Option<&Undocumented> {
        if let Level::Undocumented(value) = self { Some(value) } else { None }
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
        base_url: None,
        token: None,
        signature: None,
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
    envelope: EnvelopeSpec { code: "code", message: &["msg"], data: "data", success: &["0"], others: &[], code_is_text: false },
    base_urls: &[],
    tokens: &[],
    signatures: &[],
    credentials: &[],
    errors: &[],
    untyped: &SEARCH,
    operations: &[],
};

pub(crate) static CUSTOMER: CustomerSpec = CustomerSpec {
    id: "id",
    names: &["name", "nickname"],
    phones: &["phone", "phones/phone"],
    emails: &["email"],
    union_ids: &["union_id"],
    open_ids: &["open_ids"],
    avatars: &[],
    tags: &[],
    created: Some(("created_at", TimeFormat::DateTime)),
};
