//! The store as it is specified: a map of records, a map of workers, and the pure functions.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::Duration;

use lro_store::{
    Claim, Created, Creation, Cursor, ExclusiveKey, Fence, Holder, KeepAlive, NewOperation, OnConflict,
    OperationName, Payload, Record, RequestKey, State, Stop, StopReason, Sweep, Timestamp, TransitionError,
    View, Worker, WorkerId, WriteResult, holder,
};

/// The store as it is specified. What is expired is not in it.
#[derive(Debug, Default)]
pub(super) struct Model {
    pub(super) records: BTreeMap<OperationName, Record>,
    pub(super) workers: BTreeMap<WorkerId, Worker>,
}

impl Model {
    pub(super) fn create(&mut self, new: NewOperation, now: Timestamp) -> Creation {
        if let Some(fault) = new.fault() {
            return Creation::Invalid(fault.to_owned());
        }
        if let Some(first) = new.request_key().and_then(|key| self.find(&key)) {
            return Creation::Repeated(Box::new(first.clone()));
        }
        if self.records.contains_key(new.name()) {
            return Creation::NameTaken;
        }
        let mut preempted = Vec::new();
        if let (Some(key), Some(on_conflict)) = (new.exclusive().cloned(), new.on_conflict()) {
            if let (OnConflict::Abort, Some(holder)) = (on_conflict, self.holder(&key)) {
                return Creation::KeyHeld(holder.name().clone());
            }
            if on_conflict == OnConflict::Preempt {
                let reason = StopReason::Preempted(new.name().clone());
                preempted =
                    self.unfinished(&key).map(|other| other.request_stop(reason.clone(), now)).collect();
                for after in &preempted {
                    self.put(after.clone());
                }
            }
        }
        let lives = new.claimed_by().is_some_and(|id| self.is_alive(id));
        let free = new.exclusive().is_none_or(|key| self.holder(key).is_none());
        let record = new.into_record(now, lives && free);
        let view = record.view.clone();
        self.records.insert(record.name().clone(), record);
        Creation::Created(Created::new(view, preempted))
    }

    pub(super) fn find(&self, request: &RequestKey) -> Option<&Record> {
        self.records.values().find(|record| record.view.request_key().as_ref() == Some(request))
    }

    pub(super) fn view(&self, name: &OperationName) -> Option<&View> {
        self.records.get(name).map(|record| &record.view)
    }

    pub(super) fn put(&mut self, view: View) {
        if let Some(record) = self.records.get_mut(view.name()) {
            record.view = view;
        }
    }

    /// All views, newest first.
    pub(super) fn newest_first(&self) -> Vec<View> {
        let mut views: Vec<View> = self.records.values().map(|record| record.view.clone()).collect();
        views.sort_by_key(|view| Reverse(Cursor::from(view)));
        views
    }

    pub(super) fn keep_alive(&mut self, id: &WorkerId, lease: Duration, now: Timestamp) -> KeepAlive {
        let worker = match self.workers.get(id) {
            Some(worker) => worker.keep_alive(lease, now),
            None => Worker::new(lease, now),
        };
        let alive = worker.is_alive();
        self.workers.insert(id.clone(), worker);
        let stop =
            |view: &View| Some(Stop::new(view.name().clone(), view.last_attempt()?, view.stop()?.clone()));
        let stops = self.held(id).filter_map(stop).collect();
        if alive { KeepAlive::alive(stops) } else { KeepAlive::gone(stops) }
    }

    /// The end of a worker; what it had, as it then is.
    pub(super) fn leave(&mut self, id: &WorkerId, now: Timestamp) -> Sweep {
        let worker = self.workers.get(id).cloned().unwrap_or_else(|| Worker::new(Duration::ZERO, now));
        self.workers.insert(id.clone(), worker.leave(now));
        let taken: Vec<View> =
            self.held(id).map(|view| view.reclaim(id, now).expect("the worker has it")).collect();
        for view in taken.clone() {
            self.put(view);
        }
        taken.into_iter().collect()
    }

