//! `cargo xtask book`: checks all Markdown of this project, and makes the book of the chapters.
//!
//! The sources are pages for people who read them in the repository: plain Markdown, without directives of a tool. So two things are left to
//! do for the book, on a copy: pages that its summary names elsewhere come along, and links that leave the book lead into the repository.

mod first_chapter;
mod links;
mod markdown;
mod site;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Outcome, cargo, root};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where links lead that leave the book, such as `https://git.example.com/lro/blob/main`; by default to the files of this checkout.
    #[arg(long)]
    repository: Option<String>,
    /// Make the project of the first chapter too, as its readers do, and compile it.
    #[arg(long)]
    follow: bool,
}

/// Where the chapters and their summary are.
const CHAPTERS: &str = "docs/src";

/// Is 1 where everything is installed, so that what is missing is a failure.
const REQUIRED: &str = "LRO_REQUIRE_TOOLS";

pub(crate) fn run(args: &Args) -> Outcome {
    let root = root();
    let pages = pages(root)?;
    let problems = links::check(root, &pages)?.into_iter().chain(site::unlisted(root)?).collect::<Vec<_>>();
    if !problems.is_empty() {
        return Err(format!("{} problems in Markdown:\n  {}", problems.len(), problems.join("\n  ")).into());
    }
    println!("{} pages: all links and anchors lead somewhere", pages.len());
    let repository = args.repository.clone().unwrap_or_else(|| format!("file://{}", root.display()));
    let folder = cargo::target_folder().join("book");
    site::prepare(root, &folder, repository.trim_end_matches('/'))?;
    build(&folder)?;
    if args.follow { first_chapter::check() } else { Ok(()) }
}

/// The pages that are ours, as paths below the root. What rustdoc reads inside of crates has links of rustdoc, which checks them.
fn pages(root: &Path) -> Outcome<Vec<PathBuf>> {
    let arguments = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"];
    let output = Command::new("git").args(arguments).current_dir(root).output()?;
    if !output.status.success() {
        return Err(format!("git ls-files failed: {}", String::from_utf8_lossy(&output.stderr).trim()).into());
    }
    let paths = String::from_utf8(output.stdout)?;
    let is_ours = |path: &Path| !(path.starts_with("crates") && path.iter().any(|part| part == "src"));
    // One that was removed is listed until that is committed.
    let is_there = |path: &PathBuf| root.join(path).exists();
    let mut pages: Vec<_> = paths
        .split_terminator('\0')
        .map(PathBuf::from)
        .filter(|path| is_ours(path))
        .filter(is_there)
        .collect();
    pages.sort();
    Ok(pages)
}

/// Has mdBook build what is prepared, where there is one.
fn build(folder: &Path) -> Outcome {
    let status = match Command::new("mdbook").arg("build").arg(folder).status() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            if std::env::var(REQUIRED).is_ok_and(|value| value == "1") {
                return Err(format!("there is no mdbook, and {REQUIRED} is 1").into());
            }
            println!("skipped: there is no mdbook, so the book is checked and not built");
            return Ok(());
        }
        status => status?,
    };
    if !status.success() {
        return Err("mdbook failed, see above".into());
    }
    println!("built {}", folder.join("html/index.html").display());
    Ok(())
}
