//! Comparing what the store says that this process has with what it runs.

use std::collections::HashSet;
use std::error::Error;
use std::sync::Arc;

use lro_store::{Holder, Interruption, MAX_BATCH, Release, WriteResult};
use tokio::time::Instant;

use crate::server::shared::Shared;
use crate::server::state::call::in_time;
use crate::server::state::run::Run;

/// Hands back what the store has given this process without its knowledge, by a call whose answer got lost, and looks
/// after what runs here and is not this process's any more.
pub(super) async fn reconcile(shared: &Shared) {
    let (worker, asked_at) = (shared.worker.id(), Instant::now());
    let holder = Holder::Worker(worker.clone());
    let mut runs = shared.runs.all();
    runs.retain(|run| run.fence.holder == holder && !run.is_forgotten() && !run.is_over());
    let mut known = HashSet::new();
    let mut after = None;
    loop {
        let held = match in_time(shared.store.held(&worker, after.as_ref(), MAX_BATCH)).await {
            Ok(held) => held,
            Err(error) => {
                return tracing::warn!(error = &error as &dyn Error, "could not ask what this process has");
            }
        };
        let Some(last) = held.last() else { break };
        after = Some(last.name.clone());
        known.extend(held.iter().cloned());
        let unknown = held.into_iter().filter(|fence| !shared.runs.knows(fence));
        let releases: Vec<_> = unknown.map(|fence| Release::new(fence, Interruption::not_begun())).collect();
        if releases.is_empty() {
            continue;
        }
        if let Err(error) = in_time(shared.store.release(releases)).await {
            return tracing::warn!(error = &error as &dyn Error, "could not hand back what did not begin");
        }
    }
    shared.doubt.asked_at(asked_at);
    runs.retain(|run| !known.contains(&run.fence));
    look_after(shared, &runs).await;
}

/// Asks how the operations of these runs stand. Each is judged by itself: what nobody has taken over goes on.
pub(super) async fn look_after(shared: &Shared, runs: &[Arc<Run>]) {
    for runs in runs.chunks(MAX_BATCH) {
        let names = runs.iter().map(|run| run.fence.name.clone()).collect();
        let views = match in_time(shared.store.get(names)).await {
            Ok(views) => views,
            Err(error) => {
                return tracing::warn!(
                    error = &error as &dyn Error,
                    "could not look after running operations"
                );
            }
        };
        for (run, view) in runs.iter().zip(views) {
            let standing = match &view {
                None => WriteResult::Deleted,
                Some(view) if view.fence().as_ref() == Some(&run.fence) => {
                    WriteResult::Applied { stop: view.stop().cloned(), update_time: view.update_time() }
                }
                // What is done may have been ended by this very run, whose answer is on its way.
                Some(view) if view.is_done() => continue,
                Some(_) => WriteResult::Lost,
            };
            run.note(&standing);
        }
    }
}
