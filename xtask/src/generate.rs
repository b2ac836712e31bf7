//! `cargo xtask generate`: everything that is made from `proto`, or from definitions in the code, and checked in.
//!
//! The runtime gets its Rust types of google.longrunning and google.rpc, and a descriptor set for server reflection; `lro-build` the
//! one that stands in for a copy of the google protos on its user's disk; the examples and tests the README's proto.

use std::fs;
use std::path::Path;

use prost_build::Module;
use prost_types::FileDescriptorSet;
use protox::Compiler;

use crate::checked_in::{self, Artifact, Mode};
use crate::tables;
use crate::tree::protos_below;
use crate::{Outcome, root};

/// The proto packages that the runtime has Rust types of: all that is in google.longrunning and google.rpc, so that a path to either
/// finds everything. google.api is hardly more than options, which no program needs at run time.
const RUNTIME_PACKAGES: [&str; 3] = ["google.longrunning", "google.rpc", "google.rpc.context"];

/// The files of google.protobuf, which protox brings along.
const WELL_KNOWN: [&str; 11] = [
    "any",
    "api",
    "descriptor",
    "duration",
    "empty",
    "field_mask",
    "source_context",
    "struct",
    "timestamp",
    "type",
    "wrappers",
];

/// The README's proto.
const LIBRARY: &str = "example/library/v1/library.proto";

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Write nothing; list the files that are out of date and fail if there are any.
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let root = root();
    let mode = if args.check { Mode::Check } else { Mode::Write };
    checked_in::sync(root, &artifacts(root)?, mode)
}

fn artifacts(root: &Path) -> Outcome<Vec<Artifact>> {
    let include = root.join("proto");
    let mut compiler = Compiler::new([&include])?;
    compiler.open_files(protos_below(&include.join("google"))?)?;
    // Only the encoded form keeps options that are extensions. It goes without comments, which nobody reads
    // there, and without google.protobuf, which protox brings along.
    let bundle = compiler.encode_file_descriptor_set();
    let complete = complete(&include)?;
    let documented = compiler.include_imports(true).include_source_info(true).file_descriptor_set();

    let mut artifacts = runtime_types(documented)?;
    artifacts.push(Artifact { path: "crates/lro-build/src/google.binpb".into(), contents: bundle });
    artifacts.push(Artifact { path: "crates/lro/src/google/google.binpb".into(), contents: complete });
    artifacts.push(library_code(&include)?);
    artifacts.extend(library_protos(&include)?);
    artifacts.extend(tables::artifacts());
    Ok(artifacts)
}

/// Everything of google that protos import, for servers that describe themselves: whoever asks for a file goes on to ask for its imports.
fn complete(include: &Path) -> Outcome<Vec<u8>> {
    let mut compiler = Compiler::new([include])?;
    compiler.include_imports(true);
    compiler.open_files(WELL_KNOWN.map(|name| format!("google/protobuf/{name}.proto")))?;
    compiler.open_files(protos_below(&include.join("google"))?)?;
    Ok(compiler.encode_file_descriptor_set())
}

/// The README's proto in the crates that compile it: a crate has all that it needs in its own folder.
fn library_protos(include: &Path) -> Outcome<[Artifact; 2]> {
    let proto = fs::read(include.join(LIBRARY))?;
    let copy = |path: &str| Artifact { path: path.into(), contents: proto.clone() };
    Ok([
        copy("examples/library/proto/library.proto"),
        copy("tests/compile/proto/example/library/v1/library.proto"),
    ])
}

/// The README's example for the tests that cannot afford a build script.
fn library_code(include: &Path) -> Outcome<Artifact> {
    let mut compiler = Compiler::new([include])?;
    compiler.include_imports(true).include_source_info(true).open_file(LIBRARY)?;
    let request = lro_codegen::encode_request(compiler.encode_file_descriptor_set(), [LIBRARY.to_owned()])?;
    let output = lro_codegen::generate(request, &lro_codegen::Config::default())?;
    let code = output.files().iter().map(lro_codegen::File::content).collect::<String>();
    Ok(Artifact { path: "tests/ui/src/library.rs".into(), contents: code.into_bytes() })
}

/// One file of prost messages and tonic services for each package of [`RUNTIME_PACKAGES`].
fn runtime_types(set: FileDescriptorSet) -> Outcome<Vec<Artifact>> {
    let services = tonic_prost_build::configure()
        .client_mod_attribute(".", r#"#[cfg(feature = "client")]"#)
        .server_mod_attribute(".", r#"#[cfg(feature = "server")]"#)
        .service_generator();
    // prost-build wants to see every message that another one holds, so the imports go in as well.
    let files =
        set.file.into_iter().map(|file| (Module::from_protobuf_package_name(file.package()), file)).collect();
    let mut sources = prost_build::Config::new()
        .enable_type_names()
        .type_name_domain(["."], "type.googleapis.com")
        .service_generator(services)
        .generate(files)?;

    let artifact = |package: &str| {
        let source = sources
            .remove(&Module::from_protobuf_package_name(package))
            .ok_or_else(|| format!("no proto of the package {package} defines anything"))?;
        let folder = package.replace('.', "/");
        let header = format!("// Made by `cargo xtask generate` from proto/{folder}. Do not edit.\n");
        let below =
            RUNTIME_PACKAGES.iter().filter_map(|other| other.strip_prefix(package)?.strip_prefix('.'));
        let modules = below
            .map(|name| format!("/// Package {package}.{name}.\npub mod {name};\n"))
            .collect::<Vec<_>>()
            .concat();
        Ok(Artifact {
            path: format!("crates/lro/src/{folder}.rs").into(),
            contents: (header + &source + &modules).into_bytes(),
        })
    };
    RUNTIME_PACKAGES.into_iter().map(artifact).collect()
}
