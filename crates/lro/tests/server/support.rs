//! A server in one process, without a network, on paused time.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use lro::codegen::{Serving, register_method, start_operation};
use lro::google::longrunning::operations_client::OperationsClient;
use lro::google::longrunning::operations_server::OperationsServer;
use lro::google::longrunning::{
    CancelOperationRequest, DeleteOperationRequest, GetOperationRequest, ListOperationsRequest,
    ListOperationsResponse, Operation, WaitOperationRequest, operation,
};
use lro::google::rpc;
use lro::store::{MemoryStore, OperationName, StoreExt, View};
pub(crate) use lro::testing::memory_store;
use lro::{Caller, Engine, EngineBuilder, OperationsService, Start, Watch, payload};
use lro_store_conformance::{Fault, FaultyStore, StoreMethod};
use prost::{Message, Name};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tonic::{Request, Status};

use crate::scripted_service::{Event, Job, Percent, Report, ScriptedService, WORK};

pub(crate) const LEASE: Duration = Duration::from_secs(30);

/// One server process: its connection to the store, its engine, and a client that calls it directly.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) store: FaultyStore<MemoryStore>,
    pub(crate) engine: Engine,
    pub(crate) operations: OperationsClient<OperationsServer<OperationsService>>,
    pub(crate) service: Arc<ScriptedService>,
    events: mpsc::UnboundedReceiver<Event>,
}

impl Server {
    pub(crate) fn new() -> Self {
        Self::with(memory_store(), |builder| builder)
    }

    pub(crate) fn with(store: MemoryStore, settings: impl FnOnce(EngineBuilder) -> EngineBuilder) -> Self {
        Self::over(FaultyStore::new(store), settings)
    }

    pub(crate) fn over(
        store: FaultyStore<MemoryStore>,
        settings: impl FnOnce(EngineBuilder) -> EngineBuilder,
    ) -> Self {
        let engine = settings(Engine::builder(store.clone()).lease(LEASE)).build();
        let (service, events) = ScriptedService::new();
        register_method(
            &Serving::new(Arc::clone(&service), &engine),
            WORK,
            WORK.descriptors(),
            ScriptedService::work,
        );
        let operations = OperationsClient::new(engine.operations_server());
        Self { store, engine, operations, service, events }
    }

    /// What a generated server would hold.
    pub(crate) fn serving(&self) -> Serving<ScriptedService> {
        Serving::new(Arc::clone(&self.service), &self.engine)
    }

    pub(crate) async fn start(&self, script: &str) -> String {
        self.start_with(script, Start::new()).await.unwrap().name
    }

    pub(crate) async fn start_with(&self, script: &str, start: Start<Percent>) -> Result<Operation, Status> {
        self.call(Job::new(script), || Ok(start)).await
    }

    /// Does what a generated server does with a request.
    pub(crate) async fn call(
        &self,
        job: Job,
        start_hook: impl FnOnce() -> Result<Start<Percent>, Status> + Send,
    ) -> Result<Operation, Status> {
        self.send(Request::new(job), start_hook).await
    }

    /// The same, for a request that has more than its message.
    pub(crate) async fn send(
        &self,
        request: Request<Job>,
        start_hook: impl FnOnce() -> Result<Start<Percent>, Status> + Send,
    ) -> Result<Operation, Status> {
        let hook = |_: &ScriptedService, _: &Request<Job>| std::future::ready(start_hook());
        let answer = start_operation(&self.serving(), WORK, request, hook).await;
        answer.map(tonic::Response::into_inner)
    }

    /// From now on notes when the store is called, and what.
    pub(crate) fn times(&self) -> Arc<Mutex<Vec<(StoreMethod, Instant)>>> {
        let times = Arc::<Mutex<Vec<_>>>::default();
        let seen = Arc::clone(&times);
        self.store.decide(move |call| {
            seen.lock().unwrap().push((call.method, Instant::now()));
            Fault::none()
        });
        times
    }

    /// How many operations there are, of up to a thousand.
    pub(crate) async fn count(&self) -> usize {
        let request = ListOperationsRequest { page_size: 1_000, ..ListOperationsRequest::default() };
        self.list(request).await.unwrap().operations.len()
    }

    /// Starts work and waits until its handler has begun.
    pub(crate) async fn begin(&mut self, script: &str) -> String {
        let name = self.start(script).await;
        self.expect_began(&name, 1, None).await;
        name
    }

