//! `GetOperation`, and what it says of an operation.

use std::time::Duration;

use bytes::Bytes;
use lro::google::longrunning::operation::Result as Outcome;
use lro::google::longrunning::{GetOperationRequest, Operation};
use prost::Message as _;
use tonic::Status;

use super::access::is_hidden;
use super::backend::Backend;
use super::state::State;
use super::{decode, encode};
use crate::fault::Fault;
use crate::pb::RunJobResponse;

/// For how long an operation is not there although its name is known.
const LATE: Duration = Duration::from_millis(200);

/// A type that there is, but in no operation.
const ANOTHER_TYPE: &str = "type.googleapis.com/conformance.jobs.v1.RunJobRequest";

pub(super) async fn get(
    fault: Fault,
    state: &State,
    backend: &Backend,
    message: Bytes,
) -> Result<Bytes, Status> {
    let GetOperationRequest { name } = decode(message)?;
    match fault {
        Fault::StartAnswersBeforeItIsStored if is_late(state, &name) => {
            return Err(Status::not_found("there is no such operation"));
        }
        Fault::ReplicaLags if state.count(&name) == 1 => {
            return Err(Status::not_found("there is no such operation"));
        }
        _ => {}
    }
    let operation = match (fault, backend.get(&name).await) {
        (Fault::GetMatchesPrefixes, Err(status)) => {
            backend.get(&name[..name.len().saturating_sub(1)]).await.map_err(|_| status)?
        }
        (Fault::OthersMayRead, Err(status)) if is_hidden(&status) => backend.as_owner().get(&name).await?,
        (Fault::OthersAreToldOfExistence, Err(status)) if is_hidden(&status) => {
            let exists = backend.as_owner().get(&name).await.is_ok();
            return Err(if exists { Status::permission_denied("it is somebody else's") } else { status });
        }
        (_, answer) => answer?,
    };
    Ok(alter(fault, state, operation))
}

fn is_late(state: &State, name: &str) -> bool {
    state.lock().started.get(name).is_some_and(|started| started.elapsed() < LATE)
}

/// The operation as the fault has it.
fn alter(fault: Fault, state: &State, mut operation: Operation) -> Bytes {
    let name = operation.name.clone();
    match fault {
        Fault::GetForgetsDone if operation.done && state.count(&name).is_multiple_of(3) => {
            operation.done = false;
            operation.result = None;
        }
        Fault::GetGivesEarlyResponse if !operation.done => operation.result = Some(response("")),
        Fault::GetGivesNoResult => operation.result = None,
        Fault::GetChangesResponse if operation.done => {
            operation.result = Some(response(&state.count(&name).to_string()));
        }
        Fault::GetRenames => operation.name += "0",
        Fault::CancelChangesDone if state.lock().counts.contains_key(&name) => cancelled(&mut operation, 1),
        Fault::CancelAborts => {
            if let Some(Outcome::Error(error)) = &mut operation.result {
                error.code = if error.code == 1 { 10 } else { error.code };
            }
        }
        Fault::GetTurnsFailuresIntoResponses => {
            if matches!(operation.result, Some(Outcome::Error(_))) {
                operation.result = Some(response(""));
            }
        }
        Fault::GetGivesUnknownCodes => {
            if let Some(Outcome::Error(error)) = &mut operation.result {
                error.code = 99;
            }
        }
        Fault::GetGivesAnotherMetadataType => {
            if let Some(metadata) = &mut operation.metadata {
                ANOTHER_TYPE.clone_into(&mut metadata.type_url);
            }
        }
        Fault::GetGivesAnotherResponseType => with_response(&mut operation, |response| {
            ANOTHER_TYPE.clone_into(&mut response.type_url);
        }),
        Fault::GetGivesBareTypeUrls => with_response(&mut operation, |response| {
            "conformance.jobs.v1.RunJobResponse".clone_into(&mut response.type_url);
        }),
        Fault::GetGivesBrokenBytes => with_response(&mut operation, |response| response.value = vec![0xff]),
        _ => {}
    }
    let mut bytes = operation.encode_to_vec();
    if fault == Fault::GetGivesBothResults && operation.done {
        // Whoever reads a oneof takes the last, but both are there.
        let error = lro::google::rpc::Status { code: 2, ..lro::google::rpc::Status::default() };
        let other = Operation { result: Some(Outcome::Error(error)), ..Operation::default() };
        bytes.splice(0..0, other.encode_to_vec());
    }
    bytes.into()
}

/// Ends it with this code.
pub(super) fn cancelled(operation: &mut Operation, code: i32) {
    let error = lro::google::rpc::Status { code, message: "stopped".to_owned(), details: Vec::new() };
    operation.done = true;
    operation.result = Some(Outcome::Error(error));
}

fn response(text: &str) -> Outcome {
    let message = RunJobResponse { text: text.to_owned() };
    Outcome::Response(lro::Any {
        type_url: "type.googleapis.com/conformance.jobs.v1.RunJobResponse".to_owned(),
        value: encode(&message).into(),
    })
}

fn with_response(operation: &mut Operation, change: impl FnOnce(&mut lro::Any)) {
    if let Some(Outcome::Response(response)) = &mut operation.result {
        change(response);
    }
}
