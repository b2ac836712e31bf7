//! The task that looks for work.

use std::error::Error;
use std::sync::Arc;

use lro_store::Claim;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use super::call::{CALL_TIME, within};
use super::execute;
use super::inner::Inner;

/// At most how many operations to claim at once.
const LARGEST_BATCH: usize = 64;

/// Claims work when there is a place for it: on a hint, and at intervals for what no hint tells of.
pub(super) async fn run(inner: Arc<Inner>) {
    let mut poll = interval(inner.settings.poll_interval());
    poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // Begins small, so that a look into an empty queue does not occupy places that a start could take at
    // once.
    let mut batch = 1;
    loop {
        if batch == 1 {
            tokio::select! {
                () = inner.draining.cancelled() => return,
                () = inner.claim.notified() => {}
                _ = poll.tick() => {}
            }
        }
        let places = tokio::select! {
            () = inner.draining.cancelled() => return,
            places = places(&inner, batch) => places,
        };
        let wanted = places.len();
        inner.backlog.looking(wanted);
        // In a task of its own: a claim that is dropped half-way would leave work to nobody. One that hangs
        // keeps its places, and the look for work goes on with the others.
        let claim = inner.tasks.spawn(claim(Arc::clone(&inner), places));
        let claimed = match timeout(CALL_TIME, claim).await {
            Ok(Ok(claimed)) => claimed,
            Ok(Err(panicked)) => {
                tracing::error!(error = &panicked as &dyn Error, "a look for work ended in a panic");
                0
            }
            Err(_elapsed) => {
                tracing::warn!("the store does not answer a look for work; trying again");
                0
            }
        };
        inner.backlog.looking(0);
        batch = if claimed == wanted { (batch * 2).min(LARGEST_BATCH) } else { 1 };
    }
}

/// Waits for a free place, and takes up to `batch` that are free.
async fn places(inner: &Inner, batch: usize) -> Vec<OwnedSemaphorePermit> {
    let take = || Arc::clone(&inner.places);
    let mut places: Vec<_> = take().acquire_owned().await.into_iter().collect();
    while places.len() < batch
        && let Ok(place) = take().try_acquire_owned()
    {
        places.push(place);
    }
    places
}

/// Claims one operation per place at most; how many it got.
async fn claim(inner: Arc<Inner>, places: Vec<OwnedSemaphorePermit>) -> usize {
    let methods = inner.handlers.paths();
    if methods.is_empty() {
        return 0;
    }
    let leased_at = Instant::now();
    let lease = inner.settings.lease;
    let request = Claim { worker: inner.worker.clone(), methods, limit: places.len(), lease };
    // After that time whatever it has claimed is free for others again.
    let records = match within(lease, inner.store.claim(&request)).await {
        Ok(records) => records,
        Err(error) => {
            tracing::warn!(error = &error as &dyn Error, "could not look for work; trying again later");
            return 0;
        }
    };
    let claimed = records.len();
    for (record, place) in records.into_iter().zip(places) {
        inner.backlog.leave(record.name());
        execute::launch(&inner, record, place, leased_at);
    }
    claimed
}
