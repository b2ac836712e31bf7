//! The task that takes work back from workers that are gone.

use std::error::Error;
use std::sync::Arc;

use lro_store::MAX_BATCH;

use super::repeat::again;
use crate::server::shared::Shared;
use crate::server::state::call::in_time;
use crate::server::telemetry::metrics;

/// Makes the work of processes that died claimable again, for all who share the store.
pub(super) async fn run(shared: Arc<Shared>) {
    let interval = shared.settings.poll_interval();
    reclaim(&shared).await;
    while again(interval, &shared.random, &shared.draining).await {
        reclaim(&shared).await;
    }
}

async fn reclaim(shared: &Shared) {
    while shared.worker.may_reclaim(shared.settings.lease) {
        match in_time(shared.store.reclaim(&shared.worker.id(), MAX_BATCH)).await {
            Ok(0) => return,
            Ok(count) => {
                tracing::warn!(count, "took work back from processes whose lease is over; it begins again");
                metrics::reclaimed(count);
                // The store's hint may be lost.
                shared.claim.notify_one();
                if count < MAX_BATCH {
                    return;
                }
            }
            Err(error) => {
                return tracing::warn!(
                    error = &error as &dyn Error,
                    "could not take work back from processes that died; trying again later"
                );
            }
        }
    }
}
