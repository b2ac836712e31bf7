//! The error of an operation as the error of a call.

use prost::Message as _;
use tonic::{Code, Status};

use super::rpc;

/// The details are the whole message, encoded, as they are in the header `grpc-status-details-bin`.
impl From<rpc::Status> for Status {
    fn from(error: rpc::Status) -> Self {
        let details = error.encode_to_vec().into();
        Self::with_details(Code::from_i32(error.code), error.message, details)
    }
}
