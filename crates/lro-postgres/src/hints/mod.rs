//! Hints of changes: within the process at once, and between processes by notifications.
//!
//! A notification in the transaction of a change would make commits wait for each other, also where nobody listens.
//! So one task per store tells the others what was committed, a few times in a hundred milliseconds at most.

mod message;
mod pending;
mod task;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lro_store::{Change, ChangeHub, Changes};
use tokio::sync::Notify;

use self::pending::Pending;
pub(crate) use self::task::{Listener, Task, listen};

/// The shortest time between two notifications of one store.
const INTERVAL: Duration = Duration::from_millis(5);

/// Where a store tells of changes.
#[derive(Debug, Default)]
pub(crate) struct Hints {
    hub: ChangeHub,
    pending: Mutex<Pending>,
    wake: Notify,
    /// Whether a task tells other processes.
    tells_others: AtomicBool,
}

impl Hints {
    pub(crate) fn subscribe(&self) -> Changes {
        self.hub.subscribe()
    }

    /// Tells of what was committed.
    pub(crate) fn publish(&self, changes: impl IntoIterator<Item = Change>) {
        let tells_others = self.tells_others.load(Ordering::Relaxed);
        let mut pending = lock(&self.pending);
        let mut any = false;
        for change in changes {
            self.hub.publish(&change);
            if tells_others {
                pending.push(change);
                any = true;
            }
        }
        drop(pending);
        if any {
            self.wake.notify_one();
        }
    }
}

/// Nothing panics while one of these locks is held.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
