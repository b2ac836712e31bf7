//! Reads tokens and lays them out.
//!
//! What reads returns nothing where it comes upon something that it does not know. Then all of the code is laid out by prettyplease instead, so
//! a construct that is missing here costs time and nothing else.

use super::boxes::{Boxes, Break, INDENT};
use super::lexer::{Kind, Token};

/// Whether what was read is known here.
pub(super) type Known = Option<()>;

pub(super) struct Printer<'a> {
    tokens: Vec<Token<'a>>,
    at: usize,
    pub(super) boxes: Boxes<'a>,
}

impl<'a> Printer<'a> {
    /// Reads tokens that end with [`Kind::End`].
    pub(super) fn new(tokens: Vec<Token<'a>>, capacity: usize) -> Self {
        Self { tokens, at: 0, boxes: Boxes::new(capacity) }
    }

    pub(super) fn finish(self) -> String {
        self.boxes.finish()
    }

    pub(super) fn position(&self) -> usize {
        self.at
    }

    pub(super) fn go_to(&mut self, position: usize) {
        self.at = position;
    }

    /// The token at a position; that of the end behind it.
    pub(super) fn token_at(&self, position: usize) -> Token<'a> {
        self.tokens[position.min(self.tokens.len() - 1)]
    }

    /// The next token, and the one after it.
    pub(super) fn peek(&self) -> Token<'a> {
        self.token_at(self.at)
    }

    pub(super) fn peek_second(&self) -> Token<'a> {
        self.token_at(self.at + 1)
    }

    pub(super) fn next(&mut self) -> Token<'a> {
        let token = self.peek();
        self.at += 1;
        token
    }

    /// Whether the next token is this word or mark. Comments and texts begin with what no other token does.
    pub(super) fn is_next(&self, text: &str) -> bool {
        self.peek().text == text
    }

    pub(super) fn take(&mut self, text: &str) -> bool {
        let is_next = self.is_next(text);
        self.at += usize::from(is_next);
        is_next
    }

    pub(super) fn expect(&mut self, text: &str) -> Known {
        self.take(text).then_some(())
    }

    /// Prints an identifier.
    pub(super) fn word(&mut self) -> Known {
        let token = self.next();
        (token.kind == Kind::Word).then(|| self.boxes.text(token.text))
    }

    /// Prints a word of the language that may be there or not.
    pub(super) fn optional(&mut self, word: &str, printed: &'static str) -> bool {
        let is_there = self.take(word);
        if is_there {
            self.boxes.text(printed);
        }
        is_there
    }

    /// Reads the elements up to a mark that closes the list. The last one is followed by a break of its own, or by none.
    pub(super) fn elements(
        &mut self,
        close: &str,
        after_last: Option<Break>,
        mut element: impl FnMut(&mut Self) -> Known,
    ) -> Known {
        while !self.take(close) {
            element(self)?;
            if self.take(",") && !self.is_next(close) {
                self.boxes.comma();
            } else {
                if let Some(place) = after_last {
                    self.boxes.break_with(place);
                }
                return self.expect(close);
            }
        }
        Some(())
    }

    /// A list in brackets that are printed already or will be: all on one line, or a line for each element.
    pub(super) fn list(&mut self, close: &'static str, element: impl FnMut(&mut Self) -> Known) -> Known {
        self.list_indented(INDENT, close, element)
    }

    /// The same with elements that are indented by so many columns, which is nothing in the head of an item: its lines are indented already.
    pub(super) fn list_indented(
        &mut self,
        indent: i32,
        close: &'static str,
        element: impl FnMut(&mut Self) -> Known,
    ) -> Known {
        self.boxes.consistent(indent);
        self.boxes.zero_break();
        self.elements(close, Some(Break::COMMA), element)?;
        self.boxes.end_list();
        self.boxes.text(close);
        Some(())
    }

    /// The lines of a body in braces.
    pub(super) fn body(&mut self, mut line: impl FnMut(&mut Self) -> Known) -> Known {
        self.expect("{")?;
        self.boxes.text("{");
        self.boxes.line_end_unless_last();
        while !self.take("}") {
            line(self)?;
        }
        self.boxes.end_list();
        self.boxes.text("}");
        Some(())
    }
}
