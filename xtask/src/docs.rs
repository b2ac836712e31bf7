//! `cargo xtask docs DIR`: every comment of a tree of real protos, as rustdoc reads it.

mod skeleton;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Instant;

use lro_codegen::Config;
use prost::Message as _;

use self::skeleton::{Counts, Skeleton};
use crate::scratch::Scratch;
use crate::tree::Tree;
use crate::{Outcome, cargo};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A folder of protos, unpacked; imports are looked for from here.
    dir: PathBuf,
    /// Packages to take, with all that they need; all of them unless given.
    #[arg(long, value_name = "PACKAGE", value_delimiter = ',')]
    package: Vec<String>,
}

/// All of rustdoc's lints, and what documentation that we write ourselves links to outside of generated code.
const LIBRARY: &str = "\
#![allow(non_camel_case_types, deprecated, clippy::all)]
#![deny(rustdoc::all)]
#![allow(rustdoc::missing_crate_level_docs)]

/// What stands for the runtime, by a name that no package has.
pub mod stands_for_the_runtime {
    pub struct Client;
    pub struct Operation;
    pub struct Registration;
}
";

pub(crate) fn run(args: &Args) -> Outcome {
    let tree = Tree::compile(&args.dir)?;
    let mut packages = args.package.clone();
    if packages.is_empty() {
        packages = tree.packages().keys().map(|package| (*package).to_owned()).collect();
    }
    let request = tree.request_with_needed(&packages)?;
    let (comments, references) = count_comments(&request)?;
    println!("{} packages: {comments} comments with {references} references in them", packages.len());

    let mut config = Config::default();
    config.include_file = Some("mod.rs".to_owned());
    let output = lro_codegen::generate(request, &config)?;
    let mut counts = Counts::default();
    let mut files = Vec::new();
    for file in output.files() {
        let content = if file.name() == "mod.rs" {
            file.content().to_owned()
        } else {
            let skeleton = Skeleton::of(file.content())?;
            counts.add(&skeleton.counts);
            skeleton.code
        };
        files.push((file.name(), content));
    }
    let folder = Scratch { folder: "generated-docs", manifest: "", library: LIBRARY }.write(&files)?;
    drop(files);
    drop(output);
    let text = references.checked_sub(counts.links()).ok_or_else(|| {
        format!(
            "{} links were printed for {references} references: one of the two is not counted right",
            counts.links()
        )
    })?;
    println!(
        "{} documented items, {} lines; of the references {} became links, {text} are text",
        counts.items,
        counts.lines,
        counts.links()
    );

    let started = Instant::now();
    cargo::run(&folder, &["doc", "--quiet", "--no-deps"])?;
    println!("rustdoc has nothing to say about them, in {:.0} s", started.elapsed().as_secs_f64());
    no_doctests(&folder)
}

/// How many comments belong to elements of the files to generate, and how many references these hold. Each is counted once, in how many places
/// it may be.
fn count_comments(request: &[u8]) -> Outcome<(usize, usize)> {
    let request = prost_types::compiler::CodeGeneratorRequest::decode(request)?;
    let mut comments = BTreeSet::new();
    let wanted = |name: &String| request.file_to_generate.contains(name);
    let files = request.proto_file.iter().filter(|file| file.name.as_ref().is_some_and(wanted));
    for location in files.flat_map(|file| &file.source_code_info).flat_map(|info| &info.location) {
        for comment in [&location.leading_comments, &location.trailing_comments].into_iter().flatten() {
            comments.insert(comment.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
    Ok((comments.len(), comments.iter().map(|comment| reference_count(comment)).sum()))
}

/// A plain reading of `[text][a.b.C]`, also over several lines, and of `[Name][]`; brackets of patterns do not count.
fn reference_count(text: &str) -> usize {
    let name = |text: &str| {
        text.starts_with(|first: char| first.is_ascii_alphabetic())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'))
    };
    let target = |at: usize| {
        let rest = &text[at + 1..];
        let (target, _) = rest.trim_start().strip_prefix('[')?.split_once(']')?;
        // What follows after a space is a target only if it looks like one.
        let is_close = rest.starts_with('[') || target.contains('.');
        Some(target).filter(|target| target.is_empty() || (is_close && name(target.trim())))
    };
    text.match_indices(']').filter_map(|(at, _)| target(at)).count()
}

/// Makes sure that no comment became a test.
fn no_doctests(folder: &Path) -> Outcome {
    let output = cargo::command(folder, &["test", "--doc", "--quiet"]).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() || !text.contains("running 0 tests") {
        return Err(
            format!("comments became tests:\n{text}{}", String::from_utf8_lossy(&output.stderr)).into()
        );
    }
    println!("and runs no tests of them");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::reference_count;

    #[test]
    fn references_are_told_from_other_brackets() {
        for (count, text) in [
            (1, "See [Book][example.Book]."),
            (1, "See [Book][] for more."),
            (1, "See [the title][title]."),
            (2, "[a][b.C] [d] [e.F]"),
            (0, "See [Book](https://a.example), [Book], and list[0][1]."),
            (0, "Matches [a-z][a-z0-9]*."),
        ] {
            assert_eq!(reference_count(text), count, "{text}");
        }
    }
}
