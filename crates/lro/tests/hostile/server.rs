//! A server that keeps its callers apart, and how strangers reach it.

use std::sync::Arc;
use std::time::Duration;

use lro::codegen::{Serving, register_method, start_operation};
use lro::google::longrunning::operations_client::OperationsClient;
use lro::google::longrunning::{
    CancelOperationRequest, DeleteOperationRequest, GetOperationRequest, ListOperationsRequest, Operation,
    WaitOperationRequest,
};
use lro::store::MemoryStore;
use lro::{Caller, Context, Engine, Method, Start, testing};
use prost::Message;
use tonic::body::Body;
use tonic::codegen::http;
use tonic::metadata::MetadataMap;
use tonic::service::Routes;
use tonic::{Request, Response, Status};
use tower::ServiceExt as _;

pub(crate) const WORK: Method<Job, (), ()> =
    Method::new("/test.Service/Work", "test.Job", "google.protobuf.Empty", "google.protobuf.Empty")
        .with_request_id(|job: &Job| &job.request_id, |job, id| job.request_id = id);

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Job {
    #[prost(string, tag = "1")]
    pub(crate) parent: String,
    #[prost(string, tag = "2")]
    pub(crate) request_id: String,
    #[prost(string, tag = "3")]
    pub(crate) label: String,
}

/// Work that never ends.
#[derive(Debug)]
struct Service;

impl Service {
    async fn work(&self, _: Job, operation: Context<()>) -> Result<(), Status> {
        operation.cancelled().await;
        Ok(())
    }
}

/// What a stranger sends.
#[derive(Debug, Clone)]
pub(crate) enum Ask {
    Get(String),
    Cancel(String),
    Delete(String),
    Wait {
        name: String,
        timeout: Option<prost_types::Duration>,
        header: Option<&'static str>,
    },
    List {
        name: String,
        page_size: i32,
        page_token: String,
        filter: String,
    },
    Start(Job),
    /// Of this RPC of `google.longrunning.Operations`, with these bytes as the body and this header.
    Raw {
        rpc: &'static str,
        body: Vec<u8>,
        header: Option<(&'static str, &'static str)>,
    },
    /// By a caller of this name.
    As(String, Box<Ask>),
}

#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) engine: Engine,
    serving: Serving<Service>,
    routes: Routes,
    /// An operation of alice, which runs.
    pub(crate) name: String,
    /// A page token that alice was given for all of hers.
    pub(crate) token: String,
}

/// Callers name themselves.
fn identify(request: &Request<()>) -> Result<Caller, Status> {
    let user = request.metadata().get("user").map(|user| user.to_str());
    match user {
        Some(Ok(user)) => Ok(Caller::new(user)),
        _ => Err(Status::unauthenticated("who are you?")),
    }
}

impl Server {
    pub(crate) async fn new() -> Self {
        let engine =
            Engine::builder(MemoryStore::new()).identify(identify).max_wait(Duration::from_millis(1)).build();
        let serving = Serving::new(Arc::new(Service), &engine);
        register_method(&serving, WORK, WORK.descriptors(), Service::work);
        let routes = testing::Server::new(&engine).transport();
        let mut server = Self { engine, serving, routes, name: String::new(), token: String::new() };
        server.name = server.start("alice", Job::default()).await.unwrap().name;
        let delayed = Job { label: "later".to_owned(), ..Job::default() };
        server.start("alice", delayed).await.unwrap();
        let page = ListOperationsRequest { page_size: 1, ..ListOperationsRequest::default() };
        let page = server.client().list_operations(by("alice", page)).await.unwrap();
        server.token = page.into_inner().next_page_token;
        server
    }

    fn client(&self) -> OperationsClient<Routes> {
        OperationsClient::new(self.routes.clone()).max_decoding_message_size(usize::MAX)
    }

    async fn start(&self, user: &str, job: Job) -> Result<Operation, Status> {
        let hook = |_: &Service, request: &Request<Job>| {
            let Job { parent, label, .. } = request.get_ref();
            let start = Start::new().parent(parent).label("label", label);
            let delay = if label == "later" { Duration::from_secs(3_600) } else { Duration::ZERO };
            std::future::ready(Ok(start.delay(delay)))
        };
        start_operation(&self.serving, WORK, by(user, job), hook).await.map(Response::into_inner)
    }

    /// All operations of alice.
    pub(crate) async fn all(&self) -> Vec<Operation> {
        let page = by("alice", ListOperationsRequest::default());
        self.client().list_operations(page).await.unwrap().into_inner().operations
    }

    /// Sends what a stranger does.
    pub(crate) async fn ask(&self, ask: &Ask) -> Result<(), Status> {
        self.ask_as("mallory", ask).await
    }

    async fn ask_as(&self, user: &str, ask: &Ask) -> Result<(), Status> {
        let mut client = self.client();
        match ask.clone() {
            Ask::As(user, ask) => Box::pin(self.ask_as(&user, &ask)).await,
            Ask::Get(name) => client.get_operation(by(user, GetOperationRequest { name })).await.map(drop),
            Ask::Cancel(name) => {
                client.cancel_operation(by(user, CancelOperationRequest { name })).await.map(drop)
            }
            Ask::Delete(name) => {
                client.delete_operation(by(user, DeleteOperationRequest { name })).await.map(drop)
            }
            Ask::Wait { name, timeout, header } => {
                let mut request = by(user, WaitOperationRequest { name, timeout });
                if let Some(header) = header {
                    request.metadata_mut().insert("grpc-timeout", header.parse().unwrap());
                }
                client.wait_operation(request).await.map(drop)
            }
            Ask::List { name, page_size, page_token, filter } => {
                let return_partial_success = false;
                let list =
                    ListOperationsRequest { name, page_size, page_token, filter, return_partial_success };
                client.list_operations(by(user, list)).await.map(drop)
            }
            Ask::Start(job) => self.start(user, job).await.map(drop),
            Ask::Raw { rpc, body, header } => self.raw(user, rpc, body, header).await,
        }
    }

    /// Sends bytes, as they are, as the body of a call.
    async fn raw(
        &self,
        user: &str,
        rpc: &str,
        body: Vec<u8>,
        header: Option<(&str, &str)>,
    ) -> Result<(), Status> {
        let mut request = http::Request::post(format!("/google.longrunning.Operations/{rpc}"))
            .header("content-type", "application/grpc")
            .header("user", user);
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        let request = request.body(Body::new(http_body_util::Full::from(body))).unwrap();
        let response = self.routes.clone().oneshot(request).await.unwrap();
        match Status::from_header_map(response.headers()) {
            Some(status) if status.code() != tonic::Code::Ok => Err(status),
            _ => Ok(()),
        }
    }
}

fn by<T>(user: &str, message: T) -> Request<T> {
    let mut metadata = MetadataMap::new();
    metadata.insert("user", user.parse().unwrap());
    Request::from_parts(metadata, tonic::Extensions::default(), message)
}
