//! The one place where problems become `tonic::Status` and the other way round.
//!
//! Every error has the details of AIP-193: a `google.rpc.ErrorInfo`, and what else helps a program to go on.

use std::collections::HashMap;
use std::error::Error;
use std::sync::Arc;

use lro_store::{
    Failure, FailureCode, InvalidKey, InvalidLabel, InvalidName, InvalidRequestId, OperationName, Payload,
    Refusal, StopReason,
};
use prost::{Message, Name};
use prost_types::Any;
use tonic::{Code, Status};

use super::convert;
use super::filter::FilterError;
use crate::google::rpc::{self, BadRequest, ErrorInfo, ResourceInfo, RetryInfo, bad_request::FieldViolation};
use crate::payload::{self, UnexpectedPayload};

/// When a client may try again what a moment has prevented.
const RETRY_DELAY: prost_types::Duration = prost_types::Duration { seconds: 1, nanos: 0 };

/// Makes the errors of one server.
#[derive(Debug, Clone)]
pub(super) struct Errors {
    domain: Arc<str>,
}

impl Errors {
    pub(super) fn new(domain: Arc<str>) -> Self {
        Self { domain }
    }

    /// There is no such operation, or none any more.
    pub(super) fn not_found(&self, name: &OperationName) -> Status {
        let message = format!("there is no operation {name}; it may have been deleted or have expired");
        self.error(Code::NotFound, "OPERATION_NOT_FOUND", message).about(name).status()
    }

    /// A field of the request is not acceptable.
    pub(super) fn bad_field(&self, field: &str, reason: &str, description: impl Into<String>) -> Status {
        let description = description.into();
        let violation = FieldViolation {
            field: field.to_owned(),
            description: description.clone(),
            reason: reason.to_owned(),
            localized_message: None,
        };
        let details = BadRequest { field_violations: vec![violation] };
        self.error(Code::InvalidArgument, reason, format!("{field}: {description}")).with(&details).status()
    }

    pub(super) fn invalid_name(&self, field: &str, error: &InvalidName) -> Status {
        self.bad_field(field, "INVALID_NAME", error.to_string())
    }

    pub(super) fn invalid_filter(&self, error: &FilterError, filter: &str) -> Status {
        self.bad_field("filter", "INVALID_FILTER", error.describe(filter))
    }

    pub(super) fn invalid_request_id(&self, error: &InvalidRequestId) -> Status {
        self.bad_field("request_id", "INVALID_REQUEST_ID", error.to_string())
    }

    /// The id is that of another request. Whose it was is not told.
    pub(super) fn request_id_taken(&self) -> Status {
        let description = "was given to another request before; repeat that one unchanged, or give this one an \
                           id of its own";
        self.bad_field("request_id", "REQUEST_ID_TAKEN", description)
    }

    /// What the start hook made the operation's parent. It blames no field: the client may have sent none.
    pub(super) fn invalid_parent(&self, error: &InvalidName) -> Status {
        let message = format!("the server's start hook gave a parent that cannot be: {error}");
        self.error(Code::InvalidArgument, "INVALID_PARENT", message).status()
    }

    /// What the start hook made the exclusive key.
    pub(super) fn invalid_key(&self, error: &InvalidKey) -> Status {
        let message = format!("the server's start hook gave an exclusive key that cannot be: {error}");
        self.error(Code::InvalidArgument, "INVALID_EXCLUSIVE_KEY", message).status()
    }

    /// What the start hook made a label.
    pub(super) fn invalid_label(&self, error: &InvalidLabel) -> Status {
        let message = format!("the server's start hook gave a label that cannot be: {error}");
        self.error(Code::InvalidArgument, "INVALID_LABEL", message).status()
    }

    /// What the start hook gave as the response is of another type than the method's.
    pub(super) fn wrong_response(&self, path: &str) -> Status {
        let message =
            format!("the server's start hook ended an operation of {path} with a response of another type");
        self.error(Code::Internal, "WRONG_RESPONSE_TYPE", message).status()
    }

    /// A part of the contract that this server does not offer.
    pub(super) fn unsupported(&self, reason: &str, message: &str) -> Status {
        self.error(Code::Unimplemented, reason, message).status()
    }

    /// The server shuts down.
    pub(super) fn draining(&self) -> Status {
        let message = "this server is shutting down; try again, and another one will answer";
        self.error(Code::Unavailable, "SERVER_DRAINING", message).retry().status()
    }

    /// The runtime on which the engine was built has ended, and with it all that runs and looks after operations.
    pub(super) fn engine_gone(&self) -> Status {
        let message = "the engine's Tokio runtime has ended, so it can run nothing; build the engine on the \
                       runtime that serves it";
        self.error(Code::Internal, "ENGINE_GONE", message).status()
    }

    /// The store keeps no more than it has.
    pub(super) fn store_full(&self) -> Status {
        let message = "the server's store has no room for another operation; try again later";
        self.error(Code::ResourceExhausted, "STORE_FULL", message).retry().status()
    }

    /// Another operation holds the exclusive key.
    pub(super) fn conflict(&self, holder: &OperationName) -> Status {
        let message = format!("{holder} has what this operation needs to itself; wait for it, or cancel it");
        self.error(Code::Aborted, "OPERATION_CONFLICT", message).about(holder).status()
    }

    /// The store cannot keep what the server makes of the request.
    pub(super) fn not_storable(&self, why: &str) -> Status {
        self.error(Code::InvalidArgument, "NOT_STORABLE", why).status()
    }

