//! The attempts that this process has under way.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lro_store::{Heartbeat, LeaseId, OperationName};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

/// Longer than any process lives; for a lease that nobody can take any more, and one too long to add up.
const FOREVER: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// One attempt at one operation, as its handler, its supervisor and the background tasks see it.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) lease: LeaseId,
    cancel: CancellationToken,
    lost: CancellationToken,
    forgotten: AtomicBool,
    /// Until when the lease holds for sure: reckoned from before it was asked for, so it is never later than
    /// the store's time.
    holds_until: Mutex<Instant>,
}

impl Run {
    pub(super) fn new(lease: LeaseId, leased_at: Instant, duration: Duration) -> Self {
        Self {
            lease,
            cancel: CancellationToken::new(),
            lost: CancellationToken::new(),
            forgotten: AtomicBool::new(false),
            holds_until: Mutex::new(later(leased_at, duration)),
        }
    }

    /// Fires when the work is asked to stop.
    pub(super) fn cancel(&self) -> &CancellationToken {
        &self.cancel
    }

    /// Returns when this attempt has no right to go on: somebody else has it, or may have it by now.
    pub(super) async fn lost(&self) {
        tokio::select! {
            () = self.lost.cancelled() => {}
            () = self.lease_over() => {}
        }
    }

    /// Returns when the lease is over and has not been extended.
    pub(super) async fn lease_over(&self) {
        loop {
            let until = *lock(&self.holds_until);
            if until <= Instant::now() {
                return;
            }
            sleep_until(until).await;
        }
    }

    /// Whether the operation was deleted. The work goes on, and nothing of it is stored.
    pub(super) fn is_forgotten(&self) -> bool {
        self.forgotten.load(Ordering::Relaxed)
    }

    /// Takes note of what the store says about the lease.
    pub(super) fn note(&self, standing: Heartbeat) {
        match standing {
            Heartbeat::Held { cancel_requested: false } => {}
            Heartbeat::Held { cancel_requested: true } => self.cancel.cancel(),
            Heartbeat::Lost => self.lost.cancel(),
            Heartbeat::Deleted => {
                self.forgotten.store(true, Ordering::Relaxed);
                *lock(&self.holds_until) = Instant::now() + FOREVER;
            }
        }
    }

    /// Notes that a heartbeat that was sent at `sent` has extended the lease.
    pub(super) fn extend(&self, sent: Instant, duration: Duration) {
        *lock(&self.holds_until) = later(sent, duration);
    }
}

/// The attempts that this process has under way. There is at most one per operation that has a right to go
/// on.
#[derive(Debug, Default)]
pub(super) struct Runs(Mutex<HashMap<OperationName, Arc<Run>>>);

impl Runs {
    pub(super) fn insert(&self, run: Arc<Run>) {
        lock(&self.0).insert(run.lease.name.clone(), run);
    }

    /// Removes this attempt, but not a later one at the same operation.
    pub(super) fn remove(&self, run: &Arc<Run>) {
        let mut runs = lock(&self.0);
        if runs.get(&run.lease.name).is_some_and(|current| Arc::ptr_eq(current, run)) {
            runs.remove(&run.lease.name);
        }
    }

    pub(super) fn get(&self, name: &OperationName) -> Option<Arc<Run>> {
        lock(&self.0).get(name).cloned()
    }

    pub(super) fn len(&self) -> usize {
        lock(&self.0).len()
    }

    /// All attempts whose lease needs to be kept.
    pub(super) fn held(&self) -> Vec<Arc<Run>> {
        lock(&self.0).values().filter(|run| !run.is_forgotten()).cloned().collect()
    }
}

fn later(from: Instant, duration: Duration) -> Instant {
    from.checked_add(duration).unwrap_or_else(|| from + FOREVER)
}

/// Nothing panics while one of these locks is held, so a poisoned one still guards sound data.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
