//! The task that keeps this process's lease.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use lro_store::{Holder, KeepAlive};
use tokio::time::{Instant, sleep_until};

use super::reconcile::look_after;
use crate::server::shared::Shared;
use crate::server::state::call::{CALL_TIME, within};
use crate::server::state::run::Run;
use crate::server::telemetry::metrics;

/// By how much sooner than the next sign of life would be due one that failed is tried again.
const SOONER: u32 = 4;

/// Tells the store at intervals that this process lives, and learns which of its operations are asked to stop. One
/// call does for all that runs here.
pub(super) async fn run(shared: Arc<Shared>) {
    let interval = shared.settings.keep_alive_interval();
    loop {
        look_for_blocked(&shared);
        let pause = if beat(&shared).await { interval } else { interval / SOONER };
        tokio::select! {
            biased;
            () = shared.closed.cancelled() => return,
            () = shared.keep_alive.notified() => {}
            () = wait(&shared, pause) => {}
        }
    }
}

/// Waits for so long, or while something runs here for the poll interval at most: no hint may tell of a request to stop.
async fn wait(shared: &Shared, pause: Duration) {
    let end = Instant::now() + shared.random.shorten(pause);
    loop {
        let look = Instant::now() + shared.random.shorten(shared.settings.poll_interval());
        sleep_until(look.min(end)).await;
        if end <= look || !shared.runs.is_empty() {
            return;
        }
    }
}

/// Says which handlers block their thread right now. A thread of its own would see those of a runtime that has only one
/// too; this look costs nothing that is not done anyway, and those are told when they go on.
fn look_for_blocked(shared: &Shared) {
    for run in shared.runs.all() {
        if let Some(blocked) = run.polls.take_blocked() {
            tracing::warn!(
                name = %run.fence.name,
                method = %run.method,
                ?blocked,
                "the handler blocks its thread, which keeps everything else on it from going on; \
                 use `tokio::task::spawn_blocking` for what waits or computes for long"
            );
        }
    }
}

/// Gives a sign of life, and does what follows from the answer; whether there was one.
async fn beat(shared: &Shared) -> bool {
    let mut answer = keep_alive(shared).await;
    if answer == Answer::Gone && !shared.draining.is_cancelled() {
        tracing::warn!("the store has declared this process gone; what it runs may have been taken over");
        metrics::lease_lost();
        shared.worker.renew();
        answer = keep_alive(shared).await;
    }
    look_after_earlier_runs(shared).await;
    answer != Answer::None
}

/// What the store has said to a sign of life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    /// The lease holds.
    Alive,
    /// The process was declared gone.
    Gone,
    /// Nothing.
    None,
}

async fn keep_alive(shared: &Shared) -> Answer {
    let (worker, lease) = (shared.worker.id(), shared.settings.lease);
    let sent = Instant::now();
    // A call that hangs must leave time for another.
    let time = shared.settings.keep_alive_interval().min(CALL_TIME);
    match within(time, shared.store.keep_alive(&worker, lease)).await {
        Ok(KeepAlive { alive, stops, .. }) => {
            for stop in stops {
                shared.runs.request_stop(&stop.name, stop.reason);
            }
            if !alive {
                return Answer::Gone;
            }
            let holds = || shared.worker.holds(shared.settings.lease_margin());
            let held = holds();
            shared.worker.kept_alive(sent, lease);
            if !held && holds() {
                shared.claim.notify_one();
            }
            Answer::Alive
        }
        Err(error) => {
            tracing::warn!(error = &error as &dyn Error, "could not give a sign of life; trying again");
            Answer::None
        }
    }
}

/// Asks how the operations stand that this process had when it was declared gone. Each is judged by itself: what
/// nobody has taken over goes on.
async fn look_after_earlier_runs(shared: &Shared) {
    let present = Holder::Worker(shared.worker.id());
    let earlier = |run: &Arc<Run>| run.fence.holder != present && !run.is_forgotten() && !run.is_over();
    let runs: Vec<_> = shared.runs.all().into_iter().filter(earlier).collect();
    look_after(shared, &runs).await;
}
