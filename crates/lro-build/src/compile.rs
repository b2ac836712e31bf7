//! From protos on disk, or a descriptor set, to files in the output folder.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use lro_codegen::{Config, Emit, ServiceConfig};
use prost::Message as _;

use crate::earlier;
use crate::error::Error;
use crate::needed;
use crate::protos::Protos;
use crate::render::Sources;
use crate::write;

/// What to generate, and where to write it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Job {
    pub(crate) config: Config,
    /// `OUT_DIR` unless set.
    pub(crate) out_dir: Option<PathBuf>,
    pub(crate) file_descriptor_set_path: Option<PathBuf>,
    pub(crate) service_configs: Vec<PathBuf>,
}

impl Job {
    pub(crate) fn protos<P: AsRef<Path>, I: AsRef<Path>>(
        &self,
        protos: &[P],
        includes: &[I],
    ) -> Result<(), Error> {
        let paths: Vec<&Path> = protos.iter().map(AsRef::as_ref).collect();
        let includes: Vec<PathBuf> = includes.iter().map(|path| path.as_ref().to_owned()).collect();
        let protos = Protos::compile(&paths, &includes)?;
        let found: BTreeSet<&Path> = protos.files().iter().filter_map(|file| file.path.as_deref()).collect();
        found.into_iter().for_each(rerun_if_changed);
        let named =
            protos.files().iter().filter(|file| file.is_named).map(|file| file.name.clone()).collect();
        let mut sources = self.sources();
        for file in protos.files() {
            if let Some(path) = &file.path {
                sources.add_proto(&file.name, path);
            }
        }
        self.generate(&protos.encode(), &named, &sources)
    }

    pub(crate) fn descriptor_set(&self, encoded: &[u8]) -> Result<(), Error> {
        self.generate(encoded, &BTreeSet::new(), &self.sources())
    }

    /// The files that a problem can be in whatever is compiled.
    fn sources(&self) -> Sources {
        let mut sources = Sources::default();
        for path in &self.service_configs {
            sources.add_service_config(path);
        }
        sources
    }

    /// The settings of a run.
    ///
    /// Where the layer stands alone, it stands beside prost-build, whose files are flat, and nobody includes it from those.
    fn config(&self) -> Result<Config, Error> {
        let mut config = self.config.clone();
        config.no_include = config.emit == Emit::Lro;
        config.flat_output_dir.get_or_insert(true);
        for path in &self.service_configs {
            let text = fs::read_to_string(path).map_err(|error| Error::io("read", path, error))?;
            rerun_if_changed(path);
            config.service_configs.push(ServiceConfig::new(path.display().to_string(), text));
        }
        Ok(config)
    }

    fn generate(&self, encoded: &[u8], named: &BTreeSet<String>, sources: &Sources) -> Result<(), Error> {
        let out_dir = match &self.out_dir {
            Some(path) => path.clone(),
            None => std::env::var_os("OUT_DIR").map(PathBuf::from).ok_or_else(Error::no_out_dir)?,
        };
        // The types of fields are all that this reads; options are safe in the encoded form.
        let set = prost_types::FileDescriptorSet::decode(encoded).map_err(Error::descriptor_set)?;
        let targets = needed::files(&set, named, self.config.messages.compile_well_known_types)?;
        let refused = |diagnostics| Error::codegen(diagnostics, sources);
        let request = lro_codegen::encode_request(encoded.to_vec(), targets).map_err(refused)?;
        let output = lro_codegen::generate(request, &self.config()?).map_err(refused)?;

        output.warnings().iter().for_each(|warning| show(&sources.in_words(warning)));
        let mut files: Vec<(PathBuf, &[u8])> = output
            .files()
            .iter()
            .map(|file| (out_dir.join(file.name()), file.content().as_bytes()))
            .collect();
        for warning in earlier::warnings(&files, &out_dir) {
            show(&warning);
        }
        if let Some(path) = &self.file_descriptor_set_path {
            files.push((path.clone(), encoded));
        }
        write::all(&files)
    }
}

/// Whether this is a build script, whose standard output cargo reads.
fn in_build_script() -> bool {
    std::env::var_os("CARGO").is_some() && std::env::var_os("OUT_DIR").is_some()
}

/// Has cargo run the build script again when a file changes. Only for files that were found: one that is missing would make it run every time.
fn rerun_if_changed(path: &Path) {
    if in_build_script() {
        println!("cargo::rerun-if-changed={}", path.display());
    }
}

/// Shows a warning, line by line: cargo takes each for itself.
fn show(warning: &str) {
    for line in warning.lines() {
        if in_build_script() {
            println!("cargo::warning={line}");
        } else {
            eprintln!("{line}");
        }
    }
}
