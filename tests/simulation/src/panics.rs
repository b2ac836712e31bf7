//! Panics that nobody has injected.

use std::cell::RefCell;
use std::panic;
use std::sync::Once;

thread_local! {
    static PANICS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Keeps panics of this thread's schedules from the terminal, and notes those that were not injected.
pub(crate) fn watch() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if tokio::runtime::Handle::try_current().is_err() {
                return before(info);
            }
            let text = info.to_string();
            if !text.contains("(injected)") {
                PANICS.with_borrow_mut(|panics| panics.push(text));
            }
        }));
    });
    take();
}

/// The panics of this thread since it was asked last.
pub(crate) fn take() -> Vec<String> {
    PANICS.take()
}
