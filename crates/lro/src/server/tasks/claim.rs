//! The task that looks for work.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use lro_store::{Claim, Error as StoreError};
use tokio::time::sleep;

use super::reconcile::reconcile;
use crate::server::run;
use crate::server::shared::Shared;
use crate::server::state::call::{CALL_TIME, in_time};
use crate::server::state::slots::Reservation;

/// At most how many operations to claim at once.
const LARGEST_BATCH: usize = 64;

/// Claims work when there is a slot for it: on a hint, when its time has come, and at intervals for what no hint tells
/// of.
pub(super) async fn run(shared: Arc<Shared>) {
    // Begins small, so that a look into an empty queue does not occupy slots that a start could take at once.
    let mut batch = 1;
    loop {
        if batch == 1 {
            tokio::select! {
                biased;
                () = shared.draining.cancelled() => return,
                () = shared.claim.notified() => {}
                () = shared.slots.freed() => {}
                () = shared.alarm.rings() => {}
                () = sleep(shared.random.shorten(interval(&shared))) => {}
            }
        }
        if shared.doubt.is_raised() || shared.doubt.is_older_than(shared.settings.lease) {
            tokio::select! {
                biased;
                // What stops from now on is no run any more and has begun all the same, so it must not be taken for what
                // never began. The task that closes asks once it is handed back.
                () = shared.stopped.cancelled() => return,
                () = reconcile(&shared) => {}
            }
        }
        if shared.draining.is_cancelled() {
            return;
        }
        if !shared.worker.holds(shared.settings.lease_margin()) {
            // Others may take back what this process has, so it takes nothing new before it has shown that it lives.
            shared.keep_alive.notify_one();
            batch = 1;
            continue;
        }
        // If no slot is free, it goes on when one is.
        let Some(reservation) = shared.slots.reserve(&shared.handlers.paths(), batch) else {
            batch = 1;
            continue;
        };
        let wanted = reservation.len();
        shared.queue.looking(wanted);
        let claimed = claim(&shared, reservation).await;
        shared.queue.looking(0);
        batch = if claimed == wanted { (batch * 2).min(LARGEST_BATCH) } else { 1 };
    }
}

/// How long to wait for what no hint tells of.
fn interval(shared: &Shared) -> Duration {
    let interval = shared.settings.poll_interval();
    if shared.doubt.is_raised() { interval.min(CALL_TIME / 5) } else { interval }
}

/// Claims one operation per slot at most; how many it got.
async fn claim(shared: &Arc<Shared>, mut reservation: Reservation) -> usize {
    let mut request = Claim::new(shared.worker.id(), reservation.len());
    for (method, limit) in reservation.methods() {
        request = request.method(Arc::clone(method), limit);
    }
    let _expecting = shared.runs.expect();
    let answer = tokio::select! {
        biased;
        answer = in_time(shared.store.claim(&request)) => answer,
        // An engine that stops does not wait for a store that hangs.
        () = shared.stopped.cancelled() => Err(StoreError::unavailable("the engine has stopped")),
    };
    let records = match answer {
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
