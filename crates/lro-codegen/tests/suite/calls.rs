//! What clients do to requests before they send them: ids (AIP-155, AIP-4235), and routing headers (AIP-4222).

use lro_codegen::{Config, ServiceConfig};

use crate::support::{Proto, check, check_generated, check_refused, generate, request, show};

/// A file with one service; `body` begins on line 8.
fn shop(body: &str) -> Proto {
    let imports = ["google/longrunning/operations.proto", "google/api/annotations.proto"]
        .into_iter()
        .chain(["google/api/field_info.proto", "google/api/routing.proto", "google/protobuf/wrappers.proto"])
        .map(|file| format!("import \"{file}\";\n"));
    let imports: String = imports.collect();
    ("shop.proto", format!("syntax = \"proto3\";\npackage example.shop.v1;\n{imports}\n{body}"))
}

/// A long-running method with further options.
fn operation(name: &str, request: &str, options: &str) -> String {
    format!(
        "  rpc {name}({request}) returns (google.longrunning.Operation) {{\n    \
         option (google.longrunning.operation_info) = {{ response_type: \"Item\" metadata_type: \"Item\" }};\n    \
         {options}\n  }}\n"
    )
}

const UUID: &str = "[(google.api.field_info).format = UUID4]";

fn ids() -> Proto {
    shop(&format!(
        "service Shop {{\n{}{}{}{}{}
           rpc Take(SellRequest) returns (Item);
           rpc Keep(OptionalRequest) returns (stream Item);
           rpc Give(stream SellRequest) returns (Item);
         }}
         message Item {{ string request_id = 1; }}
         message SellRequest {{ string request_id = 1 {UUID}; bool validate_only = 2; string trace = 3 {UUID}; }}
         message OptionalRequest {{ optional string request_id = 1 {UUID}; optional bool validate_only = 2; }}
         message TextRequest {{ string request_id = 1; string validate_only = 2; }}
         message NumberRequest {{ int32 request_id = 1; repeated bool validate_only = 2; }}
         message OneofRequest {{ oneof one {{ string request_id = 1 {UUID}; bool validate_only = 2; }} }}",
        operation("Sell", "SellRequest", ""),
        operation("Ask", "OptionalRequest", ""),
        operation("Text", "TextRequest", ""),
        operation("Number", "NumberRequest", ""),
        operation("Oneof", "OneofRequest", ""),
    ))
}

#[test]
fn standard_fields_are_recognised_by_type_and_annotation() {
    check_generated("calls_ids", &[ids()], "emit=lro,disable_comments=.");
}

#[test]
fn a_service_config_names_further_fields_to_fill_in() {
    let yaml = "type: google.api.Service\nconfig_version: 3\npublishing:\n  method_settings:\n  \
                - selector: example.shop.v1.Shop.Text\n    auto_populated_fields:\n    - request_id\n    - validate_only\n  \
                - selector: example.shop.v1.Shop.Sell\n    auto_populated_fields:\n    - request_id\n    - trace\n  \
                - selector: example.shop.v1.Shop.Take\n    auto_populated_fields:\n    - trace\n";
    let mut config = Config::default();
    config.service_configs.push(ServiceConfig::new("shop_v1.yaml", yaml));
    let request = request(&[ids()], "emit=lro,server=false,disable_comments=.");
    let result = lro_codegen::generate(request, &config);
    assert!(result.is_ok(), "{}", show(&result));
    check("calls_auto_populated", &result);
}

const ROUTED: &str = r"
         message Item { string name = 1; }
         enum Size { SIZE_UNSPECIFIED = 0; LARGE = 1; }
         message Request {
           string name = 1;
           string type = 2;
           int64 number = 3;
           Size size = 4;
           optional bool flag = 5;
           Shelf shelf = 6;
           oneof target { string self = 7; Shelf other = 8; Size how = 12; }
           repeated string many = 9;
           bytes raw = 10;
           map<string, string> labels = 11;
           google.protobuf.StringValue wrapped = 13;
           message Target {}
         }
         message Shelf { string name = 1; optional Size size = 2; Shelf inner = 3; }
