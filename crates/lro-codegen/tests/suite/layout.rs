//! Which files are written, and what declares them.

use crate::support::{Proto, check_generated, library, proto, snapshot};

fn packages() -> Vec<Proto> {
    let body = "service Lab { rpc Run(Sample) returns (google.longrunning.Operation) { \
                option (google.longrunning.operation_info) = { response_type: \"Sample\" metadata_type: \"Sample\" }; } } \
                message Sample {}";
    vec![
        proto("lab/v1/lab.proto", "example.lab.v1", body),
        proto("lab/v1/more.proto", "example.lab.v1", "message More {}"),
        proto("lab/types.proto", "example.lab.type", "message Plain {}"),
        proto("root.proto", "", "message Root {}"),
    ]
}

/// The text of a run with everything but file names and `include!`s left out.
fn check_layout(name: &str, parameter: &str) {
    let output = crate::support::generate(&packages(), parameter).unwrap();
    let text: Vec<String> = output
        .files()
        .iter()
        .map(|file| {
            let at = file.insertion_point().map(|point| format!(" @ {point}")).unwrap_or_default();
            let declares = file.name() == "mod.rs" || !at.is_empty();
            format!("===== {}{at}\n{}", file.name(), if declares { file.content() } else { "…\n" })
        })
        .collect();
    snapshot(name, &text.concat());
}

#[test]
fn emit_all_with_an_include_file() {
    check_layout("layout_all", "include_file=mod.rs");
}

#[test]
fn emit_all_in_folders() {
    check_layout("layout_all_folders", "include_file=mod.rs,flat_output_dir=false");
}

#[test]
fn emit_lro_with_an_include_file() {
    check_layout("layout_lro", "emit=lro,include_file=mod.rs");
}

#[test]
fn emit_lro_side_by_side() {
    check_layout("layout_lro_flat", "emit=lro,include_file=mod.rs,flat_output_dir");
}

#[test]
fn emit_lro_without_insertion_points() {
    check_layout("layout_lro_no_include", "emit=lro,include_file=mod.rs,no_include");
}

#[test]
fn without_servers_clients_are_left() {
    check_generated("client_only", &[library()], "emit=lro,server=false");
}

#[test]
fn without_clients_servers_are_left() {
    check_generated("server_only", &[library()], "emit=lro,client=false");
}

#[test]
fn without_either_constants_are_left() {
    check_generated("constants_only", &[library()], "emit=lro,client=false,server=false");
}
