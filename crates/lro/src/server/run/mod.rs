//! One attempt, from its first step to its outcome.

use std::any::Any;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use lro_store::{Failure, FailureCode, Fenced, Outcome, Payload, Record, StoreExt};
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::JoinError;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::task::AbortOnDropHandle;
use tonic::Status;
use tracing::Instrument;

use super::call::in_time;
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
    let held = Held { inner: Arc::clone(inner), run };
    let attempt = async move {
        let end = supervise(&held.inner, &held.run, record).await;
        conclude(&held.inner, &held.run, end).await;
        drop(held);
        drop(place);
    };
    inner.tasks.spawn(attempt.instrument(span));
}

/// An attempt that is under way. Its end, be it a panic, is the end of its heartbeats.
struct Held {
    inner: Arc<Inner>,
    run: Arc<Run>,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.inner.runs.remove(&self.run);
        if std::thread::panicking() {
            tracing::error!("an attempt ended in a panic; the operation runs again when the lease is over");
        }
    }
}

/// How long work may take to be gone once it is aborted: it ends where it next waits.
const LAST_STEPS: Duration = Duration::from_secs(3);

/// How an attempt came to its end.
enum End {
    /// With an outcome.
    Finished(Outcome),
    /// Somebody else has the operation.
    Lost,
    /// The engine stops; somebody else shall have the operation.
    Stopped,
    /// The engine stops, but the work does not: nobody else shall have the operation yet.
    Stuck,
}

async fn supervise(inner: &Arc<Inner>, run: &Arc<Run>, record: Record) -> End {
    let Some(handler) = inner.handlers.get(record.method()) else {
        return End::Stopped;
    };
    // A store that took long to answer may have given out what others have by now.
    if !run.is_held() {
        return End::Lost;
    }
    if inner.stopped.is_cancelled() {
        return End::Stopped;
    }
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
        () = inner.stopped.cancelled() => return stop(inner, work).await,
        () = patience_is_over => work.abort(),
    }
    // The outcome waits until the work is really gone, so that an exclusive key is not free too early.
    tokio::select! {
        biased;
        joined = &mut work => End::Finished(outcome(inner, joined)),
        () = run.lost() => End::Lost,
        () = inner.stopped.cancelled() => stop(inner, work).await,
    }
}

/// Ends the work before anybody else can begin it.
async fn stop(inner: &Inner, mut work: AbortOnDropHandle<Result<Payload, Status>>) -> End {
    work.abort();
    match timeout(LAST_STEPS, &mut work).await {
        Ok(Err(error)) if error.is_cancelled() => End::Stopped,
        Ok(joined) => End::Finished(outcome(inner, joined)),
        Err(_elapsed) => End::Stuck,
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
        End::Stuck => tracing::warn!("the work does not stop; others take over when the lease is over"),
        End::Stopped => match in_time(inner.store.release_one(&run.lease)).await {
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

/// Stores an outcome, again and again while the store cannot be reached. When it cannot be stored at all, the
/// operation is left to whoever comes when the lease is over.
async fn commit(inner: &Inner, run: &Run, mut outcome: Outcome) {
    let mut pauses = Pauses::new();
    let mut refused = false;
    while !run.is_forgotten() {
        match in_time(inner.store.finish_one(run.lease.clone(), outcome.clone())).await {
            Ok(Fenced::Applied) => return,
            Ok(Fenced::Lost) => return tracing::warn!("somebody else has ended or taken over the operation"),
            Ok(Fenced::Deleted) => break,
            Err(error) if error.is_unavailable() => {
                tracing::warn!(error = &error as &dyn Error, "the outcome could not be stored; trying again");
                pauses.next().await;
            }
            Err(error) if !refused => {
                tracing::error!(error = &error as &dyn Error, "the store refuses the outcome");
                outcome = Outcome::Error(status::to_failure(&inner.errors.unstorable_outcome()));
                refused = true;
            }
            Err(error) => {
                return tracing::error!(error = &error as &dyn Error, "no outcome can be stored; giving up");
            }
        }
    }
    tracing::debug!("the operation was deleted; its outcome is dropped");
}

#[cfg(test)]
mod tests {
    use lro_store::{MemoryStore, NewOperation, OperationName, Parent};

    use super::*;
    use crate::server::handlers::Handler;
    use crate::server::page_token::PageTokens;
    use crate::server::settings::Settings;
    use crate::server::status::Errors;
    use crate::{Any, Method};

    const LEASE: Duration = Duration::from_secs(30);

    const WORK: Method<Any, Any, Any> =
        Method::new("/test.Desk/Work", "google.protobuf.Any", "google.protobuf.Any", "google.protobuf.Any");

    fn engine_with(service: &Arc<()>) -> Arc<Inner> {
        let errors = Errors::new("lro".into());
        let store = Arc::new(MemoryStore::new());
        let inner = Inner::new(store, Settings::default(), PageTokens::with_random_key(), errors);
        let never_ends = |service: Arc<()>, _: Any, _| async move {
            std::future::pending::<()>().await;
            drop(service);
            Ok(Any::default())
        };
        inner.handlers.insert(WORK.path(), Handler::new(WORK, Arc::clone(service), never_ends));
        inner
    }

    async fn leased(inner: &Inner) -> (Arc<Run>, Record) {
        let name = OperationName::random(&Parent::default());
        let request = Payload::new("type.googleapis.com/google.protobuf.Empty".to_owned(), Vec::new());
        let operation = NewOperation::new(name, WORK.path(), request).leased_to(inner.worker.clone(), LEASE);
        let record = inner.store.create_one(operation).await.unwrap();
        (Arc::new(Run::new(record.lease_id().unwrap(), Instant::now(), LEASE)), record)
    }

    #[tokio::test(start_paused = true)]
    async fn work_is_gone_before_it_is_handed_back() {
        let service = Arc::new(());
        let inner = engine_with(&service);
        let idle = Arc::strong_count(&service);
        let (run, record) = leased(&inner).await;
        let stop = async {
            while Arc::strong_count(&service) == idle {
                tokio::task::yield_now().await;
            }
            inner.stopped.cancel();
        };
        let (end, ()) = tokio::join!(supervise(&inner, &run, record), stop);
        assert!(matches!(end, End::Stopped));
        assert_eq!(Arc::strong_count(&service), idle);
    }

    #[tokio::test(start_paused = true)]
    async fn work_whose_lease_is_over_before_it_begins_does_not_begin() {
        let service = Arc::new(());
        let inner = engine_with(&service);
        let (run, record) = leased(&inner).await;
        tokio::time::advance(LEASE).await;
        assert!(matches!(supervise(&inner, &run, record).await, End::Lost));
    }
}
