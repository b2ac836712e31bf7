//! `DeleteOperation`.

use bytes::Bytes;
use lro::google::longrunning::DeleteOperationRequest;
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
    let DeleteOperationRequest { name } = decode(message)?;
    match fault {
        Fault::DeleteKeeps => return Ok(Bytes::new()),
        Fault::DeleteCancels => return backend.cancel(&name).await,
        Fault::DeleteTakesOthersAlong => {
            let all: Vec<_> = state.lock().started.keys().cloned().collect();
            for other in all.iter().filter(|other| **other != name) {
                // One that is gone already is no matter.
                drop(backend.delete(other).await);
            }
        }
        _ => {}
    }
    match (fault, backend.delete(&name).await) {
        (Fault::DeleteTakesUnknown, Err(status)) if is_hidden(&status) => Ok(Bytes::new()),
        (Fault::OthersMayDelete, Err(status)) if is_hidden(&status) => backend.as_owner().delete(&name).await,
        (_, answer) => answer,
    }
}
