//! Operation mappings, with every name in them resolved.

mod fields;
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
use crate::service_config::{RpcKind, Settings};
use resolver::Resolver;

/// How the operations of some services are read and asked for.
#[derive(Debug)]
pub(crate) struct Mapping {
    /// The message that methods return for an operation.
    pub(crate) message: String,
    /// Its fields; nothing for `google.longrunning.Operation` itself.
    pub(crate) fields: Option<Fields>,
    pub(crate) rpcs: Vec<Rpc>,
    services: Vec<String>,
    annotation: Option<Annotation>,
}

/// Where an operation has what everybody's have.
#[derive(Debug)]
pub(crate) struct Fields {
    pub(crate) name: Step,
    pub(crate) done: Done,
    pub(crate) metadata: Option<Step>,
    pub(crate) error: Option<Step>,
    pub(crate) response: Option<Step>,
}

/// What says that an operation is done.
#[derive(Debug)]
pub(crate) enum Done {
    /// A field that is true.
    Flag(Step),
    /// A field that is there.
    Presence(Step),
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
        self.message == message
            && (self.services.is_empty() || self.services.iter().any(|name| name == service))
    }

    /// The names of the response and of the metadata that a method's own option gives; empty where it gives none.
    pub(super) fn annotated(&self, method: &Method) -> Option<(String, String)> {
        let annotation = self.annotation.as_ref()?;
        let option = method.option(annotation.extension)?;
        let text =
            |number: Option<u32>| number.and_then(|number| Options(&option).text(number)).unwrap_or_default();
        Some((text(annotation.response), text(annotation.metadata)))
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
