//! The made-up vendor with one mistake each: the errors as a maintainer reads them.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::acme;

const VENDOR: &str = "acme/vendor.json";
const TOKEN: &str = "acme/token.json";
const MEMBERS: &str = "acme/member/member-list.json";
const SHARED: &str = "acme/member/definitions.json";
const VISITS: &str = "acme/member/visit-list.json";
const CHANGES: &str = "acme/order/order-change-list.json";
const IDS: &str = "acme/user/user-id-list.json";
const DETAILS: &str = "acme/user/user-detail-list.json";

/// A mistake: what it is, the file, where, and the value put there (`None`: what stands there is removed).
type Mistake = (&'static str, &'static str, &'static str, Option<Value>);

fn set(what: &'static str, file: &'static str, pointer: &'static str, value: Value) -> Mistake {
    (what, file, pointer, Some(value))
}

fn remove(what: &'static str, file: &'static str, pointer: &'static str) -> Mistake {
    (what, file, pointer, None)
}

fn text_field() -> Value {
    json!({ "type": "string", "description": "A text.", "x-zh": "文字。" })
}

/// Errors of the made-up vendor after the mistakes.
fn report(mistakes: &[Mistake]) -> String {
    let mut out = String::new();
    for (what, file, pointer, value) in mistakes {
        let errors = match scrm_schema::load_files(edited(file, pointer, value.clone())) {
            Ok(_) => "NOT FOUND".to_owned(),
            Err(errors) => errors.to_string(),
        };
        writeln!(out, "# {what}\n{errors}\n").expect("writing to a String");
    }
    out
}

fn edited(file: &str, pointer: &str, value: Option<Value>) -> Vec<(String, String)> {
    let member = file.matches('/').count() == 1 || file.starts_with("acme/member/");
    let mut files = if member { acme::files() } else { acme::all() };
    let text = &mut files.iter_mut().find(|(name, _)| name == file).expect("the file is one of the made-up vendor's").1;
    let mut json: Value = serde_json::from_str(text).expect("the file is JSON");
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
    let key = key.replace("~1", "/");
    match json.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer} is nowhere")) {
        Value::Object(map) => match value {
            Some(value) => drop(map.insert(key, value)),
            None => drop(map.remove(&key).unwrap_or_else(|| panic!("{pointer} is nowhere"))),
        },
        Value::Array(items) => match value {
            Some(value) => items.push(value),
            None => drop(items.remove(key.parse().expect("a number"))),
        },
        _ => panic!("{pointer} is nowhere"),
    }
    *text = json.to_string();
    files
}

fn texts(file: &str, text: &str) -> String {
    let mut files = acme::files();
    files.retain(|(name, _)| name != file);
    files.push((file.to_owned(), text.to_owned()));
    scrm_schema::load_files(files).map_or_else(|errors| errors.to_string(), |_| "NOT FOUND".to_owned())
}

#[test]
fn broken_files() {
    let one = acme::text(TOKEN);
    let cases = [
        ("a comma is missing", texts(TOKEN, "{\n  \"operation\": \"token\"\n  \"title\": 1\n}")),
        ("something behind the end", texts(TOKEN, &format!("{one} x"))),
        (
            "a key twice",
            texts(VISITS, &acme::text(VISITS).replacen("\"access\": \"read\",", "\"access\": \"read\", \"access\": \"write\",", 1)),
        ),
        (
            "no vendor file",
            scrm_schema::load_files(acme::files().into_iter().filter(|(file, _)| file != VENDOR))
                .map_or_else(|errors| errors.to_string(), |_| "NOT FOUND".to_owned()),
        ),
        ("a file too deep", texts("acme/member/old/x.json", "{}")),
        ("two files of one operation", texts("acme/member/member-list-2.json", &acme::text(MEMBERS))),
        ("a file twice", {
            let mut files = acme::files();
            files.push((TOKEN.to_owned(), acme::text(TOKEN)));
            scrm_schema::load_files(files).map_or_else(|errors| errors.to_string(), |_| "NOT FOUND".to_owned())
        }),
    ];
    let report: String = cases.iter().map(|(what, errors)| format!("# {what}\n{errors}\n\n")).collect();
    insta::assert_snapshot!(report);
}

