//! Below real buf, which sends requests of its own making and, unless told otherwise, one per folder.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{Files, PLUGIN, Project, protos, test_protos, text};
use crate::tools::{BUF, PROTOC, find};

/// What buf writes, with one template for all protos of the tests.
fn generate(buf: &Path, strategy: &str, parameter: &str) -> Files {
    let project = Project::empty();
    let folder = project.out().parent().unwrap().to_owned();
    // buf takes a folder as one module, so the google protos have to lie beside ours.
    copy(&test_protos().join("lab"), &folder.join("proto/lab"));
    copy(&protos().join("google"), &folder.join("proto/google"));
    let template = format!(
        "version: v2\nplugins:\n  - local: {PLUGIN}\n    out: .\n    strategy: {strategy}\n    opt: [{parameter}]\n"
    );
    fs::write(folder.join("buf.gen.yaml"), template).unwrap();
    let output = Command::new(buf)
        .current_dir(&folder)
        .args(["generate", "proto", "--path", "proto/lab", "--output", "out"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    project.files()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

#[test]
fn both_strategies_write_what_protoc_writes() {
    let Some([buf, protoc]) = find([BUF, PROTOC]) else { return };
    for parameter in ["emit=all", "emit=lro,no_include"] {
        let project = Project::empty();
        let targets = ["lab/type/shape.proto", "lab/v1/lab.proto", "lab/v1/sample.proto"];
        assert!(project.protoc(&protoc, parameter, &targets).status.success());

        assert_eq!(project.files(), generate(&buf, "all", parameter), "{parameter}");
        assert_eq!(project.files(), generate(&buf, "directory", parameter), "{parameter}");
    }
}

#[test]
fn an_include_file_needs_the_strategy_that_sees_all_folders() {
    let Some([buf]) = find([BUF]) else { return };

    let include = &generate(&buf, "all", "include_file=mod.rs")["mod.rs"];

    assert!(
        include.contains("include!(\"lab.v1.rs\")") && include.contains("include!(\"lab.type.rs\")"),
        "{include}"
    );
}
