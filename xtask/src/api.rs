//! `cargo xtask api PROTOS`: one whole API in one run, compiled as who calls it would.

use std::path::{Path, PathBuf};
use std::time::Instant;

use lro_codegen::{Config, FileReader};
use prost::Message as _;

use crate::figures::seconds;
use crate::scratch::{DEPENDENCIES, Scratch};
use crate::tree::Tree;
use crate::{Outcome, cargo};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A folder of protos, from where imports are looked for too; or a file with a `FileDescriptorSet` that has all that is imported.
    protos: PathBuf,
    /// Packages that code is generated for, with all that lies below them; everything else is found where an option says.
    #[arg(long, value_name = "PACKAGE", value_delimiter = ',')]
    packages: Vec<String>,
    /// Options of the generator, as protoc would pass them.
    #[arg(long, value_name = "OPTIONS", default_value = "")]
    options: String,
    /// Generates and does not compile.
    #[arg(long)]
    no_check: bool,
}

/// Nothing is denied: other people's comments and messages are as they are.
const LIBRARY: &str = "//! Generated code.\n";

pub(crate) fn run(args: &Args) -> Outcome {
    let tree = read(&args.protos)?;
    let is_below = |package: &str, above: &str| {
        package.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let packages = tree.packages();
    let wanted = packages.iter().filter(|(package, _)| match &args.packages[..] {
        [] => !is_below(package, "google.protobuf"),
        given => given.iter().any(|above| is_below(package, above)),
    });
    let targets: Vec<&str> = wanted.flat_map(|(_, files)| files.iter().copied()).collect();
    let mut request = tree.request(&targets)?;
    // The parameter of a request is its second field.
    prost::encoding::string::encode(2, &args.options, &mut request);

    let mut config = Config::default();
    config.include_file = Some("mod.rs".to_owned());
    config.flat_output_dir = Some(true);
    config.read_file = Some(FileReader::new(|path| std::fs::read_to_string(path)));
    let started = Instant::now();
    let output = lro_codegen::generate(request, &config)?;
    let took = started.elapsed();
    let files: Vec<(&str, &str)> = output.files().iter().map(|file| (file.name(), file.content())).collect();
    let count = |text: &str| files.iter().map(|(_, content)| content.matches(text).count()).sum::<usize>();
    println!(
        "{} files of {}: {} typed methods, {} typed clients, {} lines of Rust, {} warnings, {}",
        targets.len(),
        args.protos.display(),
        count("> = Method::new("),
        count("LroClient {\n        inner: Client,"),
        files.iter().map(|(_, content)| content.lines().count()).sum::<usize>(),
        output.warnings().len(),
        seconds(took)
    );
    if args.no_check {
        return Ok(());
    }
    let folder =
        Scratch { folder: "generated-api", manifest: DEPENDENCIES, library: LIBRARY }.write(&files)?;
    let started = Instant::now();
    cargo::run(&folder, &["check", "--quiet"])?;
    println!("they compile, in {}", seconds(started.elapsed()));
    Ok(())
}

fn read(protos: &Path) -> Outcome<Tree> {
    if protos.is_dir() {
        return Tree::compile(protos);
    }
    let set = std::fs::read(protos).map_err(|error| format!("cannot read {}: {error}", protos.display()))?;
    // A set that is cut short would be a smaller API.
    prost_types::FileDescriptorSet::decode(&set[..])?;
    Tree::read(set)
}
