//! Types that code would name and no crate has.

use crate::config::{Config, Emit};
use crate::diagnostics::report::Report;
use crate::diagnostics::{Diagnostic, Rule};
use crate::input::path;
use crate::input::places::Places;
use crate::input::request::Request;
use crate::model::{Method, Service, simple_name};
use crate::paths::TypePaths;
use crate::paths::held::Package;

/// Reports requests, responses and metadata that the code of their service could not name.
pub(crate) fn check(
    config: &Config,
    request: &Request,
    services: &[Service],
    paths: &TypePaths,
    report: &mut Report,
) {
    let mut places = Places::new(request);
    let writes_all = config.emit == Emit::All && (config.client || config.server);
    for service in services.iter().filter(|service| writes_all || service.has_operations()) {
        for method in &service.methods {
            let full_name = || format!("{}.{}", service.full_name(), method.name);
            for (verb, name, element) in [
                ("takes", &method.input, path::METHOD_INPUT),
                ("returns", &method.output, path::METHOD_OUTPUT),
            ] {
                if let Some(package) = paths.lacking(name) {
                    let what = format!("{} {verb} {name}", full_name());
                    let place = places.within(&method.location, &[element]);
                    report.push(lacking(Rule::MethodType, &what, name, package).at(place));
                }
            }
            for (rule, field, name, number) in annotated(method) {
                if let Some(package) = paths.lacking(name) {
                    let what = format!("{} names {name} as {field}", full_name());
                    let place = places
                        .within(&method.location, &[path::METHOD_OPTIONS, path::OPERATION_INFO, number]);
                    let problem = lacking(rule, &what, name, package).at(place);
                    report.push(problem.focus([field, simple_name(name)]));
                }
            }
        }
    }
}

/// The types that the operations of a method hold: the rule about each, its field in `operation_info`, its name and the field's number.
fn annotated(method: &Method) -> impl Iterator<Item = (Rule, &'static str, &str, i32)> {
    method.operation.iter().flat_map(|types| {
        [
            (Rule::ResponseType, "response_type", types.response.full_name.as_str(), path::RESPONSE_TYPE),
            (Rule::MetadataType, "metadata_type", types.metadata.full_name.as_str(), path::METADATA_TYPE),
        ]
    })
}

/// Says that something, which `what` names, is of a type that there is not.
pub(crate) fn lacking(rule: Rule, what: &str, name: &str, package: Package) -> Diagnostic {
    let Package { name: whole, holder, .. } = package;
    let generated = match whole {
        "google.protobuf" => ", or generate all of google.protobuf with compile_well_known_types",
        _ => "",
    };
    Diagnostic::error(rule, format!("{what}, which {holder} does not have")).help(format!(
        "say where it is in Rust, as in extern_path=.{name}=::my_crate::{}{generated}",
        simple_name(name)
    ))
}
