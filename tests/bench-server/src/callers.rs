//! Requests that say who sends them, and an engine that listens to that.

use lro::google::longrunning::operations_client::OperationsClient;
use lro::google::longrunning::{GetOperationRequest, Operation};
use lro::store::MemoryStore;
use lro::{Caller, Engine, EngineBuilder, OwnersOnly, Start};
use tonic::metadata::MetadataValue;
use tonic::transport::Channel;
use tonic::{Request, Response, Status};

use test_measure::Outcome;
use test_measure::jobs::{Jobs, START};
use test_measure::rpc::Job;

/// The header that says who calls.
const HEADER: &str = "x-user";

/// An engine that knows callers by a header, and shows them what is their own.
pub(crate) fn engine() -> EngineBuilder {
    let builder = Engine::builder(MemoryStore::new()).identify(|request| {
        let user = request.metadata().get(HEADER).and_then(|user| user.to_str().ok());
        user.map(Caller::new).ok_or_else(|| Status::unauthenticated("who are you?"))
    });
    builder.authorizer(OwnersOnly)
}

/// Names of so many operations that this caller has started and that are done, and what the last of them has become.
pub(crate) async fn operations(
    jobs: &Jobs,
    user: &'static str,
    count: usize,
) -> Outcome<(Vec<String>, Operation)> {
    let mut names = Vec::new();
    for _ in 0..count {
        let job = sent_by(user, Job { text: "a job".to_owned() });
        let started = jobs.engine.start(START, job, Start::new()).await?.into_inner();
        let mut states = jobs.engine.watch(&Caller::server(), &started.name)?;
        while let Some(state) = states.next().await {
            state?;
        }
        names.push(started.name);
    }
    let last = names.last().ok_or("there is one at least")?;
    let answer = get(jobs.connections[0].clone(), user, last.clone()).await?;
    Ok((names, answer))
}

/// `GetOperation` by this caller.
pub(crate) async fn get(connection: Channel, user: &'static str, name: String) -> Result<Operation, Status> {
    let request = sent_by(user, GetOperationRequest { name });
    OperationsClient::new(connection).get_operation(request).await.map(Response::into_inner)
}

fn sent_by<T>(user: &'static str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert(HEADER, MetadataValue::from_static(user));
    request
}
