//! Running cargo from a task.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Outcome, root};

/// The target folder of the workspace, where most things are built already.
pub(crate) fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Runs cargo in a folder, with the target folder of the workspace; warnings in documentation are errors.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Outcome {
    let status = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target_folder())
        .env("RUSTDOCFLAGS", "-D warnings")
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("cargo {} failed in {}", arguments.join(" "), folder.display()).into())
    }
}
