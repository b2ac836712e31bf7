//! `DeleteOperation`.

use lro_store::StoreExt;
use tonic::Status;

use super::parse_name;
use crate::google::longrunning::DeleteOperationRequest;
use crate::server::access::{Action, Caller};
use crate::server::shared::Shared;
use crate::server::state::call::in_time;

/// Forgets an operation. What work that runs does then is the engine's setting `on_delete`.
pub(super) async fn delete(
    shared: &Shared,
    caller: &Caller,
    request: &DeleteOperationRequest,
) -> Result<(), Status> {
    let name = parse_name(shared, &request.name)?;
    shared.check(caller, Action::Delete, &name).await?;
    let existed =
        in_time(shared.store.delete_one(&name)).await.map_err(|error| shared.errors.store(&error))?;
    if existed { Ok(()) } else { Err(shared.guard.missing(caller, &name)) }
}
