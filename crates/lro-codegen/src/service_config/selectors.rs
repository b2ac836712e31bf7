//! Whether the methods that service configs name are there, and long-running where they have to be.

use std::collections::{BTreeMap, BTreeSet};

use super::method_config::{MethodConfigs, name_shown};
use super::{FileSettings, Setting, Settings};
use crate::diagnostics::report::Report;
use crate::diagnostics::suggest::nearest_by;
use crate::diagnostics::{Diagnostic, Location, Rule};
use crate::input::request::Request;
use crate::model::{OPERATION, join, simple_name};

/// After so many unknown names of one file it is the wrong file.
const MAX_WARNINGS: usize = 20;

/// Warns of settings that have no effect.
///
/// A file may cover more than a run: what it says of packages that no code is asked for is fine, unless it is about nothing else.
pub(crate) fn check_selectors(settings: &Settings, request: &Request, report: &mut Report) {
    if settings.files.is_empty() {
        return;
    }
    let known = Known::new(settings, request);
    for file in &settings.files {
        let mut warnings = Vec::new();
        let polling = file.polling.iter().filter_map(|setting| known.problem(setting, true));
        let fields = file.auto_populated_fields.iter().filter_map(|setting| known.problem(setting, false));
        let infos = file.operation_infos.iter().filter_map(|setting| known.problem(setting, false));
        let names = file.method_configs.iter().flat_map(|configs| known.unknown_names(configs));
        warnings.extend(polling.chain(fields).chain(infos).chain(names).take(MAX_WARNINGS));
        let useless = known.why_useless(file);
        if let Some(message) = useless
            && warnings.is_empty()
            && known.has_operations
        {
            let warning = Diagnostic::warning(Rule::UnknownSelector, message);
            let help = "pass the service config of the API that code is generated for";
            warnings.push(warning.at(Location::of_file(&file.file)).help(help));
        }
        for warning in warnings {
            report.push(warning);
        }
    }
    known.check_heeded(settings, report);
}

impl FileSettings {
    /// Whether nothing in the file is of use here.
    fn says_nothing(&self) -> bool {
        self.polling.is_empty()
            && self.auto_populated_fields.is_empty()
            && self.operation_rules.is_empty()
            && self.operation_infos.is_empty()
            && self.operation_mappings.is_empty()
            && !self.method_configs.as_ref().is_some_and(MethodConfigs::says_something)
    }
}

/// What the request has.
struct Known<'a> {
    /// The methods of each service by name, and whether they return an operation.
    services: BTreeMap<String, BTreeMap<&'a str, bool>>,
    /// The packages that code is asked for.
    packages: BTreeSet<&'a str>,
    /// Whether code is asked for any long-running method.
    has_operations: bool,
}

impl<'a> Known<'a> {
    fn new(settings: &Settings, request: &'a Request) -> Self {
        let mapped: BTreeSet<&str> =
            settings.operation_mappings().map(|mapping| mapping.message.text.as_str()).collect();
        let mut known = Self { services: BTreeMap::new(), packages: BTreeSet::new(), has_operations: false };
        for file in &request.files {
            let target = request.is_target(file);
            if target {
                known.packages.insert(&file.package);
            }
            for service in &file.service {
                let methods = service.method.iter().map(|method| {
                    let output = method.output_type.trim_start_matches('.');
                    let is_operation = output == OPERATION || mapped.contains(output);
                    known.has_operations |= target && is_operation;
                    (method.name.as_str(), is_operation)
                });
                let methods = methods.collect();
                known.services.insert(join(&file.package, &service.name), methods);
            }
        }
        known
    }

    /// Why a setting has no effect, if it has none where one would expect it.
    fn problem<T>(&self, setting: &Setting<T>, needs_operation: bool) -> Option<Diagnostic> {
        let (service, method) = setting.selector.rsplit_once('.').unwrap_or(("", &setting.selector));
        let (message, help) = match self.services.get(service).and_then(|methods| methods.get(method)) {
            Some(is_operation) if *is_operation || !needs_operation => return None,
            Some(_) => (
                format!("{} has polling settings, but does not return {OPERATION}", setting.selector),
                "remove its long_running".to_owned(),
            ),
            None => self.absence(service, method)?,
        };
        let warning = Diagnostic::warning(Rule::UnknownSelector, message).at(setting.location.clone());
        Some(warning.help(help))
    }

