//! Which RPC lists operations.

use prost::bytes::Bytes;
use prost::{DecodeError, Message as _};

use super::OperationRpcs;
use crate::google::longrunning::{ListOperationsRequest, ListOperationsResponse, Operation};

/// The RPC that answers with a page of operations.
#[derive(Clone, Copy)]
pub(crate) struct ListRpc {
    pub(crate) path: &'static str,
    pub(crate) request: fn(&mut OperationQuery) -> Vec<u8>,
    pub(crate) read: fn(Bytes) -> Result<OperationPage, DecodeError>,
}

/// What is asked of an RPC that lists operations.
///
/// Who makes a request of it takes the texts that the request has fields for, with [`std::mem::take`]: what is left tells that the API
/// cannot be asked for that.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OperationQuery {
    /// The resource whose operations are listed; empty for all of them.
    pub parent: String,
    /// Which of them to list, as the API understands it; empty for all of them.
    pub filter: String,
    /// How many to answer with at most; 0 leaves that to the server.
    pub page_size: i32,
    /// Where to go on, as the page before this one says; empty for the first page.
    pub page_token: String,
}

/// Some of the operations of a list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OperationPage {
    /// The operations, in the order of the server.
    pub operations: Vec<Operation>,
    /// Where the next page begins; empty if this is the last.
    pub next_page_token: String,
}

/// What `google.longrunning.Operations` is asked, and how its answers are read.
pub(super) const GOOGLE: ListRpc = ListRpc {
    path: "/google.longrunning.Operations/ListOperations",
    request: |query| {
        let OperationQuery { parent, filter, page_size, page_token } = std::mem::take(query);
        let request =
            ListOperationsRequest { name: parent, filter, page_size, page_token, ..Default::default() };
        request.encode_to_vec()
    },
    read: |bytes| {
        let ListOperationsResponse { operations, next_page_token, .. } =
            ListOperationsResponse::decode(bytes)?;
        Ok(OperationPage { operations, next_page_token })
    },
};

impl OperationRpcs {
    /// The RPC that lists operations, page by page (AIP-158). `request` encodes a request for one page, and takes out of the query
    /// what it has used; `read` decodes a page.
    #[must_use]
    pub const fn with_list(
        mut self,
        path: &'static str,
        request: fn(&mut OperationQuery) -> Vec<u8>,
        read: fn(Bytes) -> Result<OperationPage, DecodeError>,
    ) -> Self {
        self.list = Some(ListRpc { path, request, read });
        self
    }
}
