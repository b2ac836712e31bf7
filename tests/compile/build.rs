//! Generates each proto into a folder of its own, because some of them are generated more than once.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use lro_build::{Builder, Emit, ListMapping, OperationMapping, RpcMapping, Visibility};
use prost::Message as _;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    if std::env::args().nth(1).is_some_and(|argument| argument == WITH_WARNINGS) {
        compile(&to("methods"), &["methods.proto"])?;
        compile(&to("several"), &["several.proto", "several_more.proto"])?;
        return references();
    }
    without_warnings()?;
    println!("cargo::rerun-if-changed=proto");

    for name in
        ["comments", "markdown", "silent", "streaming", "well_known", "messages", "names", "deprecated"]
    {
        compile(&to(name), &[&format!("{name}.proto")])?;
    }
    compile(&to("remote").allow("core::0151::response-unary"), &["remote.proto"])?;
    compile(&to("wrappers"), &["wrappers.proto"])?;
    compile(&to("jobs").service_config("proto/jobs.yaml"), &["jobs.proto"])?;
    cloud()?;
    compile(&to("digits").include_file("mod.rs"), &["digits.proto"])?;
    compile(&to("keywords").include_file("mod.rs"), &["keywords.proto"])?;
    compile(
        &to("hands").include_file("mod.rs"),
        &["left/types.proto", "left/service.proto", "right/types.proto"],
    )?;

    compile(&to("routing").routing_headers(true), &["routing.proto"])?;

    let library = "example/library/v1/library.proto";
    compile(&to("library").enable_type_names(true), &[library])?;
    let waiting = to("waiting").service_config("proto/library.yaml");
    compile(&waiting.service_config("proto/library_grpc_service_config.json"), &[library])?;
    compile(&to("client_only").server(false), &[library])?;
    compile(&to("server_only").client(false), &[library])?;
    compile(&to("shelf").extern_path(".example.library.v1", "crate::library"), &["shelf.proto"])?;

    compile(&to("no_package").default_package_filename("root"), &["no_package.proto"])?;

    options()?;
    gated(library)?;
    hooks()?;
    beside_tonic()
}

/// Makes this script generate what it also has to warn about.
const WITH_WARNINGS: &str = "with-warnings";

/// Runs this script once more and drops what it prints: its warnings are right, but at every build they would hide others.
fn without_warnings() -> Result<(), Box<dyn std::error::Error>> {
    let mut again = Command::new(std::env::current_exe()?);
    let status = again.arg(WITH_WARNINGS).stdout(Stdio::null()).status()?;
    if status.success() { Ok(()) } else { Err("the protos with warnings do not compile, see above".into()) }
}

/// Each option of the message generator that has a visible effect.
fn options() -> Result<(), lro_build::Error> {
    let options = to("options")
        .type_attribute(".tests.options.v1", "#[must_use]")
        .message_attribute(".tests.options.v1.Wrapping", "#[derive(Ord, PartialOrd)]")
        .enum_attribute(".tests.options.v1.Speed", "#[doc(alias = \"velocity\")]")
        .field_attribute(".tests.options.v1.Wrapping.color", "#[doc(alias = \"colour\")]")
        .bytes(".tests.options.v1.Parcel.content")
        .btree_map(".tests.options.v1.Parcel.labels")
        .boxed(".tests.options.v1.Parcel.wrapping")
        .skip_debug(".tests.options.v1.Wrapping")
        .client_attribute(".", "#[must_use]")
        .client_mod_attribute(".", "#[doc(alias = \"callers\")]")
        .server_attribute(".", "#[must_use]")
        .server_mod_attribute(".", "#[doc(alias = \"called\")]")
        .file_descriptor_set(true)
        .enable_type_names(true)
        .retain_enum_prefix(true);
    compile(&options, &["options.proto"])?;

    let own = to("own_well_known").compile_well_known_types(true).include_file("mod.rs");
    compile(&own, &["options.proto"])?;
    let layer = to("own_in_methods").compile_well_known_types(true).include_file("mod.rs");
    compile(&layer.allow("core::0151"), &["well_known.proto"])?;

    compile(&to("facade").runtime("crate::facade"), &["well_known.proto"])?;
    compile(&to("hidden").visibility(Visibility::Crate).include_file("mod.rs"), &["options.proto"])
}

