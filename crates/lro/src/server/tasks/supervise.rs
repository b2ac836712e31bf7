//! How the tasks in the background are kept going.

use std::error::Error;
use std::future::Future;
use std::sync::Arc;

use tokio_util::task::AbortOnDropHandle;

use crate::server::shared::Shared;
use crate::server::state::backoff::Backoff;

/// Runs a task until it returns; one that panics is begun again. Without it operations would be stuck though
/// the process looks healthy.
pub(super) fn supervise<F, Fut>(
    shared: &Arc<Shared>,
    name: &'static str,
    task: F,
) -> impl Future<Output = ()> + Send + use<F, Fut>
where
    F: Fn(Arc<Shared>) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let unfinished = Unfinished { shared: Arc::clone(shared), is_finished: false };
    async move {
        // As a whole, so that it is dropped with this future and not before.
        let mut unfinished = unfinished;
        let shared = Arc::clone(&unfinished.shared);
        let mut backoff = Backoff::new(&shared.random);
        while let Err(error) = AbortOnDropHandle::new(tokio::spawn(task(Arc::clone(&shared)))).await {
            if !error.is_panic() {
                // The runtime ends.
                return;
            }
            tracing::error!(
                task = name,
                error = &error as &dyn Error,
                "a task has panicked; beginning again"
            );
            backoff.pause().await;
        }
        unfinished.is_finished = true;
    }
}

/// A task that has not returned. If it is dropped as such, its runtime has ended, and the engine with it.
struct Unfinished {
    shared: Arc<Shared>,
    is_finished: bool,
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.is_finished {
            self.shared.note_gone();
        }
    }
}
