//! The calls of a client: the four kinds of RPC, and those that tell of operations.

use bytes::Bytes;
use http::uri::PathAndQuery;
use prost::Message;
use tonic::body::Body;
use tonic::client::Grpc;
use tonic::codec::Codec;
use tonic::codegen::Service;
use tonic::{GrpcMethod, IntoStreamingRequest, Request, Response, Status, Streaming};
use tonic_prost::ProstCodec;

use super::codec::Encoded;
use super::failure::status;
use super::operation::{Operation, RawOperation};
use super::transport::{Beginning, Erased};
use super::{Client, Inner};
use crate::google::longrunning;
use crate::method::{self, Method};

impl Client {
    /// Makes the handle of an operation of `method` from the operation's name. Sends nothing.
    pub fn operation<Req, Res, Meta>(
        &self,
        method: Method<Req, Res, Meta>,
        name: impl Into<String>,
    ) -> Operation<Res, Meta> {
        self.raw_operation(name).typed(method)
    }

    /// Makes the handle of an operation of `method` from a message that came in another way, such as in a
    /// page of `ListOperations`. Sends nothing.
    pub fn attach<Req, Res, Meta>(
        &self,
        method: Method<Req, Res, Meta>,
        operation: longrunning::Operation,
    ) -> Operation<Res, Meta> {
        Operation::raw(self.clone(), operation.name.clone(), Some(operation)).typed(method)
    }

    /// Makes the handle of an operation whose types are not known from the operation's name. Sends nothing.
    pub fn raw_operation(&self, name: impl Into<String>) -> RawOperation {
        Operation::raw(self.clone(), name.into(), None)
    }

    /// Calls the unary RPC at `path` (`/package.Service/Method`).
    ///
    /// # Errors
    ///
    /// The server's error, the transport's error, or INTERNAL if `path` is not the path of an RPC.
    pub async fn unary<Req, Res>(
        &self,
        path: &'static str,
        request: Request<Req>,
    ) -> Result<Response<Res>, Status>
    where
        Req: Message + 'static,
        Res: Message + Default + 'static,
    {
        self.inner.unary(self.inner.transport.clone(), path, request, ProstCodec::default()).await
    }

    /// Calls the RPC at `path`, which takes one message and answers with many.
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
        let mut grpc = self.inner.ready(self.inner.transport.clone()).await?;
        grpc.server_streaming(request, route, ProstCodec::default()).await
    }

    /// Calls the RPC at `path`, which takes many messages and answers with one.
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
        let mut grpc = self.inner.ready(self.inner.transport.clone()).await?;
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
        let mut grpc = self.inner.ready(self.inner.transport.clone()).await?;
        grpc.streaming(request, route, ProstCodec::default()).await
    }

    /// Calls an RPC about an operation, through the transport that was set for these if there is one.
    pub(super) async fn about_operation(
        &self,
        path: &'static str,
        request: Request<Bytes>,
    ) -> Result<Bytes, Status> {
        let beginning = Beginning::default();
        let transport = beginning.keep(self.inner.operations_transport().clone());
        let answer = self.inner.unary(transport, path, request, Encoded).await;
        answer.map(Response::into_inner).map_err(|status| beginning.explain(status))
    }

    /// Likewise for one that answers with a stream.
    pub(super) async fn stream_of_operation(
        &self,
        path: &'static str,
        request: Request<Bytes>,
    ) -> Result<Streaming<Bytes>, Status> {
        self.inner.stream(self.inner.operations_transport(), path, request).await
    }
}

impl Inner {
    fn operations_transport(&self) -> &Erased {
        self.operations_transport.as_ref().unwrap_or(&self.transport)
    }

    pub(super) async fn unary<T, C>(
        &self,
        transport: T,
        path: &'static str,
        mut request: Request<C::Encode>,
        codec: C,
    ) -> Result<Response<C::Decode>, Status>
    where
        T: Service<http::Request<Body>, Response = http::Response<Body>, Error = Status>,
        C: Codec<Encode: Send + Sync + 'static, Decode: Send + Sync + 'static>,
    {
        let route = route(path, &mut request)?;
        let mut grpc = self.ready(transport).await?;
        let answer = grpc.unary(request, route, codec).await;
        if answer.as_ref().err().is_none_or(|failed| !status::is_lost(failed)) {
            self.channel.learned.reached();
        }
        answer
    }

    pub(super) async fn stream(
        &self,
        transport: &Erased,
        path: &'static str,
        mut request: Request<Bytes>,
    ) -> Result<Streaming<Bytes>, Status> {
        let route = route(path, &mut request)?;
        let mut grpc = self.ready(transport.clone()).await?;
        Ok(grpc.server_streaming(request, route, Encoded).await?.into_inner())
    }

    /// Makes tonic's dispatcher with this client's settings, ready for one call.
    async fn ready<T>(&self, transport: T) -> Result<Grpc<T>, Status>
    where
        T: Service<http::Request<Body>, Response = http::Response<Body>, Error = Status>,
    {
        if self.origin.scheme().is_some() != self.origin.authority().is_some() {
            let origin = &self.origin;
            return Err(Status::internal(format!("the origin `{origin}` needs a scheme and an authority")));
        }
        let mut grpc = Grpc::with_origin(transport, self.origin.clone());
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
