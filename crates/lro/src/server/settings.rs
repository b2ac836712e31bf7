//! The numbers that an engine goes by.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use lro_store::{Clock, NewOperation, SystemClock};

/// The numbers that an engine goes by, and where one of them comes from. [`EngineBuilder`](super::EngineBuilder) documents each.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) concurrency: usize,
    pub(super) method_concurrency: HashMap<&'static str, usize>,
    pub(super) queue_limit: usize,
    pub(super) lease: Duration,
    pub(super) keep_alive_interval: Option<Duration>,
    pub(super) poll_interval: Duration,
    pub(super) progress_interval: Duration,
    pub(super) cancel_grace: Duration,
    pub(super) drain_time: Duration,
    pub(super) retention: Duration,
    pub(super) max_wait: Duration,
    pub(super) max_payload_size: usize,
    pub(super) strict: bool,
    /// Where the ids of operations get their time from.
    pub(super) clock: Arc<dyn Clock>,
    pub(super) on_delete: OnDelete,
}

/// What happens to work that runs while its operation is deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnDelete {
    /// It goes on, and its result is dropped.
    #[default]
    Continue,
    /// It is asked to stop, as by a cancellation.
    Stop,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            concurrency: 100,
            method_concurrency: HashMap::new(),
            queue_limit: 10_000,
            lease: Duration::from_secs(30),
            keep_alive_interval: None,
            poll_interval: Duration::from_secs(2),
            progress_interval: Duration::from_secs(1),
            cancel_grace: Duration::from_secs(10),
            drain_time: Duration::from_secs(20),
            retention: NewOperation::DEFAULT_RETENTION,
            max_wait: Duration::from_secs(60),
            max_payload_size: 2_000_000,
            strict: false,
            clock: Arc::new(SystemClock),
            on_delete: OnDelete::Continue,
        }
    }
}

impl Settings {
    /// How long to wait between signs of life, and for the answer to one: short enough that one may fail, and
    /// unless it is set, two.
    pub(super) fn keep_alive_interval(&self) -> Duration {
        let interval = self.keep_alive_interval.unwrap_or(self.lease / 4).min(self.lease / 3);
        interval.clamp(SHORTEST_INTERVAL, LONGEST_INTERVAL)
    }

    /// How long to wait between looks at the store for what no hint announced.
    pub(super) fn poll_interval(&self) -> Duration {
        self.poll_interval.clamp(SHORTEST_INTERVAL, LONGEST_INTERVAL)
    }

    /// How long to wait between writes of the metadata of one operation.
    pub(super) fn progress_interval(&self) -> Duration {
        self.progress_interval.min(LONGEST_INTERVAL)
    }

    /// How long before its lease could be over a process stops work that must not overlap.
    pub(super) fn lease_margin(&self) -> Duration {
        self.lease / 10
    }
}

/// Timers do not accept zero.
const SHORTEST_INTERVAL: Duration = Duration::from_millis(1);

/// Longer than any process lives, and short enough to reckon with.
pub(super) const LONGEST_INTERVAL: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);
