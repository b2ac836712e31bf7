//! Takes the code out of the pages: each block of Rust becomes a module, and the proto of the first chapter becomes code.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Where the book is.
const CHAPTERS: &str = "docs/src";

/// The chapter with the proto that all blocks are about.
const FIRST: &str = "docs/src/start.md";

/// Pages beside the chapters. The READMEs of other crates are in the documentation of these, and so among its tests.
const READMES: [&str; 3] = ["README.md", "crates/lro-build/README.md", "crates/lro/README.md"];

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR for build scripts")?);
    println!("cargo::rerun-if-changed=scaffolds");
    // Also chapters that are not there yet.
    println!("cargo::rerun-if-changed={}", root.join(CHAPTERS).display());

    let mut modules = String::new();
    for page in pages(&root)? {
        let path = root.join(&page);
        println!("cargo::rerun-if-changed={}", path.display());
        let text = fs::read_to_string(&path)?;
        for block in blocks(&text) {
            let place = format!("{page}:{}", block.line);
            if page == FIRST && block.info == "proto" && block.code.starts_with("syntax") {
                generate(&out, &block.code)?;
            }
            let Some(code) = rust(&block, &place)? else { continue };
            let module = format!("{}_line_{}", page.to_lowercase().replace(['/', '.', '-'], "_"), block.line);
            let file = out.join(format!("{module}.rs"));
            fs::write(&file, format!("// From {place}\n{code}"))?;
            let file = file.to_str().ok_or("OUT_DIR is not UTF-8")?;
            writeln!(modules, "{ATTRIBUTES}\n#[path = {file:?}]\nmod {module};")?;
        }
    }
    fs::write(out.join("pages.rs"), modules)?;
    Ok(())
}

/// Pages show what is new on them: they use nothing of what they define, and do not document it.
const ATTRIBUTES: &str =
    "#[allow(unused, missing_docs, missing_debug_implementations, unreachable_pub, clippy::pedantic)]";

/// The paths of all pages below the root, in order.
fn pages(root: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut pages: Vec<String> = READMES.map(str::to_owned).into();
    for entry in fs::read_dir(root.join(CHAPTERS))? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "md") {
            let name =
                path.file_name().and_then(|name| name.to_str()).ok_or("the name of a chapter is UTF-8")?;
            pages.push(format!("{CHAPTERS}/{name}"));
        }
    }
    pages.sort();
    Ok(pages)
}

/// A block of code on a page.
struct Block {
    /// Its first line.
    line: usize,
    /// What stands behind its fence.
    info: String,
    code: String,
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = text.lines().zip(1..);
    while let Some((line, number)) = lines.next() {
        let Some(info) = line.strip_prefix("```") else { continue };
        let code = lines.by_ref().map(|(line, _)| line).take_while(|line| *line != "```");
        let code = code.flat_map(|line| [line, "\n"]).collect();
        blocks.push(Block { line: number + 1, info: info.to_owned(), code });
    }
    blocks
}

/// The whole of a block of Rust; `None` if it is another language.
fn rust(block: &Block, place: &str) -> Result<Option<String>, Box<dyn Error>> {
    let mut words = block.info.split(',').filter(|word| *word != "no_run");
    if words.next() != Some("rust") {
        return Ok(None);
    }
    if block.code.lines().any(|line| line.trim_start().starts_with("# ")) {
        return Err(
            format!("{place}: lines that begin with # are hidden by rustdoc only; use a scaffold").into()
        );
    }
    match (words.next(), words.next()) {
        (None, _) => Ok(Some(block.code.clone())),
        (Some(name), None) => {
            let path = format!("scaffolds/{name}.rs");
            let scaffold = fs::read_to_string(&path).map_err(|error| format!("{place}: {path}: {error}"))?;
            let (before, after) = scaffold
                .split_once("/* block */")
                .ok_or_else(|| format!("{path} has no place for a block"))?;
            Ok(Some(format!("{before}{}{after}", block.code)))
        }
        (Some(_), Some(more)) => Err(format!("{place}: what is `{more}`? A block has one scaffold").into()),
    }
}

/// Does what the build script of the first chapter does.
fn generate(out: &Path, proto: &str) -> Result<(), Box<dyn Error>> {
    let folder = out.join("proto");
    fs::create_dir_all(&folder)?;
    let path = folder.join("library.proto");
    fs::write(&path, proto)?;
    // The include file is for the block that shows one.
    let builder = lro_build::configure().enable_type_names(true).include_file("mod.rs");
    Ok(builder.compile(&[path], &[folder])?)
}
