//! Makes requests from protos that are written down in the tests, and shows what comes of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use lro_codegen::{Config, Diagnostics, Output};
use prost::Message;
use protox::file::{ChainFileResolver, File, FileResolver, GoogleFileResolver, IncludeFileResolver};

/// A proto: its file name and its text.
pub(crate) type Proto = (&'static str, String);

/// A proto3 file of `package` that imports what operations need; `body` begins on line 4.
pub(crate) fn proto(name: &'static str, package: &str, body: &str) -> Proto {
    let package = if package.is_empty() { String::new() } else { format!("package {package};") };
    (
        name,
        format!("syntax = \"proto3\";\n{package}\nimport \"google/longrunning/operations.proto\";\n{body}"),
    )
}

/// The text of the workspace's own example.
pub(crate) fn library() -> Proto {
    let name = "example/library/v1/library.proto";
    (name, std::fs::read_to_string(protos().join(name)).unwrap())
}

fn protos() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto")
}

/// The files of a test.
struct InMemory(BTreeMap<&'static str, String>);

impl FileResolver for InMemory {
    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        let source = self.0.get(name).ok_or_else(|| protox::Error::file_not_found(name))?;
        File::from_source(name, source)
    }
}

/// A serialized `FileDescriptorSet` of the files and all that they import.
pub(crate) fn descriptor_set(files: &[Proto]) -> Vec<u8> {
    let mut resolver = ChainFileResolver::new();
    resolver.add(InMemory(files.iter().cloned().collect()));
    resolver.add(IncludeFileResolver::new(protos()));
    resolver.add(GoogleFileResolver::new());
    let mut compiler = protox::Compiler::with_file_resolver(resolver);
    compiler.include_imports(true).include_source_info(true);
    for (name, _) in files {
        compiler.open_file(name).unwrap();
    }
    compiler.encode_file_descriptor_set()
}

/// A request for code of all the files.
pub(crate) fn request(files: &[Proto], parameter: &str) -> Vec<u8> {
    request_for(descriptor_set(files), files.iter().map(|(name, _)| *name), parameter)
}

/// A request for code of some files of a set.
pub(crate) fn request_for<'a>(
    set: Vec<u8>,
    targets: impl IntoIterator<Item = &'a str>,
    parameter: &str,
) -> Vec<u8> {
    let mut request = lro_codegen::encode_request(set, targets.into_iter().map(str::to_owned)).unwrap();
    // Messages are merged by writing one after the other.
    request.extend(Parameter { parameter: parameter.to_owned() }.encode_to_vec());
    request
}

/// The option string of a `CodeGeneratorRequest`.
#[derive(Clone, PartialEq, Message)]
struct Parameter {
    #[prost(string, tag = "2")]
    parameter: String,
}

/// A `FileDescriptorSet` whose files stay bytes, for tests that change them.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct RawSet {
    #[prost(bytes = "vec", repeated, tag = "1")]
    pub(crate) file: Vec<Vec<u8>>,
}

impl RawSet {
    /// The files and all that they import, the files themselves last.
    pub(crate) fn of(files: &[Proto]) -> Self {
        Self::decode(&descriptor_set(files)[..]).unwrap()
    }

    /// Adds fields to the last file, which win over those that it has.
    pub(crate) fn amend_last(mut self, fields: &prost_types::FileDescriptorProto) -> Self {
        self.file.last_mut().unwrap().extend(fields.encode_to_vec());
        self
    }
}

/// Generates code of all the files.
pub(crate) fn generate(files: &[Proto], parameter: &str) -> Result<Output, Diagnostics> {
    run(request(files, parameter))
}

/// Generates code of all the files, the option string on top of a configuration.
pub(crate) fn generate_with(
    config: &Config,
    files: &[Proto],
    parameter: &str,
) -> Result<Output, Diagnostics> {
    lro_codegen::generate(request(files, parameter), config)
}

/// Generates code of a request.
pub(crate) fn run(request: Vec<u8>) -> Result<Output, Diagnostics> {
    lro_codegen::generate(request, &Config::default())
}

/// Everything that a run has to say.
pub(crate) fn show(result: &Result<Output, Diagnostics>) -> String {
    match result {
        Ok(output) => {
            let mut text = String::new();
            for warning in output.warnings() {
                let _ = writeln!(text, "{warning}");
            }
            for file in output.files() {
                let at = file.insertion_point().map(|point| format!(" @ {point}")).unwrap_or_default();
                let _ = write!(text, "===== {}{at}\n{}", file.name(), file.content());
            }
            text
        }
        Err(diagnostics) => diagnostics.to_string(),
    }
}

/// Compares what a run has to say with `tests/snapshots/{name}.snap`.
pub(crate) fn check(name: &str, result: &Result<Output, Diagnostics>) {
    snapshot(name, &show(result));
}

/// Compares a text with `tests/snapshots/{name}.snap`.
pub(crate) fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// Like [`check`], for a run that must generate code.
#[track_caller]
pub(crate) fn check_generated(name: &str, files: &[Proto], parameter: &str) {
    check_generated_with(name, &Config::default(), files, parameter);
}

/// Like [`check_generated`], with the option string on top of a configuration.
#[track_caller]
pub(crate) fn check_generated_with(name: &str, config: &Config, files: &[Proto], parameter: &str) {
    let result = generate_with(config, files, parameter);
    assert!(result.is_ok(), "{}", show(&result));
    check(name, &result);
}

/// Like [`check`], for a run that must fail.
#[track_caller]
pub(crate) fn check_refused(name: &str, files: &[Proto], parameter: &str) {
    let result = generate(files, parameter);
    assert!(result.is_err(), "code was generated");
    check(name, &result);
}

/// xorshift64: the same numbers in every run.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}
