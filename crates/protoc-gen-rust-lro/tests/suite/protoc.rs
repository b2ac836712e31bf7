//! Below real protoc: what its users see, and that nothing is written when something is wrong.

use std::path::Path;
use std::process::Output;

use test_tools::{PROTOC, PROTOC_EDITIONS, find};

use crate::support::{Files, Project, text};

const PROTO3: &str = "syntax = \"proto3\"";

/// A service with one method that takes long; the name of the method is in line 6.
fn service(name: &str, method: &str, response: &str) -> String {
    format!(
        "message Thing {{}}
service {name} {{
  rpc {method}(Thing) returns (google.longrunning.Operation) {{
    option (google.longrunning.operation_info) = {{ response_type: \"{response}\" metadata_type: \"Thing\" }};
  }}
}}
"
    )
}

/// Asserts that a run failed with all of `messages` on standard error and wrote nothing.
#[track_caller]
fn assert_refused(project: &Project, output: &Output, messages: &[&str]) {
    let error = text(&output.stderr);
    assert!(!output.status.success(), "{error}");
    for message in messages {
        assert!(error.contains(message), "{message} is not in:\n{error}");
    }
    assert!(!error.contains("panicked"), "{error}");
    assert_eq!(project.files(), Files::new());
}

/// Asserts that a run wrote one file, with `content` in it, and returns what it had to say.
#[track_caller]
fn assert_written(project: &Project, output: &Output, file: &str, content: &str) -> String {
    let said = text(&output.stderr);
    assert!(output.status.success(), "{said}");
    let files = project.files();
    assert_eq!(files.keys().collect::<Vec<_>>(), [file]);
    assert!(files[file].contains(content), "{content} is not in:\n{}", files[file]);
    said
}

#[test]
fn a_type_that_does_not_exist_is_reported_with_its_place() {
    let Some([protoc]) = find([PROTOC]) else { return };
    let project = Project::of(PROTO3, &service("Lab", "Analyze", "Thong"));

    let output = project.protoc(&protoc, "", &["lab.proto"]);

    let messages = [
        "lab.proto:7:5: error: ",
        "lab.v1.Lab.Analyze",
        "did you mean \"Thing\"?",
        "core::0151::lro-response-type",
    ];
    assert_refused(&project, &output, &messages);
}

#[test]
fn an_unknown_option_is_reported_with_the_known_ones() {
    let Some([protoc]) = find([PROTOC]) else { return };
    let project = Project::of(PROTO3, &service("Lab", "Analyze", "Thing"));

    let output = project.protoc(&protoc, "emits=lro", &["lab.proto"]);

    assert_refused(&project, &output, &["`emits`", "did you mean emit?", "include_file"]);
}

#[test]
fn two_services_that_differ_in_case_only_are_reported_with_both_places() {
    let Some([protoc]) = find([PROTOC]) else { return };
    let body = service("DataLab", "Analyze", "Thing")
        + "service DATALab { rpc Analyze(Thing) returns (google.longrunning.Operation); }\n";
    let project = Project::of(PROTO3, &body);

    let output = project.protoc(&protoc, "", &["lab.proto"]);

    assert_refused(
        &project,
        &output,
        &["lab.v1.DataLab", "lab.v1.DATALab", "lab.proto:5:1", "lab.proto:10:1"],
    );
}

#[test]
fn a_file_that_is_not_there_is_reported_by_protoc_itself() {
    let Some([protoc]) = find([PROTOC]) else { return };
    let project = Project::empty();

    let output = project.protoc(&protoc, "", &["missing.proto"]);

    assert_refused(&project, &output, &["missing.proto: "]);
}

#[test]
fn the_layer_alone_has_no_file_to_be_included_from() {
    let Some([protoc]) = find([PROTOC]) else { return };
    let project = Project::of(PROTO3, &service("Lab", "Analyze", "Thing"));

    let output = project.protoc(&protoc, "emit=lro", &["lab.proto"]);

    assert_refused(&project, &output, &["lab/v1/lab.v1.rs: Tried to insert into file that doesn't exist."]);
}

#[test]
fn an_rpc_named_connect_is_a_warning_and_code_is_written() {
    let Some([protoc]) = find([PROTOC]) else { return };
    let project = Project::of(PROTO3, &service("Lab", "Connect", "Thing"));

    let output = project.protoc(&protoc, "", &["lab.proto"]);

    let said = assert_written(&project, &output, "lab.v1.rs", "pub async fn connect_rpc");
    assert!(said.contains("lab.proto:6:3: warning: ") && said.contains("connect_rpc"), "{said}");
}

#[test]
fn what_rules_weigh_can_be_said_in_options_and_in_comments() {
    let Some([protoc]) = find([PROTOC]) else { return };
    // protoc counts a tab as far as the next multiple of eight.
    let method = "\trpc Analyze(Thing) returns (google.longrunning.Operation);\n";
    let service = |comment: &str| {
        Project::of(PROTO3, &format!("message Thing {{}}\nservice Lab {{\n{comment}{method}}}\n"))
    };
    let finding = "core::0151::operation-info";

    let output = service("").protoc(&protoc, "", &["lab.proto"]);
    assert!(output.status.success());
    assert!(text(&output.stderr).contains("lab.proto:6:9: warning: "), "{}", text(&output.stderr));

    let project = service("");
    let output = project.protoc(&protoc, &format!("deny={finding}"), &["lab.proto"]);
    assert_refused(&project, &output, &["lab.proto:6:9: error: ", finding]);

    let comment =
        format!("\t// (-- api-linter: {finding}=disabled\n\t//     aip.dev/not-precedent: why. --)\n");
    for (project, options) in [(service(""), "allow=core"), (service(&comment), "deny=core")] {
        let output = project.protoc(&protoc, options, &["lab.proto"]);
        assert_eq!(assert_written(&project, &output, "lab.v1.rs", "pub mod lab_client"), "", "{options}");
    }
}

#[test]
fn proto3_optional_is_supported() {
    let Some([protoc]) = find([PROTOC]) else { return };
    let body = service("Lab", "Analyze", "Thing") + "message Sample { optional string name = 1; }\n";
    let project = Project::of(PROTO3, &body);

    let output = project.protoc(&protoc, "", &["lab.proto"]);

    let said = assert_written(&project, &output, "lab.v1.rs", "pub name: ::core::option::Option<");
    assert_eq!(said, "");
}

#[test]
fn a_service_config_is_read_and_its_faults_have_a_place() {
    let Some([protoc]) = find([PROTOC]) else { return };
    let project = Project::of(PROTO3, &service("Lab", "Analyze", "Thing"));
    let yaml = |delay: &str| {
        format!(
            "{{ type: google.api.Service, publishing: {{ method_settings: [\n\
             {{ selector: lab.v1.Lab.Analyze, long_running: {{ initial_poll_delay: {delay} }} }} ] }} }}"
        )
    };
    let (good, bad) = (project.add("lab.yaml", &yaml("90s")), project.add("bad.yaml", &yaml("soon")));

    let option = format!("service_config={}", bad.display());
    let output = project.protoc(&protoc, &option, &["lab.proto"]);
    assert_refused(&project, &output, &["bad.yaml:2:", "`soon`", "lro::service-config"]);

    let output = project.protoc(&protoc, "service_config=missing.yaml", &["lab.proto"]);
    assert_refused(&project, &output, &["`missing.yaml` cannot be read"]);

    let option = format!("service_config={}", good.display());
    let output = project.protoc(&protoc, &option, &["lab.proto"]);
    let said = assert_written(&project, &output, "lab.v1.rs", "with_initial_delay(Duration::from_secs(90))");
    assert_eq!(said, "");
}

/// A project in an edition, with a field that only editions can describe.
fn edition(year: u32) -> Project {
    let body = service("Lab", "Analyze", "Thing")
        + "message Sample { string name = 1 [features.field_presence = IMPLICIT]; }\n";
    Project::of(&format!("edition = \"{year}\""), &body)
}

#[test]
fn the_layer_of_an_edition_is_written() {
    let Some([protoc]) = find([PROTOC_EDITIONS]) else { return };
    for year in [2023, 2024] {
        let project = edition(year);

        let output = project.protoc(&protoc, "emit=lro,no_include", &["lab.proto"]);

        let said = assert_written(&project, &output, "lab/v1/lab.v1.lro.rs", "pub const ANALYZE: ");
        assert_eq!(said, "", "{year}");
    }
}

#[test]
fn messages_of_an_edition_are_refused_with_a_way_out() {
    let Some([protoc]) = find([PROTOC_EDITIONS]) else { return };
    for year in [2023, 2024] {
        let project = edition(year);

        let output = project.protoc(&protoc, "", &["lab.proto"]);

        assert_refused(&project, &output, &["lab.proto uses an edition", "emit=lro"]);
    }
}

#[test]
fn a_new_protoc_and_an_old_one_get_the_same_code() {
    let Some([old, new]) = find([PROTOC, PROTOC_EDITIONS]) else { return };
    let written = |protoc: &Path| {
        let project = Project::of(PROTO3, &service("Lab", "Analyze", "Thing"));
        assert!(project.protoc(protoc, "include_file=mod.rs", &["lab.proto"]).status.success());
        project.files()
    };

    assert_eq!(written(&old), written(&new));
}

#[test]
fn streams_of_operations_are_plain_methods_with_a_warning() {
    let Some([protoc]) = find([PROTOC]) else { return };
    let body = "message Thing {}
service Lab {
  rpc Execute(Thing) returns (stream google.longrunning.Operation);
  rpc GetOperation(google.longrunning.GetOperationRequest) returns (google.longrunning.Operation);
}
";
    let project = Project::of(PROTO3, body);
    let said = assert_written(
        &project,
        &project.protoc(&protoc, "", &["lab.proto"]),
        "lab.v1.rs",
        "type ExecuteStream",
    );
    assert_eq!(said.matches("warning: ").count(), 1, "{said}");
    assert!(said.contains("lab.proto:6:38: warning: lab.v1.Lab.Execute returns a stream of"), "{said}");
}

#[test]
fn the_number_of_operation_info_is_ours_only_where_protoc_says_so() {
    let Some([protoc]) = find([PROTOC]) else { return };
    for (kind, value) in [("int32", "3"), ("string", "'text'"), ("bool", "true")] {
        let project = Project::empty();
        let own = format!(
            "{PROTO3}; package acme; import 'google/protobuf/descriptor.proto';
extend google.protobuf.MethodOptions {{ {kind} limit = 1049; }}
message Thing {{}}
service Lab {{ rpc Get(Thing) returns (Thing) {{ option (limit) = {value}; }} }}"
        );
        project.add("acme.proto", &own);
        let output = project.protoc(&protoc, "deny=core,deny=lro", &["acme.proto"]);
        assert_eq!(assert_written(&project, &output, "acme.rs", "mod lab_client"), "");
    }

    // What is imported publicly can be named, from file to file.
    let project = Project::empty();
    project.add("inner.proto", &format!("{PROTO3}; import public 'google/longrunning/operations.proto';"));
    project.add("outer.proto", &format!("{PROTO3}; import public 'inner.proto';"));
    let body = service("Lab", "Analyze", "Thing");
    project.add("lab.proto", &format!("{PROTO3}; package lab.v1; import 'outer.proto';\n{body}"));
    let output = project.protoc(&protoc, "", &["lab.proto"]);
    assert_eq!(assert_written(&project, &output, "lab.v1.rs", "pub const ANALYZE"), "");
}
