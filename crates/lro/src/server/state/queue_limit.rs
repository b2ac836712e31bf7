//! Which accepted operations wait for a place to run.

use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::Mutex;
use std::time::Duration;

use lro_store::{OperationName, StateKind, Store, View};
use tokio::time::Instant;

use super::call::in_time;
use super::lock::lock;
use crate::server::telemetry::metrics;

/// How many operations to look at when the queue seems full.
const BATCH: usize = 256;

/// How long to believe what such a look has shown.
const BELIEF: Duration = Duration::from_millis(100);

/// The operations that this process has accepted and that nobody has begun, as well as one process can know: no
/// hint tells when another process begins one, so a queue that seems full is looked at again.
#[derive(Debug)]
pub(in crate::server) struct QueueLimit {
    limit: usize,
    queue: Mutex<Queue>,
    /// Held during a look, so that all who find the queue full wait for the one look.
    look: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Queue {
    names: BTreeSet<OperationName>,
    /// How many slots the claim task holds while it looks for work. They are as good as free.
    looking: usize,
    /// Where the last look ended.
    looked_at: Option<OperationName>,
    look_again: Option<Instant>,
}

impl QueueLimit {
    pub(in crate::server) fn new(limit: usize) -> Self {
        Self { limit, queue: Mutex::default(), look: tokio::sync::Mutex::default() }
    }

    /// How many operations are in the queue.
    pub(in crate::server) fn len(&self) -> usize {
        lock(&self.queue).names.len()
    }

    /// Takes a place in the queue; whether there was one.
    pub(in crate::server) fn reserve(&self, name: &OperationName) -> bool {
        let mut queue = lock(&self.queue);
        let has_room = queue.names.len() < self.limit.saturating_add(queue.looking);
        if has_room && queue.names.insert(name.clone()) {
            metrics::queue_grew();
        }
        has_room
    }

    /// Notes that an operation has left the queue.
    pub(in crate::server) fn leave(&self, name: &OperationName) {
        if lock(&self.queue).names.remove(name) {
            metrics::queue_shrank(1);
        }
    }

    /// Notes how many slots the claim task holds from now on.
    pub(in crate::server) fn looking(&self, slots: usize) {
        lock(&self.queue).looking = slots;
    }

    /// Looks whether some of the queue have begun or ended elsewhere.
    pub(in crate::server) async fn look(&self, store: &dyn Store) {
        let _look = self.look.lock().await;
        let names = self.suspects(Instant::now());
        if names.is_empty() {
            return;
        }
        // What cannot be read stays: a store out of reach takes no operation either.
        if let Ok(views) = in_time(store.get(names.clone())).await {
            let is_queued = |view: &View| view.kind() == StateKind::Queued;
            for (name, view) in names.iter().zip(views) {
                if !view.as_ref().is_some_and(is_queued) {
                    self.leave(name);
                }
            }
        }
        // After a look that took long, those who have waited for it believe the result too.
        lock(&self.queue).look_again = Some(Instant::now() + BELIEF);
    }

    /// The next few of the queue, in turn; none if the last look was only just now.
    fn suspects(&self, now: Instant) -> Vec<OperationName> {
        let mut queue = lock(&self.queue);
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
}

impl Drop for QueueLimit {
    /// What waits still does so, but this process does not know of it any more.
    fn drop(&mut self) {
        metrics::queue_shrank(self.len());
    }
}

#[cfg(test)]
mod tests {
    use lro_store::MemoryStore;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_look_is_believed_for_a_while_after_its_end() {
        let queue = QueueLimit::new(2);
        assert!(queue.reserve(&name(1)));
        queue.look(&MemoryStore::new()).await;
        assert!(queue.reserve(&name(2)) && queue.reserve(&name(3)), "the first one is not in the queue");
        assert_eq!(queue.suspects(Instant::now() + BELIEF / 2), []);
        assert_eq!(queue.suspects(Instant::now() + BELIEF).len(), 2);
    }

    fn name(id: usize) -> OperationName {
        OperationName::parse(&format!("operations/{id:04}")).unwrap()
    }

    #[test]
    fn places_are_limited_and_come_back() {
        let queue = QueueLimit::new(2);
        assert!(queue.reserve(&name(1)) && queue.reserve(&name(2)));
        assert!(!queue.reserve(&name(3)));
        queue.leave(&name(7));
        assert!(!queue.reserve(&name(3)), "what was never in it does not make room");
        queue.leave(&name(1));
        queue.leave(&name(1));
        assert!(queue.reserve(&name(3)) && !queue.reserve(&name(4)));
    }

    #[test]
    fn slots_of_a_look_for_work_are_as_good_as_free() {
        let queue = QueueLimit::new(0);
        assert!(!queue.reserve(&name(1)));
        queue.looking(1);
        assert!(queue.reserve(&name(1)) && !queue.reserve(&name(2)));
    }

    #[test]
    fn a_full_queue_is_looked_at_in_turn_and_not_too_often() {
        let queue = QueueLimit::new(BATCH + 1);
        (0..=BATCH).for_each(|id| assert!(queue.reserve(&name(id))));
        let now = Instant::now();
        assert_eq!(queue.suspects(now).len(), BATCH);
        assert_eq!(queue.suspects(now), []);
        assert_eq!(queue.suspects(now + BELIEF), [name(BATCH)]);
        assert_eq!(queue.suspects(now + BELIEF * 2)[0], name(0));
    }
}
