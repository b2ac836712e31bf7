//! `cargo xtask simulate`: the engine in many small worlds where everything goes wrong.

use std::num::NonZeroUsize;

use crate::{Outcome, cargo, root};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many schedules to run.
    #[arg(long, default_value_t = 20_000)]
    schedules: u64,
    /// The seed of the first; each of the others has the next number.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// On how many threads; on all cores unless it is said.
    #[arg(long)]
    threads: Option<NonZeroUsize>,
    /// Prints the log of the first schedule, and runs no other.
    #[arg(long)]
    log: bool,
}

/// Runs the program with optimizations and with every check: in a test profile, schedules would take ten times as long.
pub(crate) fn run(args: &Args) -> Outcome {
    let mut arguments: Vec<String> =
        ["run", "--quiet", "--profile", "simulation", "-p", "simulation", "--"].map(String::from).into();
    arguments.push(format!("--schedules={}", args.schedules));
    arguments.push(format!("--seed={}", args.seed));
    arguments.extend(args.threads.map(|threads| format!("--threads={threads}")));
    arguments.extend(args.log.then(|| "--log".to_owned()));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if cargo::command(root(), &arguments).status()?.success() {
        Ok(())
    } else {
        Err("the simulation has found a fault; its seed and its log are above".into())
    }
}
