//! What is said outside of protos of the operations of their methods.

use lro_codegen::{Config, Diagnostics, Output, ServiceConfig};

use crate::support::{Proto, generate, generate_with, proto};

fn build(option: &str) -> [Proto; 1] {
    let body = format!(
        "service Build {{\n\
         rpc Execute(Action) returns (stream google.longrunning.Operation);\n\
         rpc Prepare(Action) returns (google.longrunning.Operation) {{ {option} }}\n\
         rpc Send(stream Action) returns (google.longrunning.Operation);\n\
         rpc Get(Action) returns (Action);\n}}\n\
         message Action {{}}\nmessage Result {{ message Part {{}} }}\nmessage Stage {{}}\n"
    );
    [proto("build.proto", "example.build", &body)]
}

const INFO: &str =
    "option (google.longrunning.operation_info) = { response_type: \"Result\" metadata_type: \"Stage\" };";
const QUIET: &str = "emit=lro,allow=core::0151";

fn code(output: &Output) -> &str {
    output.files().iter().find(|file| file.content().contains("_lro {")).unwrap().content()
}

fn warnings(output: &Result<Output, Diagnostics>) -> String {
    let warnings = output.as_ref().unwrap().warnings().iter();
    warnings.map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn an_option_types_methods_whose_protos_cannot_be_edited() {
    for types in ["Result,Stage", "example.build.Result,example.build.Stage", "Result\\,Stage"] {
        let option = format!("{QUIET},operation_info=example.build.Build.Execute={types},client=false");
        let output = generate(&build(""), &option).unwrap();
        assert_eq!(output.warnings(), [], "{types}");
        let code = code(&output);
        assert!(
            code.contains("pub const EXECUTE: Method<super::Action, super::Result, super::Stage>"),
            "{code}"
        );
        assert!(!code.contains("BuildLroClient"), "the next option is one of its own");
    }
    // As is a switch, behind a type that is not named.
    let option = format!("{QUIET},allow=lro,operation_info=example.build.Build.Execute=Result,no_include");
    assert!(code(&generate(&build(""), &option).unwrap()).contains("super::Result, ()>"));
}

#[test]
fn what_the_proto_says_wins_and_a_difference_is_told() {
    let same = format!("{QUIET},operation_info=example.build.Build.Prepare=example.build.Result,Stage");
    assert_eq!(warnings(&generate(&build(INFO), &same)), "");
    let other = format!("{QUIET},operation_info=example.build.Build.Prepare=Action,Stage");
    let output = generate(&build(INFO), &other);
    insta::assert_snapshot!(warnings(&output), @r#"
    warning: the response of example.build.Build.Prepare is Result by its proto, and Action by what is said outside of it, which does not count [lro::outside-annotation]
      help: say the same, or nothing
    "#);
    assert!(code(&output.unwrap()).contains("PREPARE: Method<super::Action, super::Result, super::Stage>"));
}

#[test]
fn what_is_said_of_other_methods_is_told() {
    let option = format!(
        "{QUIET},operation_info=example.build.Build.Get=Result,Stage,operation_info=example.build.Build.Send=Result,Stage,\
         operation_info=example.build.Build.Exceute=Result,Stage,operation_info=other.Service.Nothing=A,B"
    );
    insta::assert_snapshot!(warnings(&generate(&build(INFO), &option)), @r#"
    warning: example.build.Build.Send is said to be long-running, but takes a stream of requests [lro::outside-annotation]
      help: leave that out, or say with an operation mapping how to read what it returns
    warning: example.build.Build.Get is said to be long-running, but returns example.build.Action [lro::outside-annotation]
      help: leave that out, or say with an operation mapping how to read what it returns
    warning: option operation_info: there is no method example.build.Build.Exceute in this run [lro::unused-option]
      help: did you mean example.build.Build.Execute?
    warning: option operation_info: there is no method other.Service.Nothing in this run [lro::unused-option]
      help: write its full name, as in my.package.Service.Method
    "#);
    let wrong = format!("{QUIET},operation_info=example.build.Build.Execute=Resutl,Stage");
    insta::assert_snapshot!(generate(&build(""), &wrong).unwrap_err(), @r#"
    error: example.build.Build.Execute names "Resutl" as response_type, but there is no message example.build.Resutl [core::0151::lro-response-type]
      help: did you mean "Result"? Otherwise, if another file defines it, import that file or pass it to the generator as well
    "#);
    for malformed in ["operation_info", "operation_info=A", "operation_info==A,B", "operation_info=A="] {
        generate(&build(""), malformed).unwrap_err();
    }
}

#[test]
fn older_configs_name_types_too() {
    let with = |return_type: &str| {
        let mut config = Config::default();
        let text = format!(
            "type: com.google.api.codegen.ConfigProto\ninterfaces:\n- name: example.build.Build\n  methods:\n  - name: Execute\n    \
             long_running:\n      return_type: {return_type}\n      metadata_type: example.build.Stage\n"
        );
        config.service_configs.push(ServiceConfig::new("build_gapic.yaml", text));
        generate_with(&config, &build(""), QUIET)
    };
    let output = with("example.build.Result").unwrap();
    assert_eq!(output.warnings(), []);
    assert!(code(&output).contains("EXECUTE: Method<super::Action, super::Result, super::Stage>"));
    insta::assert_snapshot!(with("example.build.Reslut").unwrap_err(), @r#"
    build_gapic.yaml:5:11: error: example.build.Build.Execute names "example.build.Reslut" as response_type, but there is no message example.build.Reslut [core::0151::lro-response-type]
      help: did you mean "Result"? Otherwise, if another file defines it, import that file or pass it to the generator as well
    "#);
}

#[test]
fn operations_without_metadata_have_an_empty_one_where_that_is_allowed() {
    let half = "option (google.longrunning.operation_info) = { response_type: \"Result\" };";
    insta::assert_snapshot!(generate(&build(half), QUIET).unwrap_err(), @r#"
    build.proto:6:62: error: example.build.Build.Prepare does not set metadata_type in operation_info [lro::metadata-missing]
      help: name the message that reports progress, or "google.protobuf.Empty" if there is none; or set allow=lro::metadata-missing for operations without metadata
    "#);
    let output = generate(&build(half), &format!("{QUIET},allow=lro::metadata-missing")).unwrap();
    assert!(code(&output).contains("PREPARE: Method<super::Action, super::Result, ()>"), "{}", code(&output));
}

#[test]
fn a_name_within_the_package_that_has_dots_is_found_with_a_warning() {
    let part = "option (google.longrunning.operation_info) = { response_type: \"Result.Part\" metadata_type: \"build.Stage\" };";
    let output = generate(&build(part), QUIET);
    insta::assert_snapshot!(warnings(&output), @r#"
    build.proto:6:62: warning: example.build.Build.Prepare names "Result.Part" as response_type, which means example.build.Result.Part here and nothing elsewhere [lro::relative-type]
      help: a name with dots is a full name for Google's generators: write "example.build.Result.Part"
    build.proto:6:62: warning: example.build.Build.Prepare names "build.Stage" as metadata_type, which means example.build.Stage here and nothing elsewhere [lro::relative-type]
      help: a name with dots is a full name for Google's generators: write "example.build.Stage"
    "#);
    assert!(code(&output.unwrap()).contains("super::result::Part, super::Stage>"));
    let mut files = build(part).to_vec();
    files.push(proto("other.proto", "example", "message Result { message Part {} }"));
    generate(&files, QUIET).unwrap_err();
}
