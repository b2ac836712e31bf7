//! The one place where problems become `tonic::Status` and the other way round.
//!
//! Every error has the details of AIP-193: a `google.rpc.ErrorInfo`, and what else helps a program to go on. `reason` is the
//! one table of what errors give as their reason.

mod builder;
mod failure;
pub(super) mod reason;

use std::error::Error;
use std::sync::Arc;

use lro_store::{
    InvalidKey, InvalidLabel, InvalidName, InvalidOwner, InvalidRequestId, OperationName, Payload, Refusal,
    StopReason,
};
use tonic::Status;

use self::builder::Builder;
pub(super) use self::failure::{to_failure, to_failure_after_stop};
use self::reason::Reason;
use crate::google::rpc::{BadRequest, bad_request::FieldViolation};
use crate::payload::UnexpectedPayload;
use crate::server::filter::FilterError;

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
        self.error(reason::OPERATION_NOT_FOUND, message).about(name).status()
    }

    /// There is no such operation, or none that this caller may use; which of the two is not told (AIP-211).
    pub(super) fn denied(&self, name: &OperationName) -> Status {
        let message = format!("the caller may not do this with the operation {name} (or it may not exist)");
        self.error(reason::OPERATION_DENIED, message).about(name).status()
    }

    /// This caller may not start operations of the method, or not under the parent that the start hook has named.
    pub(super) fn start_denied(&self, method: &str) -> Status {
        let message = format!("the caller may not start this operation of {method}");
        self.error(reason::START_DENIED, message).status()
    }

    /// This caller may not list the operations of the parent.
    pub(super) fn list_denied(&self, parent: &str) -> Status {
        let message = format!("the caller may not list the operations of {parent:?} (or it may not exist)");
        self.error(reason::LIST_DENIED, message).status()
    }

    /// No caller can have the name that the server has given this one.
    pub(super) fn invalid_caller(&self, error: &InvalidOwner) -> Status {
        let message = format!("the server cannot tell callers of this name apart: {error}");
        self.error(reason::INVALID_CALLER, message).status()
    }

    /// A field of the request is not acceptable.
    pub(super) fn bad_field(&self, field: &str, reason: Reason, description: impl Into<String>) -> Status {
        let description = description.into();
        let violation = FieldViolation {
            field: field.to_owned(),
            description: description.clone(),
            reason: reason.name.to_owned(),
            localized_message: None,
        };
        let details = BadRequest { field_violations: vec![violation] };
        self.error(reason, format!("{field}: {description}")).with(&details).status()
    }

    pub(super) fn invalid_name(&self, field: &str, error: &InvalidName) -> Status {
        self.bad_field(field, reason::INVALID_NAME, error.to_string())
    }

    pub(super) fn invalid_filter(&self, error: &FilterError, filter: &str) -> Status {
        self.bad_field("filter", reason::INVALID_FILTER, error.describe(filter))
    }

    pub(super) fn invalid_request_id(&self, error: &InvalidRequestId) -> Status {
        self.bad_field("request_id", reason::INVALID_REQUEST_ID, error.to_string())
    }

    /// The id is that of another request. Whose it was is not told.
    pub(super) fn request_id_taken(&self) -> Status {
        let description = "was given to another request before; repeat that one unchanged, or give this one an \
                           id of its own";
        self.bad_field("request_id", reason::REQUEST_ID_TAKEN, description)
    }

    /// What the start hook made the operation's parent. It blames no field: the client may have sent none.
    pub(super) fn invalid_parent(&self, error: &InvalidName) -> Status {
        let message = format!("the server's start hook gave a parent that cannot be: {error}");
        self.error(reason::INVALID_PARENT, message).status()
    }

    /// What the start hook made the exclusive key.
    pub(super) fn invalid_key(&self, error: &InvalidKey) -> Status {
        let message = format!("the server's start hook gave an exclusive key that cannot be: {error}");
        self.error(reason::INVALID_EXCLUSIVE_KEY, message).status()
    }

    /// What the start hook made a label.
    pub(super) fn invalid_label(&self, error: &InvalidLabel) -> Status {
        let message = format!("the server gave the operation a label that cannot be: {error}");
        self.error(reason::INVALID_LABEL, message).status()
    }

    /// What the start hook gave as the response is of another type than the method's.
    pub(super) fn wrong_response(&self, path: &str) -> Status {
        let message =
            format!("the server's start hook ended an operation of {path} with a response of another type");
        self.error(reason::WRONG_RESPONSE_TYPE, message).status()
    }

    /// A part of the contract that this server does not offer.
    pub(super) fn unsupported(&self, reason: Reason, message: &str) -> Status {
        self.error(reason, message).status()
    }

    /// The server shuts down.
    pub(super) fn draining(&self) -> Status {
        let message = "this server is shutting down; try again, and another one will answer";
        self.error(reason::SERVER_DRAINING, message).retry().status()
    }

    /// The runtime on which the engine was built has ended, and with it all that runs and looks after operations.
    pub(super) fn engine_gone(&self) -> Status {
        let message = "the engine's Tokio runtime has ended, so it can run nothing; build the engine on the \
                       runtime that serves it";
        self.error(reason::ENGINE_GONE, message).status()
    }

    /// The store keeps no more than it has.
    pub(super) fn store_full(&self) -> Status {
        let message = "the server's store has no room for another operation; try again later";
        self.error(reason::STORE_FULL, message).retry().status()
    }

    /// Another operation holds the exclusive key.
    pub(super) fn conflict(&self, holder: &OperationName) -> Status {
        let message = format!("{holder} has what this operation needs to itself; wait for it, or cancel it");
        self.error(reason::OPERATION_CONFLICT, message).about(holder).status()
    }

    /// Likewise, for a caller who may not know which.
    pub(super) fn conflict_with_another(&self) -> Status {
        let message = "another operation has what this one needs to itself; try again later";
        self.error(reason::OPERATION_CONFLICT, message).status()
    }

    /// The store cannot keep what the server makes of the request.
    pub(super) fn not_storable(&self, why: &str) -> Status {
        self.error(reason::NOT_STORABLE, why).status()
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
        self.error(reason::TRANSACTION_REFUSED, message).status()
    }

    /// Too many operations wait already.
    pub(super) fn queue_full(&self) -> Status {
        let message = "too many operations are waiting to run; try again later";
        self.error(reason::QUEUE_FULL, message).retry().status()
    }

    /// A method that generated code has not registered.
    pub(super) fn no_handler(&self, path: &str) -> Status {
        let message = format!("the server has no handler for {path}; register it with the engine");
        self.error(reason::NO_HANDLER, message).status()
    }

    pub(super) fn panicked(&self) -> Status {
        self.error(reason::HANDLER_PANICKED, "the work failed because of a bug in the server").status()
    }

    pub(super) fn hook_panicked(&self) -> Status {
        let message = "the operation was not started because of a bug in the server";
        self.error(reason::START_HOOK_PANICKED, message).status()
    }

    pub(super) fn unstorable_outcome(&self) -> Status {
        let message = "the work has ended, but the server could not store how";
        self.error(reason::OUTCOME_NOT_STORABLE, message).status()
    }

    pub(super) fn undecodable_request(&self, error: &UnexpectedPayload) -> Status {
        tracing::error!(error = error as &dyn Error, "the stored request cannot be read");
        let message = "this version of the server cannot read the request of the operation; start it again";
        self.error(reason::REQUEST_NOT_READABLE, message).status()
    }

    pub(super) fn too_large(&self, what: &str, size: usize, limit: usize) -> Status {
        let message = format!("the {what} has {size} bytes; at most {limit} are allowed");
        self.error(reason::PAYLOAD_TOO_LARGE, message).status()
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
            return self.error(reason::STORE_UNAVAILABLE, message).retry().status();
        }
        tracing::error!(error = error as &dyn Error, "the store has failed");
        self.error(reason::STORE_FAILED, "the server's store has failed").status()
    }

    /// A handler was asked to stop.
    pub(super) fn stopped(&self, reason: &StopReason) -> Status {
        let name = match reason {
            StopReason::Preempted(_) => reason::OPERATION_PREEMPTED,
            StopReason::DeadlineExceeded => reason::OPERATION_DEADLINE_EXCEEDED,
            _ => reason::OPERATION_CANCELLED,
        };
        self.error(name, reason.to_string()).status()
    }

    /// What a handler does counts no more.
    pub(super) fn attempt_over(&self, reason: Reason, message: &str) -> Status {
        self.error(reason, message).status()
    }

    /// A stored checkpoint is not what the handler asks for.
    pub(super) fn wrong_checkpoint(&self, error: &UnexpectedPayload) -> Status {
        self.error(reason::CHECKPOINT_NOT_READABLE, format!("the last checkpoint: {error}")).status()
    }

    /// The `domain` of its errors.
    pub(super) fn domain(&self) -> &str {
        &self.domain
    }

    fn error(&self, reason: Reason, message: impl Into<String>) -> Builder<'_> {
        Builder::new(&self.domain, reason, message.into())
    }
}
