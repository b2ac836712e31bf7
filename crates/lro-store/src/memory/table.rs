//! Records and the orders in which they are looked for.

use std::collections::{BTreeSet, HashMap};
use std::ops::Bound;
use std::sync::Arc;

use crate::{Cursor, ExclusiveKey, OperationName, Record, RequestKey, State, Timestamp};

/// The records, with indices that [`Table::put`] and [`Table::remove`] alone keep in step.
#[derive(Debug, Default)]
pub(super) struct Table {
    records: HashMap<OperationName, Record>,
    by_age: BTreeSet<Cursor>,
    /// By method. There are few methods, so the queue of one stays when it is empty.
    queued: HashMap<Arc<str>, BTreeSet<Cursor>>,
    leases: BTreeSet<(Timestamp, OperationName)>,
    expiries: BTreeSet<(Timestamp, OperationName)>,
    holders: HashMap<ExclusiveKey, OperationName>,
    requests: HashMap<RequestKey, OperationName>,
}

impl Table {
    pub(super) fn get(&self, name: &OperationName) -> Option<&Record> {
        self.records.get(name)
    }

    /// Adds a record or replaces the one of its name.
    pub(super) fn put(&mut self, record: Record) {
        self.remove(record.name());
        let name = record.name().clone();
        let place = Cursor::from(&record);
        match record.state() {
            State::Queued { .. } => {
                self.queued.entry(Arc::clone(record.method())).or_default().insert(place.clone());
            }
            State::Running { lease, .. } => {
                self.leases.insert((lease.expires_at, name.clone()));
            }
            State::Done { .. } => {}
        }
        if let Some(expire_time) = record.expire_time() {
            self.expiries.insert((expire_time, name.clone()));
        } else if let Some(key) = record.exclusive() {
            self.holders.insert(key.clone(), name.clone());
        }
        if let Some(key) = record.request_key() {
            self.requests.insert(key.clone(), name.clone());
        }
        self.by_age.insert(place);
        self.records.insert(name, record);
    }

    pub(super) fn remove(&mut self, name: &OperationName) -> Option<Record> {
        let record = self.records.remove(name)?;
        let place = Cursor::from(&record);
        if let Some(queue) = self.queued.get_mut(record.method()) {
            queue.remove(&place);
        }
        self.by_age.remove(&place);
        if let Some(lease) = record.lease() {
            self.leases.remove(&(lease.expires_at, name.clone()));
        }
        if let Some(expire_time) = record.expire_time() {
            self.expiries.remove(&(expire_time, name.clone()));
        } else if let Some(key) = record.exclusive() {
            self.holders.remove(key);
        }
        if let Some(key) = record.request_key() {
            self.requests.remove(key);
        }
        Some(record)
    }

    /// The unfinished operation that holds a key.
    pub(super) fn holder(&self, key: &ExclusiveKey) -> Option<&OperationName> {
        self.holders.get(key)
    }

    /// The operation that a request has started.
    pub(super) fn first(&self, key: &RequestKey) -> Option<&Record> {
        self.get(self.requests.get(key)?)
    }

    /// All records after a place, newest first.
    pub(super) fn newest_first(&self, after: Option<&Cursor>) -> impl Iterator<Item = &Record> {
        let before = after.map_or(Bound::Unbounded, Bound::Excluded);
        self.by_age.range((Bound::Unbounded, before)).rev().filter_map(|place| self.get(&place.name))
    }

    /// The queued records of these methods, oldest first.
    pub(super) fn oldest_queued(&self, methods: &[Arc<str>], limit: usize) -> Vec<&Record> {
        let queues = methods.iter().filter_map(|method| self.queued.get(method));
        // A set, because nothing keeps a caller from naming a method twice.
        let places: BTreeSet<&Cursor> = queues.flat_map(|queue| queue.iter().take(limit)).collect();
        places.into_iter().take(limit).filter_map(|place| self.get(&place.name)).collect()
    }

    /// What becomes of the records whose lease is over, in the order in which they ended.
    pub(super) fn expired(&self, now: Timestamp, limit: usize) -> Vec<Record> {
        let over = self.leases.iter().take_while(|(expires_at, _)| *expires_at <= now);
        over.take(limit).filter_map(|(_, name)| self.get(name)?.expire(now).ok()).collect()
    }

    /// The records whose retention is over.
    pub(super) fn outdated(&self, now: Timestamp, limit: usize) -> Vec<OperationName> {
        let over = self.expiries.iter().take_while(|(expire_time, _)| *expire_time <= now);
        over.take(limit).map(|(_, name)| name.clone()).collect()
    }
}
