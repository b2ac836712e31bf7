//! How an engine ends.

use std::time::Duration;

use tokio::time::timeout;

use super::inner::Inner;

/// How long handing work back may take. A store that does not answer by then keeps the leases until they are
/// over.
const HAND_BACK: Duration = Duration::from_secs(5);

pub(super) async fn drain(inner: &Inner) {
    inner.draining.cancel();
    inner.tasks.close();
    if timeout(inner.settings.drain_time, inner.tasks.wait()).await.is_err() {
        tracing::info!(
            running = inner.runs.len(),
            "the drain time is over; handing unfinished operations back"
        );
    }
    inner.stopped.cancel();
    if timeout(HAND_BACK, inner.tasks.wait()).await.is_err() {
        tracing::warn!(
            "the store did not take all operations back in time; others take over when their leases are over"
        );
    }
}