#[test]
fn what_the_meta_schema_refuses() {
    let errors = report(&[
        set("an unknown keyword", MEMBERS, "/request/properties/phone/x-mask", json!(true)),
        set("a misspelt key of the head", MEMBERS, "/permision", json!("x")),
        set("an enum without labels", MEMBERS, "/request/properties/phone/enum", json!(["a", "b"])),
        set("a rule between types", MEMBERS, "/request/properties/phone/anyOf", json!([])),
        remove("no source", MEMBERS, "/source"),
        set("an unknown word", MEMBERS, "/access", json!("reading")),
        set("a wrong type", MEMBERS, "/quota/calls", json!("3000")),
        set("a bad name", MEMBERS, "/operation", json!("memberList")),
        set("a bad pointer", MEMBERS, "/paging/rows", json!("data/list")),
        set("an enum of nothing", MEMBERS, "/request/properties/source/x-enum/values", json!([])),
        set("two ways of filling", MEMBERS, "/customer/with/kind/credential", json!("operator")),
        set("a type that is none", MEMBERS, "/request/properties/phone/type", json!("text")),
        set("a sample nobody knows", MEMBERS, "/definitions/Member/properties/id/x-sample", json!("fingerprint")),
        set(
            "a pattern that is no column",
            MEMBERS,
            "/definitions/Member/patternProperties",
            json!({ "^.*$": { "type": "integer", "x-name": "x", "description": "x", "x-zh": "x" } }),
        ),
        set("a token that is true", MEMBERS, "/token", json!(true)),
        set("no base URL", VENDOR, "/base_url", json!("api.acme.example")),
        set("an unknown action", VENDOR, "/errors/0/action", json!("panic")),
    ]);
    insta::assert_snapshot!(errors);
}

