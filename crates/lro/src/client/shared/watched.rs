//! A value that changes, and those who wait until it does.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// A value that changes. It is what tokio's `watch` is, in less than half of the room: every operation that somebody waits for has one.
#[derive(Debug)]
pub(super) struct Watched<T> {
    current: Mutex<Current<T>>,
    changed: Notify,
}

#[derive(Debug)]
struct Current<T> {
    value: T,
    version: u64,
}

impl<T> Watched<T> {
    pub(super) fn new(value: T) -> Self {
        Self { current: Mutex::new(Current { value, version: 0 }), changed: Notify::new() }
    }

    /// How often the value has changed.
    pub(super) fn version(&self) -> u64 {
        self.current().version
    }

    pub(super) fn read<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        read(&self.current().value)
    }

    /// Reads the value and how often it has changed until then.
    pub(super) fn read_version<R>(&self, read: impl FnOnce(&T) -> R) -> (R, u64) {
        let current = self.current();
        (read(&current.value), current.version)
    }

    /// Changes the value, and wakes all who wait.
    pub(super) fn change<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        let mut current = self.current();
        let result = change(&mut current.value);
        current.version += 1;
        drop(current);
        self.changed.notify_waiters();
        result
    }

    /// Changes what nobody waits for.
    pub(super) fn change_quietly<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        change(&mut self.current().value)
    }

    /// Waits until the value has changed since it had this version. Cancel-safe.
    pub(super) async fn changed(&self, version: u64) {
        loop {
            // It hears of every change from here on, so that none is missed between the look and the wait.
            let changed = self.changed.notified();
            if self.version() != version {
                return;
            }
            changed.await;
        }
    }

    fn current(&self) -> MutexGuard<'_, Current<T>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test]
    async fn all_who_wait_learn_of_a_change() {
        let watched = Arc::new(Watched::new(1));
        let waiting = [(); 3].map(|()| {
            let (watched, version) = (Arc::clone(&watched), watched.version());
            tokio::spawn(async move {
                watched.changed(version).await;
                watched.read(|value| *value)
            })
        });
        tokio::task::yield_now().await;
        watched.change(|value| *value = 2);
        for waiting in waiting {
            assert_eq!(waiting.await.expect("it does not panic"), 2);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_change_that_has_been_is_not_waited_for() {
        let watched = Watched::new(1);
        let version = watched.version();
        watched.change(|value| *value = 2);
        watched.changed(version).await;
        let (value, version) = watched.read_version(|value| *value);
        assert_eq!(value, 2);
        watched.change_quietly(|value| *value = 3);
        let waiting = tokio::time::timeout(std::time::Duration::from_secs(1), watched.changed(version));
        waiting.await.expect_err("nothing that anybody waits for has changed");
    }
}
