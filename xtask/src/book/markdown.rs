//! As much of Markdown as a check of links has to know.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// A link on a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Link {
    /// The line that it is on, from 1.
    pub(super) line: usize,
    /// Where it leads, as it is written.
    pub(super) target: String,
    /// Where that is written.
    pub(super) range: Range<usize>,
}

/// All links of a page: in its text, as images, and where references are defined.
pub(super) fn links(text: &str) -> Vec<Link> {
    let prose = prose(text);
    let mut links = Vec::new();
    let mut add = |range: Range<usize>| {
        let line = text[..range.start].matches('\n').count() + 1;
        links.push(Link { line, target: text[range.clone()].to_owned(), range });
    };
    for (bracket, _) in prose.match_indices("](") {
        let begin = bracket + 2;
        if let Some(length) = end_of_target(&prose[begin..]) {
            add(begin..begin + length);
        }
    }
    for (line, begin) in lines(&prose) {
        if let Some((_, target)) = definition(line) {
            let begin = begin + (target.as_ptr() as usize - line.as_ptr() as usize);
            add(begin..begin + target.len());
        }
    }
    for attribute in ["href=\"", "src=\""] {
        for (found, _) in prose.match_indices(attribute) {
            let begin = found + attribute.len();
            if let Some(length) = prose[begin..].find('"') {
                add(begin..begin + length);
            }
        }
    }
    links.sort_by_key(|link| link.range.start);
    links
}

/// The references `[text][name]` of a page that nothing defines, with their lines.
pub(super) fn undefined(text: &str) -> Vec<(usize, String)> {
    let prose = prose(text);
    let defined: BTreeSet<_> =
        lines(&prose).filter_map(|(line, _)| Some(definition(line)?.0.to_lowercase())).collect();
    let references = prose.match_indices("][").filter_map(|(found, _)| {
        let name = prose[found + 2..].split_once(']')?.0;
        let line = prose[..found].matches('\n').count() + 1;
        (!name.is_empty() && !defined.contains(&name.to_lowercase())).then(|| (line, name.to_owned()))
    });
    references.collect()
}

/// The anchors of a page: those of its headings, as GitHub and mdBook make them.
pub(super) fn anchors(text: &str) -> BTreeSet<String> {
    let prose = prose(text);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let headings = lines(&prose).filter_map(|(line, begin)| {
        let hashes = line.len() - line.trim_start_matches('#').len();
        let is_heading = (1..=6).contains(&hashes) && line[hashes..].starts_with(' ');
        // Code in a heading is part of it.
        is_heading.then(|| &text[begin + hashes..begin + line.len()])
    });
    headings
        .map(|heading| {
            let slug = slug(heading);
            let count = counts.entry(slug.clone()).or_default();
            *count += 1;
            if *count == 1 { slug } else { format!("{slug}-{}", *count - 1) }
        })
        .collect()
}

fn slug(heading: &str) -> String {
    let mut shown = String::new();
    let mut rest = heading.trim();
    // Of a link, its text is shown.
    while let Some((before, after)) = rest.split_once("](") {
        shown += before;
        rest = after.split_once(')').map_or("", |(_, rest)| rest);
    }
    shown += rest;
    let kept = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | ' ');
    shown.to_lowercase().chars().filter(|&c| kept(c)).map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// The page with blanks in place of code and comments, of the same length.
fn prose(text: &str) -> String {
    let mut prose = text.to_owned().into_bytes();
    let mut blank = |range: Range<usize>| {
        prose[range].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
    };
    let mut fence: Option<&str> = None;
    let mut open = 0;
    for (line, begin) in lines(text) {
        let trimmed = line.trim_start();
        match fence {
            Some(mark) => {
                blank(begin..begin + line.len());
                if trimmed.starts_with(mark) {
                    fence = None;
                    open = begin + line.len();
                }
            }
            None if trimmed.starts_with("```") || trimmed.starts_with("~~~") => {
                fence = Some(&trimmed[..3]);
                spans(&text[open..begin]).for_each(|range| blank(open + range.start..open + range.end));
                blank(begin..begin + line.len());
            }
            None => {}
        }
    }
    if fence.is_none() {
        spans(&text[open..]).for_each(|range| blank(open + range.start..open + range.end));
    }
    String::from_utf8(prose).expect("whole characters were replaced by blanks")
}

