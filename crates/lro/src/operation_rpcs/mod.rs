//! Which RPCs tell of operations.

mod list;

use std::fmt;

use prost::bytes::Bytes;
use prost::{DecodeError, Message};

use prost_types::Any;

use crate::google::longrunning::{self, Operation, operation};
use crate::google::rpc;
use crate::payload;

pub(crate) use self::list::ListRpc;
pub use self::list::{OperationPage, OperationQuery};

/// The RPCs by which a client asks about operations, and how it reads their answers.
///
/// Operations of a [`Method`](crate::Method) are asked for by [`google.longrunning.Operations`](Self::GOOGLE) unless the
/// method says otherwise ([`Method::with_rpcs`](crate::Method::with_rpcs)). APIs that were made before that service, or
/// without it, have a message and RPCs of their own:
///
/// ```
/// use lro::OperationRpcs;
/// use lro::google::longrunning::{Operation, operation};
/// use prost::Message;
/// # #[derive(Clone, PartialEq, Message)]
/// # struct Job { #[prost(string, tag = "1")] id: String, #[prost(bool, tag = "2")] done: bool, #[prost(message, tag = "3")] result: Option<lro::Any> }
/// # #[derive(Clone, PartialEq, Message)]
/// # struct GetJobRequest { #[prost(string, tag = "1")] job_id: String }
///
/// const JOBS: OperationRpcs = OperationRpcs::new(|bytes| {
///     let job = Job::decode(bytes)?;
///     let result = job.result.map(operation::Result::Response);
///     Ok(Operation { name: job.id, metadata: None, done: job.done, result })
/// })
/// .with_get("/acme.jobs.v1.Jobs/GetJob", |id| GetJobRequest { job_id: id }.encode_to_vec());
/// # let _ = JOBS;
/// ```
///
/// The generator writes such constants from a description of the API's operations.
#[derive(Clone, Copy)]
#[cfg_attr(not(feature = "client"), expect(dead_code, reason = "only clients call RPCs"))]
pub struct OperationRpcs {
    read: fn(Bytes) -> Result<Operation, DecodeError>,
    get: Option<OperationRpc>,
    wait: Option<WaitRpc>,
    cancel: Option<OperationRpc>,
    delete: Option<OperationRpc>,
    watch: Option<OperationRpc>,
    list: Option<ListRpc>,
}

/// An RPC whose request has the name of an operation.
#[derive(Clone, Copy)]
#[cfg_attr(not(feature = "client"), expect(dead_code, reason = "only clients call RPCs"))]
pub(crate) struct OperationRpc {
    pub(crate) path: &'static str,
    pub(crate) request: fn(String) -> Vec<u8>,
}

/// One whose request has a time to wait as well.
#[derive(Clone, Copy)]
#[cfg_attr(not(feature = "client"), expect(dead_code, reason = "only clients call RPCs"))]
pub(crate) struct WaitRpc {
    pub(crate) path: &'static str,
    pub(crate) request: fn(String, Option<prost_types::Duration>) -> Vec<u8>,
}

impl OperationRpcs {
    /// The service `google.longrunning.Operations`.
    pub const GOOGLE: Self = Self::new(Operation::decode)
        .with_get("/google.longrunning.Operations/GetOperation", |name| {
            longrunning::GetOperationRequest { name }.encode_to_vec()
        })
        .with_wait("/google.longrunning.Operations/WaitOperation", |name, timeout| {
            longrunning::WaitOperationRequest { name, timeout }.encode_to_vec()
        })
        .with_cancel("/google.longrunning.Operations/CancelOperation", |name| {
            longrunning::CancelOperationRequest { name }.encode_to_vec()
        })
        .with_delete("/google.longrunning.Operations/DeleteOperation", |name| {
            longrunning::DeleteOperationRequest { name }.encode_to_vec()
        })
        .with_list(list::GOOGLE.path, list::GOOGLE.request, list::GOOGLE.read);

    /// No RPC yet. `read` decodes the message by which methods and RPCs answer with an operation.
    pub const fn new(read: fn(Bytes) -> Result<Operation, DecodeError>) -> Self {
        Self { read, get: None, wait: None, cancel: None, delete: None, watch: None, list: None }
    }

