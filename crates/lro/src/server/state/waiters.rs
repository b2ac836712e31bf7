//! Those who wait for operations to end.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lro_store::{OperationName, Record};
use tokio::sync::{Notify, watch};

/// The end that somebody waited for: the done record, or `None` if the operation is forgotten.
type Settled = Option<Arc<Record>>;

type Sender = Arc<watch::Sender<Option<Settled>>>;

/// Those who wait, by operation. One that waits costs an entry here and nothing else.
#[derive(Debug, Default)]
pub(super) struct Waiters {
    entries: Mutex<Entries>,
    /// There are operations to read.
    unread: Notify,
}

#[derive(Debug, Default)]
struct Entries {
    by_name: HashMap<OperationName, Entry>,
    /// Those of them that may be over and have to be read.
    unread: HashSet<OperationName>,
}

#[derive(Debug)]
struct Entry {
    sender: Sender,
    waiters: usize,
}

impl Entries {
    fn remove(&mut self, name: &OperationName) -> Option<Entry> {
        self.unread.remove(name);
        self.by_name.remove(name)
    }
}

impl Waiters {
    /// Begins to wait. What ends before this call is not told; read the operation after it.
    pub(super) fn wait_for(&self, name: &OperationName) -> Waiter<'_> {
        let mut entries = self.lock();
        let new = || Entry { sender: Arc::new(watch::Sender::new(None)), waiters: 0 };
        let entry = entries.by_name.entry(name.clone()).or_insert_with(new);
        entry.waiters += 1;
        Waiter { waiters: self, name: name.clone(), sender: Arc::clone(&entry.sender) }
    }

    /// Notes that these operations may be over, as far as somebody waits for them.
    pub(super) fn mark(&self, names: impl IntoIterator<Item = OperationName>) {
        let mut entries = self.lock();
        for name in names {
            if entries.by_name.contains_key(&name) {
                entries.unread.insert(name);
            }
        }
        if !entries.unread.is_empty() {
            self.unread.notify_one();
        }
    }

    /// Notes that any operation may be over.
    pub(super) fn mark_all(&self) {
        let mut entries = self.lock();
        entries.unread = entries.by_name.keys().cloned().collect();
        self.unread.notify_one();
    }

    /// Returns when there may be operations to read. Cancel-safe.
    pub(super) async fn marked(&self) {
        self.unread.notified().await;
    }

    /// Takes the marks of at most `limit` operations away, for the caller to read them.
    pub(super) fn take_marked(&self, limit: usize) -> Vec<OperationName> {
        let mut entries = self.lock();
        let names: Vec<_> = entries.unread.iter().take(limit).cloned().collect();
        for name in &names {
            entries.unread.remove(name);
        }
        names
    }

    /// Tells all who wait for an operation how it ended.
    pub(super) fn settle(&self, name: &OperationName, settled: Settled) {
        if let Some(entry) = self.lock().remove(name) {
            entry.sender.send_replace(Some(settled));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        // Nothing panics while this lock is held, so a poisoned one still guards sound data.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
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
        let mut entries = self.waiters.lock();
        // A settled entry is gone, and may have been followed by another one of the same name.
        let Some(entry) = entries.by_name.get_mut(&self.name) else { return };
        if !Arc::ptr_eq(&entry.sender, &self.sender) {
            return;
        }
        entry.waiters -= 1;
        if entry.waiters == 0 {
            entries.remove(&self.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use super::*;

    fn name(id: usize) -> OperationName {
        OperationName::parse(&format!("operations/{id}")).unwrap()
    }

    fn has(waiters: &Waiters, name: &OperationName) -> bool {
        waiters.lock().by_name.contains_key(name)
    }

    #[tokio::test]
    async fn waiters_leave_nothing_behind() {
        let waiters = Waiters::default();
        let name = name(1);
        let (one, two) = (waiters.wait_for(&name), waiters.wait_for(&name));
        drop(one);
        assert!(has(&waiters, &name));
        waiters.settle(&name, None);
        assert!(!has(&waiters, &name));
        let three = waiters.wait_for(&name);
        assert_eq!(two.settled().await, None);
        drop(two);
        assert!(has(&waiters, &name), "the end of an old waiter does not end a new one");
        waiters.mark_all();
        drop(three);
        assert!(!has(&waiters, &name));
        assert_eq!(waiters.take_marked(9), []);
    }

    #[test]
    fn waiters_that_end_at_one_moment_leave_nothing_behind() {
        let (waiters, together) = (Waiters::default(), Barrier::new(2));
        let wait_often = || {
            for id in 0..5_000 {
                let waiter = waiters.wait_for(&name(id));
                together.wait();
                drop(waiter);
            }
        };
        std::thread::scope(|scope| {
            scope.spawn(wait_often);
            scope.spawn(wait_often);
        });
        assert_eq!(waiters.lock().by_name.len(), 0);
    }

    #[test]
    fn only_what_somebody_waits_for_is_marked_and_in_parts() {
        let waiters = Waiters::default();
        let _waiting = [waiters.wait_for(&name(1)), waiters.wait_for(&name(2))];
        waiters.mark([name(1), name(2), name(3)]);
        assert_eq!(waiters.take_marked(1).len(), 1);
        assert_eq!(waiters.take_marked(9).len(), 1);
        assert_eq!(waiters.take_marked(9), []);
    }
}
