//! The task that keeps leases.

use std::error::Error;
use std::sync::Arc;

use lro_store::{LeaseStatus, MAX_BATCH};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use super::inner::Inner;
use super::runs::Run;

/// Extends the leases of everything that runs here, and learns who is asked to stop and what is lost.
pub(super) async fn run(inner: Arc<Inner>) {
    let mut tick = interval(inner.settings.heartbeat_interval());
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = inner.stopped.cancelled() => return,
            () = inner.heartbeat.notified() => {}
            _ = tick.tick() => {}
        }
        beat(&inner).await;
    }
}

async fn beat(inner: &Inner) {
    let runs = inner.runs.held();
    let extend_all = async {
        for batch in runs.chunks(MAX_BATCH) {
            extend(inner, batch).await;
        }
    };
    // A call that hangs must leave time for another.
    if timeout(inner.settings.heartbeat_interval(), extend_all).await.is_err() {
        tracing::warn!("the store did not answer a heartbeat in time; trying again");
    }
}

async fn extend(inner: &Inner, runs: &[Arc<Run>]) {
    let duration = inner.settings.lease;
    let leases: Vec<_> = runs.iter().map(|run| run.lease.clone()).collect();
    let sent = Instant::now();
    match inner.store.heartbeat(&leases, duration).await {
        Ok(standings) => {
            for (run, standing) in runs.iter().zip(standings) {
                if matches!(standing, LeaseStatus::Held { .. }) {
                    run.extend(sent, duration);
                }
                run.note(standing);
            }
        }
        Err(error) => {
            tracing::warn!(error = &error as &dyn Error, "could not extend leases; trying again");
        }
    }
}
