//! How an answer begins that is too large to be read.

use std::error::Error;
use std::fmt;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http::Response;
use http_body_util::BodyExt as _;
use tonic::body::Body;
use tonic::codegen::Service;
use tonic::{Code, Status};
use tower::ServiceExt as _;

use super::Erased;

/// What tonic says of a message that is larger than the client takes.
const TOO_LARGE: &str = "decoded message length too large";

/// What precedes a message on the wire: whether it is compressed, and its length.
const PREFIX: usize = 5;

/// The first bytes of an answer.
#[derive(Debug, Clone, Default)]
pub(in crate::client) struct Beginning(Arc<OnceLock<Bytes>>);

impl Beginning {
    /// `transport`, but for one call whose answer's first bytes are kept.
    pub(in crate::client) fn keep(
        &self,
        transport: Erased,
    ) -> impl Service<http::Request<Body>, Response = Response<Body>, Error = Status, Future: Send> + use<>
    {
        let kept = Arc::clone(&self.0);
        transport.map_response(move |response: Response<Body>| {
            response.map(|body| {
                Body::new(body.map_frame(move |frame| {
                    if let Some(data) = frame.data_ref() {
                        kept.get_or_init(|| data.clone());
                    }
                    frame
                }))
            })
        })
    }

    /// Marks `status` if it says that the answer is too large, with whether the operation that was asked for is done.
    pub(in crate::client) fn explain(&self, mut status: Status) -> Status {
        if status.code() == Code::OutOfRange && status.message().contains(TOO_LARGE) {
            let is_done = self.0.get().is_some_and(|bytes| is_done(bytes));
            status.set_source(Arc::new(TooLarge { is_done }));
        }
        status
    }
}

/// The answer is larger than the client takes.
#[derive(Debug)]
pub(in crate::client) struct TooLarge {
    /// Whether it is known that the operation is done.
    pub(in crate::client) is_done: bool,
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the answer is larger than the client takes")
    }
}

impl Error for TooLarge {}

/// Whether a `google.longrunning.Operation` that begins so is done: it says so, or it has a result. The name and the metadata come first.
fn is_done(answer: &[u8]) -> bool {
    /// The numbers of the fields.
    const DONE: u64 = 3;
    const ERROR: u64 = 4;
    const RESPONSE: u64 = 5;

    let Some((prefix, mut message)) = answer.split_at_checked(PREFIX) else { return false };
    if prefix[0] != 0 {
        return false;
    }
    while let Some(key) = varint(&mut message) {
        match (key >> 3, key & 7) {
            (DONE, 0) => return varint(&mut message) == Some(1),
            (ERROR | RESPONSE, _) => return true,
            (_, 0) => {
                varint(&mut message);
            }
            (_, 2) => {
                let length = varint(&mut message).and_then(|length| usize::try_from(length).ok());
                match length.and_then(|length| message.get(length..)) {
                    Some(rest) => message = rest,
                    None => return false,
                }
            }
            _ => return false,
        }
    }
    false
}

/// Takes a number off the front.
fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use prost::Message;
    use prost_types::Any;

    use super::*;
    use crate::google::longrunning::{Operation, operation};

    fn framed(operation: &Operation) -> Vec<u8> {
        [&[0; PREFIX][..], &operation.encode_to_vec()].concat()
    }

    #[test]
    fn the_beginning_tells_whether_an_operation_is_done() {
        let any = |length| Any { type_url: "type.googleapis.com/a.B".to_owned(), value: vec![7; length] };
        let running =
            Operation { name: "operations/1".to_owned(), metadata: Some(any(300)), ..Operation::default() };
        let done =
            Operation { done: true, result: Some(operation::Result::Response(any(9000))), ..running.clone() };
        assert!(!is_done(&framed(&running)));
        assert!(is_done(&framed(&done)[..1000]));
        assert!(!is_done(&framed(&done)[..200]), "what it says is not there yet");
        let large = Operation { metadata: Some(any(9000)), ..running };
        assert!(!is_done(&framed(&large)[..1000]));
        assert!(!is_done(&[1; 100]), "it is compressed");
    }

    #[test]
    fn no_bytes_are_too_odd() {
        let mut bytes = vec![0; PREFIX];
        for byte in 0..=255 {
            for length in 0..12 {
                bytes.resize(PREFIX, 0);
                bytes.resize(PREFIX + length, byte);
                is_done(&bytes);
                is_done(&bytes[length.min(PREFIX)..]);
            }
        }
    }
}
