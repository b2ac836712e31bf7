//! Plugins against plugins, each a process that reads the same request.

use std::path::{Path, PathBuf};

use super::sample::{self, Comparison, Limit, Sample, Series};
use crate::{Outcome, cargo};

/// A plugin whose place ours takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer {
    name: &'static str,
    version: &'static str,
}

pub(crate) const PROST: Peer = Peer { name: "protoc-gen-prost", version: "0.5.0" };
pub(crate) const TONIC: Peer = Peer { name: "protoc-gen-tonic", version: "0.5.0" };

impl Peer {
    /// Its binary, installed if it has to be.
    pub(crate) fn install(self) -> Outcome<PathBuf> {
        cargo::install(self.name, self.version)
    }
}

/// The request as it is, and with the options of our plugin.
pub(crate) const PEER_REQUEST: &str = "request.bin";
pub(crate) const LRO_REQUEST: &str = "request-emit-lro.bin";
pub(crate) const ALL_REQUEST: &str = "request-emit-all.bin";

/// How much of protoc-gen-tonic's time the layer may take.
const LRO_LIMIT: f64 = 0.1;
/// How much of the peers' time all of it may take.
const ALL_LIMIT: f64 = 0.45;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder with the requests.
    folder: PathBuf,
    /// Our plugin.
    plugin: PathBuf,
    /// protoc-gen-prost.
    prost: PathBuf,
    /// protoc-gen-tonic.
    tonic: PathBuf,
    #[arg(long)]
    runs: u16,
}

/// Runs all contenders in turn, so that what else the machine does meets each of them.
pub(crate) fn run(args: &Args) -> Outcome {
    let input = |name: &str| args.folder.join(name);
    let lro = Plugin::new(&args.plugin, input(LRO_REQUEST))?;
    let all = Plugin::new(&args.plugin, input(ALL_REQUEST))?;
    let prost = Plugin::new(&args.prost, input(PEER_REQUEST))?;
    let tonic = Plugin::new(&args.tonic, input(PEER_REQUEST))?;

    let (mut our_lro, mut tonic_alone) =
        (Series::new("protoc-gen-rust-lro, emit=lro"), Series::new("protoc-gen-tonic"));
    let (mut our_all, mut both) =
        (Series::new("protoc-gen-rust-lro, emit=all"), Series::new("protoc-gen-prost, then -tonic"));
    for _ in 0..=args.runs {
        our_lro.push(lro.run()?);
        tonic_alone.push(tonic.run()?);
        our_all.push(all.run()?);
        both.push(prost.run()?.then(tonic.run()?));
    }
    println!("The peers are {} {} and {} {}.", PROST.name, PROST.version, TONIC.name, TONIC.version);
    println!(
        "Limits are for wall time. Whoever shares the machine takes cores from a plugin that uses them all.\n"
    );
    let comparisons = [
        Comparison { ours: &our_lro, peer: &tonic_alone, limit: Some(Limit::Wall(LRO_LIMIT)) },
        Comparison { ours: &our_all, peer: &both, limit: Some(Limit::Wall(ALL_LIMIT)) },
    ];
    for comparison in &comparisons {
        println!("{comparison}");
    }
    comparisons.iter().try_for_each(Comparison::keeps_limit)
}

/// A plugin and what it reads.
struct Plugin {
    program: PathBuf,
    input: PathBuf,
}

impl Plugin {
    fn new(program: &Path, input: PathBuf) -> Outcome<Self> {
        sample::rehearse(program, &input)?;
        Ok(Self { program: program.to_owned(), input })
    }

    fn run(&self) -> Outcome<Sample> {
        sample::plugin(&self.program, &self.input)
    }
}
