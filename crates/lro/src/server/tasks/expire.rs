//! The task that ends what is not done by its deadline.

use std::error::Error;
use std::sync::Arc;

use lro_store::{MAX_BATCH, Sweep};

use super::repeat::again;
use crate::server::shared::Shared;
use crate::server::state::call::in_time;
use crate::server::telemetry::{ended_by_store, metrics};

/// Ends operations that are past their deadline, or asks their work to stop, for all who share the store.
pub(super) async fn run(shared: Arc<Shared>) {
    let interval = shared.settings.poll_interval();
    expire(&shared).await;
    while again(interval, &shared.random, &shared.stopped).await {
        expire(&shared).await;
    }
}

async fn expire(shared: &Shared) {
    loop {
        match in_time(shared.store.expire(MAX_BATCH)).await {
            Ok(Sweep { count: 0, .. }) => return,
            Ok(Sweep { count, ended, .. }) => {
                let asked = count.saturating_sub(ended.len());
                if asked > 0 {
                    tracing::info!(count = asked, "work is past its deadline, and is asked to stop");
                }
                metrics::expired(count);
                ended_by_store(&ended);
                if count < MAX_BATCH {
                    return;
                }
            }
            Err(error) => {
                return tracing::warn!(
                    error = &error as &dyn Error,
                    "could not end operations that are past their deadline; trying again later"
                );
            }
        }
    }
}
