//! Operations and workers, and the orders in which they are looked for.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;
use std::sync::Arc;

use super::entry::Entry;
use super::groups::Groups;
use super::held::Held;
use super::keys::Keys;
use super::queue::Queue;
use super::times::Times;
use crate::{
    Change, Claim, Cursor, ExclusiveKey, ListQuery, NewOperation, OperationName, Owner, Payload, Record,
    RequestKey, StateKind, Stop, Timestamp, View, Worker, WorkerId,
};

/// The operations, with indices that [`insert`](Self::insert), [`replace`](Self::replace) and
/// [`remove`](Self::remove) alone keep in step.
#[derive(Debug)]
pub(super) struct Table {
    capacity: usize,
    /// What the operations take.
    bytes: usize,
    entries: HashMap<OperationName, Box<Entry>>,
    by_age: BTreeSet<Cursor>,
    /// Those that are not done.
    unfinished: BTreeSet<Cursor>,
    by_parent: Groups,
    /// Without those that belong to nobody.
    by_owner: Groups,
    by_request: HashMap<RequestKey, OperationName>,
    keys: Keys,
    queue: Queue,
    times: Times,
    held: Held,
    workers: BTreeMap<WorkerId, Worker>,
    /// The moment of the step that is being made.
    now: Timestamp,
    hints: Vec<Change>,
}

