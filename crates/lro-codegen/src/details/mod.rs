//! What only some methods need of a file: the fields of their requests, and the options about HTTP and routing.
//!
//! Most of a file is never asked for, so all this stays encoded in the request, and is decoded message by message for those who ask.
//! What cannot be decoded is treated as absent.

mod descriptor;

use std::collections::HashMap;

use bytes::Bytes;
use prost::Message as _;

pub(crate) use self::descriptor::{Field, HttpRule, MethodOptions, RoutingRule};
use self::descriptor::{FileDescriptor, MessageDescriptor, Named, ServiceDescriptor};

/// The details of all files of a request.
#[derive(Debug)]
pub(crate) struct Details<'a> {
    encoded: &'a [Bytes],
    files: HashMap<usize, FileDetails>,
}

#[derive(Debug)]
struct FileDetails {
    messages: HashMap<String, Bytes>,
    services: Vec<Bytes>,
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

/// A message's own fields, and the names of what it declares.
#[derive(Debug)]
pub(crate) struct MessageDetails {
    descriptor: MessageDescriptor,
    syntax: Syntax,
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

impl<'a> Details<'a> {
    /// `encoded` are the files of the request, in its order.
    pub(crate) fn new(encoded: &'a [Bytes]) -> Self {
        Self { encoded, files: HashMap::new() }
    }

    /// A message by its name within the package of a file.
    pub(crate) fn message(&mut self, file: usize, name: &str) -> Option<MessageDetails> {
        let file = self.file(file);
        let mut names = name.split('.');
        let mut encoded = file.messages.get(names.next()?)?.clone();
        for name in names {
            let nested = MessageDescriptor::decode(encoded).ok()?.nested;
            encoded = nested.into_iter().find(|nested| name_of(nested) == name)?;
        }
        let descriptor = MessageDescriptor::decode(encoded).ok()?;
        Some(MessageDetails { descriptor, syntax: file.syntax })
    }

    /// The options of the methods of a file's service, in their order.
    pub(crate) fn method_options(&mut self, file: usize, service: usize) -> Vec<MethodOptions> {
        let encoded = self.file(file).services.get(service).cloned().unwrap_or_default();
        let service = ServiceDescriptor::decode(encoded).unwrap_or_default();
        service.method.into_iter().map(|method| method.options.unwrap_or_default()).collect()
    }

    fn file(&mut self, index: usize) -> &FileDetails {
        self.files.entry(index).or_insert_with(|| {
            let encoded = self.encoded.get(index).cloned().unwrap_or_default();
            FileDetails::new(FileDescriptor::decode(encoded).unwrap_or_default())
        })
    }
}

impl FileDetails {
    fn new(file: FileDescriptor) -> Self {
        let presence =
            file.options.and_then(|options| options.features).map(|features| features.field_presence);
        let syntax = match file.syntax.as_str() {
            "proto3" => Syntax::Proto3,
            "editions" => Syntax::Editions(presence.unwrap_or_default()),
            _ => Syntax::Proto2,
        };
        let messages = file.message.into_iter().map(|message| (name_of(&message), message)).collect();
        Self { messages, services: file.service, syntax }
    }
}

impl MessageDetails {
    pub(crate) fn field(&self, name: &str) -> Option<&Field> {
        self.descriptor.field.iter().find(|field| field.name == name)
    }

    pub(crate) fn field_names(&self) -> impl Iterator<Item = &str> {
        self.descriptor.field.iter().map(|field| field.name.as_str())
    }

    /// The names of the messages and enums that it declares.
    pub(crate) fn type_names(&self) -> impl Iterator<Item = String> {
        let messages = self.descriptor.nested.iter().map(name_of);
        messages.chain(self.descriptor.enumeration.iter().map(|declared| declared.name.clone()))
    }

    pub(crate) fn presence(&self, field: &Field) -> Presence<'_> {
        const REQUIRED: i32 = 2;
        const REPEATED: i32 = 3;
        const IMPLICIT: i32 = 2;
        const LEGACY_REQUIRED: i32 = 3;
        let oneof =
            field.oneof_index.and_then(|index| self.descriptor.oneof.get(usize::try_from(index).ok()?));
        let is_message = matches!(field.kind(), Kind::Message(_));
        match (field.label, oneof, self.syntax) {
            (REPEATED, ..) => Presence::Repeated,
            _ if field.proto3_optional => Presence::Optional,
            (_, Some(oneof), _) => Presence::Oneof(&oneof.name),
            (REQUIRED, ..) => Presence::Always,
            (.., Syntax::Editions(of_file)) => {
                let features = field.options.as_ref().and_then(|options| options.features.as_ref());
                match features.map_or(0, |features| features.field_presence) {
                    LEGACY_REQUIRED => Presence::Always,
                    IMPLICIT if !is_message => Presence::Always,
                    0 if of_file == IMPLICIT && !is_message => Presence::Always,
                    _ => Presence::Optional,
                }
            }
            (.., Syntax::Proto3) if !is_message => Presence::Always,
            _ => Presence::Optional,
        }
    }
}

impl Field {
    pub(crate) fn kind(&self) -> Kind<'_> {
        let type_name = self.type_name.strip_prefix('.').unwrap_or(&self.type_name);
        match self.kind {
            8 => Kind::Bool,
            9 => Kind::Text,
            10 | 11 => Kind::Message(type_name),
            12 => Kind::Bytes,
            14 => Kind::Enum(type_name),
            _ => Kind::Number,
        }
    }

    /// Whether its text is a random UUID (AIP-202).
    pub(crate) fn is_uuid4(&self) -> bool {
        const UUID4: i32 = 1;
        let info = self.options.as_ref().and_then(|options| options.field_info.as_ref());
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

fn name_of(message: &Bytes) -> String {
    Named::decode(message.clone()).unwrap_or_default().name
}
