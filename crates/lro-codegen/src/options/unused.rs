//! Options that change nothing, most likely because of a misspelt path.

use std::collections::BTreeSet;

use super::elements::{Elements, Kind};
use crate::config::{Config, Emit, covers};
use crate::diagnostics::report::Report;
use crate::diagnostics::rules::Rule;
use crate::diagnostics::suggest::nearest_by;
use crate::diagnostics::{Diagnostic, shown};
use crate::input::request::Request;
use crate::model::{join, simple_name};

/// The paths given to an option, and what they are for.
struct Given<'a> {
    option: &'static str,
    paths: Vec<&'a str>,
    kinds: &'static [Kind],
    /// The kinds in words.
    what: &'static str,
}

const ANY_FIELD: &[Kind] = &[Kind::Field, Kind::Bytes, Kind::Oneof, Kind::Variant];
const ANYTHING: &[Kind] = &[
    Kind::Package,
    Kind::Message,
    Kind::Enum,
    Kind::Oneof,
    Kind::Variant,
    Kind::Service,
    Kind::Method,
    Kind::Bytes,
    Kind::Field,
];

/// Warns of paths that match nothing which their option is for, and of options that are for another kind of output.
pub(crate) fn check_unused(config: &Config, request: &Request, report: &mut Report) {
    if !report.is_wanted(Rule::UnusedOption) {
        return;
    }
    for option in of_no_effect(config) {
        let (what, help) = match config.emit {
            Emit::All => {
                ("emit=all", "leave it out: there is no file of another plugin to include anything from")
            }
            Emit::Lro => ("emit=lro", "give it to the generator that writes the messages, or leave it out"),
        };
        let message = format!("option {option} has no effect with {what}");
        report.push(Diagnostic::warning(Rule::UnusedOption, message).help(help));
    }
    let mut given = given(config);
    // All that there is of a package, or of all, may be nothing.
    let is_whole = |path: &str| {
        path == "." || path.starts_with('.') && request.targets().any(|file| covers(path, &file.package))
    };
    for given in &mut given {
        given.paths.retain(|path| !is_whole(path));
    }
    if given.iter().any(|given| !given.paths.is_empty()) {
        let elements = Elements::of(request);
        for given in &given {
            for path in &given.paths {
                if let Some(warning) = given.unmatched(path, &elements) {
                    report.push(warning);
                }
            }
        }
    }
    check_extern_paths(config, request, report);
    check_operation_infos(config, request, report);
}

/// Warns of methods that are not there.
fn check_operation_infos(config: &Config, request: &Request, report: &mut Report) {
    if config.operation_infos.is_empty() {
        return;
    }
    let methods: BTreeSet<String> = request
        .targets()
        .flat_map(|file| file.service.iter().map(|service| (join(&file.package, &service.name), service)))
        .flat_map(|(service, declared)| {
            declared.method.iter().map(move |method| join(&service, &method.name))
        })
        .collect();
    for (method, ..) in config.operation_infos.iter().filter(|(method, ..)| !methods.contains(method)) {
        let message = format!("option operation_info: there is no method {} in this run", shown(method));
        let help = match nearest_by(method, methods.iter().map(String::as_str), |name| name) {
            Some(meant) => format!("did you mean {meant}?"),
            None => "write its full name, as in my.package.Service.Method".to_owned(),
        };
        report.push(Diagnostic::warning(Rule::UnusedOption, message).help(help));
    }
}

/// The options that were given and that the kind of output has no use for.
fn of_no_effect(config: &Config) -> Vec<&'static str> {
    let messages = &config.messages;
    let given = match config.emit {
        Emit::All => vec![("no_include", config.no_include)],
        Emit::Lro => vec![
            ("type_attribute", !messages.type_attributes.is_empty()),
            ("message_attribute", !messages.message_attributes.is_empty()),
            ("enum_attribute", !messages.enum_attributes.is_empty()),
            ("field_attribute", !messages.field_attributes.is_empty()),
            ("bytes", !messages.bytes.is_empty()),
            ("btree_map", !messages.btree_map.is_empty()),
            ("boxed", !messages.boxed.is_empty()),
            ("skip_debug", !messages.skip_debug.is_empty()),
            ("client_attribute", !messages.client_attributes.is_empty()),
            ("client_mod_attribute", !messages.client_mod_attributes.is_empty()),
            ("server_attribute", !messages.server_attributes.is_empty()),
            ("server_mod_attribute", !messages.server_mod_attributes.is_empty()),
            ("file_descriptor_set", config.file_descriptor_set),
            ("enable_type_names", messages.enable_type_names),
            ("retain_enum_prefix", messages.retain_enum_prefix),
        ],
    };
    given.into_iter().filter(|(_, is_given)| *is_given).map(|(option, _)| option).collect()
}

