//! What may stand under the envelope's data key.

use serde_json::Value;

use super::{Cell, Keyed, ReadFields, Slot, View, WriteFields};

/// What stands under the envelope's data key, for writing.
pub trait Payload: Send + Sync {
    /// Where to decode to.
    fn root(&mut self) -> Slot<'_>;
    /// Forgets what was decoded.
    fn reset(&mut self);
}

/// A payload that can also be read. A trait of its own: a program that only decodes does not carry the way out.
pub trait Inspect: Payload {
    /// What was decoded.
    fn shown(&self) -> View<'_>;
}

impl<R: WriteFields + Default> Payload for R {
    fn root(&mut self) -> Slot<'_> {
        Slot::Root(self)
    }
    fn reset(&mut self) {
        *self = R::default();
    }
}

impl<R: WriteFields + ReadFields + Default> Inspect for R {
    fn shown(&self) -> View<'_> {
        View::Root(self)
    }
}

impl<R: WriteFields + Default> Payload for Vec<R> {
    fn root(&mut self) -> Slot<'_> {
        Slot::List(self)
    }
    fn reset(&mut self) {
        self.clear();
    }
}

impl<R: WriteFields + ReadFields + Default> Inspect for Vec<R> {
    fn shown(&self) -> View<'_> {
        View::List(self)
    }
}

impl<V: Cell> Payload for Keyed<V> {
    fn root(&mut self) -> Slot<'_> {
        Slot::Map(self)
    }
    fn reset(&mut self) {
        self.0.clear();
    }
}

impl<V: Cell> Inspect for Keyed<V> {
    fn shown(&self) -> View<'_> {
        View::Map(self)
    }
}

/// Data that is one scalar, or any JSON.
macro_rules! plain_payload {
    ($($inner:ty => $kind:ident),*) => {$(
        impl Payload for Option<$inner> {
            fn root(&mut self) -> Slot<'_> {
                Slot::$kind(self)
            }
            fn reset(&mut self) {
                *self = None;
            }
        }
        impl Inspect for Option<$inner> {
            fn shown(&self) -> View<'_> {
                View::$kind(self)
            }
        }
    )*};
}
plain_payload!(Value => Any, String => Str, i64 => I64, f64 => F64, bool => Bool);
