//! An event in one line: for programs and for people.

use jiff::{Timestamp, Zoned};
use scrm_push::{Events, Message};
use serde_json::{Map, Value, json};

use crate::language::Language;

/// A line of JSON with its end; what a file of events holds.
pub(crate) fn json<E: Events>(message: &Message<E>) -> String {
    let mut line = Map::new();
    // first, so that a half of a line is known for one
    line.insert("received".to_owned(), json!(Timestamp::now().to_string()));
    line.insert("kind".to_owned(), json!(message.kind));
    for (name, value) in [("id", &message.id), ("sender", &message.sender)] {
        line.extend(value.iter().map(|value| (name.to_owned(), json!(value))));
    }
    line.extend(message.attempt.map(|attempt| ("attempt".to_owned(), json!(attempt))));
    line.insert("verified".to_owned(), json!(message.signature.is_some()));
    line.extend(message.signature.iter().map(|signature| ("signature".to_owned(), json!(signature))));
    match message.event.fields() {
        Ok(_) => drop(line.insert("event".to_owned(), message.fields().unwrap_or_default())),
        Err(unknown) => {
            line.insert("raw".to_owned(), json!(unknown.raw));
            line.extend(unknown.reason.iter().map(|reason| ("reason".to_owned(), json!(reason))));
        }
    }
    if !message.bad_fields.is_empty() {
        let bad = message.bad_fields.iter().map(|bad| json!({ "path": bad.path, "reason": bad.reason, "raw": bad.raw }));
        line.insert("bad_fields".to_owned(), bad.collect());
    }
    if !message.drifts.is_empty() {
        line.insert("drifts".to_owned(), message.drifts.iter().map(|drift| json!(drift.to_string())).collect());
    }
    format!("{}\n", Value::Object(line))
}

/// A line for people; `content`: with what it says.
pub(crate) fn shown<E: Events>(message: &Message<E>, content: bool, language: Language) -> String {
    let state = if message.signature.is_some() { language.pick("verified", "已验证") } else { language.pick("UNVERIFIED", "未验证") };
    let title = E::PUSHES.iter().find(|push| push.name == message.kind).map(|push| language.of_label(push.title));
    let unknown = language.pick("not documented", "没有文档");
    let mut line = format!("{} {state} {} {}", Zoned::now().strftime("%H:%M:%S"), word(&message.kind), title.unwrap_or(unknown));
    for (name, value) in [("id", &message.id), ("sender", &message.sender)] {
        line.extend(value.iter().map(|value| format!(" {name}={}", word(value))));
    }
    line.extend(message.attempt.filter(|attempt| *attempt > 0).map(|attempt| format!(" attempt={attempt}")));
    match message.event.fields() {
        Ok(_) if content => line.extend(message.fields().map(|fields| format!(" {}", visible(&fields.to_string())))),
        Ok(_) => {}
        Err(unknown) => {
            line.extend(unknown.reason.iter().map(|reason| format!(" ({})", visible(reason))));
            line.extend(content.then(|| format!(" {}", visible(&json!(unknown.raw).to_string()))));
        }
    }
    for bad in &message.bad_fields {
        line += &format!(" [{}: {}]", visible(&bad.path), visible(&bad.reason));
    }
    line
}

/// What somebody else wrote, as one word.
fn word(text: &str) -> String {
    let plain = !text.is_empty() && text.chars().all(|letter| letter.is_alphanumeric() || "_-.:/@".contains(letter));
    if plain { text.to_owned() } else { visible(&json!(text).to_string()) }
}

/// Without what steers a terminal, or turns the direction of writing.
pub(crate) fn visible(text: &str) -> String {
    let steers =
        |letter: char| letter.is_control() || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|letter| if steers(letter) { '\u{fffd}' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use scrm_push::{Unknown, Verified};
    use xiaoe_client::push::{Event, Incoming, Plain, Receiver, queue};

    use super::*;

    fn read(body: &str) -> Message<Event> {
        let receiver = Receiver::<Event>::builder(Plain, queue(1).0).build();
        match receiver.open(&Incoming::new(&[], "", body.as_bytes()), 0).unwrap() {
            Verified::Message(message) => message,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_line_of_json_holds_all_that_came() {
        let message = read(
            "<type>user_register</type><app_id>app_made_up_0001</app_id><message_id>m-1</message_id><retry_times>2</retry_times><xe_data><user_id>u_made_up_0001</user_id><phone>13800138000</phone><sex>x</sex><novelty>&lt;b&gt;</novelty></xe_data>",
        );
        let text = json(&message);
        assert!(text.starts_with("{\"received\":\"20") && text.ends_with("}\n") && text.lines().count() == 1, "{text}");
        let line: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            (
                &line["kind"],
                &line["id"],
                &line["sender"],
                &line["attempt"],
                &line["verified"],
                &line["event"]["user_id"],
                &line["event"]["extra"]["novelty"]
            ),
            (
                &json!("user_register"),
                &json!("m-1"),
                &json!("app_made_up_0001"),
                &json!(2),
                &json!(false),
                &json!("u_made_up_0001"),
                &json!("<b>")
            )
        );
        assert!(line["drifts"].as_array().is_some_and(|drifts| drifts.iter().any(|drift| drift == "/novelty: undocumented key")), "{line}");
        let shown = shown(&message, true, Language::English);
        assert!(shown.contains(" UNVERIFIED user_register User registered id=m-1 sender=app_made_up_0001 attempt=2 {"), "{shown}");
        assert!(!self::shown(&message, false, Language::Chinese).contains("u_made_up_0001"));
    }

    #[test]
    fn what_nobody_documented_stands_there_raw_and_steers_no_terminal() {
        let mut message =
            Message::new("moon\u{1b}[2J landing", Event::Unknown(Unknown::new("moon", "<a>\u{9b}1m\n\u{202e}b</a>"))).with_id("1 2");
        message.signature = Some("5e".to_owned());
        let line: Value = serde_json::from_str(&json(&message)).unwrap();
        assert_eq!((&line["raw"], &line["verified"]), (&json!("<a>\u{9b}1m\n\u{202e}b</a>"), &json!(true)));
        let shown = shown(&message, true, Language::English);
        assert!(shown.ends_with(r#" verified "moon\u001b[2J landing" not documented id="1 2" "<a>�1m\n�b</a>""#), "{shown}");
        assert!(shown.chars().all(|letter| !letter.is_control()));
    }
}
