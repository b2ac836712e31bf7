//! The kinds of errors.

use std::time::Duration;

use tonic::Status;

use crate::payload::UnexpectedPayload;

/// What can go wrong, before it is tied to the operation that it happened to.
#[derive(Debug)]
pub(super) enum Kind {
    Failed(Status),
    Cancelled(Status),
    TimedOut { after: Duration, trouble: Option<Status> },
    Rpc { method: &'static str, status: Status },
    Payload(UnexpectedPayload),
    Malformed(&'static str),
}
