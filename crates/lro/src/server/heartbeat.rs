//! The task that keeps leases.

use std::error::Error;
use std::sync::Arc;

use lro_store::Heartbeat;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use super::inner::Inner;

/// Extends the leases of everything that runs here, all in one call, and learns who is asked to stop and what
/// is lost.
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
    if runs.is_empty() {
        return;
    }
    let duration = inner.settings.lease;
    let leases: Vec<_> = runs.iter().map(|run| run.lease.clone()).collect();
    let sent = Instant::now();
    // A call that hangs for a whole lease has missed its purpose.
    match timeout(duration, inner.store.heartbeat(&leases, duration)).await {
        Ok(Ok(standings)) => {
            for (run, standing) in runs.iter().zip(standings) {
                if matches!(standing, Heartbeat::Held { .. }) {
                    run.extend(sent, duration);
                }
                run.note(standing);
            }
        }
        Ok(Err(error)) => {
            tracing::warn!(error = &error as &dyn Error, "could not extend leases; trying again");
        }
        Err(_elapsed) => tracing::warn!("the store did not answer a heartbeat in time; trying again"),
    }
}
