//! What a developer of this project runs that is not cargo itself: `cargo xtask <command>`.
//!
//! Each command is a file of its own with an `Args` and a `run`. A command prints what it did and fails with
//! one clear message.

mod api;
mod bench;
mod cargo;
mod chaos;
mod checked_in;
mod conformance;
mod corpus;
mod crate_check;
mod docs;
mod figures;
mod fuzz;
mod generate;
mod interop;
mod methods;
mod polling;
mod scratch;
mod simulate;
mod tables;
mod threads;
mod tree;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "xtask", bin_name = "cargo xtask", about = "Tasks for developers of this project")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Generate one whole API and compile it.
    Api(api::Args),
    /// Measure against peers, in one run.
    Bench(bench::Args),
    /// Run processes on a real store while everything goes wrong.
    Chaos(chaos::Args),
    /// Test the example server from outside, on each store.
    Conformance(conformance::Args),
    /// Run the generator over every package of a tree of protos.
    Corpus(corpus::Args),
    /// Run rustdoc over every comment of a tree of protos.
    Docs(docs::Args),
    /// Run the fuzz targets of the generator.
    Fuzz(fuzz::Args),
    /// Write the generated files that are checked in.
    Generate(generate::Args),
    /// Run the clients of others against the example's server.
    Interop(interop::Args),
    /// List the long-running methods of a descriptor set, one JSON object a line.
    Methods(methods::Args),
    /// Compare the service configs of a tree with an independent reading of them.
    Polling(polling::Args),
    /// Run the engine through schedules in which everything goes wrong.
    Simulate(simulate::Args),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Api(args) => api::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Chaos(args) => chaos::run(&args),
        Command::Conformance(args) => conformance::run(&args),
        Command::Corpus(args) => corpus::run(&args),
        Command::Docs(args) => docs::run(&args),
        Command::Fuzz(args) => fuzz::run(&args),
        Command::Generate(args) => generate::run(&args),
        Command::Interop(args) => interop::run(&args),
        Command::Methods(args) => methods::run(&args),
        Command::Polling(args) => polling::run(&args),
        Command::Simulate(args) => simulate::run(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What a command ends with. The error is for a person to read, so that its type does not matter.
type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// The folder of the workspace.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this crate lies in a folder of the workspace root")
}
