//! What is wrong with annotations, and what the generator says about it.

use crate::support::{check_refused, descriptor_set, generate, proto, request_for, run};

fn info(response: &str, metadata: &str) -> String {
    format!("option (google.longrunning.operation_info) = {{ {response} {metadata} }};")
}

/// A file with one service; `Item`, `Outer.Inner` and the enum `Color` are there to be named.
fn shop(methods: &str) -> crate::support::Proto {
    let body = format!(
        "service Shop {{\n{methods}\n}}\n\
         message Item {{}}\nmessage Outer {{ message Inner {{}} enum Shade {{ DARK = 0; }} }}\nenum Color {{ RED = 0; }}\n"
    );
    proto("shop.proto", "example.shop.v1", &body)
}

fn operation(name: &str, response: &str, metadata: &str) -> String {
    format!(
        "  rpc {name}(Item) returns (google.longrunning.Operation) {{\n    {}\n  }}",
        info(response, metadata)
    )
}

#[test]
fn types_that_are_not_set_are_refused() {
    let methods = [
        operation("NoResponse", "", "metadata_type: \"Item\""),
        operation("NoMetadata", "response_type: \"Item\"", ""),
        operation("Neither", "", ""),
    ];
    check_refused("annotation_missing", &[shop(&methods.join("\n"))], "emit=lro");
}

#[test]
fn types_that_do_not_exist_are_refused() {
    let case = |name: &str, response: &str| {
        operation(name, &format!("response_type: \"{response}\""), "metadata_type: \"Item\"")
    };
    let methods = [
        case("Typo", "Itme"),
        case("OtherPackage", "Receipt"),
        case("WrongPackage", "example.shop.v2.Item"),
        case("Relative", "Outer.Inner"),
        case("NestedWithoutParent", "Inner"),
        case("EmptyWithoutPackage", "Empty"),
        case("TypoInEmpty", "google.protobuf.Emtpy"),
        case("NothingLikeIt", "Zzz"),
        case("OddText", "no type at all"),
    ];
    let receipt = proto("stock.proto", "example.stock", "message Receipt {}");
    check_refused("annotation_unknown", &[shop(&methods.join("\n")), receipt], "emit=lro");
}

#[test]
fn metadata_that_does_not_exist_is_refused() {
    let methods = operation("Typo", "response_type: \"Item\"", "metadata_type: \"Itme\"");
    check_refused("annotation_unknown_metadata", &[shop(&methods)], "emit=lro");
}

#[test]
fn enums_instead_of_messages_are_refused() {
    let methods =
        operation("Paint", "response_type: \"Color\"", "metadata_type: \"example.shop.v1.Outer.Shade\"");
    check_refused("annotation_enum", &[shop(&methods)], "emit=lro");
}

