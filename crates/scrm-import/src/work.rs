//! A counter of the work done, so that tests can show without a clock that it grows no faster than the page.

use std::cell::Cell;

thread_local! {
    static STEPS: Cell<u64> = const { Cell::new(0) };
}

/// Adds the number of bytes or items about to be looked at.
pub(crate) fn charge(steps: usize) {
    STEPS.with(|count| count.set(count.get().saturating_add(steps as u64).saturating_add(1)));
}

/// Starts again from zero.
pub(crate) fn begin() {
    STEPS.with(|count| count.set(0));
}

/// The steps since [`begin`].
pub(crate) fn spent() -> u64 {
    STEPS.with(Cell::get)
}
