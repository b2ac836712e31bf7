//! The parts of `google/protobuf/descriptor.proto` and `google/protobuf/compiler/plugin.proto` that the
//! generator reads, as prost structs of our own.
//!
//! `prost_types` drops unknown fields, and with them every custom option. These structs name the option
//! `google.longrunning.operation_info` (extension 1049 of `MethodOptions`) as an ordinary field, so one decode
//! reads it from protoc, buf, protox and a descriptor set on disk alike, whatever the file's syntax or edition.
//! All that is not named here is skipped unread.

use bytes::Bytes;
use prost::Message;

/// `google.protobuf.compiler.CodeGeneratorRequest`, its files still encoded.
///
/// `source_file_descriptors` (17) is left out on purpose: protoc 31 and later sends every file to generate a second time there.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct CodeGeneratorRequest {
    #[prost(string, repeated, tag = "1")]
    pub(crate) file_to_generate: Vec<String>,
    #[prost(string, optional, tag = "2")]
    pub(crate) parameter: Option<String>,
    #[prost(bytes = "bytes", repeated, tag = "15")]
    pub(crate) proto_file: Vec<Bytes>,
}

/// `google.protobuf.FileDescriptorSet`, its files still encoded.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct FileDescriptorSet {
    #[prost(bytes = "bytes", repeated, tag = "1")]
    pub(crate) file: Vec<Bytes>,
}

/// `google.protobuf.FileDescriptorProto`. The source info, most of a file's bytes, stays encoded until it is needed.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct File {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(string, tag = "2")]
    pub(crate) package: String,
    #[prost(string, repeated, tag = "3")]
    pub(crate) dependency: Vec<String>,
    #[prost(message, repeated, tag = "4")]
    pub(crate) message: Vec<MessageType>,
    #[prost(message, repeated, tag = "5")]
    pub(crate) enumeration: Vec<EnumType>,
    #[prost(message, repeated, tag = "6")]
    pub(crate) service: Vec<Service>,
    #[prost(message, optional, tag = "8")]
    pub(crate) options: Option<FileOptions>,
    #[prost(bytes = "bytes", optional, tag = "9")]
    pub(crate) source_code_info: Option<Bytes>,
    #[prost(string, tag = "12")]
    pub(crate) syntax: String,
}

/// `google.protobuf.FileOptions`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct FileOptions {
    #[prost(bool, tag = "23")]
    pub(crate) deprecated: bool,
}

/// `google.protobuf.DescriptorProto`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct MessageType {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(message, repeated, tag = "3")]
    pub(crate) nested: Vec<MessageType>,
    #[prost(message, repeated, tag = "4")]
    pub(crate) enumeration: Vec<EnumType>,
}

/// `google.protobuf.EnumDescriptorProto`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct EnumType {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
}

/// `google.protobuf.ServiceDescriptorProto`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Service {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(message, repeated, tag = "2")]
    pub(crate) method: Vec<Method>,
    #[prost(message, optional, tag = "3")]
    pub(crate) options: Option<ServiceOptions>,
}

/// `google.protobuf.ServiceOptions`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct ServiceOptions {
    #[prost(bool, tag = "33")]
    pub(crate) deprecated: bool,
}

/// `google.protobuf.MethodDescriptorProto`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Method {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(string, tag = "2")]
    pub(crate) input_type: String,
    #[prost(string, tag = "3")]
    pub(crate) output_type: String,
    #[prost(message, optional, tag = "4")]
    pub(crate) options: Option<MethodOptions>,
    #[prost(bool, tag = "5")]
    pub(crate) client_streaming: bool,
    #[prost(bool, tag = "6")]
    pub(crate) server_streaming: bool,
}

/// `google.protobuf.MethodOptions` with the extension this project is about.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct MethodOptions {
    #[prost(bool, tag = "33")]
    pub(crate) deprecated: bool,
    #[prost(message, optional, tag = "1049")]
    pub(crate) operation_info: Option<OperationInfo>,
}

/// `google.longrunning.OperationInfo`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct OperationInfo {
    #[prost(string, tag = "1")]
    pub(crate) response_type: String,
    #[prost(string, tag = "2")]
    pub(crate) metadata_type: String,
}

/// `google.protobuf.SourceCodeInfo`, its locations still encoded: of most files only few are needed.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct SourceCodeInfo {
    #[prost(bytes = "bytes", repeated, tag = "1")]
    pub(crate) location: Vec<Bytes>,
}

/// `google.protobuf.SourceCodeInfo.Location`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Location {
    #[prost(int32, repeated, tag = "1")]
    pub(crate) path: Vec<i32>,
    /// Start line, start column, then the end; all from zero.
    #[prost(int32, repeated, tag = "2")]
    pub(crate) span: Vec<i32>,
    #[prost(string, tag = "3")]
    pub(crate) leading_comments: String,
    #[prost(string, tag = "4")]
    pub(crate) trailing_comments: String,
    #[prost(string, repeated, tag = "6")]
    pub(crate) leading_detached_comments: Vec<String>,
}

/// `google.protobuf.compiler.CodeGeneratorResponse`, with the edition fields that `prost_types` lacks.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct CodeGeneratorResponse {
    #[prost(string, optional, tag = "1")]
    pub(crate) error: Option<String>,
    #[prost(uint64, optional, tag = "2")]
    pub(crate) supported_features: Option<u64>,
    #[prost(int32, optional, tag = "3")]
    pub(crate) minimum_edition: Option<i32>,
    #[prost(int32, optional, tag = "4")]
    pub(crate) maximum_edition: Option<i32>,
    #[prost(message, repeated, tag = "15")]
    pub(crate) file: Vec<ResponseFile>,
}

/// `google.protobuf.compiler.CodeGeneratorResponse.File`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct ResponseFile {
    #[prost(string, optional, tag = "1")]
    pub(crate) name: Option<String>,
    #[prost(string, optional, tag = "2")]
    pub(crate) insertion_point: Option<String>,
    #[prost(string, optional, tag = "15")]
    pub(crate) content: Option<String>,
}
