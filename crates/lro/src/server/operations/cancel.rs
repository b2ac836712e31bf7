//! `CancelOperation`.

use lro_store::StoreExt;
use tonic::Status;

use super::parse_name;
use crate::google::longrunning::CancelOperationRequest;
use crate::server::access::{Action, Caller};
use crate::server::shared::Shared;
use crate::server::state::call::in_time;

/// Asks for an operation to stop. Success also when it is done already, which changes nothing.
///
/// The handler, in whatever process, learns it from the store's hint, and if that is lost from the next sign of
/// life.
pub(super) async fn cancel(
    shared: &Shared,
    caller: &Caller,
    request: &CancelOperationRequest,
) -> Result<(), Status> {
    let name = parse_name(shared, &request.name)?;
    shared.check(caller, Action::Cancel, &name).await?;
    let cancelled = in_time(shared.store.request_cancel_one(&name)).await;
    let exists = cancelled.map_err(|error| shared.errors.store(&error))?;
    if exists { Ok(()) } else { Err(shared.guard.missing(caller, &name)) }
}
