//! Records and the orders in which they are looked for.

use std::collections::{BTreeSet, HashMap};
use std::ops::Bound;

use crate::{Cursor, ExclusiveKey, OperationName, Record, State, Timestamp};

/// The records, with indices that [`Table::put`] and [`Table::remove`] alone keep in step.
#[derive(Debug, Default)]
pub(super) struct Table {
    records: HashMap<OperationName, Record>,
    by_age: BTreeSet<Cursor>,
    queued: BTreeSet<Cursor>,
    leases: BTreeSet<(Timestamp, OperationName)>,
    expiries: BTreeSet<(Timestamp, OperationName)>,
    holders: HashMap<ExclusiveKey, OperationName>,
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
                self.queued.insert(place.clone());
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
        self.by_age.insert(place);
        self.records.insert(name, record);
    }

    pub(super) fn remove(&mut self, name: &OperationName) -> Option<Record> {
        let record = self.records.remove(name)?;
        let place = Cursor::from(&record);
        self.queued.remove(&place);
        self.by_age.remove(&place);
        if let Some(lease) = record.lease() {
            self.leases.remove(&(lease.expires_at, name.clone()));
        }
        if let Some(expire_time) = record.expire_time() {
            self.expiries.remove(&(expire_time, name.clone()));
        } else if let Some(key) = record.exclusive() {
            self.holders.remove(key);
        }
        Some(record)
    }

    /// The unfinished operation that holds a key.
    pub(super) fn holder(&self, key: &ExclusiveKey) -> Option<&OperationName> {
        self.holders.get(key)
    }

    /// All records after a place, newest first.
    pub(super) fn newest_first(&self, after: Option<&Cursor>) -> impl Iterator<Item = &Record> {
        let before = after.map_or(Bound::Unbounded, Bound::Excluded);
        self.by_age.range((Bound::Unbounded, before)).rev().filter_map(|place| self.get(&place.name))
    }

    /// Queued records, oldest first.
    pub(super) fn queued(&self) -> impl Iterator<Item = &Record> {
        self.queued.iter().filter_map(|place| self.get(&place.name))
    }

    /// What becomes of the records whose lease is over.
    pub(super) fn expired(&self, now: Timestamp) -> Vec<Record> {
        let over = self.leases.iter().take_while(|(expires_at, _)| *expires_at <= now);
        over.filter_map(|(_, name)| self.get(name)?.expire(now).ok()).collect()
    }

    /// The records whose retention is over.
    pub(super) fn outdated(&self, now: Timestamp, limit: usize) -> Vec<OperationName> {
        let over = self.expiries.iter().take_while(|(expire_time, _)| *expire_time <= now);
        over.take(limit).map(|(_, name)| name.clone()).collect()
    }
}
