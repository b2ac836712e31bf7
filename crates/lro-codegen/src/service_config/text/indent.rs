//! Indents what lies too far left for the parser, though not for those that these files are written for.
//!
//! YAML wants the lines of a quoted text, and those within brackets, to be indented further than what is around them. The libraries in use
//! (`PyYAML`, ruamel.yaml) take them anywhere, and so do people. White space at these places means nothing.

use std::borrow::Cow;
use std::collections::HashMap;

use saphyr_parser::{Marker, Parser};

/// How many bytes are read at most to find all such places, since each costs one more reading.
const BUDGET: usize = 1 << 26;

/// A text that the parser can read, if it is YAML.
#[derive(Debug)]
pub(in crate::service_config) struct Indented<'a> {
    pub(in crate::service_config) text: Cow<'a, str>,
    /// By how many columns a line was indented, by its number from one.
    shifts: HashMap<usize, usize>,
}

impl<'a> Indented<'a> {
    /// Indents what has to be, as long as the text stays within `longest` bytes.
    pub(in crate::service_config) fn new(text: &'a str, longest: usize) -> Self {
        let mut indented = Self { text: Cow::Borrowed(text), shifts: HashMap::new() };
        let mut budget = BUDGET;
        while let Some((error, at)) = first_error(&indented.text) {
            let Some(left) = budget.checked_sub(indented.text.len()) else { break };
            budget = left;
            let lines = match error.as_str() {
                "invalid indentation in quoted scalar" => lines_of_quoted(&indented.text, at),
                "invalid indentation" | "invalid indentation in flow construct" => {
                    Some(at.line()..at.line() + 1)
                }
                _ => None,
            };
            let by = match error.as_str() {
                "invalid indentation in quoted scalar" => at.col(),
                _ => indented.width_before(at.line()),
            };
            let Some(lines) = lines.filter(|lines| !lines.is_empty() && by > 0) else { break };
            if indented.text.len() + lines.len() * by > longest {
                break;
            }
            indented.shift(lines, by);
        }
        indented
    }

    /// The column that a place had, counted as the parser does.
    pub(in crate::service_config) fn column(&self, at: Marker) -> usize {
        at.col().saturating_sub(self.shifts.get(&at.line()).copied().unwrap_or(0))
    }

    /// How far right something has to be that goes on with the line before: at most as far as that line goes.
    fn width_before(&self, line: usize) -> usize {
        let before = line.saturating_sub(1);
        let length =
            || self.text.split('\n').nth(before.saturating_sub(1)).map_or(0, |text| text.chars().count());
        self.shifts.get(&before).copied().unwrap_or_else(length)
    }

    fn shift(&mut self, lines: std::ops::Range<usize>, by: usize) {
        let mut text = String::with_capacity(self.text.len() + lines.len() * by);
        for (number, line) in (1..).zip(self.text.split_inclusive('\n')) {
            if lines.contains(&number) {
                text.extend(std::iter::repeat_n(' ', by));
                *self.shifts.entry(number).or_default() += by;
            }
            text.push_str(line);
        }
        self.text = Cow::Owned(text);
    }
}

/// What the parser says first, and where.
fn first_error(text: &str) -> Option<(String, Marker)> {
    let error = Parser::new_from_str(text).find_map(Result::err)?;
    Some((error.info().to_owned(), *error.marker()))
}

/// The lines of a text in quotes, from its second to its last.
fn lines_of_quoted(text: &str, start: Marker) -> Option<std::ops::Range<usize>> {
    let rest: &str = text.split_inclusive('\n').nth(start.line().checked_sub(1)?)?;
    let begin = text.len() - text.split_inclusive('\n').skip(start.line() - 1).map(str::len).sum::<usize>();
    let at = rest.char_indices().nth(start.col())?.0;
    let mut letters = text[begin + at..].chars();
    let quote = letters.next().filter(|letter| matches!(letter, '"' | '\''))?;
    let mut line = start.line();
    while let Some(letter) = letters.next() {
        match letter {
            // Doubled within single quotes, where the second would begin a text that ends at the real end.
            _ if letter == quote => {
                if quote == '"' || letters.clone().next() != Some(quote) {
                    break;
                }
                letters.next();
            }
            '\\' if quote == '"' => line += usize::from(letters.next() == Some('\n')),
            '\n' => line += 1,
            _ => {}
        }
    }
    Some(start.line() + 1..line + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn indented(text: &str) -> String {
        Indented::new(text, 1 << 10).text.into_owned()
    }

    #[test]
    fn quoted_texts_are_indented_to_their_end() {
        assert_eq!(
            indented("a:\n  b: \"x\ny\n\n z\"\nc: 1\n"),
            "a:\n  b: \"x\n     y\n     \n      z\"\nc: 1\n"
        );
        assert_eq!(indented("a:\n  b: 'x''\ny\\'\nc: 1\n"), "a:\n  b: 'x''\n     y\\'\nc: 1\n");
        assert_eq!(indented("a:\n  b: \"x\\\ny\\\"\nz\"\n"), "a:\n  b: \"x\\\n     y\\\"\n     z\"\n");
    }

    #[test]
    fn what_is_in_brackets_is_indented() {
        assert_eq!(
            indented("a:\n  b: [\n1,\n2\n]\nc: 1\n"),
            "a:\n  b: [\n      1,\n      2\n      ]\nc: 1\n"
        );
    }

    #[test]
    fn what_is_right_or_otherwise_wrong_is_left_alone() {
        for text in ["a: \"x\n  y\"\n", "a: b: c\n", "a:\n  b: \"x\n---\n", "a:\n  b: \"x\n", ""] {
            assert_eq!(indented(text), text);
        }
    }

    #[test]
    fn no_text_becomes_too_long() {
        let text = format!("{}a: \"x\n{}\"\n", "- ".repeat(100), "y\n".repeat(100));
        assert_eq!(indented(&text), text);
    }
}
