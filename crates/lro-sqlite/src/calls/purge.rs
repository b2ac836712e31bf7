//! What time does to operations: deadlines, and the end of their retention.

use lro_store::{Sweep, Worker};
use rusqlite::params;

use crate::error::Failed;
use crate::row::{self, change, column};
use crate::transaction::Step;

/// Ends or stops at most `limit` operations that are past their deadline.
pub(crate) fn expire(step: &mut Step<'_>, limit: usize) -> Result<Sweep, Failed> {
    let now = step.now();
    let ids = step.find_ids(
        "SELECT id FROM lro_operation WHERE deadline <= ?1 AND state < 2 AND stop IS NULL ORDER BY deadline LIMIT ?2",
        params![now.as_micros(), column::limit(limit)],
    )?;
    let mut sweep = Sweep::new();
    for id in ids {
        let Some(stored) = row::by_id(step.transaction(), id)? else { continue };
        if let Ok(after) = stored.view.expire(now) {
            change::replace(step, &stored, &after, None)?;
            sweep.push(after);
        }
    }
    Ok(sweep)
}

/// Removes at most `limit` operations whose retention is over, and forgets workers that are long gone; how many
/// operations.
pub(crate) fn purge(step: &mut Step<'_>, limit: usize) -> Result<usize, Failed> {
    let now = step.now();
    step.forget_workers();
    let long_gone = now.saturating_sub(Worker::MEMORY).as_micros();
    step.execute("DELETE FROM lro_worker WHERE gone_at <= ?1", [long_gone])?;
    step.execute(
        "DELETE FROM lro_operation WHERE id IN \
         (SELECT id FROM lro_operation WHERE expire_time <= ?1 ORDER BY expire_time LIMIT ?2)",
        params![now.as_micros(), column::limit(limit)],
    )
}