/// An API whose operations are of its own kind, as calls say; and one with an `Any` and a duration of its own.
fn cloud() -> Result<(), lro_build::Error> {
    let operation = "tests.cloud.v1.Operation";
    let mapping = OperationMapping::new(operation)
        .name_field("id")
        .done_field("status")
        .error_field("status")
        .response_type(operation)
        .metadata_type(operation)
        .get(RpcMapping::new("tests.cloud.v1.OperationService.Get").name_field("id"))
        .list(ListMapping::new("tests.cloud.v1.OperationService.List").parent_field("resource_id"));
    compile(&to("cloud").operation_mapping(mapping), &["cloud.proto"])?;

    let own = |folder: &str| to(folder).compile_well_known_types(true).include_file("mod.rs");
    let jobs = own("own_jobs").service_config("proto/jobs.yaml").bytes(".google.protobuf.Any");
    compile(&jobs, &["jobs.proto"])
}

/// Each side compiled with a Cargo feature that is on, or not compiled with one that is off.
fn gated(library: &str) -> Result<(), lro_build::Error> {
    for client in ["on", "off"] {
        for server in ["on", "off"] {
            let gated =
                to(&format!("client_{client}_server_{server}")).client_feature(client).server_feature(server);
            compile(&gated, &[library])?;
        }
    }
    Ok(())
}

/// Settings that only prost-build and tonic-prost-build have.
fn hooks() -> Result<(), lro_build::Error> {
    let hooks = to("hooks")
        .enable_type_names(true)
        .prost(|prost| {
            prost.type_name_domain(["."], "types.example.com");
        })
        .tonic(|tonic| tonic.client_mod_attribute(".", "#[cfg(any())]"));
    compile(&hooks, &["streaming.proto"])
}

/// Comments full of references, with every set of options that has a say in what they can link to.
fn references() -> Result<(), Box<dyn std::error::Error>> {
    let (from, to_folder) = (Path::new("proto/references"), out("references_protos"));
    fs::create_dir_all(&to_folder)?;
    let references = fs::read_to_string(from.join("references.txt"))?;
    let names = ["references.proto", "deep.proto", "other.proto"];
    for name in names {
        let proto = fs::read_to_string(from.join(name))?;
        let full: String = proto.lines().map(|line| expand(line, &references) + "\n").collect();
        fs::write(to_folder.join(name), full)?;
    }
    let compile = |builder: &Builder, names: &[&str]| builder.compile(names, &[&to_folder]);

    compile(&to("references").include_file("mod.rs"), &names)?;
    compile(&to("references_client").server(false).retain_enum_prefix(true), &names[..1])?;
    compile(&to("references_server").client(false), &names[..1])?;
    compile(&to("references_neither").client(false).server(false), &names[..1])?;
    let page = ".tests.references.v1.Book.Page";
    compile(&to("references_extern").extern_path(page, "crate::references_client::book::Page"), &names[..1])?;
    let hooks = to("references_hooks").tonic(|tonic| tonic.client_mod_attribute(".", "#[cfg(any())]"));
    compile(&hooks, &names[..1])?;

    let set = out("references.binpb");
    let layer = to("references_beside").emit(Emit::Lro).flat_output_dir(true).file_descriptor_set_path(&set);
    compile(&layer, &names[..1])?;
    let mut set = prost_types::FileDescriptorSet::decode(&fs::read(set)?[..])?;
    // References are only ours to clean in what we print.
    set.file.iter_mut().for_each(|file| file.source_code_info = None);
    lro_build::tonic_prost_build::configure()
        .out_dir(out("references_beside"))
        // One of the RPCs is called like the method that connects.
        .build_transport(false)
        .extern_path(".google.longrunning", "::lro::google::longrunning")
        .compile_fds(set)?;
    Ok(())
}

/// A line of a proto, or the references in its place.
fn expand(line: &str, references: &str) -> String {
    let Some(indent) = line.strip_suffix("// @references") else { return line.to_owned() };
    references.lines().map(|reference| format!("{indent}// {reference}")).collect::<Vec<_>>().join("\n")
}

/// The layer alone, beside messages that tonic-prost-build writes, and everything once more from a descriptor set.
fn beside_tonic() -> Result<(), Box<dyn std::error::Error>> {
    let (folder, set) = (out("beside"), out("streaming.binpb"));
    let layer = to("beside").emit(Emit::Lro).flat_output_dir(true).file_descriptor_set_path(&set);
    compile(&layer, &["streaming.proto"])?;

    let set = fs::read(set)?;
    lro_build::tonic_prost_build::configure()
        .out_dir(folder)
        .extern_path(".google.longrunning", "::lro::google::longrunning")
        .compile_fds(prost_types::FileDescriptorSet::decode(&set[..])?)?;

    to("descriptor_set").compile_descriptor_set(&set)?;
    Ok(())
}

fn compile(builder: &Builder, protos: &[&str]) -> Result<(), lro_build::Error> {
    builder.compile(protos, &["proto"])
}

fn to(folder: &str) -> Builder {
    lro_build::configure().out_dir(out(folder))
}

fn out(name: &str) -> PathBuf {
    PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR for build scripts")).join(name)
}
