//! Generated files that are checked in: one helper that both writes and checks them, so that the two cannot
//! disagree about what a file should hold.

use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::Outcome;

/// A generated file.
#[derive(Debug)]
pub(crate) struct Artifact {
    /// Where it lives, relative to the root of the workspace.
    pub(crate) path: PathBuf,
    /// All that it holds.
    pub(crate) contents: Vec<u8>,
}

/// What to do about files that differ from what they should hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Write them and say which.
    Write,
    /// Fail with their names and touch nothing.
    Check,
}

/// Brings the files below `root` in line with `artifacts`, or checks that they are.
pub(crate) fn sync(root: &Path, artifacts: &[Artifact], mode: Mode) -> Outcome {
    let mut stale = Vec::new();
    for artifact in artifacts {
        if !is_current(root, artifact)? {
            stale.push(artifact);
        }
    }
    match mode {
        Mode::Write => stale.into_iter().try_for_each(|artifact| write(root, artifact)),
        Mode::Check if stale.is_empty() => Ok(()),
        Mode::Check => {
            let paths: Vec<_> = stale.iter().map(|artifact| artifact.path.display().to_string()).collect();
            Err(format!("out of date, run `cargo xtask generate`:\n  {}", paths.join("\n  ")).into())
        }
    }
}

fn is_current(root: &Path, artifact: &Artifact) -> Outcome<bool> {
    match fs::read(root.join(&artifact.path)) {
        Ok(contents) => Ok(contents == artifact.contents),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(format!("cannot read {}: {error}", artifact.path.display()).into()),
    }
}

fn write(root: &Path, artifact: &Artifact) -> Outcome {
    let path = root.join(&artifact.path);
    path.parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(&path, &artifact.contents))
        .map_err(|error| format!("cannot write {}: {error}", artifact.path.display()))?;
    println!("wrote {}", artifact.path.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn artifact(path: &str, contents: &str) -> Artifact {
        Artifact { path: path.into(), contents: contents.into() }
    }

    #[test]
    fn check_names_every_stale_file_and_writes_none() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("same"), "same").unwrap();
        fs::write(root.path().join("old"), "old").unwrap();
        let artifacts = [artifact("same", "same"), artifact("old", "new"), artifact("a/missing", "new")];

        let error = sync(root.path(), &artifacts, Mode::Check).unwrap_err();

        assert_eq!(error.to_string(), "out of date, run `cargo xtask generate`:\n  old\n  a/missing");
        assert_eq!(fs::read_to_string(root.path().join("old")).unwrap(), "old");
        assert!(!root.path().join("a").exists());
    }

    #[test]
    fn what_was_written_passes_the_check() {
        let root = tempfile::tempdir().unwrap();
        let artifacts = [artifact("a/b/new", "new")];

        sync(root.path(), &artifacts, Mode::Write).unwrap();

        sync(root.path(), &artifacts, Mode::Check).unwrap();
        assert_eq!(fs::read_to_string(root.path().join("a/b/new")).unwrap(), "new");
    }

    #[test]
    fn a_current_file_is_left_alone() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("same");
        fs::write(&path, "same").unwrap();
        let long_ago = std::time::SystemTime::UNIX_EPOCH;
        fs::File::options().write(true).open(&path).unwrap().set_modified(long_ago).unwrap();

        sync(root.path(), &[artifact("same", "same")], Mode::Write).unwrap();

        assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), long_ago);
    }
}
