//! Operation mappings: APIs whose operations are of their own kind.

mod calls;
mod list;
mod own_types;

use lro_codegen::{Config, Diagnostics, Output, ServiceConfig};

use crate::support::{Proto, check_generated_with, generate_with, proto, snapshot};

const MAPPING: &str = "\
type: lro.OperationMapping
operations:
- message: cloud.ops.Job
  fields:
    name: id
    done: finished
    error: trouble
  annotation:
    extension: cloud.ops.job
    response: result
    metadata: progress
  get: { method: cloud.ops.Jobs.Get, name: job_id }
  wait: { method: cloud.ops.Jobs.Wait, name: job_id, timeout: patience }
  cancel: { method: cloud.ops.Jobs.Stop, name: job_id }
  watch: { method: cloud.ops.Jobs.Follow, name: job_id }
";

fn cloud() -> Vec<Proto> {
    let jobs = "syntax = \"proto3\"; package cloud.ops;
        import \"google/protobuf/any.proto\"; import \"google/protobuf/duration.proto\";
        import \"google/protobuf/descriptor.proto\"; import \"google/rpc/status.proto\"; import \"google/protobuf/empty.proto\";
        message Job { string id = 1; bool finished = 2; google.protobuf.Any metadata = 3;
          oneof result { google.rpc.Status trouble = 4; google.protobuf.Any response = 5; } repeated string tags = 6; }
        message JobOption { string progress = 1; string result = 2; int32 weight = 3; }
        extend google.protobuf.MethodOptions { JobOption job = 87334; int32 cost = 87335; }
        message JobRequest { string job_id = 1; optional string other_id = 2; int32 page = 3; }
        message WaitRequest { string job_id = 1; google.protobuf.Duration patience = 2; }
        service Jobs { rpc Get(JobRequest) returns (Job); rpc Wait(WaitRequest) returns (Job);
          rpc Stop(JobRequest) returns (google.protobuf.Empty); rpc Follow(JobRequest) returns (stream Job); }";
    let disks = "syntax = \"proto3\"; package cloud.disks; import \"cloud/ops.proto\";
        message Disk { string id = 1; } message CreateDiskRequest { string name = 1; } message CreateDiskMetadata {}
        service Disks {
          rpc Create(CreateDiskRequest) returns (cloud.ops.Job) {
            option (cloud.ops.job) = { progress: \"CreateDiskMetadata\" result: \"Disk\" }; }
          rpc Attach(CreateDiskRequest) returns (stream cloud.ops.Job) {
            option (cloud.ops.job) = { progress: \"cloud.disks.CreateDiskMetadata\" result: \"cloud.disks.Disk\" }; }
          rpc Plain(CreateDiskRequest) returns (cloud.ops.Job);
        }";
    vec![("cloud/ops.proto", jobs.to_owned()), ("cloud/disks.proto", disks.to_owned())]
}

fn config(text: &str) -> Config {
    let mut config = Config::default();
    config.service_configs.push(ServiceConfig::new("operations.yaml", text));
    config
}

fn run(text: &str) -> Result<Output, Diagnostics> {
    generate_with(&config(text), &cloud(), "emit=lro,include_file=mod.rs")
}

#[test]
fn clients_of_an_api_with_its_own_operations_are_typed() {
    check_generated_with("mapping", &config(MAPPING), &cloud(), "emit=lro,include_file=mod.rs");
}

#[test]
fn a_mapping_for_the_usual_operations_says_how_to_ask_for_them() {
    let text = "type: lro.OperationMapping\noperations:\n- message: google.longrunning.Operation\n  services: [example.build.Build]\n  \
        watch: { method: example.build.Build.WaitExecution }\nmethods:\n- selector: example.build.Build.Execute\n  \
        response_type: Result\n  metadata_type: Stage\n";
    let body = "service Build { rpc Execute(Action) returns (stream google.longrunning.Operation);
        rpc WaitExecution(Execution) returns (stream google.longrunning.Operation); }
        message Action {} message Result {} message Stage {} message Execution { string name = 1; }";
    let files = [proto("build.proto", "example.build", body)];
    check_generated_with("mapping_google", &config(text), &files, "emit=lro,server=false,allow=core::0151");
}

#[test]
fn names_that_are_not_there_are_refused_with_what_was_meant() {
    let cases = [
        ("message: cloud.ops.Job\n", "message: cloud.ops.Jbo\n"),
        ("name: id", "name: ident"),
        ("name: id", "name: tags"),
        ("done: finished", "done: id"),
        ("error: trouble", "error: troubel"),
        ("error: trouble", "error: response"),
        ("extension: cloud.ops.job", "extension: cloud.ops.jop"),
        ("extension: cloud.ops.job", "extension: cloud.ops.cost"),
        ("response: result", "response: weight"),
        ("Jobs.Get, name: job_id", "Jobs.Gte, name: job_id"),
        ("Jobs.Get, name: job_id", "Jobs.Get, name: job"),
        ("Jobs.Get, name: job_id", "Jobs.Get"),
        ("Jobs.Get, name: job_id", "Jobs.Get, name: page"),
        ("Jobs.Get, name: job_id", "Jobs.Stop, name: job_id"),
        ("Jobs.Follow, name: job_id", "Jobs.Get, name: job_id"),
        ("timeout: patience", "timeout: job_id"),
        ("annotation:", "anotation:"),
        ("type: lro.OperationMapping", "type: lro.OperationMaping"),
    ];
    let mut said = String::new();
    for (right, wrong) in cases {
        assert!(MAPPING.contains(right), "{right}");
        let error = run(&MAPPING.replace(right, wrong)).unwrap_err();
        said.extend([wrong, "\n", &error.to_string(), "\n\n"]);
    }
    let unread = MAPPING.lines().filter(|line| !line.contains("get:") && !line.contains("watch:"));
    let error = run(&unread.collect::<Vec<_>>().join("\n")).unwrap_err();
    said.push_str(&error.to_string());
    snapshot("mapping_refused", &said);
}

#[test]
fn optional_fields_of_requests_and_fields_that_are_there_when_it_is_done_will_do() {
    let text = MAPPING
        .replace("Jobs.Stop, name: job_id", "Jobs.Stop, name: other_id")
        .replace("done: finished", "done: trouble");
    let output = run(&text).unwrap();
    let code = output.files().iter().find(|file| file.content().contains("disks_lro")).unwrap().content();
    assert!(code.contains("other_id: Some(name)"), "{code}");
    assert!(code.contains(".is_some()"), "{code}");
}
