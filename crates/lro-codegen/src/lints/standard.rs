//! Standard methods: Create (AIP-133), Update (AIP-134) and Delete (AIP-135).

use crate::diagnostics::report::Report;
use crate::diagnostics::{Diagnostic, Rule};
use crate::input::path;
use crate::input::places::Places;
use crate::model::{OperationTypes, Service, simple_name};

/// Where the response type of an operation stands within a method.
const RESPONSE_TYPE: [i32; 3] = [path::METHOD_OPTIONS, path::OPERATION_INFO, path::RESPONSE_TYPE];

/// Checks that the operation of a standard method holds what the method would return if it were quick.
pub(super) fn check(services: &[Service], places: &mut Places, report: &mut Report) {
    for service in services {
        for method in &service.methods {
            let Some(types) = &method.operation else { continue };
            let Some((rule, resource)) = verb(&method.name) else { continue };
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
                        .at(places.within(&method.location, &RESPONSE_TYPE))
                        .focus(["response_type", simple_name(&types.response.full_name)])
                        .help(help),
                );
            }
        }
    }
}

/// The rule for what a standard method gives, and the resource in its name.
pub(super) fn verb(method: &str) -> Option<(Rule, &str)> {
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
        _ if resource.is_empty() => Some("name the method after its resource, as in CreateBook".to_owned()),
        Rule::DeleteResponse => {
            Some(format!("let response_type be \"google.protobuf.Empty\" or \"{resource}\""))
        }
        _ => Some(format!("let response_type be \"{resource}\"")),
    }
}
