//! The task that passes the store's hints on to whom they concern.

use std::sync::Arc;

use lro_store::{Change, Changes};
use tokio::sync::Mutex;

use crate::server::shared::Shared;

/// The only reader of the store's hints: it wakes the claim task, handlers that are asked to stop, and the
/// task that reads for those who wait. It waits for nothing else, so a store that hangs delays no hint.
pub(super) async fn run(shared: Arc<Shared>, changes: Arc<Mutex<Changes>>) {
    let mut changes = changes.lock().await;
    // What this task has left undone before it was begun again.
    dispatch(&shared, Change::Resync);
    loop {
        // Hints that never end must not keep the thread from everybody else.
        tokio::task::coop::consume_budget().await;
        tokio::select! {
            biased;
            () = shared.stopped.cancelled() => return,
            change = changes.recv() => match change {
                Some(change) => dispatch(&shared, change),
                None => return,
            },
        }
    }
}

fn dispatch(shared: &Shared, change: Change) {
    match change {
        Change::Claimable(method) => {
            if shared.handlers.path(&method).is_some() {
                shared.claim.notify_one();
            }
        }
        Change::StopRequested(name, reason) => {
            shared.waiters.mark_change(&name);
            shared.runs.request_stop(&name, reason);
        }
        Change::Done(name) => {
            shared.queue.leave(&name);
            // What its work here has just ended, that tells of.
            if !shared.runs.is_ending(&name) {
                shared.waiters.mark(&name);
            }
        }
        Change::Deleted(name) => {
            shared.queue.leave(&name);
            shared.waiters.mark(&name);
            shared.runs.forget(&name);
        }
        // A hint of a kind that is not known here may be about anything.
        _ => {
            // Among them of operations that were deleted, which only a look at what this process has can tell.
            shared.doubt.look_once();
            shared.claim.notify_one();
            shared.keep_alive.notify_one();
            shared.waiters.mark_all();
        }
    }
}
