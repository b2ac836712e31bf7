//! What the small store keeps, and what it looks for.

use std::collections::BTreeMap;

use lro_store::{
    Created, Creation, ExclusiveKey, Holder, InTransaction, NewOperation, OnConflict, OperationName, Record,
    RequestKey, StopReason, Timestamp, View, Worker, WorkerId, holder,
};

#[derive(Debug, Default)]
pub(crate) struct Data {
    pub(crate) operations: BTreeMap<OperationName, Record>,
    /// What is expired. Nobody sees it any more, and a purge forgets it.
    pub(crate) expired: Vec<Record>,
    pub(crate) workers: BTreeMap<WorkerId, Worker>,
}

impl Data {
    pub(crate) fn set_aside_what_is_expired(&mut self, now: Timestamp) {
        let Self { operations, expired, .. } = self;
        operations.retain(|_, record| {
            let is_expired = record.view.is_expired(now);
            expired.extend(is_expired.then(|| record.clone()));
            !is_expired
        });
    }

    pub(crate) fn of_request(&self, request: &RequestKey) -> Option<&Record> {
        self.operations.values().find(|record| record.view.request_key().as_ref() == Some(request))
    }

    pub(crate) fn views(&self) -> impl DoubleEndedIterator<Item = &View> {
        self.operations.values().map(|record| &record.view)
    }

    /// Of the operations with the same key that are not done: the one that runs, else the oldest.
    pub(crate) fn holder_of(&self, of: Option<&ExclusiveKey>) -> Option<&View> {
        let key = of?;
        holder(self.views().filter(|view| view.exclusive() == Some(key) && !view.is_done()))
    }

    /// Whether a claim could get it now.
    pub(crate) fn may_begin(&self, view: &View, now: Timestamp) -> bool {
        let has_turn = self.holder_of(view.exclusive()).is_none_or(|holder| holder.name() == view.name());
        has_turn && view.claim(&WorkerId::new(""), now).is_ok()
    }

    pub(crate) fn is_alive(&self, worker: &WorkerId) -> bool {
        self.workers.get(worker).is_some_and(Worker::is_alive)
    }

    /// What a worker has.
    pub(crate) fn held<'a>(&'a self, worker: &WorkerId) -> impl Iterator<Item = &'a View> {
        let holder = Holder::Worker(worker.clone());
        self.views().filter(move |view| view.holder() == Some(&holder))
    }

    /// Replaces views; by which.
    pub(crate) fn replace(&mut self, views: Vec<View>) -> Vec<View> {
        for view in &views {
            if let Some(record) = self.operations.get_mut(view.name()) {
                record.view = view.clone();
            }
        }
        views
    }

    pub(crate) fn create(&mut self, new: NewOperation, now: Timestamp) -> Creation {
        if let Some(fault) = new.fault() {
            return Creation::Invalid(fault.to_owned());
        }
        if let Some(first) = new.request_key().and_then(|key| self.of_request(&key)) {
            return Creation::Repeated(Box::new(first.clone()));
        }
        if self.operations.contains_key(new.name()) {
            return Creation::NameTaken;
        }
        if let (Some(OnConflict::Abort), Some(holder)) = (new.on_conflict(), self.holder_of(new.exclusive()))
        {
            return Creation::KeyHeld(holder.name().clone());
        }
        if new.in_transaction().is_some() {
            return Creation::Refused(InTransaction::unknown());
        }
        let mut preempted = Vec::new();
        if new.on_conflict() == Some(OnConflict::Preempt) {
            let reason = StopReason::Preempted(new.name().clone());
            let others = self.views().filter(|view| view.exclusive() == new.exclusive() && !view.is_done());
            preempted = self.replace(others.map(|view| view.request_stop(reason.clone(), now)).collect());
        }
        let key_is_free = self.holder_of(new.exclusive()).is_none();
        let may_run = key_is_free && new.claimed_by().is_some_and(|worker| self.is_alive(worker));
        let record = new.into_record(now, may_run);
        self.operations.insert(record.name().clone(), record.clone());
        Creation::Created(Created::new(record.view, preempted))
    }
}
