//! The task that removes what is kept long enough.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use lro_store::MAX_BATCH;
use tokio::time::Instant;

use super::repeat::again;
use crate::server::shared::Shared;
use crate::server::state::call::within;

const INTERVAL: Duration = Duration::from_secs(60);

/// Removes operations whose retention is over. No reader sees them any more, so this only makes room.
pub(super) async fn run(shared: Arc<Shared>) {
    purge(&shared).await;
    while again(INTERVAL, &shared.random, &shared.stopped).await {
        purge(&shared).await;
    }
}

async fn purge(shared: &Shared) {
    loop {
        let began = Instant::now();
        match within(INTERVAL, shared.store.purge(MAX_BATCH)).await {
            // Others get as much of the store's time as this takes, also where only one process writes at a time.
            Ok(MAX_BATCH) => {
                if !again(began.elapsed(), &shared.random, &shared.stopped).await {
                    return;
                }
            }
            Ok(_) => return,
            Err(error) => {
                return tracing::warn!(
                    error = &error as &dyn Error,
                    "could not remove expired operations; trying again later"
                );
            }
        }
    }
}
