//! The parts of `google/protobuf/descriptor.proto` and `google/protobuf/compiler/plugin.proto` that the
//! generator reads, as prost structs of our own.
//!
//! `prost_types` drops unknown fields, and with them every custom option. Here options stay encoded where one of ours may be among them
//! (see `options`), so one decode serves protoc, buf, protox and a descriptor set on disk alike, whatever the file's syntax or edition.
//! All that is not named here is skipped unread.

use bytes::Bytes;
use prost::Message;

use crate::input::options::Options;
use crate::input::path::OPERATION_INFO;

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
    /// Still encoded: of most files nobody asks which extensions they declare.
    #[prost(bytes = "bytes", repeated, tag = "7")]
    pub(crate) extension: Vec<Bytes>,
    #[prost(message, optional, tag = "8")]
    pub(crate) options: Option<FileOptions>,
    #[prost(bytes = "bytes", optional, tag = "9")]
    pub(crate) source_code_info: Option<Bytes>,
    /// Indices into `dependency`: who imports this file can name what these declare, too.
    #[prost(int32, repeated, tag = "10")]
    pub(crate) public_dependency: Vec<i32>,
    #[prost(string, tag = "12")]
    pub(crate) syntax: String,
    /// Files that are imported for their options alone (`import option`, from edition 2024 on).
    #[prost(string, repeated, tag = "15")]
    pub(crate) option_dependency: Vec<String>,
}

impl File {
    /// The extensions that it declares, but for those within messages. What cannot be decoded is treated as absent.
    pub(crate) fn extensions(&self) -> impl Iterator<Item = Extension> {
        self.extension.iter().filter_map(|encoded| Extension::decode(encoded.clone()).ok())
    }
}

/// `google.protobuf.FieldDescriptorProto`, as far as it declares an extension.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Extension {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(string, tag = "2")]
    pub(crate) extendee: String,
    #[prost(int32, tag = "3")]
    pub(crate) number: i32,
    #[prost(string, tag = "6")]
    pub(crate) type_name: String,
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
    /// `google.protobuf.MethodOptions`, still encoded.
    #[prost(bytes = "bytes", repeated, tag = "4")]
    options: Vec<Bytes>,
    #[prost(bool, tag = "5")]
    pub(crate) client_streaming: bool,
    #[prost(bool, tag = "6")]
    pub(crate) server_streaming: bool,
}

impl Method {
    pub(crate) fn is_deprecated(&self) -> bool {
        const DEPRECATED: u32 = 33;
        Options(&self.options).is_set(DEPRECATED)
    }

    /// The value of an option that is a message, still encoded.
    pub(crate) fn option(&self, number: u32) -> Option<Vec<Bytes>> {
        Options(&self.options).pieces(number)
    }

    /// What stands under the number of `operation_info`, whether that is this option or somebody else's.
    pub(crate) fn operation_info(&self) -> Option<OperationInfo> {
        Options(&self.options).message(OPERATION_INFO.unsigned_abs())
    }
}

/// `google.longrunning.OperationInfo`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct OperationInfo {
    #[prost(string, tag = "1")]
    pub(crate) response_type: String,
    #[prost(string, tag = "2")]
    pub(crate) metadata_type: String,
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
