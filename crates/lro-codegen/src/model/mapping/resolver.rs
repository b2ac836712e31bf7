//! Looks the names of a mapping up, and reports those that are not what they should be.

use super::{Annotation, Mapping, Methods};
use crate::diagnostics::report::Report;
use crate::diagnostics::suggest::nearest;
use crate::diagnostics::{Diagnostic, Location, Rule, shown};
use crate::input::descriptor::Extension;
use crate::input::details::{self, Field, MessageDetails};
use crate::input::request::Request;
use crate::model::index::{Kind, TypeEntry, TypeIndex};
use crate::model::{OPERATION, join};
use crate::operation_mapping::{Name, OperationMapping, RpcKind};

/// What one mapping is looked up in.
pub(super) struct Resolver<'a, 'r> {
    pub(super) request: &'a Request,
    pub(super) types: &'a TypeIndex,
    pub(super) methods: &'r Methods<'a>,
    pub(super) report: &'r mut Report,
    /// Whether nothing was wrong so far.
    pub(super) is_sound: bool,
}

impl<'a> Resolver<'a, '_> {
    pub(super) fn mapping(&mut self, mapping: &OperationMapping) -> Option<Mapping> {
        let message = self.message(&mapping.message)?;
        for service in &mapping.services {
            self.check_service(service);
        }
        let is_google = mapping.message.text == OPERATION;
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
        let of = &mapping.message.text;
        let rpcs = mapping.rpcs.iter().filter_map(|(kind, names)| self.rpc(*kind, names, of)).collect();
        let list = mapping.list.as_ref().and_then(|names| self.list(names, of));
        self.check_readable(mapping);
        let types = [&mapping.response_type, &mapping.metadata_type];
        types.into_iter().flatten().for_each(|name| self.check_type(name));
        let services = mapping.services.iter().map(|service| service.text.clone()).collect();
        let (response_type, metadata_type) = (mapping.response_type.clone(), mapping.metadata_type.clone());
        let message = mapping.message.text.clone();
        Some(Mapping { message, fields, rpcs, list, services, response_type, metadata_type, annotation })
    }

    /// Clients have to learn of an operation's end somehow.
    fn check_readable(&mut self, mapping: &OperationMapping) {
        let reads = |kind| mapping.rpcs.iter().any(|(other, _)| *other == kind);
        if mapping.message.text != OPERATION && !reads(RpcKind::Get) && !reads(RpcKind::Watch) {
            let message = format!("no RPC of this mapping answers with a {}", mapping.message.text);
            self.problem::<()>(
                &mapping.message.location,
                message,
                "name the method that does under `get`, or one that streams them under `watch`".to_owned(),
            );
        }
    }

    /// A type that operations of many methods hold is looked up once, unless it means another one in each package.
    fn check_type(&mut self, name: &Name) {
        let full_name = name.text.trim_start_matches('.');
        let is_message = |entry: TypeEntry| entry.kind == Kind::Message;
        if !name.text.contains('.') || self.types.get(full_name).is_some_and(is_message) {
            return;
        }
        self.no_message::<()>(name, full_name);
    }

    fn message(&mut self, name: &Name) -> Option<MessageDetails<'a>> {
        if let Some((_, message)) = self.types.message(self.request, &name.text) {
            return Some(message);
        }
        self.no_message(name, &name.text)
    }

    fn no_message<T>(&mut self, name: &Name, full_name: &str) -> Option<T> {
        let help = match self.types.suggest(full_name) {
            Some(meant) => format!("did you mean {meant}?"),
            None => "pass the file that defines it to the generator as well".to_owned(),
        };
        self.problem(&name.location, format!("there is no message {}", shown(full_name)), help)
    }

    fn check_service(&mut self, name: &Name) {
        let is_it = |method: &str| method.strip_prefix(&name.text).is_some_and(|rest| rest.starts_with('.'));
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

    fn extension(&mut self, name: &Name) -> Option<Extension> {
        let mut names = Vec::new();
        for file in &self.request.files {
            for extension in file.extensions() {
                if extension.extendee.trim_start_matches('.') != "google.protobuf.MethodOptions" {
                    continue;
                }
                let full_name = join(&file.package, &extension.name);
                if full_name == name.text {
                    return Some(extension);
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

    pub(super) fn problem<T>(&mut self, at: &Location, message: String, help: String) -> Option<T> {
        self.is_sound = false;
        self.report.push(Diagnostic::error(Rule::ServiceConfig, message).at(at.clone()).help(help));
        None
    }
}

pub(super) fn is_text(field: &Field) -> bool {
    field.kind() == details::Kind::Text
}
