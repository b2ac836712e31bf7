//! Whether links lead somewhere.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use super::markdown;
use crate::Outcome;

/// What is wrong with the links of these pages, each with its place. Nothing is fetched: of a link to elsewhere, only its form is looked at.
pub(super) fn check(root: &Path, pages: &[PathBuf]) -> Outcome<Vec<String>> {
    let mut texts = BTreeMap::new();
    for page in pages {
        texts.insert(page.clone(), fs::read_to_string(root.join(page))?);
    }
    let mut problems = Vec::new();
    for (page, text) in &texts {
        for (line, name) in markdown::undefined(text) {
            problems.push(format!("{}:{line}: no definition of [{name}]", page.display()));
        }
        for link in markdown::links(text) {
            if let Some(problem) = fault(root, &texts, page, &link.target) {
                problems.push(format!("{}:{}: {}: {problem}", page.display(), link.line, link.target));
            }
        }
    }
    Ok(problems)
}

/// What is wrong with one link.
fn fault(root: &Path, texts: &BTreeMap<PathBuf, String>, page: &Path, target: &str) -> Option<&'static str> {
    if let Some((scheme, rest)) = target.split_once("://") {
        let host = rest.split('/').next().unwrap_or_default();
        let is_host =
            host.contains('.') && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
        return match scheme {
            "https" if is_host => None,
            "https" => Some("no host is called so"),
            _ => Some("links to elsewhere begin with https://"),
        };
    }
    let (path, anchor) = split(target);
    let Some(file) = resolve(page, path) else { return Some("leads out of the repository") };
    if !root.join(&file).exists() {
        return Some("there is no such file");
    }
    match (anchor, texts.get(&file)) {
        (Some(anchor), Some(text)) if !markdown::anchors(text).contains(anchor) => {
            Some("there is no such heading")
        }
        (Some(_), None) => Some("only pages have anchors"),
        _ => None,
    }
}

/// A relative link as a path and an anchor.
pub(super) fn split(target: &str) -> (&str, Option<&str>) {
    target.split_once('#').map_or((target, None), |(path, anchor)| (path, Some(anchor)))
}

/// Where a relative path on a page leads, from the root; an empty one is the page itself. `None` if it leads out.
pub(super) fn resolve(page: &Path, path: &str) -> Option<PathBuf> {
    if path.is_empty() {
        return Some(page.to_owned());
    }
    let mut resolved = page.parent().unwrap_or(Path::new("")).to_owned();
    for part in Path::new(path).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => resolved.pop().then_some(())?,
            Component::Normal(name) => resolved.push(name),
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(resolved)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_link_that_leads_nowhere_is_told_with_its_place() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("docs")).unwrap();
        let write = |path: &str, text: &str| fs::write(root.path().join(path), text).unwrap();
        write(
            "a.md",
            "# One\n\n[](docs/b.md) [](docs/b.md#two) [](#one) [](docs) [](https://example.com/x)\n",
        );
        let wrong = [
            ("c.md", "there is no such file"),
            ("#three", "there is no such heading"),
            ("../a.md#none", "there is no such heading"),
            ("../../a.md", "leads out of the repository"),
            ("/a.md", "leads out of the repository"),
            ("..#one", "only pages have anchors"),
            ("http://example.com", "links to elsewhere begin with https://"),
            ("https://example", "no host is called so"),
        ];
        write("docs/b.md", &(wrong.map(|(target, _)| format!("[x]({target})\n")).concat() + "## Two\n"));

        let problems = check(root.path(), &["a.md".into(), "docs/b.md".into()]).unwrap();

        let lines = (1..).zip(wrong);
        let expected =
            lines.map(|(line, (target, problem))| format!("docs/b.md:{line}: {target}: {problem}"));
        assert_eq!(problems, expected.collect::<Vec<_>>());
    }

    #[test]
    fn a_reference_without_a_definition_is_told() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("a.md"), "\n[x][y]\n").unwrap();
        assert_eq!(check(root.path(), &["a.md".into()]).unwrap(), ["a.md:2: no definition of [y]"]);
    }
}
