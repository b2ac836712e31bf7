//! What clients ask for: cancelling and deleting.

use lro_store::{Change, OperationName, StopReason};

use crate::error::Failed;
use crate::row::{self, change, keys};
use crate::transaction::Step;

/// Cancels operations; whether each exists.
pub(crate) fn request_cancel(step: &mut Step<'_>, names: &[OperationName]) -> Result<Vec<bool>, Failed> {
    let mut cancel = |name: &OperationName| {
        let now = step.now();
        let stored = row::by_name(step.transaction(), name)?.filter(|stored| !stored.view.is_expired(now));
        let Some(stored) = stored else { return Ok(false) };
        let after = stored.view.request_stop(StopReason::Cancelled, now);
        change::replace(step, &stored, &after, None)?;
        Ok(true)
    };
    names.iter().map(&mut cancel).collect()
}

/// Forgets operations; whether each existed.
pub(crate) fn delete(step: &mut Step<'_>, names: &[OperationName]) -> Result<Vec<bool>, Failed> {
    let mut delete = |name: &OperationName| {
        let now = step.now();
        let stored = row::by_name(step.transaction(), name)?.filter(|stored| !stored.view.is_expired(now));
        let Some(stored) = stored else { return Ok(false) };
        row::delete(step, stored.id)?;
        step.hint(Change::Deleted(name.clone()));
        if !stored.view.is_done() {
            keys::settle(step, stored.view.exclusive())?;
        }
        Ok(true)
    };
    names.iter().map(&mut delete).collect()
}
