//! The messages that long-running operations consist of on the wire, and the service that serves them.
//!
//! Most programs meet them only at the edges: [`longrunning::Operation`] when they keep or pass on an
//! operation as the server sent it, [`rpc`] when they read or write the details of an error. The types are
//! generated from the project's own `proto/google` by `cargo xtask generate`. Each message implements
//! [`prost::Name`], so that [`prost_types::Any::from_msg`] packs it with the prefix `type.googleapis.com/`.

/// The serialized `google.protobuf.FileDescriptorSet` of the google files that APIs import, without comments: `google/longrunning`,
/// `google/rpc`, `google/type`, `google/protobuf` and the parts of `google/api` that `lro-build` brings along.
///
/// It is for server reflection, beside the descriptors of your own packages, which the option `file_descriptor_set` of the generators
/// embeds. A client that has got the descriptor of a file asks for those of its imports, so without this set it can describe no service
/// with long-running methods. It also lists `google.longrunning.Operations`, the only service in it. With tonic-reflection:
///
/// ```ignore
/// tonic_reflection::server::Builder::configure()
///     .register_encoded_file_descriptor_set(library::FILE_DESCRIPTOR_SET)
///     .register_encoded_file_descriptor_set(lro::google::FILE_DESCRIPTOR_SET)
///     .build_v1()?
/// ```
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!("google.binpb");

mod status;

// The files stay as the generator writes them: formatting or linting them would only be undone.

/// Package google.longrunning: the operation and the service `Operations`.
#[rustfmt::skip]
#[allow(clippy::all, clippy::pedantic, reason = "generated; what fires depends on the crate's features")]
pub mod longrunning;

/// Package google.rpc: the error model, made of a code, a message and details, and what else is in the package.
#[rustfmt::skip]
#[allow(clippy::all, clippy::pedantic, reason = "generated; kept alike with the module above")]
pub mod rpc;
