//! Asking the server to cancel an operation, or to forget it.

use tonic::Status;

use super::error::OperationError;
use super::kind::Kind;
use super::operation::Operation;

impl<Res, Meta> Operation<Res, Meta> {
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

    /// The error of a call of `google.longrunning.Operations`.
    fn rpc_error(&self, method: &'static str, status: Status) -> OperationError {
        OperationError::new(Kind::Rpc { method, status }, self)
    }

    /// Whether the server keeps the operation, so that it can be asked to do something with it.
    fn is_kept(&self) -> Result<bool, OperationError> {
        match self.shared.named() {
            Ok(()) => Ok(true),
            Err(_) if self.shared.ended().is_some() => Ok(false),
            Err(kind) => Err(OperationError::new(kind, self)),
        }
    }
}
