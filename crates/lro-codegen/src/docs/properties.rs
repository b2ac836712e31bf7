//! What holds of every comment, whatever is in it.

use proptest::prelude::*;

use super::clean;

/// Comments made of the marks that mean something, of words and of any letter at all.
fn comments() -> impl Strategy<Value = String> {
    let marks = prop_oneof![
        Just("`"),
        Just("```"),
        Just("````rust"),
        Just("~~~"),
        Just("["),
        Just("]"),
        Just("]["),
        Just("]("),
        Just("<"),
        Just(">"),
        Just("<T>"),
        Just("\\"),
        Just("\n"),
        Just("\n\n"),
        Just("\r\n"),
        Just("    "),
        Just("\t"),
        Just(" "),
        Just("- "),
        Just("1. "),
        Just("> "),
        Just("# "),
        Just("|"),
        Just("(--"),
        Just("--)"),
        Just("(-- "),
        Just("https://a.example/x"),
        Just("a.b.Foo"),
        Just("[Foo][a.b.Foo]"),
        Just("[Foo][]"),
        Just("[x]: y"),
        Just("*/"),
        Just("//!"),
        Just("\0"),
        Just("\u{feff}"),
        Just("\u{202e}"),
        Just("\u{fdd1}"),
        Just("word"),
        Just("é"),
        Just("$x_y$"),
        Just("![a]"),
        Just("&lt;"),
        Just("--------"),
        Just("=====")
    ];
    let part = prop_oneof![8 => marks.prop_map(str::to_owned), 1 => any::<String>()];
    prop::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

/// Resolves what ends in `Foo`.
fn resolve(target: &str) -> Option<String> {
    target.ends_with("Foo").then(|| "super::Foo".to_owned())
}

/// The lines outside of fences. Every fence has to say `text` and to be closed.
fn prose(lines: &[String]) -> Vec<&str> {
    let mut prose = Vec::new();
    let mut fence: Option<String> = None;
    for line in lines {
        let mut text = line.trim_start();
        while let Some((marker, rest)) = text.split_once(' ').filter(|(marker, _)| super::is_marker(marker)) {
            (_, text) = (marker, rest);
        }
        let close = fence.as_ref().is_some_and(|mark| line.trim() == mark);
        match (&fence, super::opening_fence(text)) {
            (Some(_), _) if close => fence = None,
            (Some(_), _) => {}
            (None, Some(mark)) => {
                assert_eq!(
                    text.strip_prefix(&mark),
                    Some("text"),
                    "a fence that may become a test in {lines:#?}"
                );
                fence = Some(mark);
            }
            (None, None) => prose.push(line.as_str()),
        }
    }
    assert_eq!(fence, None, "a fence stays open in {lines:#?}");
    prose
}

/// Checks that a line of prose holds nothing that rustdoc would take for a tag, a link or a test, by a reading of Markdown of its own.
fn check_prose(line: &str) {
    let indent = line.len() - line.trim_start_matches(' ').len();
    assert!(indent <= 3, "code by indentation: {line:?}");
    let mut rest = line;
    while let Some(letter) = rest.chars().next() {
        let mut length = letter.len_utf8();
        match letter {
            '\\' => length += rest[1..].chars().next().map_or(0, char::len_utf8),
            '`' => {
                let run = rest.len() - rest.trim_start_matches('`').len();
                let (mut at, mut close) = (run, None);
                while let Some(start) = rest[at..].find('`').map(|start| at + start) {
                    let other = rest[start..].len() - rest[start..].trim_start_matches('`').len();
                    at = start + other;
                    if other == run {
                        close = Some(at);
                        break;
                    }
                }
                length = close.unwrap_or_else(|| panic!("an open code span in {line:?}"));
            }
            '<' => {
                let url = rest.find('>').map(|end| &rest[1..end]).unwrap_or_default();
                assert!(url.starts_with("http"), "a tag in {line:?}");
                length = url.len() + 2;
            }
            '[' => {
                let target = rest.split_once("](").and_then(|(_, target)| target.split_once(')'));
                let (target, _) = target.unwrap_or_else(|| panic!("a bracket in {line:?}"));
                assert!(target == "super::Foo" || target.starts_with("http"), "a link in {line:?}");
            }
            'h' => assert!(
                !rest.starts_with("https://a") || line[..line.len() - rest.len()].ends_with(['<', '(']),
                "a bare URL in {line:?}"
            ),
            letter => {
                assert!(!letter.is_control() && letter != '\u{202e}' && letter != '\u{fdd1}', "{line:?}");
            }
        }
        rest = &rest[length..];
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_comment_has_anything_that_rustdoc_acts_on(comment in comments()) {
        let lines = clean(&comment, &resolve);
        prop_assert!(lines.first().is_none_or(|line| !line.is_empty()) && lines.last().is_none_or(|line| !line.is_empty()));
        prop_assert!(lines.iter().all(|line| !line.contains(['\n', '\r'])));
        for line in prose(&lines) {
            check_prose(line);
        }
    }

    #[test]
    fn cleaning_takes_no_word_away(words in prop::collection::vec("[a-z]{1,8}", 1..30)) {
        let comment = words.chunks(4).map(|line| line.join(" ")).collect::<Vec<_>>().join("\n");
        let cleaned = clean(&comment, &resolve).join(" ");
        prop_assert_eq!(cleaned.split_whitespace().collect::<Vec<_>>(), words);
    }

    #[test]
    fn what_is_clean_says_the_same_when_it_is_cleaned_again(words in prop::collection::vec("[a-z`<>]{1,8}|<T>|`x`|- |https://a.example", 1..20)) {
        let once = clean(&words.join(" "), &resolve);
        let lengths = |lines: &[String]| lines.len();
        let twice = clean(&once.join("\n"), &resolve);
        prop_assert_eq!(lengths(&twice), lengths(&once));
        prop_assert_eq!(&twice, &once);
    }
}
