//! The tasks in the background, one each.

mod changes;
mod claim;
pub(super) mod close;
mod expire;
mod keep_alive;
mod notify_waiters;
mod purge;
mod reclaim;
mod reconcile;
mod repeat;
mod supervise;

use std::sync::Arc;

use tokio::sync::Mutex;

use self::supervise::supervise;
use super::shared::Shared;

/// Starts them. They end when the engine does.
pub(super) fn spawn(shared: &Arc<Shared>) {
    // Subscribed before anything can change, so that no waiter misses a hint.
    let hints = Arc::new(Mutex::new(shared.store.changes()));
    tokio::spawn(supervise(shared, "changes", move |shared| changes::run(shared, Arc::clone(&hints))));
    tokio::spawn(supervise(shared, "notify_waiters", notify_waiters::run));
    tokio::spawn(supervise(shared, "keep_alive", keep_alive::run));
    tokio::spawn(supervise(shared, "reclaim", reclaim::run));
    tokio::spawn(supervise(shared, "expire", expire::run));
    tokio::spawn(supervise(shared, "purge", purge::run));
    tokio::spawn(supervise(shared, "close", close::run));
    shared.work.spawn(supervise(shared, "claim", claim::run));
}
