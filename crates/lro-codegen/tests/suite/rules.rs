//! Each rule that can be turned off: what it finds, and what it does not.

use std::collections::BTreeSet;

use lro_codegen::{Diagnostic, RULES, Rule};

use crate::support::{Proto, generate, proto};

/// A method that returns an operation.
fn operation(name: &str, response: &str, metadata: &str) -> String {
    format!(
        "rpc {name}(Item) returns (google.longrunning.Operation) {{ option (google.longrunning.operation_info) = \
         {{ response_type: \"{response}\" metadata_type: \"{metadata}\" }}; }}"
    )
}

/// A method with a request of its own.
fn started(name: &str, request: &str, response: &str) -> String {
    operation(name, response, "Progress").replace("(Item)", &format!("({request})"))
}

const RESOURCES: &str = "
    import \"google/api/resource.proto\";
    message Shelf { option (google.api.resource) = { type: \"shop.example.com/Shelf\" style: DECLARATIVE_FRIENDLY }; }
    message Plain { option (google.api.resource) = { type: \"shop.example.com/Plain\" }; }
    message CreateShelfRequest {}
    message UpdateShelfRequest { bool validate_only = 1; }
    message SortShelfRequest { repeated bool validate_only = 1; }
    message SortPlainRequest {}
    message ListShelvesRequest {}
    message ListShelvesResponse { string next = 1; repeated Size sizes = 3; repeated Shelf shelves = 2; } enum Size { SIZE_ZERO = 0; }
    message DryRequest { bool dry_run = 1; }
";

fn shop(methods: &str) -> Vec<Proto> {
    let stock = proto("stock.proto", "example.stock", "message Item {}");
    let body = format!(
        "service Shop {{\n{methods}\n}}\n{RESOURCES}\n\
         message Item {{ message Part {{}} }} message Progress {{}} message SellResponse {{}} message Empty {{}} message Operation {{}}"
    );
    vec![stock, proto("shop.proto", "example.shop", &body)]
}

/// The rules that one method breaks, all of them being warned about.
fn broken(method: &str) -> Vec<Rule> {
    let options = "warn=core,warn=lro";
    match generate(&shop(method), options) {
        Ok(output) => output.warnings().iter().map(Diagnostic::rule).collect(),
        Err(diagnostics) => panic!("{method}\n{diagnostics}"),
    }
}

const INFO: &str =
    "option (google.longrunning.operation_info) = { response_type: \"Item\" metadata_type: \"Progress\" };";

#[test]
fn each_rule_finds_what_it_is_for() {
    let streams = |request: &str, response: &str, option: &str| {
        format!("rpc Sell({request} Item) returns ({response} google.longrunning.Operation) {{ {option} }}")
    };
    let asks = |response: &str, option: &str| {
        format!(
            "rpc Wait(google.longrunning.WaitOperationRequest) returns ({response} google.longrunning.Operation) {{ {option} }}"
        )
    };
    let cases = [
        (operation("Sell", "SellResponse", "Progress"), vec![]),
        ("rpc Sell(Item) returns (Item);".to_owned(), vec![]),
        ("rpc Sell(stream Item) returns (stream Item);".to_owned(), vec![]),
        // operation-info
        (streams("", "", ""), vec![Rule::OperationInfo]),
        (asks("", ""), vec![]),
        (asks("stream", ""), vec![]),
        (asks("", INFO), vec![]),
        (asks("stream", INFO), vec![]),
        // lro-response-type and lro-metadata-type
        (operation("Sell", "google.protobuf.Empty", "Progress"), vec![Rule::ResponseType]),
        (operation("Sell", ".google.protobuf.Empty", "Progress"), vec![Rule::ResponseType]),
        (operation("Sell", "Empty", "Progress"), vec![Rule::ResponseType]),
        (operation("Sell", "example.shop.Empty", "Progress"), vec![]),
        (operation("DeleteItem", "google.protobuf.Empty", "Progress"), vec![]),
        (operation("BatchDeleteItems", "google.protobuf.Empty", "Progress"), vec![]),
        (operation("Sell", "SellResponse", "google.protobuf.Empty"), vec![Rule::MetadataType]),
        (operation("DeleteItem", "Item", "google.protobuf.Empty"), vec![Rule::MetadataType]),
        // lro-response-reachable and lro-metadata-reachable
        (operation("Sell", "example.stock.Item", "Progress"), vec![Rule::ResponseReachable]),
        (operation("Sell", "SellResponse", "example.stock.Item"), vec![Rule::MetadataReachable]),
        // response-unary
        (streams("", "stream", INFO), vec![]),
        (streams("stream", "", INFO), vec![Rule::ResponseUnary]),
        (streams("", "stream", ""), vec![Rule::ResponseUnary]),
        (streams("stream", "", ""), vec![Rule::ResponseUnary]),
        // operation-return
        (format!("rpc Sell(Item) returns (Item) {{ {INFO} }}"), vec![Rule::OperationReturn]),
        (format!("rpc Sell(Item) returns (Operation) {{ {INFO} }}"), vec![Rule::OperationReturn]),
        // metadata-missing
        (operation("Sell", "SellResponse", ""), vec![Rule::MetadataMissing]),
        // relative-type
        (operation("Sell", "Item.Part", "shop.Progress"), vec![Rule::RelativeType, Rule::RelativeType]),
        // name-collision
        ("rpc Connect(Item) returns (Item);".to_owned(), vec![Rule::NameCollision]),
        // Create
        (operation("CreateItem", "Item", "Progress"), vec![]),
        (operation("CreateItem", "SellResponse", "Progress"), vec![Rule::CreateResponse]),
        (operation("CreateThing", "Item", "Progress"), vec![Rule::CreateResponse]),
        (operation("Create", "Item", "Progress"), vec![Rule::CreateResponse]),
        (operation("Createitem", "SellResponse", "Progress"), vec![]),
        (operation("BatchCreateItems", "SellResponse", "Progress"), vec![]),
        ("rpc CreateItem(Item) returns (SellResponse);".to_owned(), vec![]),
        (operation("CreateThing", "example.stock.Item", "Progress"), vec![Rule::ResponseReachable]),
        // Update
        (operation("UpdateItem", "example.shop.Item", "Progress"), vec![]),
        (operation("UpdateItem", "SellResponse", "Progress"), vec![Rule::UpdateResponse]),
        (operation("Updates", "SellResponse", "Progress"), vec![]),
        // Delete
        (operation("DeleteItem", "Item", "Progress"), vec![]),
        (operation("DeleteItem", "example.shop.Item", "Progress"), vec![]),
        (operation("DeleteItem", "SellResponse", "Progress"), vec![Rule::DeleteResponse]),
        (operation("DeleteItem", "Empty", "Progress"), vec![Rule::DeleteResponse]),
        (operation("DeleteItemRevision", "SellResponse", "Progress"), vec![]),
        // Declarative-friendly resources
        (started("CreateShelf", "CreateShelfRequest", "Shelf"), vec![Rule::ValidateOnly]),
        (started("UpdateShelf", "UpdateShelfRequest", "Shelf"), vec![]),
        (started("UpdateShelf", "CreateShelfRequest", "Shelf"), vec![]),
        (started("SortShelf", "SortShelfRequest", "SellResponse"), vec![Rule::ValidateOnly]),
        (started("SortPlain", "SortPlainRequest", "SellResponse"), vec![]),
        (started("ListShelves", "ListShelvesRequest", "ListShelvesResponse"), vec![Rule::ValidateOnly]),
        (started("Sell", "DryRequest", "SellResponse"), vec![Rule::ValidateOnlyName]),
        ("rpc Sell(DryRequest) returns (SellResponse);".to_owned(), vec![]),
        ("rpc CreateShelf(CreateShelfRequest) returns (Shelf);".to_owned(), vec![Rule::CreateLro]),
        ("rpc UpdateShelf(UpdateShelfRequest) returns (Shelf);".to_owned(), vec![Rule::UpdateLro]),
        ("rpc DeleteShelf(Item) returns (Empty);".to_owned(), vec![Rule::DeleteLro]),
        ("rpc SortShelf(SortShelfRequest) returns (Shelf);".to_owned(), vec![]),
        ("rpc CreatePlain(Item) returns (Plain);".to_owned(), vec![]),
        ("rpc DeletePlain(Item) returns (Empty);".to_owned(), vec![]),
    ];
    for (method, rules) in &cases {
        assert_eq!(broken(method), *rules, "{method}");
    }
    let tested: BTreeSet<Rule> = cases.into_iter().flat_map(|(_, rules)| rules).collect();
    // The rules about service configs, options and modules are tested with these.
    let about_protos = |rule: &Rule| {
        ![
            Rule::UnknownSelector,
            Rule::UnheededSetting,
            Rule::UnusedOption,
            Rule::ModuleTree,
            Rule::OutsideAnnotation,
        ]
        .contains(rule)
    };
    let settable: BTreeSet<Rule> =
        RULES.iter().filter(|spec| spec.level.is_some()).map(|spec| spec.rule).filter(about_protos).collect();
    assert_eq!(tested, settable, "each rule that has a level has a case");
}

#[test]
fn findings_say_where_and_what_to_do() {
    let methods = [
        operation("Sell", "google.protobuf.Empty", "google.protobuf.Empty"),
        operation("CreateItem", "SellResponse", "Progress"),
        operation("DeleteItem", "SellResponse", "Progress"),
    ];
    let output = generate(&shop(&methods.join("\n")), "warn=core").unwrap();
    let warnings: Vec<String> = output.warnings().iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(warnings.join("\n"), @r#"
    shop.proto:5:57: warning: example.shop.Shop.Sell names google.protobuf.Empty as response_type; fields can never be added to that [core::0151::lro-response-type]
      help: define a message for it, without fields if there is nothing to say yet
    shop.proto:5:57: warning: example.shop.Shop.Sell names google.protobuf.Empty as metadata_type; fields can never be added to that [core::0151::lro-metadata-type]
      help: define a message for it, without fields if there is nothing to say yet
    shop.proto:6:63: warning: example.shop.Shop.CreateItem gives example.shop.SellResponse in the end, which is not its resource [core::0133::response-message-name]
      help: let response_type be "Item"
    shop.proto:7:63: warning: example.shop.Shop.DeleteItem gives example.shop.SellResponse in the end, which is not its resource [core::0135::response-message-name]
      help: let response_type be "google.protobuf.Empty" or "Item"
    "#);
}

#[test]
fn findings_about_requests_stand_where_the_linter_has_them() {
    let methods = started("SortShelf", "SortShelfRequest", "SellResponse")
        + "\n"
        + &started("Sell", "DryRequest", "SellResponse")
        + "\nrpc CreateShelf(CreateShelfRequest) returns (Shelf);";
    let output = generate(&shop(&methods), "warn=core").unwrap();
    let warnings: Vec<String> = output.warnings().iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(warnings.join("\n"), @r#"
    shop.proto:15:5: warning: example.shop.SortShelfRequest changes a declarative-friendly resource, but cannot ask only whether that would work [core::0163::declarative-friendly-required]
      help: add a field `bool validate_only`
    shop.proto:19:26: warning: example.shop.DryRequest has a field `dry_run`, which means nothing to generated code [core::0163::synonyms]
      help: call it `validate_only`
    shop.proto:7:46: warning: example.shop.Shop.CreateShelf changes a declarative-friendly resource, but is not long-running [core::0133::response-lro]
      help: let it return google.longrunning.Operation
    "#);

    let mut files = shop(&methods);
    let (_, text) = files.last_mut().unwrap();
    let off = "\n// (-- api-linter: core::0163=disabled --)\nmessage ";
    *text = text.replace("\n    message SortShelf", &format!("{off}SortShelf"));
    *text =
        text.replace("bool dry_run", "\n// (-- api-linter: core::0163::synonyms=disabled --)\nbool dry_run");
    let output = generate(&files, "warn=core").unwrap();
    assert_eq!(output.warnings().len(), 1, "{:?}", output.warnings());
}
