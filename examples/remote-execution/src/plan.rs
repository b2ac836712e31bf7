//! What has to be there for an action to run, read from the storage.

use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use prost::Message;
use tonic::Status;

use crate::cas::Blobs;
use crate::digest;
use crate::pb::{Action, Command, Digest, Directory};
use crate::problem;

/// How many files and folders an action may have.
const MOST_INPUTS: usize = 100_000;

/// An action with all that it takes to run it.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The command.
    pub command: Command,
    /// How long it may run, if the action says so.
    pub timeout: Option<Duration>,
    /// Whether its result may be kept, and shared with those who ask at the same time.
    pub is_shared: bool,
    /// The folders that it finds, each after the one that it is in.
    pub folders: Vec<PathBuf>,
    /// The files that it finds.
    pub files: Vec<InputFile>,
}

/// A file that an action finds.
#[derive(Debug, Clone, PartialEq)]
pub struct InputFile {
    /// Where, seen from the root of the inputs.
    pub path: PathBuf,
    /// What is in it.
    pub digest: Digest,
    /// Whether it can be run.
    pub is_executable: bool,
}

/// Reads an action from the storage, with its command and its folders, and makes sure that its files are there.
///
/// # Errors
///
/// `FAILED_PRECONDITION` that names all blobs which are missing, as far as can be known without them; `INVALID_ARGUMENT` for an
/// action that cannot run, INTERNAL if the storage cannot be read.
pub fn read(blobs: &Blobs, action: Option<&Digest>) -> Result<Plan, Status> {
    let mut reader = Reader { blobs, missing: Vec::new() };
    let action: Option<Action> = reader.message("action_digest", action)?;
    let Some(action) = action else { return Err(problem::missing(&reader.missing)) };
    let command: Option<Command> = reader.message("command_digest", action.command_digest.as_ref())?;
    let (folders, files) = reader.tree(action.input_root_digest.as_ref())?;
    let (Some(command), true) = (command, reader.missing.is_empty()) else {
        return Err(problem::missing(&reader.missing));
    };
    check_command(&command)?;
    let timeout = action.timeout.map(Duration::try_from).transpose();
    let timeout = timeout.map_err(|_| problem::invalid("timeout", "is negative"))?;
    Ok(Plan { command, timeout, is_shared: !action.do_not_cache, folders, files })
}

struct Reader<'a> {
    blobs: &'a Blobs,
    missing: Vec<Digest>,
}

impl Reader<'_> {
    /// A message from the storage; `None`, and noted, if it is missing.
    fn message<M: Message + Default>(
        &mut self,
        what: &str,
        of: Option<&Digest>,
    ) -> Result<Option<M>, Status> {
        let of = of.ok_or_else(|| problem::invalid(what, "is not set"))?;
        digest::check(what, of)?;
        let Some(bytes) = self.blobs.get(of).map_err(|error| problem::own(&error))? else {
            self.miss(of);
            return Ok(None);
        };
        let message = M::decode(&*bytes);
        message
            .map(Some)
            .map_err(|error| problem::invalid(what, format!("its blob is no such message: {error}")))
    }

    /// All that is beneath a folder.
    fn tree(&mut self, root: Option<&Digest>) -> Result<(Vec<PathBuf>, Vec<InputFile>), Status> {
        let (mut folders, mut files) = (Vec::new(), Vec::new());
        let mut open = vec![(PathBuf::new(), root.cloned())];
        while let Some((path, of)) = open.pop() {
            let folder: Option<Directory> = self.message("input_root_digest", of.as_ref())?;
            let folder = folder.unwrap_or_default();
            for file in folder.files {
                let digest = file.digest.unwrap_or_default();
                digest::check("input_root_digest", &digest)?;
                if !self.blobs.has(&digest) {
                    self.miss(&digest);
                }
                let path = path.join(name(&file.name)?);
                files.push(InputFile { path, digest, is_executable: file.is_executable });
            }
            for inner in folder.directories {
                let path = path.join(name(&inner.name)?);
                folders.push(path.clone());
                open.push((path, inner.digest));
            }
            if folders.len() + files.len() > MOST_INPUTS {
                return Err(problem::invalid(
                    "input_root_digest",
                    format!("has more than {MOST_INPUTS} inputs"),
                ));
            }
        }
        Ok((folders, files))
    }

    fn miss(&mut self, of: &Digest) {
        if !self.missing.contains(of) {
            self.missing.push(of.clone());
        }
    }
}

fn check_command(command: &Command) -> Result<(), Status> {
    if command.arguments.first().is_none_or(String::is_empty) {
        return Err(problem::invalid("arguments", "name the program to run"));
    }
    let variables = &command.environment_variables;
    let texts = variables.iter().flat_map(|variable| [&variable.name, &variable.value]);
    if command.arguments.iter().chain(texts).any(|text| text.contains('\0')) {
        return Err(problem::invalid("arguments", "no argument and no variable can have a NUL in it"));
    }
    if variables.iter().any(|variable| variable.name.is_empty() || variable.name.contains('=')) {
        return Err(problem::invalid("environment_variables", "a name is empty, or has a `=` in it"));
    }
    if !command.working_directory.is_empty() && !stays_inside(&command.working_directory) {
        return Err(problem::invalid("working_directory", "leads out of the inputs"));
    }
    if let Some(path) = command.output_paths.iter().find(|path| !stays_inside(path)) {
        return Err(problem::invalid("output_paths", format!("`{path}` leads out of the working directory")));
    }
    Ok(())
}

/// Whether a path goes down only.
fn stays_inside(path: &str) -> bool {
    let path = Path::new(path);
    path.components().next().is_some() && path.components().all(|part| matches!(part, Component::Normal(_)))
}

/// The name of a file or folder, if it is nothing but that.
fn name(name: &str) -> Result<&str, Status> {
    let is_one = stays_inside(name) && !name.contains(['/', '\0']);
    if is_one { Ok(name) } else { Err(problem::invalid("input_root_digest", format!("`{name}` is no name"))) }
}
