//! A layer in front of a server that does one thing wrong, on the wire.

mod access;
mod backend;
mod cancel;
mod delete;
mod errors;
mod filter;
mod frame;
mod list;
mod operation;
mod service;
mod start;
mod state;
mod wait;

use bytes::Bytes;
use tonic::Status;

use self::backend::Backend;
use self::state::State;
use crate::fault::Fault;
pub(crate) use service::FaultyLayer;

/// The method that starts operations.
const START: &str = "/conformance.jobs.v1.Jobs/RunJob";

/// The service of all others.
const OPERATIONS: &str = "/google.longrunning.Operations/";

/// Answers a call as a server with the fault does.
async fn answer(
    fault: Fault,
    state: &State,
    backend: &Backend,
    path: &str,
    message: Bytes,
) -> Result<Bytes, Status> {
    let answer = match path.strip_prefix(OPERATIONS) {
        None => start::answer(fault, state, backend, message).await,
        Some(_) if fault == Fault::NoOperationsService => Err(Status::unimplemented("")),
        Some("GetOperation") => operation::get(fault, state, backend, message).await,
        Some("WaitOperation") => wait::answer(fault, state, backend, message).await,
        Some("CancelOperation") => cancel::answer(fault, state, backend, message).await,
        Some("DeleteOperation") => delete::answer(fault, state, backend, message).await,
        Some(_) => list::answer(fault, state, backend, message).await,
    };
    answer.map_err(|status| errors::alter(fault, status))
}

fn decode<M: prost::Message + Default>(message: Bytes) -> Result<M, Status> {
    M::decode(message).map_err(|error| Status::internal(error.to_string()))
}

fn encode(message: &impl prost::Message) -> Bytes {
    message.encode_to_vec().into()
}
