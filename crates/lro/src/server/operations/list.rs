//! `ListOperations` (AIP-132, AIP-158, AIP-159, AIP-160).

use lro_store::{Cursor, ListQuery, ParentPattern};
use tonic::Status;

use super::search::Search;
use crate::google::longrunning::{ListOperationsRequest, ListOperationsResponse};
use crate::server::access::Caller;
use crate::server::filter::Filter;
use crate::server::shared::Shared;
use crate::server::status::reason;

const DEFAULT_PAGE_SIZE: usize = 50;
const LARGEST_PAGE_SIZE: usize = 1_000;

/// A page stays below this many bytes, if need be by being short: gRPC clients accept 4 MiB by default.
const LARGEST_PAGE: usize = 3_000_000;

/// A page of the operations of one parent, newest first.
pub(super) async fn list(
    shared: &Shared,
    caller: &Caller,
    request: &ListOperationsRequest,
) -> Result<ListOperationsResponse, Status> {
    if request.return_partial_success {
        let message = "this server has all operations in one place; leave `return_partial_success` unset";
        return Err(shared.errors.unsupported(reason::PARTIAL_SUCCESS_UNSUPPORTED, message));
    }
    let limit = page_size(shared, request.page_size)?;
    let parent = ParentPattern::parse_collection(&request.name)
        .map_err(|error| shared.errors.invalid_name("name", &error))?;
    shared.guard.check_list(caller, parent.as_str()).await?;
    let filter = Filter::parse(&request.filter, &shared.types)
        .map_err(|error| shared.errors.invalid_filter(&error, &request.filter))?;
    let scope = [request.name.as_str(), request.filter.as_str(), caller.owner()];
    let after = place(shared, &request.page_token, &scope)?;

    let mut query = ListQuery::new(parent, limit).after(after).max_bytes(LARGEST_PAGE);
    query.owner = shared.guard.only_owner(caller);
    let search = Search { shared, caller, filter: &filter, asks: shared.guard.asks_about_each(caller) };
    let Some(query) = filter.narrow(query) else { return Ok(ListOperationsResponse::default()) };
    let page = search.page(query).await?;
    Ok(ListOperationsResponse {
        operations: page.views.iter().map(|view| shared.show(view)).collect(),
        next_page_token: page.next.map(|next| shared.page_tokens.seal(&next, &scope)).unwrap_or_default(),
        ..ListOperationsResponse::default()
    })
}

fn page_size(shared: &Shared, asked: i32) -> Result<usize, Status> {
    match usize::try_from(asked) {
        Ok(0) => Ok(DEFAULT_PAGE_SIZE),
        Ok(size) => Ok(size.min(LARGEST_PAGE_SIZE)),
        Err(_) => {
            Err(shared.errors.bad_field("page_size", reason::INVALID_PAGE_SIZE, "must not be negative"))
        }
    }
}

fn place(shared: &Shared, token: &str, scope: &[&str]) -> Result<Option<Cursor>, Status> {
    if token.is_empty() {
        return Ok(None);
    }
    let description = "is not one that this server gave this caller for this `name` and `filter`; begin again without a token";
    let cursor = shared.page_tokens.open(token, scope);
    cursor
        .map(Some)
        .ok_or_else(|| shared.errors.bad_field("page_token", reason::INVALID_PAGE_TOKEN, description))
}
