//! The protos that come along are found without being on disk, and generated only where their types are needed.

use std::fs;

use crate::support::{Project, SHOP};

#[test]
fn an_empty_include_folder_is_enough() {
    let text = SHOP.replace(
        "service",
        "import \"google/api/annotations.proto\";\nimport \"google/rpc/status.proto\";\nservice",
    );
    let text = text.replace("message Order {}", "message Order { google.rpc.Status status = 1; }");
    let project = Project::new(&[("shop.proto", &text)]);
    project.compile("shop.proto").unwrap();
    assert_eq!(project.written(), ["shop.v1.rs"]);
    assert!(project.generated("shop.v1.rs").contains("Option<::lro::google::rpc::Status>"));
}

#[test]
fn a_bundled_file_with_the_type_of_a_field_is_generated() {
    let text = SHOP.replace("service", "import \"google/api/http.proto\";\nservice");
    let text = text.replace("message Order {}", "message Order { google.api.HttpRule rule = 1; }");
    let project = Project::new(&[("shop.proto", &text)]);
    project.compile("shop.proto").unwrap();
    assert_eq!(project.written(), ["google.api.rs", "shop.v1.rs"]);
    let code = project.generated("google.api.rs");
    assert!(code.contains("pub struct HttpRule "), "{code}");
    assert!(!code.contains("ClientLibrarySettings"), "only what the field needs is generated: {code}");
}

#[test]
fn a_bundled_file_with_the_type_of_a_method_is_generated() {
    let text = SHOP.replace("service", "import \"google/api/http.proto\";\nservice");
    let text =
        text.replace("rpc Sell(Order)", "rpc Get(google.api.Http) returns (Order);\n  rpc Sell(Order)");
    let project = Project::new(&[("shop.proto", &text)]);
    project.compile("shop.proto").unwrap();
    assert_eq!(project.written(), ["google.api.rs", "shop.v1.rs"]);
    assert!(project.generated("google.api.rs").contains("pub struct Http "));
}

#[test]
fn a_copy_among_the_includes_wins() {
    let project = Project::new(&[
        ("shop.proto", &SHOP.replace("service", "import \"google/api/http.proto\";\nservice")),
        ("google/api/http.proto", "syntax = \"proto3\";\npackage google.api;\nmessage Mine {}\n"),
        ("google/api/annotations.proto", "syntax = \"proto3\";\npackage google.api;\n"),
    ]);
    let set = project.out().join("set.binpb");
    project.compile_with(&project.builder().file_descriptor_set_path(&set), "shop.proto").unwrap();
    let set = fs::read(set).unwrap();
    assert!(set.windows(4).any(|window| window == b"Mine"));
}
