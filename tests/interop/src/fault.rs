//! What a server can do wrong.

use std::fmt;

use bytes::Bytes;
use lro::google::longrunning::operation;
use lro::google::longrunning::{
    ListOperationsRequest, ListOperationsResponse, Operation, WaitOperationRequest,
};
use tonic::Code;

use crate::check::Check;

/// One thing that a server does wrong. There is one for each check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    NoReflection,
    NameOutsideParent,
    OtherCode,
    NoMetadata,
    EmptyResponse,
    NoDetails,
    NoCancel,
    NoDelete,
    OnePage,
    NoFilter,
    NoWait,
}

/// What comes before the method in the path of an RPC about operations.
const OPERATIONS: &str = "/google.longrunning.Operations/";
const IMPORT_BOOKS: &str = "/example.library.v1.LibraryService/ImportBooks";

impl Fault {
    pub(crate) const ALL: [Self; 11] = [
        Self::NoReflection,
        Self::NameOutsideParent,
        Self::OtherCode,
        Self::NoMetadata,
        Self::EmptyResponse,
        Self::NoDetails,
        Self::NoCancel,
        Self::NoDelete,
        Self::OnePage,
        Self::NoFilter,
        Self::NoWait,
    ];

    /// The check that must notice.
    pub(crate) const fn check(self) -> Check {
        match self {
            Self::NoReflection => Check::Reflect,
            Self::NameOutsideParent => Check::Start,
            Self::OtherCode => Check::Refuse,
            Self::NoMetadata => Check::Metadata,
            Self::EmptyResponse => Check::Result,
            Self::NoDetails => Check::Failure,
            Self::NoCancel => Check::Cancel,
            Self::NoDelete => Check::Delete,
            Self::OnePage => Check::List,
            Self::NoFilter => Check::Filter,
            Self::NoWait => Check::Wait,
        }
    }

    /// What an RPC is answered with, without asking the server: OK is an empty message.
    pub(crate) fn answer(self, path: &str) -> Option<Code> {
        match self {
            Self::NoReflection => path.starts_with("/grpc.reflection.").then_some(Code::Unimplemented),
            Self::NoCancel => (method(path) == Some("CancelOperation")).then_some(Code::Ok),
            Self::NoDelete => (method(path) == Some("DeleteOperation")).then_some(Code::Ok),
            _ => None,
        }
    }

    /// The status that an error of this RPC gets.
    pub(crate) fn status(self, path: &str) -> Option<Code> {
        (self == Self::OtherCode && path == IMPORT_BOOKS).then_some(Code::Internal)
    }

    /// What the server gets to see of a request; nothing if it is that itself.
    pub(crate) fn request(self, path: &str, message: &Bytes) -> Option<Vec<u8>> {
        match (self, method(path)?) {
            (Self::NoFilter, "ListOperations") => change(message, |request: &mut ListOperationsRequest| {
                request.filter.clear();
            }),
            (Self::NoWait, "WaitOperation") => change(message, |request: &mut WaitOperationRequest| {
                request.timeout = Some(prost_types::Duration { seconds: 0, nanos: 1_000 });
            }),
            _ => None,
        }
    }

    /// What the client gets to see of a response; nothing if it is that itself.
    pub(crate) fn response(self, path: &str, message: &Bytes) -> Option<Vec<u8>> {
        match self {
            Self::NameOutsideParent if path == IMPORT_BOOKS => {
                change(message, |operation: &mut Operation| operation.name.insert_str(0, "rooms/"))
            }
            Self::OnePage if method(path) == Some("ListOperations") => {
                change(message, |list: &mut ListOperationsResponse| list.next_page_token.clear())
            }
            Self::NoMetadata | Self::EmptyResponse | Self::NoDetails
                if method(path) == Some("GetOperation") =>
            {
                change(message, |operation: &mut Operation| self.lose(operation))
            }
            _ => None,
        }
    }

    /// Leaves out what it is about.
    fn lose(self, operation: &mut Operation) {
        match (self, &mut operation.result) {
            (Self::NoMetadata, _) => operation.metadata = None,
            (Self::EmptyResponse, Some(operation::Result::Response(response))) => response.value.clear(),
            (Self::NoDetails, Some(operation::Result::Error(error))) => error.details.clear(),
            _ => {}
        }
    }
}

/// The method of an RPC about operations.
fn method(path: &str) -> Option<&str> {
    path.strip_prefix(OPERATIONS)
}

/// A message after a change; nothing if it is another message.
fn change<M: prost::Message + Default>(message: &Bytes, change: impl FnOnce(&mut M)) -> Option<Vec<u8>> {
    let mut message = M::decode(message.clone()).ok()?;
    change(&mut message);
    Some(message.encode_to_vec())
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoReflection => "the server does not describe itself",
            Self::NameOutsideParent => "operations have names that do not begin with their parent",
            Self::OtherCode => "a request that is refused ends with INTERNAL",
            Self::NoMetadata => "GetOperation answers without metadata",
            Self::EmptyResponse => "the response is empty",
            Self::NoDetails => "the error has no details",
            Self::NoCancel => "CancelOperation does nothing",
            Self::NoDelete => "DeleteOperation does nothing",
            Self::OnePage => "no list has a second page",
            Self::NoFilter => "filters are ignored",
            Self::NoWait => "WaitOperation does not wait",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_check_has_a_fault_that_it_must_notice() {
        assert_eq!(Fault::ALL.map(Fault::check), Check::ALL);
    }
}
