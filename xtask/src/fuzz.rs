//! `cargo xtask fuzz`: the generator, and lists of operations, against input that nobody would write.

use std::fs;
use std::path::Path;
use std::process::{Child, Command};

use crate::{Outcome, cargo, root};

const TARGETS: [&str; 7] = ["request", "protos", "options", "service_config", "filter", "name", "token"];

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The targets to run; all of them unless named.
    #[arg(value_parser = TARGETS)]
    targets: Vec<String>,
    /// How long each of them runs.
    #[arg(long, default_value_t = 600)]
    seconds: u32,
    /// The most memory that one of them may have, in MiB.
    #[arg(long, default_value_t = 512)]
    memory: u32,
    /// The longest that one input may take, in seconds.
    #[arg(long, default_value_t = 10)]
    timeout: u32,
    /// How many of them run at once.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..))]
    jobs: u8,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let tool = cargo::install("cargo-fuzz", "0.13.2")?;
    let targets: Vec<&str> = match args.targets.as_slice() {
        [] => TARGETS.to_vec(),
        named => named.iter().map(String::as_str).collect(),
    };
    // Built before the first of them runs, so that those that run at once do not wait for each other.
    let built = cargo_fuzz(&tool, "build").status()?;
    if !built.success() {
        return Err("the targets cannot be built".into());
    }
    let mut failed = Vec::new();
    for together in targets.chunks(args.jobs.into()) {
        let running: Vec<(&str, Child)> = together
            .iter()
            .map(|target| Ok((*target, start(args, &tool, target)?)))
            .collect::<Outcome<_>>()?;
        for (target, mut child) in running {
            if child.wait()?.success() {
                println!("{target}: {} s without a fault", args.seconds);
            } else {
                failed.push(target);
            }
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    let failed = failed.join(", ");
    Err(format!("{failed} failed; keep what tests/fuzz/artifacts holds in tests/fuzz/cases, then mend it")
        .into())
}

/// Runs a target on what earlier runs found worth keeping and on the cases that once failed.
fn start(args: &Args, tool: &Path, target: &str) -> Outcome<Child> {
    let corpus = root().join("tests/fuzz/corpus").join(target);
    fs::create_dir_all(&corpus)?;
    let mut command = cargo_fuzz(tool, "run");
    command.arg(target).arg(corpus);
    let cases = root().join("tests/fuzz/cases").join(target);
    if cases.exists() {
        command.arg(cases);
    }
    command.arg("--").args([
        format!("-max_total_time={}", args.seconds),
        format!("-rss_limit_mb={}", args.memory),
        format!("-timeout={}", args.timeout),
        "-max_len=16384".to_owned(),
        // From the start, inputs are as long as they need to be to say something.
        "-len_control=0".to_owned(),
        "-print_final_stats=1".to_owned(),
        "-verbosity=0".to_owned(),
        "-print_funcs=0".to_owned(),
    ]);
    Ok(command.spawn()?)
}

/// There is no unsafe code to watch, and without the sanitizer for it any toolchain builds the targets.
fn cargo_fuzz(tool: &Path, command: &str) -> Command {
    let mut cargo = Command::new(tool);
    cargo.args(["fuzz", command, "--fuzz-dir", "tests/fuzz", "--sanitizer", "none"]).current_dir(root());
    cargo
}
