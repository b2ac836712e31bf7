//! Operations to filter, and messages of a type that has all that fields can be.

use std::num::NonZeroU32;
use std::sync::LazyLock;

use lro_store::{
    Attempt, Failure, FailureCode, Labels, OperationName, Outcome, Owner, Payload, State, Timestamp, View,
    ViewParts,
};
use prost::Message;
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{
    DescriptorProto, EnumDescriptorProto, EnumValueDescriptorProto, FieldDescriptorProto,
    FileDescriptorProto, FileDescriptorSet, MessageOptions,
};

use crate::Method;
use crate::server::filter::{Filter, FilterError, Types};

pub(super) const IMPORT: &str = "/example.library.v1.LibraryService/ImportBooks";
pub(super) const EXPORT: &str = "/example.library.v1.LibraryService/ExportBooks";

/// The types of two methods: both have the metadata `test.Meta`, and the second has a `google.protobuf.Struct` as its response.
fn types() -> Types {
    let descriptors: &'static [u8] = Box::leak(descriptors().into_boxed_slice());
    let import = Method::<(), (), ()>::new(IMPORT, "test.Request", "test.Book", "test.Meta");
    let export = Method::<(), (), ()>::new(EXPORT, "test.Request", "google.protobuf.Struct", "test.Meta");
    let types = Types::default();
    types.insert(&import.with_descriptors(descriptors));
    types.insert(&export.with_descriptors(descriptors));
    types
}

pub(super) fn parse(filter: &str) -> Result<Filter, FilterError> {
    static TYPES: LazyLock<Types> = LazyLock::new(types);
    Filter::parse(filter, &TYPES)
}

/// A view of a done operation with a response, or of a running one.
pub(super) fn view(id: &str, change: impl FnOnce(&mut ViewParts)) -> View {
    let name = OperationName::parse(&format!("shelves/1/operations/{id}")).unwrap();
    let mut parts =
        ViewParts::new(name, IMPORT, micros(1), State::Queued { not_before: None, last_attempt: None });
    change(&mut parts);
    View::from_parts(parts).unwrap()
}

pub(super) fn done(parts: &mut ViewParts, outcome: Outcome, end: i64) {
    parts.update_time = micros(end);
    parts.state = State::Done { outcome, end_time: micros(end), last_attempt: Attempt::new(1) };
    parts.max_attempts = NonZeroU32::MIN;
}

pub(super) fn failed(code: i32, message: &str) -> Outcome {
    Outcome::Error(Failure::new(FailureCode::new(code).unwrap(), message))
}

pub(super) fn micros(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros)
}

pub(super) fn owner(text: &str) -> Owner {
    Owner::new(text).unwrap()
}

pub(super) fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs.iter().fold(Labels::new(), |labels, (key, value)| labels.with(key, value).unwrap())
}

