//! What a build script says with calls is what a file says.

use lro_codegen::{AnnotationMapping, Config, ListMapping, OperationMapping, RpcMapping};

use super::{MAPPING, cloud, config};
use crate::support::{generate_with, show, snapshot};

const PARAMETER: &str = "emit=lro,include_file=mod.rs";

fn job() -> OperationMapping {
    OperationMapping::new("cloud.ops.Job").name_field("id").done_field("finished").error_field("trouble")
}

fn annotation() -> AnnotationMapping {
    AnnotationMapping::new("cloud.ops.job").response_field("result").metadata_field("progress")
}

fn rpc(method: &str) -> RpcMapping {
    RpcMapping::new(format!("cloud.ops.Jobs.{method}")).name_field("job_id")
}

fn with(mappings: Vec<OperationMapping>) -> Config {
    let mut config = Config::default();
    config.operation_mappings.extend(mappings);
    config
}

#[test]
fn calls_say_what_a_file_says() {
    let called = job()
        .annotation(annotation())
        .get(rpc("Get"))
        .wait(rpc("Wait").timeout_field("patience"))
        .cancel(rpc("Stop"))
        .watch(rpc("Follow"));
    let by_calls = generate_with(&with(vec![called]), &cloud(), PARAMETER);
    let by_file = generate_with(&config(MAPPING), &cloud(), PARAMETER);
    assert_eq!(show(&by_calls), show(&by_file));
    assert!(show(&by_file).contains("with_watch"));
}

#[test]
fn calls_come_before_files() {
    let called = job().annotation(annotation()).get(rpc("Get"));
    let mut config = config(MAPPING);
    config.operation_mappings.push(called);
    let shown = show(&generate_with(&config, &cloud(), PARAMETER));
    assert!(shown.contains("with_get") && !shown.contains("with_watch"), "{shown}");
}

#[test]
fn a_mapping_for_some_services_leaves_the_others_to_the_next() {
    let get = |service: &str| job().service(service).annotation(annotation()).get(rpc("Get"));
    let run = |mappings| show(&generate_with(&with(mappings), &cloud(), PARAMETER));
    for service in ["cloud.disks", "cloud.disks.Disks"] {
        assert!(run(vec![get(service)]).contains("disks_lro"), "{service}");
    }
    for service in ["cloud.ops", "cloud.disk", "cloud.disks.Disk"] {
        assert!(!run(vec![get(service)]).contains("disks_lro"), "{service}");
    }
}

#[test]
fn wrong_calls_are_named() {
    let whole = || job().annotation(annotation()).get(rpc("Get"));
    let list = || ListMapping::new("cloud.ops.Jobs.List");
    let cases = vec![
        OperationMapping::new("cloud.ops.Jbo"),
        whole().service("cloud.disk"),
        whole().name_field("ident"),
        whole().done_field("id"),
        whole().done_values("finished", ["YES"]),
        whole().metadata_field("tags"),
        whole().error_field("response"),
        whole().response_field("respons"),
        whole().response_type("cloud.disks.Dsik"),
        whole().annotation(AnnotationMapping::new("cloud.ops.jop")),
        whole().annotation(annotation().response_field("weight")),
        whole().get(rpc("Gte")),
        whole().get(rpc("Get").name_field("page")),
        whole().cancel(rpc("Stop").timeout_field("page")),
        whole().list(list().parent_field("page")),
    ];
    let mut said = String::new();
    for mapping in cases {
        let result = generate_with(&with(vec![mapping]), &cloud(), PARAMETER);
        let shown = match &result {
            Ok(output) => output.warnings().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
            Err(diagnostics) => diagnostics.to_string(),
        };
        said.extend([&shown, "\n\n"]);
    }
    snapshot("mapping_calls_refused", said.trim_end());
}
