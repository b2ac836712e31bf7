//! Below real buf, which sends requests of its own making and, unless told otherwise, one per folder.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use test_tools::{BUF, PROTOC, find};

use crate::support::{Files, PLUGIN, Project, protos, test_protos, text};

/// What buf writes, with one template for all protos of the tests.
fn generate(buf: &Path, strategy: &str, parameter: &str) -> Files {
    run(buf, &template(strategy, parameter)).0
}

/// A template of the second version of buf's format.
fn template(strategy: &str, parameter: &str) -> String {
    format!(
        "version: v2\nplugins:\n  - local: {PLUGIN}\n    out: .\n    strategy: {strategy}\n    opt: [{parameter}]\n"
    )
}

/// What buf writes, and what it prints.
fn run(buf: &Path, template: &str) -> (Files, String) {
    let project = Project::empty();
    let output = execute(buf, &project, template);
    assert!(output.status.success(), "{}", text(&output.stderr));
    (project.files(), text(&output.stderr))
}

/// Runs buf over all protos of the tests.
fn execute(buf: &Path, project: &Project, template: &str) -> Output {
    let folder = project.out().parent().unwrap().to_owned();
    // buf takes a folder as one module, so the google protos have to lie beside ours.
    copy(&test_protos().join("lab"), &folder.join("proto/lab"));
    copy(&protos().join("google"), &folder.join("proto/google"));
    fs::write(folder.join("buf.gen.yaml"), template).unwrap();
    Command::new(buf)
        .current_dir(&folder)
        .args(["generate", "proto", "--path", "proto/lab", "--output", "out"])
        .output()
        .unwrap()
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

#[test]
fn below_the_other_strategy_buf_says_that_it_drops_include_files() {
    let Some([buf]) = find([BUF]) else { return };

    let (files, said) = run(&buf, &template("directory", "include_file=mod.rs"));

    // Each folder has one of its own, and a plugin cannot see that there are others.
    assert!(said.contains("duplicate generated file name \"mod.rs\""), "{said}");
    let packages = ["lab.v1.rs", "lab.type.rs"];
    let included = packages.iter().filter(|package| files["mod.rs"].contains(**package)).count();
    assert_eq!(included, 1, "the README advises `strategy: all` because of this");
}

#[test]
fn the_first_version_of_the_template_works_as_well() {
    let Some([buf]) = find([BUF]) else { return };
    let first = format!(
        "version: v1\nplugins:\n  - plugin: rust-lro\n    path: {PLUGIN}\n    out: .\n    strategy: all\n    opt: include_file=mod.rs\n"
    );

    assert_eq!(run(&buf, &first).0, generate(&buf, "all", "include_file=mod.rs"));
}

#[test]
fn only_what_was_asked_for_is_written() {
    let Some([buf]) = find([BUF]) else { return };

    let files = generate(&buf, "all", "");

    // Not google.longrunning, whose protos lie beside these and are imported by them.
    assert_eq!(files.keys().collect::<Vec<_>>(), ["lab.type.rs", "lab.v1.rs"]);
}

#[test]
fn warnings_and_errors_reach_the_user() {
    let Some([buf]) = find([BUF]) else { return };

    let (_, said) = run(&buf, &template("all", ""));
    assert!(said.contains("lab/v1/lab.proto:") && said.contains("warning: lab.v1.Lab.Type"), "{said}");

    let output = execute(&buf, &Project::empty(), &template("all", "emit=some"));
    let said = text(&output.stderr);
    assert!(!output.status.success() && said.contains("option emit: `some` is neither"), "{said}");
}
