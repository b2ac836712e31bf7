//! Where the types of operations may come from.

use crate::support::{
    Proto, RawSet, check, check_generated, check_refused, generate, proto, request_for, run,
};
use prost::Message as _;

/// A service `Shop` with one method per pair of response and metadata type.
fn shop(imports: &str, operations: &[(&str, &str, &str)]) -> Proto {
    let methods: Vec<String> = operations
        .iter()
        .map(|(name, response, metadata)| {
            format!(
                "  rpc {name}(Order) returns (google.longrunning.Operation) {{\n    \
                 option (google.longrunning.operation_info) = {{ response_type: \"{response}\" metadata_type: \"{metadata}\" }};\n  }}\n"
            )
        })
        .collect();
    let methods = methods.concat();
    let body = format!(
        "{imports}\nservice Shop {{\n{methods}}}\n\
         message Order {{ message Line {{ message Tax {{}} }} }}\nmessage Progress {{}}\n"
    );
    proto("shop.proto", "example.shop.v1", &body)
}

fn other(name: &'static str, package: &str) -> Proto {
    proto(name, package, "message Receipt { message Item {} }")
}

#[test]
fn nested_messages_are_named_through_their_modules() {
    let operations = [
        ("Pack", "example.shop.v1.Order.Line", "Progress"),
        ("Tax", ".example.shop.v1.Order.Line.Tax", "Order"),
    ];
    check_generated("types_nested", &[shop("", &operations)], "emit=lro");
}

#[test]
fn messages_of_other_packages_are_named_from_the_service() {
    let operations = [
        ("Inner", "example.shop.v1.sub.Receipt", "example.shop.Receipt"),
        ("Outer", "other.type.async.Receipt.Item", "Progress"),
    ];
    let files = [
        shop("import \"a.proto\"; import \"b.proto\"; import \"c.proto\";", &operations),
        other("a.proto", "example.shop.v1.sub"),
        other("b.proto", "example.shop"),
        other("c.proto", "other.type.async"),
    ];
    let request = crate::support::request_for(
        crate::support::descriptor_set(&files),
        ["shop.proto"],
        "emit=lro,client=true,server=false",
    );
    check("types_other_packages", &run(request));
}

#[test]
fn well_known_types_are_those_of_prost() {
    let operations = [
        ("Delete", "google.protobuf.Empty", "google.protobuf.Empty"),
        ("Anything", "google.protobuf.Any", "google.protobuf.Struct"),
        ("Wrapped", "google.protobuf.StringValue", "google.protobuf.BytesValue"),
        ("Scalar", "google.protobuf.BoolValue", "google.protobuf.Timestamp"),
    ];
    // Not imported: every runtime has them, and only a file that is there can be missed.
    check_generated("types_well_known", &[shop("", &operations)], "emit=lro");
}

#[test]
fn messages_that_the_runtime_has_are_named_there() {
    let operations = [("Check", "google.rpc.Status", "google.longrunning.Operation")];
    check_generated("types_runtime", &[shop("", &operations)], "emit=lro");
}

#[test]
fn a_type_in_a_file_that_is_not_imported_is_found() {
    let operations = [("Sell", "Receipt", "example.shop.v1.Receipt.Item")];
    let files = [other("receipt.proto", "example.shop.v1"), shop("", &operations)];
    check_generated("types_unimported", &files, "emit=lro");
}

#[test]
fn the_wrong_order_of_files_does_not_matter() {
    let operations = [("Sell", "Receipt", "Receipt")];
    let files = [other("receipt.proto", "example.shop.v1"), shop("", &operations)];
    let mut set = RawSet::of(&files);
    let one = run(request_for(set.encode_to_vec(), ["shop.proto"], "emit=lro")).unwrap();
    set.file.reverse();
    assert_eq!(one, run(request_for(set.encode_to_vec(), ["shop.proto"], "emit=lro")).unwrap());
}

#[test]
fn extern_paths_of_a_package_and_of_a_type_take_the_place_of_code() {
    let operations =
        [("Sell", "other.type.Receipt", "other.type.Receipt.Item"), ("Keep", "Progress", "Order")];
    let files = [shop("import \"other.proto\";", &operations), other("other.proto", "other.type")];
    let parameter =
        "extern_path=.other.type=::stock::r#type,extern_path=.example.shop.v1.Progress=::stock::Progress";
    let set = crate::support::descriptor_set(&files);
    check("types_extern", &run(request_for(set.clone(), ["shop.proto"], &format!("emit=lro,{parameter}"))));

    let whole = run(request_for(set, ["shop.proto"], parameter)).unwrap();
    let content = whole.files()[0].content();
    assert!(!content.contains("struct Progress"), "an extern type is not generated");
}

