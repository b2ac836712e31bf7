//! The parts of `google/protobuf/descriptor.proto`, `google/api/http.proto`, `routing.proto`, `field_info.proto` and `resource.proto` that
//! the details are read from. Options stay encoded where an extension may be among them.

use bytes::Bytes;
use prost::Message;

use crate::input::descriptor::Extension;

/// `google.protobuf.FileDescriptorProto`, its services still encoded.
#[derive(Clone, PartialEq, Message)]
pub(super) struct File {
    #[prost(message, repeated, tag = "4")]
    pub(super) message: Vec<MessageType>,
    #[prost(message, repeated, tag = "5")]
    pub(super) enumeration: Vec<EnumType>,
    #[prost(bytes = "bytes", repeated, tag = "6")]
    pub(super) service: Vec<Bytes>,
    #[prost(message, repeated, tag = "7")]
    pub(super) extension: Vec<Extension>,
    #[prost(message, optional, tag = "8")]
    pub(super) options: Option<FileOptions>,
    #[prost(string, tag = "12")]
    pub(super) syntax: String,
}

/// `google.protobuf.FileOptions`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct FileOptions {
    #[prost(message, optional, tag = "50")]
    pub(super) features: Option<Features>,
}

/// `google.protobuf.FeatureSet`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Features {
    #[prost(int32, tag = "1")]
    pub(super) field_presence: i32,
}

/// `google.protobuf.DescriptorProto`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct MessageType {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(message, repeated, tag = "2")]
    pub(crate) field: Vec<Field>,
    #[prost(message, repeated, tag = "3")]
    pub(crate) nested: Vec<MessageType>,
    #[prost(message, repeated, tag = "4")]
    pub(crate) enumeration: Vec<EnumType>,
    #[prost(message, repeated, tag = "6")]
    pub(super) extension: Vec<Extension>,
    /// `google.protobuf.MessageOptions`, still encoded.
    #[prost(bytes = "bytes", repeated, tag = "7")]
    pub(super) options: Vec<Bytes>,
    #[prost(message, repeated, tag = "8")]
    pub(crate) oneof: Vec<Oneof>,
}

/// `google.api.ResourceDescriptor`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct ResourceDescriptor {
    #[prost(int32, repeated, tag = "10")]
    pub(super) style: Vec<i32>,
}

/// `google.protobuf.OneofDescriptorProto`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Oneof {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
}

/// `google.protobuf.EnumDescriptorProto`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct EnumType {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(message, repeated, tag = "2")]
    pub(crate) value: Vec<EnumValue>,
}

/// `google.protobuf.EnumValueDescriptorProto`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct EnumValue {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(int32, tag = "2")]
    pub(crate) number: i32,
}

/// `google.protobuf.FieldDescriptorProto`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Field {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(int32, tag = "3")]
    pub(super) number: i32,
    #[prost(int32, tag = "4")]
    pub(super) label: i32,
    #[prost(int32, tag = "5")]
    pub(super) type_number: i32,
    #[prost(string, tag = "6")]
    pub(super) type_name: String,
    /// `google.protobuf.FieldOptions`, still encoded.
    #[prost(bytes = "bytes", repeated, tag = "8")]
    pub(super) options: Vec<Bytes>,
    #[prost(int32, optional, tag = "9")]
    pub(super) oneof_index: Option<i32>,
    #[prost(bool, tag = "17")]
    pub(super) proto3_optional: bool,
}

/// `google.api.FieldInfo`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct FieldInfo {
    #[prost(int32, tag = "1")]
    pub(super) format: i32,
}

/// `google.protobuf.ServiceDescriptorProto`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Service {
    #[prost(message, repeated, tag = "2")]
    pub(super) method: Vec<Method>,
}

/// `google.protobuf.MethodDescriptorProto`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Method {
    /// `google.protobuf.MethodOptions`, still encoded.
    #[prost(bytes = "bytes", repeated, tag = "4")]
    pub(super) options: Vec<Bytes>,
}

/// `google.api.HttpRule`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct HttpRule {
    #[prost(string, tag = "2")]
    pub(super) get: String,
    #[prost(string, tag = "3")]
    pub(super) put: String,
    #[prost(string, tag = "4")]
    pub(super) post: String,
    #[prost(string, tag = "5")]
    pub(super) delete: String,
    #[prost(string, tag = "6")]
    pub(super) patch: String,
    #[prost(message, optional, tag = "8")]
    pub(super) custom: Option<CustomHttpPattern>,
    #[prost(message, repeated, tag = "11")]
    pub(super) additional_bindings: Vec<HttpRule>,
}

/// `google.api.CustomHttpPattern`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct CustomHttpPattern {
    #[prost(string, tag = "2")]
    pub(super) path: String,
}

/// `google.api.RoutingRule`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct RoutingRule {
    #[prost(message, repeated, tag = "2")]
    pub(crate) parameters: Vec<RoutingParameter>,
}

/// `google.api.RoutingParameter`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct RoutingParameter {
    #[prost(string, tag = "1")]
    pub(crate) field: String,
    #[prost(string, tag = "2")]
    pub(crate) path_template: String,
}
