//! Runs the plugin: alone, and below protoc.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use prost::Message as _;
use prost_types::compiler::{CodeGeneratorRequest, CodeGeneratorResponse};
use tempfile::TempDir;

/// The plugin, as it was just built.
pub(crate) const PLUGIN: &str = env!("CARGO_BIN_EXE_protoc-gen-rust-lro");

/// Files and what they hold, by their path below the output folder.
pub(crate) type Files = BTreeMap<String, String>;

/// The folder of our own protos, the google ones among them.
pub(crate) fn protos() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto")
}

/// The folder of the protos that only these tests have.
pub(crate) fn test_protos() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/proto")
}

/// Runs the plugin with arguments and standard input.
pub(crate) fn run(arguments: &[impl AsRef<OsStr>], input: &[u8]) -> Output {
    let mut child = Command::new(PLUGIN)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A plugin that has no use for its input ends without reading it.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

/// The plugin's response to a request. It must end well, whatever the response says.
#[track_caller]
pub(crate) fn answer(request: &[u8]) -> CodeGeneratorResponse {
    let output = run(&[""; 0], request);
    assert!(output.status.success(), "{}", text(&output.stderr));
    CodeGeneratorResponse::decode(&output.stdout[..]).unwrap()
}

/// The request that protox would make if it had plugins: code of `targets`, with an option string.
pub(crate) fn protox_request(includes: &[PathBuf], targets: &[&str], parameter: &str) -> Vec<u8> {
    let mut compiler = protox::Compiler::new(includes).unwrap();
    compiler.include_imports(true).include_source_info(true).open_files(targets).unwrap();
    let set = compiler.encode_file_descriptor_set();
    let mut request = lro_codegen::encode_request(set, targets.iter().map(ToString::to_string)).unwrap();
    // Messages are merged by writing one after the other.
    request.extend(with_parameter(parameter));
    request
}

/// A request with nothing but an option string.
pub(crate) fn with_parameter(parameter: &str) -> Vec<u8> {
    CodeGeneratorRequest { parameter: Some(parameter.to_owned()), ..Default::default() }.encode_to_vec()
}

/// The files of a response that holds no error.
#[track_caller]
pub(crate) fn files_of(response: CodeGeneratorResponse) -> Files {
    assert_eq!(response.error, None);
    response.file.into_iter().map(|file| (file.name.unwrap(), file.content.unwrap())).collect()
}

/// A folder of protos and an output folder, which go when the test ends.
pub(crate) struct Project(TempDir);

impl Project {
    /// A project with one proto, `lab.proto`, that begins with what all of them need; `body` begins on line 4.
    pub(crate) fn of(syntax: &str, body: &str) -> Self {
        let project = Self::empty();
        let head = format!("{syntax};\npackage lab.v1;\nimport \"google/longrunning/operations.proto\";\n");
        fs::write(project.0.path().join("lab.proto"), head + body).unwrap();
        project
    }

    /// A project without protos.
    pub(crate) fn empty() -> Self {
        let project = Self(tempfile::tempdir().unwrap());
        fs::create_dir(project.out()).unwrap();
        project
    }

    /// Adds a file to the folder of protos.
    pub(crate) fn add(&self, name: &str, content: &str) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// Where the output goes.
    pub(crate) fn out(&self) -> PathBuf {
        self.0.path().join("out")
    }

    /// The folders in which to look for protos.
    pub(crate) fn includes(&self) -> Vec<PathBuf> {
        vec![self.0.path().to_owned(), test_protos(), protos()]
    }

    /// Runs protoc with the plugin.
    pub(crate) fn protoc(&self, protoc: &Path, parameter: &str, targets: &[&str]) -> Output {
        Command::new(protoc)
            .arg(format!("--plugin=protoc-gen-rust-lro={PLUGIN}"))
            .arg(format!("--rust-lro_out={}", self.out().display()))
            .arg(format!("--rust-lro_opt={parameter}"))
            .args(self.includes().iter().map(|folder| format!("-I{}", folder.display())))
            .args(targets)
            .output()
            .unwrap()
    }

    /// What was written.
    pub(crate) fn files(&self) -> Files {
        let mut files = Files::new();
        collect(&self.out(), "", &mut files);
        files
    }
}

fn collect(folder: &Path, prefix: &str, files: &mut Files) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().into_string().unwrap());
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), &format!("{name}/"), files);
        } else {
            files.insert(name, fs::read_to_string(entry.path()).unwrap());
        }
    }
}

/// What a program printed.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}
