//! The descriptors of responses and metadata, which servers read fields by that filters name.
//!
//! Of a service there is one set, with just the messages and enums that its operations can hold, and of these only what a reader of
//! encoded messages needs: no comments, no options, and presence as `proto3` says it, whatever the syntax of the file was.

use std::collections::{BTreeMap, BTreeSet};

use prost::Message as _;
use prost_types::field_descriptor_proto::Label;
use prost_types::{
    DescriptorProto, EnumDescriptorProto, EnumValueDescriptorProto, FieldDescriptorProto,
    FileDescriptorProto, FileDescriptorSet, MessageOptions,
};

use crate::input::details::{EnumType, Field, Kind, MessageDetails, Presence};
use crate::input::request::Request;
use crate::model::{Service, TypeIndex};

/// Messages that the runtime knows by their names.
const KNOWN: [&str; 15] = [
    "Any",
    "BoolValue",
    "BytesValue",
    "DoubleValue",
    "Duration",
    "Empty",
    "FloatValue",
    "Int32Value",
    "Int64Value",
    "ListValue",
    "StringValue",
    "Struct",
    "Timestamp",
    "UInt32Value",
    "UInt64Value",
];

/// A serialized `google.protobuf.FileDescriptorSet` with what operations of a service can hold; empty if that is nothing to describe.
pub(crate) fn of(request: &Request, types: &TypeIndex, service: &Service) -> Vec<u8> {
    let operations = service.methods.iter().filter_map(|method| method.served_operation());
    let names =
        operations.flat_map(|operation| [&operation.response.full_name, &operation.metadata.full_name]);
    let mut open: Vec<String> = names.cloned().collect();
    let (mut seen, mut packages) = (BTreeSet::new(), BTreeMap::<&str, Scope>::new());
    while let Some(full_name) = open.pop() {
        let is_known = full_name
            .strip_prefix("google.protobuf.")
            .is_some_and(|name| name == "Value" || KNOWN.contains(&name));
        if is_known || !seen.insert(full_name.clone()) {
            continue;
        }
        let Some(file) = types.get(&full_name).and_then(|entry| entry.file) else { continue };
        let package = request.files[file].package.as_str();
        let name = full_name.strip_prefix(package).unwrap_or(&full_name).trim_start_matches('.');
        let scope = packages.entry(package).or_default();
        if let Some(message) = request.details(file).message(name) {
            open.extend(message.fields().iter().filter_map(|field| type_name(field)).map(str::to_owned));
            scope.at(name).message = Some(describe(&message));
        } else if let Some(enumeration) = find_enum(request, file, name) {
            scope.at(name).enumeration = Some(describe_enum(enumeration));
        }
    }
    let file = packages.into_iter().map(|(package, scope)| scope.into_file(package)).collect();
    FileDescriptorSet { file }.encode_to_vec()
}

/// What lies within a package or a message.
#[derive(Default)]
struct Scope {
    inner: BTreeMap<String, Scope>,
    message: Option<DescriptorProto>,
    enumeration: Option<EnumDescriptorProto>,
}

impl Scope {
    fn at(&mut self, name: &str) -> &mut Self {
        name.split('.').fold(self, |scope, name| scope.inner.entry(name.to_owned()).or_default())
    }

    fn into_file(self, package: &str) -> FileDescriptorProto {
        let (message_type, enum_type) = self.into_types();
        FileDescriptorProto {
            package: (!package.is_empty()).then(|| package.to_owned()),
            message_type,
            enum_type,
            syntax: Some("proto3".to_owned()),
            ..FileDescriptorProto::default()
        }
    }

    fn into_types(self) -> (Vec<DescriptorProto>, Vec<EnumDescriptorProto>) {
        let (mut messages, mut enums) = (Vec::new(), Vec::new());
        for (name, mut scope) in self.inner {
            if let Some(enumeration) = scope.enumeration.take() {
                enums.push(EnumDescriptorProto { name: Some(name), ..enumeration });
                continue;
            }
            // A message that nothing refers to may have others within it.
            let message = scope.message.take().unwrap_or_default();
            let (nested_type, enum_type) = scope.into_types();
            messages.push(DescriptorProto { name: Some(name), nested_type, enum_type, ..message });
        }
        (messages, enums)
    }
}

fn find_enum<'r>(request: &'r Request, file: usize, name: &str) -> Option<&'r EnumType> {
    let details = request.details(file);
    match name.rsplit_once('.') {
        Some((message, name)) => details.message(message)?.into_enumeration(name),
        None => details.top_enum(name),
    }
}

fn type_name(field: &Field) -> Option<&str> {
    match field.kind() {
        Kind::Message(name) | Kind::Enum(name) => Some(name),
        Kind::Text | Kind::Bool | Kind::Number | Kind::Bytes => None,
    }
}

fn describe(message: &MessageDetails<'_>) -> DescriptorProto {
    let options = MessageOptions { map_entry: Some(true), ..MessageOptions::default() };
    DescriptorProto {
        field: message.fields().iter().map(|field| describe_field(message, field)).collect(),
        options: message.is_map_entry().then_some(options),
        ..DescriptorProto::default()
    }
}

fn describe_field(message: &MessageDetails<'_>, field: &Field) -> FieldDescriptorProto {
    let is_explicit = matches!(message.presence(field), Presence::Optional | Presence::Oneof(_));
    let is_message = matches!(field.kind(), Kind::Message(_));
    FieldDescriptorProto {
        name: Some(field.name.clone()),
        number: i32::try_from(field.number()).ok(),
        label: field.is_repeated().then_some(Label::Repeated.into()),
        r#type: Some(field.type_number()),
        type_name: type_name(field).map(|name| format!(".{name}")),
        proto3_optional: (is_explicit && !is_message).then_some(true),
        ..FieldDescriptorProto::default()
    }
}

fn describe_enum(enumeration: &EnumType) -> EnumDescriptorProto {
    let value = enumeration.value.iter().map(|value| EnumValueDescriptorProto {
        name: Some(value.name.clone()),
        number: Some(value.number),
        ..EnumValueDescriptorProto::default()
    });
    EnumDescriptorProto { value: value.collect(), ..EnumDescriptorProto::default() }
}