    /// What the server's own code wanted written in a transaction of the store was not. A status is that code's answer.
    pub(super) fn refused(&self, refusal: &Refusal) -> Status {
        if let Some(status) = refusal.error().downcast_ref::<Status>() {
            return status.clone();
        }
        tracing::error!(
            error = refusal.error() as &dyn Error,
            "what was to be written in the same transaction failed"
        );
        let message = "the server could not write what goes with this, so nothing was written";
        self.error(Code::Internal, "TRANSACTION_REFUSED", message).status()
    }

    /// Too many operations wait already.
    pub(super) fn queue_full(&self) -> Status {
        let message = "too many operations are waiting to run; try again later";
        self.error(Code::ResourceExhausted, "QUEUE_FULL", message).retry().status()
    }

    /// A method that generated code has not registered.
    pub(super) fn no_handler(&self, path: &str) -> Status {
        let message = format!("the server has no handler for {path}; register it with the engine");
        self.error(Code::Internal, "NO_HANDLER", message).status()
    }

    pub(super) fn panicked(&self) -> Status {
        self.error(Code::Internal, "HANDLER_PANICKED", "the work failed because of a bug in the server")
            .status()
    }

    pub(super) fn hook_panicked(&self) -> Status {
        let message = "the operation was not started because of a bug in the server";
        self.error(Code::Internal, "START_HOOK_PANICKED", message).status()
    }

    pub(super) fn unstorable_outcome(&self) -> Status {
        let message = "the work has ended, but the server could not store how";
        self.error(Code::Internal, "OUTCOME_NOT_STORABLE", message).status()
    }

    pub(super) fn undecodable_request(&self, error: &UnexpectedPayload) -> Status {
        tracing::error!(error = error as &dyn Error, "the stored request cannot be read");
        let message = "this version of the server cannot read the request of the operation; start it again";
        self.error(Code::Internal, "REQUEST_NOT_READABLE", message).status()
    }

    pub(super) fn too_large(&self, what: &str, size: usize, limit: usize) -> Status {
        let message = format!("the {what} has {size} bytes; at most {limit} are allowed");
        self.error(Code::ResourceExhausted, "PAYLOAD_TOO_LARGE", message).status()
    }

    pub(super) fn check_size(&self, what: &str, content: &Payload, limit: usize) -> Result<(), Status> {
        let size = content.size();
        if size > limit { Err(self.too_large(what, size, limit)) } else { Ok(()) }
    }

    /// What a store call failed with.
    pub(super) fn store(&self, error: &lro_store::Error) -> Status {
        if error.is_unavailable() {
            tracing::warn!(error = error as &dyn Error, "the store is unavailable");
            let message = "the server cannot reach its store; try again";
            return self.error(Code::Unavailable, "STORE_UNAVAILABLE", message).retry().status();
        }
        tracing::error!(error = error as &dyn Error, "the store has failed");
        self.error(Code::Internal, "STORE_FAILED", "the server's store has failed").status()
    }

    /// A handler was asked to stop.
    pub(super) fn stopped(&self, reason: &StopReason) -> Status {
        let (code, name) = match reason {
            StopReason::Preempted(_) => (Code::Aborted, "OPERATION_PREEMPTED"),
            StopReason::DeadlineExceeded => (Code::DeadlineExceeded, "OPERATION_DEADLINE_EXCEEDED"),
            _ => (Code::Cancelled, "OPERATION_CANCELLED"),
        };
        self.error(code, name, reason.to_string()).status()
    }

    /// What a handler does counts no more.
    pub(super) fn attempt_over(&self, reason: &str, message: &str) -> Status {
        self.error(Code::Aborted, reason, message).status()
    }

    /// A stored checkpoint is not what the handler asks for.
    pub(super) fn wrong_checkpoint(&self, error: &UnexpectedPayload) -> Status {
        self.error(Code::Internal, "CHECKPOINT_NOT_READABLE", format!("the last checkpoint: {error}"))
            .status()
    }

    fn error(&self, code: Code, reason: &str, message: impl Into<String>) -> Builder<'_> {
        Builder {
            domain: &self.domain,
            code,
            reason: reason.to_owned(),
            message: message.into(),
            metadata: HashMap::new(),
            details: Vec::new(),
        }
    }
}

/// What a handler's error becomes that was asked to stop: the reason's own failure, with the error in its details
/// if it says something else, or not by which operation it was pre-empted.
pub(super) fn to_failure_after_stop(reason: &StopReason, status: &Status) -> Failure {
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
pub(super) fn to_failure(status: &Status) -> Failure {
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

struct Builder<'a> {
    domain: &'a str,
    code: Code,
    reason: String,
    message: String,
    metadata: HashMap<String, String>,
    details: Vec<Any>,
}

impl Builder<'_> {
    fn with<M: Name>(mut self, detail: &M) -> Self {
        self.details.push(payload::pack(&M::full_name(), detail));
        self
    }

    fn retry(self) -> Self {
        self.with(&RetryInfo { retry_delay: Some(RETRY_DELAY) })
    }

    /// The error is about this operation.
    fn about(mut self, name: &OperationName) -> Self {
        self.metadata.insert("operation".to_owned(), name.to_string());
        self.with(&ResourceInfo {
            resource_type: "google.longrunning.Operation".to_owned(),
            resource_name: name.to_string(),
            ..ResourceInfo::default()
        })
    }

    fn status(mut self) -> Status {
        let info = ErrorInfo {
            reason: std::mem::take(&mut self.reason),
            domain: self.domain.to_owned(),
            metadata: std::mem::take(&mut self.metadata),
        };
        let mut this = self.with(&info);
        // ErrorInfo comes first, where readers look for it.
        this.details.rotate_right(1);
        let details =
            rpc::Status { code: this.code.into(), message: this.message.clone(), details: this.details };
        Status::with_details(this.code, this.message, details.encode_to_vec().into())
    }
}