#[test]
fn fields() {
    let errors = report(&[
        set("two fields, one Rust name", MEMBERS, "/request/properties/Phone", text_field()),
        set("a field called extra", MEMBERS, "/definitions/Member/properties/extra", text_field()),
        set("a field without a Rust name", MEMBERS, "/definitions/Member/properties/名", text_field()),
        set("a field among the dynamic columns", MEMBERS, "/definitions/Member/properties/Score-12", text_field()),
        set("a field called like the dynamic columns", MEMBERS, "/definitions/Member/properties/scores", text_field()),
        remove("no Chinese", MEMBERS, "/request/properties/phone/x-zh"),
        remove("no English", MEMBERS, "/request/properties/phone/description"),
        set("no description", MEMBERS, "/request/properties/colour", json!({ "type": "string" })),
        set("a missing definition", MEMBERS, "/definitions/Member/properties/colour", json!({ "$ref": "#/definitions/Colour" })),
        remove("a definition that is used", MEMBERS, "/definitions/Parent"),
        set(
            "a definition that is not used",
            MEMBERS,
            "/definitions/Colour",
            json!({ "type": "object", "description": "x", "x-zh": "x", "properties": {} }),
        ),
        set("a definition of a scalar", MEMBERS, "/definitions/Parent", text_field()),
        set("an object that holds itself", MEMBERS, "/definitions/Parent/properties/parent", json!({ "$ref": "#/definitions/Parent" })),
        set("required but not there", MEMBERS, "/definitions/Member/required/-", json!("colour")),
        set("a list of nothing", MEMBERS, "/request/properties/tags", json!({ "type": "array", "description": "x", "x-zh": "x" })),
        set("an object of nothing", MEMBERS, "/request/properties/tags", json!({ "type": "object", "description": "x", "x-zh": "x" })),
        set("a map with fields", MEMBERS, "/response/properties/data/properties/by_shop/properties", json!({})),
        set("two objects, one name", MEMBERS, "/request/properties/data/x-type", json!("Member")),
        set("an object like the request", MEMBERS, "/request/properties/data/x-type", json!("MemberList")),
        set("an object like a type of Rust", MEMBERS, "/request/properties/data/x-type", json!("Option")),
        set("limits of a number on a text", MEMBERS, "/request/properties/phone/minimum", json!(1)),
        set("limits of a text on a number", MEMBERS, "/request/properties/page/maxLength", json!(1)),
        set("limits of a list on a text", MEMBERS, "/request/properties/phone/maxItems", json!(1)),
        set("limits that cross", MEMBERS, "/request/properties/name/minLength", json!(30)),
        set("a way of writing that does not fit", MEMBERS, "/request/properties/phone/x-wire", json!("digit")),
        set("a time that does not fit", MEMBERS, "/request/properties/page/x-time", json!("date")),
        set("a default that does not fit", MEMBERS, "/request/properties/page/default", json!(-1)),
        set("a default of null", MEMBERS, "/request/properties/phone/default", json!(null)),
        set("a nested field in the query", MEMBERS, "/request/properties/data/properties/user_id/x-in", json!("query")),
        set("a filter in an answer", MEMBERS, "/definitions/Member/properties/id/x-empty", json!("no_filter")),
        set(
            "a filter of a field that is not there",
            MEMBERS,
            "/request/properties/phone/x-filters",
            json!({ "fields": ["phones"], "how": "equals" }),
        ),
        set("a filter by a label of no enum", MEMBERS, "/request/properties/phone/x-filters", json!({ "fields": ["id"], "how": "label" })),
        set("columns announced nowhere", MEMBERS, "/definitions/Member/x-announced-by/list", json!("/data/headers")),
        set("columns announced by no field", MEMBERS, "/definitions/Member/x-announced-by/key", json!("name")),
        remove("columns announced but not taken", MEMBERS, "/definitions/Member/additionalProperties"),
        remove("dynamic columns without a name", MEMBERS, "/definitions/Member/patternProperties/^Score-[0-9]+$/x-name"),
        set("a selector with an unknown value", MEMBERS, "/request/properties/source/x-documented-for", json!([9])),
        set("a selector in an answer", MEMBERS, "/definitions/Member/properties/source/x-documented-for", json!(["网页"])),
        set("an announced column that is not there", MEMBERS, "/definitions/Member/x-announced-by/columns/-", json!("Colour")),
        set("a mark on items", MEMBERS, "/request/properties/tags/items/x-sensitive", json!("personal")),
        set("null among items", MEMBERS, "/request/properties/tags/items/type", json!(["string", "null"])),
        set("a mark on a definition", MEMBERS, "/definitions/Parent/x-sensitive", json!("personal")),
        set("a mark on the data", MEMBERS, "/response/properties/data/x-unit", json!("yuan")),
        set("a mark on dynamic columns", MEMBERS, "/definitions/Member/patternProperties/^Score-[0-9]+$/x-unit", json!("points")),
        set("fields of a text", MEMBERS, "/request/properties/phone/properties", json!({})),
        set("items of a text", MEMBERS, "/request/properties/phone/items", json!({})),
        set("a type beside a reference", MEMBERS, "/definitions/Member/properties/parent/type", json!("object")),
        set("a Rust name that another field has", MEMBERS, "/request/properties/phone/x-name", json!("employer")),
        set(
            "the token as a field",
            MEMBERS,
            "/request/properties/X-Acme-Token",
            json!({ "type": "string", "description": "x", "x-zh": "x", "x-in": "header" }),
        ),
    ]);
    insta::assert_snapshot!(errors);
}

#[test]
fn a_field_too_many() {
    let fields: serde_json::Map<String, Value> = (0..257).map(|number| (format!("field_{number}"), text_field())).collect();
    let object = json!({ "type": "object", "x-type": "Wide", "description": "x", "x-zh": "x", "properties": fields });
    let errors = report(&[set("257 fields", MEMBERS, "/response/properties/data/properties/wide", object)]);
    insta::assert_snapshot!(errors);
}

