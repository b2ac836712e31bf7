//! From protos on disk, or a descriptor set, to files in the output folder.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use prost::Message as _;
use protox::Compiler;

use crate::builder::Builder;
use crate::bundle;
use crate::error::Error;
use crate::needed;
use crate::write;

/// Whether this is a build script, whose standard output cargo reads.
fn in_build_script() -> bool {
    std::env::var_os("CARGO").is_some() && std::env::var_os("OUT_DIR").is_some()
}

pub(crate) fn protos<P: AsRef<Path>, I: AsRef<Path>>(
    builder: &Builder,
    protos: &[P],
    includes: &[I],
) -> Result<(), Error> {
    let includes: Vec<PathBuf> = includes.iter().map(|path| path.as_ref().to_owned()).collect();
    let mut compiler = Compiler::with_file_resolver(bundle::resolver(includes.iter().cloned())?);
    compiler.include_imports(true).include_source_info(true);
    let opened = compiler.open_files(protos).map(|_| ());
    if in_build_script() {
        // Also when compiling failed: the next try must not be skipped.
        let read = compiler.files().filter_map(|file| file.path().map(Path::to_owned));
        let named = protos.iter().map(|path| path.as_ref().to_owned());
        for path in read.chain(named).collect::<BTreeSet<PathBuf>>() {
            println!("cargo::rerun-if-changed={}", path.display());
        }
    }
    opened.map_err(|error| Error::proto(error, includes))?;
    let named =
        compiler.files().filter(|file| !file.is_import()).map(|file| file.name().to_owned()).collect();
    generate(builder, &compiler.encode_file_descriptor_set(), &named)
}

pub(crate) fn descriptor_set(builder: &Builder, encoded: &[u8]) -> Result<(), Error> {
    generate(builder, encoded, &BTreeSet::new())
}

fn generate(builder: &Builder, encoded: &[u8], named: &BTreeSet<String>) -> Result<(), Error> {
    let out_dir = match &builder.out_dir {
        Some(path) => path.clone(),
        None => std::env::var_os("OUT_DIR").map(PathBuf::from).ok_or_else(Error::no_out_dir)?,
    };
    // The types of fields are all that this reads; options are safe in the encoded form.
    let set = prost_types::FileDescriptorSet::decode(encoded).map_err(|error| {
        Error::proto(protox::Error::new(format!("this is not a FileDescriptorSet: {error}")), Vec::new())
    })?;
    let targets = needed::files(&set, named)?;
    let request = lro_codegen::encode_request(encoded.to_vec(), targets)?;
    let output = lro_codegen::generate(request, &builder.config)?;

    for warning in output.warnings() {
        let text = warning.to_string();
        for line in text.lines() {
            if in_build_script() {
                println!("cargo::warning={line}");
            } else {
                eprintln!("{line}");
            }
        }
    }
    let mut files: Vec<(PathBuf, &[u8])> = output
        .files()
        .iter()
        .filter(|file| file.insertion_point().is_none())
        .map(|file| (out_dir.join(file.name()), file.content().as_bytes()))
        .collect();
    if let Some(path) = &builder.file_descriptor_set_path {
        files.push((path.clone(), encoded));
    }
    write::all(&files)
}
