//! Generates the messages, tonic services and the typed layer for long-running operations. Needs no protoc.

fn main() -> Result<(), lro_build::Error> {
    lro_build::configure()
        // The work makes checkpoints of messages, which then have to know their names.
        .enable_type_names(true)
        // The server describes itself to whoever asks.
        .file_descriptor_set(true)
        .compile(&["proto/library.proto"], &["proto"])
}
