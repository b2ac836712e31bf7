//! Package google.longrunning.

use prost::Message;
use prost_types::{Any, Duration};

use super::rpc::Status;

/// An operation. `error` and `response` are fields of their own and no oneof, so that a server which sends both is seen.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Operation {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(message, optional, tag = "2")]
    pub(crate) metadata: Option<Any>,
    #[prost(bool, tag = "3")]
    pub(crate) done: bool,
    #[prost(message, optional, tag = "4")]
    pub(crate) error: Option<Status>,
    #[prost(message, optional, tag = "5")]
    pub(crate) response: Option<Any>,
}

/// The requests of `GetOperation`, `CancelOperation` and `DeleteOperation`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct NameRequest {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct WaitOperationRequest {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(message, optional, tag = "2")]
    pub(crate) timeout: Option<Duration>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct ListOperationsRequest {
    #[prost(string, tag = "1")]
    pub(crate) filter: String,
    #[prost(int32, tag = "2")]
    pub(crate) page_size: i32,
    #[prost(string, tag = "3")]
    pub(crate) page_token: String,
    #[prost(string, tag = "4")]
    pub(crate) name: String,
    #[prost(bool, tag = "5")]
    pub(crate) return_partial_success: bool,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct ListOperationsResponse {
    #[prost(message, repeated, tag = "1")]
    pub(crate) operations: Vec<Operation>,
    #[prost(string, tag = "2")]
    pub(crate) next_page_token: String,
}

/// The options of a method, of which only `google.longrunning.operation_info` is read.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct MethodOptions {
    #[prost(message, optional, tag = "1049")]
    pub(crate) operation_info: Option<OperationInfo>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct OperationInfo {
    #[prost(string, tag = "1")]
    pub(crate) response_type: String,
    #[prost(string, tag = "2")]
    pub(crate) metadata_type: String,
}
