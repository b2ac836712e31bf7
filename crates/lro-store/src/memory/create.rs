//! Creating one operation.

use super::entry::Entry;
use super::table::Table;
use crate::{
    Created, Creation, Cursor, InTransaction, NewOperation, OnConflict, OperationName, StopReason, Timestamp,
    View, Worker,
};

pub(super) fn create(table: &mut Table, operation: NewOperation, now: Timestamp) -> Creation {
    if let Some(fault) = operation.fault() {
        return Creation::Invalid(fault.to_owned());
    }
    let size = Entry::size_of_new(&operation);
    if size > table.capacity() {
        let capacity = table.capacity();
        return Creation::Invalid(format!(
            "the operation takes {size} bytes, and the store has room for {capacity}"
        ));
    }
    table.make_way(&operation, now);
    if let Some(first) = operation.request_key().and_then(|key| table.live_by_request(&key, now)) {
        return Creation::Repeated(Box::new(first.record()));
    }
    if table.get(operation.name()).is_some() {
        return Creation::NameTaken;
    }
    let others = operation.exclusive().map(|key| table.keys().unfinished(key)).unwrap_or_default();
    if operation.on_conflict() == Some(OnConflict::Abort)
        && let Some(holder) = operation.exclusive().and_then(|key| table.keys().holder(key))
    {
        return Creation::KeyHeld(holder.clone());
    }
    if operation.in_transaction().is_some() {
        return Creation::Refused(InTransaction::unknown());
    }
    if !table.make_room(size) {
        return Creation::Full;
    }
    let preempted = match operation.on_conflict() {
        Some(OnConflict::Preempt) => preempt(table, &others, operation.name(), now),
        _ => Vec::new(),
    };
    let key_is_free = operation.exclusive().is_none_or(|key| table.keys().holder(key).is_none());
    let lives = operation.claimed_by().and_then(|worker| table.worker(worker)).is_some_and(Worker::is_alive);
    let record = operation.into_record(now, key_is_free && lives);
    let view = record.view.clone();
    table.insert(record);
    Creation::Created(Created::new(view, preempted))
}

/// Asks the others of a key to stop; how they now are.
fn preempt(table: &mut Table, others: &[Cursor], by: &OperationName, now: Timestamp) -> Vec<View> {
    let stop = |Cursor { name, .. }: &Cursor| {
        let after = table.get(name)?.view.request_stop(StopReason::Preempted(by.clone()), now);
        table.replace(&after, None);
        Some(after)
    };
    others.iter().filter_map(stop).collect()
}
