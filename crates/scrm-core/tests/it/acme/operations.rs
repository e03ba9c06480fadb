//! Operations as the generator writes them, shortened.

use scrm_core::{Value, declare, spec::*};

use super::{Acme, TOKEN};

/// With nothing to send.
pub const fn plain(name: &'static str, method: Method, path: &'static str) -> OperationSpec {
    OperationSpec::new(name, method, path).title("Operation", "操作").source(SOURCE)
}

/// With the usual token.
pub const fn usual(name: &'static str, path: &'static str) -> OperationSpec {
    plain(name, Method::Post, path).token(&TOKEN)
}

const SOURCE: Source = Source::new("Acme, users", "2026-11-22").url("https://docs.acme.example/users");

pub static UNTYPED: OperationSpec = usual("untyped", "").access(Access::Write);
pub static TOKEN_GET: OperationSpec = plain("token_get", Method::Get, "/token").body(BodyKind::Query);

static CUSTOMER: CustomerSpec = CustomerSpec::new("user_id").names(&["name"]).phones(&["phone"]);

declare::record! {
    /// A user.
    pub struct User {
        "Id." "编号。"
        user_id: Option<String> as Str = "user_id", always;
        "Name." "姓名。"
        name: Option<String> as Str = "name", maybe personal;
        "Phone number." "手机号。"
        phone: Option<String> as Str = "phone", maybe personal;
        "Points." "积分。"
        points: Option<i64> as I64 = "points", maybe ["points"];
    }
    numbers(0 1 2 3)
}

declare::record! {
    /// A page of users.
    pub struct UserListData {
        "The users." "用户。"
        list: Vec<User> as List(User) = "list", maybe rows;
        "How many there are." "总数。"
        total: Option<i64> as I64 = "total", maybe;
    }
    numbers(0 1)
}

declare::request! {
    /// Lists users.
    pub struct UserList {
        "Phone number." "手机号。"
        phone: Option<String> as Str = "phone", optional personal, with_phone(impl Into<String>);
        "Page." "页码。"
        page: Option<i64> as I64 = "page", required, with_page(i64) = Some(1);
        "Rows a page." "每页行数。"
        page_size: Option<i64> as I64 = "page_size", required, with_page_size(i64) = Some(2);
    }
    numbers(0 1 2)
    /// Nothing is required.
    new()
}

declare::operation! {
    impl Operation for UserList, of Acme, answers UserListData;
    pub static USER_LIST = usual("user_list", "/user/list")
        .rules(&[Rule::range("page_size", Some(1), Some(50))])
        .paging(&PagingSpec::number("page", 1, "/data/list").size("page_size").max_size(50).total("/data/total").id("user_id"))
        .errors(&[ErrorRule::code("9", Action::FixRequest, "the operation's nine", "操作的九")])
        .customer(&CUSTOMER);
}

declare::pages! {
    impl PagedOperation for UserList, row User;
    rows data.list;
    page request.page;
    size request.page_size;
}

declare::request! {
    /// Lists visits.
    pub struct VisitList {
        "Behind this one." "从这一个之后。"
        after: Option<String> as Str = "after", optional, with_after(impl Into<String>);
        "Rows a page." "每页行数。"
        size: Option<i64> as I64 = "size", optional, with_size(i64) = Some(2);
    }
    numbers(0 1)
    /// Nothing is required.
    new()
}

declare::operation! {
    impl Operation for VisitList, of Acme, answers UserListData;
    pub static VISIT_LIST = usual("visit_list", "/visit/list")
        .paging(&PagingSpec::cursor("after", "user_id", "/data/list").size("size").max_size(50));
}

declare::pages! {
    impl PagedOperation for VisitList, row User;
    rows data.list;
    size request.size;
    cursor request.after;
}

/// A request with one field, and nothing to say of the answer.
macro_rules! small {
    ($type:ident, $spec:ident, $data:ty, $facts:expr) => {
        declare::request! {
            /// Names a user.
            pub struct $type {
                "Id." "编号。"
                user_id: Option<String> as Str = "user_id", required, with_user_id(impl Into<String>);
            }
            numbers(0)
            /// Of this user.
            new(user_id: impl Into<String>)
        }
        declare::operation! {
            impl Operation for $type, of Acme, answers $data;
            pub static $spec = $facts;
        }
    };
}

small!(Lookup, LOOKUP, User, usual("lookup", "/user/get").customer(&CUSTOMER));
small!(TagSet, TAG_SET, Option<Value>, usual("tag_set", "/tag/set").access(Access::WriteSafeToRepeat));
small!(
    Update,
    UPDATE,
    Option<Value>,
    usual("update", "/user/update").access(Access::Write).errors(&[ErrorRule::code("2504", Action::DoneAlready, "done before", "已完成")])
);

/// An operation of nobody.
pub const FOREIGN: OperationSpec = usual("foreign", "/foreign");
