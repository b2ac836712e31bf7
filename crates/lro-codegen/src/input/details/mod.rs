//! What only some readers want of a file: the fields of messages, the values of enums, and the options about HTTP, routing and resources.
//!
//! Of most files nobody ever asks for it, so it stays encoded in the request until someone does, and is then decoded for the whole file.
//! What cannot be decoded is treated as absent.

mod descriptor;

use std::collections::HashMap;

use bytes::Bytes;
use prost::Message as _;

pub(crate) use self::descriptor::{EnumType, Field, HttpRule, MessageType, RoutingRule};
use self::descriptor::{Features, FieldInfo, File, ResourceDescriptor, Service};
use crate::input::descriptor::Extension;
use crate::input::options::Options;
use crate::input::path;

/// The options that are read, by their numbers.
mod number {
    pub(super) const MAP_ENTRY: u32 = 7;
    pub(super) const FEATURES: u32 = 21;
    /// Of messages and of fields alike.
    pub(super) const DEPRECATED: u32 = 3;
    /// `google.api.resource`.
    pub(super) const RESOURCE: u32 = 1053;
    /// `google.api.field_info`.
    pub(super) const FIELD_INFO: u32 = 291_403_980;
    /// `google.api.http`.
    pub(super) const HTTP: u32 = 72_295_728;
    /// `google.api.routing`.
    pub(super) const ROUTING: u32 = 72_295_729;
}

/// The details of one file.
#[derive(Debug)]
pub(crate) struct FileDetails {
    file: File,
    /// The position of each message that is not within another, by name.
    messages: HashMap<String, usize>,
    syntax: Syntax,
}

/// What decides whether a field that says nothing about it can be absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Syntax {
    Proto2,
    Proto3,
    /// With the file's own `features.field_presence`.
    Editions(i32),
}

/// A message, and what its file says about it.
#[derive(Debug)]
pub(crate) struct MessageDetails<'a> {
    /// Where it is in its file, as source info has it.
    pub(crate) element: Vec<i32>,
    message: &'a MessageType,
    syntax: Syntax,
}

/// The options of a method that routing headers follow from.
#[derive(Debug, Default)]
pub(crate) struct MethodOptions {
    pub(crate) http: Option<HttpRule>,
    pub(crate) routing: Option<RoutingRule>,
}

