//! `cargo xtask bench …`: measurements against peers, as ratios within one run.

mod check;
mod client;
mod codegen;
mod parts;
mod peers;
mod plugins;
mod sample;
mod server;
mod stages;
mod store;

use crate::Outcome;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Debug, clap::Subcommand)]
enum Bench {
    /// The generator against its peers: reading, emit=lro against protoc-gen-tonic, emit=all against protoc-gen-prost and protoc-gen-tonic.
    Codegen(codegen::Args),
    /// What the layer for long-running operations adds to `cargo check` of a package with messages and tonic's services.
    Check(check::Args),
    /// The client: when it notices the end beside the policies of others, 10,000 handles on one connection, 100,000 who wait.
    Client(client::Args),
    /// The engine and the memory store: answers against bare ones, those who wait, a million operations, a slow store.
    Server(server::Args),
    /// The durable stores: against raw databases, peers, many operations, and across processes.
    Store(store::Args),
    #[command(hide = true)]
    Plugins(plugins::Args),
}

pub(crate) fn run(args: &Args) -> Outcome {
    match &args.bench {
        Bench::Codegen(args) => codegen::run(args),
        Bench::Check(args) => check::run(args),
        Bench::Client(args) => client::run(args),
        Bench::Server(args) => server::run(args),
        Bench::Store(args) => store::run(args),
        Bench::Plugins(args) => plugins::run(args),
    }
}