#[test]
fn enums() {
    let values = |values: Value| json!({ "name": "MemberSource", "values": values });
    let at = "/request/properties/source/x-enum";
    let web = json!({ "value": 1, "name": "web", "zh": "网页", "en": "web" });
    let errors = report(&[
        set("a value twice", MEMBERS, at, values(json!([web, { "value": 1, "name": "shop", "zh": "门店", "en": "shop" }]))),
        set("a name twice", MEMBERS, at, values(json!([web, { "value": 2, "name": "web", "zh": "门店", "en": "shop" }]))),
        set("a value of another type", MEMBERS, at, values(json!([web, { "value": "2", "name": "shop", "zh": "门店", "en": "shop" }]))),
        set("a value called other", MEMBERS, at, values(json!([web, { "value": 2, "name": "other", "zh": "其他", "en": "other" }]))),
        set("an enum of numbers with a point", MEMBERS, "/request/properties/source/type", json!("number")),
        set("one name for two enums", MEMBERS, "/definitions/SourceLabel/x-enum/name", json!("MemberSource")),
        set("one name for an enum and an object", MEMBERS, "/definitions/SourceLabel/x-enum/name", json!("Member")),
        set("no labels", MEMBERS, at, values(json!([{ "value": 1, "name": "web" }]))),
    ]);
    insta::assert_snapshot!(errors);
}

#[test]
fn heads_rules_and_paging() {
    let errors = report(&[
        set("another name than the file", MEMBERS, "/operation", json!("members")),
        set("a method of the client", MEMBERS, "/operation", json!("builder")),
        set("an unknown token", MEMBERS, "/token", json!("nobody")),
        set("a path taken", VISITS, "/http/path", json!("/member/list")),
        remove("no code", VISITS, "/response/properties/code"),
        remove("no message", VISITS, "/response/properties/msg"),
        set("a rule on a field that is not there", MEMBERS, "/rules/-", json!({ "at_least_one": ["phone", "mail"] })),
        set("a rule on one field", MEMBERS, "/rules/-", json!({ "at_least_one": ["phone"] })),
        set("a rule on a field twice", MEMBERS, "/rules/-", json!({ "together": ["phone", "phone"] })),
        set("a rule on a required field", MEMBERS, "/rules/-", json!({ "at_most_one": ["kind", "phone"] })),
        set("a span of texts", MEMBERS, "/rules/-", json!({ "span": { "start": "phone", "end": "until" } })),
        set(
            "a condition on an unknown value",
            MEMBERS,
            "/rules/-",
            json!({ "required_if": { "field": "name", "other": "source", "values": ["9"] } }),
        ),
        set("rows that are no list", MEMBERS, "/paging/rows", json!("/data/page")),
        set("rows outside of the data", MEMBERS, "/paging/rows", json!("/rows")),
        set("a total that is none", MEMBERS, "/paging/total", json!("/data/total")),
        set("a page field that is not there", MEMBERS, "/paging/page", json!("page_no")),
        set("a page field that is a text", MEMBERS, "/paging/page", json!("phone")),
        set("an id that is not there", MEMBERS, "/paging/id", json!("uid")),
        set("another largest page", MEMBERS, "/paging/max_size", json!(100)),
        set("a cursor in a list by number", MEMBERS, "/paging/cursor", json!("phone")),
        set("a split by texts", MEMBERS, "/paging/split_by/start", json!("phone")),
        set("a split of rows without a time", MEMBERS, "/paging/split_by/field", json!("id")),
        remove("no page field", MEMBERS, "/paging/page"),
        remove("no cursor", VISITS, "/paging/cursor"),
        set("a cursor that copies nothing", VISITS, "/paging/from", json!("position")),
        set("a cursor of another type", VISITS, "/paging/from", json!("month")),
        remove("no page size", VISITS, "/paging/default_size"),
    ]);
    insta::assert_snapshot!(errors);
}

