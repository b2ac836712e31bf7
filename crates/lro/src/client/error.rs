//! How following an operation can end, other than with its response.

use std::error::Error;
use std::fmt;

use prost_types::Any;
use tonic::Status;

use super::kind::Kind;
use super::operation::{Operation, RawOperation};

/// Why there is no response.
///
/// What happened to the operation and what happened to the question are never mixed up: exactly one of the
/// `is_*` methods is true.
///
/// | | the operation | what to do |
/// |---|---|---|
/// | [`is_failed`](Self::is_failed) | ended with an error | look at [`status`](Self::status) |
/// | [`is_cancelled`](Self::is_cancelled) | ended by cancellation | nothing more will happen |
/// | [`is_timed_out`](Self::is_timed_out) | may still run | [`into_operation`](Self::into_operation), and wait on |
/// | [`is_rpc`](Self::is_rpc) | may still run; the server could not be asked, or refused to answer | look at [`status`](Self::status) |
/// | [`is_unexpected_payload`](Self::is_unexpected_payload) | ended with a response of another type | look at [`payload`](Self::payload) |
/// | [`is_malformed`](Self::is_malformed) | unknown: the server's answer breaks the protocol | report it to the server's owner |
///
/// The handle is always in the error, so that nothing is lost with it.
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

    /// Whether the operation ended with an error, other than by cancellation.
    pub fn is_failed(&self) -> bool {
        matches!(self.inner.kind, Kind::Failed(_))
    }

    /// Whether the operation ended by cancellation.
    pub fn is_cancelled(&self) -> bool {
        matches!(self.inner.kind, Kind::Cancelled(_))
    }

    /// Whether the time to wait was over before the operation was. It goes on at the server.
    pub fn is_timed_out(&self) -> bool {
        matches!(self.inner.kind, Kind::TimedOut { .. })
    }

    /// Whether the question itself failed, an RPC of `google.longrunning.Operations`: the server could not
    /// be asked (no connection), or refused (no permission, no such operation). It says nothing about how
    /// the operation ended.
    pub fn is_rpc(&self) -> bool {
        matches!(self.inner.kind, Kind::Rpc { .. })
    }

    /// Whether the operation succeeded with a response of another type than declared.
    pub fn is_unexpected_payload(&self) -> bool {
        matches!(self.inner.kind, Kind::Payload(_))
    }

    /// Whether the server's answer, or the handle's name, is not what the protocol asks for.
    pub fn is_malformed(&self) -> bool {
        matches!(self.inner.kind, Kind::Malformed(_))
    }

    /// The operation's error if it failed or was cancelled, with the encoded `google.rpc.Status` as its
    /// details, or the RPC's if that failed.
    pub fn status(&self) -> Option<&Status> {
        match &self.inner.kind {
            Kind::Failed(status) | Kind::Cancelled(status) | Kind::Rpc { status, .. } => Some(status),
            Kind::TimedOut { .. } | Kind::Payload(_) | Kind::Malformed(_) => None,
        }
    }

    /// The response as it came, if it is of another type than declared.
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

    /// The handle of the operation, to go on with. [`RawOperation::typed`] gives it its types back.
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
            Kind::TimedOut { after, trouble } => {
                write!(f, "gave up waiting for operation `{name}` after {after:?}; it may still be running")?;
                trouble.iter().try_for_each(|status| write!(f, " (last trouble: {})", Short(status)))
            }
            Kind::Rpc { method, status } => {
                write!(f, "{method} failed for operation `{name}`: {}", Short(status))
            }
            Kind::Payload(unexpected) => write!(f, "operation `{name}` succeeded, but {unexpected}"),
            Kind::Malformed(why) => write!(f, "operation `{name}` is malformed: {why}"),
        }
    }
}

impl Error for OperationError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.inner.kind {
            Kind::Failed(status) | Kind::Cancelled(status) | Kind::Rpc { status, .. } => Some(status),
            Kind::TimedOut { trouble, .. } => trouble.as_ref().map(|status| status as _),
            Kind::Payload(unexpected) => Some(unexpected),
            Kind::Malformed(_) => None,
        }
    }
}

/// For servers that wait for another server's operation within a call of their own.
impl From<OperationError> for Status {
    fn from(error: OperationError) -> Self {
        let message = error.to_string();
        match error.inner.kind {
            Kind::Failed(status) | Kind::Cancelled(status) | Kind::Rpc { status, .. } => status,
            Kind::TimedOut { .. } => Status::deadline_exceeded(message),
            Kind::Payload(_) | Kind::Malformed(_) => Status::internal(message),
        }
    }
}

/// A status in one line, without its metadata and bytes.
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
