//! Messages and statuses as gRPC has them on the wire.

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use http::{HeaderMap, Response};
use http_body_util::{BodyExt as _, Full};
use tonic::Status;
use tonic::body::Body;

/// Before each message: whether it is compressed, and its length.
const PREFIX: usize = 5;

/// A message in its frame.
pub(super) fn wrap(message: &Bytes) -> Bytes {
    let mut frame = BytesMut::with_capacity(PREFIX + message.len());
    frame.put_u8(0);
    frame.put_u32(u32::try_from(message.len()).expect("tests send no messages of gigabytes"));
    frame.put(message.clone());
    frame.freeze()
}

/// The one message of a body, and its trailers.
pub(super) async fn read(body: Body) -> Result<(Option<Bytes>, HeaderMap), Status> {
    let body = body.collect().await.map_err(|error| Status::cancelled(error.to_string()))?;
    let trailers = body.trailers().cloned().unwrap_or_default();
    let mut frame = body.to_bytes();
    if frame.len() < PREFIX {
        return Ok((None, trailers));
    }
    frame.advance(PREFIX);
    Ok((Some(frame), trailers))
}

/// An answer as a response.
pub(super) fn respond(answer: Result<Bytes, Status>) -> Response<Body> {
    let message = match answer {
        Ok(message) => message,
        Err(status) => return status.into_http(),
    };
    let mut trailers = HeaderMap::new();
    trailers.insert(Status::GRPC_STATUS, http::HeaderValue::from_static("0"));
    let body = Full::new(wrap(&message)).with_trailers(async move { Some(Ok(trailers)) });
    let mut response = Response::new(Body::new(body));
    let grpc = http::HeaderValue::from_static("application/grpc");
    response.headers_mut().insert(http::header::CONTENT_TYPE, grpc);
    response
}
