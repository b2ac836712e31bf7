//! Workers and what they have.

use std::time::Duration;

use lro_store::{Fence, KeepAlive, OperationName, Stop, Sweep, Timestamp, View, Worker, WorkerId};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::error::Failed;
use crate::row::{self, change, column};
use crate::transaction::Step;

/// How many operations are taken back in one transaction from a worker that leaves: few enough that others who write hardly
/// notice, and enough that a sync of the disk for each batch costs little.
pub(crate) const BATCH: usize = 500;

/// A worker as it is stored.
pub(crate) fn find(connection: &Connection, id: &WorkerId) -> Result<Option<Worker>, Failed> {
    let mut statement = connection
        .prepare_cached("SELECT lease, expires_at, whole_since, gone_at FROM lro_worker WHERE worker = ?1")?;
    let mut found = statement.query([id.as_str()])?;
    found.next()?.map(worker).transpose()
}

/// Whether a worker is alive.
pub(crate) fn is_alive(step: &mut Step<'_>, id: &WorkerId) -> Result<bool, Failed> {
    if let Some(alive) = step.known_alive(id) {
        return Ok(alive);
    }
    let alive = find(step.transaction(), id)?.is_some_and(|worker| worker.is_alive());
    step.know_alive(id, alive);
    Ok(alive)
}

/// A sign of life.
pub(crate) fn keep_alive(step: &mut Step<'_>, id: &WorkerId, lease: Duration) -> Result<KeepAlive, Failed> {
    let now = step.now();
    let worker = match find(step.transaction(), id)? {
        Some(known) => known.keep_alive(lease, now),
        None => Worker::new(lease, now),
    };
    put(step, id, &worker)?;
    let stops = stops(step, id)?;
    Ok(if worker.is_alive() { KeepAlive::alive(stops) } else { KeepAlive::gone(stops) })
}

/// The end of a worker; takes back [`BATCH`] of what it has, or less where that is all.
///
/// All later calls give it nothing, so a caller that goes on until less was taken back has taken back everything.
pub(crate) fn leave(step: &mut Step<'_>, id: &WorkerId) -> Result<Sweep, Failed> {
    let now = step.now();
    let known = find(step.transaction(), id)?.unwrap_or_else(|| Worker::new(Duration::ZERO, now));
    put(step, id, &known.leave(now))?;
    take_back(step, id, BATCH, now)
}

/// Takes back at most `limit` operations from workers that are gone or whose lease is over.
pub(crate) fn reclaim(step: &mut Step<'_>, id: &WorkerId, limit: usize) -> Result<Sweep, Failed> {
    let now = step.now();
    if !find(step.transaction(), id)?.is_some_and(|worker| worker.may_reclaim(now)) {
        return Ok(Sweep::new());
    }
    for (lost, worker) in all_alive(step)? {
        if worker.is_over(now) {
            put(step, &lost, &worker.leave(now))?;
        }
    }
    let (mut sweep, mut last) = (Sweep::new(), None);
    while sweep.count < limit
        && let Some(holder) = next_holder(step, last.as_ref())?
    {
        if !is_alive(step, &holder)? {
            sweep.append(take_back(step, &holder, limit - sweep.count, now)?);
        }
        last = Some(holder);
    }
    Ok(sweep)
}

/// What a worker has, by name after a name.
pub(crate) fn held(
    connection: &Connection,
    id: &WorkerId,
    after: Option<&OperationName>,
    limit: usize,
) -> Result<Vec<Fence>, Failed> {
    let mut statement = connection.prepare_cached(
        "SELECT name, attempt FROM lro_operation WHERE worker = ?1 AND name > ?2 ORDER BY name LIMIT ?3",
    )?;
    let mut found = statement.query(params![
        id.as_str(),
        after.map_or("", OperationName::as_str),
        column::limit(limit)
    ])?;
    let mut fences = Vec::new();
    while let Some(row) = found.next()? {
        fences.push(Fence::of_worker(column::name(row, 0)?, id.clone(), column::attempt(row, 1)?));
    }
    Ok(fences)
}

