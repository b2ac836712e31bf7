//! The project of the first chapter, as its reader makes it.

use std::fs;
use std::path::Path;

use super::CHAPTERS;
use crate::{Outcome, cargo, root};

/// Where a reader of the chapter has this checkout.
const CHECKOUT: &str = "../lro/";

/// Writes the files of the first chapter, and has cargo check them.
pub(super) fn check() -> Outcome {
    let text = fs::read_to_string(root().join(CHAPTERS).join("start.md"))?;
    let folder = cargo::target_folder().join("first-chapter");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let files = files(&text);
    for (path, content) in &files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("")))?;
        fs::write(path, content.replace(CHECKOUT, &format!("{}/", root().display())))?;
    }
    // A workspace of its own, as the target folder may lie in another one.
    let manifest = folder.join("Cargo.toml");
    let content =
        fs::read_to_string(&manifest).map_err(|error| format!("the first chapter's Cargo.toml: {error}"))?;
    fs::write(manifest, content + "\n[workspace]\n")?;
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
    cargo::run(&folder, &["check", "--quiet", "--bins"])?;
    println!("the {} files of the first chapter compile", files.len());
    Ok(())
}

/// The files that a page shows: each is a block of code whose paragraph begins with the file's name.
fn files(text: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut name = None;
    let mut begins_paragraph = true;
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            let block = lines.by_ref().take_while(|line| *line != "```").map(|line| line.to_owned() + "\n");
            let block = block.collect::<String>();
            files.extend(name.take().map(|name| (name, block)));
        } else if begins_paragraph && !line.is_empty() {
            name = line.strip_prefix('`').and_then(|rest| Some(rest.split_once('`')?.0.to_owned()));
        }
        begins_paragraph = line.is_empty();
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_a_block_whose_paragraph_begins_with_its_name() {
        let text =
            "`a/b.rs`, of\n`c` kind:\n\n```rust\nfn f() {}\n\n```\n\nNo `d.rs`:\n\n```rust\nfn g() {}\n```\n";
        assert_eq!(files(text), [("a/b.rs".to_owned(), "fn f() {}\n\n".to_owned())]);
    }
}
