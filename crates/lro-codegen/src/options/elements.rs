//! The elements that paths in options can be for.

use std::collections::BTreeSet;

use crate::input::details::{EnumType, FileDetails, Kind as FieldKind, MessageType};
use crate::input::request::Request;
use crate::model::join;

/// What an element is, as far as options tell elements apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A package that has services, for which tonic writes modules.
    Package,
    Message,
    Enum,
    Oneof,
    /// A value of an enum, or a field as a variant of its oneof.
    Variant,
    Service,
    Method,
    Bytes,
    Map,
    /// A field that prost can box: not in a list, and not as a part of a oneof, which has a path of its own.
    Single,
    /// Any other field.
    Field,
}

/// The elements of the files that code is asked for.
#[derive(Debug, Default)]
pub(super) struct Elements {
    /// Full names. One element may be here several times, if it goes by several names or is of several kinds.
    pub(super) all: Vec<(Kind, String)>,
    /// The packages of these files.
    pub(super) packages: BTreeSet<String>,
}

impl Elements {
    pub(super) fn of(request: &Request) -> Self {
        let mut elements = Self::default();
        for (index, file) in request.files.iter().enumerate().filter(|(_, file)| request.is_target(file)) {
            elements.packages.insert(file.package.clone());
            elements.file(request.details(index), &file.package);
            for service in &file.service {
                let name = join(&file.package, &service.name);
                let methods = service.method.iter().map(|method| (Kind::Method, join(&name, &method.name)));
                elements.all.extend(methods);
                elements.all.extend([(Kind::Service, name), (Kind::Package, file.package.clone())]);
            }
        }
        elements
    }

    fn file(&mut self, file: &FileDetails, package: &str) {
        file.messages().iter().for_each(|message| self.message(message, package));
        file.enums().iter().for_each(|enumeration| self.enumeration(enumeration, package));
    }

    fn message(&mut self, message: &MessageType, scope: &str) {
        let name = join(scope, &message.name);
        let map_entry = |field: &FieldKind<'_>| {
            let FieldKind::Message(full_name) = field else { return None };
            let entry = full_name.strip_prefix(&name)?.strip_prefix('.')?;
            message.nested.iter().find(|nested| nested.name == entry && nested.is_map_entry())
        };
        for field in &message.field {
            let path = join(&name, &field.name);
            let kind = field.kind();
            if let Some(oneof) = field.oneof().and_then(|index| message.oneof.get(index)) {
                let variant = join(&join(&name, &oneof.name), &field.name);
                self.all.extend([(Kind::Variant, variant.clone()), (Kind::Single, variant)]);
            } else if !field.is_repeated() {
                self.all.push((Kind::Single, path.clone()));
            }
            if let Some(entry) = map_entry(&kind) {
                self.all.push((Kind::Map, path.clone()));
                // prost looks the values of a map up by the name that they have in its entries.
                let bytes = entry.field.iter().filter(|field| field.kind() == FieldKind::Bytes);
                self.all.extend(bytes.map(|field| (Kind::Bytes, join(&name, &field.name))));
            }
            let kind = if kind == FieldKind::Bytes { Kind::Bytes } else { Kind::Field };
            self.all.push((kind, path));
        }
        self.all.extend(message.oneof.iter().map(|oneof| (Kind::Oneof, join(&name, &oneof.name))));
        message.enumeration.iter().for_each(|enumeration| self.enumeration(enumeration, &name));
        let nested = message.nested.iter().filter(|nested| !nested.is_map_entry());
        nested.for_each(|nested| self.message(nested, &name));
        self.all.push((Kind::Message, name));
    }

    fn enumeration(&mut self, enumeration: &EnumType, scope: &str) {
        let name = join(scope, &enumeration.name);
        self.all.extend(enumeration.value.iter().map(|value| (Kind::Variant, join(&name, &value.name))));
        self.all.push((Kind::Enum, name));
    }
}
