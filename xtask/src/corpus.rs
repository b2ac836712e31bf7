//! `cargo xtask corpus DIR`: the generator against a whole tree of real protos.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use lro_codegen::{Config, Emit, Level, Output, RULES, Rule};
use rand::SeedableRng as _;
use rand::rngs::StdRng;

use crate::figures::{megabytes, seconds};
use crate::tree::Tree;
use crate::{Outcome, crate_check, methods, threads};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A folder of protos, unpacked; imports are looked for from here.
    dir: PathBuf,
    /// A file of JSON lines that `methods` must equal.
    #[arg(long, value_name = "JSONL")]
    expect: Option<PathBuf>,
    /// Packages to write into a crate, with all that they need, and to compile with `#![deny(warnings, missing_docs)]`.
    #[arg(long, value_name = "PACKAGE", value_delimiter = ',')]
    check: Vec<String>,
    /// Checks this many packages with long-running methods as well, chosen at random.
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    sample: usize,
    /// What decides which packages a sample has; printed, so that a run can be repeated.
    #[arg(long, default_value_t = rand::random())]
    seed: u64,
    /// Let the clients of the checked packages send routing headers.
    #[arg(long)]
    routing_headers: bool,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let started = Instant::now();
    let tree = Tree::compile(&args.dir)?;
    println!("compiled {} files with protox in {}", tree.len(), seconds(started.elapsed()));

    let mut failures = Vec::new();
    compare_methods(&tree, args.expect.as_deref(), &mut failures)?;
    for (emit, routing_headers) in [(Emit::Lro, false), (Emit::Lro, true), (Emit::All, false)] {
        generate_all(&tree, emit, routing_headers, &mut failures)?;
    }
    // What comes next needs packages that can be generated.
    if !failures.is_empty() {
        return Err(format!("{} failures:\n{}", failures.len(), failures.join("\n")).into());
    }
    threads::compare(&tree)?;
    let mut checked = args.check.clone();
    if args.sample > 0 {
        checked.extend(sample(&tree, args.sample, args.seed)?);
    }
    if !checked.is_empty() {
        crate_check::check(&tree, &checked, args.routing_headers)?;
    }
    Ok(())
}

/// Chooses among the packages with long-running methods.
fn sample(tree: &Tree, count: usize, seed: u64) -> Outcome<Vec<String>> {
    let packages: BTreeMap<&str, Vec<&str>> = tree.packages();
    let files: BTreeSet<String> =
        lro_codegen::methods(tree.encoded.clone())?.into_iter().map(|method| method.file).collect();
    let candidates: Vec<&str> = packages
        .into_iter()
        .filter(|(_, names)| names.iter().any(|name| files.contains(*name)))
        .map(|(package, _)| package)
        .collect();
    let count = count.min(candidates.len());
    let mut random = StdRng::seed_from_u64(seed);
    let mut chosen: Vec<String> = rand::seq::index::sample(&mut random, candidates.len(), count)
        .into_iter()
        .map(|index| candidates[index].to_owned())
        .collect();
    chosen.sort();
    println!("sample of {count} of {} packages, --seed {seed}: {}", candidates.len(), chosen.join(", "));
    Ok(chosen)
}

fn compare_methods(tree: &Tree, expected: Option<&Path>, failures: &mut Vec<String>) -> Outcome {
    let found: Vec<String> = lro_codegen::methods(tree.encoded.clone())?.iter().map(methods::line).collect();
    println!("{} long-running methods", found.len());
    let Some(path) = expected else { return Ok(()) };
    let expected =
        fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let expected: Vec<&str> = expected.lines().collect();
    let (none, length) = ("nothing", found.len().max(expected.len()));
    let line = |lines: &[&str], at: usize| lines.get(at).copied().unwrap_or(none).to_owned();
    let found: Vec<&str> = found.iter().map(String::as_str).collect();
    match (0..length).find(|at| found.get(*at) != expected.get(*at)) {
        None => println!("equal to {} line for line", path.display()),
        Some(at) => failures.push(format!(
            "{}, line {}, of {} lines:\n  expected {}\n  found    {}",
            path.display(),
            at + 1,
            expected.len(),
            line(&expected, at),
            line(&found, at)
        )),
    }
    Ok(())
}

/// Generates each package in a run of its own, as a user would.
fn generate_all(tree: &Tree, emit: Emit, routing_headers: bool, failures: &mut Vec<String>) -> Outcome {
    let mut config = Config::default();
    config.emit = emit;
    config.routing_headers = routing_headers;
    // What rules find does not depend on what is written, so one of the runs hears all of it.
    let hears_all = emit == Emit::Lro && !routing_headers;
    if hears_all {
        config.levels = ["core", "lro"].map(|group| (group.to_owned(), Level::Warn)).into();
    }
    let mut found: BTreeMap<Rule, usize> = BTreeMap::new();
    let (mut time, mut bytes, mut generated, mut warnings) = (Duration::ZERO, 0, 0, 0);
    let mut descriptors = Vec::new();
    let packages = tree.packages();
    for (package, files) in &packages {
        let request = tree.request(files)?;
        let started = Instant::now();
        let outcome = lro_codegen::generate(request, &config);
        time += started.elapsed();
        match outcome {
            Ok(output) => {
                generated += 1;
                warnings += output.warnings().len();
                output.warnings().iter().for_each(|warning| *found.entry(warning.rule()).or_default() += 1);
                bytes += size(&output);
                for file in output.files().iter().filter(|_| hears_all) {
                    descriptors.extend(descriptor_sizes(file.content())?);
                }
            }
            Err(diagnostics) => failures
                .push(format!("{package} ({emit:?}, routing_headers={routing_headers}):\n{diagnostics}")),
        }
    }
    println!(
        "emit={emit:?}, routing_headers={routing_headers}: {generated} of {} packages, {:.1} MB of Rust, {warnings} warnings, {}",
        packages.len(),
        megabytes(bytes),
        seconds(time)
    );
    if hears_all {
        println!(
            "  descriptors that filters need: {} bytes in the servers of {} services, at most {} in one",
            descriptors.iter().sum::<usize>(),
            descriptors.len(),
            descriptors.iter().max().unwrap_or(&0)
        );
        for (spec, level) in RULES.iter().filter_map(|spec| Some((spec, spec.level?))) {
            println!("  {:5} {} ({level:?})", found.get(&spec.rule).unwrap_or(&0), spec.name);
        }
    }
    Ok(())
}

fn size(output: &Output) -> usize {
    output.files().iter().map(|file| file.content().len()).sum()
}

/// How many bytes the descriptors take that the servers of a file have for filters: what they add to a program.
fn descriptor_sizes(content: &str) -> Outcome<Vec<usize>> {
    const BEGIN: &str = "let descriptors = ";
    let size = |(at, _): (usize, &str)| {
        let rest = &content[at + BEGIN.len()..];
        let mut literals = rest.match_indices("\";").map(|(end, _)| syn::parse_str(&rest[..=end]));
        let literal: syn::LitByteStr = literals.find_map(Result::ok).ok_or("descriptors are no literal")?;
        Ok(literal.value().len())
    };
    content.match_indices(BEGIN).map(size).collect()
}