    /// The RPC that answers with an operation as it is. `request` encodes its request, given the operation's name.
    #[must_use]
    pub const fn with_get(mut self, path: &'static str, request: fn(String) -> Vec<u8>) -> Self {
        self.get = Some(OperationRpc { path, request });
        self
    }

    /// The RPC that answers when an operation is done, or when the time is over for which the request asks.
    #[must_use]
    pub const fn with_wait(
        mut self,
        path: &'static str,
        request: fn(String, Option<prost_types::Duration>) -> Vec<u8>,
    ) -> Self {
        self.wait = Some(WaitRpc { path, request });
        self
    }

    /// The RPC that asks for an operation to be cancelled. Its answer is not looked at.
    #[must_use]
    pub const fn with_cancel(mut self, path: &'static str, request: fn(String) -> Vec<u8>) -> Self {
        self.cancel = Some(OperationRpc { path, request });
        self
    }

    /// The RPC that has an operation forgotten. Its answer is not looked at.
    #[must_use]
    pub const fn with_delete(mut self, path: &'static str, request: fn(String) -> Vec<u8>) -> Self {
        self.delete = Some(OperationRpc { path, request });
        self
    }

    /// The RPC that answers with a stream of an operation's states, the last of which is its end.
    #[must_use]
    pub const fn with_watch(mut self, path: &'static str, request: fn(String) -> Vec<u8>) -> Self {
        self.watch = Some(OperationRpc { path, request });
        self
    }
}

#[cfg(feature = "client")]
impl OperationRpcs {
    pub(crate) fn read(&self, answer: Bytes) -> Result<Operation, DecodeError> {
        (self.read)(answer)
    }

    pub(crate) const fn get(&self) -> Option<OperationRpc> {
        self.get
    }

    pub(crate) const fn wait(&self) -> Option<WaitRpc> {
        self.wait
    }

    pub(crate) const fn cancel(&self) -> Option<OperationRpc> {
        self.cancel
    }

    pub(crate) const fn delete(&self) -> Option<OperationRpc> {
        self.delete
    }

    pub(crate) const fn watch(&self) -> Option<OperationRpc> {
        self.watch
    }

    pub(crate) const fn list(&self) -> Option<ListRpc> {
        self.list
    }
}

impl fmt::Debug for OperationRpcs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OperationRpcs")
            .field("get", &self.get.map(|rpc| rpc.path))
            .field("wait", &self.wait.map(|rpc| rpc.path))
            .field("cancel", &self.cancel.map(|rpc| rpc.path))
            .field("delete", &self.delete.map(|rpc| rpc.path))
            .field("watch", &self.watch.map(|rpc| rpc.path))
            .field("list", &self.list.map(|rpc| rpc.path))
            .finish_non_exhaustive()
    }
}

/// An operation of another kind as everybody's, for generated code. `error` is a code, a message and details.
///
/// An error counts if its code is not OK. What is done with neither an error nor a response has an empty one.
pub fn operation_message(
    name: String,
    done: bool,
    metadata: Option<Any>,
    error: Option<(i32, String, Vec<Any>)>,
    response: Option<Any>,
) -> Operation {
    let error = error.filter(|(code, ..)| *code != 0);
    let result = done.then(|| match error {
        Some((code, message, details)) => operation::Result::Error(rpc::Status { code, message, details }),
        None => operation::Result::Response(
            response.unwrap_or_else(|| payload::pack("google.protobuf.Empty", &())),
        ),
    });
    Operation { name, metadata, done, result }
}

/// A payload of any type that has its two parts, for generated code: an API may have an `Any` of its own.
pub fn any_of(type_url: &str, value: &[u8]) -> Any {
    Any { type_url: type_url.to_owned(), value: value.to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_has_an_error_or_a_response_and_what_is_not_has_neither() {
        let any = payload::pack("test.Done", &());
        let error = |code| Some((code, "no".to_owned(), vec![]));
        let result =
            |done, error, response| operation_message(String::new(), done, None, error, response).result;
        assert_eq!(result(false, error(5), Some(any.clone())), None);
        assert!(
            matches!(result(true, error(5), None), Some(operation::Result::Error(status)) if status.code == 5)
        );
        assert_eq!(result(true, error(0), Some(any.clone())), Some(operation::Result::Response(any)));
        let empty = payload::pack("google.protobuf.Empty", &());
        assert_eq!(result(true, None, None), Some(operation::Result::Response(empty)));
    }
}