#[test]
fn windows_and_nested_places() {
    insta::assert_snapshot!(report(&[
        set("a beginning that is not there", CHANGES, "/paging/windows/1/start", json!("data/since")),
        set("ends of two kinds", CHANGES, "/paging/windows/1/end", json!("data/paid_to")),
        set("a limited range without a window", CHANGES, "/paging/windows", json!([{ "start": "data/from", "end": "data/to" }])),
        remove("a window without a limit", CHANGES, "/rules/0/span/max_seconds"),
        set("a row's time that is none", CHANGES, "/paging/windows/1/field", json!("change/id")),
        set("all and a part", CHANGES, "/paging/windows/1/optional", json!(true)),
        set("a nested page that is not there", CHANGES, "/paging/page", json!("data/no")),
        set("a nested id that is not there", CHANGES, "/paging/id", json!("change/number")),
        set("a value with a field", IDS, "/paging/from", json!("id")),
        set("a key that is an object", DETAILS, "/customer/find/email/parameter", json!("key")),
        set("a list filled with one value", DETAILS, "/customer/with/key~1fields", json!({ "constant": "email" })),
        remove("a nested field that nothing fills", DETAILS, "/customer/with/key~1fields"),
        set(
            "a list of customers by an object",
            DETAILS,
            "/customer/list_by",
            json!({ "operation": "user_id_list", "parameter": "key", "batch": 5 })
        ),
    ]));
}

#[test]
fn customers_and_vendors() {
    let errors = report(&[
        set("an id that is not there", MEMBERS, "/customer/id", json!("uid")),
        set("a phone that is not there", MEMBERS, "/customer/phones", json!(["phones"])),
        set("a creation that is no time", MEMBERS, "/customer/created", json!("id")),
        set("a key nobody takes", MEMBERS, "/customer/find/email", json!({ "parameter": "mail" })),
        set("another key nobody takes", MEMBERS, "/customer/find/open_id", json!({ "parameter": "openid" })),
        set("a key there is none of", MEMBERS, "/customer/find/fax", json!({ "parameter": "phone" })),
        remove("a required field that is not filled", MEMBERS, "/customer/with/kind"),
        set("a credential nobody has", MEMBERS, "/customer/with/operator", json!({ "credential": "user" })),
        set("a filling of no field", MEMBERS, "/customer/with/colour", json!({ "constant": "red" })),
        set("a filling of the key", MEMBERS, "/customer/with/phone", json!({ "constant": "1" })),
        set("a list that is not paged", TOKEN, "/customer", json!({ "id": "token", "list": true })),
        set("a view without a use", TOKEN, "/customer", json!({ "id": "token" })),
        set("another folder", VENDOR, "/vendor", json!("apex")),
        set("mixed codes", VENDOR, "/envelope/success", json!([0, "0"])),
        set("a key with two meanings", VENDOR, "/envelope/others", json!({ "msg": null })),
        set("a token nobody answers", VENDOR, "/tokens/0/operation", json!("sign_in")),
        set("a token that needs a token", VENDOR, "/tokens/0/operation", json!("visit_list")),
        set("a token that is nowhere", VENDOR, "/tokens/0/value", json!("/data/access")),
        set("a life that is nowhere", VENDOR, "/tokens/0/expires_in", json!("/data/token")),
        remove("a parameter not filled", VENDOR, "/tokens/0/parameters/grant"),
        set("a renewal too early", VENDOR, "/tokens/0/renew_below", json!(9000)),
        set("a header that is none", VENDOR, "/tokens/0/place/name", json!("X Token")),
        set("a credential twice", VENDOR, "/credentials/-", json!({ "name": "app_id", "env": "ACME_ID", "zh": "x", "en": "x" })),
        set("a code of another type", VENDOR, "/errors/-", json!({ "code": "12", "zh": "x", "en": "x", "action": "fail" })),
        set("a code of success", VENDOR, "/errors/-", json!({ "code": 200, "zh": "x", "en": "x", "action": "fail" })),
        set("a code twice", VENDOR, "/errors/-", json!({ "code": 11, "zh": "x", "en": "x", "action": "fail" })),
        set(
            "a situation twice",
            VENDOR,
            "/errors/-",
            json!({ "code": 97, "zh": "x", "en": "x", "action": "fail", "when": "token_invalid" }),
        ),
        set(
            "a parameter without a situation",
            VENDOR,
            "/errors/-",
            json!({ "code": 98, "zh": "x", "en": "x", "action": "fail", "parameter": "app_id" }),
        ),
        set("neither code nor message", VENDOR, "/errors/-", json!({ "zh": "x", "en": "x", "action": "fail" })),
    ]);
    insta::assert_snapshot!(errors);
}

