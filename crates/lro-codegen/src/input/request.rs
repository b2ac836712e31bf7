//! From the bytes of a request to files that can be worked with.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::num::NonZeroUsize;
use std::sync::OnceLock;

use bytes::Bytes;
use prost::Message as _;

use crate::diagnostics::report::Report;
use crate::diagnostics::{Diagnostic, Diagnostics, Rule};
use crate::input::descriptor::{CodeGeneratorRequest, File, FileDescriptorSet};
use crate::input::details::FileDetails;
use crate::input::validate::validate;
use crate::parallel;

/// A request, read and checked.
#[derive(Debug)]
pub(crate) struct Request {
    /// The option string.
    pub(crate) parameter: String,
    /// All files. Compilers send imports before those that import them.
    pub(crate) files: Vec<File>,
    /// The same files, still encoded.
    pub(crate) encoded: Vec<Bytes>,
    targets: HashSet<String>,
    /// The position of each file, by its name.
    by_name: HashMap<String, usize>,
    details: Vec<OnceLock<FileDetails>>,
}

impl Request {
    /// Reads a `google.protobuf.compiler.CodeGeneratorRequest`.
    pub(crate) fn read(
        bytes: Bytes,
        threads: NonZeroUsize,
        report: &mut Report,
    ) -> Result<Self, Diagnostics> {
        let request = CodeGeneratorRequest::decode(bytes)
            .map_err(|error| broken("the request is not a whole CodeGeneratorRequest", &error))?;
        let files = decode_files(&request.proto_file, threads)?;
        validate(&files, report);
        let parameter = request.parameter.unwrap_or_default();
        let targets = request.file_to_generate.iter().cloned().collect();
        let read = Self::new(parameter, files, request.proto_file, targets);
        for target in &request.file_to_generate {
            if read.position(target).is_none() {
                let message = format!("the request asks for code of {target}, but does not hold that file");
                report.push(
                    Diagnostic::error(Rule::Input, message)
                        .help("pass its descriptor, and those of all files it imports"),
                );
            }
        }
        Ok(read)
    }

    /// Makes a request for all files of a `google.protobuf.FileDescriptorSet`, sorted by name.
    pub(crate) fn of_set(bytes: Bytes, report: &mut Report) -> Result<Self, Diagnostics> {
        let encoded = decode_set(bytes)?.file;
        let files = decode_files(&encoded, parallel::cores())?;
        validate(&files, report);
        let mut sorted: Vec<(File, Bytes)> = files.into_iter().zip(encoded).collect();
        sorted.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
        let (files, encoded): (Vec<File>, Vec<Bytes>) = sorted.into_iter().unzip();
        let targets = files.iter().map(|file| file.name.clone()).collect();
        Ok(Self::new(String::new(), files, encoded, targets))
    }

    fn new(parameter: String, files: Vec<File>, encoded: Vec<Bytes>, targets: HashSet<String>) -> Self {
        let by_name = files.iter().enumerate().map(|(index, file)| (file.name.clone(), index)).collect();
        let details = files.iter().map(|_| OnceLock::new()).collect();
        Self { parameter, files, encoded, targets, by_name, details }
    }

    /// Whether code is wanted for a file; the others are there to be named.
    pub(crate) fn is_target(&self, file: &File) -> bool {
        self.targets.contains(&file.name)
    }

    pub(crate) fn targets(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| self.is_target(file))
    }

    /// The position of a file among all files.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// Some files by their positions, and all that they import, directly or not.
    pub(crate) fn with_imports(&self, files: &[usize]) -> BTreeSet<usize> {
        let mut seen: BTreeSet<usize> = files.iter().copied().collect();
        let mut open = files.to_vec();
        while let Some(file) = open.pop() {
            let imported = self.files[file].dependency.iter().filter_map(|name| self.position(name));
            open.extend(imported.filter(|file| seen.insert(*file)));
        }
        seen
    }

    /// The files whose names a file can use, by their positions: itself, those that it imports, for types or for options, and what these
    /// import publicly.
    pub(crate) fn with_named(&self, file: usize) -> BTreeSet<usize> {
        let File { dependency, option_dependency, .. } = &self.files[file];
        let mut open: Vec<usize> =
            dependency.iter().chain(option_dependency).filter_map(|name| self.position(name)).collect();
        let mut seen = BTreeSet::from([file]);
        while let Some(file) = open.pop() {
            if seen.insert(file) {
                open.extend(self.imported_publicly(file));
            }
        }
        seen
    }

    fn imported_publicly(&self, file: usize) -> impl Iterator<Item = usize> {
        let File { dependency, public_dependency, .. } = &self.files[file];
        let names =
            public_dependency.iter().filter_map(|index| dependency.get(usize::try_from(*index).ok()?));
        names.filter_map(|name| self.position(name))
    }

    /// What few readers want of a file, by its position among all files.
    pub(crate) fn details(&self, file: usize) -> &FileDetails {
        self.details[file].get_or_init(|| FileDetails::read(self.encoded[file].clone()))
    }
}

/// Makes the request that asks for code of some files of a serialized `google.protobuf.FileDescriptorSet`.
///
/// What a compiler does for its plugins. The files stay as they are encoded, custom options included.
///
/// # Errors
///
/// The set cannot be decoded.
pub fn encode_request(
    file_descriptor_set: impl Into<Bytes>,
    files_to_generate: impl IntoIterator<Item = String>,
) -> Result<Vec<u8>, Diagnostics> {
    let set = decode_set(file_descriptor_set.into())?;
    let request = CodeGeneratorRequest {
        file_to_generate: files_to_generate.into_iter().collect(),
        parameter: None,
        proto_file: set.file,
    };
    Ok(request.encode_to_vec())
}

fn decode_set(bytes: Bytes) -> Result<FileDescriptorSet, Diagnostics> {
    FileDescriptorSet::decode(bytes).map_err(|error| broken("this is not a whole FileDescriptorSet", &error))
}

fn decode_files(encoded: &[Bytes], threads: NonZeroUsize) -> Result<Vec<File>, Diagnostics> {
    // A thread is not worth its start for less.
    const MANY: usize = 100;
    let threads = if encoded.len() < MANY { NonZeroUsize::MIN } else { threads };
    parallel::map(threads, encoded, Bytes::len, |bytes| {
        File::decode(bytes.clone()).map_err(|error| broken("a file of the request cannot be decoded", &error))
    })
    .into_iter()
    .collect()
}

fn broken(what: &str, error: &prost::DecodeError) -> Diagnostics {
    Diagnostic::error(Rule::Input, format!("{what}: {error}"))
        .help("it may have been cut short; run the plugin through protoc or buf")
        .into()
}
