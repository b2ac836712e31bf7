//! What workers write: reports, ends, and work that is handed back.

use lro_store::{
    Fence, Finish, InTransaction, Payload, Release, Report, Timestamp, TransitionError, View, WriteResult,
};

use super::at_once;
use crate::error::Failed;
use crate::row::{self, change};
use crate::transaction::{self, Step, Writes};

/// Reports how far work has come.
pub(crate) fn report(step: &mut Step<'_>, reports: &[Report]) -> Result<Vec<WriteResult>, Failed> {
    let mut report = |report: &Report| {
        if report.in_transaction.is_none()
            && let Some(applied) = at_once::report(step, report)?
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
    if finish.in_transaction.is_none() && at_once::finish(step, finish)? {
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
