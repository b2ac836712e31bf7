//! `CancelOperation`.

use lro_store::{OperationName, Outcome, StopReason, StoreExt, View};
use tonic::Status;

use super::parse_name;
use crate::google::longrunning::CancelOperationRequest;
use crate::server::access::{Action, Caller};
use crate::server::shared::Shared;
use crate::server::state::call::in_time;
use crate::server::telemetry::{ended, may_be_ended_by_cancel, wants_ends};

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
    let found = shared.check(caller, Action::Cancel, &name).await?;
    let may_end_it = may_end_it(shared, &name, found).await;
    let cancelled = in_time(shared.store.request_cancel_one(&name)).await;
    let exists = cancelled.map_err(|error| shared.errors.store(&error))?;
    if may_end_it && let Ok(Some(view)) = shared.read(&name).await {
        // If it has begun in this moment, its attempt tells; and of another end, whoever has brought it about.
        if view.outcome() == Some(&Outcome::Error(StopReason::Cancelled.failure())) {
            ended(&view, None);
        }
    }
    if exists { Ok(()) } else { Err(shared.guard.missing(caller, &name)) }
}

/// Whether a cancellation may be what ends an operation, so that nobody else tells of its end. What runs here, as most of what
/// is cancelled does, costs no call of the store.
async fn may_end_it(shared: &Shared, name: &OperationName, found: Option<View>) -> bool {
    if !wants_ends() || shared.runs.runs(name) {
        return false;
    }
    let found = match found {
        Some(view) => Some(view),
        None => shared.read(name).await.ok().flatten(),
    };
    found.is_some_and(|view| may_be_ended_by_cancel(&view))
}
