//! Generates the messages, tonic services and the typed layer for long-running operations. Needs no protoc.

fn main() -> Result<(), lro_build::Error> {
    lro_build::configure()
        // `WaitExecution` starts nothing: it takes the name of an operation, and stays a plain method.
        .allow("core::0151::response-unary")
        .service_config("proto/operations.yaml")
        .compile(&["proto/build/bazel/remote/execution/v2/remote_execution.proto"], &["proto"])
}
