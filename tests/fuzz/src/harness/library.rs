//! A small service with an operation, for targets whose bytes are about something else.

use prost::Message as _;

use super::descriptor::{File, MessageType, Method, MethodOptions, OperationInfo, Request, Service};

/// `google.longrunning.Operation`, and a service that returns it.
pub(crate) fn files() -> Vec<File> {
    let message = |name: &str| MessageType { name: name.to_owned(), ..MessageType::default() };
    let info = OperationInfo { response_type: "Response".to_owned(), metadata_type: "Metadata".to_owned() };
    let import = Method {
        name: "Import".to_owned(),
        input_type: ".example.v1.Request".to_owned(),
        output_type: ".google.longrunning.Operation".to_owned(),
        options: MethodOptions { operation_info: Some(info), ..MethodOptions::default() }.encode_to_vec(),
        ..Method::default()
    };
    vec![
        File {
            name: "operations.proto".to_owned(),
            package: "google.longrunning".to_owned(),
            message: vec![message("Operation")],
            extension: vec![operation_info()],
            syntax: "proto3".to_owned(),
            ..File::default()
        },
        File {
            name: "library.proto".to_owned(),
            package: "example.v1".to_owned(),
            dependency: vec!["operations.proto".to_owned()],
            message: ["Request", "Response", "Metadata"].map(message).into(),
            service: vec![Service { name: "Library".to_owned(), method: vec![import], ..Service::default() }],
            syntax: "proto3".to_owned(),
            ..File::default()
        },
    ]
}

/// The option that the service's methods have: without it, its number would mean nothing.
fn operation_info() -> prost_types::FieldDescriptorProto {
    prost_types::FieldDescriptorProto {
        name: Some("operation_info".to_owned()),
        extendee: Some(".google.protobuf.MethodOptions".to_owned()),
        number: Some(1049),
        ..prost_types::FieldDescriptorProto::default()
    }
}

/// A request for code of that service.
pub(crate) fn request(parameter: &str) -> Vec<u8> {
    Request {
        file_to_generate: vec!["library.proto".to_owned()],
        parameter: parameter.to_owned(),
        proto_file: files(),
    }
    .encode_to_vec()
}
