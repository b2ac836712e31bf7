//! Those who wait for operations to end.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lro_store::{OperationName, Record};
use tokio::sync::watch;

/// The end that somebody waited for: the done record, or `None` if the operation is forgotten.
type Settled = Option<Arc<Record>>;

type Sender = Arc<watch::Sender<Option<Settled>>>;

/// Those who wait, by operation. One that waits costs an entry here and nothing else.
#[derive(Debug, Default)]
pub(super) struct Waiters(Mutex<HashMap<OperationName, Sender>>);

impl Waiters {
    /// Begins to wait. What ends before this call is not told; read the operation after it.
    pub(super) fn wait_for(&self, name: &OperationName) -> Waiter<'_> {
        let mut waiters = self.lock();
        let sender = waiters.entry(name.clone()).or_insert_with(|| Arc::new(watch::Sender::new(None)));
        Waiter { waiters: self, name: name.clone(), sender: Arc::clone(sender) }
    }

    pub(super) fn has(&self, name: &OperationName) -> bool {
        self.lock().contains_key(name)
    }

    pub(super) fn names(&self) -> Vec<OperationName> {
        self.lock().keys().cloned().collect()
    }

    /// Tells all who wait for an operation how it ended.
    pub(super) fn settle(&self, name: &OperationName, settled: Settled) {
        if let Some(sender) = self.lock().remove(name) {
            sender.send_replace(Some(settled));
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<OperationName, Sender>> {
        // Nothing panics while this lock is held, so a poisoned one still guards sound data.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One who waits for one operation. Dropping it ends the wait.
#[derive(Debug)]
pub(super) struct Waiter<'a> {
    waiters: &'a Waiters,
    name: OperationName,
    sender: Sender,
}

impl Waiter<'_> {
    /// How the operation ended, once it has. Cancel-safe.
    pub(super) async fn settled(&self) -> Settled {
        let mut receiver = self.sender.subscribe();
        // The sender lives as long as this waiter, so there is always a value to come.
        receiver.wait_for(Option::is_some).await.ok().and_then(|settled| settled.clone().flatten())
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let mut waiters = self.waiters.lock();
        // Shared by the entry and this waiter alone: it is the last. A settled entry is gone, and may have
        // been followed by another one of the same name.
        let is_last = |sender: &Sender| Arc::ptr_eq(sender, &self.sender) && Arc::strong_count(sender) == 2;
        if waiters.get(&self.name).is_some_and(is_last) {
            waiters.remove(&self.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn waiters_leave_nothing_behind() {
        let waiters = Waiters::default();
        let name = OperationName::parse("operations/a").unwrap();
        let (one, two) = (waiters.wait_for(&name), waiters.wait_for(&name));
        drop(one);
        assert!(waiters.has(&name));
        waiters.settle(&name, None);
        assert!(!waiters.has(&name));
        let three = waiters.wait_for(&name);
        assert_eq!(two.settled().await, None);
        drop(two);
        assert!(waiters.has(&name), "the end of an old waiter does not end a new one");
        drop(three);
        assert_eq!(waiters.names(), []);
    }
}
