//! The tokio runtime that all waiting needs.

use tokio::runtime::Handle;

/// The runtime that polls.
///
/// # Errors
/// What to do, where there is none.
pub(crate) fn current() -> Result<Handle, &'static str> {
    Handle::try_current().map_err(|_| {
        "no tokio runtime polls this call: run it inside of one (#[tokio::main], tokio::runtime::Runtime::block_on); \
         other executors have to enter one first (tokio::runtime::Handle::enter)"
    })
}
