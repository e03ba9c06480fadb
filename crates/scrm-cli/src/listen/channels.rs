//! What the clients know of pushes and callbacks: the only place that says who sends some.

use std::{future::Future, pin::Pin, sync::Arc};

use scrm_push::{Delivery, Events};

use super::serve::{Setup, Told, serve};
use crate::failure::Failure;

/// Listens until it ends.
type Serving = Pin<Box<dyn Future<Output = Result<Arc<Told>, Failure>>>>;

/// One way in which a vendor sends on its own.
pub(crate) struct Channel {
    pub(crate) delivery: &'static Delivery,
    pub(crate) serve: fn(Setup) -> Serving,
}

impl Channel {
    const fn of<E: Events>() -> Self {
        Channel { delivery: E::DELIVERY, serve: |setup| Box::pin(serve::<E>(setup)) }
    }
}

static CHANNELS: &[Channel] = &[Channel::of::<xiaoe_client::push::Event>(), Channel::of::<rabbitpre_client::callback::Event>()];

pub(crate) fn all() -> &'static [Channel] {
    CHANNELS
}

pub(crate) fn of(vendor: &str) -> Option<&'static Channel> {
    CHANNELS.iter().find(|channel| channel.delivery.vendor == vendor)
}
