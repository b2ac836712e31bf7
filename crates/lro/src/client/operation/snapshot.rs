//! The state of an operation, read with the types of its method.

use prost::Message;
use prost_types::Any;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

use crate::client::failure::Kind;
use crate::google::longrunning;
use crate::payload;

/// A response of this type has nothing to say, so that nothing is missed where it is missing.
const EMPTY: &str = "google.protobuf.Empty";

/// An operation as it was at one moment.
#[derive(Debug, Clone)]
pub struct Snapshot<Res, Meta> {
    state: State<Res>,
    metadata: Option<Meta>,
    raw_metadata: Option<Any>,
}

/// The state of an operation. All states but [`Running`](Self::Running) are final.
#[derive(Debug, Clone)]
pub enum State<Res> {
    /// It is queued or its work runs.
    Running,
    /// It ended with a response.
    Succeeded(Res),
    /// It ended with an error. The status has the code and the message; its details are the encoded
    /// `google.rpc.Status`.
    Failed(Status),
    /// It ended with the code CANCELLED.
    Cancelled(Status),
}

impl<Res, Meta> Snapshot<Res, Meta> {
    /// The state of the operation.
    pub fn state(&self) -> &State<Res> {
        &self.state
    }

    /// The state of the operation, by value.
    pub fn into_state(self) -> State<Res> {
        self.state
    }

    /// Whether the operation has ended, with a response or an error.
    pub fn is_done(&self) -> bool {
        !matches!(self.state, State::Running)
    }

    /// The metadata, by which the server describes the work. `None` if there is none, or if it has another type
    /// than declared.
    ///
    /// Some services send metadata of another version than they declare. The rest of the snapshot is still
    /// good then, and [`raw_metadata`](Self::raw_metadata) has the message.
    pub fn metadata(&self) -> Option<&Meta> {
        self.metadata.as_ref()
    }

    /// The metadata as the server sent it.
    pub fn raw_metadata(&self) -> Option<&Any> {
        self.raw_metadata.as_ref()
    }
}

impl<Res> State<Res> {
    /// The details of the error with which the operation has ended that are of the standard kinds (`google.rpc.ErrorInfo`,
    /// `BadRequest`, `RetryInfo` and so on).
    ///
    /// All are absent in the states that have no error, or if the bytes of one do not decode. Details of other types are in the status.
    pub fn details(&self) -> ErrorDetails {
        match self {
            Self::Failed(status) | Self::Cancelled(status) => status.get_error_details(),
            Self::Running | Self::Succeeded(_) => ErrorDetails::new(),
        }
    }
}

/// Reads the whole of `operation`.
pub(in crate::client) fn read<Res, Meta>(
    operation: longrunning::Operation,
    response_type: &str,
    metadata_type: &str,
    accepts_missing: bool,
) -> Result<Snapshot<Res, Meta>, Kind>
where
    Res: Message + Default,
    Meta: Message + Default,
{
    let state = if operation.done {
        match outcome(operation.result, response_type, accepts_missing) {
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
pub(in crate::client) fn outcome<Res>(
    result: Option<longrunning::operation::Result>,
    response_type: &str,
    accepts_missing: bool,
) -> Result<Res, Kind>
where
    Res: Message + Default,
{
    use longrunning::operation::Result;

    match result {
        None if accepts_missing || response_type == EMPTY => Ok(Res::default()),
        // Some services leave out the name of what has no content.
        Some(Result::Response(response))
            if response.value.is_empty()
                && response.type_url.is_empty()
                && (accepts_missing || response_type == EMPTY) =>
        {
            Ok(Res::default())
        }
        Some(Result::Response(response)) => payload::unpack(response_type, response).map_err(Kind::Payload),
        Some(Result::Error(error)) => Err(match Code::from_i32(error.code) {
            Code::Ok => Kind::Malformed("it has ended with an error whose code is OK"),
            Code::Cancelled => Kind::Cancelled(error.into()),
            _ => Kind::Failed(error.into()),
        }),
        None => Err(Kind::Malformed("it has ended, but with neither a response nor an error")),
    }
}
