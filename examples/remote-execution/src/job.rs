//! What a user wants to run, and the messages that it is made of.

use std::collections::BTreeMap;
use std::time::Duration;

use prost::Message;

use crate::digest;
use crate::pb::command::EnvironmentVariable;
use crate::pb::{Action, Command, Digest, Directory, DirectoryNode, FileNode};

/// A command line with its inputs and outputs.
#[derive(Debug, Clone, Default)]
pub struct Job {
    /// The program and its arguments.
    pub arguments: Vec<String>,
    /// The environment.
    pub environment: BTreeMap<String, String>,
    /// The files that it finds, by their paths.
    pub inputs: BTreeMap<String, Input>,
    /// The files that are wanted of it.
    pub outputs: Vec<String>,
    /// How long it may run.
    pub timeout: Option<Duration>,
    /// Whether it runs for each who asks.
    pub do_not_cache: bool,
}

/// A file that a command finds.
#[derive(Debug, Clone, Default)]
pub struct Input {
    /// What is in it.
    pub bytes: Vec<u8>,
    /// Whether it can be run.
    pub is_executable: bool,
}

/// Blobs by their digests' text, which is to upload what is missing of them.
pub type Uploads = BTreeMap<String, (Digest, Vec<u8>)>;

impl Job {
    /// A job that runs this script in the shell, with the usual PATH.
    pub fn script(script: &str) -> Self {
        let arguments = ["sh", "-c", script].map(str::to_owned).to_vec();
        let environment = [("PATH".to_owned(), "/usr/local/bin:/usr/bin:/bin".to_owned())].into();
        Self { arguments, environment, ..Self::default() }
    }

    /// Adds a file that cannot be run.
    #[must_use]
    pub fn input(mut self, path: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.inputs.insert(path.to_owned(), Input { bytes: bytes.into(), is_executable: false });
        self
    }

    /// Adds a file that is wanted.
    #[must_use]
    pub fn output(mut self, path: &str) -> Self {
        self.outputs.push(path.to_owned());
        self
    }

    /// The digest of the job's action, and all blobs that it takes.
    pub fn encode(&self) -> (Digest, Uploads) {
        let mut uploads = Uploads::new();
        let variables = self.environment.iter();
        let mut output_paths = self.outputs.clone();
        output_paths.sort();
        output_paths.dedup();
        let command = Command {
            arguments: self.arguments.clone(),
            environment_variables: variables
                .map(|(name, value)| EnvironmentVariable { name: name.clone(), value: value.clone() })
                .collect(),
            output_paths,
            ..Command::default()
        };
        let mut root = Folder::default();
        for (path, input) in &self.inputs {
            root.insert(path, input);
        }
        let action = Action {
            command_digest: Some(add(&mut uploads, command.encode_to_vec())),
            input_root_digest: Some(root.encode(&mut uploads)),
            timeout: self.timeout.and_then(|timeout| timeout.try_into().ok()),
            do_not_cache: self.do_not_cache,
            ..Action::default()
        };
        (add(&mut uploads, action.encode_to_vec()), uploads)
    }
}

/// Folders and files, by their names.
#[derive(Default)]
struct Folder<'a> {
    folders: BTreeMap<&'a str, Self>,
    files: BTreeMap<&'a str, &'a Input>,
}

impl<'a> Folder<'a> {
    fn insert(&mut self, path: &'a str, input: &'a Input) {
        match path.split_once('/') {
            Some((folder, rest)) => self.folders.entry(folder).or_default().insert(rest, input),
            None => drop(self.files.insert(path, input)),
        }
    }

    fn encode(&self, uploads: &mut Uploads) -> Digest {
        let mut message = Directory::default();
        for (name, input) in &self.files {
            let digest = Some(add(uploads, input.bytes.clone()));
            let name = (*name).to_owned();
            message.files.push(FileNode { name, digest, is_executable: input.is_executable });
        }
        for (name, folder) in &self.folders {
            let digest = Some(folder.encode(uploads));
            message.directories.push(DirectoryNode { name: (*name).to_owned(), digest });
        }
        add(uploads, message.encode_to_vec())
    }
}

fn add(uploads: &mut Uploads, bytes: Vec<u8>) -> Digest {
    let digest = digest::of(&bytes);
    uploads.insert(digest::text(&digest), (digest.clone(), bytes));
    digest
}
