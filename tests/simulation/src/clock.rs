//! The store's clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use lro::store::{Clock, Timestamp};
use tokio::time::Instant;

/// Tokio's paused time, and steps that only the store sees. Clones are the same clock.
#[derive(Debug, Clone)]
pub(crate) struct StoreClock {
    began: Instant,
    /// In microseconds.
    step: Arc<AtomicI64>,
    /// The latest time that it has shown before a step.
    latest: Arc<AtomicI64>,
}

impl StoreClock {
    pub(crate) fn new() -> Self {
        Self { began: Instant::now(), step: Arc::default(), latest: Arc::default() }
    }

    /// Moves the clock forward, or back.
    pub(crate) fn step(&self, forward: bool, by: Duration) {
        self.latest.fetch_max(self.now().as_micros(), Ordering::SeqCst);
        let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        self.step.fetch_add(if forward { by } else { -by }, Ordering::SeqCst);
    }

    /// The latest time that it has ever shown. What was over then may be gone although it is not over now.
    pub(crate) fn latest(&self) -> Timestamp {
        self.now().max(Timestamp::from_micros(self.latest.load(Ordering::SeqCst)))
    }
}

impl Clock for StoreClock {
    fn now(&self) -> Timestamp {
        let steps = self.step.load(Ordering::SeqCst);
        Timestamp::from_micros(1_000_000_000_000_000 + steps).saturating_add(self.began.elapsed())
    }
}
