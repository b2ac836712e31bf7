//! Long-running methods that answer with a stream of their operation's states.

use crate::support::{check_generated, proto};

#[test]
fn a_stream_of_operations_is_typed_like_a_single_one() {
    let file = proto(
        "build.proto",
        "example.build",
        r#"
        // Builds.
        service Build {
          // Runs an action.
          rpc Execute(Action) returns (stream google.longrunning.Operation) {
            option (google.longrunning.operation_info) = { response_type: "Result" metadata_type: "Stage" };
          }
          // Follows one that runs already.
          rpc WaitExecution(Execution) returns (stream google.longrunning.Operation);
        }
        message Action {}
        message Execution { string name = 1; }
        message Result {}
        message Stage {}
        "#,
    );
    check_generated("operation_streams", &[file], "emit=lro,allow=core::0151::response-unary");
}
