//! `GetOperation`.

use tonic::Status;

use super::super::convert;
use super::super::inner::Inner;
use super::{parse_name, read};
use crate::google::longrunning::{GetOperationRequest, Operation};

/// The latest state of an operation.
pub(super) async fn get(inner: &Inner, request: &GetOperationRequest) -> Result<Operation, Status> {
    let name = parse_name(inner, &request.name)?;
    Ok(convert::to_operation(&read(inner, &name).await?))
}
