//! Keeps prost-build from editing comments that are safe for rustdoc already.
//!
//! prost-build puts `<…>` around what looks like a URL, code and closing punctuation included, escapes brackets in code, and indents
//! lines once more that are indented. It does so where it sees `://`, `[` and leading spaces, so on the way through it these are covered by
//! noncharacters, which Unicode sets aside for a program's own use, and which no cleaned comment holds.

const START: char = '\u{fdd0}';
const BRACKET: char = '\u{fdd1}';
const SCHEME: char = '\u{fdd2}';

/// A line that prost-build prints as it is, with one space before it.
pub(super) fn cover(line: &str) -> String {
    let mut covered = String::with_capacity(line.len() + START.len_utf8());
    covered.push(START);
    covered.push_str(
        &line.replace("://", SCHEME.encode_utf8(&mut [0; 4])).replace('[', BRACKET.encode_utf8(&mut [0; 4])),
    );
    covered
}

/// The code that prost-build wrote, with the lines as they were.
pub(super) fn uncover(code: &str) -> String {
    let mut uncovered = String::with_capacity(code.len());
    for letter in code.chars() {
        match letter {
            START => {}
            BRACKET => uncovered.push('['),
            SCHEME => uncovered.push_str("://"),
            letter => uncovered.push(letter),
        }
    }
    uncovered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_covered_line_shows_nothing_that_prost_edits_and_comes_back_whole() {
        let line = "   see `https://example.com/[id]` at <https://example.com>";
        let covered = cover(line);
        assert!(!covered.starts_with(' ') && !covered.contains("://") && !covered.contains('['));
        assert_eq!(uncover(&covered), line);
    }
}
