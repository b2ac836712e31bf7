//! The error that callers see: why there is no response.

use std::error::Error;
use std::fmt;

use prost_types::Any;
use tonic::Status;
use tonic_types::{ErrorDetails, StatusExt as _};

use super::kind::{Kind, RpcFailure};
use super::operation::{Operation, RawOperation};

/// Why there is no response.
///
/// The error keeps apart what happened to the operation and what happened to a call about it: exactly one of
/// the `is_*` methods is true.
///
/// | | the operation | what to do |
/// |---|---|---|
/// | [`is_failed`](Self::is_failed) | ended with an error | look at [`status`](Self::status) |
/// | [`is_cancelled`](Self::is_cancelled) | ended by cancellation | nothing more will happen |
/// | [`is_timed_out`](Self::is_timed_out) | may still run | wait again, through [`into_operation`](Self::into_operation) |
/// | [`is_rpc`](Self::is_rpc) | may still run; the client could not ask the server, or the server refused to answer | look at [`status`](Self::status) |
/// | [`is_unexpected_payload`](Self::is_unexpected_payload) | ended with a response of another type | look at [`payload`](Self::payload) |
/// | [`is_malformed`](Self::is_malformed) | unknown: the server's answer breaks the protocol | report it to the server's owner |
///
/// The error always holds the handle, so the caller can go on with the operation.
#[derive(Debug)]
pub struct OperationError {
    inner: Box<Inner>,
}

#[derive(Debug)]
struct Inner {
    kind: Kind,
    operation: RawOperation,
}

impl OperationError {
    pub(super) fn new<Res, Meta>(kind: Kind, operation: &Operation<Res, Meta>) -> Self {
        Self { inner: Box::new(Inner { kind, operation: operation.untyped() }) }
    }

    /// Whether the operation ended with an error other than CANCELLED.
    pub fn is_failed(&self) -> bool {
        matches!(self.inner.kind, Kind::Failed(_))
    }

    /// Whether the operation ended with the error CANCELLED.
    pub fn is_cancelled(&self) -> bool {
        matches!(self.inner.kind, Kind::Cancelled(_))
    }

    /// Whether the client gave up waiting before the operation ended. The operation goes on at the server.
    pub fn is_timed_out(&self) -> bool {
        matches!(self.inner.kind, Kind::TimedOut { .. })
    }

    /// Whether a call about the operation failed: the client could not ask the server (no
    /// connection), or the server refused (no permission, no such operation). This says nothing about how the
    /// operation ended.
    pub fn is_rpc(&self) -> bool {
        matches!(self.inner.kind, Kind::Rpc(_))
    }

    /// Whether the operation succeeded, but its response has another type than declared.
    pub fn is_unexpected_payload(&self) -> bool {
        matches!(self.inner.kind, Kind::Payload(_))
    }

    /// Whether the server's answer or the handle's name breaks the protocol.
    pub fn is_malformed(&self) -> bool {
        matches!(self.inner.kind, Kind::Malformed(_))
    }

    /// The error of the operation if it failed or was cancelled, or the error of the RPC if that failed.
    ///
    /// The details of an operation's error are the encoded `google.rpc.Status`.
    pub fn status(&self) -> Option<&Status> {
        match &self.inner.kind {
            Kind::Failed(status) | Kind::Cancelled(status) | Kind::Rpc(RpcFailure { status, .. }) => {
                Some(status)
            }
            Kind::TimedOut { .. } | Kind::Payload(_) | Kind::Malformed(_) => None,
        }
    }

    /// The details of [`status`](Self::status) that are of the standard kinds (`google.rpc.ErrorInfo`, `BadRequest`, `RetryInfo` and so on):
    /// why the operation failed, or why the call did.
    ///
    /// All are absent if there is no status, or if the bytes of one do not decode. Details of other types are in the status.
    ///
    /// ```no_run
    /// # fn example(error: &lro::OperationError) {
    /// if let Some(info) = error.details().error_info() {
    ///     println!("{} of {}", info.reason, info.domain);
    /// }
    /// # }
    /// ```
    pub fn details(&self) -> ErrorDetails {
        self.status().map(Status::get_error_details).unwrap_or_default()
    }

    /// The response as the server sent it, if it has another type than declared.
    pub fn payload(&self) -> Option<&Any> {
        match &self.inner.kind {
            Kind::Payload(unexpected) => Some(unexpected.payload()),
            _ => None,
        }
    }

    /// The name of the operation.
    pub fn operation_name(&self) -> &str {
        self.inner.operation.name()
    }

    /// Returns the handle of the operation. [`RawOperation::typed`] gives the handle its types back.
    pub fn into_operation(self) -> RawOperation {
        self.inner.operation
    }
}

impl fmt::Display for OperationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.operation_name();
        match &self.inner.kind {
            Kind::Failed(status) => write!(f, "operation `{name}` failed: {}", Short(status)),
            Kind::Cancelled(status) => write!(f, "operation `{name}` was cancelled: {}", Short(status)),
            Kind::TimedOut { after, last_error } => {
                write!(f, "gave up waiting for operation `{name}` after {after:?}; it may still be running")?;
                last_error.iter().try_for_each(|status| write!(f, " (last trouble: {})", Short(status)))
            }
            Kind::Rpc(RpcFailure { method, status, hint }) => {
                write!(f, "{method} failed for operation `{name}`: {}", Short(status))?;
                hint.iter().try_for_each(|hint| write!(f, "; {hint}"))
            }
            Kind::Payload(unexpected) => write!(f, "operation `{name}` succeeded, but {unexpected}"),
            Kind::Malformed(why) => write!(f, "operation `{name}` is malformed: {why}"),
        }
    }
}

impl Error for OperationError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.inner.kind {
            Kind::Failed(status) | Kind::Cancelled(status) | Kind::Rpc(RpcFailure { status, .. }) => {
                Some(status)
            }
            Kind::TimedOut { last_error, .. } => last_error.as_ref().map(|status| status as _),
            Kind::Payload(unexpected) => Some(unexpected),
            Kind::Malformed(_) => None,
        }
    }
}

/// For a server that waits for an operation of another server while it answers a call.
impl From<OperationError> for Status {
    fn from(error: OperationError) -> Self {
        let message = error.to_string();
        match error.inner.kind {
            Kind::Failed(status) | Kind::Cancelled(status) | Kind::Rpc(RpcFailure { status, .. }) => status,
            Kind::TimedOut { .. } => Status::deadline_exceeded(message),
            Kind::Payload(_) | Kind::Malformed(_) => Status::internal(message),
        }
    }
}

/// Writes a status in one line, without its metadata and details.
struct Short<'a>(&'a Status);

impl fmt::Display for Short<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(status) = self;
        match status.message() {
            "" => write!(f, "{:?}", status.code()),
            message => write!(f, "{:?}: {message}", status.code()),
        }
    }
}
