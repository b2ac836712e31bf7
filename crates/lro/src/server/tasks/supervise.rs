//! How the tasks in the background are kept alive.

use std::error::Error;
use std::future::Future;
use std::sync::Arc;

use tokio_util::task::AbortOnDropHandle;

use super::inner::Inner;
use super::pause::Pauses;

/// Runs a task until it returns; one that panics is begun again. Without it operations would be stuck though
/// the process looks healthy.
pub(super) fn keep_alive<F, Fut>(
    inner: &Arc<Inner>,
    name: &'static str,
    task: F,
) -> impl Future<Output = ()> + Send + use<F, Fut>
where
    F: Fn(Arc<Inner>) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let inner = Arc::clone(inner);
    async move {
        let mut pauses = Pauses::new();
        while let Err(error) = AbortOnDropHandle::new(tokio::spawn(task(Arc::clone(&inner)))).await {
            if !error.is_panic() {
                // The runtime ends.
                return;
            }
            tracing::error!(
                task = name,
                error = &error as &dyn Error,
                "a task has panicked; beginning again"
            );
            pauses.next().await;
        }
    }
}
