//! How many accepted operations wait for a place to run.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts what this process has queued and nobody has claimed, as well as one process can know it: what
/// others claim shows only when a claim of our own finds the queue empty.
#[derive(Debug)]
pub(super) struct Backlog {
    limit: usize,
    queued: AtomicUsize,
}

impl Backlog {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, queued: AtomicUsize::new(0) }
    }

    /// Takes a place in the queue; whether there was one.
    pub(super) fn reserve(&self) -> bool {
        let more = |queued: usize| (queued < self.limit).then_some(queued + 1);
        self.queued.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
    }

    /// Notes that `count` operations have left the queue.
    pub(super) fn leave(&self, count: usize) {
        let fewer = |queued: usize| Some(queued.saturating_sub(count));
        let _ = self.queued.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fewer);
    }

    /// Notes that the queue was found empty.
    pub(super) fn clear(&self) {
        self.queued.store(0, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_limited_and_come_back() {
        let backlog = Backlog::new(2);
        assert!(backlog.reserve() && backlog.reserve());
        assert!(!backlog.reserve());
        backlog.leave(1);
        assert!(backlog.reserve());
        backlog.clear();
        backlog.leave(5);
        assert!(backlog.reserve() && backlog.reserve() && !backlog.reserve());
    }
}
