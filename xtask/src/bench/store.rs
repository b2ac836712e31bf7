//! `cargo xtask bench store`: what the durable stores give.

use std::process::Command;

use super::{parts, peers};
use crate::Outcome;

/// The program that measures.
const PROGRAM: &str = "bench-store";

/// One part of the measurements, as that program calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Start to done on `SQLite`, against the ceiling of group commits; p99 over `--seconds` (60).
    Sqlite,
    /// Start to done on `PostgreSQL`, against the same two writes in arrays; over gRPC, against the memory store.
    Postgres,
    /// A queue of 200,000 operations, emptied by us and by peers.
    Drain,
    /// 1,000,000 operations and traffic among them for `--seconds` (600), a third of it under a pinned snapshot.
    Million,
    /// What processes hear of each other, and what an idle one costs in `--seconds` (60).
    Replicas,
    /// Filtered lists among 1,000,000 operations, on the memory store too.
    Filter,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Store {
    Sqlite,
    Postgres,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only these parts.
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,
    /// Only parts about this store.
    #[arg(long)]
    store: Option<Store>,
    /// How long a part lasts that looks at latencies or growth.
    #[arg(long)]
    seconds: Option<u64>,
    /// How many pairs of runs to take the median of.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..))]
    pairs: u16,
    /// Over how many connections a store writes to `PostgreSQL`.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..))]
    connections: u16,
    /// How many operations there are in the queue of `drain` and in the table of `million`.
    #[arg(long)]
    operations: Option<usize>,
}

impl Part {
    const fn store(self) -> Store {
        match self {
            Self::Sqlite => Store::Sqlite,
            Self::Postgres | Self::Drain | Self::Million | Self::Replicas | Self::Filter => Store::Postgres,
        }
    }
}

pub(crate) fn run(args: &Args) -> Outcome {
    let mut chosen = parts::chosen(&args.only);
    chosen.retain(|part: &Part| args.store.is_none_or(|store| part.store() == store));
    let program = parts::build(PROGRAM, "")?;
    let peers = chosen.contains(&Part::Drain).then(peers::install);
    println!("64 callers, {} pairs of runs, {} cores", args.pairs, std::thread::available_parallelism()?);
    parts::run(&chosen, |part| {
        let mut command = Command::new(&program);
        command.args(["measure", part, "--pairs", &args.pairs.to_string()]);
        command.args(["--connections", &args.connections.to_string()]);
        // A server that others use is nothing to measure.
        command.env_remove("LRO_TEST_POSTGRES");
        if let Some(seconds) = args.seconds {
            command.args(["--seconds", &seconds.to_string()]);
        }
        if let Some(operations) = args.operations {
            command.args(["--operations", &operations.to_string()]);
        }
        if let Some(peers) = &peers {
            command.arg("--peers").arg(peers);
        }
        command
    })
}