#[test]
fn errata_that_no_longer_apply() {
    let erratum = |at: &str, kind: &str, documented: Value, wire: Value| json!({ "at": at, "kind": kind, "documented": documented, "wire": wire, "seen": "the example" });
    let add =
        |what, at: &str, kind: &str, documented: Value, wire: Value| set(what, MEMBERS, "/errata/-", erratum(at, kind, documented, wire));
    let errors = report(&[
        add("nowhere", "/request/properties/colour", "page", json!("x"), json!("y")),
        add("both sides the same", "/request", "page", json!("x"), json!("x")),
        add("twice", "/response", "page", json!("JSON"), json!("comments")),
        add("another name", "/request/properties/phone", "name", json!("mobile"), json!("tel")),
        add("both names there", "/request/properties/phone", "name", json!("name"), json!("phone")),
        add("no documented type", "/request/properties/phone", "type", json!("integer"), json!("string")),
        add("another type", "/request/properties/page", "type", json!("string"), json!("number")),
        add("not nullable", "/request/properties/phone", "presence", json!("present"), json!("nullable")),
        add("not required", "/request/properties/phone", "presence", json!("optional"), json!("required")),
        add("required", "/request/properties/kind", "presence", json!("required"), json!("optional")),
        add("a word nobody knows", "/request/properties/kind", "presence", json!("yes"), json!("no")),
        add("another value", "/http/path", "value", json!("/a"), json!("/b")),
        add("an empty side", "/request", "description", json!(""), json!("b")),
        remove("a documented type without an erratum", MEMBERS, "/errata/1"),
    ]);
    insta::assert_snapshot!(errors);
}

#[test]
fn examples_that_do_not_fit() {
    let request = |what, field: &'static str, value: Value| {
        let mut request = json!({ "page": "0", "page_size": 2, "kind": "person", "operator": "o1" });
        request[field] = value;
        set(what, MEMBERS, "/examples/0/request", request)
    };
    let answer = |what, pointer: &'static str, value: Value| set(what, MEMBERS, pointer, value);
    let errors = report(&[
        request("an unknown field", "colour", json!("red")),
        request("a number without quotes", "page", json!(1)),
        request("a text for a number", "page_size", json!("2")),
        request("a null", "phone", json!(null)),
        request("a list not joined", "tags", json!(["a"])),
        request("a truth value as a word", "active", json!(true)),
        request("JSON not in a text", "extra_filter", json!("{")),
        request("a code of another type", "source", json!("2")),
        remove("a required field missing", MEMBERS, "/examples/0/request/kind"),
        remove("no code", MEMBERS, "/examples/0/response/code"),
        remove("no data", MEMBERS, "/examples/0/response/data"),
        answer("a code as a text", "/examples/0/response/code", json!("0")),
        answer("an unknown key", "/examples/0/response/colour", json!("red")),
        answer("a list for an object", "/examples/0/response/data/page", json!([])),
        answer("a score that is a text", "/examples/0/response/data/list/0/Score-7", json!("9")),
        answer("a map of texts", "/examples/0/response/data/by_shop/s1", json!("2")),
        remove("a required field of a row", MEMBERS, "/examples/0/response/data/list/1/id"),
    ]);
    insta::assert_snapshot!(errors);
}

