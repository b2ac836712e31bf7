//! Those who wait for operations to change.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use lro_store::{OperationName, View};
use tokio::sync::{Notify, watch};

use super::lock::lock;
use crate::server::telemetry::metrics::{self, Waiting};

/// What is known of an operation that somebody waits for.
#[derive(Debug, Clone, Default)]
pub(in crate::server) enum Seen {
    /// Nothing yet.
    #[default]
    Nothing,
    /// Its state.
    View(View),
    /// It is forgotten.
    Gone,
}

/// What somebody waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Interest {
    /// The end.
    End,
    /// Every change.
    Changes,
}

type Sender = Arc<watch::Sender<Seen>>;

/// So many locks, so that those who wait for different operations rarely meet.
const SHARDS: usize = 16;

/// Those who wait, by operation. One that waits costs an entry here and nothing else.
#[derive(Debug, Default)]
pub(in crate::server) struct Waiters {
    shards: [Mutex<Entries>; SHARDS],
    /// There are operations to read.
    unread: Notify,
}

#[derive(Debug, Default)]
struct Entries {
    by_name: BTreeMap<OperationName, Entry>,
    /// Those of them that may have changed and have to be read.
    unread: BTreeSet<OperationName>,
}

#[derive(Debug)]
struct Entry {
    sender: Sender,
    waiters: usize,
    /// How many of the waiters want to see every change.
    watchers: usize,
}

impl Waiters {
    /// Begins to wait. What happens before this call is not told; read the operation after it.
    pub(in crate::server) fn wait_for(self: &Arc<Self>, name: &OperationName, interest: Interest) -> Waiter {
        let mut entries = lock(self.shard(name));
        let new = || Entry { sender: Sender::default(), waiters: 0, watchers: 0 };
        let entry = entries.by_name.entry(name.clone()).or_insert_with(new);
        entry.waiters += 1;
        entry.watchers += usize::from(interest == Interest::Changes);
        let receiver = entry.sender.subscribe();
        Waiter {
            waiters: Arc::clone(self),
            name: name.clone(),
            sender: Arc::clone(&entry.sender),
            receiver,
            interest,
            _waiting: metrics::waiting(interest == Interest::Changes),
        }
    }

    /// How many wait.
    pub(in crate::server) fn len(&self) -> usize {
        let count = |entries: &Mutex<Entries>| {
            lock(entries).by_name.values().map(|entry| entry.waiters).sum::<usize>()
        };
        self.shards.iter().map(count).sum()
    }

    /// Notes that an operation may be over, in case somebody waits for it.
    pub(in crate::server) fn mark(&self, name: &OperationName) {
        self.mark_if(name, |_| true);
    }

    /// Tells those who want to see every change of an operation how it stands.
    pub(in crate::server) fn tell_watchers(&self, name: &OperationName, view: impl FnOnce() -> Option<View>) {
        let is_watched = lock(self.shard(name)).by_name.get(name).is_some_and(|entry| entry.watchers > 0);
        if let Some(view) = is_watched.then(view).flatten() {
            self.tell(name, Some(view));
        }
    }

    /// Notes that an operation may have changed, in case somebody wants to see every change.
    pub(in crate::server) fn mark_change(&self, name: &OperationName) {
        self.mark_if(name, |entry| entry.watchers > 0);
    }

    /// Notes that any operation may have changed.
    pub(in crate::server) fn mark_all(&self) {
        for shard in &self.shards {
            let mut entries = lock(shard);
            entries.unread = entries.by_name.keys().cloned().collect();
        }
        self.unread.notify_one();
    }

    /// Returns when there may be operations to read. Cancel-safe.
    pub(in crate::server) async fn marked(&self) {
        self.unread.notified().await;
    }

    /// Takes the marks of at most `limit` operations away, for the caller to read them.
    pub(in crate::server) fn take_marked(&self, limit: usize) -> Vec<OperationName> {
        let mut names = Vec::new();
        for shard in &self.shards {
            let mut entries = lock(shard);
            let some: Vec<_> = entries.unread.iter().take(limit - names.len()).cloned().collect();
            for name in some {
                entries.unread.remove(&name);
                names.push(name);
            }
        }
        names
    }

    /// Tells all who wait for an operation how it stands.
    pub(in crate::server) fn tell(&self, name: &OperationName, view: Option<View>) {
        let is_over = view.as_ref().is_none_or(View::is_done);
        let sender = {
            let mut entries = lock(self.shard(name));
            if is_over {
                entries.unread.remove(name);
                entries.by_name.remove(name).map(|entry| entry.sender)
            } else {
                entries.by_name.get(name).map(|entry| Arc::clone(&entry.sender))
            }
        };
        // Whoever waits is woken when the lock is free again.
        let Some(sender) = sender else { return };
        sender.send_if_modified(|seen| {
            let is_news = match (&*seen, &view) {
                // What one has read may come after what another one has written.
                (Seen::View(known), Some(view)) => {
                    known != view && (is_over || known.update_time() <= view.update_time())
                }
                _ => true,
            };
            if is_news {
                *seen = view.map_or(Seen::Gone, Seen::View);
            }
            is_news
        });
    }

