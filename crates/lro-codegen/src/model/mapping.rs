//! Operation mappings, with every name in them resolved.

use std::collections::HashMap;

use super::call::Place;
use super::index::TypeIndex;
use super::routing::place;
use super::{Step, join};
use crate::diagnostics::report::Report;
use crate::diagnostics::suggest::nearest;
use crate::diagnostics::{Diagnostic, Location, Rule, shown};
use crate::input::descriptor::{Extension, Method};
use crate::input::details::{Field, Kind, MessageDetails, Presence};
use crate::input::options::Options;
use crate::input::request::Request;
use crate::service_config::{FieldNames, Name, OperationMapping, RpcKind, RpcNames, Settings};

const ANY: &str = "google.protobuf.Any";
const STATUS: &str = "google.rpc.Status";
const DURATION: &str = "google.protobuf.Duration";

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

struct Resolver<'a, 'r> {
    request: &'a Request,
    types: &'a TypeIndex,
    methods: &'r Methods<'a>,
    report: &'r mut Report,
    is_sound: bool,
}

impl<'a> Resolver<'a, '_> {
    fn mapping(&mut self, mapping: &OperationMapping) -> Option<Mapping> {
        let message = self.message(&mapping.message)?;
        for service in &mapping.services {
            self.check_service(service);
        }
        let is_google = mapping.message.text == super::OPERATION;
        let fields = if is_google { None } else { Some(self.fields(mapping, &message)?) };
        let annotation = mapping.annotation.as_ref().and_then(|names| {
            let extension = self.extension(&names.extension)?;
            let type_name = extension.type_name.trim_start_matches('.').to_owned();
            let Some((_, of)) = self.types.message(self.request, &type_name) else {
                return self.problem(
                    &names.extension.location,
                    format!("the option {} is no message", shown(&names.extension.text)),
                    "name an option that is a message with the names of types".to_owned(),
                );
            };
            let mut number = |name: &Option<Name>, default: &str| match name {
                Some(name) => self.field(&of, &type_name, name, is_text, "is no text").map(Field::number),
                None => of.field(default).filter(|field| is_text(field)).map(Field::number),
            };
            let (response, metadata) =
                (number(&names.response, "response_type"), number(&names.metadata, "metadata_type"));
            if response.is_none() && metadata.is_none() {
                return self.problem(
                    &names.extension.location,
                    format!("nothing says which fields of {type_name} name the types"),
                    "name them under `response` and `metadata`".to_owned(),
                );
            }
            Some(Annotation { extension: u32::try_from(extension.number).ok()?, response, metadata })
        });
        let rpcs = mapping.rpcs.iter().filter_map(|names| self.rpc(names, &mapping.message.text)).collect();
        self.check_readable(mapping);
        let services = mapping.services.iter().map(|service| service.text.clone()).collect();
        Some(Mapping { message: mapping.message.text.clone(), fields, rpcs, services, annotation })
    }

    /// Clients have to learn of an operation's end somehow.
    fn check_readable(&mut self, mapping: &OperationMapping) {
        let reads = |kind| mapping.rpcs.iter().any(|rpc| rpc.kind == kind);
        if mapping.message.text != super::OPERATION && !reads(RpcKind::Get) && !reads(RpcKind::Watch) {
            let message = format!("no RPC of this mapping answers with a {}", mapping.message.text);
            self.problem::<()>(
                &mapping.message.location,
                message,
                "name the method that does under `get`, or one that streams them under `watch`".to_owned(),
            );
        }
    }

    fn message(&mut self, name: &Name) -> Option<MessageDetails<'a>> {
        if let Some((_, message)) = self.types.message(self.request, &name.text) {
            return Some(message);
        }
        let help = match self.types.suggest(&name.text) {
            Some(meant) => format!("did you mean {meant}?"),
            None => "pass the file that defines it to the generator as well".to_owned(),
        };
        self.problem(&name.location, format!("there is no message {}", shown(&name.text)), help)
    }

    fn check_service(&mut self, name: &Name) {
        let is_it = |method: &str| method.rsplit_once('.').is_some_and(|(service, _)| service == name.text);
        if self.methods.keys().any(|method| is_it(method)) {
            return;
        }
        let services = self.methods.keys().filter_map(|method| Some(method.rsplit_once('.')?.0));
        let help = match nearest(&name.text, services) {
            Some(meant) => format!("did you mean {meant}?"),
            None => "remove it, unless another run generates code for it".to_owned(),
        };
        let message = format!("there is no service {} with methods here", shown(&name.text));
        let warning = Diagnostic::warning(Rule::UnknownSelector, message);
        self.report.push(warning.at(name.location.clone()).help(help));
    }

    fn fields(&mut self, mapping: &OperationMapping, message: &MessageDetails<'a>) -> Option<Fields> {
        let FieldNames { name, done, metadata, error, response } = &mapping.fields;
        let of = &mapping.message;
        let name = self.operation_field(of, message, name.as_ref(), "name", is_text, "is no text");
        let is_mark = |field: &Field| matches!(field.kind(), Kind::Bool | Kind::Message(_));
        let marks = "is neither a bool nor a message";
        let done = match (done, error) {
            (None, Some(error)) if message.field("done").is_none() => {
                let message =
                    format!("nothing says which field of {} tells that an operation is done", of.text);
                let help =
                    format!("write `done: {}` if the operation is done once that is there", error.text);
                self.problem(&of.location, message, help)
            }
            (done, _) => self.operation_field(of, message, done.as_ref(), "done", is_mark, marks),
        };
        let done = done.map(|step| {
            let is_flag = message.field(&step.field).is_some_and(|field| field.kind() == Kind::Bool);
            if is_flag { Done::Flag(step) } else { Done::Presence(step) }
        });
        let mut optional = |given: &Option<Name>, default: &'static str, type_name: &'static str| {
            let is_it = |field: &Field| field.kind() == Kind::Message(type_name);
            let what = if type_name == ANY { "is no google.protobuf.Any" } else { "is no google.rpc.Status" };
            if given.is_none() && message.field(default).is_none_or(|field| !is_it(field)) {
                return None;
            }
            self.operation_field(of, message, given.as_ref(), default, is_it, what)
        };
        let (metadata, error, response) = (
            optional(metadata, "metadata", ANY),
            optional(error, "error", STATUS),
            optional(response, "response", ANY),
        );
        Some(Fields { name: name?, done: done?, metadata, error, response })
    }

    /// A field of an operation: the one that is given, or that of its usual name.
    fn operation_field(
        &mut self,
        of: &Name,
        message: &MessageDetails<'a>,
        given: Option<&Name>,
        default: &str,
        is_it: impl Fn(&Field) -> bool,
        what: &str,
    ) -> Option<Step> {
        let usual = Name { text: default.to_owned(), location: of.location.clone() };
        let name = given.unwrap_or(&usual);
        let field = self.field(message, &of.text, name, is_it, what)?;
        self.step(message, &of.text, field, name)
    }

    fn step(
        &mut self,
        message: &MessageDetails<'_>,
        message_name: &str,
        field: &Field,
        name: &Name,
    ) -> Option<Step> {
        match place(message_name, message, field, &field.name) {
            Ok(place) => Some(Step { field: field.name.clone(), place }),
            Err(_) => self.problem(
                &name.location,
                format!("the field {} of {message_name} is repeated", field.name),
                "name a field that is there once".to_owned(),
            ),
        }
    }

    fn field<'m>(
        &mut self,
        message: &'m MessageDetails<'_>,
        message_name: &str,
        name: &Name,
        is_it: impl Fn(&Field) -> bool,
        what: &str,
    ) -> Option<&'m Field> {
        let Some(field) = message.field(&name.text) else {
            let names = message.fields().iter().map(|field| field.name.as_str());
            let help = match nearest(&name.text, names.clone()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("its fields are {}", names.collect::<Vec<_>>().join(", ")),
            };
            return self.problem(
                &name.location,
                format!("{message_name} has no field `{}`", shown(&name.text)),
                help,
            );
        };
        if is_it(field) && message.presence(field) != Presence::Repeated {
            return Some(field);
        }
        self.problem(
            &name.location,
            format!("the field `{}` of {message_name} {what}", field.name),
            "name another one".to_owned(),
        )
    }

    fn extension(&mut self, name: &Name) -> Option<Extension> {
        let mut names = Vec::new();
        for (index, file) in self.request.files.iter().enumerate() {
            for extension in self.request.details(index).extensions() {
                if extension.extendee.trim_start_matches('.') != "google.protobuf.MethodOptions" {
                    continue;
                }
                let full_name = join(&file.package, &extension.name);
                if full_name == name.text {
                    return Some(extension.clone());
                }
                names.push(full_name);
            }
        }
        let help = match nearest(&name.text, names.iter().map(String::as_str)) {
            Some(meant) => format!("did you mean {meant}?"),
            None => {
                "write its full name; the file that declares it has to be among those of the run".to_owned()
            }
        };
        self.problem(&name.location, format!("there is no option {} of methods", shown(&name.text)), help)
    }

    fn rpc(&mut self, names: &RpcNames, operation: &str) -> Option<Rpc> {
        let RpcNames { kind, method: method_name, name, timeout } = names;
        let Some(method) = self.methods.get(&method_name.text) else {
            let help = match nearest(&method_name.text, self.methods.keys().map(String::as_str)) {
                Some(meant) => format!("did you mean {meant}?"),
                None => "write its full name; its file has to be among those of the run".to_owned(),
            };
            let message = format!("there is no method {}", shown(&method_name.text));
            return self.problem(&method_name.location, message, help);
        };
        let returns = method.output_type.trim_start_matches('.');
        let (answers, streams) = match kind {
            RpcKind::Get | RpcKind::Wait => (true, false),
            RpcKind::Watch => (true, true),
            RpcKind::Cancel | RpcKind::Delete => (false, false),
        };
        if method.client_streaming || method.server_streaming != streams || (answers && returns != operation)
        {
            let wanted = match (answers, streams) {
                (true, true) => format!("a stream of {operation}"),
                (true, false) => format!("one {operation}"),
                (false, _) => "one message".to_owned(),
            };
            let message = format!("{} does not answer one request with {wanted}", method_name.text);
            return self.problem(&method_name.location, message, "name another method".to_owned());
        }
        let request = method.input_type.trim_start_matches('.').to_owned();
        let (_, message) = self.types.message(self.request, &request)?;
        let given = |name: &Option<Name>, default: &str| {
            name.clone()
                .unwrap_or_else(|| Name { text: default.to_owned(), location: method_name.location.clone() })
        };
        let field_name = given(name, "name");
        let field = self.field(&message, &request, &field_name, is_text, "is no text")?;
        let name = self.settable(&message, &request, field, &field_name)?;
        let timeout = if *kind == RpcKind::Wait && (timeout.is_some() || message.field("timeout").is_some()) {
            let field_name = given(timeout, "timeout");
            let is_duration = |field: &Field| field.kind() == Kind::Message(DURATION);
            let field =
                self.field(&message, &request, &field_name, is_duration, "is no google.protobuf.Duration")?;
            Some(self.settable(&message, &request, field, &field_name)?)
        } else {
            None
        };
        let (service, rpc) = method_name.text.rsplit_once('.')?;
        Some(Rpc { kind: *kind, path: format!("/{service}/{rpc}"), request, name, timeout })
    }

    /// A field that generated code writes.
    fn settable(
        &mut self,
        message: &MessageDetails<'_>,
        message_name: &str,
        field: &Field,
        name: &Name,
    ) -> Option<Step> {
        let step = self.step(message, message_name, field, name)?;
        if matches!(step.place, Place::Oneof { .. }) {
            return self.problem(
                &name.location,
                format!("the field `{}` of {message_name} is part of a oneof", field.name),
                "name another one".to_owned(),
            );
        }
        Some(step)
    }

    fn problem<T>(&mut self, at: &Location, message: String, help: String) -> Option<T> {
        self.is_sound = false;
        self.report.push(Diagnostic::error(Rule::ServiceConfig, message).at(at.clone()).help(help));
        None
    }
}

fn is_text(field: &Field) -> bool {
    field.kind() == Kind::Text
}
