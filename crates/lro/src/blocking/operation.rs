//! The handle of one operation.

use std::fmt;
use std::time::Duration;

use prost::Message;
use prost_types::Any;
use tonic::metadata::MetadataMap;

use super::run;
use crate::{Method, OperationError, OperationRef, Polling, RetryPolicy, Snapshot};

/// As [`lro::Operation`](crate::Operation), for programs without `async`.
///
/// A handle may be sent to other threads and cloned; clones share what they learn. As text it is the operation's name.
pub struct Operation<Res, Meta> {
    pub(super) inner: crate::Operation<Res, Meta>,
}

/// The handle of an operation whose types are not known.
pub type RawOperation = Operation<Any, Any>;

impl RawOperation {
    /// Returns the same operation with the types of `method`.
    #[must_use]
    pub fn typed<Req, Res, Meta>(self, method: Method<Req, Res, Meta>) -> Operation<Res, Meta> {
        self.inner.typed(method).into()
    }
}

impl<Res, Meta> Operation<Res, Meta> {
    /// The name under which the server knows the operation.
    pub fn name(&self) -> &str {
        self.inner.name()
    }

    /// The name alone, by value.
    pub fn into_name(self) -> String {
        self.inner.into_name()
    }

    /// What another process needs to go on with the operation: [`Client::resume`](super::Client::resume) makes a handle of it again.
    pub fn reference(&self) -> OperationRef {
        self.inner.reference()
    }

    /// Replaces the policy by which this handle waits.
    #[must_use]
    pub fn with_polling(self, polling: Polling) -> Self {
        self.inner.with_polling(polling).into()
    }

    /// Replaces the time after which this handle gives up waiting. `Duration::MAX` means never.
    #[must_use]
    pub fn with_timeout(self, total: Duration) -> Self {
        self.inner.with_timeout(total).into()
    }

    /// Replaces the policy by which this handle asks again after failures.
    #[must_use]
    pub fn with_retry(self, retry: RetryPolicy) -> Self {
        self.inner.with_retry(retry).into()
    }

    /// Has all calls about the operation carry this metadata. Is as [`Operation::with_metadata`](crate::Operation::with_metadata).
    #[must_use]
    pub fn with_metadata(self, metadata: MetadataMap) -> Self {
        self.inner.with_metadata(metadata).into()
    }

    /// Takes an operation that has ended with neither a response nor an error for one that succeeded. Is as
    /// [`Operation::accept_missing_result`](crate::Operation::accept_missing_result).
    #[must_use]
    pub fn accept_missing_result(self) -> Self {
        self.inner.accept_missing_result().into()
    }

    /// The path of the method that has started the operation; empty if it is not known.
    pub fn method(&self) -> &'static str {
        self.inner.method()
    }

    /// The id of the request that has started the operation, if it had one and it is known.
    pub fn request_id(&self) -> Option<&str> {
        self.inner.request_id()
    }

    /// The handle beneath, for programs that have async code too.
    pub fn as_async(&self) -> &crate::Operation<Res, Meta> {
        &self.inner
    }
}

impl<Res, Meta> Operation<Res, Meta>
where
    Res: Message + Default + 'static,
    Meta: Message + Default + 'static,
{
    /// Blocks until the operation has ended, and returns its response. Is as [`Operation::wait`](crate::Operation::wait).
    ///
    /// # Errors
    ///
    /// Any kind of [`OperationError`].
    ///
    /// # Panics
    ///
    /// Where blocking is not allowed; see the [module](super#panics).
    #[track_caller]
    pub fn wait(&self) -> Result<Res, OperationError> {
        run(self.inner.wait())
    }

    /// Blocks until the operation has ended or `timeout` is over, whatever limit the handle has otherwise.
    ///
    /// # Errors
    ///
    /// Any kind of [`OperationError`]; [`is_timed_out`](OperationError::is_timed_out) if the time was over first.
    ///
    /// # Panics
    ///
    /// Where blocking is not allowed; see the [module](super#panics).
    #[track_caller]
    pub fn wait_timeout(&self, timeout: Duration) -> Result<Res, OperationError> {
        run(async { self.inner.clone().with_timeout(timeout).wait().await })
    }

    /// Blocks until the metadata is as wanted or the operation has ended. Is as [`Operation::wait_until`](crate::Operation::wait_until).
    ///
    /// # Errors
    ///
    /// Any kind of [`OperationError`] but [`is_failed`](OperationError::is_failed) and [`is_cancelled`](OperationError::is_cancelled).
    ///
    /// # Panics
    ///
    /// Where blocking is not allowed; see the [module](super#panics).
    #[track_caller]
    pub fn wait_until(
        &self,
        wanted: impl FnMut(&Meta) -> bool,
    ) -> Result<Snapshot<Res, Meta>, OperationError> {
        run(self.inner.wait_until(wanted))
    }

    /// Asks once for the state of the operation. Is as [`Operation::poll`](crate::Operation::poll).
    ///
    /// # Errors
    ///
    /// The server could not be asked or refused, or its answer cannot be read. How the operation ended is no error here.
    ///
    /// # Panics
    ///
    /// Where blocking is not allowed; see the [module](super#panics).
    #[track_caller]
    pub fn poll(&self) -> Result<Snapshot<Res, Meta>, OperationError> {
        run(self.inner.poll())
    }

    /// The operation as this handle or a clone of it last saw it. Sends nothing.
    ///
    /// # Errors
    ///
    /// The answer cannot be read.
    pub fn latest(&self) -> Result<Option<Snapshot<Res, Meta>>, OperationError> {
        self.inner.latest()
    }

    /// Asks the server to stop the work, and does not wait for that. Is as [`Operation::cancel`](crate::Operation::cancel).
    ///
    /// # Errors
    ///
    /// The server could not be asked, or refused.
    ///
    /// # Panics
    ///
    /// Where blocking is not allowed; see the [module](super#panics).
    #[track_caller]
    pub fn cancel(&self) -> Result<(), OperationError> {
        run(self.inner.cancel())
    }

    /// Asks the server to stop the work, and blocks until the operation has ended. Is as
    /// [`Operation::cancel_and_wait`](crate::Operation::cancel_and_wait).
    ///
    /// # Errors
    ///
    /// Any kind of [`OperationError`] but [`is_failed`](OperationError::is_failed) and [`is_cancelled`](OperationError::is_cancelled).
    ///
    /// # Panics
    ///
    /// Where blocking is not allowed; see the [module](super#panics).
    #[track_caller]
    pub fn cancel_and_wait(&self) -> Result<Snapshot<Res, Meta>, OperationError> {
        run(self.inner.cancel_and_wait())
    }

    /// Asks the server to forget the operation, which does not stop it. Is as [`Operation::delete`](crate::Operation::delete).
    ///
    /// # Errors
    ///
    /// The server could not be asked, or refused.
    ///
    /// # Panics
    ///
    /// Where blocking is not allowed; see the [module](super#panics).
    #[track_caller]
    pub fn delete(&self) -> Result<(), OperationError> {
        run(self.inner.delete())
    }
}

impl<Res, Meta> From<crate::Operation<Res, Meta>> for Operation<Res, Meta> {
    fn from(inner: crate::Operation<Res, Meta>) -> Self {
        Self { inner }
    }
}

// A derived implementation would require `Clone` of the message types.
impl<Res, Meta> Clone for Operation<Res, Meta> {
    fn clone(&self) -> Self {
        self.inner.clone().into()
    }
}

impl<Res, Meta> fmt::Debug for Operation<Res, Meta> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

/// Writes the name.
impl<Res, Meta> fmt::Display for Operation<Res, Meta> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
