//! Generates the messages, tonic services and the typed layer for long-running operations. Needs no protoc.

fn main() -> Result<(), lro_build::Error> {
    // The work makes checkpoints of messages, which then have to know their names.
    lro_build::configure().enable_type_names(true).compile(&["proto/library.proto"], &["proto"])
}
