//! Which methods and fields the settings of a service config may be for.

use super::{config, kitchen, method_settings, said};
use crate::support::{descriptor_set, generate_with, proto, request_for, snapshot};

#[test]
fn one_method_may_have_settings_in_two_places() {
    let text = method_settings(
        "  - selector: example.kitchen.v1.Kitchen.Cook\n    long_running: {}\n\
         \x20 - selector: example.kitchen.v1.Kitchen.Cook\n    auto_populated_fields: [request_id]\n",
    );
    assert_eq!(said(&text), "");
}

#[test]
fn selectors_that_select_nothing_are_warnings() {
    let selectors = ["Kitchen.Cok", "Kitchen.Xylophone", "Kichen.Cook", "Bathroom.Wash", "Kitchen.Taste"];
    let lines = selectors
        .iter()
        .map(|name| format!("  - selector: example.kitchen.v1.{name}\n    long_running: {{}}\n"))
        .collect::<Vec<_>>()
        .concat();
    let fields = "  - selector: example.kitchen.v1.Kitchen.Gone\n    auto_populated_fields: [request_id]\n";
    snapshot("service_config_selectors", &said(&method_settings(&(lines + fields))));
}

#[test]
fn fields_that_clients_cannot_fill_in_are_warnings() {
    let body = "import \"google/api/field_info.proto\";
        service Shop { rpc Order(OrderRequest) returns (google.longrunning.Operation) {
            option (google.longrunning.operation_info) = { response_type: \"OrderRequest\" metadata_type: \"OrderRequest\" }; } }
        message OrderRequest {
            string request_id = 1;
            string batch_id = 2 [(google.api.field_info).format = UUID4];
            string shelf = 3;
            repeated string tags = 4;
            int32 count = 5;
            oneof of { string id = 6; }
        }";
    let fields = "[batch_id, request_id, shelf, tags, count, id, bach_id, \"\\n\"]";
    let text = format!(
        "type: google.api.Service\npublishing:\n  method_settings:\n  - selector: example.Shop.Order\n    auto_populated_fields: {fields}\n"
    );
    let config = config(&[("shop.yaml", &text)]);
    let output =
        generate_with(&config, &[proto("shop.proto", "example", body)], "emit=lro,filter_descriptors=false")
            .unwrap();
    let said: Vec<String> = output.warnings().iter().map(|warning| format!("{warning}\n")).collect();
    snapshot("service_config_fields", &said.concat());
    assert!(
        output.files()[0].content().contains("batch_id") && !output.files()[0].content().contains("shelf")
    );
}

#[test]
fn selectors_that_select_nothing_have_a_level() {
    let text = method_settings("  - selector: example.kitchen.v1.Kitchen.Cok\n    long_running: {}\n");
    let config = config(&[("kitchen.yaml", &text)]);
    let run = |options: &str| generate_with(&config, &[kitchen()], options);
    assert!(run("emit=lro,allow=lro::unknown-selector").unwrap().warnings().is_empty());
    let denied = run("emit=lro,deny=lro::unknown-selector").unwrap_err().to_string();
    assert!(denied.starts_with("kitchen.yaml:4:15: error: there is no method Cok"), "{denied}");
}

#[test]
fn other_packages_are_fine_unless_a_file_is_about_nothing_else() {
    let elsewhere = "  - selector: example.garden.v1.Garden.Grow\n    long_running: {}\n";
    let here = "  - selector: example.kitchen.v1.Kitchen.Cook\n    long_running: {}\n";
    assert_eq!(said(&method_settings(&format!("{elsewhere}{here}"))), "");
    assert_eq!(
        said(&method_settings(elsewhere)),
        "kitchen.yaml: warning: no polling settings of this file are for a method of this run [lro::unknown-selector]\n  \
         help: pass the service config of the API that code is generated for\n"
    );
    // A run that has nothing to wait for is no reason to warn.
    let plain =
        proto("plain.proto", "example.plain", "service Plain { rpc Get(It) returns (It); } message It {}");
    let config = config(&[("kitchen.yaml", &method_settings(elsewhere))]);
    assert!(generate_with(&config, &[plain], "").unwrap().warnings().is_empty());
}

#[test]
fn a_file_that_says_nothing_is_a_warning() {
    let nothing = "kitchen.yaml: warning: this file has no polling settings, no fields to fill in and no HTTP rules of operations, so it has no \
                   effect [lro::unknown-selector]\n  help: pass the service config of the API that code is generated for\n";
    assert_eq!(said("type: google.api.Service\nname: kitchen.example.com\n"), nothing);
    assert_eq!(said("type: com.google.api.codegen.ConfigProto\ninterfaces:\n- name: a.B\n"), nothing);
    let rule = "http:\n  rules:\n  - selector: google.longrunning.Operations.GetOperation\n    get: '/v1/{name=operations/*}'\n";
    assert_eq!(said(&format!("type: google.api.Service\n{rule}")), "");
}

#[test]
fn a_package_that_is_only_imported_may_be_there_in_part() {
    let text = method_settings("  - selector: example.kitchen.v1.Pantry.Stock\n    long_running: {}\n");
    let menu = proto(
        "menu.proto",
        "example.menu",
        "import \"kitchen.proto\"; service Menu { rpc Get(example.kitchen.v1.Meal) returns (example.kitchen.v1.Meal); }",
    );
    let request = request_for(descriptor_set(&[kitchen(), menu]), ["menu.proto"], "emit=lro");
    let output = lro_codegen::generate(request, &config(&[("kitchen.yaml", &text)])).unwrap();
    assert!(output.warnings().is_empty());
}
