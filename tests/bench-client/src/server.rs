//! A server whose operations end at given times, and which remembers when it was asked.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lro::google::longrunning::operations_server::Operations;
use lro::google::longrunning::{
    CancelOperationRequest, DeleteOperationRequest, GetOperationRequest, ListOperationsRequest,
    ListOperationsResponse, Operation, WaitOperationRequest, operation,
};
use lro::payload::pack;
use test_measure::jobs::START;
use test_measure::rpc::Done;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tonic::{Request, Response, Status};

/// A server of operations. Clones are the same server.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    /// For how long `WaitOperation` is held at most, as its caller sees it; `None` for a server that does not have it.
    hold: Option<Duration>,
    /// How long a call takes.
    latency: Duration,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// When each operation ends; `None` for never.
    ends: Vec<Option<Instant>>,
    /// When the server was asked for an operation.
    asked: Vec<Instant>,
}

impl Server {
    pub(crate) fn new(hold: Option<Duration>, latency: Duration) -> Self {
        Self { hold, latency, state: Arc::default() }
    }

    /// Starts an operation that ends at this time, or never.
    pub(crate) fn start(&self, end: Option<Instant>) -> Operation {
        let mut state = self.state();
        state.ends.push(end);
        Operation { name: format!("operations/{}", state.ends.len() - 1), ..Operation::default() }
    }

    /// When it was asked since this was called the last time.
    pub(crate) fn take_asked(&self) -> Vec<Instant> {
        std::mem::take(&mut self.state().asked)
    }

    /// What `GetOperation` answers. Peers call it without a transport.
    pub(crate) async fn get(&self, name: &str) -> Result<Operation, Status> {
        self.state().asked.push(Instant::now());
        let operation = self.operation(name)?;
        self.answer(operation).await
    }

    async fn wait(&self, name: &str, asked: Duration) -> Result<Operation, Status> {
        self.state().asked.push(Instant::now());
        let Some(hold) = self.hold else {
            sleep(self.latency).await;
            return Err(Status::unimplemented("there is no WaitOperation"));
        };
        if let Some(end) = self.end(name)? {
            // That it took too long is no error: the caller is told how far the operation is.
            drop(timeout(hold.min(asked).saturating_sub(self.latency), sleep_until(end)).await);
        } else {
            sleep(hold.min(asked)).await;
        }
        let operation = self.operation(name)?;
        self.answer(operation).await
    }

    /// The answer takes the time of the call, so that what it says is that old when it arrives.
    async fn answer(&self, operation: Operation) -> Result<Operation, Status> {
        if !self.latency.is_zero() {
            sleep(self.latency).await;
        }
        Ok(operation)
    }

    fn operation(&self, name: &str) -> Result<Operation, Status> {
        let done = self.end(name)?.is_some_and(|end| end <= Instant::now());
        let response = pack(START.response_type(), &Done::default());
        let result = done.then_some(operation::Result::Response(response));
        Ok(Operation { name: name.to_owned(), metadata: None, done, result })
    }

    fn end(&self, name: &str) -> Result<Option<Instant>, Status> {
        let number = name.strip_prefix("operations/").and_then(|number| number.parse::<usize>().ok());
        let end = number.and_then(|number| self.state().ends.get(number).copied());
        end.ok_or_else(|| Status::not_found(format!("there is no `{name}`")))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[tonic::async_trait]
impl Operations for Server {
    async fn get_operation(
        &self,
        request: Request<GetOperationRequest>,
    ) -> Result<Response<Operation>, Status> {
        self.get(&request.into_inner().name).await.map(Response::new)
    }

    async fn wait_operation(
        &self,
        request: Request<WaitOperationRequest>,
    ) -> Result<Response<Operation>, Status> {
        let WaitOperationRequest { name, timeout } = request.into_inner();
        let asked = timeout.and_then(|timeout| timeout.try_into().ok()).unwrap_or(Duration::MAX);
        self.wait(&name, asked).await.map(Response::new)
    }

    async fn cancel_operation(&self, _: Request<CancelOperationRequest>) -> Result<Response<()>, Status> {
        // It is best effort, and this work does not listen.
        Ok(Response::new(()))
    }

    async fn delete_operation(&self, _: Request<DeleteOperationRequest>) -> Result<Response<()>, Status> {
        Err(Status::unimplemented("no part deletes"))
    }

    async fn list_operations(
        &self,
        _: Request<ListOperationsRequest>,
    ) -> Result<Response<ListOperationsResponse>, Status> {
        Err(Status::unimplemented("no part lists"))
    }
}
