//! What the durable stores give, against raw databases and peers in the same run: one part of `cargo xtask bench store`,
//! which runs each in a process of its own.
//!
//! - `parts`: what is measured, a file each.
//! - `raw`: the ceilings, which write the same bytes to plain tables.
//! - `drain`: our program beside those of the peers, which empties a queue. `peers`: theirs.
//! - `replica`: a process of a fleet, with an engine; `fleet` starts and kills it.
//! - `server`: the PostgreSQL server of a part, and `usage`: what a contender has cost it.

mod drain;
mod fleet;
mod parts;
mod peers;
mod raw;
mod replica;
mod server;
mod usage;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use test_measure::Outcome;
use test_measure::figures::Figures;

use self::parts::Part;

#[derive(Debug, Parser)]
enum Args {
    /// Measure one part.
    Measure(Plan),
    /// Fill or empty a queue, as the programs of the peers do.
    Drain(drain::Args),
    /// Be a process of a fleet.
    Replica(replica::Args),
}

/// What to measure, and for how long.
#[derive(Debug, clap::Args)]
struct Plan {
    part: Part,
    /// How many pairs of runs to take the median of.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..))]
    pairs: u16,
    /// How long a part lasts that looks at latencies or growth.
    #[arg(long)]
    seconds: Option<u64>,
    /// How many operations there are in a queue or a table.
    #[arg(long)]
    operations: Option<usize>,
    /// Over how many connections a store writes to `PostgreSQL`.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..))]
    connections: u16,
    /// The folder with the programs of the peers.
    #[arg(long)]
    peers: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let ended = match Args::parse() {
        Args::Measure(plan) => measure(&plan).await,
        Args::Drain(args) => drain::run(&args).await.map(|()| true),
        Args::Replica(args) => replica::run(&args).await.map(|()| true),
    };
    match ended {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether all figures keep their limits.
async fn measure(plan: &Plan) -> Outcome<bool> {
    let mut figures = Figures::default();
    plan.part.run(plan, &mut figures).await?;
    Ok(figures.are_within_limits())
}
