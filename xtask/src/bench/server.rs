//! `cargo xtask bench server`: what operations cost those who serve them.

use std::process::Command;

use super::parts;
use crate::Outcome;

/// The program that measures.
const PROGRAM: &str = "bench-server";

/// One part of the measurements, as that program calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// `GetOperation` against a bare answer of the same message.
    Get,
    /// A start and `WaitOperation` against two bare answers.
    Wait,
    /// 10,000 who wait: when they hear of the end, and what `GetOperation` is beside them.
    Waiters,
    /// 1,000,000 operations: their memory, and calls among them.
    Million,
    /// A store that takes 2 ms: starts a second, and calls of the store for each.
    StoreCalls,
    /// Signs of life of a process that runs few or many operations.
    Heartbeats,
    /// `GetOperation` by callers who say who they are, with telemetry, against a bare answer of the same message.
    Identified,
    /// `GetOperation` of what belongs to somebody else, against what does not exist: whether the times tell them apart.
    Denied,
}

impl Part {
    /// What the program is built with for this part.
    const fn features(self) -> &'static str {
        if matches!(self, Self::Identified) { "telemetry" } else { "" }
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only these parts.
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,
    /// How many pairs of runs to take the median of.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    pairs: u16,
}

pub(crate) fn run(args: &Args) -> Outcome {
    println!(
        "4 connections over loopback, 64 callers, {} pairs of runs after one warm-up, {} cores",
        args.pairs,
        std::thread::available_parallelism()?
    );
    let chosen = parts::chosen(&args.only);
    let mut outcome = Ok(());
    for alike in chosen.chunk_by(|one, next| one.features() == next.features()) {
        let program = parts::build(PROGRAM, alike[0].features())?;
        let ran = parts::run(alike, |part| {
            let mut command = Command::new(&program);
            command.arg(part).args(["--pairs", &args.pairs.to_string()]);
            command
        });
        outcome = outcome.and(ran);
    }
    outcome
}
