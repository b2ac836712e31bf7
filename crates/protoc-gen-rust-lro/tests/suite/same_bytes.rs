//! Real protoc and protox describe the same protos differently (order of files, of spans, of option fields); the output must not differ.

use test_tools::{PROTOC, find};

use crate::support::{Project, answer, files_of, protox_request, text};

const LIBRARY: &str = "example/library/v1/library.proto";
/// A second package and types in files that are not imported, hostile comments, streams, options of others.
const LAB: [&str; 3] = ["lab/v1/lab.proto", "lab/v1/sample.proto", "lab/type/shape.proto"];

#[track_caller]
fn assert_same(targets: &[&str], parameter: &str) {
    let Some([protoc]) = find([PROTOC]) else { return };
    let project = Project::empty();
    let output = project.protoc(&protoc, parameter, targets);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let files = project.files();
    assert!(!files.is_empty());

    assert_eq!(files, files_of(answer(&protox_request(&project.includes(), targets, parameter))));
}

#[test]
fn of_the_library_with_messages() {
    assert_same(&[LIBRARY], "include_file=mod.rs");
}

#[test]
fn of_the_library_without_messages() {
    assert_same(&[LIBRARY], "emit=lro,no_include,include_file=mod.rs");
}

#[test]
fn of_a_proto_that_has_everything_with_messages() {
    assert_same(&LAB, "include_file=mod.rs");
}

#[test]
fn of_a_proto_that_has_everything_without_messages() {
    assert_same(&LAB, "emit=lro,no_include,include_file=mod.rs");
}

#[test]
fn faults_are_found_in_the_same_places() {
    let Some([protoc]) = find([PROTOC]) else { return };
    let project = Project::of(
        "syntax = \"proto3\"",
        "message Thing {}
service Lab {
  rpc Analyze(Thing) returns (google.longrunning.Operation) {
    option (google.longrunning.operation_info) = {
      response_type: \"Thong\"
    };
  }
  rpc Watch(Thing) returns (stream google.longrunning.Operation) {
    option (google.longrunning.operation_info) = { response_type: \"Thing\" metadata_type: \"Thing\" };
  }
}
",
    );

    let output = project.protoc(&protoc, "", &["lab.proto"]);
    let error = answer(&protox_request(&project.includes(), &["lab.proto"], "")).error.unwrap();

    // protoc writes the name of the plugin before the message.
    assert_eq!(text(&output.stderr), format!("--rust-lro_out: {error}\n"));
}
