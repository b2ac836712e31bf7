//! How an engine ends.

use tokio::time::timeout;

use crate::server::shared::Shared;
use crate::server::tasks::close;

/// Lets work end for a while, and then has the rest handed back.
pub(super) async fn drain(shared: &Shared) {
    shared.draining.cancel();
    shared.work.close();
    let ended = async {
        tokio::select! {
            biased;
            () = shared.work.wait() => {}
            () = shared.stopped.cancelled() => {}
        }
    };
    if timeout(shared.settings.drain_time, ended).await.is_err() {
        tracing::info!(
            running = shared.runs.all().len(),
            "the drain time is over; handing unfinished operations back"
        );
    }
    shared.stopped.cancel();
    // The task that closes has a limit of its own. Where it is gone with its runtime, there is nothing to wait for.
    let _ = timeout(close::TIME * 2, shared.closed.cancelled()).await;
}