    fn mark_if(&self, name: &OperationName, condition: impl FnOnce(&Entry) -> bool) {
        let mut entries = lock(self.shard(name));
        if entries.by_name.get(name).is_some_and(condition) {
            entries.unread.insert(name.clone());
            drop(entries);
            self.unread.notify_one();
        }
    }

    fn shard(&self, name: &OperationName) -> &Mutex<Entries> {
        // The last digit of a random id, which is as good as a hash for keeping those who wait apart.
        let digit = name.as_str().bytes().next_back().unwrap_or_default();
        &self.shards[usize::from(digit) % SHARDS]
    }
}

/// One who waits for one operation. Dropping it ends the wait.
#[derive(Debug)]
pub(in crate::server) struct Waiter {
    waiters: Arc<Waiters>,
    name: OperationName,
    sender: Sender,
    receiver: watch::Receiver<Seen>,
    interest: Interest,
    _waiting: Waiting,
}

impl Waiter {
    /// The last that was told.
    pub(in crate::server) fn seen(&self) -> Seen {
        self.receiver.borrow().clone()
    }

    /// How the operation ended, once it has; `None` if it is forgotten. Cancel-safe.
    pub(in crate::server) async fn ended(&mut self) -> Option<View> {
        let is_over = |seen: &Seen| match seen {
            Seen::Nothing => false,
            Seen::View(view) => view.is_done(),
            Seen::Gone => true,
        };
        // The sender lives as long as this waiter, so there is always a value to come.
        match self.receiver.wait_for(is_over).await.as_deref() {
            Ok(Seen::View(view)) => Some(view.clone()),
            _ => None,
        }
    }

    /// What is told next. Cancel-safe.
    pub(in crate::server) async fn changed(&mut self) -> Seen {
        // As above.
        let _ = self.receiver.changed().await;
        self.receiver.borrow_and_update().clone()
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let mut entries = lock(self.waiters.shard(&self.name));
        // The entry of what is over is gone, and may have been followed by another one of the same name.
        let Some(entry) = entries.by_name.get_mut(&self.name) else { return };
        if !Arc::ptr_eq(&entry.sender, &self.sender) {
            return;
        }
        entry.waiters -= 1;
        entry.watchers -= usize::from(self.interest == Interest::Changes);
        if entry.waiters == 0 {
            entries.unread.remove(&self.name);
            entries.by_name.remove(&self.name);
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

    #[tokio::test]
    async fn waiters_leave_nothing_behind() {
        let waiters = Arc::new(Waiters::default());
        let name = name(1);
        let (one, mut two) =
            (waiters.wait_for(&name, Interest::End), waiters.wait_for(&name, Interest::Changes));
        drop(one);
        assert_eq!(waiters.len(), 1);
        waiters.tell(&name, None);
        assert_eq!(waiters.len(), 0);
        let three = waiters.wait_for(&name, Interest::End);
        assert_eq!(two.ended().await, None);
        drop(two);
        assert_eq!(waiters.len(), 1, "the end of an old waiter does not end a new one");
        waiters.mark_all();
        drop(three);
        assert_eq!((waiters.len(), waiters.take_marked(9)), (0, vec![]));
    }

    #[test]
    fn waiters_that_end_at_one_moment_leave_nothing_behind() {
        let (waiters, together) = (Arc::new(Waiters::default()), Barrier::new(2));
        let wait_often = || {
            for id in 0..5_000 {
                let waiter = waiters.wait_for(&name(id), Interest::End);
                together.wait();
                drop(waiter);
            }
        };
        std::thread::scope(|scope| {
            scope.spawn(wait_often);
            scope.spawn(wait_often);
        });
        assert_eq!(waiters.len(), 0);
    }

    #[test]
    fn only_what_somebody_waits_for_is_marked_and_in_parts() {
        let waiters = Arc::new(Waiters::default());
        let _waiting =
            [waiters.wait_for(&name(1), Interest::End), waiters.wait_for(&name(2), Interest::Changes)];
        (1..4).for_each(|id| waiters.mark(&name(id)));
        assert_eq!(waiters.take_marked(1).len(), 1);
        assert_eq!(waiters.take_marked(9).len(), 1);
        assert_eq!(waiters.take_marked(9), []);
        (1..4).for_each(|id| waiters.mark_change(&name(id)));
        assert_eq!(waiters.take_marked(9), [name(2)], "the other one waits for the end");
    }
}
