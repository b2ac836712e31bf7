//! What workers write: reports, ends, and work that is handed back.

use lro_store::{
    Change, Fence, Finish, Holder, InTransaction, OperationName, Outcome, Payload, Release, Report,
    StopReason, Timestamp, TransitionError, View, WriteResult,
};
use rusqlite::{OptionalExtension as _, params};

use crate::error::Failed;
use crate::row;
use crate::row::change;
use crate::transaction::Step;
use crate::transaction::{self, Writes};

/// Before this time, the end of every retention is a number that SQLite can add up.
const FAR: i64 = i64::MAX / 2;

/// Reports how far work has come.
pub(crate) fn report(step: &mut Step<'_>, reports: &[Report]) -> Result<Vec<WriteResult>, Failed> {
    let mut report = |report: &Report| {
        if report.in_transaction.is_none()
            && let Some(applied) = report_at_once(step, report)?
        {
            return Ok(applied);
        }
        let Report { fence, metadata, checkpoint, in_transaction, .. } = report;
        write(step, fence, in_transaction.as_ref(), checkpoint.as_ref(), |view, now| {
            view.report(fence, metadata.clone(), now)
        })
    };
    reports.iter().map(&mut report).collect()
}

/// Ends work.
pub(crate) fn finish(step: &mut Step<'_>, finishes: &[Finish]) -> Result<Vec<WriteResult>, Failed> {
    finishes.iter().map(|finish| finish_one(step, finish)).collect()
}

/// Ends the work of one operation.
pub(crate) fn finish_one(step: &mut Step<'_>, finish: &Finish) -> Result<WriteResult, Failed> {
    if finish.in_transaction.is_none() && finish_at_once(step, finish)? {
        return Ok(WriteResult::Applied { stop: None, update_time: step.now() });
    }
    let Finish { fence, outcome, metadata, in_transaction, .. } = finish;
    write(step, fence, in_transaction.as_ref(), None, |view, now| {
        view.finish(fence, outcome.clone(), metadata.clone(), now)
    })
}

/// Hands work back.
pub(crate) fn release(step: &mut Step<'_>, releases: &[Release]) -> Result<Vec<WriteResult>, Failed> {
    let mut release = |release: &Release| {
        let Release { fence, interruption, metadata, .. } = release;
        write(step, fence, None, None, |view, now| {
            view.release(fence, interruption.clone(), metadata.clone(), now)
        })
    };
    releases.iter().map(&mut release).collect()
}

/// Applies a transition to the operation that is written to.
fn write(
    step: &mut Step<'_>,
    fence: &Fence,
    along: Option<&InTransaction>,
    checkpoint: Option<&Payload>,
    transition: impl FnOnce(&View, Timestamp) -> Result<View, TransitionError>,
) -> Result<WriteResult, Failed> {
    let now = step.now();
    let stored = row::by_name(step.transaction(), &fence.name)?.filter(|stored| !stored.view.is_expired(now));
    let Some(stored) = stored else { return Ok(WriteResult::Deleted) };
    let after = match transition(&stored.view, now) {
        Ok(after) => after,
        Err(TransitionError::Done) => return Ok(WriteResult::Done),
        Err(_) => return Ok(WriteResult::Lost),
    };
    let applied = WriteResult::Applied { stop: after.stop().cloned(), update_time: after.update_time() };
    let Some(along) = along else {
        change::replace(step, &stored, &after, checkpoint)?;
        return Ok(applied);
    };
    let Some(writes) = along.downcast_ref::<Writes>() else {
        return Ok(WriteResult::Refused(InTransaction::unknown()));
    };
    let written = step.try_to(|step| {
        change::replace(step, &stored, &after, checkpoint)?;
        Ok(transaction::run(step, writes)?.map(|()| applied))
    })?;
    Ok(written.unwrap_or_else(WriteResult::Refused))
}

/// [`View::finish`] without reading the operation, where there is no key to pass on and the clock has not gone back;
/// whether it applied. If not, the operation has to be read to know why.
fn finish_at_once(step: &mut Step<'_>, finish: &Finish) -> Result<bool, Failed> {
    let now = step.now().as_micros();
    let (worker, delegate) = holder(&finish.fence);
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

/// [`View::report`] without reading the operation; nothing if it does not apply.
fn report_at_once(step: &mut Step<'_>, report: &Report) -> Result<Option<WriteResult>, Failed> {
    let (worker, delegate) = holder(&report.fence);
    let found: Option<(i64, Option<String>, i64)> = step
        .transaction()
        .prepare_cached(
            "SELECT id, stop, update_time FROM lro_operation WHERE name = ?1 AND state = 1 AND worker IS ?2 AND delegate IS ?3 \
             AND attempt = ?4",
        )?
        .query_row(
            params![
                report.fence.name.as_str(),
                worker,
                delegate,
                report.fence.attempt.number(),
            ],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?;
    let Some((id, asked, before)) = found else { return Ok(None) };
    let update_time = step.now().max(Timestamp::from_micros(before));
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
    let asked = asked.map(|text| reason(&text)).transpose()?;
    Ok(Some(WriteResult::Applied { stop: asked, update_time }))
}

/// The reason of a stored text.
pub(crate) fn reason(stop: &str) -> Result<StopReason, Failed> {
    StopReason::from_column(stop)
        .ok_or_else(|| Failed::internal(format!("the stored reason {stop:?} is none")))
}

/// A stored name.
pub(crate) fn name(text: &str) -> Result<OperationName, Failed> {
    OperationName::parse(text).map_err(|error| Failed::internal(format!("a stored name is none: {error}")))
}

/// The columns of who writes.
fn holder(fence: &Fence) -> (Option<&str>, Option<&str>) {
    match &fence.holder {
        Holder::Worker(worker) => (Some(worker.as_str()), None),
        Holder::Delegate(delegate) => (None, Some(delegate.as_str())),
    }
}
