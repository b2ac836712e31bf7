//! `ListOperations` (AIP-132, AIP-158, AIP-159).

use lro_store::{Cursor, ListQuery, ParentPattern};
use prost::Message;
use tonic::Status;

use super::super::call::in_time;
use super::super::convert;
use super::super::inner::Inner;
use crate::google::longrunning::{ListOperationsRequest, ListOperationsResponse};

const DEFAULT_PAGE_SIZE: usize = 50;
const LARGEST_PAGE_SIZE: usize = 1_000;

/// A page stays below this many bytes, if need be by being short: gRPC clients accept 4 MiB by default.
const LARGEST_PAGE: usize = 3_000_000;

/// A page of the operations of one parent, newest first.
pub(super) async fn list(
    inner: &Inner,
    request: &ListOperationsRequest,
) -> Result<ListOperationsResponse, Status> {
    if !request.filter.is_empty() {
        let message =
            "this server does not filter operations; leave `filter` empty and filter what it returns";
        return Err(inner.errors.unsupported("FILTER_UNSUPPORTED", message));
    }
    if request.return_partial_success {
        let message = "this server has all operations in one place; leave `return_partial_success` unset";
        return Err(inner.errors.unsupported("PARTIAL_SUCCESS_UNSUPPORTED", message));
    }
    let limit = page_size(inner, request.page_size)?;
    let parent =
        ParentPattern::parse(&request.name).map_err(|error| inner.errors.invalid_name("name", &error))?;
    let scope = [request.name.as_str(), request.filter.as_str()];
    let after = place(inner, &request.page_token, &scope)?;

    let query = ListQuery { parent, after, limit };
    let page = in_time(inner.store.list(&query)).await.map_err(|error| inner.errors.store(&error))?;
    let mut response = ListOperationsResponse::default();
    let mut size = 0;
    let mut next = page.next;
    let mut last = None;
    for record in &page.records {
        let operation = convert::to_operation(record);
        size += operation.encoded_len();
        if size > LARGEST_PAGE && last.is_some() {
            next = last;
            break;
        }
        response.operations.push(operation);
        last = Some(Cursor::from(record));
    }
    response.next_page_token = next.map(|next| inner.page_tokens.seal(&next, &scope)).unwrap_or_default();
    Ok(response)
}

fn page_size(inner: &Inner, asked: i32) -> Result<usize, Status> {
    match usize::try_from(asked) {
        Ok(0) => Ok(DEFAULT_PAGE_SIZE),
        Ok(size) => Ok(size.min(LARGEST_PAGE_SIZE)),
        Err(_) => Err(inner.errors.bad_field("page_size", "INVALID_PAGE_SIZE", "must not be negative")),
    }
}

fn place(inner: &Inner, token: &str, scope: &[&str]) -> Result<Option<Cursor>, Status> {
    if token.is_empty() {
        return Ok(None);
    }
    let description =
        "is not one that this server gave for this `name` and `filter`; begin again without a token";
    let cursor = inner.page_tokens.open(token, scope);
    cursor.map(Some).ok_or_else(|| inner.errors.bad_field("page_token", "INVALID_PAGE_TOKEN", description))
}
