//! A service with one method that starts operations, its client, and connections over loopback.

use std::convert::Infallible;
use std::future::Future;
use std::task::{Context, Poll};

use lro::codegen::BoxFuture;
use lro::google::longrunning::operations_client::OperationsClient;
use lro::google::longrunning::{
    CancelOperationRequest, GetOperationRequest, ListOperationsRequest, ListOperationsResponse, Operation,
    WaitOperationRequest, operation,
};
use prost::Message as _;
use tokio::net::TcpListener;
use tonic::body::Body;
use tonic::codegen::{Service, http};
use tonic::server::NamedService;
use tonic::service::Routes;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Endpoint, Server};
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;

use crate::Outcome;

/// How many connections all callers share.
const CONNECTIONS: usize = 4;

/// More calls at a time than any part makes on one connection.
const MOST_STREAMS: u32 = 100_000;

/// The path of the method.
pub const START_PATH: &str = "/bench.Jobs/Start";

/// A request of the method.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Job {
    /// What the handler goes by.
    #[prost(string, tag = "1")]
    pub text: String,
}

/// A response of the method.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Done {
    /// What the handler has to say.
    #[prost(string, tag = "1")]
    pub text: String,
}

/// What a generated server is for a service with this one method.
#[derive(Debug, Clone)]
pub struct StartServer<F>(
    /// What answers its calls.
    pub F,
);

impl<F> NamedService for StartServer<F> {
    const NAME: &'static str = "bench.Jobs";
}

impl<F, Fut> Service<http::Request<Body>> for StartServer<F>
where
    F: Fn(Request<Job>) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<Response<Operation>, Status>> + Send + 'static,
{
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let start = tower::service_fn(self.0.clone());
        Box::pin(async move {
            let mut grpc = tonic::server::Grpc::new(ProstCodec::default());
            Ok(grpc.unary(start, request).await)
        })
    }
}

/// Serves on loopback; connections to it. Both sides send small packets at once.
///
/// # Errors
/// There is no port, or it cannot be connected to.
pub async fn serve(routes: Routes) -> Outcome<Vec<Channel>> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    let server = Server::builder().max_concurrent_streams(MOST_STREAMS).add_routes(routes);
    tokio::spawn(server.serve_with_incoming(incoming));
    let endpoint = Endpoint::from_shared(format!("http://{address}"))?.tcp_nodelay(true);
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        connections.push(endpoint.connect().await?);
    }
    Ok(connections)
}

/// Starts an operation with this text.
///
/// # Errors
/// Those of the call.
pub async fn start(connection: Channel, text: &str) -> Result<Operation, Status> {
    let mut grpc = tonic::client::Grpc::new(connection);
    grpc.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
    let path = http::uri::PathAndQuery::from_static(START_PATH);
    let request = Request::new(Job { text: text.to_owned() });
    grpc.unary(request, path, ProstCodec::default()).await.map(Response::into_inner)
}

/// `GetOperation`.
///
/// # Errors
/// Those of the call.
pub async fn get(connection: Channel, name: String) -> Result<Operation, Status> {
    let request = GetOperationRequest { name };
    OperationsClient::new(connection).get_operation(request).await.map(Response::into_inner)
}

/// `ListOperations`: the newest ones.
///
/// # Errors
/// Those of the call.
pub async fn list(connection: Channel, page_size: i32) -> Result<ListOperationsResponse, Status> {
    let request = ListOperationsRequest { page_size, ..ListOperationsRequest::default() };
    OperationsClient::new(connection).list_operations(request).await.map(Response::into_inner)
}

/// Waits until the operation is done.
///
/// # Errors
/// Those of the call; `DEADLINE_EXCEEDED` where the server does not wait so long.
pub async fn wait(connection: Channel, name: String) -> Result<Operation, Status> {
    let request = WaitOperationRequest { name, timeout: None };
    let answer = OperationsClient::new(connection).wait_operation(request).await?.into_inner();
    if answer.done { Ok(answer) } else { Err(Status::deadline_exceeded("the operation is not done")) }
}

/// `CancelOperation`.
///
/// # Errors
/// Those of the call.
pub async fn cancel(connection: Channel, name: String) -> Result<(), Status> {
    let request = CancelOperationRequest { name };
    OperationsClient::new(connection).cancel_operation(request).await.map(drop)
}

/// The response of an operation.
///
/// # Errors
/// It is not done, or ends with an error.
pub fn response(operation: &Operation) -> Result<Done, Status> {
    match &operation.result {
        Some(operation::Result::Response(response)) => {
            Done::decode(&*response.value).map_err(|error| Status::internal(error.to_string()))
        }
        Some(operation::Result::Error(error)) => Err(Status::new(error.code.into(), error.message.clone())),
        None => Err(Status::deadline_exceeded("the operation is not done")),
    }
}
