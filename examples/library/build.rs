//! Generates the messages, tonic services and the typed layer for long-running operations. Needs no protoc.

fn main() -> Result<(), lro_build::Error> {
    lro_build::configure().compile(&["proto/library.proto"], &["proto"])
}
