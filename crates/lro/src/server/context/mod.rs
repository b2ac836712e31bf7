//! What a handler sees of the operation that it works on.

mod attempt;
mod error;
mod recorder;
pub(super) mod retry;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::SystemTime;

use lro_store::{InTransaction, Labels, StopReason};
use prost::{Message, Name};
use tonic::Status;

pub(super) use self::attempt::{Attempt, Sink};
use self::error::Fault;
pub use self::error::{CheckpointError, ProgressError};
#[cfg(feature = "testing")]
pub(super) use self::recorder::Recorder;
use super::convert;
use crate::payload;

/// The operation that a handler works on.
///
/// Clones are the same operation, for handing it to helpers.
///
/// # Work that blocks
///
/// A handler is `async` code: where it computes for long, or calls what waits for a disk or another program without
/// `.await`, it keeps its thread from all other work, and cannot be dropped. Such a part belongs on a thread of its own.
/// That one cannot be dropped either, so it looks now and then whether it is asked to stop:
///
/// ```no_run
/// # fn step(number: u32) {}
/// async fn work(operation: lro::Context<()>) -> Result<(), tonic::Status> {
///     let computation = tokio::task::spawn_blocking({
///         let operation = operation.clone();
///         move || {
///             for number in 0..1_000 {
///                 if operation.is_cancelled() {
///                     return Err(tonic::Status::cancelled("stopped half-way"));
///                 }
///                 step(number);
///             }
///             Ok(())
///         }
///     });
///     computation.await.map_err(|error| tonic::Status::internal(error.to_string()))?
/// }
/// ```
///
/// A handler that keeps its thread for longer than half a second is named in the log.
pub struct Context<Meta> {
    attempt: Arc<Attempt>,
    metadata_type: &'static str,
    metadata: PhantomData<fn(Meta) -> Meta>,
}

impl<Meta> Context<Meta> {
    /// The operation's name.
    pub fn name(&self) -> &str {
        self.attempt.run.fence.name.as_str()
    }

    /// Which attempt this is, from 1. A greater number means that earlier ones were interrupted, at any point of
    /// their work, or have asked to be tried again.
    pub fn attempt(&self) -> u32 {
        self.attempt.view.attempts()
    }

    /// How many attempts there may be in all.
    pub fn max_attempts(&self) -> u32 {
        self.attempt.view.max_attempts()
    }

    /// Whose operation it is; empty where the server does not tell callers apart.
    pub fn owner(&self) -> &str {
        self.attempt.view.owner().as_str()
    }

    /// What travels with the operation: what [`Start::label`](crate::Start::label) and the [caller](crate::Caller::label)
    /// gave it, and as `traceparent` and `tracestate` the W3C trace context that it was started in, if it was.
    pub fn labels(&self) -> &Labels {
        self.attempt.view.labels()
    }

    /// When the operation ends unless it is done, by the store's clock.
    pub fn deadline(&self) -> Option<SystemTime> {
        self.attempt.view.deadline().map(SystemTime::from)
    }

    /// Whether the work is asked to stop. When the store's hint of it is lost, the next write or sign of life
    /// brings it.
    pub fn is_cancelled(&self) -> bool {
        self.stop_reason().is_some()
    }

    /// Why the work is asked to stop, if it is: a client has cancelled the operation, a newer one wants its
    /// exclusive key, or its deadline is over.
    pub fn stop_reason(&self) -> Option<&StopReason> {
        self.attempt.run.stop()
    }

    /// Returns when the work is asked to stop, for handlers that wait between two reports. After that it has
    /// the grace period to end by itself, with an error or with a response all the same. Whatever the error, the
    /// operation then ends with the code that goes with the reason (CANCELLED for a cancellation), and another
    /// error is kept in its details.
    ///
    /// Cancel-safe.
    pub async fn cancelled(&self) {
        self.attempt.run.stop_requested().await;
    }

    /// Says that the work is to be tried again after this error, as the operation's
    /// [`Retry`](crate::Retry) policy has it; return the result from the handler.
    ///
    /// Until then the operation waits, with its metadata and its checkpoint, and can be cancelled. If the error
    /// itself says when to try again (`google.rpc.RetryInfo`), it is not tried earlier. When no attempt is left, the
    /// error is the outcome.
    ///
    /// ```no_run
    /// # async fn fetch(uri: &str) -> Result<Vec<u8>, tonic::Status> { Ok(vec![]) }
    /// # async fn example(operation: lro::Context<()>) -> Result<(), tonic::Status> {
    /// let page = fetch("https://example.com").await.map_err(|status| operation.retry_later(status))?;
    /// # drop(page);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use = "the work is tried again when the handler returns this error"]
    pub fn retry_later(&self, error: impl Into<Status>) -> Status {
        retry::mark(error.into())
    }

    /// What the last [`checkpoint`](Self::checkpoint) has stored, in this attempt or an earlier one: where the work
    /// goes on from. `None` if there was none.
    ///
    /// # Errors
    /// When the checkpoint is of another type, such as that of another version of the server.
    pub fn last_checkpoint<T: Message + Name + Default>(&self) -> Result<Option<T>, CheckpointError> {
        let Some(checkpoint) = self.attempt.checkpoint() else { return Ok(None) };
        let message = convert::unpack(&T::full_name(), &checkpoint);
        message.map(Some).map_err(|error| CheckpointError::new(error, self.attempt.errors.clone()))
    }