    pub(crate) async fn event(&mut self) -> Event {
        self.events.recv().await.unwrap()
    }

    /// The next event, if there is one already.
    pub(crate) fn next_event(&mut self) -> Option<Event> {
        self.events.try_recv().ok()
    }

    pub(crate) fn has_no_event(&mut self) -> bool {
        self.next_event().is_none()
    }

    pub(crate) async fn expect_began(&mut self, name: &str, attempt: u32, last_progress: Option<u32>) {
        let began = Event::Began { name: name.to_owned(), attempt, last_progress };
        assert_eq!(self.event().await, began);
    }

    pub(crate) async fn get(&self, name: &str) -> Result<Operation, Status> {
        let request = GetOperationRequest { name: name.to_owned() };
        self.operations.clone().get_operation(request).await.map(tonic::Response::into_inner)
    }

    pub(crate) async fn cancel(&self, name: &str) -> Result<(), Status> {
        let request = CancelOperationRequest { name: name.to_owned() };
        self.operations.clone().cancel_operation(request).await.map(tonic::Response::into_inner)
    }

    pub(crate) async fn delete(&self, name: &str) -> Result<(), Status> {
        let request = DeleteOperationRequest { name: name.to_owned() };
        self.operations.clone().delete_operation(request).await.map(tonic::Response::into_inner)
    }

    pub(crate) async fn list(
        &self,
        request: ListOperationsRequest,
    ) -> Result<ListOperationsResponse, Status> {
        self.operations.clone().list_operations(request).await.map(tonic::Response::into_inner)
    }

    pub(crate) async fn wait(&self, name: &str, timeout: Option<Duration>) -> Result<Operation, Status> {
        let timeout = timeout.map(|timeout| timeout.try_into().unwrap());
        let request = WaitOperationRequest { name: name.to_owned(), timeout };
        self.operations.clone().wait_operation(request).await.map(tonic::Response::into_inner)
    }

    /// What the server itself sees of an operation.
    pub(crate) fn watch(&self, name: &str) -> Result<Watch, Status> {
        self.engine.watch(&Caller::server(), name)
    }

    /// Starts work that may begin as `start` says, and returns its name.
    pub(crate) async fn start_as(&self, script: &str, start: Start<Percent>) -> String {
        self.start_with(script, start).await.unwrap().name
    }

    /// The operation as the store has it.
    pub(crate) async fn stored(&self, name: &str) -> View {
        let name = OperationName::parse(name).unwrap();
        self.store.inner().get_one(&name).await.unwrap().unwrap()
    }

    /// Waits until an operation is done, however long that takes.
    pub(crate) async fn end(&self, name: &str) -> Operation {
        loop {
            let operation = self.wait(name, None).await.unwrap();
            if operation.done {
                return operation;
            }
        }
    }
}

pub(crate) fn response(operation: &Operation) -> Report {
    match &operation.result {
        Some(operation::Result::Response(response)) => {
            payload::unpack("test.Report", response.clone()).unwrap()
        }
        other => panic!("no response: {other:?}"),
    }
}

pub(crate) fn error(operation: &Operation) -> &rpc::Status {
    match &operation.result {
        Some(operation::Result::Error(error)) => error,
        other => panic!("no error: {other:?}"),
    }
}

pub(crate) fn metadata(operation: &Operation) -> Option<u32> {
    let metadata = operation.metadata.clone()?;
    Some(payload::unpack::<Percent>("test.Percent", metadata).unwrap().value)
}

/// The detail of this type in an error.
pub(crate) fn detail<M: Message + Name + Default>(status: &Status) -> Option<M> {
    let details = rpc::Status::decode(status.details()).unwrap().details;
    details.into_iter().find_map(|detail| payload::unpack(&M::full_name(), detail).ok())
}

/// The reason that an error gives, after a look at what every error must have.
pub(crate) fn reason(status: &Status) -> String {
    let decoded = rpc::Status::decode(status.details()).unwrap();
    assert_eq!((decoded.code, decoded.message.as_str()), (status.code().into(), status.message()));
    let info: rpc::ErrorInfo = detail(status).expect("every error has an ErrorInfo");
    assert_eq!(info.domain, "lro");
    info.reason
}
