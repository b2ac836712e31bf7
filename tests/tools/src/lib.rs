//! The programs of others that tests run, and the rule for what is not there: the test says that it was skipped, or fails
//! if `LRO_REQUIRE_TOOLS` is 1. Beside it, [`Dice`]: randomness by seed.

mod dice;

use std::env;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

pub use dice::Dice;

/// A program that is looked for in an environment variable and on the `PATH`.
#[derive(Debug, Clone, Copy)]
pub struct Tool {
    /// What it is called on the `PATH`.
    pub name: &'static str,
    /// The variable with the path of another one.
    pub variable: &'static str,
    /// The first major version that will do; 0 for any.
    pub at_least: u32,
}

/// Any protoc.
pub const PROTOC: Tool = Tool { name: "protoc", variable: "PROTOC", at_least: 0 };
/// A protoc that knows edition 2024.
pub const PROTOC_EDITIONS: Tool = Tool { name: "protoc", variable: "PROTOC_EDITIONS", at_least: 32 };
/// The other front end.
pub const BUF: Tool = Tool { name: "buf", variable: "BUF", at_least: 0 };
/// The generator of messages that ours can stand beside.
pub const PROTOC_GEN_PROST: Tool =
    Tool { name: "protoc-gen-prost", variable: "PROTOC_GEN_PROST", at_least: 0 };
/// The generator of services that ours can stand beside.
pub const PROTOC_GEN_TONIC: Tool =
    Tool { name: "protoc-gen-tonic", variable: "PROTOC_GEN_TONIC", at_least: 0 };

/// Where the programs are, or nothing if the test is to return at once.
///
/// # Panics
///
/// One is missing and [`skip`] panics.
#[track_caller]
pub fn find<const N: usize>(tools: [Tool; N]) -> Option<[PathBuf; N]> {
    let mut missing = Vec::new();
    let paths = tools.map(|tool| tool.path().map_err(|reason| missing.push(reason)).unwrap_or_default());
    if missing.is_empty() {
        return Some(paths);
    }
    skip(&missing.join("; "));
    None
}

/// Says that the test of this thread is skipped, and why.
///
/// # Panics
///
/// `LRO_REQUIRE_TOOLS` is 1.
#[track_caller]
pub fn skip(reason: &str) {
    let required = env::var_os("LRO_REQUIRE_TOOLS").is_some_and(|value| value == "1");
    assert!(!required, "LRO_REQUIRE_TOOLS forbids to skip this test: {reason}");
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    // Not `eprintln!`, whose output the test harness keeps to itself. In one write, as tests run side by side. Where it cannot be heard,
    // there is nothing to say.
    let _ = io::stderr().write_all(format!("skipped: {test}: {reason}\n").as_bytes());
}

impl Tool {
    fn path(self) -> Result<PathBuf, String> {
        let Self { name, variable, at_least } = self;
        let path = match env::var_os(variable) {
            Some(path) => Some(PathBuf::from(path)).filter(|path| path.is_file()),
            None => env::split_paths(&env::var_os("PATH").unwrap_or_default())
                .map(|folder| folder.join(name))
                .find(|path| path.is_file()),
        };
        let path = path.ok_or_else(|| format!("there is no {name} on the PATH, nor in {variable}"))?;
        if at_least > 0 && major_version(&path).is_none_or(|version| version < at_least) {
            return Err(format!(
                "{} is older than {name} {at_least}; name another in {variable}",
                path.display()
            ));
        }
        Ok(path)
    }
}

/// The `35` of `libprotoc 35.1`.
fn major_version(program: &Path) -> Option<u32> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.split_whitespace().last()?.split('.').next()?.parse().ok()
}
