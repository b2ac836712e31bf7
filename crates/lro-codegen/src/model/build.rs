//! From descriptors to a [`Model`]: resolves every name and reports every problem.

use std::num::NonZeroUsize;

use super::index::{Imports, Kind, TypeIndex};
use super::mapping::Mappings;
use super::option::{InFile, OperationInfoOption};
use super::{Call, Method, Model, OPERATION, Service, Streaming, join};
use crate::diagnostics::report::Report;
use crate::diagnostics::{Diagnostic, Rule};
use crate::input::descriptor::{self, File};
use crate::input::path;
use crate::input::request::Request;
use crate::input::source::SourceInfo;
use crate::parallel;
use crate::service_config::Settings;

/// Builds the model of the services in the files that code is wanted for, with up to `threads` threads.
pub(crate) fn build(
    request: &Request,
    settings: &Settings,
    routing_headers: bool,
    threads: NonZeroUsize,
    report: &mut Report,
) -> Model {
    let types = TypeIndex::new(&request.files);
    let option = OperationInfoOption::new(request);
    let mappings = Mappings::resolve(settings, request, &types, report);
    let files: Vec<usize> = request
        .files
        .iter()
        .enumerate()
        // The package of the Operations service itself is part of the runtime.
        .filter(|(_, file)| !file.service.is_empty() && file.package != "google.longrunning")
        .filter(|(_, file)| request.is_target(file))
        .map(|(index, _)| index)
        .collect();
    let services_of = |index: &usize| {
        let file = &request.files[*index];
        let mut report = report.of_part();
        let mut builder = Builder {
            request,
            types: &types,
            imports: &mut Imports::new(request),
            option: option.in_file(*index),
            mappings: &mappings,
            file,
            index: *index,
            source: SourceInfo::read(&file.name, file.source_code_info.as_ref()),
            settings,
            routing_headers,
            report: &mut report,
        };
        let services: Vec<Service> = file
            .service
            .iter()
            .enumerate()
            .map(|(number, service)| builder.service(service, number))
            .collect();
        (services, report)
    };
    let compared = types.compared();
    let mut parts = parallel::map(threads, &files, |index| request.encoded[*index].len(), services_of);
    if types.is_out_of_suggestions() {
        // Whose suggestions there were must not depend on which thread was first.
        types.forget_suggestions(compared);
        parts = files.iter().map(services_of).collect();
    }
    let mut services = Vec::new();
    for (of_file, part) in parts {
        services.extend(of_file);
        report.add_part(part);
    }
    Model { services, types, mappings }
}

/// Builds the services of one file.
pub(super) struct Builder<'a, 'r> {
    pub(super) request: &'a Request,
    pub(super) types: &'a TypeIndex,
    pub(super) imports: &'r mut Imports<'a>,
    pub(super) option: InFile<'r>,
    pub(super) mappings: &'r Mappings,
    /// The file, and its position in the request.
    pub(super) file: &'a File,
    pub(super) index: usize,
    pub(super) source: SourceInfo,
    pub(super) settings: &'a Settings,
    pub(super) routing_headers: bool,
    pub(super) report: &'r mut Report,
}

impl Builder<'_, '_> {
    fn service(&mut self, service: &descriptor::Service, number: usize) -> Service {
        let at = &[path::FILE_SERVICE, i32::try_from(number).unwrap_or(i32::MAX)];
        let full_name = join(&self.file.package, &service.name);
        let mut methods: Vec<Method> = (0..)
            .zip(&service.method)
            .map(|(number, method)| {
                let at = [&at[..], &[path::SERVICE_METHOD, number]].concat();
                self.method(&full_name, method, &at)
            })
            .collect();
        if methods.iter().any(|method| method.operation.is_some()) {
            self.calls(&full_name, number, &mut methods);
        }
        Service {
            file: self.file.name.clone(),
            package: self.file.package.clone(),
            name: service.name.clone(),
            comment: self.source.comment(at),
            deprecated: service.options.as_ref().is_some_and(|options| options.deprecated),
            location: self.source.locate(at),
            methods,
            operation_rules: self.settings.operation_rules(&full_name),
        }
    }

    fn method(&mut self, service: &str, method: &descriptor::Method, at: &[i32]) -> Method {
        let full_name = format!("{service}.{}", method.name);
        let input =
            self.method_type(&full_name, "takes", &method.input_type, &[at, &[path::METHOD_INPUT]].concat());
        let output = self.method_type(
            &full_name,
            "returns",
            &method.output_type,
            &[at, &[path::METHOD_OUTPUT]].concat(),
        );
        let long_running = self.long_running(service, &full_name, method, at);
        Method {
            name: method.name.clone(),
            comment: self.source.comment(at),
            deprecated: method.is_deprecated(),
            location: self.source.locate(at),
            streaming: Streaming { client: method.client_streaming, server: method.server_streaming },
            returns_operation: output == OPERATION,
            annotated: long_running.is_meant,
            operation: long_running.types,
            input,
            output,
            polling: self.settings.polling(&full_name),
            starting: self.settings.method_config(service, &method.name).cloned(),
            auto_populated_fields: self.settings.auto_populated_fields(&full_name),
            call: Call::default(),
        }
    }

    /// A request or response type: compilers always give these in full, so anything else is a broken descriptor.
    fn method_type(&mut self, method: &str, verb: &str, name: &str, at: &[i32]) -> String {
        let full_name = name.strip_prefix('.').unwrap_or(name);
        let known = self.types.get(full_name).is_some_and(|entry| entry.kind == Kind::Message);
        if !known {
            self.report.push(
                Diagnostic::error(
                    Rule::MethodType,
                    format!("{method} {verb} `{full_name}`, but no file of the request defines that message"),
                )
                .at(self.source.locate(at))
                .help(
                    "pass the descriptors of all imported files along, as protoc does with --include_imports",
                ),
            );
        }
        full_name.to_owned()
    }
}