#[test]
fn areas_and_what_they_share() {
    let mut errors = report(&[
        set("an area that is not listed", VENDOR, "/areas/0/name", json!("guest")),
        set("an area without operations", VENDOR, "/areas/-", json!({ "name": "guest", "zh": "访客", "en": "Guests" })),
        set("an area twice", VENDOR, "/areas/-", json!({ "name": "member", "zh": "会员", "en": "Members" })),
        set("an area that Windows cannot hold", VENDOR, "/areas/-", json!({ "name": "aux", "zh": "辅助", "en": "Auxiliary" })),
        remove("no areas", VENDOR, "/areas"),
        set("a token's operation in an area", VENDOR, "/tokens/0/operation", json!("visit_list")),
        set("a definition that is not used", SHARED, "/Colour", text_field()),
        set("a definition of a scalar", SHARED, "/Shop/properties/name/$ref", json!("#/Colour")),
        set("a definition that is missing", MEMBERS, "/request/properties/shop_level/$ref", json!("definitions.json#/Level")),
        set("a way out of the file that leads nowhere", MEMBERS, "/request/properties/shop_level/$ref", json!("visit-list.json#/Visit")),
        set("a way into the operations' files", SHARED, "/Shop/properties/level/$ref", json!("#/definitions/Member")),
        set("an enum by another name", SHARED, "/ShopLevel/x-enum/name", json!("Level")),
        set("a wrong key", SHARED, "/shop", text_field()),
        set("a wrong keyword", SHARED, "/Shop/properties/name/enum", json!(["a"])),
        set("a mistake in a field", SHARED, "/Shop/properties/name/minimum", json!(1)),
        set("an object that holds itself", SHARED, "/Shop/properties/owner/properties/shop", json!({ "$ref": "#/Shop" })),
        remove("a documented type without an erratum", VISITS, "/errata/0"),
        set("an erratum about what is not there", VISITS, "/errata/0/at", json!("definitions.json#/Shop/properties/colour")),
        set("a type of the file called like a shared one", VISITS, "/response/properties/data/items/x-type", json!("Shop")),
        set(
            "an enum of the file called like a shared one",
            MEMBERS,
            "/request/properties/level",
            json!({ "type": "integer", "description": "x", "x-zh": "x", "x-enum": { "name": "ShopLevel", "values": [{ "value": 1, "name": "small", "zh": "小", "en": "small" }] } }),
        ),
    ]);
    let all =
        |files: Vec<(String, String)>| scrm_schema::load_files(files).map_or_else(|errors| errors.to_string(), |_| "NOT FOUND".to_owned());
    let moved = |from: &str, to: &str| {
        let mut files = acme::files();
        files.iter_mut().filter(|(file, _)| file == from).for_each(|(file, _)| to.clone_into(file));
        all(files)
    };
    let other = |name: &str| {
        let copied = |(file, text): (String, String)| {
            (file.replacen("acme/", &format!("{name}/"), 1), text.replace("\"vendor\": \"acme\"", &format!("\"vendor\": \"{name}\"")))
        };
        all(acme::files().into_iter().chain(acme::files().into_iter().map(copied)).collect())
    };
    for (what, found) in [
        ("definitions beside vendor.json", moved(SHARED, "acme/definitions.json")),
        ("an operation in no area", moved(VISITS, "acme/visit-list.json")),
        ("a token's operation in an area", moved(TOKEN, "acme/member/token.json")),
        ("two vendors that read the same variables", other("apex")),
    ] {
        write!(errors, "# {what}\n{found}\n\n").expect("writing to a String");
    }
    insta::assert_snapshot!(errors);
}

#[test]
fn what_somebody_has_still_to_write_is_told_and_loads() {
    let files = edited(MEMBERS, "/request/properties/phone/description", Some(json!("TODO (line 12)")));
    let tree = scrm_schema::load_files(files).unwrap_or_else(|errors| panic!("{errors}"));
    let told: Vec<String> = tree.unfinished.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "schemas/acme/member/member-list.json#/request/properties/phone/description: says `TODO`; write what is meant, in your own words, or take it out"
        ]
    );
}

/// Edits that are no mistakes must stay none: the cases above would otherwise pass for another reason.
#[test]
fn an_edit_alone_is_no_mistake() {
    assert_eq!(report(&[set("a new field", MEMBERS, "/request/properties/colour", text_field())]), "# a new field\nNOT FOUND\n\n");
}
