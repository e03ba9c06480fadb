//! What a vendor sends on its own: a module for each channel, in it a file for each push and the enum of all.

use std::fmt::Write as _;

use proc_macro2::TokenStream;
use quote::quote;
use scrm_schema::model::{Channel, Evidence, Protection, Push, PushFormat, Vendor};
use serde_json::Value;

use crate::{
    definitions, docs, enums,
    error::{Error, Faults},
    examples, expected,
    format::{File, comment, quoted},
    literals::Types,
    names, operation_docs, records, rules, types,
};

/// The files of a channel by module name.
pub(crate) fn files(vendor: &Vendor, channel: &Channel, faults: &mut Faults) -> Vec<(String, File)> {
    let folder = names::snake(&channel.name);
    let (mut files, mut public, mut tests) = (Vec::new(), Vec::new(), Vec::new());
    for push in &channel.pushes {
        let Some(made) = faults.take(made(vendor, push)) else { continue };
        files.push((format!("{folder}/{}", names::snake(&push.operation.name)), made.file));
        public.push((push, made.public));
        tests.extend(made.tests);
    }
    let (definitions, shared) = faults.take(definitions::of_channel(channel)).flatten().unzip();
    files.extend(definitions.map(|file| (format!("{folder}/definitions"), file)));
    files.extend(faults.take(root(vendor, channel, &public, shared.as_deref())).map(|file| (format!("{folder}/mod"), file)));
    files.extend(faults.take(tests_file(channel, tests)).map(|file| (format!("{folder}/tests"), file)));
    files
}

struct Made {
    file: File,
    public: Vec<String>,
    tests: Vec<TokenStream>,
}

