//! A server that passes everything on to another one, but for what a fault changes. Without a fault it must be as good as the other one.

use std::convert::Infallible;

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body_util::{BodyExt as _, Full};
use tokio::net::TcpListener;
use tonic::body::Body;
use tonic::service::Routes;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Endpoint, Server};
use tonic::{Code, Status};
use tower::{Service as _, ServiceExt as _, service_fn};

use crate::Result;
use crate::fault::Fault;

const STATUS: &str = "grpc-status";
/// What is before each message: whether it is compressed, and its length.
const PREFIX: usize = 5;

/// Starts a server in front of another one, and returns its address as host:port. It ends with this process.
///
/// # Errors
///
/// The other one cannot be reached.
pub(crate) async fn start(address: &str, fault: Option<Fault>) -> Result<String> {
    let channel = Endpoint::from_shared(format!("http://{address}"))?.connect().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let own = listener.local_addr()?.to_string();
    // All that the server has itself is behind this layer, which asks the other one instead.
    let instead = tower::layer::layer_fn(move |_: Routes| {
        let channel = channel.clone();
        service_fn(move |request| {
            let channel = channel.clone();
            async move { Ok::<_, Infallible>(pass(channel, fault, request).await) }
        })
    });
    let server = Server::builder().layer(instead).add_routes(Routes::default());
    let connections = TcpIncoming::from(listener).with_nodelay(Some(true));
    tokio::spawn(server.serve_with_incoming(connections));
    Ok(own)
}

async fn pass(channel: Channel, fault: Option<Fault>, request: Request<Body>) -> Response<Body> {
    let path = request.uri().path().to_owned();
    match fault.and_then(|fault| fault.answer(&path)) {
        Some(Code::Ok) => return empty(),
        Some(code) => return Status::new(code, "this server does one thing wrong").into_http(),
        None => {}
    }
    match forward(channel, fault, &path, request).await {
        Ok(response) => response,
        Err(error) => Status::unavailable(error.to_string()).into_http(),
    }
}

async fn forward(
    mut channel: Channel,
    fault: Option<Fault>,
    path: &str,
    request: Request<Body>,
) -> Result<Response<Body>> {
    let (head, body) = request.into_parts();
    let body = edit(body, |message| fault?.request(path, message), path).await?;
    let response = channel.ready().await?.call(Request::from_parts(head, body)).await?;
    let (mut head, body) = response.into_parts();
    // An error without a message has its status among the headers.
    if let Some(code) = fault.and_then(|fault| fault.status(path))
        && let Some(status) = head.headers.get_mut(STATUS)
    {
        *status = HeaderValue::from(i32::from(code));
    }
    let body = edit(body, |message| fault?.response(path, message), path).await?;
    Ok(Response::from_parts(head, body))
}

/// A body whose only message is changed. A stream, such as that of reflection, goes through as it comes.
async fn edit(body: Body, change: impl FnOnce(&Bytes) -> Option<Vec<u8>>, path: &str) -> Result<Body> {
    if path.starts_with("/grpc.") {
        return Ok(body);
    }
    let collected = body.collect().await?;
    let trailers = collected.trailers().cloned();
    let mut framed = collected.to_bytes();
    if framed.is_empty() && trailers.is_none() {
        // An error without a message has nothing after its headers, not even an empty frame.
        return Ok(Body::empty());
    }
    if framed.len() >= PREFIX {
        let message = framed.slice(PREFIX..);
        if let Some(changed) = change(&message) {
            framed = frame(&changed);
        }
    }
    Ok(body_of(framed, trailers))
}

/// OK, with the empty message.
fn empty() -> Response<Body> {
    let mut trailers = HeaderMap::new();
    trailers.insert(STATUS, HeaderValue::from(i32::from(Code::Ok)));
    let mut response = Response::new(body_of(frame(&[]), Some(trailers)));
    response.headers_mut().insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    response
}

fn frame(message: &[u8]) -> Bytes {
    let mut framed = BytesMut::with_capacity(PREFIX + message.len());
    framed.put_u8(0);
    framed.put_u32(u32::try_from(message.len()).expect("messages of tests are small"));
    framed.put(message);
    framed.copy_to_bytes(framed.len())
}

fn body_of(data: Bytes, trailers: Option<HeaderMap>) -> Body {
    Body::new(Full::new(data).with_trailers(async move { trailers.map(Ok) }))
}
