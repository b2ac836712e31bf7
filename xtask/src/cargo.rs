//! Running cargo from a task.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Outcome, root};

/// The target folder of the workspace, where most things are built already. Absolute, because cargo runs in other folders as well.
pub(crate) fn target_folder() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from) {
        // It is relative to where this task was started.
        Some(folder) => std::path::absolute(&folder).unwrap_or(folder),
        None => root().join("target"),
    }
}

/// Runs cargo in a folder, with the target folder of the workspace; warnings in documentation are errors.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Outcome {
    let status = command(folder, arguments).env("RUSTDOCFLAGS", "-D warnings").status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("cargo {} failed in {}", arguments.join(" "), folder.display()).into())
    }
}

/// Cargo in a folder, with the target folder of the workspace.
pub(crate) fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).current_dir(folder).env("CARGO_TARGET_DIR", target_folder());
    command
}

/// Installs a program from crates.io, unless this version of it is there from an earlier run; the path is that of its binary.
pub(crate) fn install(program: &str, version: &str) -> Outcome<PathBuf> {
    let folder = target_folder().join("tools").join(format!("{program}-{version}"));
    let binary = folder.join("bin").join(format!("{program}{}", std::env::consts::EXE_SUFFIX));
    if !binary.exists() {
        let folder = folder.to_str().ok_or("the path of the target folder is not UTF-8")?;
        let exactly = format!("={version}");
        run(root(), &["install", "--quiet", "--locked", program, "--version", &exactly, "--root", folder])?;
    }
    Ok(binary)
}