pub(super) fn payload(full_name: &str, message: &impl Message) -> Payload {
    Payload::new(format!("type.googleapis.com/{full_name}"), message.encode_to_vec())
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Meta {
    #[prost(int32, tag = "1")]
    pub(super) percent: i32,
    #[prost(string, tag = "2")]
    pub(super) stage_name: String,
    #[prost(message, optional, tag = "3")]
    pub(super) start_time: Option<prost_types::Timestamp>,
    #[prost(message, optional, tag = "4")]
    pub(super) timeout: Option<prost_types::Duration>,
    #[prost(int64, optional, tag = "5")]
    pub(super) limit: Option<i64>,
    #[prost(int32, tag = "6")]
    pub(super) state: i32,
    #[prost(message, repeated, tag = "7")]
    pub(super) books: Vec<Book>,
    #[prost(sint32, repeated, tag = "8")]
    pub(super) pages: Vec<i32>,
    #[prost(map = "string, message", tag = "9")]
    pub(super) by_shelf: std::collections::HashMap<String, Book>,
    #[prost(map = "int32, string", tag = "10")]
    pub(super) notes: std::collections::HashMap<i32, String>,
    #[prost(message, optional, tag = "11")]
    pub(super) book: Option<Book>,
    #[prost(message, optional, tag = "12")]
    pub(super) extra: Option<prost_types::Struct>,
    #[prost(message, optional, tag = "13")]
    pub(super) detail: Option<prost_types::Any>,
    #[prost(message, optional, tag = "14")]
    pub(super) count: Option<i64>,
    #[prost(bytes = "vec", tag = "15")]
    pub(super) hash: Vec<u8>,
    #[prost(bool, tag = "16")]
    pub(super) dry_run: bool,
    #[prost(float, tag = "17")]
    pub(super) rate: f32,
    #[prost(fixed64, tag = "18")]
    pub(super) size: u64,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Book {
    #[prost(string, tag = "1")]
    pub(super) title: String,
    #[prost(message, optional, boxed, tag = "2")]
    pub(super) sequel: Option<Box<Book>>,
}

fn descriptors() -> Vec<u8> {
    let field = |name: &str, number, kind: Type, of: &str| FieldDescriptorProto {
        name: Some(name.to_owned()),
        number: Some(number),
        label: Some(Label::Optional.into()),
        r#type: Some(kind.into()),
        type_name: (!of.is_empty()).then(|| format!(".{of}")),
        ..FieldDescriptorProto::default()
    };
    let message = |name: &str, number, of: &str| field(name, number, Type::Message, of);
    let many =
        |field: FieldDescriptorProto| FieldDescriptorProto { label: Some(Label::Repeated.into()), ..field };
    let entry = |name: &str, key: Type, value: FieldDescriptorProto| DescriptorProto {
        name: Some(name.to_owned()),
        field: vec![field("key", 1, key, ""), value],
        options: Some(MessageOptions { map_entry: Some(true), ..MessageOptions::default() }),
        ..DescriptorProto::default()
    };
    let meta = DescriptorProto {
        name: Some("Meta".to_owned()),
        field: vec![
            field("percent", 1, Type::Int32, ""),
            field("stage_name", 2, Type::String, ""),
            message("start_time", 3, "google.protobuf.Timestamp"),
            message("timeout", 4, "google.protobuf.Duration"),
            FieldDescriptorProto { proto3_optional: Some(true), ..field("limit", 5, Type::Int64, "") },
            field("state", 6, Type::Enum, "test.Meta.State"),
            many(message("books", 7, "test.Book")),
            many(field("pages", 8, Type::Sint32, "")),
            many(message("by_shelf", 9, "test.Meta.ByShelfEntry")),
            many(message("notes", 10, "test.Meta.NotesEntry")),
            message("book", 11, "test.Book"),
            message("extra", 12, "google.protobuf.Struct"),
            message("detail", 13, "google.protobuf.Any"),
            message("count", 14, "google.protobuf.Int64Value"),
            field("hash", 15, Type::Bytes, ""),
            field("dry_run", 16, Type::Bool, ""),
            field("rate", 17, Type::Float, ""),
            field("size", 18, Type::Fixed64, ""),
        ],
        nested_type: vec![
            entry("ByShelfEntry", Type::String, message("value", 2, "test.Book")),
            entry("NotesEntry", Type::Int32, field("value", 2, Type::String, "")),
        ],
        enum_type: vec![EnumDescriptorProto {
            name: Some("State".to_owned()),
            value: [("STATE_UNSPECIFIED", 0), ("READING", 1)]
                .map(|(name, number)| EnumValueDescriptorProto {
                    name: Some(name.to_owned()),
                    number: Some(number),
                    ..EnumValueDescriptorProto::default()
                })
                .to_vec(),
            ..EnumDescriptorProto::default()
        }],
        ..DescriptorProto::default()
    };
    let book = DescriptorProto {
        name: Some("Book".to_owned()),
        field: vec![field("title", 1, Type::String, ""), message("sequel", 2, "test.Book")],
        ..DescriptorProto::default()
    };
    let file = FileDescriptorProto {
        package: Some("test".to_owned()),
        syntax: Some("proto3".to_owned()),
        message_type: vec![meta, book],
        ..FileDescriptorProto::default()
    };
    FileDescriptorSet { file: vec![file] }.encode_to_vec()
}
