//! Writing how an attempt ended, until the store has taken it.

use std::error::Error;

use lro_store::{
    Error as StoreError, Finish, Interruption, Outcome, Refusal, Release, StoreExt, WriteResult,
};

use crate::server::shared::Shared;
use crate::server::state::backoff::Backoff;
use crate::server::state::call::in_time;
use crate::server::state::run::Run;
use crate::server::status;
use crate::server::telemetry::{Attempt, AttemptEnd};

/// How often a store may fail to take an outcome before it is given another one.
const PATIENCE: u32 = 5;

/// Stores an outcome. It was reached, so it is tried until the store says that it is stored, or that somebody else
/// has the operation by now; no clock of this process ends that. A store that is broken, and not merely away, is
/// given an error to store after a few tries, and if it does not take that either, the operation back.
///
/// With a response comes what the work wants written in the same transaction. If that cannot be, nothing is stored, and
/// this is why.
pub(super) async fn finish(shared: &Shared, run: &Run, told: &Attempt, outcome: Outcome) -> Option<Refusal> {
    let metadata = run.unwritten().map(|(metadata, _)| metadata);
    let writes = if outcome.code().is_none() { run.with_response() } else { None };
    let mut finish = Finish::new(run.fence.clone(), outcome).metadata(metadata).in_transaction(writes);
    let mut backoff = Backoff::new(&shared.random);
    let (mut failures, mut is_replaced, mut may_be_stored) = (0, false, false);
    while !run.is_forgotten() {
        run.set_ending(true);
        let written = in_time((*shared.store).finish(vec![finish.clone()])).await.and_then(only);
        if let Ok(result) = &written
            && result.is_applied()
        {
            // Whoever comes from now on reads it.
            run.end();
            told.over(AttemptEnd::Finished);
            if let Some(done) = run.note_finish(finish, result) {
                told.ended(&done);
                shared.waiters.tell(&run.fence.name, Some(done));
            }
            return None;
        }
        run.set_ending(false);
        shared.waiters.mark(&run.fence.name);
        let error = match written {
            Ok(WriteResult::Deleted) => break,
            Ok(WriteResult::Refused(refusal)) => return Some(refusal),
            Ok(result) => {
                if result == WriteResult::Done && may_be_stored {
                    // By this attempt, as good as always: the answer to an earlier try got lost.
                    told.over(AttemptEnd::Finished);
                    if let Ok(Some(done)) = in_time((*shared.store).get_one(&run.fence.name)).await {
                        told.ended(&done);
                    }
                } else {
                    tracing::warn!("somebody else has ended the operation or taken it over");
                    told.over(AttemptEnd::Lost);
                }
                run.note(&result);
                return None;
            }
            Err(error) => error,
        };
        may_be_stored = true;
        if error.is_unavailable() {
            tracing::warn!(error = &error as &dyn Error, "the outcome could not be stored; trying again");
        } else {
            tracing::error!(error = &error as &dyn Error, "the store has failed to take the outcome");
            failures += 1;
        }
        if failures == PATIENCE {
            if is_replaced {
                tracing::error!("no outcome can be stored; handing the operation back");
                told.over(AttemptEnd::Dropped);
                release(shared, run, told, Interruption::begun()).await;
                return None;
            }
            let failure = status::to_failure(&shared.errors.unstorable_outcome());
            finish = Finish::new(run.fence.clone(), Outcome::Error(failure));
            (failures, is_replaced) = (0, true);
        }
        backoff.pause().await;
    }
    tracing::debug!("the operation was deleted; its outcome is dropped");
    told.over(AttemptEnd::Finished);
    None
}

/// Hands an operation back, until the store has taken it, or the engine has closed and its lease will do the same.
pub(super) async fn release(shared: &Shared, run: &Run, told: &Attempt, interruption: Interruption) {
    let metadata = run.unwritten().map(|(metadata, _)| metadata);
    let delay = interruption.delay;
    let release = Release::new(run.fence.clone(), interruption).metadata(metadata);
    let mut backoff = Backoff::new(&shared.random);
    while !run.is_forgotten() {
        match in_time(shared.store.release(vec![release.clone()])).await {
            Ok(results) => {
                let result = results.first();
                if let Some(done) = result.and_then(|result| run.note_release(release, result)) {
                    told.ended(&done);
                }
                shared.expect_work(delay);
                shared.waiters.mark(&run.fence.name);
                tracing::debug!("handed back");
                return run.lose();
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn Error, "could not be handed back; trying again");
            }
        }
        tokio::select! {
            biased;
            () = backoff.pause() => {}
            () = shared.closed.cancelled() => return,
        }
    }
}

fn only(mut results: Vec<WriteResult>) -> Result<WriteResult, StoreError> {
    results.pop().ok_or_else(|| StoreError::internal("the store gave no answer to a write"))
}
