//! What the server's side costs, against peers in the same run: one part of `cargo xtask bench server`, which runs
//! each in a process of its own, so that none inherits the memory of another.
//!
//! - `parts`: what is measured, a file each.
//! - `bare`: the peer, which answers without an engine.
//! - `callers`: requests that say who sends them, and an engine that listens to that.
//! - `telemetry`: where what the engine tells of itself goes.

mod bare;
mod callers;
mod parts;
#[cfg_attr(feature = "telemetry", path = "telemetry/on.rs")]
#[cfg_attr(not(feature = "telemetry"), path = "telemetry/off.rs")]
mod telemetry;

use std::process::ExitCode;

use clap::Parser;
use test_measure::figures::Figures;

use self::parts::Part;

#[derive(Debug, Parser)]
struct Args {
    /// What to measure.
    part: Part,
    /// How many pairs of runs to take the median of.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    pairs: u16,
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    let mut figures = Figures::default();
    if let Err(error) = args.part.run(args.pairs.into(), &mut figures).await {
        eprintln!("error: {error}");
        return ExitCode::FAILURE;
    }
    if figures.are_within_limits() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
