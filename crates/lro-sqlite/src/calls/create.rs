//! Creating operations.

use lro_store::{Created, Creation, InTransaction, NewOperation, OnConflict, StopReason, Timestamp};

use super::workers;
use crate::error::Failed;
use crate::row::{self, Stored, change, keys};
use crate::transaction::{self, Step, Writes};

/// The longest value that SQLite keeps, less some room for the other columns of a row.
const LONGEST_ROW: usize = 999_000_000;

/// Creates operations, in their order.
pub(crate) fn create(step: &mut Step<'_>, operations: &[NewOperation]) -> Result<Vec<Creation>, Failed> {
    operations.iter().map(|operation| create_one(step, operation)).collect()
}

/// Creates an operation.
pub(crate) fn create_one(step: &mut Step<'_>, new: &NewOperation) -> Result<Creation, Failed> {
    if let Some(fault) = new.fault() {
        return Ok(Creation::Invalid(fault.to_owned()));
    }
    if new.payload_size() > LONGEST_ROW {
        return Ok(Creation::Invalid(format!(
            "the operation has payloads of {} bytes, and SQLite keeps at most {LONGEST_ROW}",
            new.payload_size()
        )));
    }
    let now = step.now();
    if let Some(key) = new.request_key()
        && let Some(first) = row::by_request(step.transaction(), &key)?
    {
        if !first.view.is_expired(now) {
            let record = row::record_by_id(step.transaction(), first.id)?;
            let record = record.ok_or_else(|| Failed::internal("an operation is gone while it is read"))?;
            return Ok(Creation::Repeated(Box::new(record)));
        }
        row::delete(step, first.id)?;
    }
    // Most operations have neither key nor writes of the caller; for these, inserting them shows whether the name is
    // taken.
    let is_plain = new.exclusive().is_none() && new.in_transaction().is_none();
    if !is_plain && !make_way(step, new, now)? {
        return Ok(Creation::NameTaken);
    }
    let mut others = Vec::new();
    if let Some(key) = new.exclusive() {
        match new.on_conflict() {
            Some(OnConflict::Abort) => {
                if let Some(holder) = keys::holder(step, key)? {
                    return Ok(Creation::KeyHeld(holder));
                }
            }
            Some(OnConflict::Preempt) => others = keys::unfinished(step, key)?,
            _ => {}
        }
    }
    let Some(along) = new.in_transaction() else { return insert(step, new, &others, now) };
    let Some(writes) = along.downcast_ref::<Writes>() else {
        return Ok(Creation::Refused(InTransaction::unknown()));
    };
    let created = step.try_to(|step| {
        let creation = insert(step, new, &others, now)?;
        Ok(transaction::run(step, writes)?.map(|()| creation))
    })?;
    Ok(created.unwrap_or_else(Creation::Refused))
}

/// Inserts an operation that nothing keeps from being created but, maybe, its name.
fn insert(
    step: &mut Step<'_>,
    new: &NewOperation,
    others: &[Stored],
    now: Timestamp,
) -> Result<Creation, Failed> {
    let mut preempted = Vec::with_capacity(others.len());
    for other in others {
        let after = other.view.request_stop(StopReason::Preempted(new.name().clone()), now);
        change::replace(step, other, &after, None)?;
        preempted.push(after);
    }
    let may_run = match new.claimed_by() {
        Some(worker) => key_is_free(step, new)? && workers::is_alive(step, worker)?,
        None => false,
    };
    let record = new.clone().into_record(now, may_run);
    let waits_for = change::waits_for(&record.view, now);
    if row::insert(step, &record, waits_for)?.is_none()
        && (!make_way(step, new, now)? || row::insert(step, &record, waits_for)?.is_none())
    {
        return Ok(Creation::NameTaken);
    }
    change::hint_if_ready(step, &record.view, waits_for);
    keys::settle(step, new.exclusive())?;
    Ok(Creation::Created(Created::new(record.view, preempted)))
}

fn key_is_free(step: &Step<'_>, new: &NewOperation) -> Result<bool, Failed> {
    match new.exclusive() {
        Some(key) => Ok(keys::holder(step, key)?.is_none()),
        None => Ok(true),
    }
}

/// Removes what has the name of a new operation, if its retention is over; whether the name is free.
fn make_way(step: &mut Step<'_>, new: &NewOperation, now: Timestamp) -> Result<bool, Failed> {
    match row::by_name(step.transaction(), new.name())? {
        Some(old) if old.view.is_expired(now) => row::delete(step, old.id).map(|()| true),
        Some(_) => Ok(false),
        None => Ok(true),
    }
}
