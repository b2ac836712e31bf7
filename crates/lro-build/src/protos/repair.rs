//! Writes texts so that protox's parser reads in them what protoc reads, with every letter that counts at its place.

use std::borrow::Cow;
use std::ops::Range;

/// Whether a file is written in an edition of protobuf.
pub(super) fn has_edition(text: &str) -> bool {
    let mut tokens = Tokens::new(text).filter(|token| token.kind != Kind::Comment);
    tokens.next().is_some_and(|token| &text[token.range] == "edition")
}

/// A text in which
///
/// - blank lines in block comments have a `*`, without which the parser drops them, and with them the ends of paragraphs;
/// - the options behind a single number of `extensions` are left out, since the parser refuses them. They say for others what extensions there are.
pub(super) fn repaired(text: &str) -> Cow<'_, str> {
    let mut edits = Vec::new();
    // The tokens of a statement so far, and how many brackets are open in it: within them, braces and semicolons are parts of a value.
    let (mut statement, mut brackets): (Vec<Token>, u32) = (Vec::new(), 0);
    for token in Tokens::new(text) {
        if token.kind == Kind::Comment {
            edits.extend(blank_lines(text, token.range).map(|range| (range, "*".to_owned())));
            continue;
        }
        match &text[token.range.clone()] {
            ";" | "{" | "}" if brackets == 0 => {
                if let Some(options) = options_of_a_number(&statement, text) {
                    let blanks =
                        text[options.clone()].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' });
                    edits.push((options, blanks.collect()));
                }
                statement.clear();
                continue;
            }
            "[" => brackets += 1,
            "]" => brackets = brackets.saturating_sub(1),
            _ => {}
        }
        statement.push(token);
    }
    if edits.is_empty() {
        return Cow::Borrowed(text);
    }
    // Comments among options that are left out go with them.
    edits.sort_by_key(|(range, _)| range.start);
    let (mut repaired, mut end) = (String::with_capacity(text.len()), 0);
    for (range, by) in edits {
        if range.start >= end {
            repaired.push_str(&text[end..range.start]);
            repaired.push_str(&by);
            end = range.end;
        }
    }
    repaired.push_str(&text[end..]);
    Cow::Owned(repaired)
}

/// The lines of a comment that have nothing on them, without their ends.
fn blank_lines(text: &str, comment: Range<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut start = comment.start;
    let lines = text[comment].split_inclusive('\n').map(move |line| {
        let range = start..start + line.len();
        start = range.end;
        range
    });
    lines
        .filter(|range| text[range.clone()].ends_with('\n') && text[range.clone()].trim().is_empty())
        .map(|range| range.start..range.end - 1)
}

/// `[…]` in `extensions 7 […]` or `extensions 1 to 5, 7 […]`.
fn options_of_a_number(statement: &[Token], text: &str) -> Option<Range<usize>> {
    let word = |index: usize| statement.get(index).map(|token| &text[token.range.clone()]);
    if word(0) != Some("extensions") {
        return None;
    }
    let open = (0..statement.len()).find(|index| word(*index) == Some("["))?;
    let is_range = open.checked_sub(2).is_some_and(|index| word(index) == Some("to"));
    (!is_range).then(|| statement[open].range.start..statement[statement.len() - 1].range.end)
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Token {
    kind: Kind,
    range: Range<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Comment,
    /// A word, a number, a string or a sign.
    Other,
}

/// The parts of a text, without the space between them. What is no protobuf is taken apart somehow: the parser will say what is wrong.
struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Tokens<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let rest = self.text[self.at..].trim_start();
        let start = self.text.len() - rest.len();
        let first = rest.chars().next()?;
        let until = |end: &str| rest.find(end).map_or(rest.len(), |at| at + end.len());
        let (kind, length) = match first {
            '/' if rest.starts_with("//") => (Kind::Comment, until("\n")),
            '/' if rest.starts_with("/*") => {
                (Kind::Comment, rest[2..].find("*/").map_or(rest.len(), |at| at + 4))
            }
            '"' | '\'' => (Kind::Other, string_length(rest, first)),
            _ if is_of_word(first) => {
                (Kind::Other, rest.find(|letter| !is_of_word(letter)).unwrap_or(rest.len()))
            }
            _ => (Kind::Other, first.len_utf8()),
        };
        self.at = start + length;
        Some(Token { kind, range: start..self.at })
    }
}

fn is_of_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

/// How long a string is, its quotes included. One that does not end is as long as its line.
fn string_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            '\n' => return at,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if letter == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::{has_edition, repaired};

    #[test]
    fn what_the_parser_reads_is_left_alone() {
        let text = "message A { // a\n\n string b = 1 [default = \"/*\\\"\n\n*/\"]; extensions 1 to 5 [x = {}]; }\n\n/* a\n b */";
        assert!(matches!(repaired(text), std::borrow::Cow::Borrowed(same) if same == text));
    }

    #[test]
    fn blank_lines_in_block_comments_are_kept() {
        assert_eq!(repaired("/* a\n\n  \t\r\n b */\n\nx"), "/* a\n*\n*\n b */\n\nx");
        assert_eq!(repaired("// /*\n\n'/*'\n\n/*\n\n"), "// /*\n\n'/*'\n\n/*\n*\n");
    }

    #[test]
    fn options_of_a_single_extension_number_are_left_out() {
        assert_eq!(
            repaired("extensions 7 [a = {\n b: \"]ü\"\n}]; x = 1"),
            "extensions 7       \n         \n  ; x = 1"
        );
        assert_eq!(repaired("extensions 1 to 2, 7 [a = 1];"), "extensions 1 to 2, 7        ;");
        assert_eq!(
            repaired("extensions 7 [a = 1, /*\n\n*/ b = 2];"),
            "extensions 7           \n\n         ;"
        );
    }

    #[test]
    fn editions_are_told_by_their_first_word() {
        assert!(has_edition("// a\n/* b */ edition = \"2023\";"));
        assert!(!has_edition("syntax = \"proto3\"; message edition {}"));
        assert!(!has_edition(""));
    }
}
