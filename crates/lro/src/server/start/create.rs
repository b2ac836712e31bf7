//! Storing a new operation, and running it if it may.

use std::sync::Arc;

use lro_store::{
    Attempt, Beginning, Created, Creation, Error, Fence, Holder, NewOperation, OnConflict, OperationName,
    Record, StoreExt, View,
};
use tokio::time::timeout;
use tonic::Status;
use tracing::Instrument;

use crate::google::longrunning::Operation;
use crate::server::run;
use crate::server::shared::Shared;
use crate::server::state::call::{CALL_TIME, in_time};
use crate::server::telemetry::{ended, ended_by_store, metrics};

/// What a start has led to.
pub(in crate::server) enum Begun {
    /// To an operation of its own.
    New(Operation),
    /// To nothing: the same request, or another of its id, has started this operation before.
    Before(Box<Record>),
    /// To nothing: this operation is what the start asked to join.
    Joined(Operation),
    /// To nothing: this operation has the exclusive key.
    Held(OperationName),
    /// To nothing, for this reason, and without asking the store: it may be that the same request has started an
    /// operation before.
    Refused(Status),
}

/// Stores an operation, and runs it if there is a free slot.
pub(in crate::server) async fn begin(shared: &Arc<Shared>, operation: NewOperation) -> Result<Begun, Status> {
    shared.check_alive()?;
    // Taken before the look, so that a shutdown which the look does not see waits for this start.
    let _token = shared.work.token();
    if shared.draining.is_cancelled() {
        return Ok(Begun::Refused(shared.errors.draining()));
    }
    // In a task of its own: a client that goes away in the middle, or is told that the store hangs, must not
    // leave work that this process has and does not do.
    let task = shared.work.spawn(create(Arc::clone(shared), operation).in_current_span());
    match timeout(CALL_TIME, task).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(end)) if end.is_panic() => Err(shared.errors.store(&Error::internal(end))),
        // The runtime has ended, and the task with it.
        Ok(Err(end)) => Err(shared.errors.store(&Error::unavailable(end))),
        Err(elapsed) => Err(shared.errors.store(&Error::unavailable(elapsed))),
    }
}

async fn create(shared: Arc<Shared>, operation: NewOperation) -> Result<Begun, Status> {
    let name = operation.name().clone();
    let begins_done = operation.is_done();
    let needs_slot = !begins_done && !operation.is_delegated();
    let slot = if needs_slot { shared.slots.take(operation.method()) } else { None };
    let waits_for_key = matches!(operation.on_conflict(), Some(OnConflict::Queue | OnConflict::Preempt));
    // What may not begin yet waits for its time and not for a slot.
    let may_wait = needs_slot && !operation.is_delayed() && (slot.is_none() || waits_for_key);
    let may_not_wait = may_wait && !has_place(&shared, &name).await;
    let operation = match operation.exclusive().cloned() {
        // What has a slot may still begin, if its key is free.
        Some(key) if may_not_wait && slot.is_some() => operation.with_exclusive(key, OnConflict::Abort),
        _ if may_not_wait => return Ok(Begun::Refused(shared.errors.queue_full())),
        _ => operation,
    };
    let (worker, delay) = (shared.worker.id(), operation.delay());
    let request = operation.request().clone();
    // Until the lease holds for sure, the look for work that follows it is what begins the operation.
    let operation = match &slot {
        Some(_) if shared.worker.holds(shared.settings.lease_margin()) => {
            operation.with_beginning(Beginning::ClaimedBy(worker.clone()))
        }
        _ => operation,
    };
    // Until this is dropped, a request to stop that comes before the answer is remembered, and nobody hands back
    // what the store has given to this process.
    let _expecting = shared.runs.expect_created(name.clone());
    let creation = store(&shared, operation).await;
    let is_queued = |view: &View| view.holder().is_none() && !view.is_done();
    if !matches!(&creation, Ok(Creation::Created(created)) if is_queued(&created.view)) {
        shared.queue.leave(&name);
    }
    let view = match creation.map_err(|error| shared.errors.store(&error))? {
        Creation::Created(created) => {
            ended_by_store(&created.ended);
            created.view
        }
        Creation::Repeated(first) => return Ok(Begun::Before(first)),
        Creation::KeyHeld(_) if may_not_wait => return Err(shared.errors.queue_full()),
        Creation::KeyHeld(holder) => return Ok(Begun::Held(holder)),
        Creation::Refused(refusal) => return Err(shared.errors.refused(&refusal)),
        Creation::Full => return Err(shared.errors.store_full()),
        Creation::Invalid(why) => return Err(shared.errors.not_storable(&why)),
        other => {
            let error =
                Error::internal(format!("a new operation with a random name was answered with {other:?}"));
            return Err(shared.errors.store(&error));
        }
    };
    metrics::started(view.method());
    // Whatever has ended it since, if it was read back, tells of that.
    if begins_done {
        ended(&view, None);
    }
    let answer = shared.show(&view);
    match (view.fence(), slot) {
        // What was read back may have been handed back and claimed anew by now. Then it has more than the request, such
        // as a checkpoint.
        (Some(Fence { holder: Holder::Worker(holder), attempt: Attempt::FIRST, .. }), Some(slot))
            if holder == worker =>
        {
            run::launch(&shared, Record::new(view, request, None), slot);
        }
        // Unless the claim task runs it, it is handed back.
        (Some(Fence { holder: Holder::Worker(holder), .. }), _) if holder == worker => shared.doubt.raise(),
        (None, slot) if !view.is_done() => {
            drop(slot);
            shared.expect_work(delay);
        }
        _ => {}
    }
    Ok(Begun::New(answer))
}

/// Takes a place in the queue, if there is one.
async fn has_place(shared: &Shared, name: &OperationName) -> bool {
    if shared.queue.reserve(name) {
        return true;
    }
    shared.queue.look(&*shared.store).await;
    shared.queue.reserve(name)
}

/// Stores an operation. When it is not known whether that took effect, the name is read back. If that fails too, the
/// caller is not kept waiting: should the operation exist after all, [`Doubt`](crate::server::state::doubt::Doubt) has
/// the claim task find it.
async fn store(shared: &Shared, operation: NewOperation) -> Result<Creation, Error> {
    let name = operation.name().clone();
    let error = match in_time((*shared.store).create_one(operation)).await {
        Ok(creation) => return Ok(creation),
        Err(error) => error,
    };
    shared.doubt.raise();
    if let Ok(Some(view)) = in_time(shared.store.get_one(&name)).await {
        // What it has pre-empted is not told of.
        return Ok(Creation::Created(Created::new(view, [])));
    }
    shared.claim.notify_one();
    Err(error)
}
