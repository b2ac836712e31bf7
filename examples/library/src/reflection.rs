//! What the server says of itself, so that tools such as `buf curl` and grpcurl need no protos.

use tonic_reflection::server::{Builder, v1, v1alpha};

use crate::pb;

/// All services, and all files that they import: those of google come with the runtime.
const DESCRIPTORS: [&[u8]; 3] =
    [pb::FILE_DESCRIPTOR_SET, lro::google::FILE_DESCRIPTOR_SET, tonic_health::pb::FILE_DESCRIPTOR_SET];

/// `grpc.reflection.v1.ServerReflection`.
pub(crate) fn v1() -> v1::ServerReflectionServer<impl v1::ServerReflection> {
    builder().build_v1().expect("what generators write are descriptors")
}

/// `grpc.reflection.v1alpha.ServerReflection`, which older tools ask.
pub(crate) fn v1alpha() -> v1alpha::ServerReflectionServer<impl v1alpha::ServerReflection> {
    builder().build_v1alpha().expect("what generators write are descriptors")
}

fn builder() -> Builder<'static> {
    DESCRIPTORS.into_iter().fold(Builder::configure(), Builder::register_encoded_file_descriptor_set)
}
