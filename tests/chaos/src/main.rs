//! `cargo xtask chaos` runs this.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chaos::{Fault, Options, Report, Spec};
use clap::{Parser, Subcommand};

/// Runs real processes on a real store while everything goes wrong, and checks what they did.
#[derive(Debug, Parser)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs for a while, and checks what has happened.
    Run {
        /// On which store: sqlite, sqlite:PATH, postgres, postgres:URL, or memory for one process.
        #[arg(long, default_value = "sqlite")]
        store: Spec,
        /// For how many seconds everything goes wrong.
        #[arg(long, default_value_t = 600)]
        seconds: u64,
        /// What chooses faults and work; another one each time unless it is said.
        #[arg(long)]
        seed: Option<u64>,
        /// What goes wrong. Unless it is said: all that fits the store, fail-over in runs of two minutes and more.
        #[arg(long, value_enum, value_delimiter = ',')]
        faults: Option<Vec<Fault>>,
        /// In which folder the run makes a folder for its logs.
        #[arg(long)]
        folder: Option<PathBuf>,
        /// Keeps the logs also when all was well.
        #[arg(long)]
        keep: bool,
    },
    /// Checks the logs of a run again.
    Check {
        /// Where they are.
        folder: PathBuf,
    },
    /// Runs one of the processes of a run.
    #[command(hide = true)]
    Child {
        /// What it is to be.
        config: String,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let result = match Args::parse().command {
        Command::Child { config } => chaos::child::run(&config).await.map(|()| true),
        Command::Check { folder } => check(&folder),
        Command::Run { store, seconds, seed, faults, folder, keep } => {
            run(store, seconds, seed, faults, folder, keep).await
        }
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            // What is worth knowing may be said further down.
            let mut next = error.source();
            while let Some(source) = next {
                eprintln!("because: {source}");
                next = source.source();
            }
            ExitCode::FAILURE
        }
    }
}

fn check(folder: &Path) -> Result<bool, Box<dyn Error>> {
    let report = Report::new(chaos::log::read(folder)?);
    print!("{report}");
    Ok(report.violations.is_empty())
}

async fn run(
    store: Spec,
    seconds: u64,
    seed: Option<u64>,
    faults: Option<Vec<Fault>>,
    parent: Option<PathBuf>,
    keep: bool,
) -> Result<bool, Box<dyn Error>> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seed = seed.unwrap_or_else(|| now.as_millis().try_into().unwrap_or_default());
    let parent = parent.unwrap_or_else(std::env::temp_dir);
    std::fs::create_dir_all(&parent)?;
    let folder = tempfile::Builder::new().prefix(&format!("lro-chaos-{seed}-")).tempdir_in(parent)?.keep();
    println!("seed {seed}, logs in {}", folder.display());
    let options = Options { store, time: Duration::from_secs(seconds), seed, faults, folder: folder.clone() };
    let report = chaos::run(&options).await?;
    print!("{report}");
    let is_well = report.violations.is_empty();
    if !is_well {
        println!(
            "{} violations; the logs are in {}. Seed {seed} chooses the same faults and the same work again, but when what \
             happens in real processes is not repeatable, so the logs are what there is to look at.",
            report.violations.len(),
            folder.display()
        );
    } else if !keep {
        std::fs::remove_dir_all(&folder)?;
    }
    Ok(is_well)
}
