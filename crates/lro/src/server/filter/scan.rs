//! The characters of a filter, from left to right.
//!
//! There is no list of tokens, because what some characters are depends on where they stand: `-` before a term negates it and
//! belongs to a value elsewhere, and `AND`, `OR` and `NOT` are words of the language between spaces only.

use super::error::{FilterError, quote};
use super::tree::{Literal, Op};

#[derive(Debug)]
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

/// Whether a character belongs to a value that is not quoted.
fn is_plain(char: char) -> bool {
    !char.is_whitespace() && !matches!(char, '.' | '(' | ')' | ',' | '"' | '\'' | '=' | '<' | '>' | '!' | ':')
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The byte that comes next.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Goes back to a place where it has been.
    pub(super) fn back_to(&mut self, at: usize) {
        self.at = at;
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at == self.text.len()
    }

    /// Passes over spaces; whether there were any.
    pub(super) fn skip_spaces(&mut self) -> bool {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
        self.rest().len() < rest.len()
    }

    /// Passes over a character, if it comes next.
    pub(super) fn eat(&mut self, char: char) -> bool {
        let is_next = self.peek() == Some(char);
        if is_next {
            self.at += char.len_utf8();
        }
        is_next
    }

    /// Whether a word of the language comes next, with a space behind it.
    pub(super) fn is_at_word(&self, word: &str) -> bool {
        self.rest().strip_prefix(word).is_some_and(|rest| rest.starts_with(char::is_whitespace))
    }

    /// Passes over spaces and a word, if they come next.
    pub(super) fn eat_word_between(&mut self, word: &str) -> bool {
        let before = self.at;
        if self.skip_spaces() && self.is_at_word(word) {
            self.at += word.len();
            self.skip_spaces();
            return true;
        }
        self.at = before;
        false
    }

    pub(super) fn eat_op(&mut self) -> Option<Op> {
        let (symbol, op) = Op::ALL.into_iter().find(|(symbol, _)| self.rest().starts_with(symbol))?;
        self.at += symbol.len();
        Some(op)
    }

    /// A value: characters that mean nothing else, or text in quotes.
    pub(super) fn literal(&mut self) -> Result<Literal, FilterError> {
        match self.peek() {
            Some(quotes @ ('"' | '\'')) => self.quoted(quotes),
            Some(char) if is_plain(char) => {
                let (at, rest) = (self.at, self.rest());
                let text = &rest[..rest.find(|char| !is_plain(char)).unwrap_or(rest.len())];
                self.at += text.len();
                let stars = text.match_indices('*').map(|(at, _)| at).collect();
                Ok(Literal { text: text.to_owned(), quoted: false, stars, at })
            }
            Some(char) => {
                let message =
                    format!("there is {} where a field or a value should be", quote(&char.to_string()));
                Err(FilterError::new(self.at, message))
            }
            None => Err(FilterError::new(self.at, "the filter ends where a field or a value should be")),
        }
    }

    fn quoted(&mut self, quotes: char) -> Result<Literal, FilterError> {
        let at = self.at;
        let (mut text, mut stars) = (String::new(), Vec::new());
        let mut chars = self.rest().char_indices().skip(1);
        while let Some((index, char)) = chars.next() {
            if char == quotes {
                self.at = at + index + quotes.len_utf8();
                return Ok(Literal { text, quoted: true, stars, at });
            }
            if char == '*' {
                stars.push(text.len());
            }
            if char != '\\' {
                text.push(char);
                continue;
            }
            match chars.next() {
                Some((_, 'n')) => text.push('\n'),
                Some((_, 'r')) => text.push('\r'),
                Some((_, 't')) => text.push('\t'),
                Some((_, escaped)) => text.push(escaped),
                None => break,
            }
        }
        Err(FilterError::new(at, "the quotes that open here are not closed"))
    }
}
