//! Calls over the network, and what comes back of them.

use lro::google::longrunning::operations_client::OperationsClient;
use lro::google::longrunning::{
    CancelOperationRequest, DeleteOperationRequest, GetOperationRequest, ListOperationsRequest, Operation,
    WaitOperationRequest, operation,
};
use lro::payload;
use prost::Message;
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::Channel;
use tonic::{Response, Status};
use tonic_prost::ProstCodec;

use crate::event::{Answer, Outcome, Seen};
use crate::job::{COMPLETE_PATH, Completed, Completion, Done, Job, Progress, START_PATH};

/// How many names a page has.
const PAGE: i32 = 500;

/// What a server has answered, beside what the log has of it.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) answer: Answer,
    /// The token of an operation that others finish.
    pub(crate) token: Option<String>,
}

impl From<Answer> for Reply {
    fn from(answer: Answer) -> Self {
        Self { answer, token: None }
    }
}

pub(crate) async fn start(channel: Channel, job: Job) -> Result<Reply, Status> {
    unary(channel, START_PATH, job).await.map(seen)
}

pub(crate) async fn complete(channel: Channel, completion: Completion) -> Result<Reply, Status> {
    let Completed { applied } = unary(channel, COMPLETE_PATH, completion).await?;
    Ok(Answer::Completion { applied }.into())
}

pub(crate) async fn get(channel: Channel, name: String) -> Result<Reply, Status> {
    let answer = OperationsClient::new(channel).get_operation(GetOperationRequest { name }).await;
    answer.map(Response::into_inner).map(seen)
}

pub(crate) async fn wait(channel: Channel, name: String, millis: u64) -> Result<Reply, Status> {
    let timeout = std::time::Duration::from_millis(millis).try_into().ok();
    let request = WaitOperationRequest { name, timeout };
    OperationsClient::new(channel).wait_operation(request).await.map(Response::into_inner).map(seen)
}

pub(crate) async fn cancel(channel: Channel, name: String) -> Result<Reply, Status> {
    OperationsClient::new(channel).cancel_operation(CancelOperationRequest { name }).await?;
    Ok(Answer::Empty.into())
}

pub(crate) async fn delete(channel: Channel, name: String) -> Result<Reply, Status> {
    OperationsClient::new(channel).delete_operation(DeleteOperationRequest { name }).await?;
    Ok(Answer::Empty.into())
}

/// The names of all operations, page by page.
pub(crate) async fn list(channel: Channel) -> Result<Reply, Status> {
    let mut client = OperationsClient::new(channel);
    let (mut names, mut page_token) = (Vec::new(), String::new());
    loop {
        // Any parent, also none.
        let request =
            ListOperationsRequest { page_size: PAGE, page_token, ..ListOperationsRequest::default() };
        let page = client.list_operations(request).await?.into_inner();
        names.extend(page.operations.into_iter().map(|operation| operation.name));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(Answer::List { names }.into());
        }
    }
}

/// The end of a call without success. Every error that a server gives has details, so one without them is none of a server.
pub(crate) fn failed(status: &Status) -> Answer {
    if status.details().is_empty() {
        Answer::Lost { why: status.to_string() }
    } else {
        Answer::Error { code: status.code().into(), message: status.message().to_owned() }
    }
}

async fn unary<Req, Res>(channel: Channel, path: &'static str, request: Req) -> Result<Res, Status>
where
    Req: Message + Send + Sync + 'static,
    Res: Message + Default + Send + Sync + 'static,
{
    let mut grpc = Grpc::new(channel);
    grpc.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
    let request = tonic::Request::new(request);
    let path = PathAndQuery::from_static(path);
    grpc.unary(request, path, ProstCodec::default()).await.map(Response::into_inner)
}

fn seen(operation: Operation) -> Reply {
    let metadata = operation.metadata.and_then(|metadata| payload::unpack("chaos.Progress", metadata).ok());
    let Progress { attempt, number, token } = metadata.unwrap_or_default();
    let outcome = operation.result.map(|result| match result {
        operation::Result::Response(response) => {
            let text = payload::unpack("chaos.Done", response).map(|done: Done| done.text);
            Outcome::Response(text.unwrap_or_else(|error| format!("what cannot be read: {error}")))
        }
        operation::Result::Error(status) => Outcome::Error { code: status.code, message: status.message },
    });
    let progress = (attempt > 0).then_some((attempt, number));
    let seen = Seen { name: operation.name, progress, outcome };
    Reply { answer: Answer::Operation(seen), token: (!token.is_empty()).then_some(token) }
}
