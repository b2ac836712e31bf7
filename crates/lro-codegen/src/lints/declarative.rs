//! Rules about methods of declarative-friendly resources, and about requests that are only checked (AIP-163).

use std::collections::BTreeSet;

use bytes::Bytes;

use super::messages::{MessageInfo, Messages};
use super::places::Places;
use super::{simple_name, standard};
use crate::diagnostics::{Diagnostic, Report, Rule};
use crate::ident::{snake, type_name};
use crate::model::{Method, Service, join};
use crate::source::path;

const RULES: [Rule; 5] =
    [Rule::CreateLro, Rule::UpdateLro, Rule::DeleteLro, Rule::ValidateOnly, Rule::ValidateOnlyName];

/// Reports what is found. Messages are looked at only if someone wants to hear of it.
pub(super) fn check(encoded: &[Bytes], services: &[Service], places: &mut Places, report: &mut Report) {
    if !RULES.into_iter().any(|rule| report.is_wanted(rule)) {
        return;
    }
    let messages = Messages::read(encoded);
    let mut requests = BTreeSet::new();
    for service in services {
        for method in &service.methods {
            let full_name = format!("{}.{}", service.full_name(), method.name);
            if !method.returns_operation {
                quick(&full_name, method, is_declarative(&messages, service, method), places, report);
            } else if let Some(request) = messages.get(&method.input) {
                // Methods may share a request, which is wrong once at most.
                if requests.insert(&method.input) {
                    let is_declarative = simple_name(&method.input).strip_suffix("Request")
                        == Some(&method.name)
                        && is_declarative(&messages, service, method);
                    validate_only(&method.input, request, is_declarative, places, report);
                }
            }
        }
    }
}

/// A method that changes a declarative-friendly resource takes its time.
fn quick(full_name: &str, method: &Method, is_declarative: bool, places: &mut Places, report: &mut Report) {
    let rule = match standard::verb(&method.name) {
        Some((rule, _)) if is_declarative => rule,
        _ => return,
    };
    let rule = match rule {
        Rule::CreateResponse => Rule::CreateLro,
        Rule::UpdateResponse => Rule::UpdateLro,
        _ => Rule::DeleteLro,
    };
    let message = format!("{full_name} changes a declarative-friendly resource, but is not long-running");
    report.push(
        Diagnostic::warning(rule, message)
            .at(places.within(&method.location, &[path::METHOD_OUTPUT]))
            .help("let it return google.longrunning.Operation"),
    );
}

/// A request that starts an operation can be checked without starting it.
fn validate_only(
    full_name: &str,
    request: &MessageInfo,
    is_declarative: bool,
    places: &mut Places,
    report: &mut Report,
) {
    let element = [path::FILE_MESSAGE, request.index];
    if is_declarative && !request.has_bool("validate_only") {
        let message = format!(
            "{full_name} changes a declarative-friendly resource, but cannot ask only whether that would work"
        );
        report.push(
            Diagnostic::warning(Rule::ValidateOnly, message)
                .at(places.of(request.file, &element))
                .help("add a field `bool validate_only`"),
        );
    }
    if let Some(field) = request.field("dry_run") {
        let message = format!("{full_name} has a field `dry_run`, which means nothing to generated code");
        let element = [&element[..], &[path::MESSAGE_FIELD, field]].concat();
        report.push(
            Diagnostic::warning(Rule::ValidateOnlyName, message)
                .at(places.of(request.file, &element))
                .focus(["dry_run"])
                .help("call it `validate_only`"),
        );
    }
}

/// Whether the resource that a method is about is declarative-friendly, by the linter's way to find that resource.
fn is_declarative(messages: &Messages, service: &Service, method: &Method) -> bool {
    let named = |name: &str| messages.get(&join(&service.package, name));
    if let Some(resource) = method.name.strip_prefix("Delete")
        && ["Empty", "Operation"].contains(&simple_name(&method.output))
        && let Some(resource) = named(resource)
    {
        return resource.is_declarative();
    }
    let response = method.operation.as_ref().map_or(&method.output, |types| &types.response.full_name);
    if let Some(message) = messages.get(response) {
        if message.is_resource() {
            return message.is_declarative();
        }
        let name = simple_name(response);
        if name.starts_with("List")
            && name.ends_with("Response")
            && let Some(item) = message.item()
        {
            return messages.get(item).is_some_and(MessageInfo::is_declarative);
        }
    } else if method.operation.is_some() {
        return false;
    }
    // A custom method has its resource at the end of its name, or nowhere.
    let words = snake(&method.name);
    let mut rest = words.as_str();
    while let Some((_, shorter)) = rest.split_once('_') {
        if let Some(resource) = named(&type_name(shorter)) {
            return resource.is_declarative();
        }
        rest = shorter;
    }
    false
}