#[test]
fn prost_and_the_layer_agree_on_extern_modules_that_are_keywords() {
    let body = "import \"other.proto\"; service Shop { rpc Get(other.type.Receipt) returns (Bag); \
                rpc Sell(Bag) returns (google.longrunning.Operation) { \
                option (google.longrunning.operation_info) = { response_type: \"Bag\" metadata_type: \"Bag\" }; } } \
                message Bag { other.type.Receipt receipt = 1; other.type.Receipt.Item item = 2; }";
    let files = [proto("shop.proto", "example", body), other("other.proto", "other.type")];
    let set = crate::support::descriptor_set(&files);
    for spelling in ["::stock::r#type", "::stock::type"] {
        let request =
            request_for(set.clone(), ["shop.proto"], &format!("extern_path=.other.type={spelling}"));
        let output = run(request).unwrap();
        let content = output.files()[0].content();
        assert!(content.contains("receipt: ::core::option::Option<::stock::r#type::Receipt>"), "{content}");
        assert!(
            content.contains("item: ::core::option::Option<::stock::r#type::receipt::Item>"),
            "{content}"
        );
        assert!(content.contains("impl IntoRequest<::stock::r#type::Receipt>"), "{content}");
    }
}

#[test]
fn types_that_no_crate_has_are_refused_where_code_would_name_them() {
    let more = "message PauseOperationRequest { string name = 1; }";
    let body = "import \"google/protobuf/descriptor.proto\"; import \"more.proto\";
      service Shop {
        rpc Sell(google.longrunning.PauseOperationRequest) returns (google.longrunning.Operation) {
          option (google.longrunning.operation_info) = { response_type: \"google.protobuf.FeatureSet\" metadata_type: \"google.protobuf.FeatureSetDefaults\" };
        }
      }
      service Plain { rpc Get(Item) returns (stream google.protobuf.FeatureSet); }
      message Item {}";
    let files = [proto("more.proto", "google.longrunning", more), proto("shop.proto", "example", body)];
    let set = crate::support::descriptor_set(&files);
    let said = |parameter: &str| run(request_for(set.clone(), ["shop.proto"], parameter));
    check("types_missing", &said("client=false"));
    check("types_missing_lro", &said("emit=lro"));
    let elsewhere = [
        "protobuf.FeatureSet",
        "protobuf.FeatureSetDefaults",
        "protobuf.Edition",
        "longrunning.PauseOperationRequest",
    ];
    let elsewhere: Vec<String> =
        elsewhere.iter().map(|name| format!("extern_path=.google.{name}=::own::Type")).collect();
    said(&elsewhere.join(",")).unwrap();
    said(&format!("compile_well_known_types,{}", elsewhere[3])).unwrap();
}

#[test]
fn fields_of_types_that_no_crate_has_are_refused_where_messages_are_written() {
    let body = "import \"google/protobuf/descriptor.proto\"; import \"google/protobuf/timestamp.proto\";
      message Item {
        repeated google.protobuf.FeatureSet features = 1;
        message Inner { oneof one { google.protobuf.Edition edition = 1; } }
        map<string, google.protobuf.FeatureSet.EnumType> kinds = 2;
      }
      message Fine { google.protobuf.FieldDescriptorProto.Type kind = 1; google.protobuf.Timestamp time = 2; }";
    let files = [proto("item.proto", "example", body)];
    check_refused("types_missing_fields", &files, "");
    generate(&files, "emit=lro").unwrap();
    let elsewhere = ["FeatureSet", "Edition", "FeatureSet.EnumType"]
        .map(|name| format!("extern_path=.google.protobuf.{name}=::own::Type"));
    generate(&files, &elsewhere.join(",")).unwrap();
}

#[test]
fn bare_values_as_requests_and_responses_are_named_from_their_root() {
    let body = "import \"google/protobuf/wrappers.proto\"; message Flag {} service Shop {
        rpc Ask(google.protobuf.BoolValue) returns (google.protobuf.UInt64Value);
        rpc Tell(google.protobuf.StringValue) returns (Flag); }";
    let files = [proto("shop.proto", "example", body)];
    let output = generate(&files, "extern_path=.example.Flag=f64").unwrap();
    let content = output.files()[0].content();
    for part in [
        "tonic::IntoRequest<::core::primitive::bool>",
        "tonic::Response<::core::primitive::u64>",
        "tonic::IntoRequest<::prost::alloc::string::String>",
        "tonic::Response<::core::primitive::f64>",
    ] {
        assert!(content.contains(part), "{part} is not in {content}");
    }
    assert!(!content.contains("super::bool"));
}
