//! The server behind the layer, which does everything right.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request};
use http_body_util::Full;
use lro::google::longrunning::{
    CancelOperationRequest, DeleteOperationRequest, GetOperationRequest, ListOperationsRequest,
    ListOperationsResponse, Operation, WaitOperationRequest,
};
use tonic::body::Body;
use tonic::{Code, Status};
use tower::ServiceExt as _;

use super::service::Inner;
use super::{OPERATIONS, decode, encode, frame};

/// The server behind the layer, called with the headers of the call at hand.
#[derive(Debug, Clone)]
pub(super) struct Backend {
    inner: Inner,
    headers: HeaderMap,
}

impl Backend {
    pub(super) fn new(inner: Inner, headers: HeaderMap) -> Self {
        Self { inner, headers }
    }

    /// As the owner of all operations.
    pub(super) fn as_owner(&self) -> Self {
        let mut backend = self.clone();
        backend.headers.insert("x-caller", HeaderValue::from_static("alice"));
        backend
    }

    /// Without the deadline of the call.
    pub(super) fn without_deadline(&self) -> Self {
        let mut backend = self.clone();
        backend.headers.remove("grpc-timeout");
        backend
    }

    pub(super) async fn call(&self, path: &str, message: Bytes) -> Result<Bytes, Status> {
        let body = Body::new(Full::new(frame::wrap(&message)));
        let mut request = Request::new(body);
        *request.method_mut() = http::Method::POST;
        *request.uri_mut() = path.parse().expect("the paths of this crate are paths");
        *request.headers_mut() = self.headers.clone();
        let Ok(response) = self.inner.clone().oneshot(request).await;
        let (head, body) = response.into_parts();
        let (message, trailers) = frame::read(body).await?;
        let status = Status::from_header_map(&trailers).or_else(|| Status::from_header_map(&head.headers));
        match (status, message) {
            (Some(status), _) if status.code() != Code::Ok => Err(status),
            (_, Some(message)) => Ok(message),
            (_, None) => Err(Status::internal("there is no answer")),
        }
    }

    pub(super) async fn get(&self, name: &str) -> Result<Operation, Status> {
        let request = GetOperationRequest { name: name.to_owned() };
        decode(self.operations("GetOperation", &request).await?)
    }

    pub(super) async fn wait(&self, request: &WaitOperationRequest) -> Result<Operation, Status> {
        decode(self.operations("WaitOperation", request).await?)
    }

    pub(super) async fn cancel(&self, name: &str) -> Result<Bytes, Status> {
        self.operations("CancelOperation", &CancelOperationRequest { name: name.to_owned() }).await
    }

    pub(super) async fn delete(&self, name: &str) -> Result<Bytes, Status> {
        self.operations("DeleteOperation", &DeleteOperationRequest { name: name.to_owned() }).await
    }

    pub(super) async fn list(
        &self,
        request: &ListOperationsRequest,
    ) -> Result<ListOperationsResponse, Status> {
        decode(self.operations("ListOperations", request).await?)
    }

    async fn operations(&self, method: &str, request: &impl prost::Message) -> Result<Bytes, Status> {
        self.call(&format!("{OPERATIONS}{method}"), encode(request)).await
    }
}
