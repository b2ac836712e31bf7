//! Answers that are none of gRPC's: those of proxies and of servers that speak HTTP only.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, Response, StatusCode};
use tonic::body::Body;
use tonic::codegen::{Body as _, StdError};
use tonic::{Code, Status};

/// How much of the body is shown.
const SHOWN: usize = 256;

/// How long the client waits for that.
const PATIENCE: Duration = Duration::from_secs(1);

/// Passes on what is an answer of gRPC. Anything else becomes the status that gRPC has for its HTTP code, with the first bytes of the body in the message.
pub(super) async fn check(response: Response<Body>) -> Result<Response<Body>, Status> {
    if is_grpc(response.headers()) {
        return Ok(response);
    }
    let (head, body) = response.into_parts();
    let shown = tokio::time::timeout(PATIENCE, beginning(body)).await.unwrap_or_default();
    let (code, http) = (code_of(head.status), head.status);
    let message = match shown.as_str() {
        "" => format!("the answer is not of gRPC, but HTTP {http} without a body"),
        shown => format!("the answer is not of gRPC, but HTTP {http}: {shown}"),
    };
    let mut status = Status::new(code, message);
    if !may_pass(http) {
        status.set_source(Arc::new(WillNotDo));
    }
    Err(status)
}

/// The status of a call that the transport has failed.
pub(super) fn of_error(error: StdError) -> Status {
    let mut status = Status::from_error(error);
    // Servers refuse headers of many kilobytes by closing the connection. It says why only where nobody can read it but people.
    if status.code() == Code::ResourceExhausted && format!("{status:?}").contains("header_list") {
        let message =
            format!("the headers of the request are larger than the server takes: {}", status.message());
        status = Status::resource_exhausted(message);
        status.set_source(Arc::new(WillNotDo));
    }
    status
}

/// The same call will never do.
#[derive(Debug)]
pub(in crate::client) struct WillNotDo;

impl fmt::Display for WillNotDo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request is refused as it is")
    }
}

impl std::error::Error for WillNotDo {}

/// Whether the same request may be answered otherwise later.
fn may_pass(http: StatusCode) -> bool {
    !http.is_client_error()
        || matches!(
            http,
            StatusCode::UNAUTHORIZED | StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS
        )
}

fn is_grpc(headers: &HeaderMap) -> bool {
    // Some servers leave out the type where there is nothing but a status.
    headers.contains_key("grpc-status")
        || headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc"))
}

/// The code that stands for an HTTP code, by gRPC's document of that mapping.
fn code_of(http: StatusCode) -> Code {
    match http {
        StatusCode::BAD_REQUEST => Code::Internal,
        StatusCode::UNAUTHORIZED => Code::Unauthenticated,
        StatusCode::FORBIDDEN => Code::PermissionDenied,
        StatusCode::NOT_FOUND => Code::Unimplemented,
        StatusCode::TOO_MANY_REQUESTS
        | StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => Code::Unavailable,
        _ => Code::Unknown,
    }
}

/// The first bytes of the body, in one line.
async fn beginning(mut body: Body) -> String {
    let mut bytes = Vec::new();
    while bytes.len() < SHOWN
        && let Some(Ok(frame)) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await
    {
        if let Ok(data) = frame.into_data() {
            bytes.extend_from_slice(&data);
        }
    }
    bytes.truncate(SHOWN);
    let text = String::from_utf8_lossy(&bytes);
    // The end may be in the middle of a character.
    text.trim_end_matches(char::REPLACEMENT_CHARACTER).split_whitespace().collect::<Vec<_>>().join(" ")
}
