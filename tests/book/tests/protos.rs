//! The protos on the pages are the one that the whole project shares, without its comments.

use std::fs;
use std::path::Path;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)).unwrap()
}

/// The first block of a page in the language of protos.
fn block(page: &str) -> String {
    let text = read(page);
    let (_, block) = text.split_once("```proto\n").unwrap();
    block.split_once("```").unwrap().0.to_owned()
}

/// The lines of a proto that say something to a compiler.
fn lines(proto: &str) -> Vec<&str> {
    proto.lines().filter(|line| !line.is_empty() && !line.trim_start().starts_with("//")).collect()
}

#[test]
fn the_first_chapter_has_the_proto_of_the_examples() {
    let shared = read("proto/example/library/v1/library.proto");
    assert_eq!(lines(&block("docs/src/start.md")), lines(&shared));
}

#[test]
fn the_readme_has_its_service() {
    let (first_chapter, readme) = (block("docs/src/start.md"), block("README.md"));
    assert!(first_chapter.contains(&readme));
}
