//! No request makes a receiver panic, or take memory out of proportion to its body: in clear, sealed by the right key, signed over garbage, or a callback, signed or not.

#![no_main]

use std::{alloc::System, sync::LazyLock};

use acme_client::{callback, push};
use cap::Cap;
use libfuzzer_sys::fuzz_target;
use scrm_push::{Incoming, ParameterSeal, Plain, Receiver, WechatSeal, queue};
use serde_json::Value;

/// An allocation beyond its limit fails, and ends the run.
#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// What any request may take, and how many bytes for each of its own.
const ROOM: usize = 8 * 1024 * 1024;
const FACTOR: usize = 400;

struct Receivers {
    plain: Receiver<push::Event>,
    sealed: Receiver<push::Event>,
    callbacks: Receiver<callback::Event>,
    signed: Receiver<callback::Event>,
    seal: WechatSeal,
    parameters: ParameterSeal,
}

static RECEIVERS: LazyLock<Receivers> = LazyLock::new(|| {
    let seal = WechatSeal::new("token_made_up_01".to_owned(), "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "shop-1").expect("a key");
    let parameters = ParameterSeal::new("secret".to_owned());
    Receivers {
        plain: Receiver::builder(Plain, queue(1).0).build(),
        sealed: Receiver::builder(seal.clone(), queue(1).0).build(),
        callbacks: Receiver::builder(Plain, queue(1).0).build(),
        signed: Receiver::builder(parameters.clone(), queue(1).0).build(),
        seal,
        parameters,
    }
});

fuzz_target!(|input: &[u8]| {
    let Some((choice, body)) = input.split_first() else { return };
    let receivers = &*RECEIVERS;
    let query = String::from_utf8_lossy(body.get(..body.len().min(256)).unwrap_or_default()).into_owned();
    ALLOCATOR.set_limit(ALLOCATOR.allocated() + ROOM + FACTOR * body.len()).expect("more than is held");
    match choice % 6 {
        0 => drop(receivers.plain.open(&Incoming::new(&[], "", body), 1000)),
        1 => {
            let sealed = receivers.seal.seal(body, 1000, "n", [1; 16]);
            drop(receivers.sealed.open(&Incoming::new(&[], &sealed.query, sealed.body.as_bytes()), 1000));
        }
        2 => drop(receivers.sealed.open(&Incoming::new(&[], &query, body), 1000)),
        3 => drop(receivers.callbacks.open(&Incoming::new(&[], "", body), 1000)),
        4 => {
            let Ok(Value::Object(mut object)) = serde_json::from_slice(body) else {
                ALLOCATOR.set_limit(usize::MAX).expect("no limit");
                return;
            };
            object.insert("timestamp".to_owned(), 1_000_000.into());
            let signature = receivers.parameters.sign(&object);
            object.insert("signature".to_owned(), signature.into());
            let signed = Value::Object(object).to_string();
            drop(receivers.signed.open(&Incoming::new(&[], &query, signed.as_bytes()), 1000));
        }
        _ => drop(receivers.signed.open(&Incoming::new(&[], &query, body), 1000)),
    }
    ALLOCATOR.set_limit(usize::MAX).expect("no limit");
});
