//! How a vendor's pushes are declared: what generated code names.

pub use futures_core::future::BoxFuture;
use scrm_core::BoxError;
pub use scrm_core::table::{Payload, ReadFields};
use serde_json::Value;

use crate::message::Unknown;

/// How a vendor delivers what it sends on its own.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Delivery {
    /// Short name of the vendor.
    pub vendor: &'static str,
    /// `push` or `callback`.
    pub channel: &'static str,
    /// How a body is written, once it is decrypted.
    pub format: Format,
    /// Key of the kind.
    pub kind: Option<&'static str>,
    /// Key that tells one push from another.
    pub id: Option<&'static str>,
    /// Key of the shop or enterprise.
    pub sender: Option<&'static str>,
    /// Key of the number of repetitions so far.
    pub attempt: Option<&'static str>,
    /// Key of the content; `None`: the fields stand at the top level.
    pub content: Option<&'static str>,
    /// How pushes are protected.
    pub protection: Protection,
    /// What is answered where a push was taken.
    pub success: ReplyText,
    /// What is answered where it was not.
    pub failure: ReplyText,
    /// How long the vendor waits for the answer, in seconds; 0: not told.
    pub seconds: u32,
    /// After how many seconds the vendor sends again what was not taken, one after the other.
    pub repeats: &'static [u32],
}

impl Delivery {
    /// Of a vendor, by a channel, in a format.
    #[must_use]
    pub const fn new(vendor: &'static str, channel: &'static str, format: Format) -> Self {
        Delivery {
            vendor,
            channel,
            format,
            kind: None,
            id: None,
            sender: None,
            attempt: None,
            content: None,
            protection: Protection::None,
            success: ReplyText::Text("success"),
            failure: ReplyText::Text("fail"),
            seconds: 0,
            repeats: &[],
        }
    }
    /// Key of the kind.
    #[must_use]
    pub const fn kind(mut self, key: &'static str) -> Self {
        self.kind = Some(key);
        self
    }
    /// Key that tells one push from another.
    #[must_use]
    pub const fn id(mut self, key: &'static str) -> Self {
        self.id = Some(key);
        self
    }
    /// Key of the shop or enterprise.
    #[must_use]
    pub const fn sender(mut self, key: &'static str) -> Self {
        self.sender = Some(key);
        self
    }
    /// Key of the number of repetitions so far.
    #[must_use]
    pub const fn attempt(mut self, key: &'static str) -> Self {
        self.attempt = Some(key);
        self
    }
    /// Key of the content.
    #[must_use]
    pub const fn content(mut self, key: &'static str) -> Self {
        self.content = Some(key);
        self
    }
    /// How pushes are protected.
    #[must_use]
    pub const fn protection(mut self, protection: Protection) -> Self {
        self.protection = protection;
        self
    }
    /// What is answered.
    #[must_use]
    pub const fn reply(mut self, success: ReplyText, failure: ReplyText) -> Self {
        self.success = success;
        self.failure = failure;
        self
    }
    /// How long the vendor waits, and when it sends again, in seconds.
    #[must_use]
    pub const fn clock(mut self, seconds: u32, repeats: &'static [u32]) -> Self {
        self.seconds = seconds;
        self.repeats = repeats;
        self
    }

    /// Whether a key of the top level belongs to the envelope.
    pub(crate) fn is_own(&self, key: &str) -> bool {
        [self.kind, self.id, self.sender, self.attempt, self.content].contains(&Some(key))
    }
}

/// How the body of a push is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// XML; repeated tags are a list.
    Xml,
    /// JSON.
    Json,
}

/// How pushes are protected, by the vendor's documentation or by what is guessed of it; the documentation of the channel says which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Protection {
    /// Signed and encrypted as WeChat documents it.
    Wechat,
    /// A signature over sorted parameters.
    Parameters,
    /// Not at all.
    None,
}

