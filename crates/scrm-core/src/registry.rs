//! What the clients of one process share.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

/// Things that live as long as one client uses them. It holds no more of them than are in use.
pub(crate) struct Registry<T>(Mutex<Option<HashMap<String, Weak<T>>>>);

impl<T> Registry<T> {
    pub(crate) const fn new() -> Self {
        Registry(Mutex::new(None))
    }

    /// The one under this key; made, where nobody has one.
    pub(crate) fn get_or_insert(&self, key: String, make: impl FnOnce() -> Arc<T>) -> Arc<T> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.get_or_insert_default();
        if let Some(found) = known.get(&key).and_then(Weak::upgrade) {
            return found;
        }
        // Once in a while, so that a thousand shops are not looked through for each one that comes.
        if known.len() == known.capacity() {
            known.retain(|_, weak| weak.strong_count() > 0);
        }
        let made = make();
        known.insert(key, Arc::downgrade(&made));
        made
    }
}

/// Tells two shared things apart while both live.
pub(crate) fn identity<T: ?Sized>(shared: &Arc<T>) -> usize {
    Arc::as_ptr(shared).cast::<()>().addr()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_uses_is_forgotten() {
        let registry = Registry::new();
        let kept = registry.get_or_insert("kept".to_owned(), || Arc::new(0));
        for number in 1..1000 {
            registry.get_or_insert(number.to_string(), || Arc::new(number));
        }
        assert!(Arc::ptr_eq(&kept, &registry.get_or_insert("kept".to_owned(), || Arc::new(1))));
        let size = registry.0.lock().unwrap().as_ref().map(HashMap::len).unwrap();
        assert!(size < 50, "{size}");
        assert_ne!(*registry.get_or_insert("7".to_owned(), || Arc::new(8)), 7);
    }
}
