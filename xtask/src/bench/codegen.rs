//! `cargo xtask bench codegen DIR`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use prost::Message as _;

use super::sample::{self, Series};
use crate::tree::Tree;
use crate::{Outcome, cargo, root};

const PEER: &str = "protoc-gen-tonic";
const PEER_VERSION: &str = "0.5.0";
const PEER_SHOWN: &str = "protoc-gen-tonic 0.5.0";

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A folder of protos, unpacked; imports are looked for from here.
    dir: PathBuf,
    /// How many counted runs of each contender.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..))]
    runs: u16,
}

/// The plugins to run, each with its request.
#[derive(Debug, clap::Args)]
pub(crate) struct DuelArgs {
    ours: PathBuf,
    input: PathBuf,
    peer: PathBuf,
    peer_input: PathBuf,
    #[arg(long)]
    runs: u16,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let tree = Tree::compile(&args.dir)?;
    println!(
        "{} files, {:.1} MB of descriptors, {} runs of each after one warm-up",
        tree.len(),
        megabytes(tree.encoded.len()),
        args.runs
    );
    reading(&tree, args.runs);
    plugins(&tree, args.runs)
}

/// Runs the contenders in turn; see [`plugins`] for why this is a process of its own.
pub(crate) fn duel(args: &DuelArgs) -> Outcome {
    let (mut ours, mut peer) = (Series::new("protoc-gen-rust-lro, emit=lro"), Series::new(PEER_SHOWN));
    for _ in 0..=args.runs {
        ours.samples.push(sample::process(&args.ours, &args.input)?);
        peer.samples.push(sample::process(&args.peer, &args.peer_input)?);
    }
    report(ours, peer);
    Ok(())
}

/// Reading and resolving against a plain decode of the same bytes.
fn reading(tree: &Tree, runs: u16) {
    let (mut ours, mut peer) = (Series::new("read and resolve"), Series::new("decode with prost-types"));
    for _ in 0..=runs {
        // The copy that `methods` takes over is made before its clock starts.
        let owned = tree.encoded.clone();
        ours.samples.push(sample::function(|| lro_codegen::methods(owned)));
        peer.samples
            .push(sample::function(|| prost_types::FileDescriptorSet::decode(tree.encoded.as_slice())));
    }
    report(ours, peer);
}

/// The plugins as protoc runs them, on the same request.
fn plugins(tree: &Tree, runs: u16) -> Outcome {
    let folder = root().join("target/bench");
    fs::create_dir_all(&folder)?;
    let packages = tree.packages();
    let targets: Vec<&str> =
        packages.values().flatten().copied().filter(|name| !name.starts_with("google/protobuf/")).collect();
    let request = tree.request(&targets)?;
    let (peer_input, own_input) = (folder.join("request.bin"), folder.join("request-emit-lro.bin"));
    fs::write(&peer_input, &request)?;
    fs::write(&own_input, with_parameter(request, "emit=lro"))?;

    let own_plugin = build_plugin()?;
    let peer_plugin = install_peer(&folder)?;
    sample::rehearse(&own_plugin, &own_input)?;
    sample::rehearse(&peer_plugin, &peer_input)?;
    // The peak memory that Linux counts for a process includes what its parent held at the fork, and this one holds the tree.
    let status = Command::new(std::env::current_exe()?)
        .args(["bench", "duel", "--runs", &runs.to_string()])
        .args([own_plugin, own_input, peer_plugin, peer_input])
        .status()?;
    if status.success() { Ok(()) } else { Err("the plugins could not be measured".into()) }
}

fn report(mut ours: Series, mut peer: Series) {
    // The first pair warms up caches.
    ours.samples.remove(0);
    peer.samples.remove(0);
    println!("{ours}\n{peer}\n{:32} {:7.3} of the processor time", "ratio", ours.cpu_ratio(&peer));
}

/// Sets the option string of an encoded request: of a field that comes twice, the last one counts.
fn with_parameter(mut request: Vec<u8>, parameter: &str) -> Vec<u8> {
    prost::encoding::string::encode(2, &parameter.to_owned(), &mut request);
    request
}

fn build_plugin() -> Outcome<PathBuf> {
    cargo::run(root(), &["build", "--quiet", "--release", "--package", "protoc-gen-rust-lro"])?;
    Ok(cargo::target_folder().join("release/protoc-gen-rust-lro"))
}

/// Installs the peer from crates.io, unless it is there from an earlier run.
fn install_peer(folder: &Path) -> Outcome<PathBuf> {
    let binary = folder.join("bin").join(PEER);
    if !binary.exists() {
        let folder = folder.to_str().ok_or("the path of the workspace is not UTF-8")?;
        cargo::run(
            root(),
            &["install", "--quiet", "--locked", PEER, "--version", PEER_VERSION, "--root", folder],
        )?;
    }
    Ok(binary)
}

#[expect(clippy::cast_precision_loss, reason = "a figure with one decimal")]
fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}
