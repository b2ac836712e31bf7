//! What waiting for operations costs a client and its server: one part of `cargo xtask bench client`, which runs each in a process of its
//! own.
//!
//! - `parts`: what is measured, a file each.
//! - `server`: operations that end at given times, and who asked for them when.
//! - `peers`: the policies of other clients.

mod parts;
mod peers;
mod server;

use std::process::ExitCode;

use clap::Parser;
use test_measure::figures::Figures;

use self::parts::Part;

#[derive(Debug, Parser)]
struct Args {
    /// What to measure.
    part: Part,
    /// How many seeds the simulated part has.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u64).range(1..))]
    seeds: u64,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let mut figures = Figures::default();
    if let Err(error) = args.part.run(args.seeds, &mut figures) {
        eprintln!("error: {error}");
        return ExitCode::FAILURE;
    }
    if figures.are_within_limits() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
