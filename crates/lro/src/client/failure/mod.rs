//! What can go wrong, as the code beneath the handle returns it.

pub(super) mod status;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tonic::{Code, Status};

use crate::OperationRpcs;
use crate::method::split;
use crate::payload::UnexpectedPayload;

/// What went wrong. An `OperationError` is this, together with the handle of the operation.
#[derive(Debug)]
pub(super) enum Kind {
    Failed(Status),
    Cancelled(Status),
    TimedOut {
        after: Duration,
        last_trouble: Option<RpcFailure>,
    },
    /// The server does not know the operation.
    Gone(RpcFailure),
    /// Nobody knows what the server would have said.
    Unreachable(RpcFailure),
    /// The answer is larger than the client takes.
    TooLarge(RpcFailure),
    Rpc(RpcFailure),
    Payload(UnexpectedPayload),
    Malformed(&'static str),
}

/// A call about an operation that failed: the name of its RPC, and why.
#[derive(Debug, Clone)]
pub(super) struct RpcFailure {
    pub(super) method: &'static str,
    pub(super) status: Status,
    /// What the server may lack, if that would explain the failure.
    pub(super) hint: Option<&'static str>,
}

/// A server that starts operations and does not serve them is a common mistake, and the status alone does not tell.
const NOT_SERVED: &str = "does the server serve google.longrunning.Operations?";

impl RpcFailure {
    /// The failure of the RPC at `path`.
    pub(super) fn of(path: &'static str) -> impl Fn(Status) -> Self {
        move |status| {
            let is_google = OperationRpcs::GOOGLE.get().is_some_and(|rpc| rpc.path == path);
            let is_not_served = is_google && status.code() == Code::Unimplemented;
            Self { method: split(path).1, status, hint: is_not_served.then_some(NOT_SERVED) }
        }
    }

    /// The failure of a call that has no path of its own, or that was not answered.
    pub(super) fn plain(method: &'static str, status: Status) -> Self {
        Self { method, status, hint: None }
    }

    /// There was no answer within `limit`.
    pub(super) fn late(method: &'static str, limit: Duration) -> Self {
        let mut status = Status::deadline_exceeded(format!("no answer within {limit:?}"));
        status.set_source(Arc::new(NoAnswer));
        Self::plain(method, status)
    }

    /// Why nothing was called: the API has no RPC for it.
    pub(super) fn missing(method: &'static str) -> Self {
        let status = Status::unimplemented("the API has no such RPC for operations of this method");
        Self::plain(method, status)
    }
}

impl From<RpcFailure> for Kind {
    fn from(failure: RpcFailure) -> Self {
        match failure.status.code() {
            _ if status::too_large(&failure.status).is_some() => Self::TooLarge(failure),
            Code::NotFound => Self::Gone(failure),
            Code::Unavailable => Self::Unreachable(failure),
            _ if status::is_lost(&failure.status) => Self::Unreachable(failure),
            _ => Self::Rpc(failure),
        }
    }
}

/// The client has waited long enough.
#[derive(Debug)]
struct NoAnswer;

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the client has given up the call")
    }
}

impl std::error::Error for NoAnswer {}
