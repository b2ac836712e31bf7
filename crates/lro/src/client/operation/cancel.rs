//! The calls that ask the server to cancel an operation, or to forget it.

use super::Operation;
use super::error::OperationError;

impl<Res, Meta> Operation<Res, Meta> {
    /// Asks the server to cancel the operation (`CancelOperation`).
    ///
    /// Cancellation is best effort, and this call does not wait for it. The operation ends when its work has
    /// stopped. [`wait`](Self::wait) then returns an error with [`is_cancelled`](OperationError::is_cancelled),
    /// or the response if the work was finished all the same. If the operation has ended already, the call
    /// changes nothing.
    ///
    /// If the future is dropped, the server may have been asked or not.
    ///
    /// # Errors
    ///
    /// [`is_rpc`](OperationError::is_rpc) if the call fails, [`is_malformed`](OperationError::is_malformed) if
    /// the operation has no name.
    pub async fn cancel(&self) -> Result<(), OperationError> {
        if self.is_kept()? {
            self.shared
                .cancel(self.rpcs)
                .await
                .map_err(|failure| OperationError::new(failure.into(), self))?;
        }
        Ok(())
    }

    /// Asks the server to forget the operation (`DeleteOperation`). This does not cancel the operation.
    ///
    /// If the future is dropped, the server may have been asked or not.
    ///
    /// # Errors
    ///
    /// [`is_rpc`](OperationError::is_rpc) if the call fails, [`is_malformed`](OperationError::is_malformed) if
    /// the operation has no name.
    pub async fn delete(&self) -> Result<(), OperationError> {
        if self.is_kept()? {
            self.shared
                .delete(self.rpcs)
                .await
                .map_err(|failure| OperationError::new(failure.into(), self))?;
        }
        Ok(())
    }

    /// Whether the server keeps the operation. It does not keep one that ended without a name (AIP-163), so
    /// there is nothing to ask of it then.
    fn is_kept(&self) -> Result<bool, OperationError> {
        match self.shared.named() {
            Ok(()) => Ok(true),
            Err(_) if self.shared.ended().is_some() => Ok(false),
            Err(kind) => Err(OperationError::new(kind, self)),
        }
    }
}
