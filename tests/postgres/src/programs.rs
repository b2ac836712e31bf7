//! Where the programs are.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Error;

/// The first version that this project supports.
const AT_LEAST: u32 = 14;
/// Where Debian has the programs of each version, which are not on the `PATH`.
const VERSIONS: &str = "/usr/lib/postgresql";

/// A folder with the programs of PostgreSQL.
#[derive(Debug, Clone)]
pub(crate) struct Programs {
    folder: PathBuf,
}

impl Programs {
    /// The version on the `PATH` if it will do, else the newest that Debian's packages have put beside it.
    pub(crate) fn find() -> Result<Self, Error> {
        let on_path = on_path("initdb").and_then(|initdb| Some(initdb.parent()?.to_owned()));
        let mut installed: Vec<(u32, PathBuf)> = fs::read_dir(VERSIONS)
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
            .filter_map(|folder| Some((major_version(&folder.join("initdb"))?, folder)))
            .collect();
        installed.sort();
        on_path
            .filter(|folder| folder.join("postgres").is_file())
            .into_iter()
            .chain(installed.into_iter().rev().map(|(_, folder)| folder))
            .find(|folder| major_version(&folder.join("initdb")).is_some_and(|major| major >= AT_LEAST))
            .map(|folder| Self { folder })
            .ok_or_else(|| {
                Error::missing(format!(
                    "there is no initdb of PostgreSQL {AT_LEAST} or newer on the PATH, nor in {VERSIONS}/*/bin"
                ))
            })
    }

    pub(crate) fn command(&self, name: &str) -> Command {
        clean(self.folder.join(name))
    }
}

/// A command that none of the caller's settings for clients of PostgreSQL gets at.
pub(crate) fn clean(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("PG") {
            command.env_remove(name);
        }
    }
    command.env("LC_ALL", "C");
    command
}

/// Behind links, as the other programs are beside the real one.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH").unwrap_or_default())
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
        .and_then(|path| path.canonicalize().ok())
}

/// The `15` of `initdb (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`, and of `18beta1` the `18`.
fn major_version(program: &Path) -> Option<u32> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let version = text.split_once("(PostgreSQL) ")?.1;
    version[..version.find(|c: char| !c.is_ascii_digit())?].parse().ok()
}
