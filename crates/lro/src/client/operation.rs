//! The handle of one operation.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use prost::Message;
use prost_types::Any;
use tonic::Status;

use super::error::{Kind, OperationError};
use super::operations::Shared;
use super::watch::{Aim, Watch};
use super::{Client, Snapshot, Updates, snapshot};
use crate::google::longrunning;
use crate::{Method, Polling};

/// The handle of one operation, with the types of its response and metadata.
///
/// It holds the name from the start, so that a dropped future loses nothing: ask the handle again. Written
/// as text ([`Display`](fmt::Display)) it is the name, from which [`Client::operation`] makes a handle
/// again, in another process too. Clones are cheap and share what they learn.
pub struct Operation<Res, Meta> {
    pub(super) shared: Arc<Shared>,
    polling: Polling,
    response_type: &'static str,
    pub(super) metadata_type: &'static str,
    types: PhantomData<fn() -> (Res, Meta)>,
}

/// The handle of an operation whose types are not known: response and metadata are payloads as they came.
pub type RawOperation = Operation<Any, Any>;

impl RawOperation {
    pub(super) fn raw(client: Client, name: String, latest: Option<longrunning::Operation>) -> Self {
        let polling = client.inner.polling.unwrap_or_default();
        Self::sharing(Arc::new(Shared::new(client, name, latest)), polling)
    }

    fn sharing(shared: Arc<Shared>, polling: Polling) -> Self {
        const ANY: &str = "google.protobuf.Any";
        Self { shared, polling, response_type: ANY, metadata_type: ANY, types: PhantomData }
    }

    /// The same operation as one of `method`: with its types, with its polling unless the client sets
    /// one for all methods, and with routing headers if the method has them.
    #[must_use]
    pub fn typed<Req, Res, Meta>(self, method: Method<Req, Res, Meta>) -> Operation<Res, Meta> {
        if method.has_routing() {
            self.shared.route();
        }
        Operation {
            polling: self.shared.client.inner.polling.unwrap_or(method.polling()),
            shared: self.shared,
            response_type: method.response_type(),
            metadata_type: method.metadata_type(),
            types: PhantomData,
        }
    }
}

impl<Res, Meta> Operation<Res, Meta> {
    /// The name under which the server knows the operation.
    ///
    /// It is empty for the answer to a request with `validate_only` set (AIP-163), which is done already
    /// and which the server does not keep.
    pub fn name(&self) -> &str {
        &self.shared.name
    }

    /// Replaces the policy by which this handle waits.
    #[must_use]
    pub fn with_polling(mut self, polling: Polling) -> Self {
        self.polling = polling;
        self
    }

    /// Replaces the time after which this handle gives up waiting; `Duration::MAX` means never.
    #[must_use]
    pub fn with_timeout(mut self, total: Duration) -> Self {
        self.polling = self.polling.with_total_timeout(total);
        self
    }

    /// The same operation without its types.
    pub fn untyped(&self) -> RawOperation {
        RawOperation::sharing(Arc::clone(&self.shared), self.polling)
    }

    /// Asks the server to cancel the operation (`CancelOperation`).
    ///
    /// Best effort, and soon over: the operation ends when its work has stopped, which
    /// [`wait`](Self::wait) tells, by an error with [`is_cancelled`](OperationError::is_cancelled) or by the
    /// response of work that finished all the same. On an operation that has ended it changes nothing.
    /// Dropping the future leaves open whether the server was asked.
    ///
    /// # Errors
    ///
    /// [`is_rpc`](OperationError::is_rpc), [`is_malformed`](OperationError::is_malformed) if there is no name.
    pub async fn cancel(&self) -> Result<(), OperationError> {
        if self.is_kept()? {
            self.shared.cancel().await.map_err(|status| self.rpc_error("CancelOperation", status))?;
        }
        Ok(())
    }

