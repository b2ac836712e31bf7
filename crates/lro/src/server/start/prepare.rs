//! From a request and what the start hook says to a new operation.

use std::sync::Arc;

use lro_store::{Beginning, ExclusiveKey, Labels, NewOperation, OperationName, Outcome, Parent};
use prost::Message;
use tonic::Status;

use super::options::{Start, Work};
use super::request_id;
use crate::google::longrunning::{Operation, operation};
use crate::server::access::Caller;
use crate::server::convert;
use crate::server::settings::Settings;
use crate::server::shared::Shared;
use crate::server::state::random::Random;
use crate::server::status::Errors;
use crate::{Method, payload};

/// Checks what was asked for and makes an operation of it.
pub(in crate::server) fn prepare<Req, Res, Meta>(
    shared: &Shared,
    method: Method<Req, Res, Meta>,
    caller: &Caller,
    request: &Req,
    start: Start<Meta>,
) -> Result<NewOperation, Status>
where
    Req: Message,
    Res: Message + 'static,
    Meta: Message,
{
    let Shared { handlers, errors, settings, random, .. } = shared;
    let path = handlers.path(method.path()).ok_or_else(|| errors.no_handler(method.path()))?;
    let start = start.labelled_by(caller);
    let operation = assemble(errors, settings, random, path, method, request, start)?;
    Ok(operation.with_owner(caller.as_owner()))
}

/// Checks what was asked for and makes an operation of it, whoever does the work, and of nobody.
pub(in crate::server) fn assemble<Req, Res, Meta>(
    errors: &Errors,
    settings: &Settings,
    random: &Random,
    path: Arc<str>,
    method: Method<Req, Res, Meta>,
    request: &Req,
    start: Start<Meta>,
) -> Result<NewOperation, Status>
where
    Req: Message,
    Res: Message + 'static,
    Meta: Message,
{
    let parent = Parent::parse(&start.parent).map_err(|error| errors.invalid_parent(&error))?;
    let name = match start.delegated_name().map_err(|error| errors.invalid_parent(&error))? {
        Some(name) => name,
        None => OperationName::generate(&parent, settings.clock.now(), random.bits()),
    };
    let packed = convert::to_payload(payload::pack(method.request_type(), request));
    let mut labels = Labels::new();
    for (key, value) in &start.labels {
        labels = labels.with(key, value).map_err(|error| errors.invalid_label(&error))?;
    }
    let mut operation = NewOperation::new(name, path, packed)
        .with_labels(labels)
        .with_priority(start.priority)
        .with_max_attempts(start.max_attempts)
        .with_delay(start.delay)
        .with_retention(start.retention.unwrap_or(settings.retention));
    if let Some(id) = request_id::of(&method, request) {
        operation = operation.with_request_id(id.map_err(|error| errors.invalid_request_id(&error))?);
    }
    if let Some((key, on_conflict)) = start.exclusive {
        let key = ExclusiveKey::new(&key).map_err(|error| errors.invalid_key(&error))?;
        operation = operation.with_exclusive(key, on_conflict);
    }
    if let Some(metadata) = start.metadata {
        let metadata = convert::to_payload(payload::pack(method.metadata_type(), &metadata));
        errors.check_size("metadata", &metadata, settings.max_payload_size)?;
        operation = operation.with_metadata(metadata);
    }
    if let Some(retry) = start.retry {
        operation = operation.with_retry(retry);
    }
    if let Some(deadline) = start.deadline {
        operation = operation.with_deadline(deadline);
    }
    if let Some(writes) = start.in_transaction {
        operation = operation.with_transaction(writes);
    }
    let operation = match start.work {
        Work::Handler => operation,
        Work::Delegate { id, .. } => operation.with_beginning(Beginning::Delegated(id)),
        Work::Response(response) => {
            let response: &Res =
                response.downcast_ref().ok_or_else(|| errors.wrong_response(method.path()))?;
            let response = convert::to_payload(payload::pack(method.response_type(), response));
            errors.check_size("response", &response, settings.max_payload_size)?;
            operation.with_beginning(Beginning::Done(Outcome::Response(response)))
        }
    };
    if let Some(fault) = operation.fault() {
        return Err(errors.not_storable(fault));
    }
    Ok(operation)
}

/// The answer to a request that only asked for a check, and passed it (AIP-163): done, without a name, and with
/// an empty response of the declared type.
pub(in crate::server) fn checked<Req, Res, Meta>(method: Method<Req, Res, Meta>) -> Operation {
    Operation {
        done: true,
        // The unit is an empty message of whatever type; the default of `Res` may have required fields.
        result: Some(operation::Result::Response(payload::pack(method.response_type(), &()))),
        ..Operation::default()
    }
}
