//! Under which name this process has operations, and until when that is sure.

use std::sync::Mutex;
use std::time::Duration;

use lro_store::WorkerId;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::lock::lock;
use super::random::Random;

/// The worker that this process is to its store.
#[derive(Debug)]
pub(in crate::server) struct Worker {
    id: Mutex<WorkerId>,
    random: Random,
    /// Until when the lease holds for sure: reckoned from before the sign of life was sent, so it is never later
    /// than the store's time. `None` until there was one.
    holds_until: watch::Sender<Option<Instant>>,
}

impl Worker {
    pub(in crate::server) fn new(random: Random) -> Self {
        let id = Mutex::new(WorkerId::generate(random.bits()));
        Self { id, random, holds_until: watch::Sender::new(None) }
    }

    /// Its id for new work.
    pub(in crate::server) fn id(&self) -> WorkerId {
        lock(&self.id).clone()
    }

    /// Takes a new id, because the store has declared the present one gone.
    pub(in crate::server) fn renew(&self) {
        *lock(&self.id) = WorkerId::generate(self.random.bits());
        self.holds_until.send_replace(None);
    }

    /// Notes that a sign of life that was sent at `sent` was taken.
    pub(in crate::server) fn kept_alive(&self, sent: Instant, lease: Duration) {
        self.holds_until.send_replace(Some(later(sent, lease)));
    }

    /// Whether the store knows it as alive.
    pub(in crate::server) fn is_known(&self) -> bool {
        self.holds_until.borrow().is_some()
    }

    /// Returns when the lease will be over within `margin`, or the worker is gone.
    pub(in crate::server) async fn nearly_over(&self, margin: Duration) {
        let mut holds_until = self.holds_until.subscribe();
        loop {
            let Some(until) = *holds_until.borrow_and_update() else { return };
            let until = until.checked_sub(margin).unwrap_or(until);
            tokio::select! {
                () = sleep_until(until) => return,
                // The sender lives in this very value, so it always has another value to come.
                _ = holds_until.changed() => {}
            }
        }
    }
}

/// Longer than any process lives; for a lease that is too long to add up.
const FOREVER: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

fn later(from: Instant, duration: Duration) -> Instant {
    from.checked_add(duration).unwrap_or_else(|| from + FOREVER)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEASE: Duration = Duration::from_secs(30);

    #[tokio::test(start_paused = true)]
    async fn the_lease_is_nearly_over_a_margin_before_its_end_and_when_the_worker_is_gone() {
        let worker = Worker::new(Random::default());
        let began = Instant::now();
        worker.kept_alive(began, LEASE);
        tokio::time::advance(LEASE / 2).await;
        worker.kept_alive(Instant::now(), LEASE);
        worker.nearly_over(LEASE / 10).await;
        assert_eq!(began.elapsed(), LEASE / 2 + LEASE.mul_f64(0.9));
        worker.kept_alive(Instant::now(), Duration::MAX);
        let (id, renewed) = (worker.id(), Instant::now());
        tokio::join!(worker.nearly_over(LEASE), async { worker.renew() });
        assert_eq!(renewed.elapsed(), Duration::ZERO);
        assert!(worker.id() != id && !worker.is_known());
    }
}