/// The body of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReplyText {
    /// Plain text.
    Text(&'static str),
    /// JSON.
    Json(&'static str),
}

/// One kind of push.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct PushSpec {
    /// Name in snake case: `user_register`.
    pub name: &'static str,
    /// Title in English and Chinese.
    pub title: scrm_core::spec::Label,
    /// What stands under the envelope's key of the kind.
    pub kinds: &'static [&'static str],
    /// Keys of the top level by which it is recognized, where there is no key of the kind.
    pub keys: &'static [&'static str],
    /// The same with the text that stands there.
    pub values: &'static [(&'static str, &'static str)],
    /// Field of the content that tells one push from another.
    pub id: Option<&'static str>,
    /// The fields stand beside the envelope's keys.
    pub flat: bool,
    /// A key of the content under which the fields may stand instead.
    pub nested: Option<&'static str>,
    /// The vendor asks for an answer of its own.
    pub answers: bool,
}

impl PushSpec {
    /// Of a name and title.
    #[must_use]
    pub const fn new(name: &'static str, en: &'static str, zh: &'static str) -> Self {
        let title = scrm_core::spec::Label { en, zh };
        PushSpec { name, title, kinds: &[], keys: &[], values: &[], id: None, flat: false, nested: None, answers: false }
    }
    /// What stands under the envelope's key of the kind.
    #[must_use]
    pub const fn kinds(mut self, kinds: &'static [&'static str]) -> Self {
        self.kinds = kinds;
        self
    }
    /// How it is recognized where there is no key of the kind.
    #[must_use]
    pub const fn recognized(mut self, keys: &'static [&'static str], values: &'static [(&'static str, &'static str)]) -> Self {
        self.keys = keys;
        self.values = values;
        self
    }
    /// Field of the content that tells one push from another.
    #[must_use]
    pub const fn id(mut self, field: &'static str) -> Self {
        self.id = Some(field);
        self
    }
    /// The fields stand beside the envelope's keys.
    #[must_use]
    pub const fn flat(mut self) -> Self {
        self.flat = true;
        self
    }
    /// A key of the content under which the fields may stand instead.
    #[must_use]
    pub const fn nested(mut self, key: &'static str) -> Self {
        self.nested = Some(key);
        self
    }
    /// The vendor asks for an answer of its own.
    #[must_use]
    pub const fn answers(mut self) -> Self {
        self.answers = true;
        self
    }

    /// How many keys speak for it; `None`: one speaks against it.
    pub(crate) fn resemblance(&self, top: &serde_json::Map<String, Value>) -> Option<usize> {
        let text = |key: &str, wanted: &str| top.get(key).and_then(Value::as_str) == Some(wanted);
        let holds = self.keys.iter().all(|key| top.contains_key(*key)) && self.values.iter().all(|(key, wanted)| text(key, wanted));
        let weight = self.keys.len() + self.values.len();
        (holds && weight > 0).then_some(weight)
    }
}

/// All that a vendor sends by one channel: the enum that is generated for it.
pub trait Events: Sized + Send + Sync + 'static {
    /// How it is delivered.
    const DELIVERY: &'static Delivery;
    /// The documented kinds.
    const PUSHES: &'static [PushSpec];

    /// The event of a kind, by its number in [`Self::PUSHES`], filled by `fill`; `None`: there is no such kind, or `fill` says no.
    fn filled(number: usize, fill: &mut dyn FnMut(&mut dyn Payload) -> bool) -> Option<Self>;
    /// What is not documented, or cannot be understood.
    fn unknown(unknown: Unknown) -> Self;
    /// The fields of a documented event, or what it is where it is none.
    ///
    /// # Errors
    /// It is not documented, or was not understood.
    fn fields(&self) -> Result<&dyn ReadFields, &Unknown>;
}

