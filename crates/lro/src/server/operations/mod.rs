//! The service `google.longrunning.Operations`, one file per RPC.

mod cancel;
mod deadline;
mod delete;
mod get;
mod list;
mod wait;

use std::sync::Arc;

use lro_store::OperationName;
use tokio::time::Instant;
use tokio_util::sync::DropGuard;
use tonic::{Request, Response, Status};
use tracing::Instrument;

use super::shared::Shared;
use super::telemetry::wait_span;
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
#[derive(Debug, Clone)]
pub struct OperationsService {
    shared: Arc<Shared>,
    /// Keeps the engine going.
    _stop: Arc<DropGuard>,
}

impl OperationsService {
    /// The service of an engine that goes on for as long as `stop` is held.
    pub(super) fn new(shared: Arc<Shared>, stop: Arc<DropGuard>) -> Self {
        shared.advice.served();
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
        let span = wait_span(&request.get_ref().name);
        let answer = wait::wait(&self.shared, &caller, request.get_ref(), arrival, time_to_answer);
        answer.instrument(span).await.map(Response::new)
    }
}

fn parse_name(shared: &Shared, name: &str) -> Result<OperationName, Status> {
    OperationName::parse(name).map_err(|error| shared.errors.invalid_name("name", &error))
}
