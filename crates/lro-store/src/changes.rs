//! Hints that something changed, so that nobody has to poll.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::Notify;

use crate::{OperationName, StopReason};

/// A hint of what happened.
///
/// Progress is not among them: it is by far the most frequent change, and who wants to see it looks at
/// intervals.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// There is work of this method for a worker.
    Claimable(Arc<str>),
    /// The work of this operation is asked to stop, for this reason.
    StopRequested(OperationName, StopReason),
    /// This operation is over.
    Done(OperationName),
    /// This operation is forgotten.
    Deleted(OperationName),
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
        let changes = Changes { reader: Arc::default(), keep: None };
        self.attach(&changes);
        changes
    }

    /// Makes a reader of another hub one of this hub too; for stores whose hints have two sources, such as
    /// wrappers of other stores. The end of one of the hubs is the end for the reader.
    pub fn attach(&self, changes: &Changes) {
        let mut readers = lock(&self.0.0);
        readers.retain(|reader| reader.strong_count() > 0);
        readers.push(Arc::downgrade(&changes.reader));
    }

    /// Tells all readers of one change. Call it after the change is durable, or readers look too early.
    pub fn publish(&self, change: &Change) {
        self.0.for_each(|reader| reader.push(change));
    }

    /// Tells all readers that hints may be missing, such as after a lost connection.
    pub fn resync(&self) {
        self.publish(&Change::Resync);
    }
}

/// The receiving side: a stream of hints. Of several about one operation that wait to be read, the last step of
/// its way is kept; several about work of one method are one.
pub struct Changes {
    reader: Arc<Reader>,
    keep: Option<Keep>,
}

type Keep = Box<dyn Fn(&Change) -> bool + Send + Sync>;

impl Changes {
    /// The same hints without those that `keep` refuses when they are about to be read; for wrappers of stores.
    #[must_use]
    pub fn filter(self, keep: impl Fn(&Change) -> bool + Send + Sync + 'static) -> Self {
        let keep: Keep = match self.keep {
            Some(before) => Box::new(move |change| before(change) && keep(change)),
            None => Box::new(keep),
        };
        Self { reader: self.reader, keep: Some(keep) }
    }

    /// The next hint; `None` when the store is gone.
    ///
    /// Cancel-safe: a hint is taken only when it is returned.
    pub async fn recv(&mut self) -> Option<Change> {
        loop {
            // A permit that arrives between the look and the wait is kept by `Notify`.
            match self.next() {
                Next::Event(event) => return Some(event),
                Next::Closed => return None,
                Next::Nothing => {}
            }
            self.reader.wake.notified().await;
        }
    }

    /// The next hint if there is one already; for readers that act on several at once.
    pub fn try_recv(&mut self) -> Option<Change> {
        match self.next() {
            Next::Event(event) => Some(event),
            Next::Nothing | Next::Closed => None,
        }
    }

    /// Takes hints up to one that is kept.
    fn next(&self) -> Next {
        loop {
            let next = lock(&self.reader.pending).take();
            match (&next, &self.keep) {
                (Next::Event(change), Some(keep)) if !keep(change) => {}
                _ => return next,
            }
        }
    }
}

impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes").finish_non_exhaustive()
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
    fn push(&self, change: &Change) {
        lock(&self.pending).push(change);
        self.wake.notify_one();
    }
}

#[derive(Debug, Default)]
struct Pending {
    claimable: BTreeSet<Arc<str>>,
    order: VecDeque<OperationName>,
    steps: BTreeMap<OperationName, Step>,
    resync: bool,
    closed: bool,
}

/// How far an operation has come. Each step makes the ones before it uninteresting.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    StopRequested(StopReason),
    Done,
    Deleted,
}

enum Next {
    Event(Change),
    Nothing,
    Closed,
}

impl Pending {
    fn push(&mut self, change: &Change) {
        if self.resync {
            // The reader is going to look at everything anyway, and after this change.
            return;
        }
        let (name, step) = match change {
            Change::Claimable(method) => {
                if !self.claimable.contains(method) {
                    self.claimable.insert(Arc::clone(method));
                }
                return;
            }
            Change::StopRequested(name, reason) => (name, Step::StopRequested(reason.clone())),
            Change::Done(name) => (name, Step::Done),
            Change::Deleted(name) => (name, Step::Deleted),
            Change::Resync => return self.overflow(),
        };
        if let Some(known) = self.steps.get_mut(name) {
            if *known < step {
                *known = step;
            }
            return;
        }
        if self.order.len() == ChangeHub::CAPACITY {
            return self.overflow();
        }
        self.order.push_back(name.clone());
        self.steps.insert(name.clone(), step);
    }

