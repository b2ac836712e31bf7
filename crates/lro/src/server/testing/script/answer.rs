//! Answers as they go over HTTP, whole or not.

use std::convert::Infallible;

use http_body_util::{BodyExt, Full};
use prost::bytes::{BufMut, Bytes, BytesMut};
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::http::{HeaderMap, HeaderValue, Response, StatusCode, header};

use super::fault::Cut;

/// The answer of a method: its message, or its error.
pub(super) fn answer(answer: Result<Vec<u8>, Status>) -> Response<Body> {
    match answer {
        Ok(message) => {
            let trailers = async { Some(Ok::<_, Infallible>(success())) };
            grpc(Body::new(Full::new(frame(&message)).with_trailers(trailers)))
        }
        Err(status) => status.into_http(),
    }
}

/// The same answer, which ends too early. An error is too short to be cut.
pub(super) fn cut(answer: Result<Vec<u8>, Status>, cut: Cut) -> Response<Body> {
    let message = match answer {
        Ok(message) => frame(&message),
        Err(status) => return status.into_http(),
    };
    match cut {
        Cut::BeforeTrailers => grpc(Body::new(Full::new(message))),
        Cut::BeforeMessage => {
            let mut response = grpc(Body::empty());
            response.headers_mut().extend(success());
            response
        }
        Cut::InMessage => grpc(Body::new(Full::new(message.slice(..message.len() / 2)))),
    }
}

/// An answer that is not gRPC.
pub(super) fn foreign(code: u16, content_type: &'static str, body: String) -> Response<Body> {
    let mut response = Response::new(Body::new(body));
    *response.status_mut() =
        StatusCode::from_u16(code).unwrap_or_else(|error| panic!("{code} cannot stand in HTTP: {error}"));
    if !content_type.is_empty() {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    response
}

fn grpc(body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    response
}

fn success() -> HeaderMap {
    HeaderMap::from_iter([(Status::GRPC_STATUS, HeaderValue::from_static("0"))])
}

fn frame(message: &[u8]) -> Bytes {
    let mut frame = BytesMut::with_capacity(message.len() + 5);
    frame.put_u8(0);
    frame.put_u32(u32::try_from(message.len()).expect("nobody scripts messages of 4 GiB"));
    frame.put_slice(message);
    frame.freeze()
}
