//! Programs that measure, and run each of their parts in a process of its own, so that none inherits the memory of another.

use std::path::PathBuf;
use std::process::Command;

use clap::ValueEnum;

use crate::{Outcome, cargo, root};

/// A program of this workspace, built with optimisation. It is none of this one's own modules, so that other tasks need
/// none of what it needs.
pub(super) fn build(package: &str, features: &str) -> Outcome<PathBuf> {
    cargo::run(root(), &["build", "--quiet", "--release", "--package", package, "--features", features])?;
    Ok(cargo::target_folder().join("release").join(package))
}

/// Runs these parts, as `program` wants to be called for each.
pub(super) fn run<P: ValueEnum>(parts: &[P], program: impl Fn(&str) -> Command) -> Outcome {
    let mut failed = Vec::new();
    for part in parts {
        let name = part.to_possible_value().ok_or("every part has a name")?.get_name().to_owned();
        println!("\n{name}");
        if !program(&name).status()?.success() {
            failed.push(name);
        }
    }
    if failed.is_empty() {
        Ok(())
    } else {
        Err(format!("these have failed or exceed a limit, see above: {}", failed.join(", ")).into())
    }
}

/// Those that were chosen, in the order in which they are known; all, if none was.
pub(super) fn chosen<P: ValueEnum + PartialEq>(only: &[P]) -> Vec<P> {
    P::value_variants().iter().filter(|part| only.is_empty() || only.contains(part)).cloned().collect()
}
