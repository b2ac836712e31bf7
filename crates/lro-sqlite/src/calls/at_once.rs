//! Ends and reports in which the fence decides within the statement, so that the operation need not be read.
//!
//! Most writes of workers are these. What does not apply here goes the way of `write`, which reads the operation and says why.

use lro_store::{Change, Fence, Finish, Holder, Outcome, Report, WriteResult};
use rusqlite::params;

use crate::error::Failed;
use crate::row::{self, column};
use crate::transaction::Step;

/// Before this time, the end of every retention is a number that SQLite can add up.
const FAR: i64 = i64::MAX / 2;

/// `View::finish` without reading the operation, where there is no key to pass on and the clock has not gone back;
/// whether it applied. If not, the operation has to be read to know why.
pub(super) fn finish(step: &mut Step<'_>, finish: &Finish) -> Result<bool, Failed> {
    let now = step.now().as_micros();
    let (worker, delegate) = holder_columns(&finish.fence);
    let failure = match &finish.outcome {
        Outcome::Response(_) => None,
        Outcome::Error(failure) => Some(failure),
    };
    if now >= FAR || failure.is_some_and(|failure| !failure.details.is_empty()) {
        return Ok(false);
    }
    let name = finish.fence.name.as_str();
    // No `RETURNING id`, for which SQLite makes a temporary table each time; to look for the name again costs less.
    let ended = step.execute(
        "UPDATE lro_operation SET state = 2, update_time = ?5, expire_time = ?5 + retention, \
         worker = NULL, delegate = NULL, stop = NULL, error_code = ?6 \
         WHERE name = ?1 AND state = 1 AND worker IS ?2 AND delegate IS ?3 AND attempt = ?4 \
         AND exclusive_key IS NULL AND update_time <= ?5",
        params![
            name,
            worker,
            delegate,
            finish.fence.attempt.number(),
            now,
            failure.map(|failure| failure.code.number()),
        ],
    )?;
    if ended == 0 {
        return Ok(false);
    }
    let response = match &finish.outcome {
        Outcome::Response(response) => Some(response),
        Outcome::Error(_) => None,
    };
    step.execute(
        "INSERT INTO lro_result (id, response_type_url, response, error_message) \
         SELECT id, ?2, ?3, ?4 FROM lro_operation WHERE name = ?1",
        params![
            name,
            response.map(|response| &*response.type_url),
            response.map(|response| &*response.value),
            failure.map(|failure| failure.message.as_bytes()),
        ],
    )?;
    if let Some(metadata) = &finish.metadata {
        step.execute(
            "INSERT OR REPLACE INTO lro_metadata (id, type_url, value) \
             SELECT id, ?2, ?3 FROM lro_operation WHERE name = ?1",
            params![name, &*metadata.type_url, &*metadata.value],
        )?;
    }
    step.hint(Change::Done(finish.fence.name.clone()));
    Ok(true)
}

/// `View::report` without reading the operation; nothing if it does not apply.
pub(super) fn report(step: &mut Step<'_>, report: &Report) -> Result<Option<WriteResult>, Failed> {
    let (worker, delegate) = holder_columns(&report.fence);
    let mut statement = step.transaction().prepare_cached(
        "SELECT id, stop, update_time FROM lro_operation WHERE name = ?1 AND state = 1 AND worker IS ?2 AND delegate IS ?3 \
         AND attempt = ?4",
    )?;
    let mut found = statement.query(params![
        report.fence.name.as_str(),
        worker,
        delegate,
        report.fence.attempt.number(),
    ])?;
    let Some(row) = found.next()? else { return Ok(None) };
    let (id, asked, before) = (row.get(0)?, column::stop(row, 1)?, column::time(row, 2)?);
    drop(found);
    let update_time = step.now().max(before);
    step.execute(
        "UPDATE lro_operation SET update_time = ?2 WHERE id = ?1",
        params![id, update_time.as_micros()],
    )?;
    if let Some(metadata) = &report.metadata {
        row::put_metadata(step, id, metadata)?;
    }
    if let Some(checkpoint) = &report.checkpoint {
        row::put_checkpoint(step, id, checkpoint)?;
    }
    Ok(Some(WriteResult::Applied { stop: asked, update_time }))
}

/// The columns of who writes.
fn holder_columns(fence: &Fence) -> (Option<&str>, Option<&str>) {
    match &fence.holder {
        Holder::Worker(worker) => (Some(worker.as_str()), None),
        Holder::Delegate(delegate) => (None, Some(delegate.as_str())),
    }
}
