//! Programs of ours over published packages of others, installed below the target folder and never a part of the workspace.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Outcome, cargo, root};

/// Where their sources are.
const SOURCES: &str = "tests/bench-store/peers";

/// Installs those that can be, and says which cannot; the folder with all of them.
///
/// Crates are compiled in one target folder, `build`. Versions stand in the sources; the locks stay in the copies.
pub(super) fn install() -> PathBuf {
    let folder = cargo::target_folder().join("peers");
    for name in ["apalis", "awa"] {
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "--release"]).env("CARGO_TARGET_DIR", folder.join("build"));
        report(name, install_one(&folder, name, build));
    }
    let mut npm = Command::new("npm");
    npm.args(["install", "--silent", "--no-audit", "--no-fund"]);
    report("graphile-worker", install_one(&folder, "graphile-worker", npm));
    folder
}

fn report(name: &str, installed: Outcome) {
    if let Err(error) = installed {
        println!("{name} cannot be installed: {error}");
    }
}

/// Copies the sources of a program and runs what installs it there.
fn install_one(folder: &Path, name: &str, mut command: Command) -> Outcome {
    let folder = folder.join(name);
    copy(&root().join(SOURCES).join(name), &folder)?;
    let status = command.current_dir(&folder).status().map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} ends with {status}").into()) }
}

/// Copies files over what is there, but leaves alone those that are the same, so that nothing is built again.
fn copy(from: &Path, to: &Path) -> Outcome {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (entry, to) = (entry.path(), to.join(entry.file_name()));
        if entry.is_dir() {
            copy(&entry, &to)?;
        } else if fs::read(&to).ok() != Some(fs::read(&entry)?) {
            fs::copy(&entry, &to)?;
        }
    }
    Ok(())
}
