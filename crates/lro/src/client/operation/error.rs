//! The error that callers see: why there is no response.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use prost_types::Any;
use tonic::Status;
use tonic_types::{ErrorDetails, StatusExt as _};

use super::follow::Effort;
use super::{Operation, RawOperation};
use crate::client::failure::{Kind, RpcFailure, status};
use crate::client::transport::TooLarge;

/// Why there is no response.
///
/// The error keeps apart what happened to the operation and what happened to a call about it: exactly one of
/// the `is_*` methods is true.
///
/// | | the operation | what to do |
/// |---|---|---|
/// | [`is_failed`](Self::is_failed) | ended with an error | look at [`status`](Self::status) |
/// | [`is_cancelled`](Self::is_cancelled) | ended by cancellation | nothing more will happen |
/// | [`is_timed_out`](Self::is_timed_out) | may still run; the caller's limit is over | wait again, through [`into_operation`](Self::into_operation) |
/// | [`is_gone`](Self::is_gone) | is not known to the server: deleted, expired, or another server's | nothing more can be learned |
/// | [`is_unreachable`](Self::is_unreachable) | may still run; the server did not answer for as long as the client's policy asks again | wait again later |
/// | [`is_rpc`](Self::is_rpc) | may still run; the server refused to answer | look at [`status`](Self::status) |
/// | [`is_too_large`](Self::is_too_large) | has most likely ended, with a response larger than the client takes | raise [`Client::max_decoding_message_size`](super::Client::max_decoding_message_size) |
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
    effort: Effort,
}

impl OperationError {
    /// The error of one call.
    pub(in crate::client) fn new<Res, Meta>(kind: Kind, operation: &Operation<Res, Meta>) -> Self {
        Self::after(kind, operation, Effort::default())
    }

    /// The error of a wait.
    pub(in crate::client) fn after<Res, Meta>(
        kind: Kind,
        operation: &Operation<Res, Meta>,
        effort: Effort,
    ) -> Self {
        Self { inner: Box::new(Inner { kind, operation: operation.untyped(), effort }) }
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

    /// Whether the server does not know the operation (`NOT_FOUND`). It was deleted, its time was over, or another server has it.
    pub fn is_gone(&self) -> bool {
        matches!(self.inner.kind, Kind::Gone(_))
    }

    /// Whether the server could not be asked: there is no connection, no answer came, or it said UNAVAILABLE. This says
    /// nothing about the operation.
    pub fn is_unreachable(&self) -> bool {
        matches!(self.inner.kind, Kind::Unreachable(_))
    }

    /// Whether the server refused to answer: the caller has no permission, the server has no such RPC, or it failed. This says nothing
    /// about the operation.
    pub fn is_rpc(&self) -> bool {
        matches!(self.inner.kind, Kind::Rpc(_))
    }

    /// Whether the server's answer is larger than the client takes.
    pub fn is_too_large(&self) -> bool {
        matches!(self.inner.kind, Kind::TooLarge(_))
    }

    /// Whether the operation may still run, as far as is known: only the asking has ended.
    pub fn may_still_run(&self) -> bool {
        matches!(self.inner.kind, Kind::TimedOut { .. } | Kind::Unreachable(_) | Kind::Rpc(_))
    }

    /// Whether the operation succeeded, but its response has another type than declared.
    pub fn is_unexpected_payload(&self) -> bool {
        matches!(self.inner.kind, Kind::Payload(_))
    }

    /// Whether the server's answer or the handle's name breaks the protocol.
    pub fn is_malformed(&self) -> bool {
        matches!(self.inner.kind, Kind::Malformed(_))
    }

    /// The error of the operation if it failed or was cancelled, or the error of the last call if that failed. After a limit
    /// that is the last trouble, if there was any.
    ///
    /// The details of an operation's error are the encoded `google.rpc.Status`.
    pub fn status(&self) -> Option<&Status> {
        match &self.inner.kind {
            Kind::Failed(status) | Kind::Cancelled(status) => Some(status),
            Kind::Gone(failure)
            | Kind::Unreachable(failure)
            | Kind::TooLarge(failure)
            | Kind::Rpc(failure) => Some(&failure.status),
            Kind::TimedOut { last_trouble, .. } => last_trouble.as_ref().map(|failure| &failure.status),
            Kind::Payload(_) | Kind::Malformed(_) => None,
        }
    }

    /// How long the handle had waited; zero if one call was made.
    pub fn elapsed(&self) -> Duration {
        self.inner.effort.elapsed
    }

    /// How many calls were made about the operation while the handle waited, for all its clones together; zero if one call was made.
    pub fn calls(&self) -> u32 {
        self.inner.effort.calls
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
            Kind::TimedOut { after, last_trouble } => {
                write!(f, "gave up waiting for operation `{name}` after {after:?}; it may still be running")?;
                last_trouble.iter().try_for_each(|last| write!(f, " (last trouble: {})", Short(&last.status)))
            }
            Kind::TooLarge(RpcFailure { method, status: failed, .. }) => {
                let state = match status::too_large(failed) {
                    Some(TooLarge { is_done: true }) => "is done",
                    _ => "has most likely ended",
                };
                write!(
                    f,
                    "operation `{name}` {state}, but the answer of {method} is larger than the client takes: {}; \
                     `Client::max_decoding_message_size` raises the limit",
                    Short(failed)
                )
            }
            Kind::Gone(failure) | Kind::Unreachable(failure) | Kind::Rpc(failure) => {
                let RpcFailure { method, status, hint } = failure;
                write!(f, "{method} failed for operation `{name}`: {}", Short(status))?;
                hint.iter().try_for_each(|hint| write!(f, "; {hint}"))?;
                match self.inner.effort {
                    Effort { elapsed, calls } if calls > 1 => {
                        write!(f, " (the last of {calls} calls in {:.1} s)", elapsed.as_secs_f64())
                    }
                    _ => Ok(()),
                }
            }
            Kind::Payload(unexpected) => write!(f, "operation `{name}` succeeded, but {unexpected}"),
            Kind::Malformed(why) => write!(f, "operation `{name}` is malformed: {why}"),
        }
    }
}

impl Error for OperationError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.inner.kind {
            Kind::Payload(unexpected) => Some(unexpected),
            _ => self.status().map(|status| status as _),
        }
    }
}

/// For a server that waits for an operation of another server while it answers a call.
impl From<OperationError> for Status {
    fn from(error: OperationError) -> Self {
        let message = error.to_string();
        match error.inner.kind {
            Kind::Failed(status) | Kind::Cancelled(status) => status,
            Kind::Gone(failure) | Kind::Unreachable(failure) | Kind::Rpc(failure) => failure.status,
            Kind::TimedOut { .. } => Status::deadline_exceeded(message),
            Kind::TooLarge(_) | Kind::Payload(_) | Kind::Malformed(_) => Status::internal(message),
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