/// All paths that have an effect if they match something.
fn given(config: &Config) -> Vec<Given<'_>> {
    fn firsts(pairs: &[(String, String)]) -> Vec<&str> {
        pairs.iter().map(|(path, _)| path.as_str()).collect()
    }
    fn all(paths: &[String]) -> Vec<&str> {
        paths.iter().map(String::as_str).collect()
    }
    let given = |option, paths, kinds, what| Given { option, paths, kinds, what };
    let mut options = vec![given("disable_comments", all(&config.disable_comments), ANYTHING, "element")];
    if config.emit == Emit::Lro {
        return options;
    }
    let messages = &config.messages;
    let types = &[Kind::Message, Kind::Enum, Kind::Oneof];
    options.extend([
        given("type_attribute", firsts(&messages.type_attributes), types, "message, enum or oneof"),
        given("message_attribute", firsts(&messages.message_attributes), &[Kind::Message], "message"),
        given(
            "enum_attribute",
            firsts(&messages.enum_attributes),
            &[Kind::Enum, Kind::Oneof],
            "enum or oneof",
        ),
        given("field_attribute", firsts(&messages.field_attributes), ANY_FIELD, "field"),
        given("bytes", all(&messages.bytes), &[Kind::Bytes], "field of the type bytes"),
        given("btree_map", all(&messages.btree_map), &[Kind::Map], "map"),
        given("boxed", all(&messages.boxed), &[Kind::Single], "field that could be boxed"),
        given("skip_debug", all(&messages.skip_debug), &[Kind::Message], "message"),
    ]);
    let sides = [
        (
            config.client,
            [
                ("client_attribute", &messages.client_attributes),
                ("client_mod_attribute", &messages.client_mod_attributes),
            ],
        ),
        (
            config.server,
            [
                ("server_attribute", &messages.server_attributes),
                ("server_mod_attribute", &messages.server_mod_attributes),
            ],
        ),
    ];
    for (_, [(structs, of_structs), (modules, of_modules)]) in sides.into_iter().filter(|(on, _)| *on) {
        options.push(given(structs, firsts(of_structs), &[Kind::Service], "service"));
        options.push(given(modules, firsts(of_modules), &[Kind::Package], "package with services"));
    }
    options
}

impl Given<'_> {
    /// Why a path has no effect, if it has none.
    fn unmatched(&self, path: &str, elements: &Elements) -> Option<Diagnostic> {
        let of_kind = || elements.all.iter().filter(|(kind, _)| self.kinds.contains(kind));
        let names = || of_kind().map(|(_, name)| name.as_str());
        if names().any(|name| covers(path, name)) || !is_about(path, &elements.packages, names) {
            return None;
        }
        let message = format!("option {}: `{}` matches no {}", self.option, shown(path), self.what);
        let help = match did_you_mean(path, names()) {
            Some(help) => help,
            None if elements.all.iter().any(|(_, name)| covers(path, name)) => {
                format!("what is called so is no {}", self.what)
            }
            None => "a path begins with a dot and the package, or is the end of a full name".to_owned(),
        };
        Some(Diagnostic::warning(Rule::UnusedOption, message).help(help))
    }
}

/// Whether a path must have been meant for something in these packages. Options are the same for all runs of a build, so a path into a
/// package of which nothing is here may be for another run, unless it is like something that is here.
fn is_about<'a, I: Iterator<Item = &'a str>>(
    path: &str,
    packages: &BTreeSet<String>,
    names: impl Fn() -> I,
) -> bool {
    let Some(path) = path.strip_prefix('.') else { return true };
    let is_within = |package: &String| {
        package.is_empty() || path.strip_prefix(package.as_str()).is_some_and(|rest| rest.starts_with('.'))
    };
    packages.iter().any(is_within) || names().any(|name| name != path && is_alike(name, path))
}

fn is_alike(name: &str, path: &str) -> bool {
    simple_name(name) == simple_name(path) && nearest_by(path, [name], |name| name).is_some()
}

fn did_you_mean<'a>(path: &str, names: impl Iterator<Item = &'a str> + Clone) -> Option<String> {
    let wanted = path.strip_prefix('.').unwrap_or(path);
    // The last parts are compared, because the package before them would make all names look alike; of several, the whole is.
    let same_end: Vec<&str> = names.clone().filter(|name| simple_name(name) == simple_name(wanted)).collect();
    let meant = nearest_by(wanted, same_end, |name| name).or_else(|| {
        let scope = wanted.rsplit_once('.').map_or("", |(scope, _)| scope);
        let siblings: Vec<&str> = names
            .filter(|name| name.rsplit_once('.').map_or("", |(scope, _)| scope).ends_with(scope))
            .collect();
        nearest_by(simple_name(wanted), siblings, simple_name)
    })?;
    Some(format!("did you mean `.{meant}`?"))
}

/// Paths of what others generate: they may be for imports too, and what is in a package of which nothing is here is for another run.
fn check_extern_paths(config: &Config, request: &Request, report: &mut Report) {
    if config.extern_paths.is_empty() {
        return;
    }
    let mut names: Vec<(&str, String)> = Vec::new();
    for file in &request.files {
        let scope = &file.package;
        names.extend(file.enumeration.iter().map(|item| (scope.as_str(), join(scope, &item.name))));
        let mut open: Vec<_> = file.message.iter().map(|message| (scope.clone(), message)).collect();
        while let Some((scope, message)) = open.pop() {
            let name = join(&scope, &message.name);
            names.extend(
                message.enumeration.iter().map(|item| (file.package.as_str(), join(&name, &item.name))),
            );
            open.extend(message.nested.iter().map(|nested| (name.clone(), nested)));
            names.push((&file.package, name));
        }
    }
    let packages = names.iter().map(|(package, _)| (*package).to_owned()).collect();
    let all = || names.iter().map(|(_, name)| name.as_str());
    for (path, _) in &config.extern_paths {
        if path == "." || all().any(|name| covers(path, name)) || !is_about(path, &packages, all) {
            continue;
        }
        let message = format!("option extern_path: `{}` matches no message or enum", shown(path));
        let help = did_you_mean(path, all())
            .unwrap_or_else(|| "leave it out, unless another run needs it".to_owned());
        report.push(Diagnostic::warning(Rule::UnusedOption, message).help(help));
    }
}
