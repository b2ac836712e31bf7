//! The task that passes the store's hints on to whom they concern.

use std::collections::HashSet;
use std::error::Error;
use std::sync::Arc;

use lro_store::{Change, ChangeEvent, ChangeKind, Changes, OperationName};

use super::inner::Inner;
use super::pause::Pauses;

/// How many hints to act on at once; the operations that they end are read in one call.
const BATCH: usize = 256;

/// The only reader of the store's hints: it wakes the claim task, handlers that are asked to stop, and those
/// who wait.
pub(super) async fn run(inner: Arc<Inner>, mut changes: Changes) {
    // Operations that are over, have waiters, and could not be read yet.
    let mut unread = HashSet::new();
    let mut pauses = Pauses::new();
    loop {
        tokio::select! {
            () = inner.stopped.cancelled() => return,
            event = changes.recv() => match event {
                Some(event) => dispatch(&inner, event, &mut unread),
                None => return,
            },
            () = pauses.next(), if !unread.is_empty() => {}
        }
        for event in std::iter::from_fn(|| changes.try_recv()).take(BATCH) {
            dispatch(&inner, event, &mut unread);
        }
        if settle(&inner, &mut unread).await {
            pauses = Pauses::new();
        }
    }
}

fn dispatch(inner: &Inner, event: ChangeEvent, unread: &mut HashSet<OperationName>) {
    match event {
        ChangeEvent::Changed(Change { name, kind }) => match kind {
            ChangeKind::Claimable => inner.claim.notify_one(),
            ChangeKind::CancelRequested => {
                if let Some(run) = inner.runs.get(&name) {
                    run.cancel().cancel();
                }
            }
            ChangeKind::Done | ChangeKind::Deleted => {
                if inner.waiters.has(&name) {
                    unread.insert(name);
                }
            }
        },
        ChangeEvent::Resync => {
            inner.claim.notify_one();
            inner.heartbeat.notify_one();
            unread.extend(inner.waiters.names());
        }
    }
}

/// Reads the operations that somebody waits for and tells the waiters of those that are over; whether that
/// was possible.
async fn settle(inner: &Inner, unread: &mut HashSet<OperationName>) -> bool {
    let names: Vec<_> = unread.iter().cloned().collect();
    if names.is_empty() {
        return true;
    }
    match inner.store.get(&names).await {
        Ok(records) => {
            unread.clear();
            for (name, record) in names.iter().zip(records) {
                if record.as_ref().is_none_or(lro_store::Record::is_done) {
                    inner.waiters.settle(name, record.map(Arc::new));
                }
            }
            true
        }
        Err(error) => {
            tracing::warn!(
                error = &error as &dyn Error,
                "could not read operations that others wait for; trying again"
            );
            false
        }
    }
}
