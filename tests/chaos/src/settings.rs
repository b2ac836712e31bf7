//! What the engines of a run are set to: short times, so that much happens.

use std::time::Duration;

use lro::EngineBuilder;
use serde::{Deserialize, Serialize};

/// How long a process may be silent.
pub(crate) const LEASE: Duration = Duration::from_secs(3);

/// How often a process looks for what no hint has told.
pub(crate) const POLL: Duration = Duration::from_secs(2);

/// The longest wait that a client asks for.
pub(crate) const MAX_WAIT: Duration = Duration::from_secs(15);

/// How long a process that drains lets its work finish.
pub(crate) const DRAIN: Duration = Duration::from_secs(2);

/// What differs between runs, and is the same in all processes of one.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Settings {
    /// Whether no two attempts of any operation may overlap.
    pub(crate) strict: bool,
    /// What page tokens are signed with, so that any process can give the next page.
    pub(crate) page_token_key: [u8; 32],
}

impl Settings {
    pub(crate) fn engine(&self, builder: EngineBuilder) -> EngineBuilder {
        builder
            .lease(LEASE)
            .poll_interval(POLL)
            .progress_interval(Duration::from_millis(100))
            .cancel_grace(Duration::from_millis(1_500))
            .drain_time(DRAIN)
            .max_wait(MAX_WAIT)
            .page_token_key(self.page_token_key)
            .strict(self.strict)
    }
}
