//! Whether generated code compiles, in a crate of its own.

use lro_codegen::Config;

use crate::scratch::{DEPENDENCIES, Scratch};
use crate::tree::Tree;
use crate::{Outcome, cargo};

/// The generated code must stand what its users may deny.
const LIBRARY: &str = "//! Generated code.\n#![deny(warnings, missing_docs)]\n";

/// Compiles packages, and all packages that they need, with everything that is generated for them.
pub(crate) fn check(tree: &Tree, packages: &[String], routing_headers: bool) -> Outcome {
    let mut config = Config::default();
    config.routing_headers = routing_headers;
    config.include_file = Some("mod.rs".to_owned());
    let output = lro_codegen::generate(tree.request_with_needed(packages)?, &config)?;
    let files: Vec<(&str, &str)> = output.files().iter().map(|file| (file.name(), file.content())).collect();
    let folder =
        Scratch { folder: "generated-check", manifest: DEPENDENCIES, library: LIBRARY }.write(&files)?;
    let lines: usize = files.iter().map(|(_, content)| content.lines().count()).sum();
    println!("checking {} packages and what they need: {} files, {lines} lines", packages.len(), files.len());
    cargo::run(&folder, &["check", "--quiet"])?;
    cargo::run(&folder, &["doc", "--quiet", "--no-deps"])?;
    println!("they compile, and their documentation is clean");
    Ok(())
}