/// Answers those callbacks that ask for an answer of their own. Generated: see the `Answering` of a client's module `callback`.
pub trait Answerer<E>: Send + Sync + 'static {
    /// The answer's body; `None`: this event asks for none.
    fn answer<'a>(&'a self, event: &'a E) -> Option<BoxFuture<'a, Result<Vec<u8>, BoxError>>>;
}

/// An answer as JSON on the wire.
///
/// # Errors
/// A value cannot be written.
pub fn answer_body(answer: &dyn ReadFields) -> Result<Vec<u8>, BoxError> {
    Ok(scrm_core::encode::json(answer)?)
}

/// The enum of a channel, one push a line.
#[doc(hidden)]
#[macro_export]
macro_rules! events {
    (
        $(#[$meta:meta])*
        pub enum $event:ident by $delivery:ident {
            $($(#[$docs:meta])* $name:ident = $spec:expr;)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum $event {
            $($(#[$docs])* $name(::std::boxed::Box<$name>),)*
            /// Not documented, or not understood; as it came.
            Unknown($crate::Unknown),
        }
        const _: () = {
            #[allow(non_camel_case_types)]
            enum Position { $($name),* }
            enum Number {}
            #[allow(non_upper_case_globals)]
            impl Number {
                $(const $name: usize = Position::$name as usize;)*
            }
            impl $crate::Events for $event {
                const DELIVERY: &'static $crate::Delivery = &$delivery;
                const PUSHES: &'static [$crate::PushSpec] = &[$($spec),*];
                fn filled(
                    number: usize,
                    fill: &mut dyn ::std::ops::FnMut(&mut dyn $crate::declare::Payload) -> bool,
                ) -> ::std::option::Option<Self> {
                    match number {
                        $(
                            Number::$name => {
                                let mut content = ::std::boxed::Box::<$name>::default();
                                if fill(&mut *content) {
                                    return ::std::option::Option::Some($event::$name(content));
                                }
                            }
                        )*
                        _ => {}
                    }
                    ::std::option::Option::None
                }
                fn unknown(unknown: $crate::Unknown) -> Self {
                    $event::Unknown(unknown)
                }
                fn fields(&self) -> ::std::result::Result<&dyn $crate::declare::ReadFields, &$crate::Unknown> {
                    match self {
                        $($event::$name(content) => ::std::result::Result::Ok(&**content),)*
                        $event::Unknown(unknown) => ::std::result::Result::Err(unknown),
                    }
                }
            }
        };
    };
}

/// The trait that answers the callbacks of a channel which ask for it.
#[doc(hidden)]
#[macro_export]
macro_rules! answers {
    (
        $(#[$meta:meta])*
        pub trait $answers:ident for $event:ident {
            $($(#[$docs:meta])* fn $method:ident($name:ident) -> $answer:ident;)*
        }
    ) => {
        $(#[$meta])*
        pub trait $answers: ::std::marker::Send + ::std::marker::Sync + 'static {
            $(
                $(#[$docs])*
                ///
                /// # Errors
                /// Whatever keeps it from being answered: the vendor gets the answer that tells a failure.
                fn $method(
                    &self,
                    asked: &$name,
                ) -> impl ::std::future::Future<Output = ::std::result::Result<$answer, $crate::BoxError>> + ::std::marker::Send;
            )*
        }

        /// A receiver's way to what answers: `Receiver::builder(…).answering(Answering(shop))`.
        #[derive(Debug)]
        pub struct Answering<A>(pub A);

        impl<A: $answers> $crate::Answerer<$event> for Answering<A> {
            fn answer<'a>(
                &'a self,
                event: &'a $event,
            ) -> ::std::option::Option<$crate::declare::BoxFuture<'a, ::std::result::Result<::std::vec::Vec<u8>, $crate::BoxError>>> {
                match event {
                    $($event::$name(asked) => ::std::option::Option::Some(::std::boxed::Box::pin(async move {
                        $crate::declare::answer_body(&self.0.$method(asked).await?)
                    })),)*
                    _ => ::std::option::Option::None,
                }
            }
        }
    };
}