/// How prost stores a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence<'a> {
    /// As its type.
    Always,
    /// In an `Option`.
    Optional,
    /// In the enum of the oneof of this name.
    Oneof(&'a str),
    /// As a list or a map.
    Repeated,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind<'a> {
    Text,
    Bool,
    Number,
    Bytes,
    /// An enum, by its full name.
    Enum(&'a str),
    /// A message, by its full name.
    Message(&'a str),
}

impl FileDetails {
    /// Reads an encoded `google.protobuf.FileDescriptorProto`.
    pub(crate) fn read(encoded: Bytes) -> Self {
        let file = File::decode(encoded).unwrap_or_default();
        let features = file.options.as_ref().and_then(|options| options.features.as_ref());
        let syntax = match file.syntax.as_str() {
            "proto3" => Syntax::Proto3,
            "editions" => Syntax::Editions(features.map_or(0, |features| features.field_presence)),
            _ => Syntax::Proto2,
        };
        let names = file.message.iter().map(|message| message.name.clone());
        let messages = names.enumerate().map(|(index, name)| (name, index)).collect();
        Self { file, messages, syntax }
    }

    /// A message by its name within the package: `Book`, or `Book.Chapter`.
    pub(crate) fn message(&self, name: &str) -> Option<MessageDetails<'_>> {
        let mut names = name.split('.');
        let index = *self.messages.get(names.next()?)?;
        let mut message = &self.file.message[index];
        let mut element = vec![path::FILE_MESSAGE, i32::try_from(index).ok()?];
        for name in names {
            let index = message.nested.iter().position(|nested| nested.name == name)?;
            message = &message.nested[index];
            element.extend([path::MESSAGE_NESTED, i32::try_from(index).ok()?]);
        }
        Some(MessageDetails { element, message, syntax: self.syntax })
    }

    /// The extensions that it declares, within messages too.
    pub(crate) fn extensions(&self) -> Vec<&Extension> {
        let mut found: Vec<&Extension> = self.file.extension.iter().collect();
        let mut open: Vec<&MessageType> = self.file.message.iter().collect();
        while let Some(message) = open.pop() {
            found.extend(&message.extension);
            open.extend(&message.nested);
        }
        found
    }

    /// The messages that are not within others.
    pub(crate) fn messages(&self) -> &[MessageType] {
        &self.file.message
    }

    /// One of these messages.
    pub(crate) fn top_message(&self, name: &str) -> Option<&MessageType> {
        self.messages.get(name).map(|index| &self.file.message[*index])
    }

    /// The enums that are not within messages.
    pub(crate) fn enums(&self) -> &[EnumType] {
        &self.file.enumeration
    }

    /// An enum by its name within the package: `Kind`, or `Book.Kind`.
    pub(crate) fn enumeration(&self, name: &str) -> Option<&EnumType> {
        let Some((message, name)) = name.rsplit_once('.') else { return self.top_enum(name) };
        let declared = &self.message(message)?.message.enumeration;
        declared.iter().find(|enumeration| enumeration.name == name)
    }

    /// An enum that is not within a message.
    pub(crate) fn top_enum(&self, name: &str) -> Option<&EnumType> {
        self.file.enumeration.iter().find(|enumeration| enumeration.name == name)
    }

    /// Whether a message or field is deprecated, or a message that it is part of. `element` is its place, as source info has it.
    pub(crate) fn is_deprecated(&self, element: &[i32]) -> bool {
        fn at<T>(items: &[T], index: i32) -> Option<&T> {
            items.get(usize::try_from(index).ok()?)
        }
        let [path::FILE_MESSAGE, index, rest @ ..] = element else { return false };
        let (mut message, mut rest) = (at(&self.file.message, *index), rest);
        while let Some(found) = message {
            if Options(&found.options).is_set(number::DEPRECATED) {
                return true;
            }
            (message, rest) = match rest {
                [path::MESSAGE_NESTED, index, rest @ ..] => (at(&found.nested, *index), rest),
                [path::MESSAGE_FIELD, index, ..] => {
                    let field = at(&found.field, *index);
                    return field.is_some_and(|field| Options(&field.options).is_set(number::DEPRECATED));
                }
                _ => return false,
            };
        }
        false
    }

    /// The options of the methods of a service, in their order.
    pub(crate) fn method_options(&self, service: usize) -> Vec<MethodOptions> {
        let encoded = self.file.service.get(service).cloned().unwrap_or_default();
        let service = Service::decode(encoded).unwrap_or_default();
        let read = |options: Vec<Bytes>| MethodOptions {
            http: Options(&options).message(number::HTTP),
            routing: Options(&options).message(number::ROUTING),
        };
        service.method.into_iter().map(|method| read(method.options)).collect()
    }
}

impl<'a> MessageDetails<'a> {
    pub(crate) fn fields(&self) -> &[Field] {
        &self.message.field
    }

    pub(crate) fn field(&self, name: &str) -> Option<&Field> {
        self.message.field.iter().find(|field| field.name == name)
    }

    /// Whether it holds the entries of a map.
    pub(crate) fn is_map_entry(&self) -> bool {
        self.message.is_map_entry()
    }

    /// An enum that it declares.
    pub(crate) fn into_enumeration(self, name: &str) -> Option<&'a EnumType> {
        self.message.enumeration.iter().find(|enumeration| enumeration.name == name)
    }

    /// The names of the messages and enums that it declares.
    pub(crate) fn type_names(&self) -> impl Iterator<Item = &str> {
        self.message.type_names()
    }

    /// Whether it has the annotation of a resource.
    pub(crate) fn is_resource(&self) -> bool {
        self.resource().is_some()
    }

    /// Whether it is a resource that tools handle by its desired state alone (AIP-128).
    pub(crate) fn is_declarative(&self) -> bool {
        const DECLARATIVE_FRIENDLY: i32 = 1;
        self.resource().is_some_and(|resource| resource.style.contains(&DECLARATIVE_FRIENDLY))
    }

    fn resource(&self) -> Option<ResourceDescriptor> {
        Options(&self.message.options).message(number::RESOURCE)
    }

    pub(crate) fn presence(&self, field: &Field) -> Presence<'_> {
        const REQUIRED: i32 = 2;
        const IMPLICIT: i32 = 2;
        const LEGACY_REQUIRED: i32 = 3;
        let oneof = field.oneof().and_then(|index| self.message.oneof.get(index));
        let is_message = matches!(field.kind(), Kind::Message(_));
        match (oneof, self.syntax) {
            _ if field.is_repeated() => Presence::Repeated,
            _ if field.proto3_optional => Presence::Optional,
            (Some(oneof), _) => Presence::Oneof(&oneof.name),
            _ if field.label == REQUIRED => Presence::Always,
            (_, Syntax::Editions(of_file)) => {
                let features = Options(&field.options).message::<Features>(number::FEATURES);
                match features.unwrap_or_default().field_presence {
                    LEGACY_REQUIRED => Presence::Always,
                    IMPLICIT if !is_message => Presence::Always,
                    0 if of_file == IMPLICIT && !is_message => Presence::Always,
                    _ => Presence::Optional,
                }
            }
            (_, Syntax::Proto3) if !is_message => Presence::Always,
            _ => Presence::Optional,
        }
    }
}

