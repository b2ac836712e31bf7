//! The service `google.longrunning.Operations`, one file per RPC.

mod cancel;
mod delete;
mod get;
mod list;
mod wait;

use lro_store::{OperationName, Record, StoreExt};
use tonic::{Request, Response, Status};

use super::call::in_time;
use super::inner::Inner;
use super::{Engine, deadline};
use crate::google::longrunning::operations_server::Operations;
use crate::google::longrunning::{
    CancelOperationRequest, DeleteOperationRequest, GetOperationRequest, ListOperationsRequest,
    ListOperationsResponse, Operation, WaitOperationRequest,
};

/// The service `google.longrunning.Operations` over the store of an [`Engine`].
///
/// Made by [`Engine::operations_server`]; its type is public so that the server can be named and wrapped.
#[derive(Debug, Clone)]
pub struct OperationsService {
    engine: Engine,
}

impl OperationsService {
    pub(super) fn new(engine: Engine) -> Self {
        Self { engine }
    }

    fn inner(&self) -> &Inner {
        self.engine.inner()
    }
}

#[tonic::async_trait]
impl Operations for OperationsService {
    async fn list_operations(
        &self,
        request: Request<ListOperationsRequest>,
    ) -> Result<Response<ListOperationsResponse>, Status> {
        list::list(self.inner(), &request.into_inner()).await.map(Response::new)
    }

    async fn get_operation(
        &self,
        request: Request<GetOperationRequest>,
    ) -> Result<Response<Operation>, Status> {
        get::get(self.inner(), &request.into_inner()).await.map(Response::new)
    }

    async fn delete_operation(
        &self,
        request: Request<DeleteOperationRequest>,
    ) -> Result<Response<()>, Status> {
        delete::delete(self.inner(), &request.into_inner()).await.map(Response::new)
    }

    async fn cancel_operation(
        &self,
        request: Request<CancelOperationRequest>,
    ) -> Result<Response<()>, Status> {
        cancel::cancel(self.inner(), &request.into_inner()).await.map(Response::new)
    }

    async fn wait_operation(
        &self,
        request: Request<WaitOperationRequest>,
    ) -> Result<Response<Operation>, Status> {
        let time = deadline::time_to_answer(request.metadata());
        wait::wait(self.inner(), &request.into_inner(), time).await.map(Response::new)
    }
}

fn parse_name(inner: &Inner, name: &str) -> Result<OperationName, Status> {
    OperationName::parse(name).map_err(|error| inner.errors.invalid_name("name", &error))
}

async fn read(inner: &Inner, name: &OperationName) -> Result<Record, Status> {
    let record = in_time(inner.store.get_one(name)).await.map_err(|error| inner.errors.store(&error))?;
    record.ok_or_else(|| inner.errors.not_found(name))
}
