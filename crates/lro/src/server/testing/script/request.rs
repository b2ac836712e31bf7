//! Requests as they come over HTTP.

use std::time::Duration;

use http_body_util::BodyExt;
use prost::Message;
use prost::bytes::{Buf, Bytes};
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::http;
use tonic::metadata::MetadataMap;

use super::call::{Call, Rpc};
use crate::google::longrunning::{
    CancelOperationRequest, DeleteOperationRequest, GetOperationRequest, ListOperationsRequest,
    WaitOperationRequest,
};

/// The message of a request, by its RPC.
#[derive(Debug)]
pub(super) enum Asks {
    Start(Bytes),
    Get(GetOperationRequest),
    Wait(WaitOperationRequest),
    Cancel(CancelOperationRequest),
    Delete(DeleteOperationRequest),
    List(ListOperationsRequest),
}

/// Reads a request to its end. `at` is when it has arrived.
pub(super) async fn read(request: http::Request<Body>, at: Duration) -> Result<(Call, Asks), Status> {
    let (head, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let path = head.uri.path().to_owned();
    let rpc = Rpc::at(&path);
    let asks = Asks::read(rpc, message(body)?)
        .map_err(|error| Status::internal(format!("the request cannot be decoded: {error}")))?;
    let metadata = MetadataMap::from_headers(head.headers);
    let (operation, hold) = (asks.name().map(str::to_owned), asks.hold());
    Ok((Call { rpc, path, operation, at, hold, metadata }, asks))
}

impl Asks {
    fn read(rpc: Rpc, message: Bytes) -> Result<Self, prost::DecodeError> {
        Ok(match rpc {
            Rpc::Start => Self::Start(message),
            Rpc::Get => Self::Get(Message::decode(message)?),
            Rpc::Wait => Self::Wait(Message::decode(message)?),
            Rpc::Cancel => Self::Cancel(Message::decode(message)?),
            Rpc::Delete => Self::Delete(Message::decode(message)?),
            Rpc::List => Self::List(Message::decode(message)?),
        })
    }

    fn name(&self) -> Option<&str> {
        match self {
            Self::Start(_) => None,
            Self::Get(request) => Some(&request.name),
            Self::Wait(request) => Some(&request.name),
            Self::Cancel(request) => Some(&request.name),
            Self::Delete(request) => Some(&request.name),
            Self::List(request) => Some(&request.name),
        }
    }

    fn hold(&self) -> Option<Duration> {
        match self {
            // A negative time is none.
            Self::Wait(request) => request.timeout.map(|hold| Duration::try_from(hold).unwrap_or_default()),
            _ => None,
        }
    }
}

/// Takes the message out of its frame: a flag for compression, four bytes with the length, and the message.
fn message(mut body: Bytes) -> Result<Bytes, Status> {
    const HEAD: usize = 5;
    if body.len() < HEAD {
        return Err(Status::internal("the request has no message"));
    }
    if body.get_u8() != 0 {
        return Err(Status::unimplemented("compressed requests are not understood here"));
    }
    let length = body.get_u32() as usize;
    if body.len() != length {
        return Err(Status::unimplemented("requests have exactly one message here"));
    }
    Ok(body)
}
