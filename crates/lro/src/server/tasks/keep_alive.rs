//! The task that keeps this process's lease.

use std::error::Error;
use std::sync::Arc;

use lro_store::{Holder, KeepAlive, MAX_BATCH, WriteResult};
use tokio::time::{Instant, sleep, timeout};

use crate::server::shared::Shared;
use crate::server::state::call::in_time;
use crate::server::state::run::Run;

/// Tells the store at intervals that this process lives, and learns which of its operations are asked to stop. One
/// call does for all that runs here.
pub(super) async fn run(shared: Arc<Shared>) {
    let interval = shared.settings.keep_alive_interval();
    loop {
        beat(&shared).await;
        tokio::select! {
            () = shared.closed.cancelled() => return,
            () = shared.keep_alive.notified() => {}
            () = sleep(shared.random.shorten(interval)) => {}
        }
    }
}

async fn beat(shared: &Shared) {
    if !keep_alive(shared).await && !shared.draining.is_cancelled() {
        tracing::warn!("the store has declared this process gone; what it runs may have been taken over");
        shared.worker.renew();
        keep_alive(shared).await;
    }
    look_after_earlier_runs(shared).await;
}

/// Gives a sign of life; `false` if this process was declared gone.
async fn keep_alive(shared: &Shared) -> bool {
    let (worker, lease) = (shared.worker.id(), shared.settings.lease);
    let sent = Instant::now();
    // A call that hangs must leave time for another.
    let call =
        timeout(shared.settings.keep_alive_interval(), in_time(shared.store.keep_alive(&worker, lease)));
    match call.await {
        Ok(Ok(KeepAlive { alive, stops, .. })) => {
            for stop in stops {
                shared.runs.request_stop(&stop.name, stop.reason);
            }
            if alive {
                let was_known = shared.worker.is_known();
                shared.worker.kept_alive(sent, lease);
                if !was_known {
                    shared.claim.notify_one();
                }
            }
            alive
        }
        Ok(Err(error)) => {
            tracing::warn!(error = &error as &dyn Error, "could not give a sign of life; trying again");
            true
        }
        Err(_elapsed) => {
            tracing::warn!("the store did not answer a sign of life in time; trying again");
            true
        }
    }
}

/// Asks how the operations stand that this process had when it was declared gone. Each is judged by itself: what
/// nobody has taken over goes on.
async fn look_after_earlier_runs(shared: &Shared) {
    let present = Holder::Worker(shared.worker.id());
    let earlier = |run: &Arc<Run>| run.fence.holder != present && !run.is_forgotten() && !run.is_over();
    let runs: Vec<_> = shared.runs.all().into_iter().filter(earlier).collect();
    for runs in runs.chunks(MAX_BATCH) {
        let names = runs.iter().map(|run| run.fence.name.clone()).collect();
        let views = match in_time(shared.store.get(names)).await {
            Ok(views) => views,
            Err(error) => {
                return tracing::warn!(
                    error = &error as &dyn Error,
                    "could not look after running operations"
                );
            }
        };
        for (run, view) in runs.iter().zip(views) {
            let standing = match &view {
                None => WriteResult::Deleted,
                Some(view) if view.fence().as_ref() == Some(&run.fence) => {
                    WriteResult::Applied { stop: view.stop().cloned() }
                }
                // What is done may have been ended by this very run, whose answer is on its way.
                Some(view) if view.is_done() => continue,
                Some(_) => WriteResult::Lost,
            };
            run.note(&standing);
        }
    }
}
