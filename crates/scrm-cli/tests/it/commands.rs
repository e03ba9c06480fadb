//! The commands beside `pull`.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::program::{Program, bare, ran};

#[test]
fn operations_are_found_by_words_of_both_languages() {
    let found = ran(&bare(&["operations", "xiaoe", "--search", "订单", "--json"]).output().unwrap()).ended(0);
    let list: Value = serde_json::from_str(&found.out).unwrap();
    assert!(list.as_array().unwrap().iter().any(|operation| operation["operation"] == "order_list_v2"), "{list}");
    let shown = ran(&bare(&["show", "xiaoe", "order_list_v2", "--json"]).output().unwrap()).ended(0);
    let shown: Value = serde_json::from_str(&shown.out).unwrap();
    assert!(shown["columns"].as_array().unwrap().len() > 5 && shown["schema"]["request"].is_object(), "{shown}");
}

#[test]
fn a_call_prints_the_typed_answer_or_the_raw_one() {
    let program = Program::new(20);
    let typed = program.run(&["call", "xiaoe", "user_list", "--phone", "13800138000"]).ended(0);
    let typed: Value = serde_json::from_str(&typed.out).unwrap();
    assert_eq!(typed["list"][0]["bind_phone"], "13800138000");
    let raw = program.run(&["call", "xiaoe", "user_list", "--phone", "13800138000", "--raw"]).ended(0);
    let raw: Value = serde_json::from_str(&raw.out).unwrap();
    assert_eq!(raw["data"]["list"][0]["bind_phone"], "13800138000");
    assert_eq!(program.mock.token_fetches("xiaoe"), 1, "the second program used the first one's token");
    let untyped = program.run(&["call", "xiaoe", "xe.user.batch.get/1.0.0", "--json", r#"{"page": 1, "page_size": 2}"#, "--yes"]).ended(0);
    assert!(untyped.out.contains("user_id"), "{}", untyped.out);
}

#[test]
fn tokens_that_cannot_be_kept_are_told() {
    let program = Program::new(10);
    let run = |arguments: &[&str], tokens: Option<&str>| {
        let mut command = program.command(arguments);
        match tokens {
            Some(tokens) => command.env("SCRM_TOKENS", tokens),
            None => command.env_remove("HOME"),
        };
        ran(&command.output().unwrap()).ended(0)
    };
    let call = ["call", "xiaoe", "user_list", "--page_size", "1"];
    for (tokens, en, zh) in
        [(Some("/proc/none/tokens"), "/proc/none/tokens, cannot be used", "/proc/none/tokens 无法使用"), (None, "HOME", "HOME")]
    {
        let told = run(&call, tokens).err;
        assert!(told.contains(en) && told.contains("SCRM_TOKENS") && told.lines().count() == 1, "{told}");
        let told = run(&[&["--lang", "zh"], &call[..]].concat(), tokens).err;
        assert!(told.contains(zh) && told.contains("可能使其他程序的令牌失效"), "{told}");
        let checks: Value = serde_json::from_str(&run(&["doctor", "xiaoe", "--json"], tokens).out).unwrap();
        let check = checks.as_array().unwrap().iter().find(|check| check["check"] == "tokens").unwrap();
        assert!(check["finding"] == "warning" && check["says"].as_str().unwrap().contains(en), "{checks}");
    }
    assert_eq!(run(&call, Some("none")).err, "", "that was asked for");
    assert_eq!(program.run(&call).ended(0).err, "");
}

#[test]
fn the_doctor_says_what_is_missing_and_what_to_do() {
    let program = Program::new(20);
    program.run(&["doctor", "xiaoe"]).ended(0);
    program.mock.forbid("xiaoe/order_list_v2");
    let ill = program.run(&["doctor", "xiaoe", "--operation", "user_list,order_list_v2", "--json"]).ended(1);
    let checks: Value = serde_json::from_str(&ill.out).unwrap();
    let of = |name: &str| checks.as_array().unwrap().iter().find(|check| check["check"] == name).unwrap().clone();
    assert_eq!(of("user_list")["finding"], "fine");
    assert!(of("order_list_v2")["says"].as_str().unwrap().contains("permission 订单管理-查询 missing"), "{checks}");
    program.mock.fault(scrm_mock::Fault::Code(scrm_mock::Situation::AddressRefused)).on("xiaoe/user_list");
    let refused = program.run(&["doctor", "xiaoe", "--operation", "user_list"]).ended(1);
    assert!(refused.out.contains("address"), "{}", refused.out);
    let nobody = ran(&bare(&["doctor", "rabbitpre"]).output().unwrap()).ended(1);
    assert!(nobody.out.contains("RABBITPRE_INSTANCE_APPID"), "{}", nobody.out);
    // what only some operations need is named, too
    for optional in ["RABBITPRE_COMPONENT_APPID", "RABBITPRE_COMPONENT_SECRET", "RABBITPRE_OPFID", "RABBITPRE_SIGNING_SECRET"] {
        let nobody = ran(&bare(&["doctor", "rabbitpre", "--json"]).output().unwrap()).ended(1);
        assert!(nobody.out.contains(optional), "{optional}: {}", nobody.out);
    }
    for vendor in [&xiaoe_client::VENDOR, &rabbitpre_client::VENDOR, &beschannels_client::VENDOR] {
        let checked = program.run(&["doctor", vendor.name, "--json"]);
        let checks: Value = serde_json::from_str(&checked.out).unwrap();
        let tried =
            checks.as_array().unwrap().iter().filter_map(|check| check["check"].as_str()).find(|check| vendor.operations.contains(check));
        let tried = tried.unwrap_or_else(|| panic!("{checks}"));
        let shown = ran(&bare(&["show", vendor.name, tried, "--json"]).output().unwrap()).ended(0);
        let shown: Value = serde_json::from_str(&shown.out).unwrap();
        assert_eq!(shown["source"]["verified"], true, "{} tries {tried}", vendor.name);
    }
}

#[test]
fn every_operation_that_reads_is_called_by_the_doctor() {
    let program = Program::new(50);
    for vendor in ["xiaoe", "rabbitpre", "beschannels"] {
        let all = program.run(&["doctor", vendor, "--all", "--json"]);
        let checks: Value = serde_json::from_str(&all.out).unwrap();
        let wrong: Vec<&Value> = checks.as_array().unwrap().iter().filter(|check| check["finding"] == "wrong").collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

#[test]
fn an_answer_at_hand_is_decoded() {
    let decode = |arguments: &[&str], body: &str| {
        let piped = || Stdio::piped();
        let mut child = bare(&[&["decode"], arguments].concat()).stdin(piped()).stdout(piped()).stderr(piped()).spawn().unwrap();
        // Called wrongly, it does not read.
        drop(child.stdin.take().unwrap().write_all(body.as_bytes()));
        ran(&child.wait_with_output().unwrap())
    };
    let body = r#"{"code":0,"msg":"ok","data":{"list":[{"user_id":"u_made_up_0001","pay_sum":"19.90"}],"total":"1"}}"#;
    let decoded = decode(&["xiaoe", "user_list", "--plain"], body).ended(0);
    assert!(decoded.out.contains("u_made_up_0001") && decoded.out.contains("drifts"), "{}", decoded.out);
    decode(&["rabbitpre", "customer_lookup"], r#"{"code": "200", "msg": "ok", "data": []}"#).ended(0);
    decode(&["beschannels", "group_user_list"], r#"{"code": 0, "msg": "成功", "data": {"total": 0, "list": []}}"#).ended(0);
    decode(&["xiaoe", "user_list"], r#"{"code": 1, "msg": "no"}"#).ended(1);
    decode(&["xiaoe", "user_lists"], "").ended(2);
}

#[test]
fn the_box_runs_a_command_and_ends_with_it() {
    let scrm = env!("CARGO_BIN_EXE_scrm");
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| ran(&bare(arguments).env("HOME", folder.path()).output().unwrap());
    let called = run(&["box", "--customers", "20", "--", scrm, "call", "xiaoe", "user_list", "--page_size", "3"]).ended(0);
    assert!(called.out.contains("user_nickname"), "{}", called.out);
    run(&["box", "--", scrm, "call", "xiaoe", "no_such"]).ended(2);
    let variables = run(&["box", "--", "env"]).ended(0);
    for name in ["XIAOE_BASE_URL=", "RABBITPRE_INSTANCE_SECRET=", "BESCHANNELS_USER_ID="] {
        assert!(variables.out.contains(name), "{name}: {}", variables.out);
    }
}

#[test]
fn the_shell_is_told_operations_fields_and_values() {
    let script = ran(&bare(&["completions", "bash"]).output().unwrap()).ended(0);
    assert!(script.out.contains("complete "), "{}", script.out);
    let offered = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_scrm"));
        command
            .env_clear()
            .env("COMPLETE", "bash")
            .env("_CLAP_COMPLETE_INDEX", (words.len() - 1).to_string())
            .env("_CLAP_IFS", "\n")
            .arg("--")
            .args(words);
        ran(&command.output().unwrap()).out
    };
    assert!(offered(&["scrm", "call", "xiaoe", "user_"]).contains("user_list_v2"));
    assert!(offered(&["scrm", "call", "xiaoe", "user_list", "--pa"]).contains("--page_size"));
    assert!(offered(&["scrm", "call", "xiaoe", "user_list", "--from", ""]).contains("wechat"));
}

/// The box answers a write about the person whom it names, who joins where nobody has that phone.
#[test]
fn who_registers_is_found_afterwards() {
    let program = Program::new(20);
    let json = |arguments: &[&str]| -> Value { serde_json::from_str(&program.run(arguments).ended(0).out).unwrap() };
    let registered = json(&["call", "xiaoe", "user_register", "--data.phone", "13911112222", "--data.nickname", "小明", "--yes"]);
    assert_eq!(program.mock.customer_count(), 21);
    let created = registered["created_at"].as_str().unwrap();
    assert!(created.len() == 19 && created.starts_with("20") && created.as_bytes()[10] == b' ', "{registered}");
    let found = json(&["call", "xiaoe", "user_list", "--phone", "13911112222"]);
    assert_eq!((&found["list"][0]["user_id"], &found["list"][0]["user_nickname"]), (&registered["user_id"], &"小明".into()));
    let known = json(&["call", "xiaoe", "user_list", "--phone", "13800138003"]);
    let again = json(&["call", "xiaoe", "user_register", "--data.phone", "13800138003", "--yes"]);
    assert_eq!((&again["user_id"], program.mock.customer_count()), (&known["list"][0]["user_id"], 21));
}
