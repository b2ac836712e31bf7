//! What a server gets wrong about the filter of `ListOperations`.

use lro::google::longrunning::{ListOperationsRequest, ListOperationsResponse};
use tonic::{Code, Status};

use super::backend::Backend;
use crate::fault::Fault;

/// Longer than any filter that a person writes.
const LONG: usize = 10_000;

/// The filter as the fault reads it.
pub(super) fn alter(fault: Fault, filter: &mut String) -> Result<(), Status> {
    match fault {
        Fault::FilterIsIgnored => filter.clear(),
        Fault::FilterIsReadByHalf => {
            if let Some(half) = filter.find(" AND") {
                filter.truncate(half);
            }
        }
        Fault::FilterTakesTrueForFalse => *filter = filter.replace("done = true", "done = false"),
        Fault::FilterForgetsNegations => *filter = filter.replace("NOT ", "").replace("-done", "done"),
        Fault::FilterBindsAndTighter => {
            if let Some((and, or)) = filter.split_once(" OR ") {
                *filter = format!("({and}) OR {or}");
            }
        }
        Fault::FilterTakesAnyName if filter.starts_with("name = ") => "name = \"*\"".clone_into(filter),
        Fault::FilterTakesAnyErrorCode if filter.starts_with("error.code = ") => {
            "done = true".clone_into(filter);
        }
        Fault::FilterTakesUnknownFields if filter.contains("no_such_field") => filter.clear(),
        Fault::FilterTakesAnyType if filter == "done = 7" => filter.clear(),
        Fault::FilterBreaksIfItIsLong if filter.len() > LONG => {
            return Err(Status::internal("the stack has overflown"));
        }
        _ => {}
    }
    Ok(())
}

/// The answer to what the server behind has refused.
pub(super) async fn refused(
    fault: Fault,
    backend: &Backend,
    mut request: ListOperationsRequest,
    status: Status,
) -> Result<ListOperationsResponse, Status> {
    if request.filter.is_empty() || status.code() != Code::InvalidArgument {
        return Err(status);
    }
    match fault {
        Fault::FilterErrorIsNotFound => Err(Status::not_found("there are no such operations")),
        Fault::TokenIgnoresFilter if !request.page_token.is_empty() => {
            // The one that the token is for has none.
            request.filter.clear();
            backend.list(&request).await
        }
        _ => Err(status),
    }
}

/// The page of what fits a filter, as the fault has it.
pub(super) fn alter_page(fault: Fault, has_token: bool, page: &mut ListOperationsResponse) {
    if fault == Fault::FilterLeavesOut && has_token {
        page.operations.pop();
    }
}
