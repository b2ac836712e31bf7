//! Exclusive keys: which operation of a key can be claimed.

use lro_store::{Change, ExclusiveKey, OperationName};
use rusqlite::{OptionalExtension as _, params};

use super::{Stored, WaitsFor, column};
use crate::error::Failed;
use crate::row;
use crate::transaction::Step;

/// The name of the operation that holds a key.
pub(crate) fn holder(step: &Step<'_>, key: &ExclusiveKey) -> Result<Option<OperationName>, Failed> {
    let mut statement = step.transaction().prepare_cached(
        "SELECT name FROM lro_operation WHERE exclusive_key = ?1 AND state < 2 \
         ORDER BY state DESC, create_time, name LIMIT 1",
    )?;
    let mut found = statement.query([key.as_str()])?;
    found.next()?.map(|row| column::name(row, 0)).transpose()
}

/// All operations that have a key and are not done.
pub(crate) fn unfinished(step: &Step<'_>, key: &ExclusiveKey) -> Result<Vec<Stored>, Failed> {
    let ids =
        step.find_ids("SELECT id FROM lro_operation WHERE exclusive_key = ?1 AND state < 2", [key.as_str()])?;
    let mut all = Vec::with_capacity(ids.len());
    for id in ids {
        all.extend(row::by_id(step.transaction(), id)?);
    }
    Ok(all)
}

/// Sees to it that of the operations with a key, the holder alone can be claimed.
pub(crate) fn settle(step: &mut Step<'_>, key: Option<&ExclusiveKey>) -> Result<(), Failed> {
    let Some(key) = key else { return Ok(()) };
    let holder = step
        .transaction()
        .prepare_cached(
            "SELECT id, state, waits_for, not_before, method FROM lro_operation \
             WHERE exclusive_key = ?1 AND state < 2 ORDER BY state DESC, create_time, name LIMIT 1",
        )?
        .query_row([key.as_str()], |row| {
            let is_queued = row.get::<_, i16>(1)? == lro_store::Columns::QUEUED;
            let waits_for_key = row.get::<_, i64>(2)? == WaitsFor::Key as i64;
            Ok((row.get::<_, i64>(0)?, is_queued && waits_for_key, row.get(3)?, row.get::<_, String>(4)?))
        })
        .optional()?;
    let Some((id, is_new, not_before, method)) = holder else { return Ok(()) };
    // The planner would go through all that wait for the key.
    step.execute(
        "UPDATE lro_operation INDEXED BY lro_operation_holder SET waits_for = 2 \
         WHERE exclusive_key = ?1 AND state < 2 AND waits_for < 2 AND state = 0 AND id <> ?2",
        params![key.as_str(), id],
    )?;
    if is_new {
        let not_before: Option<i64> = not_before;
        let waits = not_before.is_some_and(|time| step.now().as_micros() < time);
        let waits_for = if waits { WaitsFor::Time } else { WaitsFor::Nothing };
        step.execute("UPDATE lro_operation SET waits_for = ?2 WHERE id = ?1", params![id, waits_for as u8])?;
        if !waits {
            step.hint(Change::Claimable(method.into()));
        }
    }
    Ok(())
}
