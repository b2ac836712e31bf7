//! What the handles of one client share: how many calls they make together, and what they have learned of the server.

mod learned;
mod pace;

use tokio::sync::{Semaphore, SemaphorePermit};

use self::learned::Learned;
use self::pace::Pace;

/// How many calls of `WaitOperation` the server holds at one time.
///
/// Many servers allow 100 streams on a connection. Half of them are left to calls that nobody wants to see wait.
pub(super) const MAX_HELD_WAITS: usize = 50;

/// How many calls a second the handles of a client make on their own, all of them together.
pub(super) const MAX_POLLS_PER_SECOND: f64 = 50.0;

/// What the handles of a client share.
#[derive(Debug)]
pub(super) struct Channel {
    held: Semaphore,
    pace: Pace,
    pub(super) learned: Learned,
}

impl Channel {
    pub(super) fn new(held_waits: usize, polls_per_second: f64) -> Self {
        Self {
            held: Semaphore::new(held_waits.min(Semaphore::MAX_PERMITS)),
            pace: Pace::new(polls_per_second),
            learned: Learned::default(),
        }
    }

    /// The same with other limits, for handles that are made from now on.
    pub(super) fn limited(&self, held_waits: usize, polls_per_second: f64) -> Self {
        let limited = Self::new(held_waits, polls_per_second);
        if self.learned.was_reached() {
            limited.learned.reached();
        }
        limited
    }

    /// Waits until a handle may make a call on its own. They take turns. Cancel-safe.
    pub(super) fn turn(&self) -> impl Future<Output = ()> + Send {
        self.pace.turn()
    }

    /// The right to have the server hold an answer, unless too many answers are held already.
    pub(super) fn hold(&self) -> Option<SemaphorePermit<'_>> {
        self.held.try_acquire().ok()
    }
}
