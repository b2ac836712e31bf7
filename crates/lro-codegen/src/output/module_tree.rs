//! Whether generated code finds the types that it names in other files.

use std::collections::{HashMap, HashSet};

use crate::config::{Config, Emit};
use crate::diagnostics::report::Report;
use crate::diagnostics::{Diagnostic, Rule};
use crate::input::descriptor::File;
use crate::input::details::{Kind, MessageType};
use crate::input::path;
use crate::input::request::Request;
use crate::input::source::SourceInfo;
use crate::model::join;
use crate::paths::TypePaths;

/// Warns where generated code would not find a type of a file that it imports: because no include file puts both packages where they look for
/// each other, or because no code is asked for that file.
///
/// One warning is enough: there is the same to do for all.
pub(crate) fn check_module_tree(config: &Config, request: &Request, paths: &TypePaths, report: &mut Report) {
    if config.emit == Emit::Lro || !report.is_wanted(Rule::ModuleTree) {
        return;
    }
    // Where a file lies apart from those that name it, another run may write it, unless this one says what modules there are.
    let has_tree = config.include_file.is_some();
    let is_missing =
        |file: &File, other: &File| !request.is_target(other) && (has_tree || file.package == other.package);
    let is_apart =
        |file: &File, other: &File| !has_tree && request.is_target(other) && file.package != other.package;
    if let Some(reference) = first_reference(request, paths, is_missing) {
        report.push(reference.to_nothing(request));
    } else if let Some(reference) = first_reference(request, paths, is_apart) {
        report.push(reference.to_another_module(request));
    }
}

/// A type of another file, and who names it.
struct Reference<'a> {
    /// The position of the file among all files.
    file: usize,
    /// Where in the file it is named, as source info has it.
    element: Vec<i32>,
    by: String,
    type_name: String,
    other: &'a File,
}

impl Reference<'_> {
    fn to_another_module(&self, request: &Request) -> Diagnostic {
        let message = format!(
            "{} is of the type {}: code of `{}` finds that of `{}` only in modules that lie within each other as the packages do",
            self.by, self.type_name, request.files[self.file].package, self.other.package
        );
        self.warning(
            message,
            "set include_file and include that one file, as in `lro::include_proto!(\"mod\")` for mod.rs in a build script; or write modules \
             within each other as the packages are, and allow this rule",
            request,
        )
    }

    fn to_nothing(&self, request: &Request) -> Diagnostic {
        let message = format!(
            "{} is of the type {}, but no code is asked for {}",
            self.by, self.type_name, self.other.name
        );
        let help = format!(
            "pass {} to the compiler as well, or say where its types are with extern_path",
            self.other.name
        );
        self.warning(message, &help, request)
    }

    fn warning(&self, message: String, help: &str, request: &Request) -> Diagnostic {
        let file = &request.files[self.file];
        let source = SourceInfo::read_whole(&file.name, file.source_code_info.as_ref());
        Diagnostic::warning(Rule::ModuleTree, message).at(source.locate(&self.element)).help(help)
    }
}

/// The first reference from a generated file to one of some others, in the order of the files.
fn first_reference<'a>(
    request: &'a Request,
    paths: &TypePaths,
    wanted: impl Fn(&File, &File) -> bool,
) -> Option<Reference<'a>> {
    for (index, file) in request.files.iter().enumerate().filter(|(_, file)| request.is_target(file)) {
        // A file can only name what it imports, publicly too; most import no other package.
        let direct: Vec<usize> = file.dependency.iter().filter_map(|name| request.position(name)).collect();
        let others = request.with_imports(&direct).into_iter().map(|index| &request.files[index]);
        let types: HashMap<String, &File> = others
            .filter(|other| wanted(file, other))
            .flat_map(|other| type_names(other).into_iter().map(move |name| (name, other)))
            .filter(|(name, _)| !paths.is_external(name))
            .collect();
        if types.is_empty() {
            continue;
        }
        for (element, by, type_name) in in_methods(file).chain(in_fields(request, index, file)) {
            if let Some(other) = types.get(type_name.as_str()) {
                return Some(Reference { file: index, element, by, type_name, other });
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
