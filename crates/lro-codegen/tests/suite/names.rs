//! Names that are hard to carry over to Rust, and names that two things want.

use crate::support::{check_generated, check_refused, generate, proto, snapshot};

const INFO: &str =
    "{ option (google.longrunning.operation_info) = { response_type: \"Item\" metadata_type: \"Item\" }; }";

/// A service of plain and of long-running methods, over one message.
pub(crate) fn service(name: &str, plain: &[&str], operations: &[&str]) -> String {
    let plain = plain.iter().map(|rpc| format!("  rpc {rpc}(Item) returns (Item);\n"));
    let operations = operations
        .iter()
        .map(|rpc| format!("  rpc {rpc}(Item) returns (google.longrunning.Operation) {INFO}\n"));
    format!("service {name} {{\n{}}}\n", plain.chain(operations).collect::<String>())
}

fn names(package: &str, plain: &[&str], operations: &[&str]) -> Vec<crate::support::Proto> {
    vec![proto("names.proto", package, &(service("Names", plain, operations) + "message Item {}\n"))]
}

#[test]
fn keywords_are_raw_or_get_an_underscore() {
    let files = names("google.type.async", &["Await", "Self", "Match"], &["Type", "Loop", "Crate"]);
    check_generated("names_keywords", &files, "emit=lro,include_file=mod.rs");
}

#[test]
fn without_a_package_services_have_their_bare_names() {
    check_generated("names_no_package", &names("", &["Get"], &["Import"]), "emit=lro,include_file=mod.rs");
}

#[test]
fn rpcs_give_way_to_generated_methods() {
    let files = names("example", &["Connect", "New", "Clone", "WithOrigin"], &["Operation", "From"]);
    check_generated("names_helpers", &files, "emit=lro");
}

#[test]
fn tonics_client_is_renamed_as_well() {
    let output = generate(&names("example", &["Connect", "WithOrigin"], &["New"]), "").unwrap();
    let content = output.files()[0].content();
    for method in ["connect_rpc", "with_origin_rpc", "new_rpc"] {
        assert!(content.contains(&format!("pub async fn {method}(")), "{method}");
    }
    assert!(content.contains("/example.Names/Connect\""), "the path on the wire stays");
    let warnings: Vec<String> = output.warnings().iter().map(ToString::to_string).collect();
    for (warning, text) in warnings.iter().zip([
        "on the typed client and tonic's it is called `connect_rpc`",
        "on tonic's client it is called `with_origin_rpc`",
        "on the typed client and tonic's it is called `new_rpc`",
    ]) {
        assert!(warning.contains(text), "{warning}");
    }
    assert_eq!(warnings.len(), 3);
}

#[test]
fn a_start_hook_gives_way_to_an_rpc() {
    check_generated(
        "names_start_hook",
        &names("example", &["StartImport"], &["Import"]),
        "emit=lro,client=false",
    );
}

#[test]
fn what_picks_an_operation_up_gives_way_to_an_rpc() {
    check_generated(
        "names_resume",
        &names("example", &["ImportOperation"], &["Import", "ExportOperation", "Export"]),
        "emit=lro,server=false",
    );
}

#[test]
fn odd_cases_of_names_become_those_of_rust() {
    let body = service("iamPolicy_v2", &["get_HTTPProxy"], &["import2Books", "V1"]) + "message Item {}";
    check_generated("names_odd_case", &[proto("odd.proto", "example.v1beta1", &body)], "emit=lro");
}

#[test]
fn names_of_digits_alone_are_those_of_prost() {
    let body = service("_3", &["_4"], &["_5"])
        + "message Item {} message _1 { optional string _6 = 1; } message Outer { message _2 {} }";
    let files = [proto("digits.proto", "example.v1._2", &body)];
    check_generated("names_digits", &files, "emit=lro,include_file=mod.rs");
    let content = generate(&files, "").unwrap().files()[0].content().to_owned();
    for part in [
        "pub struct _1",
        "pub struct _2",
        "pub mod _3_client",
        "pub trait _3:",
        "async fn _4(",
        "fn start_5(",
    ] {
        assert!(content.contains(part), "{part} is not in {content}");
    }
}

#[test]
fn a_name_of_digits_alone_is_that_of_a_type_and_of_a_module() {
    let body =
        "message _1 { message A {} } message Outer { message _2 { oneof a { string b = 1; } } message _3 {} }
        message _4 { map<string, string> c = 1; optional string d = 2; } message _5a { enum E { F = 0; } }";
    let files = [proto("digits.proto", "example", body)];
    check_refused("collision_digits", &files, "");
    generate(&files, "emit=lro").unwrap();
}

#[test]
fn methods_that_become_the_same_are_refused() {
    let files = names("example", &["Get", "get_"], &["ImportBooks", "import_books", "importBooks"]);
    check_refused("collision_methods", &files, "emit=lro");
}

#[test]
fn a_start_hook_that_cannot_give_way_is_refused() {
    let files = names("example", &["StartImport", "StartImportOperation"], &["Import"]);
    check_refused("collision_start_hook", &files, "emit=lro");
}

