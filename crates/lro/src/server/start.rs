//! How an operation begins.

use std::sync::Arc;

use lro_store::{Delivery, ExclusiveKey, NewOperation, OnConflict, OperationName, Parent, StoreExt};
use prost::Message;
use tokio::time::Instant;
use tonic::Status;

use super::inner::Inner;
use super::{convert, execute};
use crate::google::longrunning::Operation;
use crate::{Method, payload};

/// What the start hook decides about an operation before it exists.
///
/// ```
/// use lro::{OnConflict, Start};
///
/// let start: Start<()> = Start::new().parent("shelves/1").exclusive("shelves/1", OnConflict::Abort);
/// # let _ = start;
/// ```
#[derive(Debug, Clone)]
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
    /// ABORTED.
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
    let parent = Parent::parse(&start.parent).map_err(|error| inner.errors.invalid_name("parent", &error))?;
    let request = convert::to_payload(payload::pack(method.request_type(), request));
    let mut operation = NewOperation::new(OperationName::random(&parent), path, request)
        .delivery(start.delivery)
        .retention(inner.settings.retention);
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

/// Stores an operation, and runs it if there is a free place.
pub(super) async fn begin(inner: &Arc<Inner>, operation: NewOperation) -> Result<Operation, Status> {
    if inner.draining.is_cancelled() {
        return Err(inner.errors.draining());
    }
    // In a task of its own: a client that goes away in the middle must not leave work that is leased and that
    // nobody does.
    let task = inner.tasks.spawn(create(Arc::clone(inner), operation));
    task.await.unwrap_or_else(|error| Err(inner.errors.store(&lro_store::Error::internal(error))))
}

async fn create(inner: Arc<Inner>, operation: NewOperation) -> Result<Operation, Status> {
    if let Ok(place) = Arc::clone(&inner.slots).try_acquire_owned() {
        let leased_at = Instant::now();
        let leased = operation.leased_to(inner.worker.clone(), inner.settings.lease);
        let record = inner.store.create_one(leased).await.map_err(|error| inner.errors.store(&error))?;
        let answer = convert::to_operation(&record);
        execute::launch(&inner, record, place, leased_at);
        return Ok(answer);
    }
    if !inner.backlog.reserve() {
        return Err(inner.errors.queue_full());
    }
    match inner.store.create_one(operation).await {
        Ok(record) => {
            inner.claim.notify_one();
            Ok(convert::to_operation(&record))
        }
        Err(error) => {
            inner.backlog.leave(1);
            Err(inner.errors.store(&error))
        }
    }
}
