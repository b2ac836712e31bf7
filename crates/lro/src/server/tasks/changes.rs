//! The task that passes the store's hints on to whom they concern.

use std::sync::Arc;

use lro_store::{Change, ChangeEvent, ChangeKind, Changes};
use tokio::sync::Mutex;

use super::inner::Inner;

/// The only reader of the store's hints: it wakes the claim task, handlers that are asked to stop, and the
/// task that reads for those who wait. It waits for nothing else, so a store that hangs delays no hint.
pub(super) async fn run(inner: Arc<Inner>, changes: Arc<Mutex<Changes>>) {
    let mut changes = changes.lock().await;
    // What a hub before this one has left undone.
    dispatch(&inner, ChangeEvent::Resync);
    loop {
        // Hints that never end must not keep the thread from everybody else.
        tokio::task::coop::consume_budget().await;
        tokio::select! {
            () = inner.stopped.cancelled() => return,
            event = changes.recv() => match event {
                Some(event) => dispatch(&inner, event),
                None => return,
            },
        }
    }
}

fn dispatch(inner: &Inner, event: ChangeEvent) {
    match event {
        ChangeEvent::Changed(Change { name, kind }) => match kind {
            ChangeKind::Claimable => inner.claim.notify_one(),
            ChangeKind::CancelRequested => {
                // Only what runs is asked; what is queued ends at once.
                inner.backlog.leave(&name);
                if let Some(run) = inner.runs.get(&name) {
                    run.cancel().cancel();
                }
            }
            ChangeKind::Done | ChangeKind::Deleted => {
                inner.backlog.leave(&name);
                inner.waiters.mark([name]);
            }
        },
        ChangeEvent::Resync => {
            inner.claim.notify_one();
            inner.heartbeat.notify_one();
            inner.waiters.mark_all();
        }
    }
}
