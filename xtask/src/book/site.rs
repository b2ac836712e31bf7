//! The book as mdBook wants it: all its pages in one folder, and links that lead somewhere from there.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::links::{resolve, split};
use super::{CHAPTERS, markdown};
use crate::Outcome;

/// The chapters that the summary does not name, and what it names twice.
pub(super) fn unlisted(root: &Path) -> Outcome<Vec<String>> {
    let summary = format!("{CHAPTERS}/SUMMARY.md");
    let mut listed = chapters(root)?;
    listed.sort();
    let mut files = Vec::new();
    for entry in fs::read_dir(root.join(CHAPTERS))? {
        files.push(Path::new(CHAPTERS).join(entry?.file_name()));
    }
    files.sort();
    let is_chapter = |file: &&PathBuf| {
        file.extension().is_some_and(|end| end == "md") && file.as_path() != Path::new(&summary)
    };
    let twice = listed.windows(2).filter(|pair| pair[0] == pair[1]);
    let twice = twice.map(|pair| format!("{summary}: names {} twice", pair[0].display()));
    let missing = files.iter().filter(is_chapter).filter(|file| !listed.contains(file));
    let missing = missing.map(|file| format!("{summary}: does not name {}", file.display()));
    Ok(twice.chain(missing).collect())
}

/// Writes the book into a folder, with its settings, for mdBook to build.
pub(super) fn prepare(root: &Path, folder: &Path, repository: &str) -> Outcome {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    let sources = folder.join("src");
    fs::create_dir_all(&sources)?;
    let settings = fs::read_to_string(root.join("docs/book.toml"))?;
    fs::write(folder.join("book.toml"), settings + "\n[build]\nbuild-dir = \"html\"\n")?;

    let places = places(root)?;
    for (page, place) in &places {
        let text = fs::read_to_string(root.join(page))?;
        fs::write(sources.join(place), relocate(&text, page, &places, repository))?;
    }
    Ok(())
}

/// Where the pages are that the summary names, in its order.
fn chapters(root: &Path) -> Outcome<Vec<PathBuf>> {
    let summary = Path::new(CHAPTERS).join("SUMMARY.md");
    let text = fs::read_to_string(root.join(&summary))?;
    Ok(markdown::links(&text).iter().filter_map(|link| resolve(&summary, split(&link.target).0)).collect())
}

/// What each page of the book is called in it, by its path from the root: all lie side by side.
fn places(root: &Path) -> Outcome<BTreeMap<PathBuf, String>> {
    let mut places = BTreeMap::from([(Path::new(CHAPTERS).join("SUMMARY.md"), "SUMMARY.md".to_owned())]);
    for chapter in chapters(root)? {
        let name = chapter.file_name().and_then(|name| name.to_str()).ok_or("a page has a name")?;
        // Those from elsewhere have names in capitals, which are not apart from others on every disk.
        let place = if chapter.starts_with(CHAPTERS) {
            name.to_owned()
        } else {
            format!("table-{}", name.to_lowercase())
        };
        places.insert(chapter, place);
    }
    Ok(places)
}

/// A page with its links changed: to pages of the book by their places, to all else by the repository.
fn relocate(text: &str, page: &Path, places: &BTreeMap<PathBuf, String>, repository: &str) -> String {
    let mut relocated = String::new();
    let mut copied = 0;
    for link in markdown::links(text) {
        let (path, anchor) = split(&link.target);
        if link.target.contains("://") || path.is_empty() {
            continue;
        }
        let Some(file) = resolve(page, path) else { continue };
        relocated += &text[copied..link.range.start];
        relocated +=
            &places.get(&file).cloned().unwrap_or_else(|| format!("{repository}/{}", file.display()));
        if let Some(anchor) = anchor {
            relocated.push('#');
            relocated += anchor;
        }
        copied = link.range.end;
    }
    relocated + &text[copied..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book(summary: &str, files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join(CHAPTERS)).unwrap();
        fs::write(root.path().join("docs/book.toml"), "[book]\n").unwrap();
        fs::write(root.path().join(CHAPTERS).join("SUMMARY.md"), summary).unwrap();
        for (path, text) in files {
            fs::write(root.path().join(path), text).unwrap();
        }
        root
    }

    #[test]
    fn chapters_that_are_forgotten_or_named_twice_are_told() {
        let root = book("- [A](a.md)\n- [A](a.md)\n", &[("docs/src/a.md", ""), ("docs/src/b.md", "")]);
        let problems = unlisted(root.path()).unwrap();
        assert_eq!(
            problems,
            [
                "docs/src/SUMMARY.md: names docs/src/a.md twice",
                "docs/src/SUMMARY.md: does not name docs/src/b.md"
            ]
        );
    }

    #[test]
    fn links_lead_to_pages_of_the_book_and_else_to_the_repository() {
        let text = "[](b.md#x) [](../../TABLE.md) [](../../crates/c.rs) [](#here) [](https://example.com)";
        let files = [("docs/src/a.md", text), ("docs/src/b.md", ""), ("TABLE.md", "[](docs/src/a.md)")];
        let root = book("- [A](a.md)\n- [B](b.md)\n- [T](../../TABLE.md)\n", &files);
        let folder = root.path().join("out");

        prepare(root.path(), &folder, "https://host/lro").unwrap();

        let read = |name: &str| fs::read_to_string(folder.join("src").join(name)).unwrap();
        assert_eq!(
            read("a.md"),
            "[](b.md#x) [](table-table.md) [](https://host/lro/crates/c.rs) [](#here) [](https://example.com)"
        );
        assert_eq!(read("table-table.md"), "[](a.md)");
        assert_eq!(read("SUMMARY.md"), "- [A](a.md)\n- [B](b.md)\n- [T](table-table.md)\n");
        assert!(folder.join("book.toml").exists());
    }
}
