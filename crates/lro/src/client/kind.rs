//! The kinds of errors, as the code beneath the handle returns them.

use std::time::Duration;

use tonic::Status;

use crate::method::split;
use crate::payload::UnexpectedPayload;

/// What went wrong. An `OperationError` is this, together with the handle of the operation.
#[derive(Debug)]
pub(super) enum Kind {
    Failed(Status),
    Cancelled(Status),
    TimedOut { after: Duration, last_error: Option<Status> },
    Rpc(RpcFailure),
    Payload(UnexpectedPayload),
    Malformed(&'static str),
}

/// A call about an operation that failed: the name of its RPC, and why.
#[derive(Debug)]
pub(super) struct RpcFailure {
    pub(super) method: &'static str,
    pub(super) status: Status,
}

impl RpcFailure {
    /// The failure of the RPC at `path`.
    pub(super) fn of(path: &'static str) -> impl Fn(Status) -> Self {
        move |status| Self { method: split(path).1, status }
    }

    /// Why nothing was called: the API has no RPC for it.
    pub(super) fn missing(method: &'static str) -> Self {
        Self {
            method,
            status: Status::unimplemented("the API has no such RPC for operations of this method"),
        }
    }
}

impl From<RpcFailure> for Kind {
    fn from(failure: RpcFailure) -> Self {
        Self::Rpc(failure)
    }
}
