//! The kinds of errors, as the code beneath the handle returns them.

use std::time::Duration;

use tonic::Status;

use crate::payload::UnexpectedPayload;

/// What went wrong. An `OperationError` is this, together with the handle of the operation.
#[derive(Debug)]
pub(super) enum Kind {
    Failed(Status),
    Cancelled(Status),
    TimedOut { after: Duration, last_error: Option<Status> },
    Rpc { method: &'static str, status: Status },
    Payload(UnexpectedPayload),
    Malformed(&'static str),
}
