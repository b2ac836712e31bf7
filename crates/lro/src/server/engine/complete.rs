//! Finishing operations that no handler works on.

use std::sync::Arc;

use lro_store::{Finish, Outcome, Report, WriteResult};
use prost::Message;
use tonic::Status;

use crate::server::shared::Shared;
use crate::server::start::CompletionToken;
use crate::server::state::call::in_time;
use crate::server::telemetry::{ended, wants_ends};
use crate::server::{convert, status};
use crate::{Method, payload};

/// What became of an operation that others finish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Completion {
    /// It ended, or went on, as asked.
    Applied,
    /// It was done before: by the same call, whose answer got lost, by another one, by a cancellation, or by its
    /// deadline. Nothing changed.
    AlreadyDone,
}

pub(super) async fn complete<Req, Res: Message, Meta>(
    shared: &Arc<Shared>,
    method: Method<Req, Res, Meta>,
    token: &CompletionToken,
    response: &Res,
) -> Result<Completion, Status> {
    let response = convert::to_payload(payload::pack(method.response_type(), response));
    shared.errors.check_size("response", &response, shared.settings.max_payload_size)?;
    finish(shared, token, Outcome::Response(response)).await
}

pub(super) async fn fail(
    shared: &Arc<Shared>,
    token: &CompletionToken,
    error: &Status,
) -> Result<Completion, Status> {
    let (failure, limit) = (status::to_failure(error), shared.settings.max_payload_size);
    if failure.size() > limit {
        return Err(shared.errors.too_large("error", failure.size(), limit));
    }
    finish(shared, token, Outcome::Error(failure)).await
}

pub(super) async fn report<Req, Res, Meta: Message>(
    shared: &Shared,
    method: Method<Req, Res, Meta>,
    token: &CompletionToken,
    metadata: &Meta,
) -> Result<Completion, Status> {
    let metadata = convert::to_payload(payload::pack(method.metadata_type(), metadata));
    shared.errors.check_size("metadata", &metadata, shared.settings.max_payload_size)?;
    let report = Report::new(token.fence()).metadata(metadata);
    let written = in_time(shared.store.report(vec![report])).await;
    shared.waiters.mark_change(&token.fence().name);
    answer(shared, token, written)
}

async fn finish(
    shared: &Arc<Shared>,
    token: &CompletionToken,
    outcome: Outcome,
) -> Result<Completion, Status> {
    let written = in_time(shared.store.finish(vec![Finish::new(token.fence(), outcome)])).await;
    let name = token.fence().name;
    shared.waiters.mark(&name);
    let completion = answer(shared, token, written)?;
    if completion == Completion::Applied && wants_ends() {
        // In a task of its own, as nobody shall wait for what the log wants to know.
        let shared = Arc::clone(shared);
        tokio::spawn(async move {
            if let Ok(Some(view)) = shared.read(&name).await {
                // It began with its start.
                ended(&view, Some(view.create_time()));
            }
        });
    }
    Ok(completion)
}

fn answer(
    shared: &Shared,
    token: &CompletionToken,
    written: Result<Vec<WriteResult>, lro_store::Error>,
) -> Result<Completion, Status> {
    let result = written.map_err(|error| shared.errors.store(&error))?.pop();
    match result {
        Some(WriteResult::Applied { .. }) => Ok(Completion::Applied),
        Some(WriteResult::Done) => Ok(Completion::AlreadyDone),
        // A token of an operation that another one is the holder of was not made by this store.
        _ => Err(shared.errors.not_found(&token.fence().name)),
    }
}
