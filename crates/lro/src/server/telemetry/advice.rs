//! What is probably a mistake of the program.

use std::sync::atomic::{AtomicBool, Ordering};

/// Whether an engine's operations can be asked for, as far as the engine knows.
#[derive(Debug, Default)]
pub(in crate::server) struct Advice {
    is_served: AtomicBool,
    is_given: AtomicBool,
}

impl Advice {
    /// Notes that there is a service that answers for the operations.
    pub(in crate::server) fn served(&self) {
        self.is_served.store(true, Ordering::Relaxed);
    }

    /// Notes a start. Says once if nobody can ask for what it starts.
    pub(in crate::server) fn started(&self, method: &str) {
        let is_fine = self.is_served.load(Ordering::Relaxed) || self.is_given.load(Ordering::Relaxed);
        if !is_fine && !self.is_given.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                method,
                "an operation is started, and this engine has made no google.longrunning.Operations service to ask for it: \
                 add `engine.operations_server()` to the server"
            );
        }
    }
}
