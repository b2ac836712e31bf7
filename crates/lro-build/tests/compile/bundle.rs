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
fn what_apis_share_comes_along() {
    let imports = [
        "api/httpbody",
        "api/visibility",
        "api/error_reason",
        "rpc/http",
        "rpc/context/attribute_context",
        "type/money",
        "type/dayofweek",
    ];
    let imports = imports.map(|name| format!("import \"google/{name}.proto\";\n")).concat();
    let text = SHOP.replace(
        "service Shop {",
        &format!("{imports}service Shop {{\n  rpc Read(Order) returns (google.api.HttpBody);"),
    );
    let text = text.replace(
        "message Order {}",
        "message Order { google.type.Money price = 1 [(google.api.field_visibility).restriction = \"INTERNAL\"]; google.type.DayOfWeek day = 2;\n\
         google.rpc.HttpRequest http = 3; google.rpc.context.AttributeContext context = 4; google.api.ErrorReason reason = 5; }",
    );
    let project = Project::new(&[("shop.proto", &text)]);
    project.compile("shop.proto").unwrap();
    assert_eq!(project.written(), ["google.api.rs", "google.type.rs", "shop.v1.rs"]);
    let code = project.generated("shop.v1.rs");
    for path in ["::lro::google::rpc::HttpRequest", "::lro::google::rpc::context::AttributeContext"] {
        assert!(code.contains(path), "{path} is not in {code}");
    }
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
