//! `cargo run --example decode`, as the READMEs show it.

use std::{
    io::Write as _,
    process::{Command, Output, Stdio},
};

fn decode(arguments: &[&str], body: &str) -> Output {
    let mut program = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--offline", "--package", "examples", "--example", "decode", "--"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Called wrongly, it does not read.
    drop(program.stdin.take().unwrap().write_all(body.as_bytes()));
    program.wait_with_output().unwrap()
}

#[test]
fn one_example_explains_the_answers_of_all_vendors() {
    let bodies = [
        ("xiaoe", "user_list", r#"{"code": 0, "msg": "success", "data": {"list": [], "total": "0"}}"#),
        ("rabbitpre", "customer_lookup", r#"{"code": "200", "msg": "ok", "data": []}"#),
        ("beschannels", "group_user_list", r#"{"code": 0, "msg": "成功", "data": {"total": 0, "list": []}}"#),
    ];
    for (vendor, operation, body) in bodies {
        let output = decode(&[vendor, operation], body);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
    }
    assert_eq!(decode(&["xiaoe", "user_list"], r#"{"code": 1, "msg": "no"}"#).status.code(), Some(1));
    for wrong in [&["xiaoe"][..], &["nobody", "user_list"], &["xiaoe", "nothing"], &["xiaoe", "user_list", "--what"]] {
        let output = decode(wrong, "");
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
        let usage = String::from_utf8(output.stderr).unwrap();
        assert!(usage.contains("group_user_list") && usage.contains("customer_lookup"), "{usage}");
    }
}
