//! The service `google.longrunning.Operations`, one file per RPC.

mod cancel;
mod deadline;
mod delete;
mod get;
mod list;
mod search;
mod wait;

use std::sync::Arc;

use lro_store::OperationName;
use tokio::time::Instant;
use tokio_util::sync::DropGuard;
use tonic::{Request, Response, Status};

use super::shared::Shared;
use crate::google::longrunning::operations_server::Operations;
use crate::google::longrunning::{
    CancelOperationRequest, DeleteOperationRequest, GetOperationRequest, ListOperationsRequest,
    ListOperationsResponse, Operation, WaitOperationRequest,
};

/// The service `google.longrunning.Operations` over the store of an [`Engine`](crate::Engine).
///
/// [`Engine::operations_server`](crate::Engine::operations_server) serves it, and
/// [`Engine::operations_service`](crate::Engine::operations_service) hands it out to be called or wrapped. Who calls, and
/// whether they may, is decided here for each request, so that holds for whatever calls it.
///
/// # Filters of lists
///
/// `filter` in a `ListOperationsRequest` is [AIP-160](https://google.aip.dev/160): comparisons joined by `AND`, `OR` (which binds tighter),
/// `NOT`, `-` and parentheses; comparisons one after the other are joined by `AND`. `a = (b OR c)` is `a = b OR a = c`.
///
/// ```text
/// done = false AND create_time > "2026-01-31T08:00:00Z"
/// method = "*/ImportBooks" AND metadata.percent < 50
/// error.code = (ABORTED OR UNAVAILABLE) AND NOT labels.env = prod
/// ```
///
/// | field | compared with | operators |
/// |---|---|---|
/// | `name`, `method` (the path of the RPC), `owner` | a text | `=` `!=` `<` `<=` `>` `>=` `:` |
/// | `done` | `true`, `false` | `=` `!=` `:` |
/// | `labels.KEY`, `labels."my.key"`; `labels:KEY` asks for a key | a text | `=` `!=` `<` `<=` `>` `>=` `:` |
/// | `create_time`, `update_time`, `end_time` | an RFC 3339 time in quotes | `=` `!=` `<` `<=` `>` `>=` `:` |
/// | `error.code` | a name of `google.rpc.Code`, or a number | `=` `!=` `<` `<=` `>` `>=` `:` |
/// | `error.message` | a text | `=` `!=` `<` `<=` `>` `>=` `:` |
/// | `metadata.…`, `response.…`: texts, numbers, times, durations (`1.5s`) and wrappers of these | what the field holds | `=` `!=` `<` `<=` `>` `>=` `:` |
/// | `metadata.…`, `response.…`: booleans, and enums by the names of their values | what the field holds | `=` `!=` `:` |
/// | `metadata.…`, `response.…`: lists, maps (`map.KEY` is a value), messages | an element, a key, a field | `:` |
///
/// - `field:*` asks whether something is there: a message, a list or a map with something in it, a field that is set or, where that cannot be told,
///   that is not the default.
/// - A `*` in a text stands for any characters in `=`, `!=` and `:`; `\*` in quotes is a star.
/// - What is unset on the way to a field never matches, not even `!=`: `error.code != 5` selects operations that have failed otherwise.
///   `NOT error.code = 5` selects all others.
/// - Fields have the names of the proto, or these in camel case. Fields of the method's own messages are known if the method has
///   [descriptors](crate::Method::with_descriptors), which generated servers have. What only some methods have matches operations of these; where
///   `method = …` stands beside it, the fields of just those methods count. Operations of methods that this server does not know never match.
/// - Of a `google.protobuf.Struct` the keys are fields, and the value decides how the literal is read; of an `Any` only `type_url` can be compared.
/// - A value without a field is refused, and so are functions: this service guesses nothing.
/// - At most 4,096 bytes, 100 comparisons, and 32 parentheses within each other. One call looks at about 10,000 operations, or 256 MB of them times
///   the comparisons that read messages; then the page is short, and its token goes on.
///
/// What is wrong with a filter is `INVALID_ARGUMENT` with the reason `INVALID_FILTER` and the place of the fault.
#[derive(Debug, Clone)]
pub struct OperationsService {
    shared: Arc<Shared>,
    /// Keeps the engine going.
    _stop: Arc<DropGuard>,
}

impl OperationsService {
    /// The service of an engine that goes on for as long as `stop` is held.
    pub(super) fn new(shared: Arc<Shared>, stop: Arc<DropGuard>) -> Self {
        Self { shared, _stop: stop }
    }
}

#[tonic::async_trait]
impl Operations for OperationsService {
    async fn list_operations(
        &self,
        request: Request<ListOperationsRequest>,
    ) -> Result<Response<ListOperationsResponse>, Status> {
        let (caller, request) = self.shared.guard.identify(request)?;
        list::list(&self.shared, &caller, request.get_ref()).await.map(Response::new)
    }

    async fn get_operation(
        &self,
        request: Request<GetOperationRequest>,
    ) -> Result<Response<Operation>, Status> {
        let (caller, request) = self.shared.guard.identify(request)?;
        get::get(&self.shared, &caller, request.get_ref()).await.map(Response::new)
    }

    async fn delete_operation(
        &self,
        request: Request<DeleteOperationRequest>,
    ) -> Result<Response<()>, Status> {
        let (caller, request) = self.shared.guard.identify(request)?;
        delete::delete(&self.shared, &caller, request.get_ref()).await.map(Response::new)
    }

    async fn cancel_operation(
        &self,
        request: Request<CancelOperationRequest>,
    ) -> Result<Response<()>, Status> {
        let (caller, request) = self.shared.guard.identify(request)?;
        cancel::cancel(&self.shared, &caller, request.get_ref()).await.map(Response::new)
    }

    async fn wait_operation(
        &self,
        request: Request<WaitOperationRequest>,
    ) -> Result<Response<Operation>, Status> {
        let arrival = Instant::now();
        let time_to_answer = deadline::time_to_answer(request.metadata());
        let (caller, request) = self.shared.guard.identify(request)?;
        let answer = wait::wait(&self.shared, &caller, request.get_ref(), arrival, time_to_answer).await;
        answer.map(Response::new)
    }
}

fn parse_name(shared: &Shared, name: &str) -> Result<OperationName, Status> {
    OperationName::parse(name).map_err(|error| shared.errors.invalid_name("name", &error))
}
