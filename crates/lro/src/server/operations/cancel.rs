//! `CancelOperation`.

use tonic::Status;

use super::super::call::in_time;
use super::super::inner::Inner;
use super::parse_name;
use crate::google::longrunning::CancelOperationRequest;

/// Asks for an operation to stop. Success also when it is done already, which changes nothing.
///
/// The handler, in whatever process, learns it from the store's hint, and if that is lost from its next
/// heartbeat.
pub(super) async fn cancel(inner: &Inner, request: &CancelOperationRequest) -> Result<(), Status> {
    let name = parse_name(inner, &request.name)?;
    let record =
        in_time(inner.store.request_cancel(&name)).await.map_err(|error| inner.errors.store(&error))?;
    record.map(|_| ()).ok_or_else(|| inner.errors.not_found(&name))
}
