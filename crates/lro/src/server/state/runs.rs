//! The attempts that this process has under way.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lro_store::{LeaseId, LeaseStatus, OperationName};
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

    /// Whether this attempt has a right to go on.
    pub(super) fn is_held(&self) -> bool {
        !self.lost.is_cancelled() && *lock(&self.holds_until) > Instant::now()
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
    pub(super) fn note(&self, standing: LeaseStatus) {
        match standing {
            LeaseStatus::Held { cancel_requested: false } => {}
            LeaseStatus::Held { cancel_requested: true } => self.cancel.cancel(),
            LeaseStatus::Lost => self.lost.cancel(),
            LeaseStatus::Deleted => {
                self.forgotten.store(true, Ordering::Relaxed);
                *lock(&self.holds_until) = Instant::now() + FOREVER;
            }
        }
    }

    /// Notes that a heartbeat that was sent at `sent` has extended the lease. It never becomes shorter by it: an
    /// answer may be older than one that is known.
    pub(super) fn extend(&self, sent: Instant, duration: Duration) {
        let mut until = lock(&self.holds_until);
        *until = later(sent, duration).max(*until);
    }
}

/// The attempts that this process has under way. There is at most one per operation that has a right to go
/// on.
#[derive(Debug, Default)]
pub(super) struct Runs(Mutex<HashMap<OperationName, Arc<Run>>>);

impl Runs {
    /// Adds an attempt. Of two at the same operation only the later one goes on.
    pub(super) fn insert(&self, run: Arc<Run>) {
        match lock(&self.0).entry(run.lease.name.clone()) {
            Entry::Occupied(other) if other.get().lease.attempt > run.lease.attempt => run.lost.cancel(),
            Entry::Occupied(mut older) => older.insert(run).lost.cancel(),
            Entry::Vacant(vacant) => {
                vacant.insert(run);
            }
        }
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

#[cfg(test)]
mod tests {
    use lro_store::{Attempt, WorkerId};

    use super::*;

    const LEASE: Duration = Duration::from_secs(30);

    fn run(attempt: u32) -> Arc<Run> {
        let name = OperationName::parse("operations/a").unwrap();
        let attempt = Attempt::new(attempt).unwrap();
        Arc::new(Run::new(LeaseId { name, worker: WorkerId::new("w"), attempt }, Instant::now(), LEASE))
    }

    #[tokio::test(start_paused = true)]
    async fn a_late_answer_does_not_shorten_a_lease() {
        let run = run(1);
        let sent = Instant::now();
        run.note(LeaseStatus::Deleted);
        run.extend(sent, LEASE);
        tokio::time::advance(LEASE * 2).await;
        let over = tokio::time::timeout(LEASE, run.lost()).await;
        assert!(over.is_err(), "the work of a forgotten operation goes on");
    }

    #[tokio::test(start_paused = true)]
    async fn of_two_attempts_the_earlier_is_told_that_it_is_lost() {
        for order in [[1, 2], [2, 1]] {
            let runs = Runs::default();
            let began = Instant::now();
            let attempts = order.map(run);
            attempts.iter().cloned().for_each(|run| runs.insert(run));
            let [earlier, later] = [1, 2].map(|number| attempts[usize::from(order[0] != number)].clone());
            earlier.lost().await;
            assert_eq!(began.elapsed(), Duration::ZERO);
            let current = runs.get(&later.lease.name).unwrap();
            assert!(Arc::ptr_eq(&current, &later));
            runs.remove(&earlier);
            assert_eq!(runs.len(), 1);
        }
    }
}