impl Table {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            bytes: 0,
            entries: HashMap::new(),
            by_age: BTreeSet::new(),
            unfinished: BTreeSet::new(),
            by_parent: Groups::default(),
            by_owner: Groups::default(),
            by_request: HashMap::new(),
            keys: Keys::default(),
            queue: Queue::default(),
            times: Times::default(),
            held: Held::default(),
            workers: BTreeMap::new(),
            now: Timestamp::MIN,
            hints: Vec::new(),
        }
    }

    /// Begins a step, all of which happens at one moment.
    pub(super) fn begin(&mut self, now: Timestamp) {
        self.now = now;
    }

    /// An operation, even if its retention is over.
    pub(super) fn get(&self, name: &OperationName) -> Option<&Entry> {
        self.entries.get(name).map(|entry| &**entry)
    }

    /// An operation whose retention is not over.
    pub(super) fn live(&self, name: &OperationName, now: Timestamp) -> Option<&Entry> {
        self.get(name).filter(|entry| !entry.view.is_expired(now))
    }

    /// The operation that a request has started, if its retention is not over.
    pub(super) fn live_by_request(&self, request: &RequestKey, now: Timestamp) -> Option<&Entry> {
        self.live(self.by_request.get(request)?, now)
    }

    /// Removes what is in the way of a new operation, though its retention is over.
    pub(super) fn make_way(&mut self, operation: &NewOperation, now: Timestamp) {
        let request = operation.request_key().and_then(|key| self.by_request.get(&key).cloned());
        for name in request.iter().chain([operation.name()]) {
            if self.get(name).is_some_and(|entry| entry.view.is_expired(now)) {
                self.remove(name);
            }
        }
    }

    /// Adds a new operation.
    pub(super) fn insert(&mut self, record: Record) {
        let Record { view, request, checkpoint } = record;
        let place = Cursor::from(&view);
        self.by_parent.insert(view.name().parent(), place.clone());
        if *view.owner() != Owner::none() {
            self.by_owner.insert(view.owner().as_str(), place.clone());
        }
        self.by_age.insert(place);
        if let Some(request) = view.request_key() {
            self.by_request.insert(request, view.name().clone());
        }
        let entry = Entry { view: view.clone(), request, checkpoint };
        self.bytes += entry.size();
        self.entries.insert(view.name().clone(), Box::new(entry));
        self.index(None, Some(&view));
    }

    /// Replaces the view of an operation, and its checkpoint if there is another one.
    pub(super) fn replace(&mut self, view: &View, checkpoint: Option<Payload>) {
        let Some(entry) = self.entries.get_mut(view.name()) else { return };
        self.bytes -= entry.size();
        let before = std::mem::replace(&mut entry.view, view.clone());
        if checkpoint.is_some() {
            entry.checkpoint = checkpoint;
        }
        self.bytes += entry.size();
        self.hint_of_change(&before, view);
        self.index(Some(&before), Some(view));
        if self.bytes > self.capacity {
            self.make_room(0);
        }
    }

    pub(super) fn remove(&mut self, name: &OperationName) {
        let Some(entry) = self.entries.remove(name) else { return };
        self.bytes -= entry.size();
        self.index(Some(&entry.view), None);
        let place = Cursor::from(&entry.view);
        self.by_age.remove(&place);
        if *entry.view.owner() != Owner::none() {
            self.by_owner.remove(entry.view.owner().as_str(), place.clone());
        }
        self.by_parent.remove(name.parent(), place);
        if let Some(request) = entry.view.request_key() {
            self.by_request.remove(&request);
        }
    }

    pub(super) fn capacity(&self) -> usize {
        self.capacity
    }

    /// Forgets operations that are done until this many bytes more fit; whether they do.
    pub(super) fn make_room(&mut self, bytes: usize) -> bool {
        while self.bytes + bytes > self.capacity
            && let Some(name) = self.times.first_to_expire().cloned()
        {
            self.remove(&name);
            self.hint(Change::Deleted(name));
        }
        self.bytes + bytes <= self.capacity
    }

    pub(super) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Where a list begins that has nothing from a time on and nothing before a place. Some of that very time may be behind it.
    fn place_before(&self, until: Option<Timestamp>, after: Option<&Cursor>) -> Option<Cursor> {
        let any = self.by_age.last().filter(|newest| until.is_some_and(|until| newest.create_time >= until));
        let of_time = any.zip(until).map(|(any, until)| Cursor { create_time: until, ..any.clone() });
        match (of_time, after) {
            (Some(of_time), Some(after)) => Some(of_time.min(after.clone())),
            (of_time, after) => of_time.or_else(|| after.cloned()),
        }
    }

    /// Operations among which are all that a query selects, after its place, newest first. Of an owner or of one parent
    /// there are no others.
    pub(super) fn newest_first<'a>(&'a self, query: &ListQuery) -> Box<dyn Iterator<Item = &'a View> + 'a> {
        let view = |place: &Cursor| self.get(&place.name).map(|entry| &entry.view);
        let begin = self.place_before(query.create_time.until, query.after.as_ref());
        let after = begin.as_ref();
        let owner = query.owner.as_ref().map(Owner::as_str).filter(|owner| !owner.is_empty());
        match (owner, query.parent.as_exact()) {
            (Some(owner), _) => Box::new(self.by_owner.newest_first(owner, after).filter_map(view)),
            _ if !query.states.is_empty() && !query.states.contains(&StateKind::Done) => {
                let before = begin.map_or(Bound::Unbounded, Bound::Excluded);
                Box::new(self.unfinished.range((Bound::Unbounded, before)).rev().filter_map(view))
            }
            (None, Some(parent)) => Box::new(self.by_parent.newest_first(parent, after).filter_map(view)),
            (None, None) => {
                let before = begin.map_or(Bound::Unbounded, Bound::Excluded);
                Box::new(self.by_age.range((Bound::Unbounded, before)).rev().filter_map(view))
            }
        }
    }

    /// Makes claimable whose time has come.
    pub(super) fn promote(&mut self, now: Timestamp) {
        for name in self.queue.take_due(now) {
            if let Some(entry) = self.entries.get(&name) {
                self.queue.make_ready(&entry.view);
            }
        }
    }

    /// What a claim gets, running.
    pub(super) fn claimable(&self, claim: &Claim, now: Timestamp) -> Vec<View> {
        self.queue.claimable(claim, |name| self.get(name)?.view.claim(&claim.worker, now).ok())
    }

    /// The operations past their deadline that nobody has asked to stop.
    pub(super) fn past_deadline(&self, now: Timestamp, limit: usize) -> Vec<OperationName> {
        self.times.past_deadline(now).take(limit).collect()
    }

    /// The operations whose retention is over.
    pub(super) fn outdated(&self, now: Timestamp, limit: usize) -> Vec<OperationName> {
        self.times.outdated(now).take(limit).collect()
    }

    pub(super) fn worker(&self, id: &WorkerId) -> Option<&Worker> {
        self.workers.get(id)
    }

    pub(super) fn put_worker(&mut self, id: &WorkerId, worker: Worker) {
        self.workers.insert(id.clone(), worker);
    }

    pub(super) fn workers_that_are_over(&self, now: Timestamp) -> Vec<WorkerId> {
        self.workers.iter().filter(|(_, worker)| worker.is_over(now)).map(|(id, _)| id.clone()).collect()
    }

    /// The workers that have operations and are not alive, in a fixed order.
    pub(super) fn holders_that_are_gone(&self) -> Vec<WorkerId> {
        let is_gone = |id: &&WorkerId| !self.worker(id).is_some_and(Worker::is_alive);
        self.held.workers().filter(is_gone).cloned().collect()
    }

    pub(super) fn forget_workers(&mut self, now: Timestamp) {
        self.workers.retain(|_, worker| !worker.is_forgettable(now));
    }

    /// What a worker has, by name after a name.
    pub(super) fn held(
        &self,
        worker: &WorkerId,
        after: Option<&OperationName>,
    ) -> impl Iterator<Item = &View> {
        self.held.by(worker, after).filter_map(|name| self.get(name).map(|entry| &entry.view))
    }

    /// Which operations of a worker are asked to stop.
    pub(super) fn stops(&self, worker: &WorkerId) -> Vec<Stop> {
        let stop = |name: &OperationName| {
            let view = &self.get(name)?.view;
            Some(Stop::new(name.clone(), view.last_attempt()?, view.stop()?.clone()))
        };
        self.held.stopping(worker).filter_map(stop).collect()
    }

    /// Takes back at most `limit` operations from a worker; how they now are.
    pub(super) fn reclaim(&mut self, worker: &WorkerId, limit: usize, now: Timestamp) -> Vec<View> {
        let taken: Vec<View> =
            self.held(worker, None).take(limit).filter_map(|view| view.reclaim(worker, now).ok()).collect();
        for view in &taken {
            self.replace(view, None);
        }
        taken
    }

    pub(super) fn hint(&mut self, change: Change) {
        self.hints.push(change);
    }

    pub(super) fn take_hints(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.hints)
    }

    fn hint_of_change(&mut self, before: &View, after: &View) {
        if after.is_done() && !before.is_done() {
            self.hint(Change::Done(after.name().clone()));
        } else if let Some(stop) = after.stop().filter(|_| before.stop().is_none()) {
            self.hint(Change::StopRequested(after.name().clone(), stop.clone()));
        }
    }

    /// Notes where an operation is looked for, as it was and as it now is.
    fn index(&mut self, before: Option<&View>, after: Option<&View>) {
        self.times.change(before, after);
        let is_unfinished = |view: Option<&View>| view.is_some_and(|view| !view.is_done());
        match (is_unfinished(before), is_unfinished(after), after.or(before)) {
            (false, true, Some(view)) => drop(self.unfinished.insert(Cursor::from(view))),
            (true, false, Some(view)) => drop(self.unfinished.remove(&Cursor::from(view))),
            _ => {}
        }
        self.held.change(before, after);
        if let Some(before) = before {
            self.keys.remove(before);
            self.queue.remove(before);
        }
        if let Some(after) = after {
            self.keys.add(after);
            if after.kind() == StateKind::Queued && after.exclusive().is_none() {
                self.offer(after);
            }
        }
        self.settle_key(before.or(after).and_then(View::exclusive));
    }

    /// Sees to it that of the operations with a key, the holder alone can be found by a claim.
    fn settle_key(&mut self, key: Option<&ExclusiveKey>) {
        let Some(key) = key else { return };
        let Some((before, after)) = self.keys.offer_holder(key, |name| {
            self.entries.get(name).is_some_and(|entry| entry.view.kind() == StateKind::Queued)
        }) else {
            return;
        };
        if let Some(entry) = before.and_then(|name| self.entries.get(&name)) {
            self.queue.remove(&entry.view);
        }
        if let Some(view) = after.and_then(|name| self.get(&name).map(|entry| entry.view.clone())) {
            self.offer(&view);
        }
    }

    /// Puts an operation into the queue that a claim may find.
    fn offer(&mut self, view: &View) {
        if self.queue.add(view, self.now) {
            self.hint(Change::Claimable(Arc::clone(view.method())));
        }
    }
}
