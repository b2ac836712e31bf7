//! `cargo xtask bench client`: what waiting for operations costs a client and its server.

use std::process::Command;

use super::parts;
use crate::Outcome;

/// The program that measures.
const PROGRAM: &str = "bench-client";

/// One part of the measurements, as that program calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// On paused time: how late the end is noticed and after how many calls, beside the policies of google-cloud-lro and gax-go.
    Notice,
    /// 10,000 handles on one connection with 100 streams: how many calls a second, whether all end, and `cancel` beside them. Takes 8 minutes.
    Crowd,
    /// 100,000 spawned waits: their memory, and the sizes of futures.
    Memory,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only these parts.
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,
    /// How many seeds the simulated part has.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u64).range(1..))]
    seeds: u64,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let program = parts::build(PROGRAM, "")?;
    println!("{} cores", std::thread::available_parallelism()?);
    parts::run(&parts::chosen(&args.only), |part| {
        let mut command = Command::new(&program);
        command.arg(part).args(["--seeds", &args.seeds.to_string()]);
        command
    })
}
