//! The numbers that an engine goes by.

use std::time::Duration;

use lro_store::NewOperation;

/// The numbers that an engine goes by. [`EngineBuilder`](super::EngineBuilder) documents each.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) concurrency: usize,
    pub(super) queue_limit: usize,
    pub(super) lease: Duration,
    pub(super) heartbeat_interval: Option<Duration>,
    pub(super) poll_interval: Duration,
    pub(super) cancel_grace: Duration,
    pub(super) drain_time: Duration,
    pub(super) retention: Duration,
    pub(super) max_wait: Duration,
    pub(super) max_payload_size: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            concurrency: 100,
            queue_limit: 10_000,
            lease: Duration::from_secs(30),
            heartbeat_interval: None,
            poll_interval: Duration::from_secs(2),
            cancel_grace: Duration::from_secs(10),
            drain_time: Duration::from_secs(20),
            retention: NewOperation::DEFAULT_RETENTION,
            max_wait: Duration::from_secs(60),
            max_payload_size: 2_000_000,
        }
    }
}

impl Settings {
    /// How long to wait between heartbeats, and for the answer to one: short enough that one may fail, and
    /// unless it is set, two.
    pub(super) fn heartbeat_interval(&self) -> Duration {
        self.heartbeat_interval.unwrap_or(self.lease / 4).min(self.lease / 3).max(SHORTEST_INTERVAL)
    }

    /// How long to wait between looks for work that no hint announced.
    pub(super) fn poll_interval(&self) -> Duration {
        self.poll_interval.max(SHORTEST_INTERVAL)
    }
}

/// Timers do not accept zero.
const SHORTEST_INTERVAL: Duration = Duration::from_millis(1);
