//! Writes as a model of the moment makes them.

use std::time::Duration;

use lro_store::{Attempt, Fence, Finish, Holder, Interruption, Release, Report, View};

use super::call::{Write, failure, name, outcome, payload, worker};
use super::state::Model;

/// What a writer shows: the right of whoever has the operation, unless it is to be stale.
fn fence(write: &Write, model: &Model) -> Fence {
    let name = name(write.name);
    let current = model.view(&name).and_then(View::fence);
    match (write.stale(), current) {
        (None, Some(current)) => current,
        (stale, _) => {
            let (holder, attempt) = stale.unwrap_or_else(|| (Holder::Worker(worker(0)), Attempt::FIRST));
            Fence { name, holder, attempt }
        }
    }
}

pub(super) fn report(write: &Write, model: &Model) -> Report {
    let mut report = Report::new(fence(write, model));
    report.metadata = (write.content.is_multiple_of(2)).then(|| payload(write.content));
    report.checkpoint = (write.content.is_multiple_of(3)).then(|| payload(write.content));
    report
}

pub(super) fn finish(write: &Write, model: &Model) -> Finish {
    let metadata = (write.content.is_multiple_of(3)).then(|| payload(write.content));
    Finish::new(fence(write, model), outcome(write.content)).metadata(metadata)
}

pub(super) fn release(write: &Write, model: &Model) -> Release {
    let interruption = match write.content {
        0 | 1 => Interruption::begun(),
        2 => Interruption::not_begun(),
        number => Interruption::retry(failure(number), Duration::from_secs(u64::from(number))),
    };
    let metadata = (!write.content.is_multiple_of(2)).then(|| payload(write.content));
    Release::new(fence(write, model), interruption).metadata(metadata)
}
