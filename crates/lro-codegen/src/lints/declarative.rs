//! Rules about methods of declarative-friendly resources, and about requests that are only checked (AIP-163).

use std::collections::BTreeSet;

use super::standard;
use crate::diagnostics::report::Report;
use crate::diagnostics::{Diagnostic, Rule};
use crate::ident::{snake, type_name};
use crate::input::details::{Kind, MessageDetails};
use crate::input::path;
use crate::input::places::Places;
use crate::input::request::Request;
use crate::model::{Method, Model, Service, TypeIndex, join, simple_name};

const RULES: [Rule; 5] =
    [Rule::CreateLro, Rule::UpdateLro, Rule::DeleteLro, Rule::ValidateOnly, Rule::ValidateOnlyName];

/// Reports what is found. Messages are looked at only if someone wants to hear of it.
pub(super) fn check(request: &Request, model: &Model, places: &mut Places, report: &mut Report) {
    if !RULES.into_iter().any(|rule| report.is_wanted(rule)) {
        return;
    }
    let messages = Messages { request, types: &model.types };
    let mut requests = BTreeSet::new();
    for service in &model.services {
        for method in &service.methods {
            let full_name = format!("{}.{}", service.full_name(), method.name);
            if !method.returns_operation {
                quick(&full_name, method, messages.concerns_declarative(service, method), places, report);
            // Methods may share a request, which is wrong once at most.
            } else if requests.insert(&method.input)
                && let Some((file, request)) = messages.types.message(messages.request, &method.input)
            {
                let is_declarative = simple_name(&method.input).strip_suffix("Request") == Some(&method.name)
                    && messages.concerns_declarative(service, method);
                if is_declarative {
                    validate_only(&method.input, file, &request, places, report);
                }
                dry_run(&method.input, file, &request, places, report);
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

/// A request that starts an operation on a declarative-friendly resource can be checked without starting it.
fn validate_only(
    full_name: &str,
    file: usize,
    request: &MessageDetails<'_>,
    places: &mut Places,
    report: &mut Report,
) {
    let field = request.field("validate_only");
    if field.is_some_and(|field| field.kind() == Kind::Bool && !field.is_repeated()) {
        return;
    }
    let message = format!(
        "{full_name} changes a declarative-friendly resource, but cannot ask only whether that would work"
    );
    report.push(
        Diagnostic::warning(Rule::ValidateOnly, message)
            .at(places.of(file, &request.element))
            .help("add a field `bool validate_only`"),
    );
}

/// Generated code knows a request that is only checked by one name of its field.
fn dry_run(
    full_name: &str,
    file: usize,
    request: &MessageDetails<'_>,
    places: &mut Places,
    report: &mut Report,
) {
    let mut fields = (0..).zip(request.fields());
    let Some((number, field)) = fields.find(|(_, field)| field.name == "dry_run") else { return };
    let message = format!("{full_name} has a field `{}`, which means nothing to generated code", field.name);
    let element = [&request.element[..], &[path::MESSAGE_FIELD, number]].concat();
    report.push(
        Diagnostic::warning(Rule::ValidateOnlyName, message)
            .at(places.of(file, &element))
            .focus([&field.name])
            .help("call it `validate_only`"),
    );
}

/// The messages of a request.
struct Messages<'a> {
    request: &'a Request,
    types: &'a TypeIndex,
}

impl<'a> Messages<'a> {
    fn get(&self, full_name: &str) -> Option<MessageDetails<'a>> {
        self.types.message(self.request, full_name).map(|(_, message)| message)
    }

    /// Whether the resource that a method is about is declarative-friendly, by the linter's way to find that resource.
    fn concerns_declarative(&self, service: &Service, method: &Method) -> bool {
        let named = |name: &str| self.get(&join(&service.package, name));
        if let Some(resource) = method.name.strip_prefix("Delete")
            && ["Empty", "Operation"].contains(&simple_name(&method.output))
            && let Some(resource) = named(resource)
        {
            return resource.is_declarative();
        }
        let response = method.operation.as_ref().map_or(&method.output, |types| &types.response.full_name);
        if let Some(message) = self.get(response) {
            if message.is_resource() {
                return message.is_declarative();
            }
            let name = simple_name(response);
            if name.starts_with("List")
                && name.ends_with("Response")
                && let Some(item) = item(&message)
            {
                return self.get(item).is_some_and(|item| item.is_declarative());
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
}

/// The message that a list holds: that of its first repeated field of messages.
fn item<'a>(list: &'a MessageDetails<'_>) -> Option<&'a str> {
    list.fields().iter().filter(|field| field.is_repeated()).find_map(|field| match field.kind() {
        Kind::Message(item) => Some(item),
        _ => None,
    })
}
