//! Whether generated code compiles: writes it into a crate of its own below the target folder and runs cargo there.

use std::fs;
use std::path::Path;

use lro_codegen::Config;

use crate::tree::Tree;
use crate::{Outcome, cargo, root};

/// What the crate needs to compile generated code; the versions are those of the workspace.
const MANIFEST: &str = r#"[package]
name = "generated-check"
version = "0.0.0"
edition = "2024"
publish = false

[dependencies]
lro = { path = "LRO" }
prost = "0.14"
prost-types = "0.14"
tonic = "0.14"
tonic-prost = "0.14"

[workspace]
"#;

/// The generated code must stand what its users may deny.
const LIBRARY: &str =
    "//! Generated code.\n#![deny(warnings, missing_docs)]\n\ninclude!(\"generated/mod.rs\");\n";

/// Compiles packages, and all packages that they need, with everything that is generated for them.
pub(crate) fn check(tree: &Tree, packages: &[String], routing_headers: bool) -> Outcome {
    let mut config = Config::default();
    config.routing_headers = routing_headers;
    config.include_file = Some("mod.rs".to_owned());
    let output = lro_codegen::generate(request(tree, packages)?, &config)?;
    let files: Vec<(&str, &str)> = output.files().iter().map(|file| (file.name(), file.content())).collect();
    let folder = root().join("target/generated-check");
    write_crate(&folder, &files)?;
    let lines: usize = files.iter().map(|(_, content)| content.lines().count()).sum();
    println!("checking {} packages: {} files, {lines} lines", packages.len(), files.len());
    cargo::run(&folder, &["check", "--quiet"])?;
    cargo::run(&folder, &["doc", "--quiet", "--no-deps"])?;
    println!("they compile, and their documentation is clean");
    Ok(())
}

/// The request for code of packages and of all that they need.
pub(crate) fn request(tree: &Tree, packages: &[String]) -> Outcome<Vec<u8>> {
    let known = tree.packages();
    let mut targets = Vec::new();
    for package in packages {
        let files = known.get(package.as_str()).ok_or_else(|| format!("there is no package {package}"))?;
        targets.extend(files.iter().copied());
    }
    let closure = tree.closure(targets);
    let needed: Vec<&str> =
        closure.into_iter().filter(|name| !name.starts_with("google/protobuf/")).collect();
    tree.request(&needed)
}

/// Writes a crate with generated files, `mod.rs` among them, in place of what was there.
pub(crate) fn write_crate(folder: &Path, files: &[(&str, impl AsRef<str>)]) -> Outcome {
    let generated = folder.join("src/generated");
    if generated.exists() {
        fs::remove_dir_all(&generated)?;
    }
    fs::create_dir_all(&generated)?;
    let lro = root().join("crates/lro");
    fs::write(folder.join("Cargo.toml"), MANIFEST.replace("LRO", &lro.display().to_string()))?;
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
    fs::write(folder.join("src/lib.rs"), LIBRARY)?;
    for (name, content) in files {
        fs::write(generated.join(name), content.as_ref())?;
    }
    Ok(())
}
