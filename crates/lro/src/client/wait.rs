//! The calls that wait for the result of an operation, or ask for its state.

use prost::Message;

use super::error::OperationError;
use super::kind::Kind;
use super::operation::Operation;
use super::snapshot::{self, Snapshot};
use super::watch::Aim;
use crate::google::longrunning;

impl<Res, Meta> Operation<Res, Meta>
where
    Res: Message + Default + 'static,
    Meta: Message + Default + 'static,
{
    /// Waits until the operation has ended, and returns its response.
    ///
    /// The client calls `WaitOperation`, which the server answers as soon as there is a result. The client
    /// calls `GetOperation` instead if the server does not have `WaitOperation`, or if the server answers at
    /// once, several times in a row, although the operation has not ended. If the server does not hold its
    /// answers, the client asks no more often than the handle's [`Polling`](crate::Polling) says. If the server
    /// cannot be reached (UNAVAILABLE, a broken connection), the client asks again until the time to wait is
    /// over. If the result is known already, the client sends nothing. If a stream tells of the operation
    /// ([`Client::start_streaming`](super::Client::start_streaming)), the client listens to that, and asks when it has broken.
    ///
    /// Dropping the future loses nothing: the operation goes on, and the handle can wait again.
    ///
    /// # Errors
    ///
    /// Any kind of [`OperationError`].
    pub async fn wait(&self) -> Result<Res, OperationError> {
        self.response().await.map_err(|kind| OperationError::new(kind, self))
    }

    /// Asks once for the state of the operation (`GetOperation`). If the result is known already, the client
    /// sends nothing.
    ///
    /// If the operation failed or was cancelled, that is a [`State`](super::State) and not an error. The call
    /// is not repeated, and only the transport limits its time. Dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// [`is_rpc`](OperationError::is_rpc), [`is_unexpected_payload`](OperationError::is_unexpected_payload),
    /// [`is_malformed`](OperationError::is_malformed).
    pub async fn poll(&self) -> Result<Snapshot<Res, Meta>, OperationError> {
        self.ask()
            .await
            .and_then(|operation| self.read(operation))
            .map_err(|kind| OperationError::new(kind, self))
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

    async fn response(&self) -> Result<Res, Kind> {
        let ended = self.ended().await?;
        snapshot::outcome(ended.result, self.response_type)
    }

    async fn ended(&self) -> Result<longrunning::Operation, Kind> {
        if let Some(ended) = self.shared.ended() {
            return Ok(ended);
        }
        let mut watch = self.watch(Aim::End);
        loop {
            let operation = watch.next().await?;
            if operation.done {
                return Ok(operation);
            }
        }
    }

    /// The operation as it ended, if the end is known, or else as the server answers now.
    async fn ask(&self) -> Result<longrunning::Operation, Kind> {
        if let Some(ended) = self.shared.ended() {
            return Ok(ended);
        }
        self.shared.named()?;
        let answer = self.shared.get(self.rpcs, None).await?;
        Ok(self.shared.remember(answer))
    }

    fn read(&self, operation: longrunning::Operation) -> Result<Snapshot<Res, Meta>, Kind> {
        snapshot::read(operation, self.response_type, self.metadata_type)
    }
}
