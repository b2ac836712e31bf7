//! The RPCs about operations.

use super::Name;
use super::name::call;

/// An RPC about one operation. Part of an [`OperationMapping`](super::OperationMapping).
#[derive(Debug, Clone)]
#[must_use = "it says nothing before it is given to a mapping"]
pub struct RpcMapping {
    /// The full name of the method.
    pub(crate) method: Name,
    pub(crate) name: Option<Name>,
    pub(crate) timeout: Option<Name>,
}

impl RpcMapping {
    /// A method by its full name, such as `acme.jobs.v1.Jobs.GetJob`.
    pub fn new(method: impl Into<String>) -> Self {
        Self::of(Name::said("RpcMapping", "new", method))
    }

    pub(crate) fn of(method: Name) -> Self {
        Self { method, name: None, timeout: None }
    }

    /// The field of its request that has the operation's name; `name` unless set.
    pub fn name_field(mut self, field: impl Into<String>) -> Self {
        self.name = Some(self.said("name_field", field));
        self
    }

    /// The field of its request that has the time to wait, a `google.protobuf.Duration`; `timeout` unless set, if that is there.
    /// Only for one that waits.
    pub fn timeout_field(mut self, field: impl Into<String>) -> Self {
        self.timeout = Some(self.said("timeout_field", field));
        self
    }

    fn said(&self, method: &str, text: impl Into<String>) -> Name {
        Name::said(&call("RpcMapping", "new", &self.method.text), method, text)
    }
}

/// An RPC that lists operations, page by page. Part of an [`OperationMapping`](super::OperationMapping).
#[derive(Debug, Clone)]
#[must_use = "it says nothing before it is given to a mapping"]
pub struct ListMapping {
    /// The full name of the method.
    pub(crate) method: Name,
    pub(crate) parent: Option<Name>,
    pub(crate) filter: Option<Name>,
    pub(crate) page_size: Option<Name>,
    pub(crate) page_token: Option<Name>,
    pub(crate) operations: Option<Name>,
    pub(crate) next_page_token: Option<Name>,
}

impl ListMapping {
    /// A method by its full name, such as `acme.jobs.v1.Jobs.ListJobs`.
    pub fn new(method: impl Into<String>) -> Self {
        Self::of(Name::said("ListMapping", "new", method))
    }

    pub(crate) fn of(method: Name) -> Self {
        Self {
            method,
            parent: None,
            filter: None,
            page_size: None,
            page_token: None,
            operations: None,
            next_page_token: None,
        }
    }

    /// The field of its request that names the resource whose operations are listed, a text; `parent` or `name` unless set, if one is there.
    pub fn parent_field(mut self, field: impl Into<String>) -> Self {
        self.parent = Some(self.said("parent_field", field));
        self
    }

    /// The field of its request that says which operations to list, a text; `filter` unless set, if that is there.
    pub fn filter_field(mut self, field: impl Into<String>) -> Self {
        self.filter = Some(self.said("filter_field", field));
        self
    }

    /// The field of its request that limits the operations of a page, a whole number; `page_size` unless set, if that is there.
    pub fn page_size_field(mut self, field: impl Into<String>) -> Self {
        self.page_size = Some(self.said("page_size_field", field));
        self
    }

    /// The field of its request that says where to go on, a text; `page_token` unless set, if that is there.
    pub fn page_token_field(mut self, field: impl Into<String>) -> Self {
        self.page_token = Some(self.said("page_token_field", field));
        self
    }

    /// The field of its response that has the operations; the one of their type unless set.
    pub fn operations_field(mut self, field: impl Into<String>) -> Self {
        self.operations = Some(self.said("operations_field", field));
        self
    }

    /// The field of its response that says where the next page begins, a text; `next_page_token` unless set, if that is there.
    pub fn next_page_token_field(mut self, field: impl Into<String>) -> Self {
        self.next_page_token = Some(self.said("next_page_token_field", field));
        self
    }

    fn said(&self, method: &str, text: impl Into<String>) -> Name {
        Name::said(&call("ListMapping", "new", &self.method.text), method, text)
    }
}