    /// Asks the server to forget the operation (`DeleteOperation`). It is not cancelled by that.
    ///
    /// Dropping the future leaves open whether the server was asked.
    ///
    /// # Errors
    ///
    /// [`is_rpc`](OperationError::is_rpc), [`is_malformed`](OperationError::is_malformed) if there is no name.
    pub async fn delete(&self) -> Result<(), OperationError> {
        if self.is_kept()? {
            self.shared.delete().await.map_err(|status| self.rpc_error("DeleteOperation", status))?;
        }
        Ok(())
    }
}

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
    /// [`Polling`] says. One that cannot be reached (UNAVAILABLE, a broken connection) is asked again until
    /// the time is over. If the end is known already, nothing is sent.
    ///
    /// Dropping the future loses nothing: the operation goes on, and the handle can be waited on again.
    ///
    /// # Errors
    ///
    /// All that [`OperationError`] tells apart.
    pub async fn wait(&self) -> Result<Res, OperationError> {
        let ended = self.ended().await.map_err(|kind| self.error(kind))?;
        self.outcome(ended)
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
        if let Some(ended) = self.shared.ended() {
            return self.read(ended);
        }
        self.shared.named().map_err(|kind| self.error(kind))?;
        let got = self.shared.get(None).await.map_err(|status| self.rpc_error("GetOperation", status))?;
        self.read(self.shared.remember(got))
    }

    /// The operation as this handle, or a clone of it, last saw it. Nothing is sent.
    ///
    /// `None` for a handle made from a name, until it has asked.
    ///
    /// # Errors
    ///
    /// [`is_unexpected_payload`](OperationError::is_unexpected_payload), [`is_malformed`](OperationError::is_malformed).
    pub fn latest(&self) -> Result<Option<Snapshot<Res, Meta>>, OperationError> {
        self.shared.latest().map(|operation| self.read(operation)).transpose()
    }

    /// Follows the operation: its metadata each time that it changes, and at last its response.
    ///
    /// The time to wait counts from this call. See [`Updates`].
    pub fn updates(&self) -> Updates<Res, Meta> {
        Updates::new(self.clone())
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

    fn read(&self, operation: longrunning::Operation) -> Result<Snapshot<Res, Meta>, OperationError> {
        snapshot::read(operation, self.response_type, self.metadata_type).map_err(|kind| self.error(kind))
    }

    /// The result of an operation that has ended.
    pub(super) fn outcome(&self, ended: longrunning::Operation) -> Result<Res, OperationError> {
        snapshot::outcome(ended.result, self.response_type).map_err(|kind| self.error(kind))
    }
}

impl<Res, Meta> Operation<Res, Meta> {
    pub(super) fn watch(&self, aim: Aim) -> Watch {
        Watch::new(Arc::clone(&self.shared), self.polling, aim)
    }

    pub(super) fn error(&self, kind: Kind) -> OperationError {
        OperationError::new(kind, self.untyped())
    }

    fn rpc_error(&self, method: &'static str, status: Status) -> OperationError {
        self.error(Kind::Rpc { method, status })
    }

    /// Whether the server keeps the operation, so that it can be asked to do something with it.
    fn is_kept(&self) -> Result<bool, OperationError> {
        match self.shared.named() {
            Ok(()) => Ok(true),
            Err(_) if self.shared.ended().is_some() => Ok(false),
            Err(kind) => Err(self.error(kind)),
        }
    }
}

// Derived implementations would ask the message types to be `Clone` and `Debug`, though none is held.
impl<Res, Meta> Clone for Operation<Res, Meta> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), types: PhantomData, ..*self }
    }
}

impl<Res, Meta> fmt::Debug for Operation<Res, Meta> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operation")
            .field("name", &self.name())
            .field("response_type", &self.response_type)
            .field("metadata_type", &self.metadata_type)
            .field("polling", &self.polling)
            .finish_non_exhaustive()
    }
}

/// Writes the name.
impl<Res, Meta> fmt::Display for Operation<Res, Meta> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