    /// Stores where the next attempt goes on from, in place of the checkpoint before. It is durable when this
    /// returns.
    ///
    /// The message is one that knows its own name (`prost::Name`): a generated one with the generator's option
    /// `enable_type_names`, or one of the server's own.
    ///
    /// This is also where work ends that is asked to stop, as with [`progress`](Self::progress): the checkpoint is
    /// kept, and the error that follows ends a handler that uses `?`. While the store cannot be reached this waits
    /// for it. The work of an operation that was deleted goes on, and nothing of it is kept. Dropping the future may
    /// or may not have stored.
    ///
    /// # Errors
    /// Those of [`ProgressError`].
    pub async fn checkpoint<T: Message + Name>(&self, checkpoint: &T) -> Result<(), ProgressError> {
        self.store_checkpoint(checkpoint, None).await
    }

    /// [`checkpoint`](Self::checkpoint), and this in the same transaction, such as rows that the work has made since the
    /// checkpoint before: both are stored, or neither. So whatever happens, each part of the work is there just once.
    /// The engine's store makes it (`in_transaction` of lro-sqlite and lro-postgres).
    ///
    /// # Errors
    /// Those of [`ProgressError`]; when this could not be written,
    /// [`is_refused`](ProgressError::is_refused).
    pub async fn checkpoint_in_transaction<T: Message + Name>(
        &self,
        checkpoint: &T,
        writes: InTransaction,
    ) -> Result<(), ProgressError> {
        self.store_checkpoint(checkpoint, Some(writes)).await
    }

    /// Has this written in the transaction that stores the response which the handler is about to return, such as rows
    /// that the work has made: both are stored, or neither, and that by the one attempt whose response counts. Another
    /// call replaces it; an error of the handler, and a cancellation that drops it, leave it unwritten.
    /// The engine's store makes it (`in_transaction` of lro-sqlite and lro-postgres).
    ///
    /// When it cannot be written, its error is what the handler has returned: a `tonic::Status` as it is, also one that
    /// asks for another attempt ([`retry_later`](Self::retry_later)), and any other error as INTERNAL, with the error in
    /// the log.
    pub fn in_transaction(&self, writes: InTransaction) {
        self.attempt.run.write_with_response(writes);
    }

    async fn store_checkpoint<T: Message + Name>(
        &self,
        checkpoint: &T,
        writes: Option<InTransaction>,
    ) -> Result<(), ProgressError> {
        let checkpoint = convert::to_payload(payload::pack(&T::full_name(), checkpoint));
        self.check_size("checkpoint", checkpoint.size())?;
        let stored = self.attempt.store_checkpoint(checkpoint, writes).await;
        stored.and_then(|()| self.attempt.go_on()).map_err(|fault| self.error(fault))
    }

    fn check_size(&self, what: &'static str, size: usize) -> Result<(), ProgressError> {
        let limit = self.attempt.max_payload_size;
        if size > limit { Err(self.error(Fault::TooLarge { what, size, limit })) } else { Ok(()) }
    }

    fn error(&self, fault: Fault) -> ProgressError {
        ProgressError::new(fault, self.attempt.errors.clone())
    }
}

impl<Meta: Message + Default> Context<Meta> {
    pub(super) fn new(attempt: Arc<Attempt>, metadata_type: &'static str) -> Self {
        Self { attempt, metadata_type, metadata: PhantomData }
    }

    /// What was reported last before this attempt began: by an earlier attempt, or at the start. `None` if there
    /// was nothing, or it is not of this type.
    pub fn last_progress(&self) -> Option<Meta> {
        let metadata = self.attempt.view.metadata()?;
        convert::unpack(self.metadata_type, metadata).ok()
    }

    /// Reports how far the work is, as the operation's metadata.
    ///
    /// It costs little, so it may be called as often as there is something to say: the latest report wins and is
    /// written soon, at most once in the engine's
    /// [`progress_interval`](crate::EngineBuilder::progress_interval). The last one is always written, at the latest
    /// with the outcome. What the next attempt needs belongs into a [`checkpoint`](Self::checkpoint).
    ///
    /// This is also where work ends that is asked to stop: what was reported is kept, and the error that follows
    /// ends a handler that uses `?`. One that would rather finish goes on after [`ProgressError::is_cancelled`].
    ///
    /// Dropping the future may or may not have reported.
    ///
    /// # Errors
    /// When the work is asked to stop, when another attempt has taken the operation over or it is done, so that
    /// nothing this attempt does counts any more, or when the metadata is too large.
    pub async fn progress(&self, metadata: Meta) -> Result<(), ProgressError> {
        // A handler that reports in a loop without waiting for anything else must not keep the thread.
        tokio::task::coop::consume_budget().await;
        let metadata = convert::to_payload(payload::pack(self.metadata_type, &metadata));
        self.check_size("metadata", metadata.size())?;
        self.attempt.report(metadata).await;
        self.attempt.go_on().map_err(|fault| self.error(fault))
    }
}

impl<Meta> Clone for Context<Meta> {
    fn clone(&self) -> Self {
        Self { attempt: Arc::clone(&self.attempt), metadata_type: self.metadata_type, metadata: PhantomData }
    }
}

impl<Meta> fmt::Debug for Context<Meta> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("fence", &self.attempt.run.fence).finish_non_exhaustive()
    }
}
