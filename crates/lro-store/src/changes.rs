//! Hints that something changed, so that nobody has to poll.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::Notify;

use crate::OperationName;

/// What happened to an operation. Each kind makes the ones before it uninteresting: of several that
/// wait to be read, the last kind is kept.
///
/// Progress is not among them: nobody waits for it, and it is by far the most frequent change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// It waits for a worker.
    Claimable,
    /// Its worker is asked to stop.
    CancelRequested,
    /// It is over.
    Done,
    /// It is forgotten.
    Deleted,
}

/// A hint that an operation changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which one.
    pub name: OperationName,
    /// What happened.
    pub kind: ChangeKind,
}

/// What a reader of changes gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeEvent {
    /// One operation changed.
    Changed(Change),
    /// Hints were lost, by a reader that was too slow or a connection that broke: look at everything of
    /// interest again.
    Resync,
}

/// The sending side: a store holds one and publishes what it has committed.
///
/// Clones share their readers. Publishing never waits and never fails.
#[derive(Debug, Clone, Default)]
pub struct ChangeHub(Arc<Readers>);

impl ChangeHub {
    /// How many operations a reader can be behind before it is told to resync.
    pub const CAPACITY: usize = 16_384;

    /// A reader of everything that is published from now on.
    pub fn subscribe(&self) -> Changes {
        let reader = Arc::new(Reader::default());
        let mut readers = lock(&self.0.0);
        readers.retain(|reader| reader.strong_count() > 0);
        readers.push(Arc::downgrade(&reader));
        Changes(reader)
    }

    /// Tells all readers of one change. Call it after the change is durable, or readers look too early.
    pub fn publish(&self, name: &OperationName, kind: ChangeKind) {
        self.0.for_each(|reader| reader.push(name, kind));
    }

    /// Tells all readers that hints may be missing, such as after a lost connection.
    pub fn resync(&self) {
        self.0.for_each(Reader::overflow);
    }
}

/// The receiving side: a stream of hints in which several of one operation are one.
#[derive(Debug)]
pub struct Changes(Arc<Reader>);

impl Changes {
    /// The next hint; `None` when the store is gone.
    ///
    /// Cancel-safe: a hint is taken only when it is returned.
    pub async fn recv(&mut self) -> Option<ChangeEvent> {
        loop {
            // A permit that arrives between the look and the wait is kept by `Notify`.
            match lock(&self.0.pending).take() {
                Next::Event(event) => return Some(event),
                Next::Closed => return None,
                Next::Nothing => {}
            }
            self.0.wake.notified().await;
        }
    }

    /// The next hint if there is one already; for readers that act on several at once.
    pub fn try_recv(&mut self) -> Option<ChangeEvent> {
        match lock(&self.0.pending).take() {
            Next::Event(event) => Some(event),
            Next::Nothing | Next::Closed => None,
        }
    }
}

#[derive(Debug, Default)]
struct Readers(Mutex<Vec<Weak<Reader>>>);

impl Readers {
    fn for_each(&self, act: impl Fn(&Reader)) {
        lock(&self.0).iter().filter_map(Weak::upgrade).for_each(|reader| act(&reader));
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.for_each(|reader| {
            lock(&reader.pending).closed = true;
            reader.wake.notify_one();
        });
    }
}

#[derive(Debug, Default)]
struct Reader {
    pending: Mutex<Pending>,
    wake: Notify,
}

impl Reader {
    fn push(&self, name: &OperationName, kind: ChangeKind) {
        lock(&self.pending).push(name, kind);
        self.wake.notify_one();
    }

    fn overflow(&self) {
        lock(&self.pending).overflow();
        self.wake.notify_one();
    }
}

#[derive(Debug, Default)]
struct Pending {
    order: VecDeque<OperationName>,
    kinds: HashMap<OperationName, ChangeKind>,
    resync: bool,
    closed: bool,
}

enum Next {
    Event(ChangeEvent),
    Nothing,
    Closed,
}

impl Pending {
    fn push(&mut self, name: &OperationName, kind: ChangeKind) {
        if self.resync {
            // The reader is going to look at everything anyway, and after this change.
            return;
        }
        if let Some(known) = self.kinds.get_mut(name) {
            *known = kind.max(*known);
            return;
        }
        if self.order.len() == ChangeHub::CAPACITY {
            self.overflow();
            return;
        }
        self.order.push_back(name.clone());
        self.kinds.insert(name.clone(), kind);
    }

    fn overflow(&mut self) {
        self.order.clear();
        self.kinds.clear();
        self.resync = true;
    }

    fn take(&mut self) -> Next {
        if std::mem::take(&mut self.resync) {
            return Next::Event(ChangeEvent::Resync);
        }
        match self.order.pop_front().and_then(|name| self.kinds.remove_entry(&name)) {
            Some((name, kind)) => Next::Event(ChangeEvent::Changed(Change { name, kind })),
            None if self.closed => Next::Closed,
            None => Next::Nothing,
        }
    }
}

/// Nothing panics while one of these locks is held, so a poisoned one still guards sound data.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(id: usize) -> OperationName {
        OperationName::parse(&format!("operations/{id}")).unwrap()
    }

    fn changed(id: usize, kind: ChangeKind) -> ChangeEvent {
        ChangeEvent::Changed(Change { name: name(id), kind })
    }

    #[tokio::test]
    async fn hints_of_one_operation_are_one_and_keep_their_place() {
        let hub = ChangeHub::default();
        let mut changes = hub.subscribe();
        hub.publish(&name(1), ChangeKind::Done);
        hub.publish(&name(2), ChangeKind::Claimable);
        hub.publish(&name(1), ChangeKind::Claimable);
        assert_eq!(changes.recv().await, Some(changed(1, ChangeKind::Done)));
        assert_eq!(changes.recv().await, Some(changed(2, ChangeKind::Claimable)));
        assert_eq!(changes.try_recv(), None);
        hub.publish(&name(1), ChangeKind::Deleted);
        assert_eq!(changes.try_recv(), Some(changed(1, ChangeKind::Deleted)));
    }

    #[tokio::test]
    async fn a_slow_reader_is_told_to_resync_and_then_goes_on() {
        let hub = ChangeHub::default();
        let mut changes = hub.subscribe();
        for id in 0..=ChangeHub::CAPACITY {
            hub.publish(&name(id), ChangeKind::Claimable);
        }
        assert_eq!(changes.recv().await, Some(ChangeEvent::Resync));
        hub.publish(&name(7), ChangeKind::Done);
        assert_eq!(changes.recv().await, Some(changed(7, ChangeKind::Done)));
    }

    #[tokio::test]
    async fn a_waiting_reader_wakes_and_the_end_of_the_store_is_the_end() {
        let hub = ChangeHub::default();
        let mut changes = hub.subscribe();
        let reader =
            tokio::spawn(async move { (changes.recv().await, changes.recv().await, changes.recv().await) });
        tokio::task::yield_now().await;
        hub.publish(&name(1), ChangeKind::Done);
        tokio::task::yield_now().await;
        hub.resync();
        drop(hub);
        assert_eq!(
            reader.await.unwrap(),
            (Some(changed(1, ChangeKind::Done)), Some(ChangeEvent::Resync), None)
        );
    }
}
