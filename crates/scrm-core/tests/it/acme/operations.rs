//! Operations as the generator writes them, shortened.

use scrm_core::{
    Value,
    operation::{Operation, PagedOperation},
    spec::*,
    table::*,
};

use super::TOKEN;

/// Table and `ReadFields` of a struct.
macro_rules! shown {
    ($type:ident { $($number:literal $name:ident: $kind:ident = $field:expr),* } $(, extra $extra:ident)?) => {
        impl ReadFields for $type {
            fn table(&self) -> &'static Table { Self::TABLE }
            fn view(&self, field: usize) -> View<'_> {
                match field { $($number => View::$kind(&self.$name),)* $(EXTRA => View::Extra(&self.$extra),)? _ => View::Any(&None) }
            }
        }
        impl $type {
            const TABLE: &'static Table = {
                static FIELDS: &[Field] = &[$($field),*];
                static TABLE: Table = Table::new(stringify!($type), FIELDS);
                &TABLE
            };
        }
    };
}

/// Table, `ReadFields` and `WriteFields` of a struct.
macro_rules! record {
    ($type:ident { $($number:literal $name:ident: $kind:ident = $field:expr),* }) => {
        shown!($type { $($number $name: $kind = $field),* }, extra extra);
        impl WriteFields for $type {
            fn table(&self) -> &'static Table { Self::TABLE }
            fn slot(&mut self, field: usize) -> Slot<'_> {
                match field { $($number => Slot::$kind(&mut self.$name),)* EXTRA => Slot::Extra(&mut self.extra), _ => unreachable!() }
            }
        }
        scrm_core::record!($type);
    };
}

const SOURCE: Source =
    Source { page: "Acme, users", url: Some("https://docs.acme.example/users"), read: "2026-11-22", evidence: Evidence::Documented };
static NO_FIELDS: Table = Table::new("None", &[]);

pub const PLAIN: OperationSpec = OperationSpec {
    name: "",
    title: Label { zh: "操作", en: "Operation" },
    source: SOURCE,
    method: Method::Post,
    path: "",
    body: BodyKind::Json,
    access: Access::Read,
    permission: None,
    quota: None,
    token: None,
    paging: None,
    errors: &[],
    rules: &[],
    request: &NO_FIELDS,
    customer: None,
};

/// With the usual token.
const USUAL: OperationSpec = OperationSpec { token: Some(&TOKEN), ..PLAIN };

pub static UNTYPED: OperationSpec = OperationSpec { name: "untyped", access: Access::Write, ..USUAL };
pub static TOKEN_GET: OperationSpec =
    OperationSpec { name: "token_get", method: Method::Get, path: "/token", body: BodyKind::Query, ..PLAIN };

static CUSTOMER: CustomerSpec = CustomerSpec {
    id: "user_id",
    names: &["name"],
    phones: &["phone"],
    emails: &[],
    union_ids: &[],
    open_ids: &[],
    avatars: &[],
    created: None,
};

#[derive(Clone, Default, PartialEq)]
pub struct User {
    pub user_id: Option<String>,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub points: Option<i64>,
    pub extra: Extra,
}
record!(User {
    0 user_id: Str = Field("user_id", Attributes::REQUIRED),
    1 name: Str = Field("name", Attributes::PERSONAL),
    2 phone: Str = Field("phone", Attributes::PERSONAL),
    3 points: I64 = Field("points", Attributes::PLAIN)
});

#[derive(Clone, Default, PartialEq)]
pub struct UserListData {
    pub list: Vec<User>,
    pub total: Option<i64>,
    pub extra: Extra,
}
record!(UserListData { 0 list: List = Field("list", Attributes::PLAIN.rows()), 1 total: I64 = Field("total", Attributes::PLAIN) });

#[derive(Clone, Default, PartialEq)]
pub struct UserList {
    phone: Option<String>,
    page: Option<i64>,
    page_size: Option<i64>,
}
shown!(UserList {
    0 phone: Str = Field("phone", Attributes::PERSONAL),
    1 page: I64 = Field("page", Attributes::REQUIRED),
    2 page_size: I64 = Field("page_size", Attributes::REQUIRED)
});
scrm_core::request!(UserList);

impl UserList {
    pub fn new() -> Self {
        UserList { phone: None, page: Some(1), page_size: Some(2) }
    }
    pub fn with_phone(mut self, phone: impl Into<String>) -> Self {
        self.phone = Some(phone.into());
        self
    }
    pub fn with_page_size(mut self, size: i64) -> Self {
        self.page_size = Some(size);
        self
    }
}

