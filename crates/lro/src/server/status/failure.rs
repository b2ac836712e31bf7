//! Errors of handlers as they are stored.

use std::error::Error;

use lro_store::{Failure, FailureCode, StopReason};
use prost::Message;
use tonic::Status;

use crate::google::rpc;
use crate::payload;
use crate::server::convert;

/// What a handler's error becomes that was asked to stop: the reason's own failure, with the error in its details
/// if it says something else, or not by which operation it was pre-empted.
pub(in crate::server) fn to_failure_after_stop(reason: &StopReason, status: &Status) -> Failure {
    let own = to_failure(status);
    let says_by_whom = match reason {
        StopReason::Preempted(by) => own.message.contains(by.as_str()),
        _ => true,
    };
    if own.code == reason.code() && says_by_whom {
        return own;
    }
    let mut failure = reason.failure();
    let detail = payload::pack("google.rpc.Status", &convert::to_rpc_status(&own));
    failure.details.push(convert::to_payload(detail));
    failure
}

/// The error of a handler as it is stored: with its code, its message and its details.
pub(in crate::server) fn to_failure(status: &Status) -> Failure {
    // A handler that fails with OK has still failed.
    let code = FailureCode::new(status.code().into()).unwrap_or(FailureCode::UNKNOWN);
    let details = match rpc::Status::decode(status.details()) {
        Ok(decoded) => decoded.details.into_iter().map(convert::to_payload).collect(),
        Err(error) => {
            tracing::warn!(
                error = &error as &dyn Error,
                "the details of the handler's error are no google.rpc.Status; they are dropped"
            );
            Vec::new()
        }
    };
    Failure { code, message: status.message().to_owned(), details }
}
