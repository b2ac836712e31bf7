//! `cargo xtask chaos`: real processes on a real store while everything goes wrong.

use crate::{Outcome, cargo, root};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// On which store: sqlite, sqlite:PATH, postgres, postgres:URL, or memory for one process.
    #[arg(long, default_value = "sqlite")]
    store: String,
    /// For how many seconds everything goes wrong.
    #[arg(long, default_value_t = 600)]
    seconds: u64,
    /// What chooses faults and work; another one each time unless it is said. It does not make a run repeatable.
    #[arg(long)]
    seed: Option<u64>,
    /// What goes wrong: some of kill, pause, drain, database, fail-over, network, lock and clock, with commas between them. Unless it
    /// is said: all that fits the store, fail-over in runs of two minutes and more.
    #[arg(long)]
    faults: Option<String>,
    /// Keeps the logs also when all was well.
    #[arg(long)]
    keep: bool,
}

/// Runs the program. It makes a folder for its logs in the target directory.
pub(crate) fn run(args: &Args) -> Outcome {
    let mut arguments: Vec<String> = ["run", "--quiet", "-p", "chaos", "--", "run"].map(String::from).into();
    arguments.push(format!("--store={}", args.store));
    arguments.push(format!("--seconds={}", args.seconds));
    arguments.extend(args.seed.map(|seed| format!("--seed={seed}")));
    arguments.extend(args.faults.as_ref().map(|faults| format!("--faults={faults}")));
    arguments.push(format!("--folder={}", cargo::target_folder().join("chaos").display()));
    arguments.extend(args.keep.then(|| "--keep".to_owned()));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if cargo::command(root(), &arguments).status()?.success() {
        Ok(())
    } else {
        Err("the run has found a fault, or could not run; what it says is above".into())
    }
}
