//! `CancelOperation`.

use std::time::Duration;

use bytes::Bytes;
use lro::google::longrunning::CancelOperationRequest;
use tonic::Status;

use super::access::is_hidden;
use super::backend::Backend;
use super::decode;
use super::state::State;
use crate::fault::Fault;

pub(super) async fn answer(
    fault: Fault,
    state: &State,
    backend: &Backend,
    message: Bytes,
) -> Result<Bytes, Status> {
    let CancelOperationRequest { name } = decode(message)?;
    match fault {
        Fault::CancelDoesNothing | Fault::ReplicaCannotCancel => return Ok(Bytes::new()),
        Fault::CancelDeletes => return backend.delete(&name).await,
        Fault::CancelTwiceFails if state.count(&name) > 1 => {
            return Err(Status::failed_precondition("it is being cancelled already"));
        }
        Fault::CancelForgetsDone if backend.get(&name).await.is_ok_and(|operation| operation.done) => {
            return Err(Status::not_found("there is no such operation"));
        }
        Fault::CancelChangesDone if backend.get(&name).await.is_ok_and(|operation| operation.done) => {
            state.count(&name);
        }
        _ => {}
    }
    let answer = backend.cancel(&name).await;
    match (fault, answer) {
        (Fault::CancelTakesUnknown, Err(status)) if is_hidden(&status) => Ok(Bytes::new()),
        (Fault::OthersMayCancel, Err(status)) if is_hidden(&status) => backend.as_owner().cancel(&name).await,
        (Fault::CancelWaitsForTheEnd, Ok(answer)) => {
            tokio::time::sleep(Duration::from_millis(2_500)).await;
            Ok(answer)
        }
        (_, answer) => answer,
    }
}
