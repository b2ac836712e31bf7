//! Starts that share the operation which is there already.

use std::sync::Arc;

use lro_store::{NewOperation, Owner, StoreExt as _};
use tonic::Status;

use super::create::{Begun, begin};
use crate::server::convert;
use crate::server::shared::Shared;
use crate::server::state::call::in_time;

/// How often a holder may be gone when it is looked at, before the caller is told to try again. Each time another
/// operation has taken the key and was deleted in between.
const TRIES: usize = 5;

/// Stores an operation, and runs it if there is a free slot; or finds the one of its method that has its exclusive key.
pub(in crate::server) async fn begin_or_join(
    shared: &Arc<Shared>,
    operation: NewOperation,
) -> Result<Begun, Status> {
    let mut begun = begin(shared, operation.clone()).await?;
    for _ in 0..TRIES {
        let Begun::Held(holder) = &begun else { break };
        let held = in_time((*shared.store).get_one(holder)).await;
        match held.map_err(|error| shared.errors.store(&error))? {
            Some(view) if view.method() == operation.method() && *view.owner() == Owner::none() => {
                return Ok(Begun::Joined(convert::to_operation(&view)));
            }
            Some(_) => break,
            None => begun = begin(shared, operation.clone()).await?,
        }
    }
    Ok(begun)
}
