//! `cargo xtask bench …`: measurements against peers, as ratios within one run.

mod codegen;
mod sample;

use crate::Outcome;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Debug, clap::Subcommand)]
enum Bench {
    /// The plugin with emit=lro against protoc-gen-tonic, and reading alone against prost-types.
    Codegen(codegen::Args),
    #[command(hide = true)]
    Duel(codegen::DuelArgs),
}

pub(crate) fn run(args: &Args) -> Outcome {
    match &args.bench {
        Bench::Codegen(args) => codegen::run(args),
        Bench::Duel(args) => codegen::duel(args),
    }
}
