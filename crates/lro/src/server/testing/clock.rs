//! Tokio's time as a store's.

use lro_store::{Clock, MemoryStore, Timestamp};
use tokio::time::Instant;

/// A clock for stores that follows Tokio's time: where a test pauses that or moves it on, leases, deadlines, delays and
/// retention go with it.
///
/// ```
/// use std::time::Duration;
/// use lro::store::Clock;
/// use lro::testing::TokioClock;
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() {
/// let clock = TokioClock::new();
/// let before = clock.now();
/// tokio::time::advance(Duration::from_secs(3600)).await;
/// assert_eq!(clock.now(), before.saturating_add(Duration::from_secs(3600)));
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct TokioClock {
    start: Timestamp,
    started: Instant,
}

impl TokioClock {
    /// A clock that shows the system's time now, and moves with Tokio's from here on.
    pub fn new() -> Self {
        Self::starting_at(std::time::SystemTime::now().into())
    }

    /// A clock that shows `start` now, for tests that compare times.
    pub fn starting_at(start: Timestamp) -> Self {
        Self { start, started: Instant::now() }
    }
}

impl Default for TokioClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for TokioClock {
    fn now(&self) -> Timestamp {
        self.start.saturating_add(self.started.elapsed())
    }
}

/// An empty memory store on a [`TokioClock`].
pub fn memory_store() -> MemoryStore {
    MemoryStore::with_clock(TokioClock::new())
}
