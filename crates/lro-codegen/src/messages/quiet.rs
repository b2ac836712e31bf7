//! Keeps panics that are caught, and reported with the proto they are about, from being printed too.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    /// Whether a panic of this thread is expected.
    static EXPECTED: Cell<bool> = const { Cell::new(false) };
}

/// Catches a panic without a word of it on standard error. Panics of other threads, and whatever hook there was, are as they were.
pub(super) fn catch<T>(run: impl FnOnce() -> T) -> std::thread::Result<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !EXPECTED.get() {
                before(info);
            }
        }));
    });
    let outside = EXPECTED.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(run));
    EXPECTED.set(outside);
    result
}
