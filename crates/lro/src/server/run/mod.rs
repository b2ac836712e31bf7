//! One attempt, from its first step to its outcome.

mod outcome;
mod progress;
mod supervise;
mod write;

use std::sync::Arc;
use std::time::Duration;

use lro_store::{Interruption, Record, Release, View};
use tracing::Instrument;

use self::supervise::End;
use super::shared::Shared;
use super::state::run::Run;
use super::state::slots::Slot;
use super::state::unfinished::Unfinished;
use super::telemetry::{Attempt, AttemptEnd};

/// Runs an operation that this process has. `slot` is free again when the attempt is over.
pub(super) fn launch(shared: &Arc<Shared>, record: Record, slot: Slot) {
    let Some(fence) = record.view.fence() else {
        return tracing::error!(name = %record.name(), "the store gave out an operation that nobody may run");
    };
    let run = Arc::new(Run::new(fence, record.view.clone(), shared.settings.on_delete));
    if !shared.runs.insert(Arc::clone(&run)) {
        return;
    }
    let told = Attempt::begin(&record.view);
    let span = told.span().clone();
    shared.waiters.tell_watchers(&run.fence.name, || run.view());
    let view = record.view.clone();
    let underway = Underway { shared: Arc::clone(shared), run };
    let attempt = async move {
        let Underway { shared, run } = &underway;
        let end = supervise::supervise(shared, run, record).await;
        conclude(shared, run, &told, &view, end).await;
        if view.exclusive().is_some() {
            // Another one may have waited for the key.
            shared.expect_work(Duration::ZERO);
        }
        drop(underway);
        drop(told);
        drop(slot);
    };
    // Boxed, because a spawn moves a future about several times, and this one is large.
    shared.work.spawn(Box::pin(attempt.instrument(span)));
}

/// An attempt that is under way.
struct Underway {
    shared: Arc<Shared>,
    run: Arc<Run>,
}

impl Drop for Underway {
    fn drop(&mut self) {
        self.shared.runs.remove(&self.run);
        if std::thread::panicking() {
            tracing::error!("an attempt ended in a panic of the engine; the operation is handed back");
            self.shared.doubt.raise();
        }
    }
}

/// Writes down how the attempt ended.
async fn conclude(shared: &Shared, run: &Arc<Run>, told: &Attempt, view: &View, mut end: End) {
    while let End::Finished(outcome) = end {
        let Some(refusal) = write::finish(shared, run, told, outcome).await else { return };
        // As if the handler had returned this error. With an error nothing else is written, so the next time is the last.
        end = outcome::of(shared, run, view, Ok(Err(shared.errors.refused(&refusal)))).into();
    }
    match end {
        End::Finished(_) => {}
        End::Retry(failure, delay) => {
            // After the last attempt the error is the end of the operation.
            if view.attempts() < view.max_attempts() {
                tracing::warn!(error = failure.message, ?delay, "the work failed and will be tried again");
            }
            told.over(AttemptEnd::Retry);
            write::release(shared, run, told, Interruption::retry(failure, delay)).await;
        }
        End::NotBegun => {
            told.over(AttemptEnd::NotBegun);
            write::release(shared, run, told, Interruption::not_begun()).await;
        }
        End::Over => {
            told.over(AttemptEnd::Lost);
            if run.is_done() {
                tracing::warn!("the operation has been ended elsewhere; the work was dropped");
            } else {
                tracing::warn!("another attempt has taken the operation over; the work was dropped");
            }
        }
        End::Dropped => {
            tracing::warn!("the work was dropped before its end; the operation is handed back");
            told.over(AttemptEnd::Dropped);
            write::release(shared, run, told, Interruption::begun()).await;
        }
        End::Stopped => {
            told.over(AttemptEnd::Dropped);
            let metadata = run.unwritten().map(|(metadata, _)| metadata);
            let release = Release::new(run.fence.clone(), Interruption::begun()).metadata(metadata);
            shared.hand_back(Unfinished::new(release, Arc::clone(run), told.began()));
        }
        End::Stuck => {
            tracing::warn!("the work does not stop; others take over when the lease is over");
            told.over(AttemptEnd::Stuck);
            shared.note_stuck();
        }
    }
}
