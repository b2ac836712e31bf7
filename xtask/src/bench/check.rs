//! `cargo xtask bench check DIR`: what the layer costs those who compile it.

use std::fs;
use std::path::PathBuf;

use lro_codegen::{Config, Emit, Output};

use super::sample::{self, Comparison, Limit, Sample, Series};
use crate::scratch::{DEPENDENCIES, Scratch};
use crate::tree::Tree;
use crate::{Outcome, cargo};

/// How much processor time `cargo check` may take with the layer, where it takes 1 without. One crate is checked by one thread.
const LIMIT: f64 = 1.05;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A folder of protos, unpacked; imports are looked for from here.
    dir: PathBuf,
    /// The package to compile, with all that it needs.
    #[arg(long, default_value = "google.cloud.aiplatform.v1")]
    package: String,
    /// How many counted runs of each contender.
    #[arg(long, default_value_t = 9, value_parser = clap::value_parser!(u16).range(1..))]
    runs: u16,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let tree = Tree::compile(&args.dir)?;
    let request = tree.request_with_needed(std::slice::from_ref(&args.package))?;
    let mut config = Config::default();
    config.include_file = Some("mod.rs".to_owned());
    let whole = lro_codegen::generate(request.clone(), &config)?;
    config.emit = Emit::Lro;
    config.flat_output_dir = Some(true);
    config.no_include = true;
    let layer = lro_codegen::generate(request, &config)?;

    let with = Subject::write("bench/check/with", &whole, |_, content| Ok(content.to_owned()))?;
    let without =
        Subject::write("bench/check/without", &whole, |name, content| remove_layer(name, content, &layer))?;
    println!(
        "{}: {} lines, {} of them the layer; {} runs of each after one warm-up\n",
        args.package,
        with.lines,
        with.lines - without.lines,
        args.runs
    );
    let (mut ours, mut peer) =
        (Series::new("cargo check, with the layer"), Series::new("cargo check, without"));
    for _ in 0..=args.runs {
        ours.push(with.check()?);
        peer.push(without.check()?);
    }
    let comparison = Comparison { ours: &ours, peer: &peer, limit: Some(Limit::Cpu(LIMIT)) };
    print!("{comparison}");
    comparison.keeps_limit()
}

/// What a file of emit=all holds besides the layer, which comes last in it.
fn remove_layer(name: &str, content: &str, layer: &Output) -> Outcome<String> {
    let layer_name = name.strip_suffix(".rs").map(|stem| format!("{stem}.lro.rs"));
    let Some(file) = layer.files().iter().find(|file| Some(file.name()) == layer_name.as_deref()) else {
        return Ok(content.to_owned());
    };
    // The header ends with the first empty line.
    let (_, text) = file.content().split_once("\n\n").ok_or("a generated file begins with a header")?;
    let rest = content.strip_suffix(text).ok_or_else(|| format!("{name} does not end with its layer"))?;
    Ok(rest.to_owned())
}

/// A crate to check.
struct Subject {
    folder: PathBuf,
    lines: usize,
}

impl Subject {
    fn write(folder: &str, output: &Output, edit: impl Fn(&str, &str) -> Outcome<String>) -> Outcome<Self> {
        let mut files = Vec::new();
        for file in output.files() {
            files.push((file.name(), edit(file.name(), file.content())?));
        }
        let library = "//! Generated code.\n";
        let folder = Scratch { folder, manifest: DEPENDENCIES, library }.write(&files)?;
        Ok(Self { folder, lines: files.iter().map(|(_, content)| content.lines().count()).sum() })
    }

    /// Checks the crate alone: its dependencies are there from the warm-up. Without incremental compilation, which would find nothing
    /// to do.
    fn check(&self) -> Outcome<Sample> {
        let library = self.folder.join("src/lib.rs");
        fs::File::options().write(true).open(&library)?.set_modified(std::time::SystemTime::now())?;
        let mut check = cargo::command(&self.folder, &["check", "--quiet", "--offline"]);
        // One target folder for both crates, so that they share what they depend on.
        check.env("CARGO_TARGET_DIR", cargo::target_folder().join("bench/check/target"));
        sample::process(check.env("CARGO_INCREMENTAL", "0"))
    }
}
