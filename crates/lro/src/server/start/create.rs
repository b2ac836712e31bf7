//! How an operation begins.

use std::sync::Arc;

use lro_store::{Delivery, ExclusiveKey, NewOperation, OnConflict, OperationName, Parent, Record, StoreExt};
use prost::Message;
use tokio::time::{Instant, timeout};
use tonic::Status;

use super::call::{CALL_TIME, within};
use super::inner::Inner;
use super::{convert, execute, repeat};
use crate::google::longrunning::{Operation, operation};
use crate::{Method, payload};

/// What the start hook decides about an operation before it exists.
///
/// The hook is not asked about the repeat of a request that has started an operation (`request_id`, AIP-155).
/// For a request that only asks for a check (`validate_only`, AIP-163) it is all that runs: what it returns is
/// checked and dropped, so it should change nothing itself.
///
/// ```
/// use lro::{OnConflict, Start};
///
/// let start: Start<()> = Start::new().parent("shelves/1").exclusive("shelves/1", OnConflict::Abort);
/// # let _ = start;
/// ```
#[derive(Debug, Clone)]
#[must_use = "a start does nothing until a start hook returns it"]
pub struct Start<Meta> {
    parent: String,
    exclusive: Option<(String, OnConflict)>,
    metadata: Option<Meta>,
    delivery: Delivery,
}

impl<Meta> Start<Meta> {
    /// An operation without parent and metadata, that excludes nothing and runs at least once.
    pub fn new() -> Self {
        Self { parent: String::new(), exclusive: None, metadata: None, delivery: Delivery::AtLeastOnce }
    }

    /// The name of the resource that the operation belongs to; the operation's name begins with it (AIP-151).
    pub fn parent(mut self, parent: impl Into<String>) -> Self {
        self.parent = parent.into();
        self
    }

    /// Names what the operation must have to itself until it is done, and what to do when another operation
    /// has it. Keys are shared by all methods of a store.
    ///
    /// Deleting an operation that is not done frees its key at once, though work that has begun goes on beside
    /// that of the next one; to stop it, cancel the operation and delete it when it is done.
    pub fn exclusive(mut self, key: impl Into<String>, on_conflict: OnConflict) -> Self {
        self.exclusive = Some((key.into(), on_conflict));
        self
    }

    /// What clients see before the work reports anything.
    pub fn metadata(mut self, metadata: Meta) -> Self {
        self.metadata = Some(metadata);
        self
    }

    /// Rules out a second run: when the first is interrupted, by a crash or a shutdown, the operation ends as
    /// ABORTED. That holds from when a process has taken the operation, so it may end so without having begun.
    pub fn at_most_once(mut self) -> Self {
        self.delivery = Delivery::AtMostOnce;
        self
    }
}

impl<Meta> Default for Start<Meta> {
    fn default() -> Self {
        Self::new()
    }
}

/// Checks what was asked for and makes an operation of it.
pub(super) fn prepare<Req, Res, Meta>(
    inner: &Inner,
    method: Method<Req, Res, Meta>,
    request: &Req,
    start: Start<Meta>,
) -> Result<NewOperation, Status>
where
    Req: Message,
    Meta: Message,
{
    let path = inner.handlers.path(method.path()).ok_or_else(|| inner.errors.no_handler(method.path()))?;
    let parent = Parent::parse(&start.parent).map_err(|error| inner.errors.invalid_parent(&error))?;
    let packed = convert::to_payload(payload::pack(method.request_type(), request));
    let mut operation = NewOperation::new(OperationName::random(&parent), path, packed)
        .delivery(start.delivery)
        .retention(inner.settings.retention);
    if let Some(id) = repeat::id(&method, request) {
        operation = operation
            .request_id(repeat::CALLER, id)
            .map_err(|error| inner.errors.invalid_request_id(&error))?;
    }
    if let Some((key, on_conflict)) = start.exclusive {
        let key = ExclusiveKey::new(&key).map_err(|error| inner.errors.invalid_key(&error))?;
        operation = operation.exclusive(key, on_conflict);
    }
    if let Some(metadata) = start.metadata {
        let metadata = convert::to_payload(payload::pack(method.metadata_type(), &metadata));
        inner.errors.check_size("metadata", &metadata, inner.settings.max_payload_size)?;
        operation = operation.metadata(metadata);
    }
    Ok(operation)
}

/// The answer to a request that only asked for a check, and passed it (AIP-163): done, without a name, and with
/// an empty response of the declared type.
pub(super) fn checked<Req, Res, Meta>(method: Method<Req, Res, Meta>) -> Operation {
    Operation {
        done: true,
        // The unit is an empty message of whatever type; the default of `Res` may have required fields.
        result: Some(operation::Result::Response(payload::pack(method.response_type(), &()))),
        ..Operation::default()
    }
}

/// What a start has led to.
pub(super) enum Begun {
    /// To an operation of its own.
    New(Operation),
    /// To nothing: the same request, or another of its id, has started this operation before.
    Before(Box<Record>),
}

/// Stores an operation, and runs it if there is a free place.
pub(super) async fn begin(inner: &Arc<Inner>, operation: NewOperation) -> Result<Begun, Status> {
    // Taken before the look, so that a shutdown which the look does not see waits for this start.
    let _token = inner.tasks.token();
    if inner.draining.is_cancelled() {
        return Err(inner.errors.draining());
    }
    // In a task of its own: a client that goes away in the middle, or is told that the store hangs, must not
    // leave work that is leased and that nobody does.
    let task = inner.tasks.spawn(create(Arc::clone(inner), operation));
    match timeout(CALL_TIME, task).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(panicked)) => Err(inner.errors.store(&lro_store::Error::internal(panicked))),
        Err(elapsed) => Err(inner.errors.store(&lro_store::Error::unavailable(elapsed))),
    }
}

async fn create(inner: Arc<Inner>, operation: NewOperation) -> Result<Begun, Status> {
    if let Ok(place) = Arc::clone(&inner.places).try_acquire_owned() {
        let leased_at = Instant::now();
        let leased = operation.leased_to(inner.worker.clone(), inner.settings.lease);
        return match store(&inner, leased).await {
            Ok(record) => {
                let answer = convert::to_operation(&record);
                execute::launch(&inner, record, place, leased_at);
                Ok(Begun::New(answer))
            }
            Err(error) => refused(&inner, &error),
        };
    }
    let name = operation.name().clone();
    if !inner.backlog.reserve(&name) {
        inner.backlog.look(&inner).await;
        if !inner.backlog.reserve(&name) {
            return Err(inner.errors.queue_full());
        }
    }
    match store(&inner, operation).await {
        Ok(record) => {
            inner.claim.notify_one();
            Ok(Begun::New(convert::to_operation(&record)))
        }
        Err(error) => {
            inner.backlog.leave(&name);
            refused(&inner, &error)
        }
    }
}

fn refused(inner: &Inner, error: &lro_store::Error) -> Result<Begun, Status> {
    match error.first() {
        Some(first) => Ok(Begun::Before(Box::new(first.clone()))),
        None => Err(inner.errors.store(error)),
    }
}

/// Stores an operation. After the time of a lease others may do it, so there is no use in waiting longer.
async fn store(inner: &Inner, operation: NewOperation) -> Result<Record, lro_store::Error> {
    within(inner.settings.lease, inner.store.create_one(operation)).await
}
