//! The task that reads how operations ended, for those who wait for them.

use std::error::Error;
use std::sync::Arc;

use lro_store::Record;

use super::call::in_time;
use super::inner::Inner;
use super::pause::Pauses;

/// How many operations to read in one call.
const BATCH: usize = 256;

/// Reads the operations that may be over, once for all who wait, and tells them of those that are.
pub(super) async fn run(inner: Arc<Inner>) {
    // What a task before this one has left unread.
    inner.waiters.mark_all();
    let settle = async {
        loop {
            inner.waiters.marked().await;
            settle(&inner).await;
        }
    };
    tokio::select! {
        () = inner.stopped.cancelled() => {}
        () = settle => {}
    }
}

async fn settle(inner: &Inner) {
    let mut pauses = Pauses::new();
    loop {
        let names = inner.waiters.take_marked(BATCH);
        if names.is_empty() {
            return;
        }
        match in_time(inner.store.get(&names)).await {
            Ok(records) => {
                for (name, record) in names.iter().zip(records) {
                    if record.as_ref().is_none_or(Record::is_done) {
                        inner.waiters.settle(name, record.map(Arc::new));
                    }
                }
                pauses = Pauses::new();
            }
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn Error,
                    "could not read operations that others wait for; trying again"
                );
                inner.waiters.mark(names);
                pauses.next().await;
            }
        }
    }
}
