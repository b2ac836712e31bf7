//! Starts that share the operation which is there already.

use std::sync::Arc;

use lro_store::{NewOperation, OperationName};
use tonic::Status;

use super::create::{Begun, begin};
use crate::server::access::{Action, Caller};
use crate::server::shared::Shared;

/// How often a holder may be gone when it is looked at, before the caller is told to try again. Each time another
/// operation has taken the key and was deleted in between.
const TRIES: usize = 5;

/// Stores an operation, and runs it if there is a free slot; or finds the one of its method that has its exclusive key,
/// if the caller may see it.
pub(in crate::server) async fn begin_or_join(
    shared: &Arc<Shared>,
    caller: &Caller,
    operation: NewOperation,
) -> Result<Begun, Status> {
    let mut begun = begin(shared, operation.clone()).await?;
    for _ in 0..TRIES {
        let Begun::Held(holder) = &begun else { break };
        match shared.read(holder).await? {
            Some(view)
                if view.method() == operation.method()
                    && shared.guard.allows_with(caller, Action::Get, &view).await? =>
            {
                return Ok(Begun::Joined(shared.show(&view)));
            }
            Some(_) => break,
            None => begun = begin(shared, operation.clone()).await?,
        }
    }
    Ok(begun)
}

/// What a caller is told whose operation another one keeps from beginning: which it is, if the caller may see it.
pub(in crate::server) async fn conflict(shared: &Shared, caller: &Caller, holder: &OperationName) -> Status {
    if shared.check(caller, Action::Get, holder).await.is_ok() {
        shared.errors.conflict(holder)
    } else {
        shared.errors.conflict_with_another()
    }
}
