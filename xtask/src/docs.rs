//! `cargo xtask docs DIR`: every comment of a tree of real protos, as rustdoc reads it.

mod skeleton;

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use lro_codegen::Config;
use prost::Message as _;

use self::skeleton::{Counts, Skeleton};
use crate::tree::Tree;
use crate::{Outcome, cargo, crate_check, root};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A folder of protos, unpacked; imports are looked for from here.
    dir: PathBuf,
    /// Packages to take, with all that they need; all of them unless given.
    #[arg(long, value_name = "PACKAGE", value_delimiter = ',')]
    package: Vec<String>,
}

const MANIFEST: &str = "[package]\nname = \"generated-docs\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n[workspace]\n";

/// What documentation that we write ourselves links to, outside of generated code.
const RUNTIME: &str = "/// What stands for the runtime.\npub mod codegen {\n    pub struct Client;\n    pub struct Operation;\n}\n";

pub(crate) fn run(args: &Args) -> Outcome {
    let tree = Tree::compile(&args.dir)?;
    let mut packages = args.package.clone();
    if packages.is_empty() {
        packages = tree.packages().keys().map(|package| (*package).to_owned()).collect();
    }
    let request = crate_check::request(&tree, &packages)?;
    let (comments, references) = count_comments(&request)?;
    println!("{} packages: {comments} comments with {references} references in them", packages.len());

    let mut config = Config::default();
    config.include_file = Some("mod.rs".to_owned());
    let output = lro_codegen::generate(request, &config)?;
    let folder = root().join("target/generated-docs");
    let generated = folder.join("src/generated");
    if generated.exists() {
        fs::remove_dir_all(&generated)?;
    }
    fs::create_dir_all(&generated)?;
    fs::write(folder.join("Cargo.toml"), MANIFEST)?;
    let library = "#![allow(non_camel_case_types, deprecated, clippy::all)]\n#![deny(rustdoc::all)]\n#![allow(rustdoc::missing_crate_level_docs)]\ninclude!(\"generated/mod.rs\");\n";
    fs::write(folder.join("src/lib.rs"), format!("{library}{RUNTIME}"))?;
    let mut counts = Counts::default();
    for file in output.files() {
        let content = if file.name() == "mod.rs" {
            file.content().to_owned()
        } else {
            let mut skeleton = Skeleton::of(file.content())?;
            counts.add(&skeleton.counts);
            std::mem::take(&mut skeleton.code)
        };
        fs::write(generated.join(file.name()), content)?;
    }
    drop(output);
    println!(
        "{} documented items, {} lines; of the references {} became links, {} are text",
        counts.items,
        counts.lines,
        counts.links,
        references.saturating_sub(counts.links)
    );

    let started = Instant::now();
    cargo::run(&folder, &["doc", "--quiet", "--no-deps"])?;
    println!("rustdoc has nothing to say about them, in {:.0} s", started.elapsed().as_secs_f64());
    no_doctests(&folder)
}

/// How many comments belong to elements of the files to generate, and how many references these hold.
fn count_comments(request: &[u8]) -> Outcome<(usize, usize)> {
    let request = prost_types::compiler::CodeGeneratorRequest::decode(request)?;
    let (mut comments, mut references) = (0, 0);
    let wanted = |name: &String| request.file_to_generate.contains(name);
    let files = request.proto_file.iter().filter(|file| file.name.as_ref().is_some_and(wanted));
    for location in files.flat_map(|file| &file.source_code_info).flat_map(|info| &info.location) {
        for comment in [&location.leading_comments, &location.trailing_comments].into_iter().flatten() {
            comments += 1;
            let line: String = comment.split_whitespace().collect::<Vec<_>>().join(" ");
            references += reference_count(&line);
        }
    }
    Ok((comments, references))
}

/// A plain reading of `[text][a.b.C]`, also over several lines, and of `[Name][]`; brackets of patterns do not count.
fn reference_count(text: &str) -> usize {
    let name =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
    let after = text.match_indices(']').filter_map(|(at, _)| text[at + 1..].trim_start().strip_prefix('['));
    after
        .filter_map(|rest| rest.split_once(']'))
        .filter(|(target, _)| target.is_empty() || (target.contains('.') && name(target.trim())))
        .count()
}

/// Makes sure that no comment became a test.
fn no_doctests(folder: &std::path::Path) -> Outcome {
    let output = Command::new(env!("CARGO"))
        .args(["test", "--doc", "--quiet"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", cargo::target_folder())
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() || !text.contains("running 0 tests") {
        return Err(
            format!("comments became tests:\n{text}{}", String::from_utf8_lossy(&output.stderr)).into()
        );
    }
    println!("and runs no tests of them");
    Ok(())
}
