//! What a build script shows: the line, the words that are wrong, and what to do.

use crate::support::Project;

/// A file with one service; the annotation is written as `option` has it.
fn shop(option: &str) -> Project {
    let text = format!(
        "syntax = \"proto3\";\npackage example.shop;\nimport \"google/longrunning/operations.proto\";\n\nservice Shop {{\n  \
         rpc Sell(Item) returns (google.longrunning.Operation) {{\n{option}\n  }}\n}}\nmessage Item {{}}\n"
    );
    Project::new(&[("shop.proto", &text)])
}

/// What is shown, with `PROTOS` for the include.
#[track_caller]
fn shown(project: &Project) -> String {
    let error = project.compile_with(&project.builder().deny("core::0151"), "shop.proto").unwrap_err();
    error.to_string().replace(&project.protos().display().to_string(), "PROTOS")
}

#[test]
fn a_value_is_found_in_an_option_of_many_lines() {
    let project = shop(
        "    // response_type: \"Itme\" was wrong.\n    option (google.longrunning.operation_info) = {\n      response_type: \"Itme\"\n      metadata_type: \"Item\"\n    };",
    );
    insta::assert_snapshot!(shown(&project), @r#"
     × example.shop.Shop.Sell names "Itme" as response_type, but there is no message example.shop.Itme [core::0151::lro-response-type]
      ╭─[PROTOS/shop.proto:9:7]
    9 │       response_type: "Itme"
      ·       ─────────────────────
      ╰─
     help: did you mean "Item"? Otherwise, if another file defines it, import that file or pass it to the generator as well
    "#);
}

#[test]
fn each_problem_has_its_own_words() {
    let project = shop(
        "\toption (google.longrunning.operation_info) = { /* ü 世界 */ response_type: 'Itme'\tmetadata_type: 'Itme' };",
    );
    insta::assert_snapshot!(shown(&project), @r#"
     × example.shop.Shop.Sell names "Itme" as response_type, but there is no message example.shop.Itme [core::0151::lro-response-type]
      ╭─[PROTOS/shop.proto:7:65]
    7 │     option (google.longrunning.operation_info) = { /* ü 世界 */ response_type: 'Itme'    metadata_type: 'Itme' };
      ·                                                                 ─────────────────────
      ╰─
     help: did you mean "Item"? Otherwise, if another file defines it, import that file or pass it to the generator as well
     × example.shop.Shop.Sell names "Itme" as metadata_type, but there is no message example.shop.Itme [core::0151::lro-metadata-type]
      ╭─[PROTOS/shop.proto:7:87]
    7 │     option (google.longrunning.operation_info) = { /* ü 世界 */ response_type: 'Itme'    metadata_type: 'Itme' };
      ·                                                                                          ─────────────────────
      ╰─
     help: did you mean "Item"? Otherwise, if another file defines it, import that file or pass it to the generator as well
    "#);
}

#[test]
fn what_is_missing_has_the_first_line_of_its_place() {
    let project = shop(
        "    option (google.longrunning.operation_info) = {\n      response_type: \"google.protobuf.Empty\"\n    };",
    );
    insta::assert_snapshot!(shown(&project), @r#"
     × example.shop.Shop.Sell names google.protobuf.Empty as response_type; fields can never be added to that [core::0151::lro-response-type]
      ╭─[PROTOS/shop.proto:8:7]
    8 │       response_type: "google.protobuf.Empty"
      ·       ──────────────────────────────────────
      ╰─
     help: define a message for it, without fields if there is nothing to say yet
     × example.shop.Shop.Sell does not set metadata_type in operation_info [lro::metadata-missing]
      ╭─[PROTOS/shop.proto:7:5]
    7 │     option (google.longrunning.operation_info) = {
      ·     ──────────────────────────────────────────────
      ╰─
     help: name the message that reports progress, or "google.protobuf.Empty" if there is none; or set allow=lro::metadata-missing for operations without metadata
    "#);
}

#[test]
fn values_in_separate_options_are_found_too() {
    let project = shop(
        "    option (google.longrunning.operation_info).response_type = \"Itme\";\n    option (google.longrunning.operation_info).metadata_type = \"Item\";",
    );
    insta::assert_snapshot!(shown(&project), @r#"
     × example.shop.Shop.Sell names "Itme" as response_type, but there is no message example.shop.Itme [core::0151::lro-response-type]
      ╭─[PROTOS/shop.proto:7:48]
    7 │     option (google.longrunning.operation_info).response_type = "Itme";
      ·                                                ──────────────────────
      ╰─
     help: did you mean "Item"? Otherwise, if another file defines it, import that file or pass it to the generator as well
    "#);
}

#[test]
fn a_method_that_says_nothing_is_underlined_as_far_as_its_line_goes() {
    insta::assert_snapshot!(shown(&shop("")), @r#"
     × example.shop.Shop.Sell returns google.longrunning.Operation but does not say what its operation holds; it stays a plain method [core::0151::operation-info]
      ╭─[PROTOS/shop.proto:6:3]
    6 │   rpc Sell(Item) returns (google.longrunning.Operation) {
      ·   ───────────────────────────────────────────────────────
      ╰─
     help: add `option (google.longrunning.operation_info) = { response_type: "…" metadata_type: "…" };`
    "#);
}

#[test]
fn problems_of_protobuf_itself_look_the_same() {
    let project =
        Project::new(&[("shop.proto", "syntax = \"proto3\";\nmessage Item {\n\tstring ü = 1;\n}\n")]);
    insta::assert_snapshot!(shown(&project), @r#"
     × invalid token
      ╭─[PROTOS/shop.proto:3:9]
    3 │     string ü = 1;
      ·            ─ found here
      ╰─
    "#);
    let project = Project::new(&[("shop.proto", "syntax = \"proto3\";\nmessage Item {}\nmessage Item {}\n")]);
    insta::assert_snapshot!(shown(&project), @r#"
     × name 'Item' is defined twice
      ╭─[PROTOS/shop.proto:2:9]
    2 │ message Item {}
      ·         ──── first defined here
      ╰─
      ╭─[PROTOS/shop.proto:3:9]
    3 │ message Item {}
      ·         ──── defined again here
      ╰─
    "#);
    let project = Project::new(&[("shop.proto", "syntax = \"proto3\";\nimport \"gone.proto\";\n")]);
    let text = shown(&project);
    insta::assert_snapshot!(text, @r#"
     × import 'gone.proto' not found
      ╭─[PROTOS/shop.proto:2:1]
    2 │ import "gone.proto";
      · ──────────────────── imported here
      ╰─
     help: the includes that were searched are: PROTOS
    "#);
}

#[test]
fn what_comes_along_is_listed_where_a_file_of_its_kind_is_missing() {
    let text = "syntax = \"proto3\";\nimport \"google/api/httpbdy.proto\";\n";
    insta::assert_snapshot!(shown(&Project::new(&[("shop.proto", text)])), @r#"
     × import 'google/api/httpbdy.proto' not found
      ╭─[PROTOS/shop.proto:2:1]
    2 │ import "google/api/httpbdy.proto";
      · ────────────────────────────────── imported here
      ╰─
     help: did you mean google/api/httpbody.proto? the includes that were searched are: PROTOS; what comes along is google/api/{annotations,client,error_reason,field_behavior,field_info,http,httpbody,launch_stage,resource,routing,visibility}.proto, google/longrunning/operations.proto, google/rpc/{code,error_details,http,status}.proto, google/rpc/context/{attribute_context,audit_context}.proto, google/type/{calendar_period,color,date,datetime,dayofweek,decimal,expr,fraction,interval,latlng,localized_text,money,month,phone_number,postal_address,quaternion,timeofday}.proto, and google/protobuf
    "#);
}

#[test]
fn all_problems_that_protobuf_finds_in_a_file_are_shown() {
    let text = "syntax = \"proto3\";\nmessage Item {\n  Lost one = 1;\n  Gone two = 2;\n}\n";
    insta::assert_snapshot!(shown(&Project::new(&[("shop.proto", text)])), @r"
     × name 'Lost' is not defined
      ╭─[PROTOS/shop.proto:3:3]
    3 │   Lost one = 1;
      ·   ──── found here
      ╰─
     × name 'Gone' is not defined
      ╭─[PROTOS/shop.proto:4:3]
    4 │   Gone two = 2;
      ·   ──── found here
      ╰─
    ");
}

#[test]
fn a_mistake_in_the_annotation_has_its_cause_and_its_place() {
    let project = shop(
        "    option (google.longrunning.operation_info) = {\n      // respone_type: as in English\n      respone_type: \"Item\"\n      metadata_type: \"Item\"\n    };",
    );
    let error = project.compile("shop.proto").unwrap_err();
    let mut causes = Vec::new();
    let mut cause = std::error::Error::source(&error);
    while let Some(error) = cause {
        causes.push(error.to_string());
        cause = error.source();
    }
    let last = causes.last().map(String::as_str);
    assert_eq!(last, Some("field 'respone_type' not found for message 'google.longrunning.OperationInfo'"));
    insta::assert_snapshot!(shown(&project), @r#"
     × invalid value of type 'google.longrunning.OperationInfo' for option '(google.longrunning.operation_info)': field 'respone_type' not found for message 'google.longrunning.OperationInfo'
      ╭─[PROTOS/shop.proto:9:7]
    9 │       respone_type: "Item"
      ·       ──────────── found here
      ╰─
     help: did you mean `response_type`?
    "#);
}

#[test]
fn a_mistake_in_a_value_is_found_behind_its_like() {
    let project = shop(
        "    option (google.longrunning.operation_info) = { response_type: \"Item\" metadata_type: Item };",
    );
    insta::assert_snapshot!(shown(&project), @r#"
     × invalid value of type 'google.longrunning.OperationInfo' for option '(google.longrunning.operation_info)': expected a string, but found 'Item'
      ╭─[PROTOS/shop.proto:7:89]
    7 │     option (google.longrunning.operation_info) = { response_type: "Item" metadata_type: Item };
      ·                                                                                         ──── found here
      ╰─
     help: write it in quotes: "Item"
    "#);
}

#[test]
fn each_way_to_write_an_annotation_wrong_has_advice() {
    let project = shop(
        "    option (google.longrunning.operation_info).respone_type = \"Item\";\n    option (google.longrunning.operation_info).metadata_type = Item;\n    option (google.longrunning.operation_inf) = {};\n    option deprecate = true;\n    option idempotency_level = IDEMPOTEN;",
    );
    insta::assert_snapshot!(shown(&project), @r#"
     × option field '(google.longrunning.operation_info).respone_type' is not defined
      ╭─[PROTOS/shop.proto:7:5]
    7 │     option (google.longrunning.operation_info).respone_type = "Item";
      ·     ───────────────────────────────────────────────────────────────── found here
      ╰─
     help: did you mean `response_type`?
     × expected a value of type 'string' for option '(google.longrunning.operation_info).metadata_type', but found 'Item'
      ╭─[PROTOS/shop.proto:8:5]
    8 │     option (google.longrunning.operation_info).metadata_type = Item;
      ·     ──────────────────────────────────────────────────────────────── found here
      ╰─
     help: write it in quotes: "Item"
     × 'google.longrunning.operation_inf' resolves to 'google.longrunning.operation_inf', which is not defined
      ╭─[PROTOS/shop.proto:9:5]
    9 │     option (google.longrunning.operation_inf) = {};
      ·     ─────────────────────────────────────────────── found here
      ╰─
     help: did you mean `google.longrunning.operation_info`?
     × option field 'deprecate' is not defined
       ╭─[PROTOS/shop.proto:10:5]
    10 │     option deprecate = true;
       ·     ──────────────────────── found here
       ╰─
     help: did you mean `deprecated`?
     × expected a value of type 'google.protobuf.MethodOptions.IdempotencyLevel' for option 'idempotency_level', but found 'IDEMPOTEN'
       ╭─[PROTOS/shop.proto:11:5]
    11 │     option idempotency_level = IDEMPOTEN;
       ·     ───────────────────────────────────── found here
       ╰─
     help: did you mean `IDEMPOTENT`?
    "#);
}

#[test]
fn names_that_are_not_known_have_advice() {
    let text = "syntax = \"proto3\";\nservice Shop {\n  rpc Sell(Itm) returns (google.longrunning.Operation);\n  rpc Buy(Item) returns (google.protobuf.Emty);\n}\nmessage Item {}\n";
    insta::assert_snapshot!(shown(&Project::new(&[("shop.proto", text)])), @r#"
     × name 'Itm' is not defined
      ╭─[PROTOS/shop.proto:3:12]
    3 │   rpc Sell(Itm) returns (google.longrunning.Operation);
      ·            ─── found here
      ╰─
     help: did you mean `Item`?
     × name 'google.longrunning.Operation' is not defined
      ╭─[PROTOS/shop.proto:3:26]
    3 │   rpc Sell(Itm) returns (google.longrunning.Operation);
      ·                          ──────────────────────────── found here
      ╰─
     help: add `import "google/longrunning/operations.proto";`
     × name 'google.protobuf.Emty' is not defined
      ╭─[PROTOS/shop.proto:4:26]
    4 │   rpc Buy(Item) returns (google.protobuf.Emty);
      ·                          ──────────────────── found here
      ╰─
     help: did you mean `google.protobuf.Empty`?
    "#);
}

#[test]
fn a_problem_without_a_line_names_its_file() {
    let project = Project::new(&[("shop.proto", "syntax = \"proto3\";\nmessage Item {\n")]);
    let text = shown(&project);
    assert!(
        text.starts_with("PROTOS/shop.proto: expected ") && text.contains("reached end of file"),
        "{text}"
    );
}

#[test]
fn columns_of_a_service_config_count_letters() {
    let project = shop("");
    let yaml = "\u{feff}{ type: google.api.Service, title: Läden, publishing: { method_settings: 1 } }";
    project.write("shop.yaml", yaml);
    let builder = project.builder().service_config(project.protos().join("shop.yaml"));
    let text = project.compile_with(&builder, "shop.proto").unwrap_err().to_string();
    assert!(text.contains("· "), "{text}");
    let [line, underline] = ["│ ", "· "].map(|bar| text.split(bar).nth(1).unwrap().lines().next().unwrap());
    let marked = line.chars().zip(underline.chars()).find(|(_, mark)| *mark == '─');
    assert_eq!(marked.map(|(letter, _)| letter), Some('1'), "{text}");
}

#[test]
fn a_descriptor_set_has_no_lines_to_show() {
    let project = shop("");
    let set = project.out().join("set.binpb");
    project.compile_with(&project.builder().file_descriptor_set_path(&set), "shop.proto").unwrap();
    let bytes = std::fs::read(set).unwrap();
    let error = project.builder().deny("core").compile_descriptor_set(&bytes).unwrap_err().to_string();
    assert!(error.starts_with("shop.proto:6:3: error: example.shop.Shop.Sell returns"), "{error}");
}
