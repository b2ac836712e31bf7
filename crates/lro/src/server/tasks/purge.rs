//! The task that removes what is kept long enough.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use super::call::within;
use super::inner::Inner;

const INTERVAL: Duration = Duration::from_secs(60);

/// As many as a store takes at once.
const BATCH: usize = lro_store::MAX_BATCH;

pub(super) async fn run(inner: Arc<Inner>) {
    let mut tick = interval(INTERVAL);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = inner.stopped.cancelled() => return,
            _ = tick.tick() => purge(&inner).await,
        }
    }
}

async fn purge(inner: &Inner) {
    loop {
        match within(INTERVAL, inner.store.purge(BATCH)).await {
            Ok(BATCH) => {}
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
