//! Making calls: the four kinds of RPC, and the start of an operation.

use http::uri::PathAndQuery;
use prost::Message;
use tonic::client::Grpc;
use tonic::{GrpcMethod, IntoStreamingRequest, Request, Response, Status, Streaming};
use tonic_prost::ProstCodec;

use super::operation::{Operation, RawOperation};
use super::transport::Erased;
use super::{Client, Inner, header};
use crate::google::longrunning;
use crate::method::{self, Method};

impl Client {
    /// Calls `method`, and returns the handle of the operation that it starts.
    ///
    /// Where requests of the method carry an id by which the server knows a repeat (AIP-155), and this one has none, it gets
    /// a random UUID.
    ///
    /// Dropping the future before it is ready drops the call; whether the operation was started is then
    /// unknown. To ask again is safe with an id that the caller has set, and the same id. One that was filled in here
    /// is gone with the call, and every call gets another.
    ///
    /// # Errors
    ///
    /// The RPC's own error: no operation was started (AIP-151). Failures of the work itself are outcomes of
    /// the operation, see [`Operation::wait`].
    pub async fn start<Req, Res, Meta>(
        &self,
        method: Method<Req, Res, Meta>,
        mut request: Request<Req>,
    ) -> Result<Operation<Res, Meta>, Status>
    where
        Req: Message + 'static,
    {
        method.fill_request_id(request.get_mut(), header::random_id);
        if let Some(routing) = method.routing(request.get_ref()) {
            header::add_routing(&mut request, &routing);
        }
        let response = self.unary(method.path(), request).await?;
        Ok(self.attach(method, response.into_inner()))
    }

    /// The handle of an operation of `method` that was started earlier, by its name. Nothing is sent.
    pub fn operation<Req, Res, Meta>(
        &self,
        method: Method<Req, Res, Meta>,
        name: impl Into<String>,
    ) -> Operation<Res, Meta> {
        self.raw_operation(name).typed(method)
    }

    /// The handle of an operation of `method` from a message that was received in another way, such as a
    /// page of `ListOperations`. Nothing is sent.
    pub fn attach<Req, Res, Meta>(
        &self,
        method: Method<Req, Res, Meta>,
        operation: longrunning::Operation,
    ) -> Operation<Res, Meta> {
        Operation::raw(self.clone(), operation.name.clone(), Some(operation)).typed(method)
    }

    /// The handle of an operation whose types are not known, by its name. Nothing is sent.
    pub fn raw_operation(&self, name: impl Into<String>) -> RawOperation {
        Operation::raw(self.clone(), name.into(), None)
    }

    /// Calls the unary RPC at `path` (`/package.Service/Method`).
    ///
    /// # Errors
    ///
    /// What the server answers, what the transport reports, or INTERNAL if `path` is no path.
    pub async fn unary<Req, Res>(
        &self,
        path: &'static str,
        request: Request<Req>,
    ) -> Result<Response<Res>, Status>
    where
        Req: Message + 'static,
        Res: Message + Default + 'static,
    {
        self.inner.unary(&self.inner.transport, path, request).await
    }

    /// Calls the RPC at `path`, which answers one message with many.
    ///
    /// # Errors
    ///
    /// As for [`unary`](Self::unary).
    pub async fn server_streaming<Req, Res>(
        &self,
        path: &'static str,
        mut request: Request<Req>,
    ) -> Result<Response<Streaming<Res>>, Status>
    where
        Req: Message + 'static,
        Res: Message + Default + 'static,
    {
        let route = route(path, &mut request)?;
        let mut grpc = self.inner.ready(&self.inner.transport).await?;
        grpc.server_streaming(request, route, ProstCodec::default()).await
    }

    /// Calls the RPC at `path`, which answers many messages with one.
    ///
    /// # Errors
    ///
    /// As for [`unary`](Self::unary).
    pub async fn client_streaming<Req, Res>(
        &self,
        path: &'static str,
        request: impl IntoStreamingRequest<Message = Req>,
    ) -> Result<Response<Res>, Status>
    where
        Req: Message + 'static,
        Res: Message + Default + 'static,
    {
        let mut request = request.into_streaming_request();
        let route = route(path, &mut request)?;
        let mut grpc = self.inner.ready(&self.inner.transport).await?;
        grpc.client_streaming(request, route, ProstCodec::default()).await
    }

    /// Calls the RPC at `path`, which takes many messages and answers with many.
    ///
    /// # Errors
    ///
    /// As for [`unary`](Self::unary).
    pub async fn streaming<Req, Res>(
        &self,
        path: &'static str,
        request: impl IntoStreamingRequest<Message = Req>,
    ) -> Result<Response<Streaming<Res>>, Status>
    where
        Req: Message + 'static,
        Res: Message + Default + 'static,
    {
        let mut request = request.into_streaming_request();
        let route = route(path, &mut request)?;
        let mut grpc = self.inner.ready(&self.inner.transport).await?;
        grpc.streaming(request, route, ProstCodec::default()).await
    }

    /// Calls an RPC of `google.longrunning.Operations`, wherever this API keeps its operations.
    pub(super) async fn operations<Req, Res>(
        &self,
        path: &'static str,
        request: Request<Req>,
    ) -> Result<Res, Status>
    where
        Req: Message + 'static,
        Res: Message + Default + 'static,
    {
        let transport = self.inner.operations_transport.as_ref().unwrap_or(&self.inner.transport);
        Ok(self.inner.unary(transport, path, request).await?.into_inner())
    }
}

impl Inner {
    async fn unary<Req, Res>(
        &self,
        transport: &Erased,
        path: &'static str,
        mut request: Request<Req>,
    ) -> Result<Response<Res>, Status>
    where
        Req: Message + 'static,
        Res: Message + Default + 'static,
    {
        let route = route(path, &mut request)?;
        let mut grpc = self.ready(transport).await?;
        grpc.unary(request, route, ProstCodec::default()).await
    }

    /// tonic's dispatcher with this client's settings, ready for one call.
    async fn ready(&self, transport: &Erased) -> Result<Grpc<Erased>, Status> {
        if self.origin.scheme().is_some() != self.origin.authority().is_some() {
            let origin = &self.origin;
            return Err(Status::internal(format!("the origin `{origin}` needs a scheme and an authority")));
        }
        let mut grpc = Grpc::with_origin(transport.clone(), self.origin.clone());
        if let Some(encoding) = self.send_compressed {
            grpc = grpc.send_compressed(encoding);
        }
        for encoding in &self.accept_compressed {
            grpc = grpc.accept_compressed(*encoding);
        }
        if let Some(limit) = self.max_decoding_message_size {
            grpc = grpc.max_decoding_message_size(limit);
        }
        if let Some(limit) = self.max_encoding_message_size {
            grpc = grpc.max_encoding_message_size(limit);
        }
        grpc.ready().await?;
        Ok(grpc)
    }
}

/// Checks `path`, and tells interceptors which method is called, as tonic's clients do.
fn route<T>(path: &'static str, request: &mut Request<T>) -> Result<PathAndQuery, Status> {
    let (service, method) = method::split(path);
    let route = PathAndQuery::try_from(path)
        .ok()
        .filter(|route| {
            path.starts_with('/') && !service.is_empty() && !method.is_empty() && route.query().is_none()
        })
        .ok_or_else(|| {
            Status::internal(format!("`{path}` is not the path of an RPC: /package.Service/Method"))
        })?;
    request.extensions_mut().insert(GrpcMethod::new(service, method));
    Ok(route)
}
