//! `DeleteOperation`.

use tonic::Status;

use super::super::call::in_time;
use super::super::inner::Inner;
use super::parse_name;
use crate::google::longrunning::DeleteOperationRequest;

/// Forgets an operation. Work that runs goes on, and its result is dropped.
pub(super) async fn delete(inner: &Inner, request: &DeleteOperationRequest) -> Result<(), Status> {
    let name = parse_name(inner, &request.name)?;
    let existed = in_time(inner.store.delete(&name)).await.map_err(|error| inner.errors.store(&error))?;
    if existed { Ok(()) } else { Err(inner.errors.not_found(&name)) }
}
