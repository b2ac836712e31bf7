//! The task that takes leases away whose time is over.

use std::error::Error;
use std::sync::Arc;

use tokio::time::{MissedTickBehavior, interval};

use super::call::in_time;
use super::inner::Inner;

/// As many as a store takes at once.
const BATCH: usize = lro_store::MAX_BATCH;

/// Makes the work of processes that died claimable again, for all who share the store.
pub(super) async fn run(inner: Arc<Inner>) {
    let mut tick = interval(inner.settings.poll_interval());
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = inner.draining.cancelled() => return,
            _ = tick.tick() => expire(&inner).await,
        }
    }
}

/// Takes away all leases whose time is over.
pub(super) async fn expire(inner: &Inner) {
    loop {
        match in_time(inner.store.expire(BATCH)).await {
            Ok(0) => return,
            Ok(expired) => {
                // The store's hint may be lost.
                inner.claim.notify_one();
                if expired < BATCH {
                    return;
                }
            }
            Err(error) => {
                return tracing::warn!(
                    error = &error as &dyn Error,
                    "could not take over from processes that died; trying again later"
                );
            }
        }
    }
}
