//! The codec of calls about operations, whose messages differ from API to API: bytes in, bytes out.

use bytes::{Buf, BufMut, Bytes};
use prost::Message;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::{Request, Status};

use crate::OperationRpcs;
use crate::google::longrunning::Operation;

/// Sends messages that are encoded already, and leaves it to the caller to decode the answers.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Encoded;

impl Codec for Encoded {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Encoded {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, message: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(message);
        Ok(())
    }
}

impl Decoder for Encoded {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}

/// A request whose message is encoded.
pub(super) fn encoded(request: Request<impl Message>) -> Request<Bytes> {
    let (metadata, extensions, message) = request.into_parts();
    Request::from_parts(metadata, extensions, message.encode_to_vec().into())
}

/// Reads an answer that tells of an operation.
pub(super) fn read(rpcs: &OperationRpcs, answer: Bytes) -> Result<Operation, Status> {
    rpcs.read(answer).map_err(|error| Status::internal(format!("the answer cannot be decoded: {error}")))
}
