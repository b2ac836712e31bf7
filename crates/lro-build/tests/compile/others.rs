//! Protos that other people wrote, for other generators.

use crate::support::Project;

const STREAMS: &str = r#"syntax = "proto3";
package remote.v1;
import "google/longrunning/operations.proto";
service Execution {
  rpc Execute(Action) returns (stream google.longrunning.Operation);
  rpc GetOperation(google.longrunning.GetOperationRequest) returns (google.longrunning.Operation);
}
message Action {}
"#;

const LIMIT: &str = r#"syntax = "proto3";
package acme;
import "google/protobuf/descriptor.proto";
extend google.protobuf.MethodOptions { string limit = 1049; }
service Shop { rpc Sell(Order) returns (Order) { option (limit) = "some"; } }
message Order {}
"#;

#[test]
fn streams_of_operations_are_plain_methods() {
    let project = Project::new(&[("remote.proto", STREAMS)]);
    project.compile("remote.proto").unwrap();
    let code = project.generated("remote.v1.rs");
    assert!(code.contains("type ExecuteStream") && code.contains("pub async fn execute("), "{code}");
    assert!(!code.contains("execution_lro"), "{code}");
    let strict = project.builder().deny("core::0151::response-unary");
    let error = project.compile_with(&strict, "remote.proto").unwrap_err().to_string();
    assert!(error.contains("Execution.Execute") && !error.contains("GetOperation"), "{error}");
}

#[test]
fn an_option_that_has_the_number_of_ours_is_left_alone() {
    let project = Project::new(&[("acme.proto", LIMIT)]);
    project.compile_with(&project.builder().deny("core").deny("lro"), "acme.proto").unwrap();
    assert!(project.generated("acme.rs").contains("pub async fn sell("));
}
