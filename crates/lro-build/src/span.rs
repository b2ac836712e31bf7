//! Finds the bytes of a text that a problem is about; places do not count the mark that may begin it.

use std::ops::Range;

use lro_codegen::Diagnostic;

/// Windows has programs that put this mark at the start of a text.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// A text without the mark that may begin it.
pub(crate) fn without_mark(text: &str) -> &str {
    text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text)
}

/// What the columns of a file are counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Columns {
    /// By protox, and by protoc and buf.
    Bytes,
    /// By the reader of service configs.
    Letters,
}

/// The bytes to underline: the words that the problem is about where they are found, else the first line of its place.
pub(crate) fn of(diagnostic: &Diagnostic, text: &str, columns: Columns) -> Option<Range<usize>> {
    let location = diagnostic.location()?;
    let start = offset(text, location.position?, columns)?;
    let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
    let end = match location.end {
        Some(end) => offset(text, end, columns)?.max(start),
        None => line_end,
    };
    let place = words(&text[start..end], diagnostic.focus_words())
        .map(|range| start + range.start..start + range.end)
        .unwrap_or(start..end.min(line_end));
    let shown = text[place.clone()].trim_end();
    Some(place.start..place.start + shown.len())
}

/// The byte at a line and column, which both count from one. Nothing if there is no such place.
fn offset(text: &str, (line, column): (u32, u32), columns: Columns) -> Option<usize> {
    let before = usize::try_from(line.checked_sub(1)?).ok()?;
    let column = usize::try_from(column.checked_sub(1)?).ok()?;
    let start: usize = text.split_inclusive('\n').take(before).map(str::len).sum();
    // The text after the last line break is a line as well, even if there is none.
    let content = text.split('\n').nth(before)?;
    let at = match columns {
        Columns::Bytes => Some(column),
        Columns::Letters => content.char_indices().map(|(at, _)| at).chain([content.len()]).nth(column),
    };
    at.filter(|at| content.is_char_boundary(*at)).map(|at| start + at)
}

/// From the first word to the last, with quotes around either. All of them have to be there, in this order.
fn words(text: &str, words: &[String]) -> Option<Range<usize>> {
    let mut found: Option<Range<usize>> = None;
    for word in words {
        let from = found.as_ref().map_or(0, |found| found.end);
        let at = from + outside_comments(&text[from..], word)?;
        found = Some(found.map_or(at, |found| found.start)..at + word.len());
    }
    let found = found?;
    let quote = usize::from(text[found.end..].starts_with(['"', '\'']));
    Some(found.start..found.end + quote)
}

/// Where a word is first used, but for lines that are comments.
fn outside_comments(text: &str, word: &str) -> Option<usize> {
    places(text, word).next()
}

/// Where a word is used, but for lines that are comments.
pub(crate) fn places<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    text.match_indices(word).map(|(at, _)| at).filter(|at| {
        let line = text[..*at].rsplit('\n').next().unwrap_or_default();
        !line.contains("//")
    })
}

#[cfg(test)]
mod tests {
    use super::{Columns, offset, words};

    #[test]
    fn columns_count_bytes_or_letters() {
        let text = "one\r\nzwölf\n\tthree";
        let at = |place, columns| offset(text, place, columns);
        for columns in [Columns::Bytes, Columns::Letters] {
            assert_eq!(at((1, 1), columns), Some(0));
            assert_eq!(at((1, 4), columns), Some(3));
            assert_eq!(at((2, 3), columns), Some(7));
            assert_eq!(at((3, 2), columns), Some(13));
            assert_eq!(at((3, 7), columns), Some(text.len()));
        }
        // The second byte of a letter is no place, and the letter after it is one further.
        assert_eq!(at((2, 4), Columns::Bytes), None);
        assert_eq!(at((2, 5), Columns::Bytes), Some(9));
        assert_eq!(at((2, 4), Columns::Letters), Some(9));
    }

    #[test]
    fn a_line_ends_before_its_break() {
        // Behind the last letter is a place, behind the break is the next line.
        assert_eq!(offset("one\ntwo\n", (1, 4), Columns::Bytes), Some(3));
        assert_eq!(offset("one\ntwo\n", (1, 5), Columns::Bytes), None);
        assert_eq!(offset("one\ntwo\n", (3, 1), Columns::Bytes), Some(8));
        assert_eq!(offset("", (1, 1), Columns::Bytes), Some(0));
    }

    #[test]
    fn places_outside_the_text_are_no_places() {
        for columns in [Columns::Bytes, Columns::Letters] {
            for outside in [(0, 1), (1, 0), (1, 5), (2, 6), (3, 1), (u32::MAX, 1), (1, u32::MAX)] {
                assert_eq!(offset("one\nfour", outside, columns), None, "{outside:?}");
            }
        }
    }

    #[test]
    fn words_are_found_in_order_and_not_in_comments() {
        let text = "x = {\n  // a: \"B\"\n  a:\n  'B' b: \"B\" }";
        let found = |list: &[&str]| {
            let list: Vec<String> = list.iter().map(ToString::to_string).collect();
            words(text, &list).map(|range| &text[range])
        };
        assert_eq!(found(&["a", "B"]), Some("a:\n  'B'"));
        assert_eq!(found(&["b", "B"]), Some("b: \"B\""));
        assert_eq!(found(&["B", "a"]), None);
        assert_eq!(found(&["c"]), None);
        assert_eq!(found(&[]), None);
    }
}