    fn overflow(&mut self) {
        self.claimable.clear();
        self.order.clear();
        self.steps.clear();
        self.resync = true;
    }

    fn take(&mut self) -> Next {
        if std::mem::take(&mut self.resync) {
            return Next::Event(Change::Resync);
        }
        if let Some(method) = self.claimable.pop_first() {
            return Next::Event(Change::Claimable(method));
        }
        match self.order.pop_front().and_then(|name| self.steps.remove_entry(&name)) {
            Some((name, Step::StopRequested(reason))) => Next::Event(Change::StopRequested(name, reason)),
            Some((name, Step::Done)) => Next::Event(Change::Done(name)),
            Some((name, Step::Deleted)) => Next::Event(Change::Deleted(name)),
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

    #[test]
    fn readers_that_are_gone_are_forgotten() {
        let hub = ChangeHub::default();
        let kept = hub.subscribe();
        for _ in 0..9 {
            drop(hub.subscribe());
        }
        hub.attach(&kept);
        assert_eq!(lock(&hub.0.0).len(), 2);
    }

    #[tokio::test]
    async fn hints_of_one_operation_are_one_and_keep_their_place() {
        let hub = ChangeHub::default();
        let mut changes = hub.subscribe();
        hub.publish(&Change::Done(name(1)));
        hub.publish(&Change::StopRequested(name(2), StopReason::Cancelled));
        hub.publish(&Change::StopRequested(name(1), StopReason::Cancelled));
        assert_eq!(changes.recv().await, Some(Change::Done(name(1))));
        assert_eq!(changes.recv().await, Some(Change::StopRequested(name(2), StopReason::Cancelled)));
        assert_eq!(changes.try_recv(), None);
        hub.publish(&Change::Deleted(name(1)));
        assert_eq!(changes.try_recv(), Some(Change::Deleted(name(1))));
    }

    #[tokio::test]
    async fn hints_of_work_are_one_for_each_method() {
        let hub = ChangeHub::default();
        let mut changes = hub.subscribe();
        for method in ["/b", "/a", "/b"] {
            hub.publish(&Change::Claimable(method.into()));
        }
        assert_eq!(changes.try_recv(), Some(Change::Claimable("/a".into())));
        assert_eq!(changes.try_recv(), Some(Change::Claimable("/b".into())));
        assert_eq!(changes.try_recv(), None);
    }

    #[tokio::test]
    async fn a_slow_reader_is_told_to_resync_and_then_goes_on() {
        let hub = ChangeHub::default();
        let mut changes = hub.subscribe();
        for id in 0..=ChangeHub::CAPACITY {
            hub.publish(&Change::Deleted(name(id)));
        }
        assert_eq!(changes.recv().await, Some(Change::Resync));
        hub.publish(&Change::Done(name(7)));
        assert_eq!(changes.recv().await, Some(Change::Done(name(7))));
    }

    #[tokio::test]
    async fn a_waiting_reader_wakes_and_the_end_of_the_store_is_the_end() {
        let hub = ChangeHub::default();
        let mut changes = hub.subscribe();
        let reader =
            tokio::spawn(async move { (changes.recv().await, changes.recv().await, changes.recv().await) });
        tokio::task::yield_now().await;
        hub.publish(&Change::Done(name(1)));
        tokio::task::yield_now().await;
        hub.resync();
        drop(hub);
        assert_eq!(reader.await.unwrap(), (Some(Change::Done(name(1))), Some(Change::Resync), None));
    }

    #[tokio::test]
    async fn a_filtered_reader_never_sees_what_is_refused_and_may_have_two_sources() {
        let (hub, second) = (ChangeHub::default(), ChangeHub::default());
        let mut changes = hub
            .subscribe()
            .filter(|change| !matches!(change, Change::Deleted(_)))
            .filter(|change| *change != Change::Done(name(1)));
        second.attach(&changes);
        for id in [1, 2] {
            hub.publish(&Change::Deleted(name(id + 10)));
            hub.publish(&Change::Done(name(id)));
        }
        assert_eq!(changes.try_recv(), Some(Change::Done(name(2))));
        assert_eq!(changes.try_recv(), None);
        second.publish(&Change::Deleted(name(3)));
        second.resync();
        assert_eq!(changes.recv().await, Some(Change::Resync));
        drop(second);
        assert_eq!(changes.recv().await, None);
    }
}
