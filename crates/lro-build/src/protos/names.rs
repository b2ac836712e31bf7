//! What the names in a proto mean, by protoc's rules.
//!
//! prost-reflect, too, looks from the innermost scope outwards for the first part of a name. But it stops at packages of files that have nothing
//! to do with the file at hand: beside a package `x.ext.config`, `config.core` within `x.ext.tls` means nothing to it, even if only
//! `x.config.core` is imported.

use std::collections::{HashMap, HashSet};

use protox::prost_reflect::prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto, ServiceDescriptorProto,
};

/// The names that files define, and what files import.
#[derive(Debug, Default)]
pub(super) struct Names {
    files: HashMap<String, FileNames>,
    /// All packages and types, in which names can lie, of all files.
    scopes: HashSet<String>,
}

#[derive(Debug, Default)]
struct FileNames {
    package: String,
    /// Messages, enums, services and extensions, by their full names.
    defined: HashSet<String>,
    imports: Vec<String>,
    public_imports: Vec<String>,
}

impl Names {
    /// Takes in a file, after those that it imports.
    pub(super) fn add(&mut self, file: &FileDescriptorProto) {
        let mut names = FileNames {
            package: file.package().to_owned(),
            imports: file.dependency.clone(),
            ..FileNames::default()
        };
        let public = file.public_dependency.iter().filter_map(|index| usize::try_from(*index).ok());
        names.public_imports = public.filter_map(|index| file.dependency.get(index).cloned()).collect();
        names.defined = defined(file);

        self.scopes.extend(outwards(file.package()).map(str::to_owned));
        self.scopes.extend(names.defined.iter().cloned());
        self.files.insert(file.name().to_owned(), names);
    }

    /// The files whose names another one may use: itself, its imports, and what these import publicly.
    pub(super) fn visible(&self, file: &str) -> Visible<'_> {
        let mut seen: Vec<&str> = Vec::new();
        let own = self.files.get_key_value(file);
        let mut open: Vec<&String> =
            own.iter().flat_map(|(name, names)| [*name].into_iter().chain(&names.imports)).collect();
        while let Some(name) = open.pop() {
            if !seen.contains(&name.as_str()) {
                seen.push(name);
                open.extend(self.files.get(name).into_iter().flat_map(|names| &names.public_imports));
            }
        }
        let files = seen.iter().filter_map(|name| self.files.get(*name)).collect();
        Visible { all: self, files, names: seen }
    }
}

/// What one file sees.
#[derive(Debug)]
pub(super) struct Visible<'a> {
    all: &'a Names,
    files: Vec<&'a FileNames>,
    names: Vec<&'a str>,
}

impl<'a> Visible<'a> {
    /// The names of the files that it sees, its own among them, in no order.
    pub(super) fn file_names(&self) -> &[&'a str] {
        &self.names
    }

    /// All full names that these files define.
    pub(super) fn defined(&self) -> impl Iterator<Item = &'a str> {
        self.files.iter().flat_map(|file| file.defined.iter().map(String::as_str))
    }

    /// The full name, with a dot before it, of what a name means within a scope, if prost-reflect would take it for something else.
    pub(super) fn correction(&self, name: &str, scope: &str) -> Option<String> {
        let (first, rest) = name.split_once('.').filter(|(first, _)| !first.is_empty())?;
        let meant = |scope: &str| join(&join(scope, first), rest);
        let scopes = || outwards(scope).chain([""]);
        let taken = scopes().find(|scope| self.all.scopes.contains(&join(scope, first))).map(meant)?;
        let right = scopes().find(|scope| self.is_scope(&join(scope, first))).map(meant)?;
        (taken != right && self.is_defined(&right)).then(|| format!(".{right}"))
    }

    fn is_defined(&self, name: &str) -> bool {
        self.files.iter().any(|file| file.defined.contains(name))
    }

    fn is_scope(&self, name: &str) -> bool {
        self.is_defined(name)
            || self.files.iter().any(|file| outwards(&file.package).any(|package| package == name))
    }
}

/// A scope and those around it, but for the one without a name.
fn outwards(scope: &str) -> impl Iterator<Item = &str> {
    let around = scope.rmatch_indices('.').map(|(end, _)| &scope[..end]);
    std::iter::once(scope).filter(|scope| !scope.is_empty()).chain(around)
}

/// The full names of all messages, enums, services and extensions of a file.
pub(super) fn defined(file: &FileDescriptorProto) -> HashSet<String> {
    let (mut names, scope) = (HashSet::new(), file.package());
    file.message_type.iter().for_each(|message| define(message, scope, &mut names));
    let enums = file.enum_type.iter().map(EnumDescriptorProto::name);
    let services = file.service.iter().map(ServiceDescriptorProto::name);
    let extensions = file.extension.iter().map(FieldDescriptorProto::name);
    names.extend(enums.chain(services).chain(extensions).map(|name| join(scope, name)));
    names
}

fn define(message: &DescriptorProto, scope: &str, defined: &mut HashSet<String>) {
    let full_name = join(scope, message.name());
    message.nested_type.iter().for_each(|nested| define(nested, &full_name, defined));
    let enums = message.enum_type.iter().map(EnumDescriptorProto::name);
    let extensions = message.extension.iter().map(FieldDescriptorProto::name);
    defined.extend(enums.chain(extensions).map(|name| join(&full_name, name)));
    defined.insert(full_name);
}

pub(super) fn join(scope: &str, name: &str) -> String {
    if scope.is_empty() { name.to_owned() } else { format!("{scope}.{name}") }
}
