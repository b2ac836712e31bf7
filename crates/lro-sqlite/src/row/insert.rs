//! From new operations to rows.

use lro_store::{Columns, Record, StateKind, Timestamp};
use rusqlite::params;

use super::{WaitsFor, labels, put_metadata, put_result};
use crate::error::Failed;
use crate::transaction::Step;

/// Adds an operation; its number, or `None` if the name is taken.
pub(crate) fn insert(step: &Step<'_>, record: &Record, waits_for: WaitsFor) -> Result<Option<i64>, Failed> {
    let view = &record.view;
    let columns = Columns::from(view);
    let inserted = step.execute(
        "INSERT INTO lro_operation (name, parent, method, owner, request_id, exclusive_key, labels, priority, \
         max_attempts, retry, deadline, retention, create_time, update_time, expire_time, state, waits_for, \
         not_before, attempt, unbegun, worker, delegate, error_code) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, \
         ?22, ?23) ON CONFLICT (name) DO NOTHING",
        params![
        columns.name,
        view.name().parent(),
        columns.method,
        columns.owner,
        columns.request_id,
        columns.exclusive_key,
        labels::to_json(&columns.labels),
        columns.priority,
        columns.max_attempts,
        columns.retry.as_deref(),
        columns.deadline,
        columns.retention,
        columns.create_time,
        columns.update_time,
        view.expire_time().map(Timestamp::as_micros),
        columns.state,
        waits_for as u8,
        columns.not_before,
        columns.attempt,
        columns.unbegun,
        columns.worker,
        columns.delegate,
        columns.error_code,
    ],)?;
    if inserted == 0 {
        return Ok(None);
    }
    let id = step.transaction().last_insert_rowid();
    step.execute(
        "INSERT INTO lro_request (id, type_url, value) VALUES (?1, ?2, ?3)",
        params![id, &*record.request.type_url, &*record.request.value],
    )?;
    if let Some(metadata) = view.metadata() {
        put_metadata(step, id, metadata)?;
    }
    if view.kind() == StateKind::Done {
        put_result(step, id, &columns)?;
    }
    Ok(Some(id))
}
