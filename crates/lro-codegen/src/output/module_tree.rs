//! Whether the packages of a run need the module tree of an include file to find each other.

use std::collections::{HashMap, HashSet};

use crate::config::{Config, Emit};
use crate::diagnostics::report::Report;
use crate::diagnostics::{Diagnostic, Rule};
use crate::input::descriptor::File;
use crate::input::details::{Kind, MessageType};
use crate::input::request::Request;
use crate::input::source::{SourceInfo, path};
use crate::model::join;
use crate::paths::TypePaths;

/// Warns where one package names a type of another and no include file puts both where they look for each other.
///
/// One warning is enough: whoever includes packages one by one has the same to do for all.
pub(crate) fn check_module_tree(config: &Config, request: &Request, paths: &TypePaths, report: &mut Report) {
    if config.emit == Emit::Lro || config.include_file.is_some() || !report.is_wanted(Rule::ModuleTree) {
        return;
    }
    let mut packages: HashSet<&str> = HashSet::new();
    packages.extend(request.targets().map(|file| file.package.as_str()));
    if packages.len() > 1
        && let Some(reference) = first_reference(request, paths)
    {
        report.push(reference.warning(request));
    }
}

/// A type of another package, and who names it.
struct Reference<'a> {
    /// The position of the file among all files.
    file: usize,
    /// Where in the file it is named, as source info has it.
    element: Vec<i32>,
    by: String,
    type_name: String,
    package: &'a str,
}

impl Reference<'_> {
    fn warning(&self, request: &Request) -> Diagnostic {
        let file = &request.files[self.file];
        let source = SourceInfo::read_whole(&file.name, file.source_code_info.as_ref());
        let message = format!(
            "{} is of the type {}: code of `{}` finds that of `{}` only in modules that lie within each other as the packages do",
            self.by, self.type_name, file.package, self.package
        );
        Diagnostic::warning(Rule::ModuleTree, message).at(source.locate(&self.element)).help(
            "set include_file and include that one file, as in `lro::include_proto!(\"mod\")` for mod.rs in a build script; or write modules \
             within each other as the packages are, and allow this rule",
        )
    }
}

/// The first reference from one generated package to another, in the order of the files.
fn first_reference<'a>(request: &'a Request, paths: &TypePaths) -> Option<Reference<'a>> {
    let position =
        |name: &String| request.position(name).filter(|index| request.is_target(&request.files[*index]));
    for (index, file) in request.files.iter().enumerate().filter(|(_, file)| request.is_target(file)) {
        // A file can only name what it imports, publicly too; most import no other package.
        let direct: Vec<usize> = file.dependency.iter().filter_map(|name| request.position(name)).collect();
        let seen = request.with_imports(&direct);
        let others = seen.into_iter().map(|index| &request.files[index]);
        let others = others.filter(|other| position(&other.name).is_some() && other.package != file.package);
        let types: HashMap<String, &str> = others
            .flat_map(|other| type_names(other).into_iter().map(|name| (name, other.package.as_str())))
            .filter(|(name, _)| !paths.is_external(name))
            .collect();
        if types.is_empty() {
            continue;
        }
        let named = in_methods(file).chain(in_fields(request, index, file));
        for (element, by, type_name) in named {
            if let Some(package) = types.get(type_name.as_str()) {
                return Some(Reference { file: index, element, by, type_name, package });
            }
        }
    }
    None
}

/// The full names of the messages and enums of a file.
fn type_names(file: &File) -> HashSet<String> {
    let mut names: HashSet<String> =
        file.enumeration.iter().map(|item| join(&file.package, &item.name)).collect();
    let mut open: Vec<_> = file.message.iter().map(|message| (file.package.clone(), message)).collect();
    while let Some((scope, message)) = open.pop() {
        let name = join(&scope, &message.name);
        names.extend(message.enumeration.iter().map(|item| join(&name, &item.name)));
        open.extend(message.nested.iter().map(|nested| (name.clone(), nested)));
        names.insert(name);
    }
    names
}

/// A place, who is there, and the type that is named.
type Named = (Vec<i32>, String, String);

fn in_methods(file: &File) -> impl Iterator<Item = Named> + '_ {
    (0..).zip(&file.service).flat_map(move |(index, service)| {
        let scope = join(&file.package, &service.name);
        (0..).zip(&service.method).flat_map(move |(number, method)| {
            let element = vec![path::FILE_SERVICE, index, path::SERVICE_METHOD, number];
            let of = |what: &str| format!("the {what} of {}", join(&scope, &method.name));
            let named = |what: &str, name: &String| {
                (element.clone(), of(what), name.trim_start_matches('.').to_owned())
            };
            [named("request", &method.input_type), named("response", &method.output_type)]
        })
    })
}

fn in_fields<'a>(request: &'a Request, index: usize, file: &'a File) -> impl Iterator<Item = Named> + 'a {
    let messages = (0..).zip(request.details(index).messages());
    let tops = messages.map(|(index, message)| {
        (vec![path::FILE_MESSAGE, index], join(&file.package, &message.name), message)
    });
    tops.flat_map(|(element, name, message)| {
        let mut named = Vec::new();
        fields(message, &element, &name, &mut named);
        named
    })
}

fn fields(message: &MessageType, element: &[i32], name: &str, named: &mut Vec<Named>) {
    for (index, field) in (0..).zip(&message.field) {
        let (Kind::Message(type_name) | Kind::Enum(type_name)) = field.kind() else { continue };
        // The value of a map is named by the message that holds the entries.
        let entry = type_name.strip_prefix(name).and_then(|rest| rest.strip_prefix('.'));
        let entry =
            message.nested.iter().find(|nested| nested.is_map_entry() && Some(&*nested.name) == entry);
        let value = entry.and_then(|entry| entry.field.iter().find(|field| field.name == "value"));
        if let Kind::Message(type_name) | Kind::Enum(type_name) = value.unwrap_or(field).kind() {
            let element = [element, &[path::MESSAGE_FIELD, index]].concat();
            named.push((element, join(name, &field.name), type_name.to_owned()));
        }
    }
    for (index, nested) in (0..).zip(&message.nested).filter(|(_, nested)| !nested.is_map_entry()) {
        let element = [element, &[path::MESSAGE_NESTED, index]].concat();
        fields(nested, &element, &join(name, &nested.name), named);
    }
}
