//! What the API linter says of standard methods (AIP-133, AIP-134 and AIP-135) that are long-running.

use std::collections::HashMap;

use crate::descriptor::File;
use crate::diagnostics::{Diagnostic, Location, Report, Rule};
use crate::model::{Method, OperationTypes, Service};
use crate::source::{SourceInfo, path};

/// Checks that the operation of a standard method holds what the method would return if it were quick.
pub(crate) fn check(files: &[File], services: &[Service], report: &mut Report) {
    let mut places = Places { files, read: HashMap::new() };
    for service in services {
        for method in &service.methods {
            let Some(types) = &method.operation else { continue };
            let Some((rule, resource)) = standard(&method.name) else { continue };
            // The linter does not find such a type, and leaves the word to the rule about that.
            if !report.is_wanted(rule) || types.response.unimported.is_some() {
                continue;
            }
            if let Some(help) = objection(rule, resource, types) {
                let message = format!(
                    "{}.{} gives {} in the end, which is not its resource",
                    service.full_name(),
                    method.name,
                    types.response.full_name
                );
                report.push(
                    Diagnostic::warning(rule, message)
                        .at(places.response_type(&service.file, method))
                        .focus(["response_type", simple_name(&types.response.full_name)])
                        .help(help),
                );
            }
        }
    }
}

/// The rule for a standard method, and the resource in its name.
fn standard(method: &str) -> Option<(Rule, &str)> {
    let verbs = [
        ("Create", Rule::CreateResponse),
        ("Update", Rule::UpdateResponse),
        ("Delete", Rule::DeleteResponse),
    ];
    let (rule, resource) =
        verbs.into_iter().find_map(|(verb, rule)| Some((rule, method.strip_prefix(verb)?)))?;
    let is_standard = resource.is_empty() || resource.starts_with(|first: char| first.is_ascii_uppercase());
    // What deletes a revision returns the resource that it was a revision of (AIP-162).
    let is_revision = rule == Rule::DeleteResponse && resource.ends_with("Revision");
    (is_standard && !is_revision).then_some((rule, resource))
}

/// What to do about a response that is not the resource.
fn objection(rule: Rule, resource: &str, types: &OperationTypes) -> Option<String> {
    let response = &types.response.full_name;
    if simple_name(response) == resource {
        return None;
    }
    match rule {
        Rule::DeleteResponse if response == "google.protobuf.Empty" => None,
        Rule::DeleteResponse => {
            Some(format!("let response_type be \"google.protobuf.Empty\" or \"{resource}\""))
        }
        _ => Some(format!("let response_type be \"{resource}\"")),
    }
}

/// A name without its package.
fn simple_name(full_name: &str) -> &str {
    full_name.rsplit('.').next().unwrap_or(full_name)
}

/// Where things are, read only of files in which something was found.
struct Places<'a> {
    files: &'a [File],
    read: HashMap<&'a str, SourceInfo>,
}

impl Places<'_> {
    fn response_type(&mut self, file: &str, method: &Method) -> Location {
        let option = [path::METHOD_OPTIONS, path::OPERATION_INFO, path::RESPONSE_TYPE];
        let element = [&method.location.element[..], &option].concat();
        match self.files.iter().find(|known| known.name == file) {
            Some(file) => self
                .read
                .entry(&file.name)
                .or_insert_with(|| SourceInfo::read(&file.name, file.source_code_info.as_ref()))
                .locate(&element),
            None => method.location.clone(),
        }
    }
}
