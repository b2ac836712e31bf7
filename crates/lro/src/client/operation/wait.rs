//! The calls that wait for the result of an operation, or ask for its state.

use prost::Message;
use tracing::Instrument as _;

use super::Operation;
use super::error::OperationError;
use super::snapshot::{self, Snapshot};
use super::updates::{INTERVAL, Update};
use crate::client::failure::Kind;
use crate::google::longrunning;

impl<Res, Meta> Operation<Res, Meta>
where
    Res: Message + Default + 'static,
    Meta: Message + Default + 'static,
{
    /// Waits until the operation has ended, for as long as that takes unless a limit is set, and returns its response.
    ///
    /// The caller sets a limit with [`with_timeout`](Self::with_timeout) or for all operations of a client
    /// ([`Client::polling`](super::Client::polling)), and the API's service config may have one.
    ///
    /// All handles of an operation that wait share one task that asks for them, and learn of the end at the same moment. The task
    /// calls `WaitOperation`, which the server answers as soon as there is a result. It calls `GetOperation` where the server does not have `WaitOperation`, does not let the
    /// caller use it, or does not hold its answers; what turned out once is known to all handles of the client. So many
    /// answers are held at one time ([`Client::max_held_waits`](super::Client::max_held_waits)) that other calls do not have to
    /// wait for a stream, and so many calls are made a second ([`Client::max_polls_per_second`](super::Client::max_polls_per_second)) for all handles of the client. If a
    /// stream tells of the operation ([`Client::start_streaming`](super::Client::start_streaming)), the task listens to that, and asks when it has broken.
    ///
    /// Calls that fail are repeated as the handle's [`RetryPolicy`](crate::RetryPolicy) says, and after the time that the server's error names. If
    /// the result is known already, the client sends nothing.
    ///
    /// Dropping the future loses nothing: the operation goes on, and the handle can wait again. The future is small, whatever the
    /// types of the operation are.
    ///
    /// # Errors
    ///
    /// Any kind of [`OperationError`].
    ///
    /// # Panics
    ///
    /// If it is polled outside of a tokio runtime, or in one without timers (`enable_time`).
    pub async fn wait(&self) -> Result<Res, OperationError> {
        let ended = self.ended().await?;
        self.outcome(ended).map_err(|kind| OperationError::new(kind, self))
    }

    /// Waits as [`wait`](Self::wait) does, and shows the metadata each time that it changes.
    ///
    /// It is [`updates`](Self::updates) for callers who want the response, and see on the way how far the operation is.
    ///
    /// ```no_run
    /// # async fn example(operation: lro::Operation<(), lro::google::rpc::RetryInfo>) -> Result<(), lro::OperationError> {
    /// let response = operation.wait_with(|metadata| println!("{metadata:?}")).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind of [`OperationError`].
    ///
    /// # Panics
    ///
    /// As [`wait`](Self::wait).
    pub async fn wait_with(&self, mut show: impl FnMut(Meta)) -> Result<Res, OperationError> {
        let mut updates = self.updates();
        while let Some(update) = updates.next().await {
            match update? {
                Update::Progress(metadata) => show(metadata),
                Update::Done(response) => return Ok(response),
            }
        }
        // A stream ends with the response or an error, so that there is nothing left to wait for.
        self.wait().await
    }

    /// Waits until the metadata is as wanted or the operation has ended, and returns the operation as it is then.
    ///
    /// The metadata that is known is looked at first. After that the client asks for news every second, as
    /// [`updates`](Self::updates) does: metadata that comes and goes between two looks is not seen. If the operation failed or was cancelled, that is a
    /// [`State`](super::State) and not an error. Otherwise this is as [`wait`](Self::wait).
    ///
    /// ```no_run
    /// # async fn example(operation: lro::Operation<(), lro::google::rpc::RetryInfo>) -> Result<(), lro::OperationError> {
    /// # struct Metadata { done: i32 }
    /// let snapshot = operation.wait_until(|metadata| metadata.retry_delay.is_some()).await?;
    /// assert!(snapshot.is_done() || snapshot.metadata().is_some());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind of [`OperationError`] but [`is_failed`](OperationError::is_failed) and [`is_cancelled`](OperationError::is_cancelled).
    ///
    /// # Panics
    ///
    /// As [`wait`](Self::wait).
    pub async fn wait_until(
        &self,
        mut wanted: impl FnMut(&Meta) -> bool,
    ) -> Result<Snapshot<Res, Meta>, OperationError> {
        let mut follow = self.follow(Some(INTERVAL));
        let mut known = self.shared.latest();
        let waiting = async {
            loop {
                let operation = match known.take() {
                    Some(operation) => Ok(operation),
                    None => follow.next().await,
                };
                let snapshot = operation.and_then(|operation| self.read(operation));
                let snapshot = snapshot.map_err(|kind| OperationError::after(kind, self, follow.effort()))?;
                if snapshot.is_done() || snapshot.metadata().is_some_and(&mut wanted) {
                    return Ok(snapshot);
                }
            }
        };
        waiting.instrument(self.span()).await
    }

    /// Asks the server to cancel the operation, and waits until it has ended.
    ///
    /// Work may be finished before it learns that it should stop: then the operation has succeeded. That it was cancelled is a
    /// [`State`](super::State) and not an error. Dropping the future loses nothing, but the server may have been asked or not.
    ///
    /// # Errors
    ///
    /// Those of [`cancel`](Self::cancel), and any kind of [`OperationError`] but [`is_failed`](OperationError::is_failed) and
    /// [`is_cancelled`](OperationError::is_cancelled).
    ///
    /// # Panics
    ///
    /// As [`wait`](Self::wait).
    pub async fn cancel_and_wait(&self) -> Result<Snapshot<Res, Meta>, OperationError> {
        if self.shared.ended().is_none() {
            self.cancel().await?;
        }
        let ended = self.ended().await?;
        self.read(ended).map_err(|kind| OperationError::new(kind, self))
    }

    /// Asks once for the state of the operation (`GetOperation`). If the result is known already, the client
    /// sends nothing.
    ///
    /// If the operation failed or was cancelled, that is a [`State`](super::State) and not an error. The call
    /// is not repeated (but once for UNAUTHENTICATED, because interceptors renew their tokens), does not wait for others, and only the transport limits its time. Dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// Any kind of [`OperationError`] but [`is_failed`](OperationError::is_failed), [`is_cancelled`](OperationError::is_cancelled)
    /// and [`is_timed_out`](OperationError::is_timed_out).
    pub async fn poll(&self) -> Result<Snapshot<Res, Meta>, OperationError> {
        let operation = match self.shared.ended() {
            Some(ended) => Ok(ended),
            None => self.ask().await,
        };
        operation.and_then(|operation| self.read(operation)).map_err(|kind| OperationError::new(kind, self))
    }

    /// The operation as this handle or a clone of it last saw it. Sends nothing.
    ///
    /// `None` if the handle was made from a name and has received no answer yet.
    ///
    /// # Errors
    ///
    /// [`is_unexpected_payload`](OperationError::is_unexpected_payload), [`is_malformed`](OperationError::is_malformed).
    pub fn latest(&self) -> Result<Option<Snapshot<Res, Meta>>, OperationError> {
        let latest = self.shared.latest().map(|operation| self.read(operation)).transpose();
        latest.map_err(|kind| OperationError::new(kind, self))
    }

    pub(in crate::client) fn outcome(&self, ended: longrunning::Operation) -> Result<Res, Kind> {
        snapshot::outcome(ended.result, self.response_type, self.settings.accepts_missing_result)
    }

    async fn ended(&self) -> Result<longrunning::Operation, OperationError> {
        if let Some(ended) = self.shared.ended() {
            return Ok(ended);
        }
        let mut follow = self.follow(None);
        let waiting = async {
            loop {
                match follow.next().await {
                    Ok(operation) if operation.done => return Ok(operation),
                    Ok(_) => {}
                    Err(kind) => return Err(OperationError::after(kind, self, follow.effort())),
                }
            }
        };
        waiting.instrument(self.span()).await
    }

    /// The operation as the server answers now.
    async fn ask(&self) -> Result<longrunning::Operation, Kind> {
        self.shared.named()?;
        let answer = self.shared.look(self.rpcs, &self.settings.retry).await?;
        Ok(self.shared.remember(answer))
    }

    fn read(&self, operation: longrunning::Operation) -> Result<Snapshot<Res, Meta>, Kind> {
        let accepts_missing = self.settings.accepts_missing_result;
        snapshot::read(operation, self.response_type, self.metadata_type, accepts_missing)
    }
}

impl<Res, Meta> Operation<Res, Meta> {
    /// The span of one wait. It has the names of the conventions for Google's clients.
    pub(in crate::client) fn span(&self) -> tracing::Span {
        tracing::info_span!(
            "LRO Wait",
            otel.kind = "client",
            rpc.system.name = "grpc",
            gcp.resource.destination.id = self.name(),
            gcp.longrunning.operation_name = self.name(),
        )
    }
}
