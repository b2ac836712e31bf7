//! The task that hands back what has not ended when the engine does.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use lro_store::MAX_BATCH;
use tokio::time::timeout;

use super::reconcile::reconcile;
use crate::server::shared::Shared;
use crate::server::state::backoff::Backoff;
use crate::server::state::call::in_time;
use crate::server::telemetry::{ended, ended_by_store};

/// How long handing work back may take. A store that does not answer by then keeps the work until the lease is
/// over.
pub(in crate::server) const TIME: Duration = Duration::from_secs(5);

/// How much of this time there is for work to stop, and for outcomes to be stored. What has stopped by then is handed
/// back.
const TIME_TO_STOP: Duration = Duration::from_secs(4);

pub(super) async fn run(shared: Arc<Shared>) {
    shared.stopped.cancelled().await;
    shared.work.close();
    let hand_back = async {
        let has_ended = timeout(TIME_TO_STOP, shared.work.wait()).await.is_ok();
        hand_back(&shared, has_ended).await;
    };
    if timeout(TIME, hand_back).await.is_err() {
        tracing::warn!(
            "the store did not take all operations back in time; others take over when the lease is over"
        );
    }
    shared.closed.cancel();
}

/// Hands back what has stopped. If all work has ended, this process then has nothing more, and says so.
async fn hand_back(shared: &Shared, has_ended: bool) {
    let mut backoff = Backoff::new(&shared.random);
    let unfinished = shared.take_unfinished();
    for unfinished in unfinished.chunks(MAX_BATCH) {
        let releases: Vec<_> = unfinished.iter().map(|unfinished| unfinished.release.clone()).collect();
        let results = loop {
            match in_time(shared.store.release(releases.clone())).await {
                Ok(results) => break results,
                Err(error) => {
                    tracing::warn!(
                        error = &error as &dyn Error,
                        "could not hand operations back; trying again"
                    );
                }
            }
            backoff.pause().await;
        };
        for (unfinished, result) in unfinished.iter().zip(&results) {
            if let Some(view) = unfinished.ended(result) {
                ended(&view, Some(unfinished.began));
            }
        }
    }
    if shared.is_stuck() || !has_ended {
        return;
    }
    // There may be more that this process has without its knowledge. What is known not to have begun shall not count as
    // an attempt.
    if shared.doubt.is_raised() {
        reconcile(shared).await;
    }
    loop {
        match in_time(shared.store.leave(&shared.worker.id())).await {
            Ok(sweep) => return ended_by_store(&sweep.ended),
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn Error,
                    "could not say that this process leaves; trying again"
                );
            }
        }
        backoff.pause().await;
    }
}