/// Where text has code within lines, and comments.
fn spans(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut position = 0;
    std::iter::from_fn(move || {
        while let Some(found) = text[position..].find(['`', '<']) {
            let begin = position + found;
            let opened = &text[begin..];
            let ticks = opened.len() - opened.trim_start_matches('`').len();
            let (mark, close) = match ticks {
                0 if opened.starts_with("<!--") => (4, "-->"),
                0 => (1, ""),
                _ => (ticks, &opened[..ticks]),
            };
            position = begin + mark;
            // Code ends with its paragraph.
            let within = if ticks == 0 { opened } else { opened.split("\n\n").next().unwrap_or(opened) };
            let end = within[mark..].match_indices(close).find(|(found, _)| {
                // Ticks close what as many have opened.
                let (before, after) = within[mark..].split_at(*found);
                ticks == 0 || !(before.ends_with('`') || after[ticks..].starts_with('`'))
            });
            if let (false, Some((length, _))) = (close.is_empty(), end) {
                position = begin + mark + length + close.len();
                return Some(begin..position);
            }
        }
        None
    })
}

/// The lines of a text, and where each begins.
fn lines(text: &str) -> impl Iterator<Item = (&str, usize)> {
    text.split_inclusive('\n').scan(0, |begin, line| {
        let here = *begin;
        *begin += line.len();
        Some((line.trim_end_matches('\n'), here))
    })
}

/// The name and the target of a line that defines a reference.
fn definition(line: &str) -> Option<(&str, &str)> {
    let (name, target) = line.strip_prefix('[')?.split_once("]:")?;
    let target = target.split_whitespace().next()?;
    Some((name, target))
}

/// How long the target of a link is that begins here: up to its closing parenthesis or to its title.
fn end_of_target(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (position, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return Some(position),
            ')' => depth -= 1,
            ' ' | '\n' => return Some(position),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn targets(text: &str) -> Vec<(usize, String)> {
        links(text).into_iter().map(|link| (link.line, link.target)).collect()
    }

    #[test]
    fn links_are_found_in_text_images_definitions_and_tags() {
        let text =
            "[a](b.md) and ![c](d.svg \"title\")\n\n[e]: f.md\n<img src=\"g.png\">\n[two\nlines](h(i).md)\n";
        let expected = [(1, "b.md"), (1, "d.svg"), (3, "f.md"), (4, "g.png"), (6, "h(i).md")];
        assert_eq!(targets(text), expected.map(|(line, target)| (line, target.to_owned())));
    }

    #[test]
    fn code_and_comments_have_no_links_and_no_headings() {
        let text = "`[a](b)` ``[`](c)`` ` ```[m](n) `\n```rust\n[d](e)\n# f\n```\n<!-- [g](h) -->\n~~~\n[i](j)\n~~~\n[k](l)\n";
        assert_eq!(targets(text), [(10, "l".to_owned())]);
        assert_eq!(anchors(text), BTreeSet::new());
    }

    #[test]
    fn a_tick_alone_hides_nothing() {
        assert_eq!(targets("a ` b\n\n[c](d) `\n"), [(3, "d".to_owned())]);
    }

    #[test]
    fn anchors_are_those_of_github() {
        let text = "# Why `Everyone`?\n## [Links](x) too\n### One at a time: here\n## One\n## One\n#no\n";
        let expected = ["why-everyone", "links-too", "one-at-a-time-here", "one", "one-1"];
        assert_eq!(anchors(text), expected.map(str::to_owned).into());
    }

    #[test]
    fn references_that_nothing_defines_are_told() {
        let text = "[a][b], [c][D]\n\n[d]: e.md\n";
        assert_eq!(undefined(text), [(1, "b".to_owned())]);
    }
}
