//! Names that are hard to carry over to Rust, and names that two things want.

use crate::support::{check_generated, check_refused, generate, proto};

const INFO: &str =
    "{ option (google.longrunning.operation_info) = { response_type: \"Item\" metadata_type: \"Item\" }; }";

/// A service of plain and of long-running methods, over one message.
fn service(name: &str, plain: &[&str], operations: &[&str]) -> String {
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
fn keywords() {
    let files = names("google.type.async", &["Await", "Self", "Match"], &["Type", "Loop", "Crate"]);
    check_generated("names_keywords", &files, "emit=lro,include_file=mod.rs");
}

#[test]
fn no_package() {
    check_generated("names_no_package", &names("", &["Get"], &["Import"]), "emit=lro,include_file=mod.rs");
}

#[test]
fn rpcs_with_the_names_of_generated_methods() {
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
fn odd_cases_of_services_and_methods() {
    let body = service("iamPolicy_v2", &["get_HTTPProxy"], &["import2Books", "V1"]) + "message Item {}";
    check_generated("names_odd_case", &[proto("odd.proto", "example.v1beta1", &body)], "emit=lro");
}

#[test]
fn methods_that_become_the_same() {
    let files = names("example", &["Get", "get_"], &["ImportBooks", "import_books", "importBooks"]);
    check_refused("collision_methods", &files, "emit=lro");
}

#[test]
fn a_start_hook_that_cannot_give_way() {
    let files = names("example", &["StartImport", "StartImportOperation"], &["Import"]);
    check_refused("collision_start_hook", &files, "emit=lro");
}

#[test]
fn a_renamed_client_method_that_exists() {
    check_refused("collision_client", &names("example", &["ConnectRpc", "Connect"], &["Import"]), "emit=lro");
}

#[test]
fn services_that_differ_in_case_only() {
    let body =
        service("Library", &[], &["Import"]) + &service("library", &[], &["Import"]) + "message Item {}";
    check_refused("collision_services", &[proto("case.proto", "example", &body)], "emit=lro");
}

#[test]
fn packages_that_become_one_module() {
    let file = |name, package| proto(name, package, &(service("A", &[], &["Import"]) + "message Item {}"));
    check_refused(
        "collision_packages",
        &[file("a.proto", "example.fooBar"), file("b.proto", "example.foo_bar")],
        "",
    );
}

#[test]
fn modules_of_messages_and_packages_that_a_service_wants() {
    let body = service("Names", &[], &["Import"])
        + "message Item {}\nmessage NamesLro { message Part {} }\nmessage NamesClient { oneof kind { Item item = 1; } }\n";
    let below = proto("below.proto", "example.names_server", "message Item {}");
    check_refused("collision_modules", &[proto("names.proto", "example", &body), below], "");
}

#[test]
fn messages_without_a_module_are_in_nobodys_way() {
    let body = service("Names", &[], &["Import"])
        + "message Item {}\nmessage NamesLro { optional int32 part = 1; map<string, Item> items = 2; }\n";
    generate(&[proto("names.proto", "example", &body)], "").unwrap();
}

#[test]
fn what_is_not_generated_does_not_collide() {
    let clashing =
        names("example", &["ConnectRpc", "Connect", "StartImport", "StartImportOperation"], &["Import"]);
    let output = generate(&clashing[..], "client=false,server=false,emit=lro").unwrap();
    assert_eq!(output.warnings(), []);
    let plain = names("example", &["Get", "get_"], &[]);
    generate(&plain, "emit=lro").unwrap();
}
