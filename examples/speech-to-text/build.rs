//! Generates the messages, tonic's client and the typed layer for long-running operations. Needs no protoc.

fn main() -> Result<(), lro_build::Error> {
    lro_build::configure()
        // Google's servers find the project and the location of a request in a header, `x-goog-request-params`.
        .routing_headers(true)
        // The tests have a server of the same proto. A program that is a client only says `.server(false)`.
        .compile(&["proto/google/cloud/speech/v2/cloud_speech.proto"], &["proto"])
}
