//! The task that hands back what has not ended when the engine does.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use lro_store::MAX_BATCH;
use tokio::time::timeout;

use crate::server::shared::Shared;
use crate::server::state::backoff::Backoff;
use crate::server::state::call::in_time;

/// How long handing work back may take. A store that does not answer by then keeps the work until the lease is
/// over.
pub(in crate::server) const TIME: Duration = Duration::from_secs(5);

pub(super) async fn run(shared: Arc<Shared>) {
    shared.stopped.cancelled().await;
    shared.work.close();
    let hand_back = async {
        shared.work.wait().await;
        hand_back(&shared).await;
    };
    if timeout(TIME, hand_back).await.is_err() {
        tracing::warn!(
            "the store did not take all operations back in time; others take over when the lease is over"
        );
    }
    shared.closed.cancel();
}

async fn hand_back(shared: &Shared) {
    let mut backoff = Backoff::new(&shared.random);
    let unfinished = shared.take_unfinished();
    for releases in unfinished.chunks(MAX_BATCH) {
        while let Err(error) = in_time(shared.store.release(releases.to_vec())).await {
            tracing::warn!(error = &error as &dyn Error, "could not hand operations back; trying again");
            backoff.pause().await;
        }
    }
    if shared.is_stuck() {
        return;
    }
    // There may be more that this process has without its knowledge.
    while let Err(error) = in_time(shared.store.leave(&shared.worker.id())).await {
        tracing::warn!(error = &error as &dyn Error, "could not say that this process leaves; trying again");
        backoff.pause().await;
    }
}
