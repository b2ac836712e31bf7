//! The peer: a server that answers every call with the same operation, as fast as tonic can.

use std::sync::Arc;
use std::time::Duration;

use lro::google::longrunning::operations_server::{Operations, OperationsServer};
use lro::google::longrunning::{
    CancelOperationRequest, DeleteOperationRequest, GetOperationRequest, ListOperationsRequest,
    ListOperationsResponse, Operation, WaitOperationRequest,
};
use tonic::service::Routes;
use tonic::transport::Channel;
use tonic::{Request, Response, Status};

use test_measure::Outcome;
use test_measure::rpc::{Job, StartServer, serve};

/// Serves both what starts operations and what is asked about them. Each answer waits for `delay`, unless it is zero.
pub(crate) async fn connect(answer: Operation, delay: Duration) -> Outcome<Vec<Channel>> {
    let bare = Bare { answer: Arc::new(answer), delay };
    let operations = OperationsServer::new(bare.clone());
    let start = move |_: Request<Job>| {
        let bare = bare.clone();
        async move { bare.answer().await }
    };
    serve(Routes::new(operations).add_service(StartServer(start))).await
}

#[derive(Debug, Clone)]
struct Bare {
    answer: Arc<Operation>,
    delay: Duration,
}

impl Bare {
    async fn answer(&self) -> Result<Response<Operation>, Status> {
        if !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
        Ok(Response::new(Operation::clone(&self.answer)))
    }
}

#[tonic::async_trait]
impl Operations for Bare {
    async fn get_operation(&self, _: Request<GetOperationRequest>) -> Result<Response<Operation>, Status> {
        self.answer().await
    }

    async fn wait_operation(&self, _: Request<WaitOperationRequest>) -> Result<Response<Operation>, Status> {
        self.answer().await
    }

    async fn list_operations(
        &self,
        _: Request<ListOperationsRequest>,
    ) -> Result<Response<ListOperationsResponse>, Status> {
        Err(Status::unimplemented("no part lists"))
    }

    async fn delete_operation(&self, _: Request<DeleteOperationRequest>) -> Result<Response<()>, Status> {
        Err(Status::unimplemented("no part deletes"))
    }

    async fn cancel_operation(&self, _: Request<CancelOperationRequest>) -> Result<Response<()>, Status> {
        Err(Status::unimplemented("no part cancels"))
    }
}
