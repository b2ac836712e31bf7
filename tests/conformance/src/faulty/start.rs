//! Starts.

use std::time::Instant;

use bytes::Bytes;
use lro::google::longrunning::{Operation, operation};
use lro::google::rpc;
use tonic::{Code, Status};

use super::backend::Backend;
use super::state::State;
use super::{START, decode, encode};
use crate::fault::Fault;
use crate::pb::RunJobRequest;

pub(super) async fn answer(
    fault: Fault,
    state: &State,
    backend: &Backend,
    message: Bytes,
) -> Result<Bytes, Status> {
    let mut request: RunJobRequest = decode(message)?;
    match fault {
        Fault::StartIgnoresRequestIds => request.request_id.clear(),
        Fault::StartRunsWhatIsOnlyToBeValidated => request.validate_only = false,
        _ => {}
    }
    let answer = match backend.call(START, encode(&request)).await {
        Err(status)
            if fault == Fault::StartTakesAnyPayloadForARequestId
                && status.code() == Code::InvalidArgument =>
        {
            request.request_id.clear();
            backend.call(START, encode(&request)).await
        }
        Err(status) if fault == Fault::StartRefusesWithAnOperation => Ok(encode(&refusal(&status))),
        answer => answer,
    };
    let mut operation: Operation = decode(answer?)?;
    let mut state = state.lock();
    if fault == Fault::StartRepeatsNames
        && let Some(name) = state.started.keys().next()
    {
        operation.name.clone_from(name);
    }
    state.started.insert(operation.name.clone(), Instant::now());
    Ok(encode(&operation))
}

/// An operation in place of the error.
fn refusal(status: &Status) -> Operation {
    let error =
        rpc::Status { code: status.code().into(), message: status.message().to_owned(), details: Vec::new() };
    Operation {
        name: "shelves/1/operations/refused".to_owned(),
        done: true,
        result: Some(operation::Result::Error(error)),
        ..Operation::default()
    }
}
