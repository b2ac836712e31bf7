//! `ListOperations`.

use bytes::Bytes;
use lro::google::longrunning::{ListOperationsRequest, ListOperationsResponse};
use tonic::{Code, Status};

use super::backend::Backend;
use super::state::State;
use super::{decode, encode, filter};
use crate::fault::Fault;

/// The token of a list without end.
const END: &str = "end";

pub(super) async fn answer(
    fault: Fault,
    state: &State,
    backend: &Backend,
    message: Bytes,
) -> Result<Bytes, Status> {
    let mut request: ListOperationsRequest = decode(message)?;
    let has_token = !request.page_token.is_empty();
    let has_filter = !request.filter.is_empty();
    alter_request(fault, state, &mut request)?;
    filter::alter(fault, &mut request.filter)?;
    let caller = if fault == Fault::OthersAreListed { backend.as_owner() } else { backend.clone() };
    let answer = match caller.list(&request).await {
        Err(status)
            if fault == Fault::TokenIsUnchecked && has_token && status.code() == Code::InvalidArgument =>
        {
            request.page_token.clear();
            caller.list(&request).await
        }
        Err(status) => filter::refused(fault, &caller, request, status).await,
        answer => answer,
    };
    let mut page = answer?;
    alter_page(fault, state, has_token, &mut page);
    if has_filter {
        filter::alter_page(fault, has_token, &mut page);
    }
    Ok(encode(&page))
}

fn alter_request(fault: Fault, state: &State, request: &mut ListOperationsRequest) -> Result<(), Status> {
    let has_token = !request.page_token.is_empty();
    match fault {
        Fault::ListIgnoresPageSize => request.page_size = 0,
        Fault::ListTakesNegativePageSizes => request.page_size = request.page_size.max(0),
        Fault::ListNeedsPageSize if request.page_size == 0 => {
            return Err(Status::invalid_argument("page_size: is missing"));
        }
        Fault::ListRefusesLargePageSizes if request.page_size > 1_000 => {
            return Err(Status::invalid_argument("page_size: is too large"));
        }
        Fault::ListIgnoresParents => "shelves/-".clone_into(&mut request.name),
        Fault::TokenIgnoresParent if has_token => "shelves/1".clone_into(&mut request.name),
        Fault::TokenFixesPageSize if has_token => request.page_size = 2,
        Fault::ListNeverEnds if request.page_token == END => request.page_token.clear(),
        Fault::TokenIsAnOffset if has_token => {
            let offset: Option<usize> = request.page_token.parse().ok();
            let token = offset.and_then(|offset| state.lock().tokens.get(offset).cloned());
            request.page_token = token.ok_or_else(|| Status::invalid_argument("page_token: is no number"))?;
        }
        _ => {}
    }
    Ok(())
}

fn alter_page(fault: Fault, state: &State, has_token: bool, page: &mut ListOperationsResponse) {
    let mut state = state.lock();
    match fault {
        Fault::ListRepeats => {
            let last = state.last_listed.take().filter(|_| has_token);
            state.last_listed = page.operations.last().cloned();
            page.operations.extend(last);
        }
        Fault::ListSkips if has_token => drop(page.operations.drain(..1.min(page.operations.len()))),
        Fault::ListHidesRunning => page.operations.retain(|operation| operation.done),
        Fault::ListGivesOldStates => {
            for operation in &mut page.operations {
                operation.done = false;
                operation.result = None;
            }
        }
        Fault::ListNeverEnds if page.next_page_token.is_empty() => END.clone_into(&mut page.next_page_token),
        Fault::ListTellsOldestFirst => page.operations.reverse(),
        Fault::TokenIsAnOffset if !page.next_page_token.is_empty() => {
            let token = std::mem::take(&mut page.next_page_token);
            state.tokens.push(token);
            page.next_page_token = (state.tokens.len() - 1).to_string();
        }
        _ => {}
    }
}
