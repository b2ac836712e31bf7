//! What generated clients call: the calls of a [`Client`], with futures in a box.
//!
//! A generated method is no `async fn`, but hands on what these return. The state of an `async fn` is a type of its own, with a layout and
//! borrows for the compiler to check: for each RPC of every service, that took most of the time that generated code took to compile.
//! Here it is checked once. A call costs one allocation more, beside the several that tonic makes for it.
//!
//! Nothing is sent before the future is polled, and one that is dropped drops its call, as with the methods of [`Client`].

use prost::Message;
use tonic::codegen::StdError;
use tonic::transport::{self, Endpoint};
use tonic::{Request, Response, Status, Streaming};

use super::Client;
use crate::codegen::{BoxFuture, Stream};

/// Connects as [`Client::connect`] does, for a client that wraps a [`Client`].
///
/// # Errors
///
/// Those of [`Client::connect`].
pub fn connect<C, D>(destination: D) -> BoxFuture<'static, Result<C, transport::Error>>
where
    C: From<Client>,
    D: TryInto<Endpoint>,
    D::Error: Into<StdError>,
{
    // The destination need not be `Send`, so it stays out of the future.
    let endpoint = Endpoint::new(destination);
    Box::pin(async move { Ok(Client::connect(endpoint?).await?.into()) })
}

/// As [`Client::unary`].
///
/// # Errors
///
/// Those of [`Client::unary`].
pub fn unary<'a, Req, Res>(
    client: &'a Client,
    path: &'static str,
    request: Request<Req>,
) -> BoxFuture<'a, Result<Response<Res>, Status>>
where
    Req: Message + 'static,
    Res: Message + Default + 'static,
{
    Box::pin(client.unary(path, request))
}

/// As [`Client::server_streaming`].
///
/// # Errors
///
/// Those of [`Client::server_streaming`].
pub fn server_streaming<'a, Req, Res>(
    client: &'a Client,
    path: &'static str,
    request: Request<Req>,
) -> BoxFuture<'a, Result<Response<Streaming<Res>>, Status>>
where
    Req: Message + 'static,
    Res: Message + Default + 'static,
{
    Box::pin(client.server_streaming(path, request))
}

/// As [`Client::client_streaming`].
///
/// # Errors
///
/// Those of [`Client::client_streaming`].
pub fn client_streaming<'a, S, Res>(
    client: &'a Client,
    path: &'static str,
    request: Request<S>,
) -> BoxFuture<'a, Result<Response<Res>, Status>>
where
    S: Stream<Item: Message + 'static> + Send + 'static,
    Res: Message + Default + 'static,
{
    Box::pin(client.client_streaming(path, request))
}

/// As [`Client::streaming`].
///
/// # Errors
///
/// Those of [`Client::streaming`].
pub fn streaming<'a, S, Res>(
    client: &'a Client,
    path: &'static str,
    request: Request<S>,
) -> BoxFuture<'a, Result<Response<Streaming<Res>>, Status>>
where
    S: Stream<Item: Message + 'static> + Send + 'static,
    Res: Message + Default + 'static,
{
    Box::pin(client.streaming(path, request))
}
