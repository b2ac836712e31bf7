//! RPCs that list the operations of an API's own kind.

use super::{cloud, config};
use crate::support::{Proto, check_generated_with, generate_with, proto, show, snapshot};

const LIST: &str = "\
type: lro.OperationMapping
operations:
- message: cloud.ops.Job
  fields: { name: id, done: finished, error: trouble }
  annotation: { extension: cloud.ops.job, response: result, metadata: progress }
  get: { method: cloud.ops.Jobs.Get, name: job_id }
  list:
    method: cloud.lists.Lists.List
    parent: project_id
    page_size: limit
    page_token: after
    next_page_token: next
";

fn listed() -> Vec<Proto> {
    let lists = "syntax = \"proto3\"; package cloud.lists; import \"cloud/ops.proto\";
        message ListRequest { string project_id = 1; int64 limit = 2; optional string after = 3; string filter = 4; double share = 5;
          oneof which { string one = 6; string other = 7; } }
        message ListResponse { repeated cloud.ops.Job jobs = 1; optional string next = 2; cloud.ops.Job last = 3; }
        message Usual { string parent = 1; uint32 page_size = 2; string page_token = 3; }
        message UsualResponse { repeated cloud.ops.Job jobs = 1; string next_page_token = 2; }
        message Bare {} message Several { repeated cloud.ops.Job a = 1; repeated cloud.ops.Job b = 2; }
        service Lists { rpc List(ListRequest) returns (ListResponse); rpc ListUsual(Usual) returns (UsualResponse);
          rpc ListAll(Bare) returns (Several); rpc Follow(Usual) returns (stream UsualResponse); }";
    let mut files = cloud();
    files.insert(1, ("cloud/lists.proto", lists.to_owned()));
    files
}

#[test]
fn fields_are_set_as_they_are_kept() {
    check_generated_with("mapping_list", &config(LIST), &listed(), "emit=lro,include_file=mod.rs");
}

#[test]
fn fields_of_the_usual_names_need_no_mention() {
    let start = LIST.split("    method:").next().unwrap();
    let usual = format!("{start}    method: cloud.lists.Lists.ListUsual\n");
    let shown = show(&generate_with(&config(&usual), &listed(), "emit=lro,include_file=mod.rs"));
    for said in
        ["parent: take(&mut query.parent)", "page_size: query", "page_token: take", "page.next_page_token"]
    {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    let all = format!("{start}    method: cloud.lists.Lists.ListAll\n    operations: b\n");
    let shown = show(&generate_with(&config(&all), &listed(), "emit=lro,include_file=mod.rs"));
    assert!(
        shown.contains("page\n") && shown.contains("String::new()") && !shown.contains("query."),
        "{shown}"
    );
}

#[test]
fn everybodys_operations_can_be_listed_by_an_rpc_of_the_api() {
    let body = "service Build { rpc Execute(Action) returns (google.longrunning.Operation) {
          option (google.longrunning.operation_info) = { response_type: \"Result\" metadata_type: \"Stage\" }; }
        rpc List(ListRequest) returns (ListResponse); }
        message Action {} message Result {} message Stage {} message ListRequest { string name = 1; }
        message ListResponse { repeated google.longrunning.Operation operations = 1; }";
    let files = [proto("build.proto", "example.build", body)];
    let text = "type: lro.OperationMapping\noperations:\n- message: google.longrunning.Operation\n  \
        list: { method: example.build.Build.List }\n";
    let shown = show(&generate_with(&config(text), &files, "emit=lro,server=false"));
    assert!(shown.contains("operations: page.operations"), "{shown}");
}

#[test]
fn what_does_not_list_operations_is_refused() {
    let cases = [
        ("Lists.List", "Lists.Lits"),
        ("Lists.List", "Lists.Follow"),
        ("Lists.List\n", "Lists.ListAll\n"),
        ("cloud.lists.Lists.List", "cloud.ops.Jobs.Get"),
        ("parent: project_id", "parent: project"),
        ("parent: project_id", "parent: limit"),
        ("parent: project_id", "parent: one"),
        ("page_size: limit", "page_size: share"),
        ("page_token: after", "filter: share"),
        ("next_page_token: next", "operations: last"),
        ("next_page_token: next", "operations: jbos"),
        ("next_page_token: next", "next_page_tokn: next"),
    ];
    let mut said = String::new();
    for (right, wrong) in cases {
        assert!(LIST.contains(right), "{right}");
        let error = generate_with(&config(&LIST.replace(right, wrong)), &listed(), "emit=lro").unwrap_err();
        said.extend([wrong.trim_end(), "\n", &error.to_string(), "\n\n"]);
    }
    snapshot("mapping_list_refused", said.trim_end());
}
