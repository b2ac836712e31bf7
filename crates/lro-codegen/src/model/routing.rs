//! The routing headers that `google.api.routing` and `google.api.http` ask for (AIP-4222).

use std::collections::HashSet;

use super::Method;
use super::build::Builder;
use super::call::RoutingParameter;
use super::field::{Place, Step};
use crate::diagnostics::suggest;
use crate::diagnostics::{Diagnostic, Rule, shown};
use crate::input::details::{HttpRule, Kind, MessageDetails, MethodOptions, RoutingRule};
use crate::input::path;
use crate::input::validate::{is_full_name, is_identifier};

/// What is wrong with an option, and what to do about it.
type Problem = (String, String);

impl Builder<'_, '_> {
    /// The parameters of the routing header of a method. The explicit option wins over the HTTP mapping, also when it is empty.
    pub(super) fn routing(
        &mut self,
        service: &str,
        method: &Method,
        options: &MethodOptions,
    ) -> Vec<RoutingParameter> {
        let (number, name, parameters) = match (&options.routing, &options.http) {
            (Some(rule), _) => (path::ROUTING, "google.api.routing", self.explicit(&method.input, rule)),
            (None, Some(rule)) => (path::HTTP, "google.api.http", self.implicit(&method.input, rule)),
            (None, None) => return Vec::new(),
        };
        let mut sound = Vec::new();
        for parameter in parameters {
            match parameter {
                Ok(parameter) => sound.push(parameter),
                Err((message, help)) => {
                    let option = [&method.location.element[..], &[path::METHOD_OPTIONS, number]].concat();
                    let message = format!("{service}.{}: the option {name} {message}", method.name);
                    self.report.push(
                        Diagnostic::error(Rule::Routing, message).at(self.source.locate(&option)).help(help),
                    );
                }
            }
        }
        sound
    }

    fn explicit(&self, input: &str, rule: &RoutingRule) -> Vec<Result<RoutingParameter, Problem>> {
        let parameters = rule.parameters.iter().map(|parameter| {
            let template = Some(&parameter.path_template).filter(|template| !template.is_empty());
            if let Some(template) = template {
                check_template(template)?;
            }
            self.parameter(input, &parameter.field, template.cloned())
        });
        parameters.collect()
    }

    /// Each variable of the path templates, once.
    fn implicit(&self, input: &str, rule: &HttpRule) -> Vec<Result<RoutingParameter, Problem>> {
        let mut fields = Vec::new();
        let mut parameters = Vec::new();
        for path in rule.paths() {
            match variables(path) {
                Ok(found) => fields.extend(found),
                Err(problem) => parameters.push(Err(problem)),
            }
        }
        let mut seen = HashSet::new();
        fields.retain(|field| seen.insert(*field));
        parameters.extend(fields.into_iter().map(|field| self.parameter(input, field, None)));
        parameters
    }

    /// Finds a field by its path, message by message.
    fn parameter(
        &self,
        input: &str,
        field: &str,
        template: Option<String>,
    ) -> Result<RoutingParameter, Problem> {
        const HELP: &str = "name a field of the request, or of a message in it with dots in between";
        if !is_full_name(field) {
            let message = format!("names the field `{}`, which cannot be one", shown(field));
            return Err((message, HELP.to_owned()));
        }
        let mut steps = Vec::new();
        let mut message_name = input.to_owned();
        let mut names = field.split('.').peekable();
        while let Some(name) = names.next() {
            // prost has no struct for most of these, but the value itself.
            if message_name.starts_with("google.protobuf.") {
                let message = format!(
                    "names the field `{field}`, but no field of {message_name} can stand in a header"
                );
                return Err((message, HELP.to_owned()));
            }
            let missing = || {
                (format!("names the field `{field}`, but {message_name} has no `{name}`"), HELP.to_owned())
            };
            let message = self.message(&message_name).ok_or_else(missing)?;
            let found = message.field(name).ok_or_else(|| {
                let (problem, help) = missing();
                (problem, nearest(&message, name).unwrap_or(help))
            })?;
            let place =
                Place::of(&message_name, &message, found).ok_or_else(|| not_a_value(field, &found.name))?;
            steps.push(Step { field: name.to_owned(), place });
            let is_last = names.peek().is_none();
            message_name = match found.kind() {
                Kind::Message(inner) if !is_last => inner.to_owned(),
                Kind::Enum(name) if is_last && name.split('.').all(is_identifier) => {
                    let enumeration = Some(name.to_owned());
                    return Ok(RoutingParameter { template, field: field.to_owned(), steps, enumeration });
                }
                Kind::Text | Kind::Bool | Kind::Number if is_last => {
                    return Ok(RoutingParameter {
                        template,
                        field: field.to_owned(),
                        steps,
                        enumeration: None,
                    });
                }
                _ => return Err(not_a_value(field, name)),
            };
        }
        Err((format!("names the field `{field}`"), "name a field of the request".to_owned()))
    }
}

fn not_a_value(field: &str, name: &str) -> Problem {
    (
        format!("names the field `{field}`, but `{name}` does not hold a value that can stand in a header"),
        "name a field that is a text, a number, a bool or an enum, and not repeated".to_owned(),
    )
}

fn nearest(message: &MessageDetails<'_>, name: &str) -> Option<String> {
    let names = message.fields().iter().map(|field| field.name.as_str());
    suggest::nearest(name, names).map(|nearest| format!("did you mean `{nearest}`?"))
}

/// The fields that an HTTP path template binds.
fn variables(template: &str) -> Result<Vec<&str>, Problem> {
    let mut fields = Vec::new();
    let mut rest = template;
    while let Some((_, after)) = rest.split_once('{') {
        let Some((variable, after)) = after.split_once('}') else {
            let help = "close it, as in `/v1/{name=shelves/*}`".to_owned();
            return Err((
                format!("has the path `{}`, in which a brace is not closed", shown(template)),
                help,
            ));
        };
        fields.push(variable.split_once('=').map_or(variable, |(field, _)| field));
        rest = after;
    }
    Ok(fields)
}

/// Makes sure that the runtime can match a template: one named part, of whole segments, at most one `**`.
fn check_template(template: &str) -> Result<(), Problem> {
    let problem = |what: &str| {
        let help = "write it as in `projects/*/{shelf=shelves/*}/**`".to_owned();
        Err((format!("has the path template `{}`, {what}", shown(template)), help))
    };
    let named = template.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)));
    let Some((before, (named, after))) = named else {
        return problem("which names no part of the field");
    };
    let (name, named) = named.split_once('=').unwrap_or((named, "*"));
    if [before, named, after].iter().any(|part| part.contains(['{', '}'])) {
        return problem("which names more than one part of the field");
    }
    if !is_full_name(name) {
        return problem("in which the name of the part is not an identifier");
    }
    let before = if before.is_empty() { Some("*") } else { before.strip_suffix('/') };
    let after = if after.is_empty() { Some("*") } else { after.strip_prefix('/') };
    let (Some(before), Some(after)) = (before, after) else {
        return problem("in which the named part does not begin and end between slashes");
    };
    let segments = || [before, named, after].into_iter().flat_map(|part| part.split('/'));
    if !segments()
        .all(|segment| matches!(segment, "*" | "**") || (!segment.is_empty() && !segment.contains('*')))
    {
        return problem("in which a segment is neither `*`, nor `**`, nor a word");
    }
    if segments().filter(|segment| *segment == "**").count() > 1 {
        return problem("which has `**` more than once");
    }
    Ok(())
}
