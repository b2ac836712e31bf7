//! `cargo xtask simulate` runs this.

use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::thread;
use std::time::Instant;

use clap::Parser;

/// Runs schedules of the engine in which everything goes wrong.
#[derive(Debug, Parser)]
struct Args {
    /// How many schedules to run.
    #[arg(long, default_value_t = 20_000)]
    schedules: u64,
    /// The seed of the first; each of the others has the next number.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// On how many threads; on all cores unless it is said.
    #[arg(long)]
    threads: Option<NonZeroUsize>,
    /// Prints the log of the first schedule, whatever it comes to.
    #[arg(long)]
    log: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    if args.log {
        let report = simulation::run(args.seed, true);
        println!("{}", report.log.join("\n"));
        return if report.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let threads = args.threads.or_else(|| thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN);
    let began = Instant::now();
    let summary = simulation::run_all(args.seed, args.schedules, threads, |number| {
        if number % 10_000 == 9_999 {
            eprintln!("{} schedules after {:.0} s", number + 1, began.elapsed().as_secs_f64());
        }
    });
    println!("{}", summary.coverage);
    let took = began.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "it is printed in whole numbers")]
    let rate = summary.schedules as f64 / took * 60.0;
    println!("{} schedules on {threads} threads in {took:.1} s: {rate:.0} a minute", summary.schedules);
    let Some(fault) = summary.fault else { return ExitCode::SUCCESS };
    println!("{}\n", fault.log.join("\n"));
    for text in &fault.faults {
        println!("fault: {text}");
    }
    println!("seed {} shows it again: cargo xtask simulate --schedules 1 --seed {}", fault.seed, fault.seed);
    ExitCode::FAILURE
}
