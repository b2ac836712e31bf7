//! Giving work to workers.

use std::cmp::Reverse;

use lro_store::{Claim, MAX_BATCH, Record};
use rusqlite::params;

use super::workers;
use crate::error::Failed;
use crate::row::{self, Stored, change, column};
use crate::transaction::Step;

/// What there is to claim, in the order in which it is claimed.
type Candidate = (Reverse<i16>, i64, String, i64);

/// Gives queued operations to a worker.
pub(crate) fn claim(step: &mut Step<'_>, claim: &Claim) -> Result<Vec<Record>, Failed> {
    if !workers::is_alive(step, &claim.worker)? {
        return Ok(Vec::new());
    }
    let now = step.now();
    promote(step, now.as_micros())?;
    let mut candidates: Vec<Candidate> = Vec::new();
    for method in &claim.methods {
        let limit = method.limit.min(claim.limit);
        candidates.extend(ready(step, &method.method, now.as_micros(), limit)?);
    }
    candidates.sort_unstable();
    let mut records = Vec::with_capacity(candidates.len().min(claim.limit));
    for (.., id) in candidates.into_iter().take(claim.limit) {
        let Some(record) = row::record_by_id(step.transaction(), id)? else { continue };
        let Ok(running) = record.view.claim(&claim.worker, now) else { continue };
        let before = Stored { id, view: record.view };
        change::replace(step, &before, &running, None)?;
        records.push(Record::new(running, record.request, record.checkpoint));
    }
    Ok(records)
}

/// Makes operations claimable whose time has come, at most so many that a claim stays short; the next claim goes on.
fn promote(step: &Step<'_>, now: i64) -> Result<(), Failed> {
    step.execute(
        "UPDATE lro_operation SET waits_for = 0 WHERE id IN (SELECT id FROM lro_operation \
         WHERE waits_for = 1 AND not_before <= ?1 ORDER BY not_before LIMIT ?2)",
        params![now, column::limit(MAX_BATCH)],
    )?;
    Ok(())
}

/// The first operations of a method that can be claimed.
fn ready(step: &Step<'_>, method: &str, now: i64, limit: usize) -> Result<Vec<Candidate>, Failed> {
    let mut statement = step.transaction().prepare_cached(
        "SELECT priority, create_time, name, id FROM lro_operation WHERE state = 0 AND waits_for = 0 AND method = ?1 \
         AND (not_before IS NULL OR not_before <= ?2) AND (deadline IS NULL OR deadline > ?2) \
         ORDER BY priority DESC, create_time, name LIMIT ?3",
    )?;
    let candidates = statement
        .query_map(params![method, now, column::limit(limit)], |row| {
            Ok((Reverse(row.get(0)?), row.get(1)?, row.get(2)?, row.get(3)?))
        })?
        .collect::<Result<_, _>>()?;
    Ok(candidates)
}
