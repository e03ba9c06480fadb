//! Receives what social-CRM vendors send on their own: verified, decrypted, typed, once each.
//!
//! The vendor's crate has the types, in a module `push` or `callback` behind a feature of that name; this crate does the rest. With a framework of your own:
//!
//! ```text
//! let (sink, mut queue) = scrm_push::queue(1000);                       // or a Sink of your own
//! let seal = WechatSeal::new(token, key, app_id)?;
//! let receiver = Receiver::<xiaoe_client::push::Event>::builder(seal, sink).build();
//!
//! let received = receiver.receive(&headers, query, &body).await;         // in the handler of the POST
//! // answer received.reply: status, content type, body
//!
//! while let Some(message) = queue.next().await {
//!     match &message.event {
//!         Event::UserRegister(user) => println!("{:?}", user.user_id),
//!         _ => {}
//!     }
//! }
//! ```
//!
//! With the feature `axum`, `receiver.router()` is all of that.
//!
//! # What is promised
//!
//! * Nothing is decrypted before its signature holds, and every refusal looks the same to who asks.
//! * Nothing is answered as taken that the sink has not taken; see [`Sink`] and [`queue`] for what that means when a process dies.
//! * A message that has an id or a signature is given to the sink once, for as long as a request that has them is accepted; over processes with a shared [`SeenStore`]. Where a
//!   process dies between the sink's taking and the store's noting, the repetition is given again: a sink that keeps [`Message::id`] (where there is none,
//!   [`Message::signature`]) in the transaction that stores the message sees each exactly once.
//! * What nobody signed reaches no sink as signed, and decides nothing about what is: not the address, not a part of the body.
//! * Order is not promised.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod content;
#[doc(hidden)]
pub mod declare;
mod incoming;
mod message;
mod parameters;
mod read;
mod receiver;
#[cfg(feature = "axum")]
mod router;
mod seal;
mod seen;
mod sink;
mod wechat;
mod xml;

pub use scrm_core::{BoxError, async_trait};

pub use crate::{
    declare::{Answerer, Delivery, Events, Format, Protection, PushSpec, ReplyText},
    incoming::{Incoming, Reply},
    message::{BadField, Message, Unknown},
    parameters::ParameterSeal,
    receiver::{Outcome, Received, Receiver, ReceiverBuilder, Refusal, Verified},
    seal::{Opened, Plain, Seal, Unverified},
    seen::{Claim, KEEP, LEASE, MemorySeen, SeenStore},
    sink::{Queue, QueueSink, Sink, queue},
    wechat::{InvalidKey, Sealed, WechatSeal},
};