#[test]
fn what_picks_an_operation_up_and_cannot_give_way_is_refused() {
    let files = names("example", &["ImportOperation", "ImportOperationByName"], &["Import"]);
    check_refused("collision_resume", &files, "emit=lro");
    generate(&files, "emit=lro,client=false").unwrap();
}

#[test]
fn a_renamed_client_method_that_exists_is_refused() {
    check_refused("collision_client", &names("example", &["ConnectRpc", "Connect"], &["Import"]), "emit=lro");
}

#[test]
fn services_that_differ_in_case_only_are_refused() {
    let body =
        service("Library", &[], &["Import"]) + &service("library", &[], &["Import"]) + "message Item {}";
    check_refused("collision_services", &[proto("case.proto", "example", &body)], "emit=lro");
}

#[test]
fn packages_that_become_one_module_are_refused() {
    let file = |name, package| proto(name, package, &(service("A", &[], &["Import"]) + "message Item {}"));
    check_refused(
        "collision_packages",
        &[file("a.proto", "example.fooBar"), file("b.proto", "example.foo_bar")],
        "",
    );
}

#[test]
fn what_is_not_generated_does_not_collide() {
    let plain = [
        "ConnectRpc",
        "Connect",
        "StartImport",
        "StartImportOperation",
        "ImportOperation",
        "ImportOperationByName",
    ];
    let clashing = names("example", &plain, &["Import"]);
    let output = generate(&clashing[..], "client=false,server=false,emit=lro").unwrap();
    assert_eq!(output.warnings(), []);
    let plain = names("example", &["Get", "get_"], &[]);
    generate(&plain, "emit=lro").unwrap();
    // What takes a stream of requests is not typed either, whatever it says of operations.
    let (name, text) = &plain[0];
    let watch = format!("rpc Upload(stream Item) returns (google.longrunning.Operation) {INFO}\n}}\n");
    generate(&[(name, text.replacen("}\n", &watch, 1))], "emit=lro").unwrap();
}

#[test]
fn services_that_hide_what_tonics_server_needs_are_refused() {
    let body = service("Option", &[], &["Import"])
        + &service("GetSvc", &["Get"], &[])
        + &service("T", &["Get"], &[])
        + "message Item {}";
    let files = [proto("hidden.proto", "example", &body)];
    check_refused("collision_tonic_server", &files, "");
    generate(&files, "server=false").unwrap();
    // The traits of the layer have names of their own, and messages may have these.
    let messages = service("Names", &[], &["Import"]) + "message Item {}\nmessage Option {}\nmessage T {}\n";
    assert_eq!(generate(&[proto("names.proto", "example", &messages)], "").unwrap().warnings(), []);
}

#[test]
fn what_only_protoc_gen_tonic_stumbles_over_is_a_warning() {
    let body = service("Arc", &["Connect", "WithOrigin"], &[])
        + &service("Names", &["WithInterceptor", "Connect"], &["Import"])
        + "message Item {}";
    let output = generate(&[proto("tonic.proto", "example", &body)], "emit=lro").unwrap();
    let warnings: Vec<String> = output.warnings().iter().map(ToString::to_string).collect();
    snapshot("warnings_tonic", &warnings.join("\n"));
}

#[test]
fn types_fields_and_variants_that_become_the_same_are_refused() {
    let body =
        "message GetBook { optional string fooBar = 1; optional string foo_bar = 2 [json_name = \"other\"]; }
        enum getBook { A = 0; }
        message Outer {
          message Inner { message deep {} }
          message inner {}
          enum INNER { B = 0; }
          optional string choice = 1;
          oneof Choice { string a_b = 2; string A_b = 3 [json_name = \"more\"]; }
          optional string type = 4;
          map<string, string> labels = 5;
          optional string perhaps = 6;
        }";
    // The compilers refuse some of this by themselves in proto3.
    let (name, text) = proto("same.proto", "example", body);
    let same = (name, text.replace("proto3", "proto2"));
    let more = proto("more.proto", "example", "message get_book {}");
    check_refused("collision_messages", &[same.clone(), more], "");
    generate(&[same], "emit=lro").unwrap();
}

#[test]
fn methods_that_prost_derives_and_types_that_it_makes_of_oneofs_collide_too() {
    let body = "enum Color { NONE = 0; RED = 1; }
        message Accessors {
          Color shade = 1;
          Color set_shade = 2;
          repeated Color tone = 3;
          optional Color push_tone = 4;
          map<string, Color> hue = 5;
          optional int32 get_hue = 6;
          int32 insert_hue = 7;
        }
        message Oneofs {
          oneof kind { string a = 1; }
          oneof Kind_2 { string b = 2; }
          oneof kind2 { string c = 3; }
          message Kind {}
        }";
    check_refused("collision_derived", &[proto("derived.proto", "example", body)], "");
}

#[test]
fn a_type_that_is_elsewhere_is_in_nobodys_way() {
    let files = [proto("same.proto", "example", "message Book {} message book {}")];
    generate(&files, "").unwrap_err();
    generate(&files, "extern_path=.example.book=::other::Book").unwrap();
}
