//! The program: `lro-conformance http://host:port --method pkg.Service/Method --request '{…}'`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    lro_conformance::cli::main().await
}
