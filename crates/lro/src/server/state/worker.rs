//! Under which name this process has operations, and until when that is sure.

use std::sync::Mutex;
use std::time::Duration;

use lro_store::{Holder, WorkerId};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::lock::lock;
use super::random::Random;

/// The worker that this process is to its store.
#[derive(Debug)]
pub(in crate::server) struct Worker {
    lease: Mutex<Lease>,
    random: Random,
    /// Tells those who look at the lease that it has changed.
    changed: Notify,
}

/// The id for new work, and what is sure about its lease.
#[derive(Debug)]
struct Lease {
    id: WorkerId,
    /// Until when it holds for sure: reckoned from before the sign of life was sent, so it is never later than the
    /// store's time. `None` until there was one.
    holds_until: Option<Instant>,
    /// Since when it never had less than its half left.
    whole_since: Instant,
}

impl Worker {
    pub(in crate::server) fn new(random: Random) -> Self {
        let id = WorkerId::generate(random.bits());
        let lease = Lease { id, holds_until: None, whole_since: Instant::now() };
        Self { lease: Mutex::new(lease), random, changed: Notify::new() }
    }

    /// Its id for new work.
    pub(in crate::server) fn id(&self) -> WorkerId {
        lock(&self.lease).id.clone()
    }

    /// Takes a new id, because the store has declared the present one gone.
    pub(in crate::server) fn renew(&self) {
        let id = WorkerId::generate(self.random.bits());
        *lock(&self.lease) = Lease { id, holds_until: None, whole_since: Instant::now() };
        self.changed.notify_waiters();
    }

    /// Notes that a sign of life that was sent at `sent` was taken.
    pub(in crate::server) fn kept_alive(&self, sent: Instant, duration: Duration) {
        let mut lease = lock(&self.lease);
        if lease.holds_until.is_none_or(|until| until < later(sent, duration / 2)) {
            lease.whole_since = Instant::now();
        }
        lease.holds_until = Some(later(sent, duration));
        drop(lease);
        self.changed.notify_waiters();
    }

    /// Whether the lease holds for sure, and for longer than `margin`. Until it does, the first thing to do is to
    /// give a sign of life.
    pub(in crate::server) fn holds(&self, margin: Duration) -> bool {
        lock(&self.lease).holds_until.is_some_and(|until| later(Instant::now(), margin) < until)
    }

    /// Whether it may take back what others have: its lease was whole for as long as it is.
    ///
    /// The store sees to it that nobody takes back whose own lease was over. But the leases of two workers are not
    /// over at the same moment, so an outage may have taken the other one's and just not this one's. That it was so
    /// close shows that there was an outage.
    pub(in crate::server) fn may_reclaim(&self, duration: Duration) -> bool {
        let (lease, now) = (lock(&self.lease), Instant::now());
        lease.holds_until.is_some_and(|until| later(now, duration / 2) <= until)
            && later(lease.whole_since, duration) <= now
    }

    /// Whether the lease under which `holder` has work holds for sure, and for longer than `margin`.
    pub(in crate::server) fn holds_for(&self, holder: &Holder, margin: Duration) -> bool {
        self.holds_until(holder).is_some_and(|until| later(Instant::now(), margin) < until)
    }

    /// Returns when the lease under which `holder` has work will be over within `margin`, or that worker is gone.
    pub(in crate::server) async fn nearly_over(&self, holder: &Holder, margin: Duration) {
        loop {
            // Asked for before the look, so that no change between the two is missed.
            let changed = self.changed.notified();
            let Some(until) = self.holds_until(holder) else { return };
            let until = until.checked_sub(margin).unwrap_or(until);
            tokio::select! {
                biased;
                () = changed => {}
                () = sleep_until(until) => return,
            }
        }
    }

    /// Until when the lease of `holder` holds for sure; `None` if that is another worker, or nothing is sure.
    fn holds_until(&self, holder: &Holder) -> Option<Instant> {
        let lease = lock(&self.lease);
        let is_this = matches!(holder, Holder::Worker(worker) if *worker == lease.id);
        lease.holds_until.filter(|_| is_this)
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

    fn holder(worker: &Worker) -> Holder {
        Holder::Worker(worker.id())
    }

    #[tokio::test(start_paused = true)]
    async fn the_lease_is_nearly_over_a_margin_before_its_end() {
        let worker = Worker::new(Random::default());
        let began = Instant::now();
        worker.kept_alive(began, LEASE);
        tokio::time::advance(LEASE / 2).await;
        worker.kept_alive(Instant::now(), LEASE);
        assert!(worker.holds(LEASE / 10) && worker.holds_for(&holder(&worker), LEASE / 10));
        worker.nearly_over(&holder(&worker), LEASE / 10).await;
        assert_eq!(began.elapsed(), LEASE * 14 / 10);
        assert!(!worker.holds(LEASE / 10) && !worker.holds_for(&holder(&worker), LEASE / 10));
    }

    #[tokio::test(start_paused = true)]
    async fn the_lease_of_a_worker_that_is_gone_is_over_though_the_next_one_has_its_own_at_once() {
        let worker = Worker::new(Random::default());
        worker.kept_alive(Instant::now(), Duration::MAX);
        let (old, began) = (holder(&worker), Instant::now());
        tokio::join!(worker.nearly_over(&old, LEASE), async {
            worker.renew();
            assert!(!worker.holds(Duration::ZERO));
            worker.kept_alive(Instant::now(), LEASE);
        });
        assert_eq!(began.elapsed(), Duration::ZERO);
        assert!(holder(&worker) != old && worker.holds(LEASE / 10));
        assert!(worker.holds_for(&holder(&worker), LEASE / 10) && !worker.holds_for(&old, LEASE / 10));
    }

    #[tokio::test(start_paused = true)]
    async fn a_lease_that_was_nearly_lost_takes_nothing_back_for_as_long_as_it_is() {
        let worker = Worker::new(Random::default());
        for (pause, may_reclaim) in [
            (LEASE / 2, false),
            (LEASE / 2, false),
            (LEASE / 2, true),
            (LEASE * 2 / 3, false),
            (LEASE, false),
        ] {
            tokio::time::advance(pause).await;
            worker.kept_alive(Instant::now(), LEASE);
            assert_eq!(worker.may_reclaim(LEASE), may_reclaim, "{pause:?}");
        }
        for may_reclaim in [false, false, true] {
            tokio::time::advance(LEASE / 3).await;
            worker.kept_alive(Instant::now(), LEASE);
            assert_eq!(worker.may_reclaim(LEASE), may_reclaim);
        }
        tokio::time::advance(LEASE * 2 / 3).await;
        assert!(!worker.may_reclaim(LEASE), "a sign of life comes first");
    }
}