#[test]
fn operations_that_stream_stay_plain_with_one_warning_each() {
    let both = info("response_type: \"Item\"", "metadata_type: \"Item\"");
    let methods = format!(
        "  rpc Execute(Item) returns (stream google.longrunning.Operation);\n  \
         rpc Upload(stream Item) returns (google.longrunning.Operation);\n  \
         rpc Chat(stream Item) returns (stream google.longrunning.Operation);\n  \
         rpc Watch(Item) returns (stream google.longrunning.Operation) {{ {both} }}\n  \
         rpc Send(stream Item) returns (google.longrunning.Operation) {{ {both} }}\n"
    );
    let files = [shop(&methods)];
    let output = generate(&files, "emit=lro").unwrap();
    let warnings: Vec<String> = output.warnings().iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(warnings.join("\n"), @r"
    shop.proto:5:37: warning: example.shop.v1.Shop.Execute returns a stream of google.longrunning.Operation; it stays a plain streaming method [core::0151::response-unary]
      help: say with operation_info what its operations hold to get a typed method, or set allow=core::0151::response-unary if it is meant to be plain
    shop.proto:6:21: warning: example.shop.v1.Shop.Upload takes a stream of requests and returns google.longrunning.Operation; it stays a plain streaming method [core::0151::response-unary]
      help: remove `stream` from its requests to get a typed method, or set allow=core::0151::response-unary if it is meant to be plain
    shop.proto:7:19: warning: example.shop.v1.Shop.Chat takes a stream of requests and returns google.longrunning.Operation; it stays a plain streaming method [core::0151::response-unary]
      help: remove `stream` from its requests to get a typed method, or set allow=core::0151::response-unary if it is meant to be plain
    shop.proto:9:19: warning: example.shop.v1.Shop.Send takes a stream of requests and returns google.longrunning.Operation; it stays a plain streaming method, and its operation_info is not used [core::0151::response-unary]
      help: remove `stream` from its requests to get a typed method, or set allow=core::0151::response-unary if it is meant to be plain
    ");
    assert_eq!(generate(&files, "allow=core::0151::response-unary").unwrap().warnings(), []);
    generate(&files, "client=false,server=false").unwrap();
    generate(&files, "deny=core::0151::response-unary").unwrap_err();
}

#[test]
fn what_an_api_has_of_the_operations_service_itself_is_no_finding() {
    let methods = "
        rpc GetOperation(google.longrunning.GetOperationRequest) returns (google.longrunning.Operation);
        rpc WaitOperation(google.longrunning.WaitOperationRequest) returns (google.longrunning.Operation);
        rpc WatchOperation(google.longrunning.GetOperationRequest) returns (stream google.longrunning.Operation);
        rpc Touch(google.longrunning.Operation) returns (google.longrunning.Operation);";
    let output = generate(&[shop(methods)], "").unwrap();
    assert_eq!(output.warnings(), []);
}

#[test]
fn an_annotation_without_an_operation_is_refused() {
    let both = info("response_type: \"Item\"", "metadata_type: \"Item\"");
    let methods = format!("  rpc Get(Item) returns (Item) {{\n    {both}\n  }}");
    check_refused("annotation_without_operation", &[shop(&methods)], "emit=lro");
}

#[test]
fn an_operation_without_annotation_is_a_warning() {
    let output =
        generate(&[shop("  rpc Get(Item) returns (google.longrunning.Operation);")], "emit=lro").unwrap();
    let warnings: Vec<String> = output.warnings().iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(warnings.join("\n"), @r#"
    shop.proto:5:3: warning: example.shop.v1.Shop.Get returns google.longrunning.Operation but does not say what its operation holds; it stays a plain method [core::0151::operation-info]
      help: add `option (google.longrunning.operation_info) = { response_type: "…" metadata_type: "…" };`
    "#);
}

#[test]
fn types_that_are_not_imported_are_warnings() {
    let methods = operation(
        "Sell",
        "response_type: \"example.stock.Receipt\"",
        "metadata_type: \"example.stock.Receipt\"",
    );
    let receipt = proto("stock.proto", "example.stock", "message Receipt {}");
    let output = generate(&[receipt, shop(&methods)], "emit=lro").unwrap();
    let warnings: Vec<String> = output.warnings().iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(warnings.join("\n"), @r#"
    shop.proto:6:5: warning: example.shop.v1.Shop.Sell names example.stock.Receipt as response_type, but shop.proto does not import it [core::0151::lro-response-reachable]
      help: add `import "stock.proto";`
    shop.proto:6:5: warning: example.shop.v1.Shop.Sell names example.stock.Receipt as metadata_type, but shop.proto does not import it [core::0151::lro-metadata-reachable]
      help: add `import "stock.proto";`
    "#);
}

#[test]
fn all_problems_come_at_once_in_the_order_of_the_files() {
    let one = operation("Typo", "response_type: \"Itme\"", "");
    let plain =
        "  rpc Plain(Item) returns (google.longrunning.Operation);\n  rpc plain(Item) returns (Item);";
    let other = proto(
        "other.proto",
        "example.other",
        &format!(
            "service Other {{\n{}\n}}\nmessage Item {{}}",
            operation("Gone", "response_type: \"Gone\"", "metadata_type: \"Item\"")
        ),
    );
    check_refused("annotation_all_at_once", &[shop(&format!("{one}\n{plain}")), other], "emit=lro");
}

#[test]
fn files_that_are_not_targets_are_not_judged() {
    let broken = shop(&operation("Typo", "response_type: \"Itme\"", ""));
    let good = proto("good.proto", "example.good", "import \"shop.proto\"; message Good {}");
    let output = run(request_for(descriptor_set(&[broken, good]), ["good.proto"], "emit=lro")).unwrap();
    assert!(output.warnings().is_empty());
}

#[test]
fn suggestions_end_where_nobody_reads_on() {
    let rpcs = (0..2000).map(|number| {
        format!(
            "rpc M{number}(M) returns (google.longrunning.Operation) {{ option (google.longrunning.operation_info) = \
             {{ response_type: \"Mesage{number}\" metadata_type: \"M\" }}; }}\n"
        )
    });
    let messages = (0..2000).map(|number| format!("message Message{number} {{}}\n"));
    let body = format!(
        "service S {{ {} }} message M {{}} {}",
        rpcs.collect::<Vec<_>>().concat(),
        messages.collect::<Vec<_>>().concat()
    );
    let problems = generate(&[proto("many.proto", "many", &body)], "emit=lro").unwrap_err();
    let suggested: Vec<bool> = problems
        .iter()
        .map(|problem| problem.help_text().is_some_and(|help| help.contains("did you mean")))
        .collect();
    // Each of the 2,000 takes as many comparisons as there are types, and there are about a million in all.
    assert_eq!(suggested.len(), 2000);
    assert!(suggested[..450].iter().all(|suggested| *suggested) && !suggested[550..].contains(&true));
}