impl MessageType {
    /// Whether it holds the entries of a map, so that Rust has no type for it.
    pub(crate) fn is_map_entry(&self) -> bool {
        Options(&self.options).is_set(number::MAP_ENTRY)
    }

    /// The names of the messages and enums that it declares.
    pub(crate) fn type_names(&self) -> impl Iterator<Item = &str> {
        let messages = self.nested.iter().map(|nested| nested.name.as_str());
        messages.chain(self.enumeration.iter().map(|declared| declared.name.as_str()))
    }
}

impl Field {
    /// The number, of which there is none below zero.
    pub(crate) fn number(&self) -> u32 {
        self.number.unsigned_abs()
    }

    /// The number of its type in `FieldDescriptorProto.Type`.
    pub(crate) fn type_number(&self) -> i32 {
        self.type_number
    }

    pub(crate) fn kind(&self) -> Kind<'_> {
        let type_name = self.type_name.strip_prefix('.').unwrap_or(&self.type_name);
        match self.type_number {
            8 => Kind::Bool,
            9 => Kind::Text,
            10 | 11 => Kind::Message(type_name),
            12 => Kind::Bytes,
            14 => Kind::Enum(type_name),
            _ => Kind::Number,
        }
    }

    /// Whether it is a number without fractions.
    pub(crate) fn is_integer(&self) -> bool {
        const DOUBLE: i32 = 1;
        const FLOAT: i32 = 2;
        self.kind() == Kind::Number && !matches!(self.type_number, DOUBLE | FLOAT)
    }

    pub(crate) fn is_repeated(&self) -> bool {
        const REPEATED: i32 = 3;
        self.label == REPEATED
    }

    /// The position of the oneof that it belongs to, in its message. A oneof that only says that a field is optional is none.
    pub(crate) fn oneof(&self) -> Option<usize> {
        self.oneof_index.filter(|_| !self.proto3_optional).and_then(|index| usize::try_from(index).ok())
    }

    /// Whether its text is a random UUID (AIP-202).
    pub(crate) fn is_uuid4(&self) -> bool {
        const UUID4: i32 = 1;
        let info = Options(&self.options).message::<FieldInfo>(number::FIELD_INFO);
        info.is_some_and(|info| info.format == UUID4)
    }
}

impl HttpRule {
    /// The path templates of the rule and its additional bindings.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        let custom = self.custom.iter().map(|custom| &custom.path);
        let own = [&self.get, &self.put, &self.post, &self.delete, &self.patch];
        let own = own.into_iter().chain(custom).map(String::as_str);
        let more: Box<dyn Iterator<Item = &str>> =
            Box::new(self.additional_bindings.iter().flat_map(Self::paths));
        own.chain(more).filter(|path| !path.is_empty())
    }
}
