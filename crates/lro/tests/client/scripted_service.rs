//! A service of `google.longrunning.Operations` that answers from a script and records what it was asked.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lro::google::longrunning::operations_server::{Operations, OperationsServer};
use lro::google::longrunning::{
    CancelOperationRequest, DeleteOperationRequest, GetOperationRequest, ListOperationsRequest,
    ListOperationsResponse, Operation, WaitOperationRequest, operation,
};
use lro::google::rpc;
use lro::payload::pack;
use lro::{Any, Client, Method};
use prost_types::Timestamp;
use tokio::time::{Instant, sleep};
use tonic::{Request, Response, Status, async_trait};

/// Well-known types take the place of an API's messages: the response is a timestamp, the metadata a duration.
pub(crate) type Done = Timestamp;
pub(crate) type Step = prost_types::Duration;

pub(crate) const DONE: &str = "google.protobuf.Timestamp";
pub(crate) const STEP: &str = "google.protobuf.Duration";
pub(crate) const NAME: &str = "shelves/1/operations/7";
pub(crate) const METHOD: Method<(), Done, Step> =
    Method::new("/test.v1.Shelves/Import", "google.protobuf.Empty", DONE, STEP);

/// The answer to one call, after some time.
pub(crate) type Answer = (Duration, Result<Operation, Status>);

/// The service. It panics if it is called and the script has no answer left.
#[derive(Clone)]
pub(crate) struct ScriptedService {
    script: Arc<Mutex<VecDeque<Answer>>>,
    /// One line for each call: the time in seconds, and what was asked.
    log: Arc<Mutex<Vec<String>>>,
    start: Instant,
}

impl ScriptedService {
    pub(crate) fn new(script: impl IntoIterator<Item = Answer>) -> Self {
        let script = Arc::new(Mutex::new(script.into_iter().collect()));
        Self { script, log: Arc::default(), start: Instant::now() }
    }

    /// A client of this service, without jitter: its pauses are exactly those of the policy.
    pub(crate) fn client(&self) -> Client {
        Client::new(OperationsServer::new(self.clone())).jitter(|| 0.0)
    }

    /// The handle of an operation that was just started.
    pub(crate) fn started(&self) -> lro::Operation<Done, Step> {
        self.client().attach(METHOD, running(0))
    }

    pub(crate) fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    async fn answer(&self, what: String) -> Result<Response<Operation>, Status> {
        self.note(&what);
        let (after, answer) =
            self.script.lock().unwrap().pop_front().unwrap_or_else(|| panic!("no answer is left for {what}"));
        sleep(after).await;
        answer.map(Response::new)
    }

    fn note(&self, what: &str) {
        let at = self.start.elapsed().as_secs_f64();
        self.log.lock().unwrap().push(format!("{at}s {what}"));
    }
}

#[async_trait]
impl Operations for ScriptedService {
    async fn get_operation(
        &self,
        request: Request<GetOperationRequest>,
    ) -> Result<Response<Operation>, Status> {
        assert_eq!(request.into_inner().name, NAME);
        self.answer("get".to_owned()).await
    }

    async fn wait_operation(
        &self,
        request: Request<WaitOperationRequest>,
    ) -> Result<Response<Operation>, Status> {
        assert!(request.metadata().contains_key("grpc-timeout"), "the server must learn when nobody listens");
        let request = request.into_inner();
        assert_eq!(request.name, NAME);
        let hold = Duration::try_from(request.timeout.expect("a timeout is always sent")).unwrap();
        self.answer(format!("wait {hold:?}")).await
    }

    async fn cancel_operation(
        &self,
        request: Request<CancelOperationRequest>,
    ) -> Result<Response<()>, Status> {
        self.note(&format!("cancel {}", request.into_inner().name));
        Ok(Response::new(()))
    }

    async fn delete_operation(
        &self,
        request: Request<DeleteOperationRequest>,
    ) -> Result<Response<()>, Status> {
        self.note(&format!("delete {}", request.into_inner().name));
        Err(Status::unimplemented("nothing is ever forgotten"))
    }

    async fn list_operations(
        &self,
        _: Request<ListOperationsRequest>,
    ) -> Result<Response<ListOperationsResponse>, Status> {
        Err(Status::unimplemented("no client asks for it"))
    }
}

/// A transport that cannot reach any server.
pub(crate) fn unreachable() -> impl lro::codegen::Transport {
    tower::service_fn(|_: http::Request<tonic::body::Body>| async {
        Err::<http::Response<tonic::body::Body>, _>(std::io::Error::other("no route"))
    })
}

/// A transport that fails the test when it is used.
pub(crate) fn unused() -> impl lro::codegen::Transport {
    tower::service_fn(|request: http::Request<tonic::body::Body>| async move {
        panic!("nothing should have been sent to {}", request.uri());
        #[expect(unreachable_code, reason = "it gives the block its type")]
        Ok::<http::Response<tonic::body::Body>, Infallible>(http::Response::default())
    })
}

pub(crate) fn after(seconds: u64, answer: Result<Operation, Status>) -> Answer {
    (Duration::from_secs(seconds), answer)
}

pub(crate) fn at_once(answer: Result<Operation, Status>) -> Answer {
    after(0, answer)
}

/// An operation whose work is at the given step.
pub(crate) fn running(step: i64) -> Operation {
    let metadata = Some(pack(STEP, &Step { seconds: step, nanos: 0 }));
    Operation { name: NAME.to_owned(), metadata, done: false, result: None }
}

/// The same operation after it has ended with `result`.
pub(crate) fn ended(step: i64, result: operation::Result) -> Operation {
    Operation { done: true, result: Some(result), ..running(step) }
}

pub(crate) fn succeeded(step: i64) -> Operation {
    ended(step, operation::Result::Response(pack(DONE, &response())))
}

pub(crate) fn failed(code: tonic::Code) -> Operation {
    ended(1, operation::Result::Error(failure(code)))
}

pub(crate) fn failure(code: tonic::Code) -> rpc::Status {
    let details = vec![Any { type_url: "type.googleapis.com/test.v1.Why".to_owned(), value: vec![8, 1] }];
    rpc::Status { code: code as i32, message: "shelf 1 fell".to_owned(), details }
}

pub(crate) fn response() -> Done {
    Done { seconds: 42, nanos: 0 }
}

/// A policy whose pauses are easy to add up: 1, 2, 4, 4, … seconds, for a minute.
pub(crate) fn polling() -> lro::Polling {
    lro::Polling::new()
        .with_initial_delay(Duration::from_secs(1))
        .with_multiplier(2.0)
        .with_max_delay(Duration::from_secs(4))
        .with_total_timeout(Duration::from_secs(60))
}
