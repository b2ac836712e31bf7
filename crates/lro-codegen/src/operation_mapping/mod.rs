//! Operation mappings: how the operations of an API's own kind are read and asked for.
//!
//! A build script says so with calls, a file under the keys of the same names; the reader of files fills in what is here.

mod annotation;
mod name;
mod rpc;

pub use self::annotation::AnnotationMapping;
pub(crate) use self::name::Name;
pub use self::rpc::{ListMapping, RpcMapping};

use self::name::call;

/// How the operations of some services are read and asked for, where they are no `google.longrunning.Operation`.
///
/// ```
/// use lro_codegen::{AnnotationMapping, OperationMapping, RpcMapping};
///
/// let jobs = OperationMapping::new("acme.jobs.v1.Job")
///     .name_field("id")
///     .done_field("finished")
///     .annotation(AnnotationMapping::new("acme.jobs.v1.job").response_field("result"))
///     .get(RpcMapping::new("acme.jobs.v1.Jobs.GetJob").name_field("job_id"));
/// # let mut config = lro_codegen::Config::default();
/// config.operation_mappings.push(jobs);
/// ```
///
/// The same can be written in a file:
///
#[doc = include_str!("../../MAPPINGS.md")]
#[derive(Debug, Clone)]
#[must_use = "a mapping says nothing before it is given to a configuration"]
pub struct OperationMapping {
    pub(crate) message: Name,
    /// The services whose methods are meant, or packages of services; all of them if there are none.
    pub(crate) services: Vec<Name>,
    pub(crate) fields: FieldNames,
    /// What the operations of methods hold whose protos do not say so.
    pub(crate) response_type: Option<Name>,
    pub(crate) metadata_type: Option<Name>,
    pub(crate) annotation: Option<AnnotationMapping>,
    pub(crate) rpcs: Vec<(RpcKind, RpcMapping)>,
    pub(crate) list: Option<ListMapping>,
}

/// The fields of the message. One that is not given is called as in `google.longrunning.Operation`, if it is there.
#[derive(Debug, Clone, Default)]
pub(crate) struct FieldNames {
    pub(crate) name: Option<Name>,
    pub(crate) done: Option<DoneNames>,
    pub(crate) metadata: Option<Name>,
    pub(crate) error: Option<Name>,
    pub(crate) response: Option<Name>,
}

/// The field that says whether an operation is done.
#[derive(Debug, Clone)]
pub(crate) struct DoneNames {
    pub(crate) field: Name,
    /// The values of an enum that say so; none for a field of another kind.
    pub(crate) values: Vec<Name>,
}

/// What an RPC about operations does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RpcKind {
    Get,
    Wait,
    Cancel,
    Delete,
    Watch,
}

impl OperationMapping {
    /// A mapping of a message, by its full name, that methods return for an operation, one or a stream of them.
    pub fn new(message: impl Into<String>) -> Self {
        Self::of(Name::said("OperationMapping", "new", message))
    }

    pub(crate) fn of(message: Name) -> Self {
        Self {
            message,
            services: Vec::new(),
            fields: FieldNames::default(),
            response_type: None,
            metadata_type: None,
            annotation: None,
            rpcs: Vec::new(),
            list: None,
        }
    }

    /// Maps the methods of a service alone, or of the services of a package, by its full name. Can be called for several.
    pub fn service(mut self, name: impl Into<String>) -> Self {
        let name = self.said("service", name);
        self.services.push(name);
        self
    }

    /// The field with the operation's name, a text; `name` unless set.
    pub fn name_field(mut self, field: impl Into<String>) -> Self {
        self.fields.name = Some(self.said("name_field", field));
        self
    }

    /// The field that says whether the operation is done: a bool, or a message that is there once it is; `done` unless set.
    pub fn done_field(mut self, field: impl Into<String>) -> Self {
        self.fields.done = Some(DoneNames { field: self.said("done_field", field), values: Vec::new() });
        self
    }

    /// The same where it is an enum: by the names of the values that it has when the operation is done.
    pub fn done_values<V: Into<String>>(
        mut self,
        field: impl Into<String>,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        let values = values.into_iter().map(|value| self.said("done_values", value)).collect();
        self.fields.done = Some(DoneNames { field: self.said("done_values", field), values });
        self
    }

    /// The field with the metadata, a `google.protobuf.Any`; `metadata` unless set, if that is there.
    pub fn metadata_field(mut self, field: impl Into<String>) -> Self {
        self.fields.metadata = Some(self.said("metadata_field", field));
        self
    }

    /// The field with the error, a `google.rpc.Status`; `error` unless set, if that is there. An error whose code is OK is none.
    pub fn error_field(mut self, field: impl Into<String>) -> Self {
        self.fields.error = Some(self.said("error_field", field));
        self
    }

    /// The field with the response, a `google.protobuf.Any`; `response` unless set, if that is there.
    pub fn response_field(mut self, field: impl Into<String>) -> Self {
        self.fields.response = Some(self.said("response_field", field));
        self
    }

    /// The message that operations hold when they are done, where nothing says so for a method by itself.
    ///
    /// If it is the mapped message, operations are their own responses.
    pub fn response_type(mut self, name: impl Into<String>) -> Self {
        self.response_type = Some(self.said("response_type", name));
        self
    }

    /// The message that says how far an operation is, where nothing says so for a method by itself.
    ///
    /// If it is the mapped message, operations are their own metadata.
    pub fn metadata_type(mut self, name: impl Into<String>) -> Self {
        self.metadata_type = Some(self.said("metadata_type", name));
        self
    }

    /// The option of methods that says what their operations hold.
    pub fn annotation(mut self, annotation: AnnotationMapping) -> Self {
        self.annotation = Some(annotation);
        self
    }

    /// The RPC that answers with the operation as it is.
    pub fn get(self, rpc: RpcMapping) -> Self {
        self.with_rpc(RpcKind::Get, rpc)
    }

    /// The RPC that answers when the operation is done.
    pub fn wait(self, rpc: RpcMapping) -> Self {
        self.with_rpc(RpcKind::Wait, rpc)
    }

    /// The RPC that answers with a stream of the operation's states. Clients prefer it to those of `get` and `wait`.
    pub fn watch(self, rpc: RpcMapping) -> Self {
        self.with_rpc(RpcKind::Watch, rpc)
    }

    /// The RPC that asks for the operation to be cancelled. What it answers is not looked at.
    pub fn cancel(self, rpc: RpcMapping) -> Self {
        self.with_rpc(RpcKind::Cancel, rpc)
    }

    /// The RPC that has the operation forgotten. What it answers is not looked at.
    pub fn delete(self, rpc: RpcMapping) -> Self {
        self.with_rpc(RpcKind::Delete, rpc)
    }

    /// The RPC that lists operations.
    pub fn list(mut self, rpc: ListMapping) -> Self {
        self.list = Some(rpc);
        self
    }

    fn with_rpc(mut self, kind: RpcKind, rpc: RpcMapping) -> Self {
        self.rpcs.retain(|(other, _)| *other != kind);
        self.rpcs.push((kind, rpc));
        self
    }

    fn said(&self, method: &str, text: impl Into<String>) -> Name {
        Name::said(&call("OperationMapping", "new", &self.message.text), method, text)
    }
}
