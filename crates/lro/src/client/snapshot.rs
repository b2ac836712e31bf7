//! Reading `google.longrunning.Operation` with the types of its method.

use bytes::Bytes;
use prost::Message;
use prost_types::Any;
use tonic::{Code, Status};

use super::kind::Kind;
use crate::google::{longrunning, rpc};
use crate::payload;

/// An operation as it stood at one moment.
#[derive(Debug, Clone)]
pub struct Snapshot<Res, Meta> {
    state: State<Res>,
    metadata: Option<Meta>,
    raw_metadata: Option<Any>,
}

/// How an operation stands. All but [`Running`](Self::Running) are final.
#[derive(Debug, Clone)]
pub enum State<Res> {
    /// It is queued or at work.
    Running,
    /// It ended with a response.
    Succeeded(Res),
    /// It ended with an error, here with the code, the message and, encoded as a `google.rpc.Status`, the
    /// details.
    Failed(Status),
    /// It ended with the code CANCELLED.
    Cancelled(Status),
}

impl<Res, Meta> Snapshot<Res, Meta> {
    /// How the operation stands.
    pub fn state(&self) -> &State<Res> {
        &self.state
    }

    /// How the operation stands, by value.
    pub fn into_state(self) -> State<Res> {
        self.state
    }

    /// Whether the operation has ended, in whatever way.
    pub fn is_done(&self) -> bool {
        !matches!(self.state, State::Running)
    }

    /// What the server tells about the work; `None` if it tells nothing, or in a message of another type.
    ///
    /// Services do send metadata of another version than they declare. It is no reason to lose sight of the
    /// operation: [`raw_metadata`](Self::raw_metadata) has it.
    pub fn metadata(&self) -> Option<&Meta> {
        self.metadata.as_ref()
    }

    /// What the server tells about the work, as it came.
    pub fn raw_metadata(&self) -> Option<&Any> {
        self.raw_metadata.as_ref()
    }
}

/// Reads the whole of `operation`.
pub(super) fn read<Res, Meta>(
    operation: longrunning::Operation,
    response_type: &str,
    metadata_type: &str,
) -> Result<Snapshot<Res, Meta>, Kind>
where
    Res: Message + Default,
    Meta: Message + Default,
{
    let state = if operation.done {
        match outcome(operation.result, response_type) {
            Ok(response) => State::Succeeded(response),
            Err(Kind::Failed(status)) => State::Failed(status),
            Err(Kind::Cancelled(status)) => State::Cancelled(status),
            Err(unreadable) => return Err(unreadable),
        }
    } else {
        State::Running
    };
    let raw_metadata = operation.metadata;
    let metadata = raw_metadata.clone().and_then(|any| payload::unpack(metadata_type, any).ok());
    Ok(Snapshot { state, metadata, raw_metadata })
}

/// Reads the result of an operation that has ended.
pub(super) fn outcome<Res>(
    result: Option<longrunning::operation::Result>,
    response_type: &str,
) -> Result<Res, Kind>
where
    Res: Message + Default,
{
    use longrunning::operation::Result;

    match result {
        Some(Result::Response(response)) => payload::unpack(response_type, response).map_err(Kind::Payload),
        Some(Result::Error(error)) => Err(match Code::from_i32(error.code) {
            Code::Ok => Kind::Malformed("it has ended with an error whose code is OK"),
            Code::Cancelled => Kind::Cancelled(status(&error)),
            _ => Kind::Failed(status(&error)),
        }),
        None => Err(Kind::Malformed("it has ended, but with neither a response nor an error")),
    }
}

/// The same error as tonic's type, with the whole message as the binary details, which is what
/// `grpc-status-details-bin` carries elsewhere.
fn status(error: &rpc::Status) -> Status {
    let details = Bytes::from(error.encode_to_vec());
    Status::with_details(Code::from_i32(error.code), error.message.clone(), details)
}
