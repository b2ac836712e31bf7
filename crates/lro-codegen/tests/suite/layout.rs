//! Which files are written, and what declares them.

use lro_codegen::Config;

use crate::support::{
    Proto, check_generated, descriptor_set, generate, library, proto, request_for, snapshot,
};

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

/// A package of videos, and a studio that has them as `body` says.
fn studio(body: &str) -> [Proto; 2] {
    let video =
        proto("video.proto", "video.v1", "message Clip { enum Kind { KIND_LONG = 0; } } message Video {}");
    [video, proto("studio.proto", "studio.v1", &format!("import \"video.proto\"; {body}"))]
}

#[test]
fn packages_that_name_each_other_want_an_include_file() {
    let said = |body: &str, options: &str| {
        let output = generate(&studio(body), options).unwrap();
        output.warnings().iter().map(|warning| format!("{warning}\n")).collect::<Vec<_>>().concat()
    };
    let bodies = [
        "message Session { video.v1.Clip clip = 1; video.v1.Video video = 2; }",
        "message Session { message Part { map<string, video.v1.Clip.Kind> kinds = 1; } }",
        "service Studio { rpc Cut(video.v1.Clip) returns (Session); } message Session {}",
    ];
    for body in bodies {
        let text = said(body, "");
        assert_eq!(text.matches("[lro::module-tree]").count(), 1, "{text}");
        assert_eq!(said(body, "include_file=mod.rs"), "");
        assert_eq!(said(body, "emit=lro"), "");
        assert_eq!(said(body, "extern_path=.video.v1=::video"), "");
        assert_eq!(said(body, "allow=lro::module-tree"), "");
    }
    assert_eq!(said("message Session {}", ""), "");
    snapshot("module_tree", &bodies.map(|body| said(body, "")).concat());
}

#[test]
fn what_is_named_but_not_asked_for_is_a_warning() {
    let said = |files: &[Proto], targets: &[&str], options: &str| {
        let request = request_for(descriptor_set(files), targets.iter().copied(), options);
        let output = lro_codegen::generate(request, &Config::default()).unwrap();
        output.warnings().iter().map(|warning| format!("{warning}\n")).collect::<Vec<_>>().concat()
    };
    let files = studio("message Session { video.v1.Clip clip = 1; }");
    assert_eq!(
        said(&files, &["studio.proto"], "include_file=mod.rs"),
        "studio.proto:4:41: warning: studio.v1.Session.clip is of the type video.v1.Clip, but no code is asked for video.proto [lro::module-tree]\n  \
         help: pass video.proto to the compiler as well, or say where its types are with extern_path\n"
    );
    // Another run may write it, as with buf's strategy `directory`.
    assert_eq!(said(&files, &["studio.proto"], ""), "");
    assert_eq!(said(&files, &["studio.proto"], "include_file=mod.rs,extern_path=.video.v1=::video"), "");
    let parts = [
        proto("part.proto", "shop.v1", "message Part {}"),
        proto(
            "shop.proto",
            "shop.v1",
            "import \"part.proto\"; import \"google/protobuf/timestamp.proto\";\n\
              message Item { Part part = 1; google.protobuf.Timestamp time = 2; }",
        ),
    ];
    assert!(said(&parts, &["shop.proto"], "").contains("no code is asked for part.proto"));
    assert_eq!(said(&parts, &["shop.proto", "part.proto"], "include_file=mod.rs"), "");
}
