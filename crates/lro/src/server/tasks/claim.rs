//! The task that looks for work.

use std::error::Error;
use std::sync::Arc;

use lro_store::{Claim, Holder, Interruption, MAX_BATCH, Release};
use tokio::time::{Instant, sleep};

use crate::server::run;
use crate::server::shared::Shared;
use crate::server::state::call::in_time;
use crate::server::state::slots::Reservation;

/// At most how many operations to claim at once.
const LARGEST_BATCH: usize = 64;

/// Claims work when there is a slot for it: on a hint, when its time has come, and at intervals for what no hint tells
/// of.
pub(super) async fn run(shared: Arc<Shared>) {
    let interval = shared.settings.poll_interval();
    // Begins small, so that a look into an empty queue does not occupy slots that a start could take at once.
    let mut batch = 1;
    loop {
        if batch == 1 {
            tokio::select! {
                () = shared.draining.cancelled() => return,
                () = shared.claim.notified() => {}
                () = shared.slots.freed() => {}
                () = shared.alarm.rings() => {}
                () = sleep(shared.random.shorten(interval)) => {}
            }
        }
        if shared.doubt.is_raised() {
            reconcile(&shared).await;
        }
        let methods = shared.handlers.paths();
        if methods.is_empty() || !shared.worker.is_known() {
            batch = 1;
            continue;
        }
        let reservation = loop {
            if shared.draining.is_cancelled() {
                return;
            }
            if let Some(reservation) = shared.slots.reserve(&methods, batch) {
                break reservation;
            }
            tokio::select! {
                () = shared.draining.cancelled() => return,
                () = shared.slots.freed() => {}
            }
        };
        let wanted = reservation.len();
        shared.queue.looking(wanted);
        let claimed = claim(&shared, reservation).await;
        shared.queue.looking(0);
        batch = if claimed == wanted { (batch * 2).min(LARGEST_BATCH) } else { 1 };
    }
}

/// Claims one operation per slot at most; how many it got.
async fn claim(shared: &Arc<Shared>, mut reservation: Reservation) -> usize {
    let mut request = Claim::new(shared.worker.id(), reservation.len());
    for (method, limit) in reservation.methods() {
        request = request.method(Arc::clone(method), limit);
    }
    let _expecting = shared.runs.expect();
    let records = match in_time(shared.store.claim(&request)).await {
        Ok(records) => records,
        Err(error) => {
            shared.doubt.raise();
            tracing::warn!(error = &error as &dyn Error, "could not look for work; trying again later");
            return 0;
        }
    };
    let claimed = records.len();
    for record in records {
        shared.queue.leave(record.name());
        if let Some(slot) = reservation.slot(record.view.method()) {
            run::launch(shared, record, slot);
        } else {
            tracing::error!(name = %record.name(), "the store gave out more than was asked for; handing it back");
            shared.doubt.raise();
        }
    }
    claimed
}

/// Hands back what the store has given this process without its knowledge, by a call whose answer got lost.
async fn reconcile(shared: &Shared) {
    let (worker, asked_at) = (shared.worker.id(), Instant::now());
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
        debug_assert!(held.iter().all(|fence| fence.holder == Holder::Worker(worker.clone())));
        let unknown = held.into_iter().filter(|fence| !shared.runs.knows(&fence.name));
        let releases: Vec<_> = unknown.map(|fence| Release::new(fence, Interruption::not_begun())).collect();
        if releases.is_empty() {
            continue;
        }
        if let Err(error) = in_time(shared.store.release(releases)).await {
            return tracing::warn!(error = &error as &dyn Error, "could not hand back what did not begin");
        }
    }
    shared.doubt.asked_at(asked_at);
}
