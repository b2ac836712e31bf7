//! `cargo xtask api PROTOS`: one whole API in one run, compiled as who calls it would.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use lro_codegen::{Config, FileReader};
use prost::Message as _;

use crate::figures::seconds;
use crate::scratch::{DEPENDENCIES, Scratch};
use crate::tree::{Tree, protos_below};
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
    /// Goes through lro-build, as a build script does: a folder of protos, all of them, and no options but service configs.
    #[arg(long, conflicts_with = "packages")]
    build: bool,
    /// Generates and does not compile.
    #[arg(long)]
    no_check: bool,
}

/// Nothing is denied: other people's comments and messages are as they are.
const LIBRARY: &str = "//! Generated code.\n";

/// What was generated.
struct Generated {
    /// How many protos it is made of.
    protos: usize,
    files: Vec<(String, String)>,
    /// `None` where they went to standard error.
    warnings: Option<usize>,
    took: Duration,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let generated = if args.build { by_lro_build(args)? } else { by_the_plugin(args)? };
    let Generated { protos, files, warnings, took } = generated;
    let count = |text: &str| files.iter().map(|(_, content)| content.matches(text).count()).sum::<usize>();
    println!(
        "{protos} files of {}: {} typed methods, {} typed clients, {} lines of Rust, {}{}",
        args.protos.display(),
        count("> = Method::new("),
        count("LroClient {\n        inner: Client,"),
        files.iter().map(|(_, content)| content.lines().count()).sum::<usize>(),
        warnings.map(|warnings| format!("{warnings} warnings, ")).unwrap_or_default(),
        seconds(took)
    );
    if args.no_check {
        return Ok(());
    }
    let files: Vec<(&str, &str)> =
        files.iter().map(|(name, content)| (name.as_str(), content.as_str())).collect();
    let folder =
        Scratch { folder: "generated-api", manifest: DEPENDENCIES, library: LIBRARY }.write(&files)?;
    let started = Instant::now();
    cargo::run(&folder, &["check", "--quiet"])?;
    println!("they compile, in {}", seconds(started.elapsed()));
    Ok(())
}

fn by_the_plugin(args: &Args) -> Outcome<Generated> {
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
    let files = output.files().iter().map(|file| (file.name().to_owned(), file.content().to_owned()));
    let warnings = Some(output.warnings().len());
    Ok(Generated { protos: targets.len(), files: files.collect(), warnings, took })
}

/// As a build script does it.
fn by_lro_build(args: &Args) -> Outcome<Generated> {
    let folder = &args.protos;
    let protos =
        protos_below(folder).map_err(|error| format!("cannot list {}: {error}", folder.display()))?;
    let mut builder = lro_build::configure().include_file("mod.rs");
    for option in args.options.split(',').filter(|option| !option.is_empty()) {
        let Some(path) = option.strip_prefix("service_config=") else {
            return Err(format!("with --build, {option} is no option; service_config=FILE is").into());
        };
        builder = builder.service_config(path);
    }
    let out = cargo::target_folder().join("generated-api-build");
    if out.exists() {
        std::fs::remove_dir_all(&out)?;
    }
    let started = Instant::now();
    builder.out_dir(&out).compile(&protos, &[folder])?;
    let took = started.elapsed();
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&out)? {
        let entry = entry?;
        let name = entry.file_name().into_string().map_err(|_| "a name of a file is not UTF-8")?;
        files.push((name, std::fs::read_to_string(entry.path())?));
    }
    Ok(Generated { protos: protos.len(), files, warnings: None, took })
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
