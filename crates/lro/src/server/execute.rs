//! One attempt, from its first step to its outcome.

use std::any::Any;
use std::error::Error;
use std::sync::Arc;

use lro_store::{Failure, FailureCode, Fenced, Outcome, Payload, Record, StoreExt};
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::JoinError;
use tokio::time::{Instant, sleep};
use tokio_util::task::AbortOnDropHandle;
use tonic::Status;
use tracing::Instrument;

use super::inner::Inner;
use super::pause::Pauses;
use super::runs::Run;
use super::status;

/// Runs an operation that is leased to this process since `leased_at`. `place` is free again when the attempt
/// is over.
pub(super) fn launch(inner: &Arc<Inner>, record: Record, place: OwnedSemaphorePermit, leased_at: Instant) {
    let Some(lease) = record.lease_id() else {
        return tracing::error!(name = %record.name(), "the store gave out an operation that nobody may run");
    };
    let span = tracing::info_span!(
        "operation",
        name = %lease.name,
        method = %record.method(),
        attempt = lease.attempt.number()
    );
    let run = Arc::new(Run::new(lease, leased_at, inner.settings.lease));
    inner.runs.insert(Arc::clone(&run));
    let engine = Arc::clone(inner);
    let attempt = async move {
        let end = supervise(&engine, &run, record).await;
        conclude(&engine, &run, end).await;
        engine.runs.remove(&run);
        drop(place);
    };
    inner.tasks.spawn(attempt.instrument(span));
}

/// How an attempt came to its end.
enum End {
    /// With an outcome.
    Finished(Outcome),
    /// Somebody else has the operation.
    Lost,
    /// The engine stops; somebody else shall have the operation.
    Stopped,
}

async fn supervise(inner: &Arc<Inner>, run: &Arc<Run>, record: Record) -> End {
    let Some(handler) = inner.handlers.get(record.method()) else {
        return End::Stopped;
    };
    let work = handler.call(Arc::clone(inner), Arc::clone(run), record).in_current_span();
    // A task of its own contains a panic, and dropping the handle drops the work.
    let mut work = AbortOnDropHandle::new(tokio::spawn(work));
    let patience_is_over = async {
        run.cancel().cancelled().await;
        sleep(inner.settings.cancel_grace).await;
    };
    tokio::select! {
        biased;
        joined = &mut work => return End::Finished(outcome(inner, joined)),
        () = run.lost() => return End::Lost,
        () = inner.stopped.cancelled() => return End::Stopped,
        () = patience_is_over => work.abort(),
    }
    // The outcome waits until the work is really gone, so that an exclusive key is not free too early.
    tokio::select! {
        biased;
        joined = &mut work => End::Finished(outcome(inner, joined)),
        () = run.lost() => End::Lost,
        () = inner.stopped.cancelled() => End::Stopped,
    }
}

fn outcome(inner: &Inner, joined: Result<Result<Payload, Status>, JoinError>) -> Outcome {
    let result = match joined {
        Ok(result) => result,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => {
                tracing::error!(panic = panic_text(&*panic), "the handler panicked");
                Err(inner.errors.panicked())
            }
            Err(_aborted) => {
                let failure = Failure::new(FailureCode::CANCELLED, "the operation was cancelled");
                return Outcome::Error(failure);
            }
        },
    };
    let limit = inner.settings.max_payload_size;
    let checked =
        result.and_then(|response| inner.errors.check_size("response", &response, limit).map(|()| response));
    match checked {
        Ok(response) => Outcome::Response(response),
        Err(error) => Outcome::Error(bounded(inner, status::to_failure(&error), limit)),
    }
}

/// The failure, or a shorter one with the same code if it is too large to keep.
fn bounded(inner: &Inner, failure: Failure, limit: usize) -> Failure {
    let size = failure.message.len() + failure.details.iter().map(Payload::size).sum::<usize>();
    if size <= limit {
        return failure;
    }
    tracing::error!(size, message = failure.message, "the error of the work is too large to keep");
    Failure { code: failure.code, ..status::to_failure(&inner.errors.too_large("error", size, limit)) }
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("(no text)")
}

/// Writes down how the attempt ended.
async fn conclude(inner: &Inner, run: &Run, end: End) {
    match end {
        End::Finished(outcome) => {
            // Only time ends the tries: what a heartbeat says about the lease may already be the effect of
            // one of them.
            tokio::select! {
                biased;
                () = commit(inner, run, outcome) => {}
                () = run.lease_over() => tracing::error!("the outcome could not be stored before the lease was over"),
            }
        }
        End::Lost => tracing::warn!("the lease was lost; the work was dropped"),
        End::Stopped => match inner.store.release_one(&run.lease).await {
            Ok(_) => tracing::info!("handed back"),
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn Error,
                    "could not be handed back; others take over when the lease is over"
                );
            }
        },
    }
}

/// Stores an outcome, again and again until the store has taken it or says that it no longer can.
async fn commit(inner: &Inner, run: &Run, mut outcome: Outcome) {
    let mut pauses = Pauses::new();
    let mut refused = false;
    loop {
        match inner.store.finish_one(run.lease.clone(), outcome.clone()).await {
            Ok(Fenced::Applied) => return,
            Ok(Fenced::Lost) => return tracing::warn!("somebody else has ended or taken over the operation"),
            Ok(Fenced::Deleted) => {
                return tracing::debug!("the operation was deleted; its outcome is dropped");
            }
            Err(error) if error.is_invalid() && !refused => {
                tracing::error!(error = &error as &dyn Error, "the store refuses the outcome");
                outcome = Outcome::Error(status::to_failure(&inner.errors.unstorable_outcome()));
                refused = true;
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn Error, "the outcome could not be stored; trying again");
                pauses.next().await;
            }
        }
    }
}
