//! Operation mappings, with every name in them resolved.

mod fields;
mod list;
mod resolver;
mod rpcs;

use std::collections::HashMap;

use super::field::Step;
use super::index::TypeIndex;
use super::join;
use crate::diagnostics::report::Report;
use crate::input::descriptor::Method;
use crate::input::options::Options;
use crate::input::request::Request;
use crate::operation_mapping::{Name, RpcKind};
use crate::service_config::Settings;
use resolver::Resolver;

/// How the operations of some services are read and asked for.
#[derive(Debug)]
pub(crate) struct Mapping {
    /// The message that methods return for an operation.
    pub(crate) message: String,
    /// Its fields; nothing for `google.longrunning.Operation` itself.
    pub(crate) fields: Option<Fields>,
    pub(crate) rpcs: Vec<Rpc>,
    pub(crate) list: Option<List>,
    services: Vec<String>,
    response_type: Option<Name>,
    metadata_type: Option<Name>,
    annotation: Option<Annotation>,
}

/// Where an operation has what everybody's have.
#[derive(Debug)]
pub(crate) struct Fields {
    pub(crate) name: Step,
    pub(crate) done: Done,
    pub(crate) metadata: Option<Payload>,
    pub(crate) error: Option<Step>,
    pub(crate) response: Option<Payload>,
}

/// Where an operation has its metadata or response.
#[derive(Debug)]
pub(crate) enum Payload {
    /// In a field.
    Field(Step),
    /// It is that itself.
    Operation,
}

/// What says that an operation is done.
#[derive(Debug)]
pub(crate) enum Done {
    /// A field that is true.
    Flag(Step),
    /// A field that is there.
    Presence(Step),
    /// A field with one of these values of an enum.
    Values(Step, Vec<i32>),
}

/// An RPC about operations.
#[derive(Debug)]
pub(crate) struct Rpc {
    pub(crate) kind: RpcKind,
    /// `/package.Service/Method`.
    pub(crate) path: String,
    /// The full name of its request.
    pub(crate) request: String,
    pub(crate) name: Step,
    pub(crate) timeout: Option<Step>,
}

/// The RPC that lists operations.
#[derive(Debug)]
pub(crate) struct List {
    /// `/package.Service/Method`.
    pub(crate) path: String,
    /// The full names of its request and response.
    pub(crate) request: String,
    pub(crate) response: String,
    pub(crate) parent: Option<Step>,
    pub(crate) filter: Option<Step>,
    pub(crate) page_size: Option<Step>,
    pub(crate) page_token: Option<Step>,
    /// The repeated field of the response.
    pub(crate) operations: String,
    pub(crate) next_page_token: Option<Step>,
}

/// The numbers of an option and its fields.
#[derive(Debug)]
struct Annotation {
    extension: u32,
    response: Option<u32>,
    metadata: Option<u32>,
}

impl Mapping {
    /// Whether methods of a service that return this message are meant.
    fn is_for(&self, service: &str, message: &str) -> bool {
        let is_meant = |name: &String| {
            service.strip_prefix(name.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.message == message && (self.services.is_empty() || self.services.iter().any(is_meant))
    }

    /// The names of the response and of the metadata that a method's own option gives; empty where it gives none.
    pub(super) fn annotated(&self, method: &Method) -> Option<(String, String)> {
        let annotation = self.annotation.as_ref()?;
        let option = method.option(annotation.extension)?;
        let text =
            |number: Option<u32>| number.and_then(|number| Options(&option).text(number)).unwrap_or_default();
        Some((text(annotation.response), text(annotation.metadata)))
    }

    /// The name of the response that operations hold where nothing says so for their method, and whether all of them do.
    pub(super) fn response_type(&self) -> Option<(&Name, bool)> {
        let payload = self.fields.as_ref().and_then(|fields| fields.response.as_ref());
        self.response_type.as_ref().map(|name| (name, matches!(payload, Some(Payload::Operation))))
    }

    /// Likewise of the metadata.
    pub(super) fn metadata_type(&self) -> Option<(&Name, bool)> {
        let payload = self.fields.as_ref().and_then(|fields| fields.metadata.as_ref());
        self.metadata_type.as_ref().map(|name| (name, matches!(payload, Some(Payload::Operation))))
    }

    /// The number of the option that says what operations hold.
    pub(super) fn extension(&self) -> Option<u32> {
        self.annotation.as_ref().map(|annotation| annotation.extension)
    }
}

/// The mappings of a run.
#[derive(Debug)]
pub(crate) struct Mappings(Vec<Mapping>);

impl Mappings {
    /// Resolves all mappings. One that is not sound is reported and left out.
    pub(super) fn resolve(
        settings: &Settings,
        request: &Request,
        types: &TypeIndex,
        report: &mut Report,
    ) -> Self {
        let mut methods = None;
        let mut all = Vec::new();
        for mapping in settings.operation_mappings() {
            let methods = methods.get_or_insert_with(|| methods_of(request));
            let mut resolver = Resolver { request, types, methods, report, is_sound: true };
            let sound = resolver.mapping(mapping).filter(|_| resolver.is_sound);
            all.extend(sound);
        }
        Self(all)
    }

    pub(crate) fn get(&self, index: usize) -> &Mapping {
        &self.0[index]
    }

    /// Whether a method is about operations that there are already.
    pub(super) fn is_about_operations(&self, service: &str, method: &str) -> bool {
        let path = format!("/{service}/{method}");
        self.0.iter().any(|mapping| mapping.rpcs.iter().any(|rpc| rpc.path == path))
    }

    /// The first mapping for methods of a service that return this message.
    pub(super) fn find(&self, service: &str, message: &str) -> Option<usize> {
        self.0.iter().position(|mapping| mapping.is_for(service, message))
    }
}

/// The request and response types of all methods by full name, and whether they stream.
type Methods<'a> = HashMap<String, &'a Method>;

fn methods_of(request: &Request) -> Methods<'_> {
    let services =
        request.files.iter().flat_map(|file| file.service.iter().map(move |service| (file, service)));
    services
        .flat_map(|(file, service)| {
            let service_name = join(&file.package, &service.name);
            service.method.iter().map(move |method| (join(&service_name, &method.name), method))
        })
        .collect()
}
