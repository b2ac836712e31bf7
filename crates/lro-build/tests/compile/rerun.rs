//! What cargo is told. This test runs itself once more in the environment of a build script and reads what that prints.

use std::env;
use std::path::Path;
use std::process::Command;

use crate::support::{Project, SHOP};

/// Tells the second run which folder to compile; unset in the first.
const PROTOS: &str = "LRO_BUILD_TEST_PROTOS";

/// Tells the second run how its build script names the proto.
const PROTO: &str = "LRO_BUILD_TEST_PROTO";

/// Tells the second run which service config to use, if any.
const SERVICE_CONFIG: &str = "LRO_BUILD_TEST_SERVICE_CONFIG";

/// Tells the second run which folder to write to instead of `OUT_DIR`, if any.
const OTHER_FOLDER: &str = "LRO_BUILD_TEST_OTHER_FOLDER";

/// Tells the second run which proto to compile in a call of its own before the other, if any.
const FIRST: &str = "LRO_BUILD_TEST_FIRST";

/// The lines that cargo would act on, of a build script that names `shop.proto` in this way.
fn cargo_lines(project: &Project, proto: &str) -> Vec<String> {
    cargo_lines_with(project, proto, &[])
}

fn cargo_lines_with(project: &Project, proto: &str, environment: &[(&str, &Path)]) -> Vec<String> {
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", "rerun::build_script", "--nocapture"])
        .env("CARGO", "cargo")
        .env("OUT_DIR", project.out())
        .env(PROTOS, project.protos())
        .env(PROTO, proto)
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().filter_map(|line| Some(line[line.find("cargo::")?..].to_owned()));
    lines.collect()
}

/// What the second run does. In the first it has nothing to do.
#[test]
fn build_script() {
    let Some(protos) = env::var_os(PROTOS) else { return };
    let proto = env::var_os(PROTO).unwrap();
    // The harness leaves a line unfinished before the output of a test.
    println!();
    let mut builder = lro_build::configure();
    if let Some(path) = env::var_os(SERVICE_CONFIG) {
        builder = builder.service_config(path);
    }
    if let Some(path) = env::var_os(OTHER_FOLDER) {
        builder = builder.out_dir(path);
    }
    if let Some(first) = env::var_os(FIRST) {
        builder.compile(&[first], &[&protos]).unwrap();
    }
    builder.compile(&[proto], &[protos]).unwrap();
}

fn project() -> Project {
    Project::new(&[
        ("shop.proto", &SHOP.replace("service", "import \"parts/item.proto\";\nservice")),
        ("parts/item.proto", "syntax = \"proto3\";\nimport \"parts/detail.proto\";\n"),
        ("parts/detail.proto", "syntax = \"proto3\";\n"),
    ])
}

#[test]
fn cargo_watches_every_file_of_the_closure_that_is_on_disk() {
    let project = project();
    let protos = project.protos();
    let expected = ["parts/detail.proto", "parts/item.proto", "shop.proto"]
        .map(|name| format!("cargo::rerun-if-changed={}", protos.join(name).display()));
    let by_path = protos.join("shop.proto");
    assert_eq!(cargo_lines(&project, by_path.to_str().unwrap()), expected);
    // Cargo would run the script every time if it were told about a file that does not exist.
    assert_eq!(cargo_lines(&project, "shop.proto"), expected);
    assert_eq!(project.written(), ["_.rs", "shop.v1.rs"]);
}

#[test]
fn cargo_watches_a_service_config_and_shows_what_is_odd_about_it() {
    let project = project();
    let path = project.protos().join("shop.yaml");
    let yaml = "{ type: google.api.Service, publishing: { method_settings: [ \
        { selector: shop.v1.Shop.Sale, long_running: { max_poll_delay: 9s } } ] } }";
    project.write("shop.yaml", yaml);
    let lines = cargo_lines_with(&project, "shop.proto", &[(SERVICE_CONFIG, &path)]);
    assert!(lines.contains(&format!("cargo::rerun-if-changed={}", path.display())), "{lines:?}");
    let warning = format!("cargo::warning={}:1:74: warning: there is no method Sale", path.display());
    assert!(lines.iter().any(|line| line.starts_with(&warning)), "{warning} is not in {lines:#?}");
}

#[test]
fn warnings_are_shown_as_those_of_cargo_line_by_line() {
    let plain = "  rpc Order(Order) returns (google.longrunning.Operation);\n}\nmessage";
    let project = Project::new(&[("shop.proto", &SHOP.replace("}\nmessage", plain))]);
    let lines = cargo_lines(&project, "shop.proto");
    let warnings: Vec<_> = lines.iter().filter_map(|line| line.strip_prefix("cargo::warning=")).collect();
    let place = format!("{}:8:3: warning: ", project.protos().join("shop.proto").display());
    assert!(warnings[0].starts_with(&place), "{warnings:?}");
    assert!(warnings[1].starts_with("  help: "), "{warnings:?}");
    assert_eq!(warnings.len(), 2);
}

#[test]
fn a_call_that_replaces_what_another_wrote_says_what_is_lost() {
    let part = "syntax = \"proto3\";\npackage shop.v1;\nmessage Part {}\n";
    let project = Project::new(&[("shop.proto", SHOP), ("part.proto", part)]);
    let lines = |first: &str| cargo_lines_with(&project, "shop.proto", &[(FIRST, Path::new(first))]);
    let warning = format!(
        "cargo::warning={} is written again, and what an earlier call of this build script made of part.proto is lost",
        project.out().join("shop.v1.rs").display()
    );
    assert!(lines("part.proto").contains(&warning), "{:#?}", lines("part.proto"));
    // The same once more, with another option say, loses nothing.
    assert!(!lines("shop.proto").iter().any(|line| line.contains("written again")));
}

#[test]
fn a_file_from_before_another_folder_was_chosen_is_named() {
    let project = Project::new(&[("shop.proto", SHOP)]);
    let folder = project.protos().join("generated");
    let lines = || cargo_lines_with(&project, "shop.proto", &[(OTHER_FOLDER, &folder)]);
    let is_said =
        |lines: &[String]| lines.iter().any(|line| line.contains("is from before `out_dir` was set"));
    assert!(!is_said(&lines()));
    cargo_lines(&project, "shop.proto");
    assert!(is_said(&lines()), "{:#?}", lines());
    std::fs::write(project.out().join("shop.v1.rs"), "// By hand.").unwrap();
    assert!(!is_said(&lines()));
}
