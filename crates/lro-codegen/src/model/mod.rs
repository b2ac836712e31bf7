//! What the generator knows about its input once every name is resolved.
//!
//! All questions about the input end here: every problem of it is reported, and where none is an error, the [`Model`] has no
//! dangling names.

mod annotation;
mod build;
mod call;
mod field;
mod index;
mod mapping;
mod operation;
mod option;
mod routing;

pub(crate) use build::build;
pub(crate) use call::{Call, RoutingParameter, Scalar};
pub(crate) use field::{Place, Step};
pub(crate) use index::TypeIndex;
pub(crate) use mapping::{Done, Fields, List, Mapping, Mappings, Payload, Rpc};

use crate::service_config::{AutoPopulatedField, MethodConfig, OperationRule, PollingSettings};

/// The message that everybody's long-running methods return.
pub(crate) const OPERATION: &str = "google.longrunning.Operation";

/// The services of a request, in the order of its files, and the types that it knows.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) services: Vec<Service>,
    pub(crate) types: TypeIndex,
    pub(crate) mappings: Mappings,
}

/// A service, with long-running methods or without.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) file: String,
    pub(crate) package: String,
    /// Its name in the proto, without the package.
    pub(crate) name: String,
    pub(crate) comment: String,
    pub(crate) deprecated: bool,
    pub(crate) location: crate::diagnostics::Location,
    pub(crate) methods: Vec<Method>,
    /// Where its operations are found over HTTP, if a service config says so.
    pub(crate) operation_rules: Vec<OperationRule>,
}

/// A method of a service.
#[derive(Debug)]
pub(crate) struct Method {
    pub(crate) name: String,
    pub(crate) comment: String,
    pub(crate) deprecated: bool,
    pub(crate) location: crate::diagnostics::Location,
    pub(crate) input: String,
    pub(crate) output: String,
    pub(crate) streaming: Streaming,
    /// Whether it returns `google.longrunning.Operation`, annotated or not.
    pub(crate) returns_operation: bool,
    /// Whether it is meant to be long-running and typed: it has the option `operation_info`, sound or not.
    pub(crate) annotated: bool,
    /// What its operations hold, where the proto says so and the method can be generated as a long-running one. Its answer may be a
    /// stream, its request may not.
    pub(crate) operation: Option<OperationTypes>,
    /// How clients wait for its operations, if a service config says so.
    pub(crate) polling: Option<PollingSettings>,
    /// How the calls that start them are made, if a service config of gRPC says so.
    pub(crate) starting: Option<MethodConfig>,
    /// The fields of the request that clients fill in when they are empty, as a service config has them.
    pub(crate) auto_populated_fields: Vec<AutoPopulatedField>,
    /// What clients do to a request before they send it; nothing where the service has no typed client.
    pub(crate) call: Call,
}

impl Method {
    /// What its operations hold, if it returns everybody's: those of an API's own kind are for its clients alone.
    pub(crate) fn served_operation(&self) -> Option<&OperationTypes> {
        self.operation.as_ref().filter(|_| self.returns_operation)
    }
}

/// Which sides of a method send many messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Streaming {
    pub(crate) client: bool,
    pub(crate) server: bool,
}

/// What the operations of a method hold, and how clients ask for them.
#[derive(Debug)]
pub(crate) struct OperationTypes {
    pub(crate) response: TypeRef,
    pub(crate) metadata: TypeRef,
    /// The mapping by which clients read them and ask for them, if they do not do that by `google.longrunning.Operations`.
    pub(crate) mapping: Option<usize>,
}

/// A message by its full name, without the leading dot.
#[derive(Debug, Clone)]
pub(crate) struct TypeRef {
    pub(crate) full_name: String,
    /// The file that defines it, where the file of the service imports it neither directly nor indirectly.
    pub(crate) unimported: Option<String>,
}

impl Service {
    /// The full name, as it stands in the paths of its methods.
    pub(crate) fn full_name(&self) -> String {
        join(&self.package, &self.name)
    }

    /// Whether any method is a typed long-running one that the engine can do.
    pub(crate) fn has_served_operations(&self) -> bool {
        self.methods.iter().any(|method| method.served_operation().is_some())
    }

    /// Whether any method is a typed long-running one.
    pub(crate) fn has_operations(&self) -> bool {
        self.methods.iter().any(|method| method.operation.is_some())
    }
}

/// A name without the package or message that it is in.
pub(crate) fn simple_name(full_name: &str) -> &str {
    full_name.rsplit('.').next().unwrap_or(full_name)
}

/// A name within a package or message; the package may be empty.
pub(crate) fn join(scope: &str, name: &str) -> String {
    if scope.is_empty() { name.to_owned() } else { format!("{scope}.{name}") }
}