/// Which operations of a worker are asked to stop.
fn stops(step: &Step<'_>, id: &WorkerId) -> Result<Vec<Stop>, Failed> {
    let mut statement = step.transaction().prepare_cached(
        "SELECT name, attempt, stop FROM lro_operation WHERE worker = ?1 AND stop IS NOT NULL ORDER BY name",
    )?;
    let mut found = statement.query([id.as_str()])?;
    let mut stops = Vec::new();
    while let Some(row) = found.next()? {
        if let Some(reason) = column::stop(row, 2)? {
            stops.push(Stop::new(column::name(row, 0)?, column::attempt(row, 1)?, reason));
        }
    }
    Ok(stops)
}

/// Takes back at most `limit` operations from a worker.
fn take_back(step: &mut Step<'_>, id: &WorkerId, limit: usize, now: Timestamp) -> Result<Sweep, Failed> {
    let ids = step.find_ids(
        "SELECT id FROM lro_operation WHERE worker = ?1 LIMIT ?2",
        params![id.as_str(), column::limit(limit)],
    )?;
    let mut sweep = Sweep::new();
    for operation in ids {
        let Some(stored) = row::by_id(step.transaction(), operation)? else { continue };
        let after: View =
            stored.view.reclaim(id, now).map_err(|error| Failed::internal(error.to_string()))?;
        change::replace(step, &stored, &after, None)?;
        sweep.push(after);
    }
    Ok(sweep)
}

/// The first worker after this one that has operations, known or not.
fn next_holder(step: &Step<'_>, after: Option<&WorkerId>) -> Result<Option<WorkerId>, Failed> {
    // No id has NUL in it, so this is the first text after the id.
    let first = after.map(|id| format!("{id}\0")).unwrap_or_default();
    let holder: Option<String> = step
        .transaction()
        .prepare_cached("SELECT worker FROM lro_operation WHERE worker >= ?1 ORDER BY worker LIMIT 1")?
        .query_row([first], |row| row.get(0))
        .optional()?;
    Ok(holder.map(WorkerId::new))
}

/// The workers that have neither left nor been declared gone.
fn all_alive(step: &Step<'_>) -> Result<Vec<(WorkerId, Worker)>, Failed> {
    let mut statement = step.transaction().prepare_cached(
        "SELECT lease, expires_at, whole_since, gone_at, worker FROM lro_worker WHERE gone_at IS NULL",
    )?;
    let mut found = statement.query([])?;
    let mut workers = Vec::new();
    while let Some(row) = found.next()? {
        workers.push((WorkerId::new(row.get::<_, String>(4)?), worker(row)?));
    }
    Ok(workers)
}

fn put(step: &mut Step<'_>, id: &WorkerId, worker: &Worker) -> Result<(), Failed> {
    step.forget_workers();
    step.execute(
        "INSERT OR REPLACE INTO lro_worker (worker, lease, expires_at, whole_since, gone_at) \
         VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            id.as_str(),
            i64::try_from(worker.lease.as_micros()).unwrap_or(i64::MAX),
            worker.expires_at.as_micros(),
            worker.whole_since.as_micros(),
            worker.gone_at.map(Timestamp::as_micros),
        ],
    )?;
    Ok(())
}

fn worker(row: &Row<'_>) -> Result<Worker, Failed> {
    let lease: i64 = row.get(0)?;
    let lease =
        u64::try_from(lease).map_err(|_| Failed::internal("a stored worker has a lease below zero"))?;
    let mut worker = Worker::new(Duration::from_micros(lease), column::time(row, 2)?);
    worker.expires_at = column::time(row, 1)?;
    worker.gone_at = row.get::<_, Option<i64>>(3)?.map(Timestamp::from_micros);
    Ok(worker)
}
