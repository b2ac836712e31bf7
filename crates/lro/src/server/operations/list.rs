//! `ListOperations` (AIP-132, AIP-158, AIP-159).

use lro_store::{Cursor, ListQuery, ParentPattern, View};
use tonic::Status;

use crate::google::longrunning::{ListOperationsRequest, ListOperationsResponse};
use crate::server::access::{Action, Caller};
use crate::server::shared::Shared;
use crate::server::state::call::in_time;
use crate::server::status::reason;

const DEFAULT_PAGE_SIZE: usize = 50;
const LARGEST_PAGE_SIZE: usize = 1_000;

/// A page stays below this many bytes, if need be by being short: gRPC clients accept 4 MiB by default.
const LARGEST_PAGE: usize = 3_000_000;

/// How many pages of the store one page is looked for in.
const MOST_LOOKS: usize = 5;

/// A page of the operations of one parent, newest first.
pub(super) async fn list(
    shared: &Shared,
    caller: &Caller,
    request: &ListOperationsRequest,
) -> Result<ListOperationsResponse, Status> {
    if !request.filter.is_empty() {
        let message =
            "this server does not filter operations; leave `filter` empty and filter what it returns";
        return Err(shared.errors.unsupported(reason::FILTER_UNSUPPORTED, message));
    }
    if request.return_partial_success {
        let message = "this server has all operations in one place; leave `return_partial_success` unset";
        return Err(shared.errors.unsupported(reason::PARTIAL_SUCCESS_UNSUPPORTED, message));
    }
    let limit = page_size(shared, request.page_size)?;
    let parent =
        ParentPattern::parse(&request.name).map_err(|error| shared.errors.invalid_name("name", &error))?;
    shared.guard.check_list(caller, parent.as_str()).await?;
    let scope = [request.name.as_str(), request.filter.as_str(), caller.owner()];
    let after = place(shared, &request.page_token, &scope)?;

    let mut query = ListQuery::new(parent, limit).after(after).max_bytes(LARGEST_PAGE);
    query.owner = shared.guard.only_owner(caller);
    let mut response = ListOperationsResponse::default();
    // A store may give an empty page before the end; a few of them are passed over here.
    for _ in 0..MOST_LOOKS {
        let page = in_time(shared.store.list(&query)).await.map_err(|error| shared.errors.store(&error))?;
        let is_last = page.next.is_none();
        query.after = page.next;
        let views = visible(shared, caller, &query, page.views).await?;
        if is_last || !views.is_empty() {
            response.operations = views.iter().map(|view| shared.show(view)).collect();
            break;
        }
    }
    response.next_page_token =
        query.after.map(|next| shared.page_tokens.seal(&next, &scope)).unwrap_or_default();
    Ok(response)
}

/// Those of a page that the caller may see.
async fn visible(
    shared: &Shared,
    caller: &Caller,
    query: &ListQuery,
    mut views: Vec<View>,
) -> Result<Vec<View>, Status> {
    if query.owner.is_some() || shared.guard.is_open_to(caller) {
        return Ok(views);
    }
    let mut visible = Vec::with_capacity(views.len());
    for view in views.drain(..) {
        if shared.guard.allows_with(caller, Action::List, &view).await? {
            visible.push(view);
        }
    }
    Ok(visible)
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