";

fn routed() -> Proto {
    let methods = [
        operation(
            "Explicit",
            "Request",
            r#"option (google.api.http) = { get: "/v1/{type}" };
    option (google.api.routing) = {
      routing_parameters { field: "name" path_template: "projects/*/{shelf=shelves/*}/**" }
      routing_parameters { field: "shelf.name" path_template: "{shelf=**}" }
      routing_parameters { field: "type" }
      routing_parameters { field: "name" path_template: "shelves/{self}" }
    };"#,
        ),
        operation("Silent", "Request", "option (google.api.routing) = {}; option (google.api.http).get = \"/v1/{name}\";"),
        operation("Nothing", "Request", ""),
        operation(
            "Implicit",
            "Request",
            r#"option (google.api.http) = {
      patch: "/v1/{shelf.inner.name=shelves/*}/{type}:act" body: "*"
      additional_bindings { custom { kind: "LOOK" path: "/v1/{number}/{type}/{flag}" } }
      additional_bindings { put: "/v1/{size}/{shelf.size}/{self}/{other.inner.name}/{how}" }
    };"#,
        ),
        "  rpc Get(Request) returns (Item) { option (google.api.http).get = \"/v1/{name=shelves/*}\"; }\n".to_owned(),
        "  rpc Watch(Request) returns (stream Item) { option (google.api.http).delete = \"/v1/{name=**}\"; }\n".to_owned(),
        "  rpc Send(stream Request) returns (Item) { option (google.api.http).post = \"/v1/{name=**}\"; }\n".to_owned(),
        "  rpc Plain(Request) returns (Item) { option (google.api.http).get = \"/v1/all\"; }\n".to_owned(),
    ];
    shop(&format!("service Shop {{\n{}}}{ROUTED}", methods.concat()))
}

#[test]
fn routing_headers_come_from_either_option() {
    check_generated("calls_routing", &[routed()], "emit=lro,server=false,disable_comments=.,routing_headers");
}

#[test]
fn without_the_option_nothing_is_routed() {
    let output = generate(&[routed()], "emit=lro").unwrap();
    let code = show(&Ok(output));
    assert!(!code.contains("Routing") && !code.contains("routed"), "{code}");
}

#[test]
fn what_no_routing_header_can_be_made_of_is_reported() {
    let parameter = |field: &str, template: &str| {
        format!("      routing_parameters {{ field: \"{field}\" path_template: \"{template}\" }}\n")
    };
    let templates = [
        "shelves/*",
        "{a=shelves/*",
        "{a=*}/{b=*}",
        "{a={b=*}}",
        "{=*}",
        "{a b=*}",
        "x{a=*}",
        "{a=*}x",
        "{a=x*}/b",
        "{a=}",
        "{a=**}/**",
        "a//{b}",
    ];
    let fields = [
        "nmae",
        "shelf.nmae",
        "shelf",
        "name.first",
        "many",
        "raw",
        "labels",
        "",
        "shelf.",
        "other",
        &["shelf"; 99].join("."),
    ];
    let bad: String = templates
        .iter()
        .map(|template| parameter("name", template))
        .chain(fields.iter().map(|field| parameter(field, "")))
        .collect();
    let methods = [
        operation("Explicit", "Request", &format!("option (google.api.routing) = {{\n{bad}    }};")),
        operation("Implicit", "Request", "option (google.api.http).get = \"/v1/{nmae=shelves/*}/{many}\";"),
        "  rpc Bare(google.protobuf.StringValue) returns (Item) { option (google.api.http).get = \"/v1/{value}\"; }\n".to_owned(),
        operation("Wrapped", "Request", "option (google.api.http).get = \"/v1/{wrapped.value}\";"),
        "  rpc Open(Request) returns (Item) { option (google.api.http).get = \"/v1/{name\"; }\n".to_owned(),
    ];
    let proto = shop(&format!("service Shop {{\n{}}}{ROUTED}", methods.concat()));
    check_refused("calls_routing_refused", &[proto], "emit=lro,routing_headers");
}
