//! Which accepted operations wait for a place to run.

use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lro_store::{OperationName, Record, State};
use tokio::time::Instant;

use super::call::in_time;
use super::inner::Inner;

/// How many operations to look at when the queue seems full.
const BATCH: usize = 256;

/// How long to believe what such a look has shown.
const BELIEF: Duration = Duration::from_millis(100);

/// What this process has accepted and nobody has begun, as well as one process can know it: of what others
/// begin no hint tells, so a queue that seems full is looked at again.
#[derive(Debug)]
pub(super) struct Backlog {
    limit: usize,
    queue: Mutex<Queue>,
    /// Held during a look, so that all who find the queue full wait for the one look.
    look: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Queue {
    names: BTreeSet<OperationName>,
    /// How many places the claim task holds while it looks for work. They are as good as free.
    looking: usize,
    /// Where the last look ended.
    looked_at: Option<OperationName>,
    look_again: Option<Instant>,
}

impl Backlog {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, queue: Mutex::default(), look: tokio::sync::Mutex::default() }
    }

    /// Takes a place in the queue; whether there was one.
    pub(super) fn reserve(&self, name: &OperationName) -> bool {
        let mut queue = self.lock();
        let has_room = queue.names.len() < self.limit.saturating_add(queue.looking);
        if has_room {
            queue.names.insert(name.clone());
        }
        has_room
    }

    /// Notes that an operation has left the queue.
    pub(super) fn leave(&self, name: &OperationName) {
        self.lock().names.remove(name);
    }

    /// Notes how many places the claim task holds from now on.
    pub(super) fn looking(&self, places: usize) {
        self.lock().looking = places;
    }

    /// Looks whether some of the queue has been taken or has ended elsewhere.
    pub(super) async fn look(&self, inner: &Inner) {
        let _look = self.look.lock().await;
        let names = self.suspects(Instant::now());
        if names.is_empty() {
            return;
        }
        // What cannot be read stays: a store out of reach takes no operation either.
        if let Ok(records) = in_time(inner.store.get(&names)).await {
            let is_queued = |record: &Record| matches!(record.state(), State::Queued { .. });
            for (name, record) in names.iter().zip(records) {
                if !record.as_ref().is_some_and(is_queued) {
                    self.leave(name);
                }
            }
        }
        // Of a look that took long, those who have waited for it believe the result too.
        self.lock().look_again = Some(Instant::now() + BELIEF);
    }

    /// The next few of the queue, in turn; none if the last look was only just now.
    fn suspects(&self, now: Instant) -> Vec<OperationName> {
        let mut queue = self.lock();
        if queue.look_again.is_some_and(|time| now < time) {
            return Vec::new();
        }
        queue.look_again = Some(now + BELIEF);
        let from = queue.looked_at.take().map_or(Bound::Unbounded, Bound::Excluded);
        let mut names: Vec<_> = queue.names.range((from, Bound::Unbounded)).take(BATCH).cloned().collect();
        if names.is_empty() {
            names.extend(queue.names.iter().take(BATCH).cloned());
        }
        queue.looked_at = names.last().cloned();
        names
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        // Nothing panics while this lock is held, so a poisoned one still guards sound data.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(id: usize) -> OperationName {
        OperationName::parse(&format!("operations/{id:04}")).unwrap()
    }

    #[test]
    fn places_are_limited_and_come_back() {
        let backlog = Backlog::new(2);
        assert!(backlog.reserve(&name(1)) && backlog.reserve(&name(2)));
        assert!(!backlog.reserve(&name(3)));
        backlog.leave(&name(7));
        assert!(!backlog.reserve(&name(3)), "what was never in it does not make room");
        backlog.leave(&name(1));
        backlog.leave(&name(1));
        assert!(backlog.reserve(&name(3)) && !backlog.reserve(&name(4)));
    }

    #[test]
    fn places_of_a_look_for_work_are_as_good_as_free() {
        let backlog = Backlog::new(0);
        assert!(!backlog.reserve(&name(1)));
        backlog.looking(1);
        assert!(backlog.reserve(&name(1)) && !backlog.reserve(&name(2)));
    }

    #[test]
    fn a_full_queue_is_looked_at_in_turn_and_not_too_often() {
        let backlog = Backlog::new(BATCH + 1);
        (0..=BATCH).for_each(|id| assert!(backlog.reserve(&name(id))));
        let now = Instant::now();
        assert_eq!(backlog.suspects(now).len(), BATCH);
        assert_eq!(backlog.suspects(now), []);
        assert_eq!(backlog.suspects(now + BELIEF), [name(BATCH)]);
        assert_eq!(backlog.suspects(now + BELIEF * 2)[0], name(0));
    }
}
