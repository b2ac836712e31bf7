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

/// Installs a program from crates.io below a folder, unless it is there from an earlier run; the path is that of its binary.
pub(crate) fn install(program: &str, version: &str, folder: &Path) -> Outcome<PathBuf> {
    let binary = folder.join("bin").join(program);
    if !binary.exists() {
        let folder = folder.to_str().ok_or("the path of the target folder is not UTF-8")?;
        let install = ["install", "--quiet", "--locked", program, "--version", version, "--root", folder];
        run(root(), &install)?;
    }
    Ok(binary)
}
