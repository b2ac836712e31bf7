//! The task that takes work back from workers that are gone.

use std::error::Error;
use std::sync::Arc;

use lro_store::{MAX_BATCH, Sweep};

use super::repeat::again;
use crate::server::shared::Shared;
use crate::server::state::call::in_time;
use crate::server::telemetry::{ended_by_store, metrics};

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
            Ok(Sweep { count: 0, .. }) => return,
            Ok(Sweep { count, ended, .. }) => {
                tracing::warn!(
                    count,
                    ended = ended.len(),
                    "took work back from processes whose lease is over; what has not ended by that begins again"
                );
                metrics::reclaimed(count);
                ended_by_store(&ended);
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
