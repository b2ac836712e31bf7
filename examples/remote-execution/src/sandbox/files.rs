//! The folder of a command: its inputs, its outputs, and what it writes to its standard outputs.

use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tonic::Status;

use crate::cas::Blobs;
use crate::pb::{ActionResult, OutputFile};
use crate::plan::{InputFile, Plan};
use crate::problem;

/// A temporary folder. It is removed when this is dropped.
#[derive(Debug)]
pub struct Folder {
    folder: TempDir,
    working: PathBuf,
}

impl Folder {
    /// Makes one beneath `place`, with all inputs of the plan, and the folders in which its outputs will be. Blocks.
    ///
    /// # Errors
    ///
    /// `FAILED_PRECONDITION` for a blob that is gone, `INVALID_ARGUMENT` for inputs that contradict each other, or a working
    /// directory that is not among them; INTERNAL if files cannot be written.
    pub fn make(place: &Path, plan: &Plan, blobs: &Blobs) -> Result<Self, Status> {
        let folder = tempfile::tempdir_in(place).map_err(|error| problem::own(&error))?;
        let root = folder.path().join("root");
        // Nobody but the server's own user looks into it.
        let made = DirBuilder::new().mode(0o700).create(&root);
        made.map_err(|error| problem::own(&error))?;
        for inner in &plan.folders {
            fs::create_dir(root.join(inner)).map_err(|error| at(inner, &error))?;
        }
        for file in &plan.files {
            put(&root, file, blobs)?;
        }
        let working = root.join(&plan.command.working_directory);
        if !working.is_dir() {
            return Err(problem::invalid("working_directory", "is not among the inputs"));
        }
        for path in &plan.command.output_paths {
            let parent = working.join(path).parent().map(fs::create_dir_all);
            parent.transpose().map_err(|error| at(Path::new(path), &error))?;
        }
        Ok(Self { folder, working })
    }

    /// Where the command runs.
    pub fn working(&self) -> &Path {
        &self.working
    }

    pub(super) fn output(&self) -> PathBuf {
        self.folder.path().join("stdout")
    }

    pub(super) fn errors(&self) -> PathBuf {
        self.folder.path().join("stderr")
    }

    /// Stores what a command has left behind. Blocks.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` for an output that is no file, INTERNAL if files cannot be read or stored.
    pub fn collect(&self, plan: &Plan, exit_code: i32, blobs: &Blobs) -> Result<ActionResult, Status> {
        let store = |path: &Path| {
            let bytes = fs::read(path).or_else(empty_if_missing);
            bytes.and_then(|bytes| blobs.add(&bytes)).map_err(|error| problem::own(&error))
        };
        let mut output_files = Vec::new();
        for path in &plan.command.output_paths {
            let file = self.working.join(path);
            // Links are not followed: where they lead to need not be the command's.
            let found = match fs::symlink_metadata(&file) {
                Ok(found) => found,
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(problem::own(&error)),
            };
            if !found.is_file() {
                let why = format!("`{path}` is no file; this server collects nothing else");
                return Err(problem::invalid("output_paths", why));
            }
            let is_executable = found.permissions().mode() & 0o100 != 0;
            output_files.push(OutputFile { path: path.clone(), digest: Some(store(&file)?), is_executable });
        }
        Ok(ActionResult {
            output_files,
            exit_code,
            stdout_digest: Some(store(&self.output())?),
            stderr_digest: Some(store(&self.errors())?),
        })
    }
}

fn put(root: &Path, file: &InputFile, blobs: &Blobs) -> Result<(), Status> {
    let bytes = blobs.get(&file.digest).map_err(|error| problem::own(&error))?;
    let bytes = bytes.ok_or_else(|| problem::missing(std::slice::from_ref(&file.digest)))?;
    let path = root.join(&file.path);
    let mode = if file.is_executable { 0o500 } else { 0o400 };
    let write = || {
        let mut open = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        open.write_all(&bytes)?;
        drop(open);
        fs::set_permissions(&path, Permissions::from_mode(mode))
    };
    write().map_err(|error| at(&file.path, &error))
}

/// An error of making an input or the folder of an output: two that want one place are the client's fault.
fn at(path: &Path, error: &io::Error) -> Status {
    match error.kind() {
        ErrorKind::AlreadyExists | ErrorKind::NotADirectory => {
            problem::invalid("input_root_digest", format!("`{}` is there twice", path.display()))
        }
        ErrorKind::InvalidFilename => {
            problem::invalid("input_root_digest", format!("`{}` is too long", path.display()))
        }
        _ => problem::own(error),
    }
}

/// A command that did not begin has no output files.
fn empty_if_missing(error: io::Error) -> io::Result<Vec<u8>> {
    if error.kind() == ErrorKind::NotFound { Ok(Vec::new()) } else { Err(error) }
}
