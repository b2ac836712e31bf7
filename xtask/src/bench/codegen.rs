//! `cargo xtask bench codegen DIR`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use prost::Message as _;

use super::plugins::{ALL_REQUEST, LRO_REQUEST, PEER_REQUEST, PROST, TONIC};
use super::sample::{self, Comparison, Limit, Series};
use super::stages;
use crate::tree::Tree;
use crate::{Outcome, cargo, figures, root};

/// How much of a plain decode's time reading and resolving may take. They use all cores, and the decode one.
const READING_LIMIT: f64 = 0.5;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A folder of protos, unpacked; imports are looked for from here.
    dir: PathBuf,
    /// How many counted runs of each contender.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..))]
    runs: u16,
}

pub(crate) fn run(args: &Args) -> Outcome {
    if cfg!(debug_assertions) {
        return Err("this task measures itself too: run it as `cargo run --release --package xtask -- bench codegen …`".into());
    }
    let tree = Tree::compile(&args.dir)?;
    println!(
        "{} files, {:.1} MB of descriptors, {} runs of each after one warm-up, {} cores\n",
        tree.len(),
        figures::megabytes(tree.encoded.len()),
        args.runs,
        std::thread::available_parallelism()?
    );
    let reading = reading(&tree, args.runs);
    plugins(&tree, args.runs)?;
    reading
}

/// Reading and resolving against a plain decode of the same bytes.
fn reading(tree: &Tree, runs: u16) -> Outcome {
    let (mut ours, mut peer) = (Series::new("read and resolve"), Series::new("decode with prost-types"));
    for _ in 0..=runs {
        // The copy that `methods` takes over is made before its clock starts.
        let owned = tree.encoded.clone();
        ours.push(sample::function(|| lro_codegen::methods(owned)));
        peer.push(sample::function(|| prost_types::FileDescriptorSet::decode(tree.encoded.as_slice())));
    }
    let comparison = Comparison { ours: &ours, peer: &peer, limit: Some(Limit::Wall(READING_LIMIT)) };
    println!("{comparison}");
    comparison.keeps_limit()
}

/// The plugins as protoc runs them, on the same request.
fn plugins(tree: &Tree, runs: u16) -> Outcome {
    let folder = cargo::target_folder().join("bench");
    fs::create_dir_all(&folder)?;
    let packages = tree.packages();
    let targets: Vec<&str> =
        packages.values().flatten().copied().filter(|name| !name.starts_with("google/protobuf/")).collect();
    let request = tree.request(&targets)?;
    fs::write(folder.join(PEER_REQUEST), &request)?;
    fs::write(folder.join(LRO_REQUEST), with_parameter(request.clone(), "emit=lro"))?;
    fs::write(folder.join(ALL_REQUEST), with_parameter(request, "emit=all"))?;
    let programs = [build_plugin()?, PROST.install()?, TONIC.install()?];
    let with_clock = cargo::target_folder().join("release/examples/stages");
    for (title, request) in [("emit=lro", LRO_REQUEST), ("emit=all", ALL_REQUEST)] {
        stages::print(&with_clock, title, &folder.join(request), runs)?;
    }
    // The peak memory that Linux counts for a process includes what its parent held at the fork, and this one holds the tree.
    let status = Command::new(std::env::current_exe()?)
        .args(["bench", "plugins", "--runs", &runs.to_string()])
        .arg(folder)
        .args(programs)
        .status()?;
    if status.success() { Ok(()) } else { Err("the comparison of the plugins failed, see above".into()) }
}

/// Sets the option string of an encoded request: of a field that comes twice, the last one counts.
fn with_parameter(mut request: Vec<u8>, parameter: &str) -> Vec<u8> {
    prost::encoding::string::encode(2, &parameter.to_owned(), &mut request);
    request
}

fn build_plugin() -> Outcome<PathBuf> {
    let package = ["--release", "--package", "protoc-gen-rust-lro"];
    cargo::run(root(), &[&["build", "--quiet", "--bins", "--example", "stages"][..], &package].concat())?;
    Ok(cargo::target_folder().join("release/protoc-gen-rust-lro"))
}
