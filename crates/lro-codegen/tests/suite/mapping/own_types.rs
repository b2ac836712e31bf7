//! APIs whose protos do not say what operations hold, and whose operations say otherwise than others whether they are done.

use super::config;
use crate::support::{Proto, check_generated_with, generate_with, show, snapshot};

/// As some clouds have it: an enum in place of `done`, and nothing but the operation for what it leaves behind.
const DISKS: &str = "syntax = \"proto3\"; package cloud.disks;
    import \"google/protobuf/any.proto\"; import \"google/rpc/status.proto\";
    message Operation { enum State { STATE_UNKNOWN = 0; RUNNING = 1; DONE = 3; FAILED = 4; }
      string id = 1; State state = 2; google.rpc.Status error = 3; string resource_id = 4; google.protobuf.Any progress = 5;
      optional State last = 6; }
    message Progress {} message Disk {}
    message GetRequest { string id = 1; } message CreateDiskRequest {}
    service Operations { rpc Get(GetRequest) returns (Operation); }
    service Disks { rpc Create(CreateDiskRequest) returns (Operation); rpc Delete(CreateDiskRequest) returns (Operation);
      rpc Find(GetRequest) returns (Disk); }";

const MAPPING: &str = "\
type: lro.OperationMapping
operations:
- message: cloud.disks.Operation
  fields: { name: id, done: { field: state, values: [DONE, FAILED] }, metadata: progress }
  response_type: cloud.disks.Operation
  metadata_type: Progress
  get: { method: cloud.disks.Operations.Get, name: id }
methods:
- selector: cloud.disks.Disks.Delete
  response_type: google.protobuf.Empty
";

fn disks() -> [Proto; 1] {
    [("cloud/disks.proto", DISKS.to_owned())]
}

#[test]
fn operations_are_their_own_responses_and_done_by_the_values_of_an_enum() {
    check_generated_with("mapping_own_types", &config(MAPPING), &disks(), "emit=lro");
}

#[test]
fn an_enum_may_be_absent() {
    let text = MAPPING.replace("field: state", "field: last");
    let shown = show(&generate_with(&config(&text), &disks(), "emit=lro"));
    assert!(shown.contains("matches!(operation.last.as_ref(), Some(3i32) | Some(4i32))"), "{shown}");
}

#[test]
fn types_of_all_methods_give_way_to_those_of_one() {
    let text = MAPPING.replace("response_type: cloud.disks.Operation", "response_type: Disk");
    let shown = show(&generate_with(&config(&text), &disks(), "emit=lro"));
    assert!(
        shown.contains("CREATE: Method<super::CreateDiskRequest, super::Disk, super::Progress>"),
        "{shown}"
    );
    assert!(shown.contains("DELETE: Method<super::CreateDiskRequest, (), super::Progress>"), "{shown}");
}

#[test]
fn what_such_operations_cannot_be_is_refused() {
    let cases = [
        ("values: [DONE, FAILED]", "values: [DONE, FALIED]"),
        ("values: [DONE, FAILED]", "values: []"),
        ("values: [DONE, FAILED]", "valeus: [DONE]"),
        ("field: state, ", ""),
        ("{ field: state, values: [DONE, FAILED] }", "state"),
        ("field: state", "field: error"),
        ("metadata: progress", "response: progress"),
        ("response_type: cloud.disks.Operation", "response_type: cloud.disks.Oparation"),
        ("metadata_type: Progress", "metadata_type: Porgress"),
    ];
    let mut said = String::new();
    for (right, wrong) in cases {
        assert!(MAPPING.contains(right), "{right}");
        let error = generate_with(&config(&MAPPING.replace(right, wrong)), &disks(), "emit=lro").unwrap_err();
        said.extend([wrong, "\n", &error.to_string(), "\n\n"]);
    }
    snapshot("mapping_own_types_refused", said.trim_end());
}