    /// What to say of a method that is not there, or of a service that is not there, where one would expect it.
    fn absence(&self, service: &str, method: &str) -> Option<(String, String)> {
        match self.services.get(service) {
            Some(methods) => Some((
                format!("there is no method {} in the service {service}", name_shown(method)),
                did_you_mean(method, methods.keys().copied()),
            )),
            None if !self.packages.contains(package(service)) => None,
            None => {
                let siblings = self.services.keys().filter(|name| package(name) == package(service));
                Some((
                    format!("there is no service {} among the files of this run", name_shown(service)),
                    did_you_mean(service, siblings.map(String::as_str)),
                ))
            }
        }
    }

    /// Warns of names in a gRPC service config that are not there, of each service once.
    fn unknown_names(&self, configs: &MethodConfigs) -> Vec<Diagnostic> {
        let (mut unknown_services, mut warnings) = (BTreeSet::new(), Vec::new());
        for name in configs.names.iter().filter(|name| !name.service.is_empty()) {
            let location = match self.services.get(&name.service) {
                Some(_) if name.method.is_empty() => continue,
                Some(methods) if methods.contains_key(name.method.as_str()) => continue,
                Some(_) => &name.location,
                None if unknown_services.insert(&name.service) => &name.service_at,
                None => continue,
            };
            if let Some((message, help)) = self.absence(&name.service, &name.method) {
                let warning = Diagnostic::warning(Rule::UnknownSelector, message);
                warnings.push(warning.at(location.clone()).help(help));
            }
        }
        warnings
    }

    /// Warns of what gRPC service configs say of long-running methods, and clients do not do.
    fn check_heeded(&self, settings: &Settings, report: &mut Report) {
        let mut seen = BTreeSet::new();
        for (service, methods) in &self.services {
            let operations = methods.iter().filter(|(_, is_operation)| **is_operation);
            for (method, _) in operations.filter(|_| self.packages.contains(package(service))) {
                let Some(position) = settings.method_configs.find(service, method) else { continue };
                if !seen.insert(position) {
                    continue;
                }
                let configs = settings.files[position.0].method_configs.as_ref();
                let config = configs.and_then(|configs| configs.configs.get(position.1));
                for unheeded in config.into_iter().flat_map(|(_, unheeded)| unheeded) {
                    let message = format!("{service}.{method}: {}", unheeded.message);
                    let warning = Diagnostic::warning(Rule::UnheededSetting, message);
                    report.push(warning.at(unheeded.location.clone()).help(unheeded.help));
                }
            }
        }
    }

    /// Why a whole file has no effect, if it has none.
    fn why_useless(&self, file: &FileSettings) -> Option<&'static str> {
        let is_grpc = file.method_configs.is_some();
        match (file.says_nothing() && !file.has_misspelt, self.is_about_others(file)) {
            (true, _) if is_grpc => Some(
                "this file has no methodConfig with a name and a timeout or a retryPolicy, so it has no effect",
            ),
            (true, _) => Some(
                "this file has no polling settings, no fields to fill in and no HTTP rules of operations, so it has no effect",
            ),
            (_, true) if is_grpc => Some("no methodConfig of this file is for a method of this run"),
            (_, true) => Some("no polling settings of this file are for a method of this run"),
            _ => None,
        }
    }

    /// Whether a file has polling settings or names, and none for a method of the request.
    fn is_about_others(&self, file: &FileSettings) -> bool {
        let selectors = file.polling.iter().map(|setting| {
            setting.selector.rsplit_once('.').is_some_and(|(service, _)| self.services.contains_key(service))
        });
        let names = file.method_configs.iter().flat_map(|configs| &configs.names);
        let names = names.map(|name| name.service.is_empty() || self.services.contains_key(&name.service));
        let mut are_here = selectors.chain(names).peekable();
        are_here.peek().is_some() && !are_here.any(|is_here| is_here)
    }
}

/// The package of a service.
fn package(service: &str) -> &str {
    service.rsplit_once('.').map_or("", |(package, _)| package)
}

/// Compares the last parts of the names, because a package in front of them would make all of them look alike.
fn did_you_mean<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> String {
    match nearest_by(simple_name(wanted), names, simple_name) {
        Some(name) => format!("did you mean {name}?"),
        None => "remove the setting, unless another run generates code for it".to_owned(),
    }
}
