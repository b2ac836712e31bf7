//! Watching over the work of one attempt.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use lro_store::{Failure, Outcome, Payload, Record};
use tokio::task::JoinError;
use tokio::time::{sleep, timeout};
use tokio_util::task::AbortOnDropHandle;
use tonic::Status;
use tracing::Instrument;

use super::outcome::{self, Verdict};
use super::progress;
use crate::server::context::{Attempt, Sink};
use crate::server::shared::Shared;
use crate::server::state::run::Run;
use crate::server::telemetry::Watched;

/// How long work may take to be gone once it is aborted: it ends where it next waits.
const LAST_STEPS: Duration = Duration::from_secs(3);

/// How an attempt came to its end.
pub(super) enum End {
    /// With an outcome.
    Finished(Outcome),
    /// With an error after which the work is to be tried again.
    Retry(Failure, Duration),
    /// The work has not begun.
    NotBegun,
    /// Nothing that it writes counts any more.
    Over,
    /// The work was dropped before its end, so somebody else shall have the operation.
    Dropped,
    /// The engine stops; somebody else shall have the operation.
    Stopped,
    /// The engine stops, but the work does not: nobody else shall have the operation yet.
    Stuck,
}

impl From<Verdict> for End {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Outcome(outcome) => Self::Finished(outcome),
            Verdict::Retry(failure, delay) => Self::Retry(failure, delay),
            Verdict::None => Self::Dropped,
        }
    }
}

type Work = AbortOnDropHandle<Result<Payload, Status>>;

pub(super) async fn supervise(shared: &Arc<Shared>, run: &Arc<Run>, record: Record) -> End {
    let Record { view, request, checkpoint, .. } = record;
    let must_not_overlap = view.exclusive().is_some() || shared.settings.strict;
    let (holder, margin) = (&run.fence.holder, shared.settings.lease_margin());
    // What a drain, a request to stop or the end of the lease has overtaken does not begin.
    let may_overlap = must_not_overlap && !shared.worker.holds_for(holder, margin);
    if shared.draining.is_cancelled() || run.stop().is_some() || may_overlap {
        return End::NotBegun;
    }
    let attempt = Arc::new(Attempt::new(
        Arc::clone(run),
        view.clone(),
        checkpoint,
        Sink::Store { store: Arc::clone(&shared.store), random: shared.random.clone() },
        shared.errors.clone(),
        shared.settings.max_payload_size,
    ));
    let handler = shared.handlers.get(view.method());
    let Some(work) = handler.and_then(|handler| handler.call(attempt, request)) else {
        tracing::warn!("the handler of the operation is gone; handing the operation back");
        return End::NotBegun;
    };
    let work = Watched::new(work, Arc::clone(&run.polls));
    // A task of its own contains a panic, and dropping the handle drops the work.
    let mut work: Work = AbortOnDropHandle::new(tokio::spawn(work.in_current_span()));
    let conclude = |joined| End::from(outcome::of(shared, run, &view, joined));
    let lease_over = async {
        if !must_not_overlap {
            pending::<()>().await;
        }
        shared.worker.nearly_over(holder, margin).await;
    };
    let patience_is_over = async {
        run.stop_requested().await;
        sleep(shared.settings.cancel_grace).await;
    };
    tokio::select! {
        biased;
        joined = &mut work => return conclude(joined),
        () = run.over() => return End::Over,
        () = shared.stopped.cancelled() => return stop(work, conclude).await,
        () = lease_over => {
            tracing::warn!("the lease could be over soon, and the work must not overlap; dropping it");
            work.abort();
        }
        () = patience_is_over => {
            tracing::warn!("the work did not stop within its grace period; dropping it");
            work.abort();
        }
        never = progress::write(shared, run) => match never {},
    }
    // The end waits until the work is really gone, so that nobody else begins it too early.
    tokio::select! {
        biased;
        joined = &mut work => conclude(joined),
        () = run.over() => End::Over,
        () = shared.stopped.cancelled() => stop(work, conclude).await,
    }
}

/// Ends the work before anybody else can begin it.
async fn stop(mut work: Work, conclude: impl Fn(Result<Result<Payload, Status>, JoinError>) -> End) -> End {
    work.abort();
    match timeout(LAST_STEPS, &mut work).await {
        Ok(Err(error)) if error.is_cancelled() => End::Stopped,
        Ok(joined) => conclude(joined),
        Err(_elapsed) => End::Stuck,
    }
}
