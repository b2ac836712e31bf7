//! The task that reads how operations stand, for those who wait for them.

use std::error::Error;
use std::sync::Arc;

use tokio::time::sleep;

use crate::server::shared::Shared;
use crate::server::state::backoff::Backoff;
use crate::server::state::call::in_time;

/// How many operations to read in one call.
const BATCH: usize = 256;

/// Reads the operations that may have changed, once for all who wait, and tells them. A hint may be lost, so all
/// that somebody waits for is read at intervals too.
pub(super) async fn run(shared: Arc<Shared>) {
    // What this task has left unread before it was begun again.
    shared.waiters.mark_all();
    let interval = shared.settings.poll_interval();
    let notify = async {
        loop {
            tokio::select! {
                biased;
                () = shared.waiters.marked() => {}
                () = sleep(shared.random.shorten(interval)) => shared.waiters.mark_all(),
            }
            notify(&shared).await;
        }
    };
    tokio::select! {
        biased;
        () = shared.stopped.cancelled() => {}
        () = notify => {}
    }
}

async fn notify(shared: &Shared) {
    let mut backoff = Backoff::new(&shared.random);
    loop {
        let names = shared.waiters.take_marked(BATCH);
        if names.is_empty() {
            return;
        }
        match in_time(shared.store.get(names.clone())).await {
            Ok(views) => {
                for (name, view) in names.iter().zip(views) {
                    shared.waiters.tell(name, view);
                }
                backoff = Backoff::new(&shared.random);
            }
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn Error,
                    "could not read operations that others wait for; trying again"
                );
                for name in &names {
                    shared.waiters.mark(name);
                }
                backoff.pause().await;
            }
        }
    }
}
