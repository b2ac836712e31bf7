//! Waiting for the end of an operation, and asking how it stands.

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
    /// It asks with `WaitOperation`, which the server answers as soon as there is a result. If the server
    /// does not have it, or time after time answers at once though nothing has ended, it asks with
    /// `GetOperation`. A server that does not hold its answer is asked no more often than the handle's
    /// [`Polling`](crate::Polling) says. One that cannot be reached (UNAVAILABLE, a broken connection) is asked again until
    /// the time is over. If the end is known already, nothing is sent.
    ///
    /// Dropping the future loses nothing: the operation goes on, and the handle can be waited on again.
    ///
    /// # Errors
    ///
    /// All that [`OperationError`] tells apart.
    pub async fn wait(&self) -> Result<Res, OperationError> {
        self.response().await.map_err(|kind| OperationError::new(kind, self))
    }

    /// Asks once how the operation stands (`GetOperation`). If the end is known already, nothing is sent.
    ///
    /// That the operation failed or was cancelled is not an error here but a [`State`](super::State). The question is not
    /// repeated, and has no time limit but the transport's. Dropping the future loses nothing.
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

    /// The operation as this handle, or a clone of it, last saw it. Nothing is sent.
    ///
    /// `None` for a handle made from a name, until it has asked.
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

    /// The operation as it ended if that is known, else as the server answers now.
    async fn ask(&self) -> Result<longrunning::Operation, Kind> {
        if let Some(ended) = self.shared.ended() {
            return Ok(ended);
        }
        self.shared.named()?;
        let answer = self.shared.get(None).await;
        let answer = answer.map_err(|status| Kind::Rpc { method: "GetOperation", status })?;
        Ok(self.shared.remember(answer))
    }

    fn read(&self, operation: longrunning::Operation) -> Result<Snapshot<Res, Meta>, Kind> {
        snapshot::read(operation, self.response_type, self.metadata_type)
    }
}