pub static USER_LIST: OperationSpec = OperationSpec {
    name: "user_list",
    path: "/user/list",
    request: UserList::TABLE,
    rules: &[Rule::Range { field: "page_size", min: Some(1), max: Some(50) }],
    paging: Some(&PagingSpec {
        style: PagingStyle::Number { field: "page", first: 1 },
        size: Some("page_size"),
        max_size: Some(50),
        rows: "/data/list",
        total: Some("/data/total"),
        id: Some("user_id"),
        row_cap: None,
        split_by: None,
    }),
    errors: &[ErrorRule {
        code: Some("9"),
        message: None,
        meaning: Label { zh: "操作的九", en: "the operation's nine" },
        action: Action::FixRequest,
        evidence: Evidence::Documented,
    }],
    customer: Some(&CUSTOMER),
    ..USUAL
};

impl Operation for UserList {
    type Data = UserListData;
    fn spec() -> &'static OperationSpec {
        &USER_LIST
    }
}

impl PagedOperation for UserList {
    type Row = User;
    fn rows(data: &UserListData) -> &[User] {
        &data.list
    }
    fn into_rows(data: UserListData) -> Vec<User> {
        data.list
    }
    fn total(data: &UserListData) -> Option<u64> {
        data.total.and_then(|total| total.try_into().ok())
    }
    fn page(&self) -> Option<i64> {
        self.page
    }
    fn set_page(&mut self, page: i64) {
        self.page = Some(page);
    }
    fn size(&self) -> Option<i64> {
        self.page_size
    }
    fn set_size(&mut self, size: i64) {
        self.page_size = Some(size);
    }
    fn id(row: &User) -> Option<String> {
        row.user_id.clone()
    }
}

#[derive(Clone, Default, PartialEq)]
pub struct VisitList {
    after: Option<String>,
    size: Option<i64>,
}
shown!(VisitList { 0 after: Str = Field("after", Attributes::PLAIN), 1 size: I64 = Field("size", Attributes::PLAIN) });
scrm_core::request!(VisitList);

impl VisitList {
    pub fn new() -> Self {
        VisitList { after: None, size: Some(2) }
    }
}

pub static VISIT_LIST: OperationSpec = OperationSpec {
    name: "visit_list",
    path: "/visit/list",
    request: VisitList::TABLE,
    paging: Some(&PagingSpec {
        style: PagingStyle::Cursor { field: "after", from: "user_id" },
        size: Some("size"),
        max_size: Some(50),
        rows: "/data/list",
        total: None,
        id: None,
        row_cap: None,
        split_by: None,
    }),
    ..USUAL
};

impl Operation for VisitList {
    type Data = UserListData;
    fn spec() -> &'static OperationSpec {
        &VISIT_LIST
    }
}

impl PagedOperation for VisitList {
    type Row = User;
    fn rows(data: &UserListData) -> &[User] {
        &data.list
    }
    fn into_rows(data: UserListData) -> Vec<User> {
        data.list
    }
    fn total(_data: &UserListData) -> Option<u64> {
        None
    }
    fn size(&self) -> Option<i64> {
        self.size
    }
    fn cursor(row: &User) -> Option<Value> {
        row.user_id.clone().map(Value::from)
    }
    fn set_cursor(&mut self, cursor: Option<&Value>) -> bool {
        self.after = cursor.and_then(Value::as_str).map(str::to_owned);
        cursor.is_none_or(Value::is_string)
    }
}

/// A request with one field, and nothing to say of the answer.
macro_rules! small {
    ($type:ident, $spec:ident, $data:ty, $description:expr) => {
        #[derive(Clone, Default, PartialEq)]
        pub struct $type {
            user_id: Option<String>,
        }
        shown!($type { 0 user_id: Str = Field("user_id", Attributes::REQUIRED) });
        scrm_core::request!($type);
        impl $type {
            pub fn new(user_id: impl Into<String>) -> Self {
                $type { user_id: Some(user_id.into()) }
            }
        }
        pub static $spec: OperationSpec = OperationSpec { request: $type::TABLE, ..$description };
        impl Operation for $type {
            type Data = $data;
            fn spec() -> &'static OperationSpec {
                &$spec
            }
        }
    };
}

small!(Lookup, LOOKUP, User, OperationSpec { name: "lookup", path: "/user/get", customer: Some(&CUSTOMER), ..USUAL });
small!(TagSet, TAG_SET, Option<Value>, OperationSpec { name: "tag_set", path: "/tag/set", access: Access::WriteSafeToRepeat, ..USUAL });
small!(
    Update,
    UPDATE,
    Option<Value>,
    OperationSpec {
        name: "update",
        path: "/user/update",
        access: Access::Write,
        errors: &[ErrorRule {
            code: Some("2504"),
            message: None,
            meaning: Label { zh: "已完成", en: "done before" },
            action: Action::DoneAlready,
            evidence: Evidence::Documented,
        }],
        ..USUAL
    }
);

/// An operation of nobody.
pub const FOREIGN: OperationSpec = OperationSpec { name: "foreign", path: "/foreign", ..USUAL };