    /// What a call to take back may take back, as it is then.
    pub(super) fn reclaimable(&mut self, by: &WorkerId, now: Timestamp) -> Vec<View> {
        if !self.workers.get(by).is_some_and(|worker| worker.may_reclaim(now)) {
            return Vec::new();
        }
        for worker in self.workers.values_mut().filter(|worker| worker.is_over(now)) {
            *worker = worker.leave(now);
        }
        let gone = |view: &View| match view.holder() {
            Some(Holder::Worker(id)) if !self.is_alive(id) => {
                Some(view.reclaim(id, now).expect("the worker has it"))
            }
            _ => None,
        };
        self.records.values().filter_map(|record| gone(&record.view)).collect()
    }

    /// What is past its deadline, as it is after a look at it.
    pub(super) fn expirable(&self, now: Timestamp) -> Vec<View> {
        self.records.values().filter_map(|record| record.view.expire(now).ok()).collect()
    }

    /// What a worker has, by name.
    pub(super) fn held(&self, id: &WorkerId) -> impl Iterator<Item = &View> {
        let has = move |view: &&View| view.holder() == Some(&Holder::Worker(id.clone()));
        self.records.values().map(|record| &record.view).filter(has)
    }

    /// What a claim gets, in its order, if it gets all that it may.
    pub(super) fn claimable(&self, claim: &Claim, now: Timestamp) -> Vec<Record> {
        if !self.is_alive(&claim.worker) {
            return Vec::new();
        }
        let mut queue: Vec<&Record> =
            self.records.values().filter(|record| self.has_turn(&record.view)).collect();
        queue.sort_by_key(|record| (Reverse(record.view.priority()), Cursor::from(&record.view)));
        let mut limits: Vec<_> = claim.methods.iter().map(|method| (&method.method, method.limit)).collect();
        let mut claimed = Vec::new();
        for record in queue {
            let limit = limits.iter_mut().find(|(method, left)| *method == record.view.method() && *left > 0);
            if claimed.len() < claim.limit
                && let (Some((_, left)), Ok(view)) = (limit, record.view.claim(&claim.worker, now))
            {
                *left -= 1;
                claimed.push(Record::new(view, record.request.clone(), record.checkpoint.clone()));
            }
        }
        claimed
    }

    /// Whether some worker could claim an operation now.
    pub(super) fn is_claimable(&self, view: &View, now: Timestamp) -> bool {
        self.has_turn(view) && view.claim(&WorkerId::new(""), now).is_ok()
    }

    pub(super) fn write(
        &mut self,
        fence: &Fence,
        checkpoint: Option<Payload>,
        transition: impl FnOnce(&View) -> Result<View, TransitionError>,
    ) -> WriteResult {
        let Some(record) = self.records.get_mut(&fence.name) else { return WriteResult::Deleted };
        match transition(&record.view) {
            Ok(view) => {
                record.view = view;
                record.checkpoint = checkpoint.or(record.checkpoint.take());
                let view = &record.view;
                WriteResult::Applied { stop: view.stop().cloned(), update_time: view.update_time() }
            }
            Err(TransitionError::Done) => WriteResult::Done,
            Err(_) => WriteResult::Lost,
        }
    }

    fn is_alive(&self, id: &WorkerId) -> bool {
        self.workers.get(id).is_some_and(Worker::is_alive)
    }

    fn unfinished(&self, key: &ExclusiveKey) -> impl Iterator<Item = &View> {
        let has = move |view: &&View| view.exclusive() == Some(key) && !view.is_done();
        self.records.values().map(|record| &record.view).filter(has)
    }

    fn holder(&self, key: &ExclusiveKey) -> Option<&View> {
        holder(self.unfinished(key))
    }

    /// Whether it is queued and has its key.
    fn has_turn(&self, view: &View) -> bool {
        matches!(view.state(), State::Queued { .. })
            && view.exclusive().is_none_or(|key| self.holder(key).map(View::name) == Some(view.name()))
    }
}
