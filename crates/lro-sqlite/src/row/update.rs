//! From changed operations to rows.

use lro_store::{Columns, Payload, Timestamp, View};
use rusqlite::params;

use super::{Stored, WaitsFor};
use crate::error::Failed;
use crate::transaction::Step;

/// Writes what has changed of an operation.
pub(crate) fn update(
    step: &Step<'_>,
    before: &Stored,
    after: &View,
    waits_for: WaitsFor,
) -> Result<(), Failed> {
    let columns = Columns::from(after);
    step.execute("UPDATE lro_operation SET update_time = ?2, expire_time = ?3, state = ?4, waits_for = ?5, \
             not_before = ?6, attempt = ?7, unbegun = ?8, worker = ?9, delegate = ?10, stop = ?11, error_code = ?12 \
             WHERE id = ?1", params![
            before.id,
            columns.update_time,
            after.expire_time().map(Timestamp::as_micros),
            columns.state,
            waits_for as u8,
            columns.not_before,
            columns.attempt,
            columns.unbegun,
            columns.worker,
            columns.delegate,
            columns.stop.as_deref(),
            columns.error_code,
        ])?;
    if after.metadata() != before.view.metadata()
        && let Some(metadata) = after.metadata()
    {
        put_metadata(step, before.id, metadata)?;
    }
    if after.is_done() && !before.view.is_done() {
        put_result(step, before.id, &columns)?;
    }
    Ok(())
}

/// Writes the metadata of an operation.
pub(crate) fn put_metadata(step: &Step<'_>, id: i64, payload: &Payload) -> Result<(), Failed> {
    step.execute(
        "INSERT OR REPLACE INTO lro_metadata (id, type_url, value) VALUES (?1, ?2, ?3)",
        params![id, &*payload.type_url, &*payload.value],
    )?;
    Ok(())
}

/// Writes the checkpoint of an operation.
pub(crate) fn put_checkpoint(step: &Step<'_>, id: i64, payload: &Payload) -> Result<(), Failed> {
    step.execute(
        "INSERT OR REPLACE INTO lro_checkpoint (id, type_url, value) VALUES (?1, ?2, ?3)",
        params![id, &*payload.type_url, &*payload.value],
    )?;
    Ok(())
}

/// Writes the result of an operation, which it has once.
pub(crate) fn put_result(step: &Step<'_>, id: i64, columns: &Columns<'_>) -> Result<(), Failed> {
    step.execute(
        "INSERT INTO lro_result (id, response_type_url, response, error_message, error_details) \
             VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            id,
            columns.response.map(|response| response.type_url),
            columns.response.map(|response| response.value),
            columns.error_message,
            columns.error_details.as_deref(),
        ],
    )?;
    Ok(())
}

/// Removes an operation, and with it its payloads. Those of its key have to be settled then, unless it was done.
pub(crate) fn delete(step: &Step<'_>, id: i64) -> Result<(), Failed> {
    step.execute("DELETE FROM lro_operation WHERE id = ?1", [id])?;
    Ok(())
}
