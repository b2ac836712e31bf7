//! Plain methods beside long-running ones: every kind of them.

use crate::support::{Proto, check_generated, proto};

fn feed() -> Proto {
    proto(
        "feed.proto",
        "example.feed",
        r#"
        // Feeds.
        service Feed {
          // One and one.
          rpc Get(Item) returns (Item);
          // One and many.
          rpc Watch(Item) returns (stream Item);
          // Many and one.
          rpc Upload(stream Item) returns (Item);
          // Many and many.
          rpc Chat(stream Item) returns (stream Item);
          // One and many operations, of which nothing is said.
          rpc Execute(Item) returns (stream google.longrunning.Operation);
          // One operation.
          rpc Rebuild(Item) returns (google.longrunning.Operation) {
            option (google.longrunning.operation_info) = { response_type: "Item" metadata_type: "Item" };
          }
        }
        message Item {}
        "#,
    )
}

#[test]
fn all_four_kinds_of_calls_stand_beside_an_operation() {
    check_generated("streaming", &[feed()], "emit=lro");
}

#[test]
fn deprecated_methods_say_so() {
    let file = proto(
        "old.proto",
        "example.old",
        r#"
        service Old {
          rpc Get(Item) returns (Item) { option deprecated = true; }
          rpc Rebuild(Item) returns (google.longrunning.Operation) {
            option deprecated = true;
            option (google.longrunning.operation_info) = { response_type: "Item" metadata_type: "Item" };
          }
        }
        message Item {}
        "#,
    );
    check_generated("deprecated", &[file], "emit=lro");
}

#[test]
fn an_operation_without_annotation_stays_plain() {
    let file = proto(
        "half.proto",
        "example.half",
        r#"
        service Half {
          rpc Plain(Item) returns (google.longrunning.Operation);
          rpc Typed(Item) returns (google.longrunning.Operation) {
            option (google.longrunning.operation_info) = { response_type: "Item" metadata_type: "Item" };
          }
        }
        message Item {}
        "#,
    );
    check_generated("unannotated", &[file], "emit=lro");
}

#[test]
fn a_service_without_operations_gets_no_layer() {
    let file = proto(
        "plain.proto",
        "example.plain",
        "service Plain { rpc Get(Item) returns (Item); } message Item {}",
    );
    check_generated("no_operations", &[file], "emit=lro,include_file=mod.rs");
}
