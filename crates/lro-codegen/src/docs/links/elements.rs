//! The elements of the files to generate, by full name.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::services::ServiceItems;
use crate::config::{Config, Emit};
use crate::ident::{escape, oneof_type, snake, type_name};
use crate::input::details::{EnumType, Field, FileDetails, Kind, MessageType};
use crate::input::request::Request;
use crate::model::{Model, Service, join};
use crate::paths::TypePaths;

/// A generated item.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Item<'a> {
    pub(super) package: &'a str,
    /// The messages in whose modules it lies, outermost first.
    pub(super) messages: Vec<&'a str>,
    /// Its path below these modules.
    pub(super) name: String,
    /// What rustdoc has to be told of its kind, where several items have this path.
    pub(super) kind: &'static str,
}

/// What stands at the top level of a file.
#[derive(Debug)]
enum Top<'a> {
    /// A message or enum, in the file of this index.
    Type(usize),
    /// A service, with its items once they have been asked for: their names are found all at once.
    Service(&'a Service, OnceLock<ServiceItems<'a>>),
}

/// What can be referred to.
#[derive(Debug)]
pub(super) struct Elements<'a> {
    packages: HashMap<&'a str, HashMap<&'a str, Top<'a>>>,
    request: &'a Request,
    config: &'a Config,
    paths: &'a TypePaths,
}

impl<'a> Elements<'a> {
    pub(super) fn new(
        config: &'a Config,
        request: &'a Request,
        model: &'a Model,
        paths: &'a TypePaths,
    ) -> Self {
        let mut packages: HashMap<&str, HashMap<&str, Top>> = HashMap::new();
        for (index, file) in request.files.iter().enumerate().filter(|(_, file)| request.is_target(file)) {
            let messages = file.message.iter().map(|message| message.name.as_str());
            let enums = file.enumeration.iter().map(|enumeration| enumeration.name.as_str());
            packages
                .entry(&file.package)
                .or_default()
                .extend(messages.chain(enums).map(|name| (name, Top::Type(index))));
        }
        for service in &model.services {
            packages
                .entry(&service.package)
                .or_default()
                .insert(&service.name, Top::Service(service, OnceLock::new()));
        }
        Self { packages, request, config, paths }
    }

    /// The item that is generated for an element, if there is one for sure.
    pub(super) fn find(&self, full_name: &str) -> Option<Item<'_>> {
        let splits = full_name.rmatch_indices('.').map(|(end, _)| (&full_name[..end], &full_name[end + 1..]));
        splits.chain([("", full_name)]).find_map(|(package, rest)| {
            let (package, tops) = self.packages.get_key_value(package)?;
            let segments: Vec<&str> = rest.split('.').collect();
            let (service, items) = match tops.get(segments[0])? {
                Top::Type(file) => {
                    let inside = Inside { package, config: self.config, paths: self.paths };
                    return inside.top(self.request.details(*file), &segments);
                }
                Top::Service(service, items) => (service, items),
            };
            let items = items.get_or_init(|| ServiceItems::new(service, self.config));
            let (name, kind) = match &segments[1..] {
                [] => items.service.as_ref()?,
                [rpc] => items.methods.get(rpc)?,
                _ => return None,
            };
            Some(Item { package, messages: Vec::new(), name: name.clone(), kind })
        })
    }
}

/// What lies in the types of one package.
#[derive(Clone, Copy)]
struct Inside<'a> {
    package: &'a str,
    config: &'a Config,
    paths: &'a TypePaths,
}

impl<'a> Inside<'a> {
    fn top(self, file: &'a FileDetails, segments: &[&str]) -> Option<Item<'a>> {
        let (name, rest) = segments.split_first()?;
        if self.paths.is_external(&join(self.package, name)) {
            return None;
        }
        match file.top_message(name) {
            Some(message) => self.message(message, Vec::new(), rest),
            None => self.enumeration(file.top_enum(name)?, Vec::new(), rest),
        }
    }

    fn message(self, message: &'a MessageType, mut outer: Vec<&'a str>, rest: &[&str]) -> Option<Item<'a>> {
        // What holds the entries of a map has no item.
        if message.is_map_entry() {
            return None;
        }
        let Some((name, deeper)) = rest.split_first() else {
            return Some(self.item(outer, type_name(&message.name), ""));
        };
        let nested = message.nested.iter().find(|nested| nested.name == *name);
        let enumeration = message.enumeration.iter().find(|found| found.name == *name);
        if nested.is_some() || enumeration.is_some() {
            outer.push(&message.name);
            let full_name = join(self.package, &outer.join(".")) + "." + name;
            if self.paths.is_external(&full_name) {
                return None;
            }
        }
        if let Some(nested) = nested {
            return self.message(nested, outer, deeper);
        }
        if let Some(enumeration) = enumeration {
            return self.enumeration(enumeration, outer, deeper);
        }
        if !deeper.is_empty() {
            return None;
        }
        if let Some(field) = message.field.iter().find(|field| field.name == *name) {
            return self.field(message, field, outer);
        }
        let oneof = message.oneof.iter().position(|oneof| oneof.name == *name)?;
        // What only says that a field is optional has no item.
        message.field.iter().find(|field| field.oneof() == Some(oneof))?;
        Some(self.item(outer, format!("{}::{}", type_name(&message.name), snake(name)), ""))
    }

    fn field(self, message: &'a MessageType, field: &Field, mut outer: Vec<&'a str>) -> Option<Item<'a>> {
        let Some(oneof) = field.oneof() else {
            // Fields that hold an enum have a getter of the same name.
            let kind = if matches!(field.kind(), Kind::Enum(_)) { "field@" } else { "" };
            return Some(self.item(
                outer,
                format!("{}::{}", type_name(&message.name), snake(&field.name)),
                kind,
            ));
        };
        let oneof = message.oneof.get(oneof)?;
        let kind = oneof_type(&oneof.name, message.type_names());
        outer.push(&message.name);
        Some(self.item(outer, format!("{kind}::{}", type_name(&field.name)), ""))
    }

    fn enumeration(self, enumeration: &'a EnumType, outer: Vec<&'a str>, rest: &[&str]) -> Option<Item<'a>> {
        let kind = type_name(&enumeration.name);
        match rest {
            [] => Some(self.item(outer, kind, "")),
            [name] => {
                // Beside other plugins, only they know how they call the values.
                let index = enumeration.value.iter().position(|value| value.name == *name)?;
                let (value, before) = (&enumeration.value[index], &enumeration.value[..index]);
                let alias = before.iter().any(|other| other.number == value.number);
                if alias || self.config.emit == Emit::Lro {
                    return None;
                }
                let variant = variant(&kind, &value.name, self.config.messages.retain_enum_prefix);
                Some(self.item(outer, format!("{kind}::{variant}"), ""))
            }
            _ => None,
        }
    }

    fn item(self, messages: Vec<&'a str>, name: String, kind: &'static str) -> Item<'a> {
        Item { package: self.package, messages, name, kind }
    }
}

/// A value's name in Rust, by the rule of prost-build: without the enum's own name before it, unless what is left is no name.
fn variant(enumeration: &str, value: &str, retain_prefix: bool) -> String {
    let name = type_name(value);
    if retain_prefix {
        return name;
    }
    let stripped =
        name.strip_prefix(enumeration).filter(|rest| rest.starts_with(char::is_uppercase)).unwrap_or(&name);
    escape(stripped.to_owned())
}
