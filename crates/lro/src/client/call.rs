//! The calls of a client: the four kinds of RPC, and those that tell of operations.

use bytes::Bytes;
use http::uri::PathAndQuery;
use prost::Message;
use tonic::client::Grpc;
use tonic::codec::Codec;
use tonic::{GrpcMethod, IntoStreamingRequest, Request, Response, Status, Streaming};
use tonic_prost::ProstCodec;

use super::codec::{Encoded, encoded, read};
use super::operation::{Operation, RawOperation};
use super::shared::feed::Feed;
use super::starting::Starting;
use super::transport::Erased;
use super::{Client, Inner, header};
use crate::google::longrunning;
use crate::method::{self, Method};

impl Client {
    /// Calls `method`, and returns the handle of the operation that it starts.
    ///
    /// If requests of the method carry an id by which the server recognises a repeated request (AIP-155), and
    /// this request has none, the client fills in a random UUID. [`Starting::request_id`] tells it before the call is made.
    ///
    /// If the future is dropped before it is ready, the call is dropped too, and the operation may have been
    /// started or not. A caller that knows the id can safely repeat the call with the same id.
    ///
    /// # Errors
    ///
    /// The RPC's own error, which means that no operation was started (AIP-151). A failure of the work itself
    /// is an outcome of the operation, see [`Operation::wait`].
    pub fn start<Req, Res, Meta>(
        &self,
        method: Method<Req, Res, Meta>,
        mut request: Request<Req>,
    ) -> Starting<Res, Meta>
    where
        Req: Message + 'static,
        Res: 'static,
        Meta: 'static,
    {
        let request_id = prepare(&method, &mut request);
        let (client, request, known_id) = (self.clone(), encoded(request), request_id.clone());
        let call = async move {
            let inner = &client.inner;
            let answer = inner.unary(&inner.transport, method.path(), request, Encoded).await?;
            let operation = read(method.rpcs(), answer.into_inner())?;
            Ok(client.attach(method, operation).started_with(known_id.as_deref()))
        };
        Starting::new(request_id, Box::pin(call))
    }

    /// Calls `method`, which answers with a stream of the operation's states, and returns the handle of the operation that
    /// it starts.
    ///
    /// Is ready with the first state. The handle waits by the stream for as long as there is one, and by the method's
    /// [`OperationRpcs`](crate::OperationRpcs) when the stream has broken. Dropping all handles of the operation ends the
    /// stream.
    ///
    /// Otherwise this is as [`start`](Self::start).
    ///
    /// # Errors
    ///
    /// The RPC's own error, also when it comes as the first item of the stream; UNAVAILABLE if the stream ends before it.
    pub fn start_streaming<Req, Res, Meta>(
        &self,
        method: Method<Req, Res, Meta>,
        mut request: Request<Req>,
    ) -> Starting<Res, Meta>
    where
        Req: Message + 'static,
        Res: 'static,
        Meta: 'static,
    {
        let request_id = prepare(&method, &mut request);
        let (client, request, known_id) = (self.clone(), encoded(request), request_id.clone());
        let call = async move {
            let inner = &client.inner;
            let stream = inner.stream(&inner.transport, method.path(), request).await?;
            let (first, feed) = Feed::begin(stream, method.rpcs(), method.path()).await?;
            let operation = client.attach(method, first).started_with(known_id.as_deref());
            operation.shared.feed_by(feed);
            Ok(operation)
        };
        Starting::new(request_id, Box::pin(call))
    }

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
        self.inner.unary(&self.inner.transport, path, request, ProstCodec::default()).await
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
        let mut grpc = self.inner.ready(&self.inner.transport).await?;
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

    /// Calls an RPC about an operation, through the transport that was set for these if there is one.
    pub(super) async fn about_operation(
        &self,
        path: &'static str,
        request: Request<Vec<u8>>,
    ) -> Result<Bytes, Status> {
        let transport = self.inner.operations_transport();
        Ok(self.inner.unary(transport, path, request, Encoded).await?.into_inner())
    }

    /// Likewise for one that answers with a stream.
    pub(super) async fn stream_of_operation(
        &self,
        path: &'static str,
        request: Request<Vec<u8>>,
    ) -> Result<Streaming<Bytes>, Status> {
        self.inner.stream(self.inner.operations_transport(), path, request).await
    }
}

impl Inner {
    fn operations_transport(&self) -> &Erased {
        self.operations_transport.as_ref().unwrap_or(&self.transport)
    }

    async fn unary<C>(
        &self,
        transport: &Erased,
        path: &'static str,
        mut request: Request<C::Encode>,
        codec: C,
    ) -> Result<Response<C::Decode>, Status>
    where
        C: Codec<Encode: Send + Sync + 'static, Decode: Send + Sync + 'static>,
    {
        let route = route(path, &mut request)?;
        let mut grpc = self.ready(transport).await?;
        grpc.unary(request, route, codec).await
    }

    async fn stream(
        &self,
        transport: &Erased,
        path: &'static str,
        mut request: Request<Vec<u8>>,
    ) -> Result<Streaming<Bytes>, Status> {
        let route = route(path, &mut request)?;
        let mut grpc = self.ready(transport).await?;
        Ok(grpc.server_streaming(request, route, Encoded).await?.into_inner())
    }

    /// Makes tonic's dispatcher with this client's settings, ready for one call.
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

/// Fills in what clients add to the request of a method that starts an operation, and returns the request's id if it has one.
fn prepare<Req, Res, Meta>(method: &Method<Req, Res, Meta>, request: &mut Request<Req>) -> Option<String> {
    method.fill_request_id(request.get_mut(), header::random_id);
    if let Some(routing) = method.routing(request.get_ref()) {
        header::add_routing(request, &routing);
    }
    method.request_id(request.get_ref()).map(str::to_owned)
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
