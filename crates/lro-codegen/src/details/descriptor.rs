//! The parts of `google/protobuf/descriptor.proto`, `google/api/http.proto`, `routing.proto` and `field_info.proto` that the details are
//! read from, each extension as an ordinary field.

use bytes::Bytes;
use prost::Message;

/// Any descriptor, of which only the name is read.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Named {
    #[prost(string, tag = "1")]
    pub(super) name: String,
}

/// `google.protobuf.FileDescriptorProto`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct FileDescriptor {
    #[prost(bytes = "bytes", repeated, tag = "4")]
    pub(super) message: Vec<Bytes>,
    #[prost(bytes = "bytes", repeated, tag = "6")]
    pub(super) service: Vec<Bytes>,
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
pub(super) struct MessageDescriptor {
    #[prost(message, repeated, tag = "2")]
    pub(super) field: Vec<Field>,
    #[prost(bytes = "bytes", repeated, tag = "3")]
    pub(super) nested: Vec<Bytes>,
    #[prost(message, repeated, tag = "4")]
    pub(super) enumeration: Vec<Named>,
    #[prost(message, repeated, tag = "8")]
    pub(super) oneof: Vec<Named>,
}

/// `google.protobuf.FieldDescriptorProto`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Field {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(int32, tag = "4")]
    pub(super) label: i32,
    #[prost(int32, tag = "5")]
    pub(super) kind: i32,
    #[prost(string, tag = "6")]
    pub(super) type_name: String,
    #[prost(message, optional, tag = "8")]
    pub(super) options: Option<FieldOptions>,
    #[prost(int32, optional, tag = "9")]
    pub(super) oneof_index: Option<i32>,
    #[prost(bool, tag = "17")]
    pub(super) proto3_optional: bool,
}

/// `google.protobuf.FieldOptions` with the extension `google.api.field_info`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct FieldOptions {
    #[prost(message, optional, tag = "21")]
    pub(super) features: Option<Features>,
    #[prost(message, optional, tag = "291403980")]
    pub(super) field_info: Option<FieldInfo>,
}

/// `google.api.FieldInfo`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct FieldInfo {
    #[prost(int32, tag = "1")]
    pub(super) format: i32,
}

/// `google.protobuf.ServiceDescriptorProto`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct ServiceDescriptor {
    #[prost(message, repeated, tag = "2")]
    pub(super) method: Vec<MethodDescriptor>,
}

/// `google.protobuf.MethodDescriptorProto`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct MethodDescriptor {
    #[prost(message, optional, tag = "4")]
    pub(super) options: Option<MethodOptions>,
}

/// `google.protobuf.MethodOptions` with the extensions that routing headers follow from.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct MethodOptions {
    #[prost(message, optional, tag = "72295728")]
    pub(crate) http: Option<HttpRule>,
    #[prost(message, optional, tag = "72295729")]
    pub(crate) routing: Option<RoutingRule>,
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
