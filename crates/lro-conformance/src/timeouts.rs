//! How long the suite waits for what.

use std::time::Duration;

/// How long the suite waits for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// The deadline of a call that does not set one of its own.
    pub call: Duration,
    /// How long an operation that is to end by itself may take to end, and a cancelled one to stop.
    pub end: Duration,
    /// For how long `WaitOperation` is asked to wait where the operation does not end. Two of these have to pass well
    /// within what a long request takes.
    pub wait: Duration,
    /// How late an answer may be that is to come at once, or at a given time.
    pub grace: Duration,
    /// How long the server may take to answer again after it was restarted.
    pub restart: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            call: Duration::from_secs(10),
            end: Duration::from_secs(60),
            wait: Duration::from_secs(2),
            grace: Duration::from_secs(1),
            restart: Duration::from_secs(60),
        }
    }
}