/// The types of one push, and its examples as tests.
fn made(vendor: &Vendor, push: &Push) -> Result<Made, Error> {
    let operation = &push.operation;
    let records = types::records(operation)?;
    let mut file = File::new(&operation.file, docs::paragraphs(&operation.title));
    let mut public = Vec::new();
    for record in records.iter().filter(|record| !record.object.is_shared() && (!record.is_request || push.answers)) {
        public.push(record.object.name.clone());
        let is_content = push.content().is_some_and(|content| content.name == record.object.name);
        let page = if is_content { operation_docs::push(vendor, operation) } else { docs::object(record.object) };
        file.add_text(records::record(operation, record, None, &page));
    }
    for enumeration in operation.enums.values().filter(|enumeration| !enumeration.is_shared()) {
        public.push(enumeration.name.clone());
        file.add_text(enums::enumeration(enumeration));
    }
    definitions::import(operation, &mut file, None).map_err(|problem| Error::new(&operation.file, "", problem))?;
    let types = Types { operation, records: &records };
    let tests = push.examples.iter().map(|example| {
        let (name, title) = (&operation.name, docs::one_line(&example.title));
        let body = example.body.as_str().map_or_else(|| example.body.to_string(), str::to_owned);
        let expected = examples::raw(&expected::data(types, Some(example.content())));
        let answer = example.answer.as_ref().and_then(Value::as_object).zip(records.first()).map(|(given, record)| {
            let (built, expected) = (types.built(record, given), examples::raw(&Value::Object(given.clone())));
            quote!(answers(#title, &#built, #expected);)
        });
        quote! {
            reads(#name, #title, #body, #expected);
            #answer
        }
    });
    Ok(Made { tests: tests.collect(), file, public })
}

/// `mod.rs` of a channel.
fn root(vendor: &Vendor, channel: &Channel, public: &[(&Push, Vec<String>)], shared: Option<&[String]>) -> Result<File, Error> {
    let delivery = &channel.delivery;
    let broken = |problem: String| Error::new(&channel.file, "", problem);
    let mut file = File::new(format!("{}/{}/", vendor.file.vendor, channel.name), page(channel));
    let modules = public.iter().map(|(push, _)| {
        let module = names::field(&push.operation.name);
        quote!(mod #module;)
    });
    let definitions = shared.map(|_| {
        quote!(
            mod definitions;
        )
    });
    let public_types = |module: &proc_macro2::Ident, types: &[String]| {
        let mut types: Vec<_> = types.iter().map(|name| names::ident(name)).collect();
        types.sort_unstable();
        quote!(pub use self::#module::{#(#types),*};)
    };
    let of_definitions = shared.map(|types| public_types(&names::ident("definitions"), types));
    let types = public.iter().map(|(push, types)| public_types(&names::field(&push.operation.name), types));
    file.add(quote! {
        #definitions
        #(#modules)*
        #[cfg(test)]
        mod tests;
        #of_definitions
        #(#types)*
        #[doc(no_inline)]
        pub use scrm_push::{
            Answerer, BadField, BoxError, Claim, Delivery, Incoming, InvalidKey, MemorySeen, Message, Outcome, ParameterSeal, Plain, Queue, QueueSink, Received, Receiver,
            ReceiverBuilder, Refusal, Reply, Seal, SeenStore, Sink, Unknown, Verified, WechatSeal, queue,
        };
    })
    .map_err(broken)?;
    file.add_text(delivery_static(vendor, channel));
    let mut text = String::from("scrm_push::events! {\n");
    text += &comment(4, "///", &docs::paragraphs(&delivery.title));
    text += &comment(4, "///", "\nOpen: a kind that is not documented is kept in `Unknown`.");
    text += "    pub enum Event by DELIVERY {\n";
    for (push, _) in public {
        text += &comment(8, "///", &docs::paragraphs(&push.operation.title));
        let _ = writeln!(text, "        {} = {};", names::pascal(&push.operation.name), spec(push));
    }
    file.add_text(text + "    }\n}\n");
    let answering: Vec<&Push> = public.iter().map(|(push, _)| *push).filter(|push| push.answers).collect();
    if !answering.is_empty() {
        file.add_text(answers(&answering));
    }
    Ok(file)
}

/// The documentation of a channel: what is known of its delivery, and a table of what it delivers.
fn page(channel: &Channel) -> String {
    let delivery = &channel.delivery;
    let mut text = docs::paragraphs(&delivery.title);
    if let Some(description) = &delivery.description {
        let _ = write!(text, "\n\n{}", docs::paragraphs(description));
    }
    text += "\n\n| Event | What happened | 事件 | On the wire | Permission |\n|---|---|---|---|---|\n";
    for push in &channel.pushes {
        let operation = &push.operation;
        let words = if push.kinds.is_empty() {
            let recognized = push.recognized.as_ref().map(|recognized| recognized.keys.clone()).unwrap_or_default();
            recognized.iter().map(|key| docs::code(key)).collect::<Vec<_>>().join(" and ")
        } else {
            push.kinds.iter().map(|kind| docs::code(kind)).collect::<Vec<_>>().join(" or ")
        };
        let _ = writeln!(
            text,
            "| [`{}`] | {} | {} | {words} | {} |",
            names::pascal(&operation.name),
            docs::escape(&operation.title.en),
            docs::escape(&operation.title.zh),
            operation.permission.as_deref().map(docs::escape).unwrap_or_default(),
        );
    }
    text
}

fn delivery_static(vendor: &Vendor, channel: &Channel) -> String {
    let delivery = &channel.delivery;
    let format = match delivery.format {
        PushFormat::Xml => "Xml",
        PushFormat::Json => "Json",
    };
    let mut text = "/// How it is delivered.\n".to_owned();
    if delivery.protection_evidence == Evidence::Unverified {
        text += "///\n/// How it is protected is **unverified**.\n";
    }
    let _ = write!(
        text,
        "pub static DELIVERY: scrm_push::Delivery = scrm_push::Delivery::new({}, {}, scrm_push::Format::{format})",
        quoted(&vendor.file.vendor),
        quoted(&channel.name)
    );
    let envelope = &delivery.envelope;
    let keys = [
        ("kind", &envelope.kind),
        ("id", &envelope.id),
        ("sender", &envelope.sender),
        ("attempt", &envelope.attempt),
        ("content", &envelope.content),
    ];
    for (method, key) in keys {
        if let Some(key) = key {
            let _ = write!(text, "\n    .{method}({})", quoted(key));
        }
    }
    let protection = match delivery.protection {
        Protection::Wechat => "Wechat",
        Protection::Parameters => "Parameters",
        Protection::None => "None",
    };
    let reply = |value: &Value| match value.as_str() {
        Some(text) => format!("scrm_push::ReplyText::Text({})", quoted(text)),
        None => format!("scrm_push::ReplyText::Json({})", quoted(&value.to_string())),
    };
    let repeats: Vec<String> = delivery.repeats.iter().map(u32::to_string).collect();
    let _ = write!(
        text,
        "\n    .protection(scrm_push::Protection::{protection})\n    .reply({}, {})\n    .clock({}, &[{}]);\n",
        reply(&delivery.reply.success),
        reply(&delivery.reply.failure),
        delivery.seconds.unwrap_or(0),
        repeats.join(", ")
    );
    text
}

/// The `PushSpec` of a push.
fn spec(push: &Push) -> String {
    let operation = &push.operation;
    let title = &operation.title;
    let mut text = format!("scrm_push::PushSpec::new({}, {}, {})", quoted(&operation.name), quoted(&title.en), quoted(&title.zh));
    if !push.kinds.is_empty() {
        let _ = write!(text, ".kinds({})", rules::slice(&push.kinds));
    }
    if let Some(recognized) = &push.recognized {
        let values: Vec<String> = recognized.values.iter().map(|(key, value)| format!("({}, {})", quoted(key), quoted(value))).collect();
        let _ = write!(text, ".recognized({}, &[{}])", rules::slice(&recognized.keys), values.join(", "));
    }
    if let Some(id) = &push.id {
        let _ = write!(text, ".id({})", quoted(id));
    }
    if push.flat {
        text += ".flat()";
    }
    if let Some(nested) = &push.nested {
        let _ = write!(text, ".nested({})", quoted(nested));
    }
    if push.answers {
        text += ".answers()";
    }
    text
}

/// The trait of the callbacks that ask for an answer of their own.
fn answers(pushes: &[&Push]) -> String {
    let mut text = String::from("scrm_push::answers! {\n");
    text += &comment(4, "///", "Answers the callbacks that ask for an answer of their own.\n\n应答那些要求返回内容的回调。");
    text += "    pub trait Answers for Event {\n";
    for push in pushes {
        let operation = &push.operation;
        text += &comment(8, "///", &docs::paragraphs(&operation.title));
        let (method, name) = (names::field(&operation.name), names::pascal(&operation.name));
        let _ = writeln!(text, "        fn {method}({name}) -> {};", operation.request.name);
    }
    text + "    }\n}\n"
}

/// The examples of a channel: every field of every one is read.
fn tests_file(channel: &Channel, tests: Vec<TokenStream>) -> Result<File, Error> {
    let mut file = File::new(&channel.file, "");
    let answering = channel.pushes.iter().any(|push| push.answers).then(|| {
        quote! {
            fn answers(title: &str, answer: &dyn scrm_core::table::ReadFields, expected: &str) {
                let sent: Value = serde_json::from_slice(&scrm_core::encode::json(answer).unwrap()).unwrap();
                assert_eq!(sent, serde_json::from_str::<Value>(expected).unwrap(), "{title}");
            }
        }
    });
    let shown = channel.pushes.iter().map(|push| {
        let name = names::ident(&names::pascal(&push.operation.name));
        quote!(Event::#name(content) => scrm_core::declare::typed_json(&content.shown()),)
    });
    file.add(quote! {
        use scrm_core::table::Inspect as _;
        use scrm_push::{Incoming, Plain, Receiver, Verified};
        use serde_json::Value;
        use super::*;

        /// What the example's content is, as the schema says, against what is read of its body.
        fn reads(kind: &str, title: &str, body: &str, expected: &str) {
            let (sink, _queue) = scrm_push::queue(1);
            let receiver = Receiver::<Event>::builder(Plain, sink).build();
            let message = match receiver.open(&Incoming::new(&[], "", body.as_bytes()), 0) {
                Ok(Verified::Message(message)) => message,
                other => panic!("{kind}, {title}: {other:?}"),
            };
            assert_eq!((message.kind.as_str(), &message.bad_fields), (kind, &Vec::new()), "{title}");
            let found = match &message.event {
                #(#shown)*
                Event::Unknown(unknown) => panic!("{kind}, {title}: {unknown:?}"),
            };
            let expected: Value = serde_json::from_str(expected).unwrap();
            for (field, value) in expected.as_object().unwrap() {
                assert_eq!(found.get(field), Some(value), "{kind}, {title}: {field}");
            }
            assert_eq!(found, expected, "{kind}, {title}");
        }
        #answering

        /// Every field of the documented examples is read.
        #[test]
        fn examples() {
            #(#tests)*
        }
    })
    .map_err(|problem| Error::new(&channel.file, "", problem))?;
    Ok(file)
}
