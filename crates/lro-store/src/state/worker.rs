//! The lease of a worker.

use std::time::Duration;

use crate::Timestamp;
use crate::operation::storable;

/// A worker as a store keeps it. Workers have leases, operations do not: one write keeps alive whatever a
/// process runs.
///
/// A worker lives until it leaves or another one [reclaims](Self::may_reclaim) what it has. Time alone takes
/// nothing away, so a slow worker or a clock that jumps loses no work that nobody has taken over. Once gone, a
/// worker never comes back; the process takes a new id.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Worker {
    /// For how long it asked when it was last heard of, in whole microseconds and at most
    /// [`MAX_DURATION`](crate::NewOperation::MAX_DURATION).
    pub lease: Duration,
    /// When others may declare it gone.
    pub expires_at: Timestamp,
    /// Since when its lease has never been over.
    pub whole_since: Timestamp,
    /// When it left or was declared gone.
    pub gone_at: Option<Timestamp>,
}

impl Worker {
    /// How long a store remembers a worker that is gone.
    pub const MEMORY: Duration = Duration::from_secs(24 * 60 * 60);

    /// A worker that is heard of for the first time.
    pub fn new(lease: Duration, now: Timestamp) -> Self {
        let lease = storable(lease);
        Self { lease, expires_at: now.saturating_add(lease), whole_since: now, gone_at: None }
    }

    /// Whether it has neither left nor been declared gone.
    pub fn is_alive(&self) -> bool {
        self.gone_at.is_none()
    }

    /// Whether others may declare it gone.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.is_alive() && self.expires_at <= now
    }

    /// A sign of life: its lease lasts `lease` from now. One that is gone stays as it is.
    #[must_use = "the worker itself stays as it is"]
    pub fn keep_alive(&self, lease: Duration, now: Timestamp) -> Self {
        if !self.is_alive() {
            return self.clone();
        }
        // A clock that went back would keep it from reclaiming until it is again where it was.
        let whole_since = if self.is_over(now) { now } else { self.whole_since.min(now) };
        Self { whole_since, ..Self::new(lease, now) }
    }

    /// It is gone from now on, if it was not before.
    #[must_use = "the worker itself stays as it is"]
    pub fn leave(&self, now: Timestamp) -> Self {
        Self { gone_at: self.gone_at.or(Some(now)), ..self.clone() }
    }

    /// Whether it may take back what others have: its own lease has been whole for as long as the lease is.
    ///
    /// After an outage of the store, or a clock that jumps, all leases are over at once. Waiting lets the
    /// others come back first.
    pub fn may_reclaim(&self, now: Timestamp) -> bool {
        self.is_alive() && !self.is_over(now) && self.whole_since.saturating_add(self.lease) <= now
    }

    /// Whether a store may forget it.
    pub fn is_forgettable(&self, now: Timestamp) -> bool {
        self.gone_at.is_some_and(|gone| gone.saturating_add(Self::MEMORY) <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEASE: Duration = Duration::from_secs(30);
    const SECOND: Duration = Duration::from_secs(1);

    fn start() -> Timestamp {
        Timestamp::from_micros(1_000_000_000)
    }

    #[test]
    fn a_lease_that_is_over_begins_anew_and_one_that_is_kept_goes_on() {
        let worker = Worker::new(LEASE, start());
        let kept = worker.keep_alive(LEASE, start().saturating_add(LEASE.saturating_sub(SECOND)));
        assert_eq!(kept.whole_since, start());
        let late = start().saturating_add(LEASE);
        assert!(worker.is_over(late) && !kept.is_over(late));
        let back = worker.keep_alive(LEASE, late);
        assert_eq!((back.whole_since, back.is_over(late)), (late, false));
    }

    #[test]
    fn only_one_whose_lease_was_whole_for_its_time_takes_from_others() {
        let worker = Worker::new(LEASE, start());
        let almost = start().saturating_add(LEASE.saturating_sub(SECOND));
        let kept = worker.keep_alive(LEASE, almost);
        assert!(!kept.may_reclaim(almost));
        assert!(kept.may_reclaim(start().saturating_add(LEASE)));
        assert!(!worker.may_reclaim(start().saturating_add(LEASE)), "its own lease is over");
        assert!(!kept.leave(almost).may_reclaim(start().saturating_add(LEASE)));
    }

    #[test]
    fn one_that_is_gone_stays_gone_and_is_forgotten_in_the_end() {
        let gone = Worker::new(LEASE, start()).leave(start());
        assert_eq!(gone.keep_alive(LEASE, start()), gone);
        assert_eq!(gone.leave(start().saturating_add(SECOND)), gone);
        assert!(!gone.is_alive() && !gone.is_over(start().saturating_add(LEASE)));
        assert!(!gone.is_forgettable(start().saturating_add(Worker::MEMORY.saturating_sub(SECOND))));
        assert!(gone.is_forgettable(start().saturating_add(Worker::MEMORY)));
    }
}
