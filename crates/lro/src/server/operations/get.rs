//! `GetOperation`.

use tonic::Status;

use super::parse_name;
use crate::google::longrunning::{GetOperationRequest, Operation};
use crate::server::access::{Action, Caller};
use crate::server::shared::Shared;

/// The latest state of an operation.
pub(super) async fn get(
    shared: &Shared,
    caller: &Caller,
    request: &GetOperationRequest,
) -> Result<Operation, Status> {
    let name = parse_name(shared, &request.name)?;
    Ok(shared.show(&shared.read_for(caller, Action::Get, &name).await?))
}
