//! The comments, and the option `deprecated`, that turn rules off.

use crate::support::{Proto, generate};

/// A comment of the API linter.
fn off(rule: &str) -> String {
    format!(
        "// (-- api-linter: {rule}=disabled\n//     aip.dev/not-precedent: it is older than the rule. --)"
    )
}

/// A file with two findings that are warned about: a method without annotation, and one that does not return an operation.
/// Each placeholder is a place for comments or options.
fn shop(places: &[(&str, &str)]) -> Vec<Proto> {
    let mut text = "{syntax}syntax = \"proto3\";\n{package}package example.shop;\n{import}\
         import \"google/longrunning/operations.proto\";\n{file_option}{service}service Shop {\n{service_option}{plain}\
         rpc Plain(Item) returns (google.longrunning.Operation) { {plain_option} }\n\
         rpc Get(Item) returns (Item) {\n{get}\
         option (google.longrunning.operation_info) = { response_type: \"Item\" metadata_type: \"Item\" };\n}\n}\n{message}message Item {}\n"
        .to_owned();
    for (place, with) in places {
        assert!(text.contains(&format!("{{{place}}}")), "there is no place {place}");
        text = text.replace(&format!("{{{place}}}"), &format!("{with}\n"));
    }
    for place in [
        "syntax",
        "package",
        "import",
        "file_option",
        "service_option",
        "service",
        "plain_option",
        "plain",
        "get",
        "message",
    ] {
        text = text.replace(&format!("{{{place}}}"), "");
    }
    vec![("shop.proto", text)]
}

/// The rules of what is found, by the last segment of their names.
fn found(places: &[(&str, &str)]) -> Vec<&'static str> {
    let output = generate(&shop(places), "warn=lro").unwrap();
    output.warnings().iter().map(|warning| warning.rule().name().rsplit("::").next().unwrap()).collect()
}

const BOTH: [&str; 2] = ["operation-info", "operation-return"];

#[test]
fn without_a_comment_everything_is_found() {
    assert_eq!(found(&[]), BOTH);
}

#[test]
fn a_comment_before_a_method_concerns_that_method() {
    assert_eq!(found(&[("plain", &off("core::0151::operation-info"))]), ["operation-return"]);
    assert_eq!(found(&[("plain", &off("core::0151"))]), ["operation-return"]);
    assert_eq!(found(&[("plain", &off("lro::operation-return"))]), BOTH);
}

#[test]
fn a_comment_before_the_option_concerns_what_is_found_there() {
    assert_eq!(found(&[("get", &off("lro::operation-return"))]), ["operation-info"]);
}

#[test]
fn a_comment_before_the_service_concerns_all_its_methods() {
    assert_eq!(found(&[("service", &off("core::0151::operation-info"))]), ["operation-return"]);
    let both = format!("{}\n{}", off("core"), off("lro::operation-return"));
    assert!(found(&[("service", &both)]).is_empty());
    assert!(found(&[("service", &off("all"))]).is_empty());
}

#[test]
fn a_comment_at_the_top_of_the_file_concerns_all_of_it() {
    for place in ["syntax", "package", "import"] {
        assert_eq!(found(&[(place, &off("core"))]), ["operation-return"], "{place}");
        // Apart from what follows, as licences stand.
        assert_eq!(found(&[(place, &format!("\n{}\n\n", off("core")))]), ["operation-return"], "{place}");
    }
}

#[test]
fn only_the_first_comment_of_a_file_is_at_its_top() {
    assert_eq!(found(&[("syntax", "// A licence."), ("package", &off("core"))]), BOTH);
    assert_eq!(found(&[("message", &off("core"))]), BOTH);
}

#[test]
fn a_comment_after_a_method_concerns_nothing() {
    assert_eq!(found(&[("plain_option", &format!("\n{}\n", off("core")))]), BOTH);
}

#[test]
fn rules_of_the_linter_do_not_concern_what_is_deprecated() {
    let deprecated = "option deprecated = true;";
    for place in ["file_option", "service_option", "plain_option"] {
        assert_eq!(found(&[(place, deprecated)]), ["operation-return"], "{place}");
    }
}

#[test]
fn deprecated_messages_and_fields_are_not_held_to_rules_either() {
    let said = |message: &str, field: &str| -> Vec<String> {
        let body = format!(
            "service Shop {{ rpc Sell(Outer.SellRequest) returns (google.longrunning.Operation) {{ \
             option (google.longrunning.operation_info) = {{ response_type: \"Item\" metadata_type: \"Item\" }}; }} }}\n\
             message Item {{}} message Outer {{ {message} message SellRequest {{ bool dry_run = 1{field}; }} }}"
        );
        let output =
            generate(&[crate::support::proto("shop.proto", "example", &body)], "warn=core::0163").unwrap();
        output.warnings().iter().map(|warning| warning.rule().name().to_owned()).collect()
    };
    assert_eq!(said("", ""), ["core::0163::synonyms"]);
    assert_eq!(said("option deprecated = true;", ""), [""; 0]);
    assert_eq!(said("", " [deprecated = true]"), [""; 0]);
}

#[test]
fn what_is_denied_can_be_turned_off_for_an_element() {
    let with = |places: &[(&str, &str)]| generate(&shop(places), "deny=core,allow=lro");
    assert_eq!(with(&[]).unwrap_err().iter().count(), 1);
    assert!(with(&[("plain", &off("core"))]).unwrap().warnings().is_empty());
}

#[test]
fn what_keeps_code_from_being_generated_cannot_be_turned_off() {
    let annotation =
        "option (google.longrunning.operation_info) = { response_type: \"Gone\" metadata_type: \"Item\" };";
    let insists = "Neither a level nor a comment turns this off";
    let said = |comment: &str, options: &str| {
        let files = shop(&[("plain", comment), ("plain_option", annotation)]);
        generate(&files, &format!("allow=lro::operation-return{options}")).unwrap_err().to_string()
    };
    assert!(!said("", "").contains(insists), "{}", said("", ""));
    for (comment, options) in
        [(off("core"), ""), (String::new(), ",allow=core"), (off("all"), ",warn=core::0151")]
    {
        let said = said(&comment, options);
        assert!(said.contains("there is no message example.shop.Gone") && said.contains(insists), "{said}");
    }
}
