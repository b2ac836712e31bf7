//! Attributes and doc comments.

use super::boxes::{Break, INDENT};
use super::lexer::{Kind, Token};
use super::printer::{Known, Printer};

impl Printer<'_> {
    /// All attributes and comments before an item, a field or another thing.
    pub(super) fn attributes(&mut self) -> Known {
        loop {
            if self.peek().kind == Kind::Doc {
                let doc = self.next().text;
                self.doc(&doc["///".len()..])?;
            } else if self.take("#") {
                self.attribute()?;
            } else {
                return Some(());
            }
        }
    }

    fn attribute(&mut self) -> Known {
        let close = self.peek().close;
        self.expect("[")?;
        if (self.is_next("doc") || self.is_next("comment")) && self.peek_second().text == "=" {
            self.expect("doc")?;
            self.expect("=")?;
            let text = self.next();
            self.doc(text_of(text)?)?;
            return self.expect("]");
        }
        self.boxes.text("#");
        self.boxes.text("[");
        self.simple_path()?;
        match self.peek().text {
            "]" => {}
            "=" => {
                self.next();
                self.boxes.text(" = ");
                let value = self.next();
                if value.kind != Kind::Text {
                    return None;
                }
                self.boxes.text(value.text);
            }
            _ if self.peek().close + 1 == close => self.attribute_input(close)?,
            _ => return None,
        }
        if self.position() != close {
            return None;
        }
        self.next();
        self.boxes.text("]");
        self.boxes.space();
        Some(())
    }

    /// The tokens in the brackets of an attribute, whatever they mean. What comes between two of them, only these two decide.
    fn attribute_input(&mut self, end: usize) -> Known {
        let is_word = |token: Token<'_>| matches!(token.kind, Kind::Word | Kind::Text | Kind::Number);
        while self.position() < end {
            let before = self.token_at(self.position() - 1);
            let token = self.next();
            let after = self.peek();
            match (token.kind, token.text) {
                (Kind::Word | Kind::Text | Kind::Number, text) => {
                    if is_word(before) {
                        self.boxes.space();
                    }
                    self.boxes.text(text);
                }
                (Kind::Open, "(") => {
                    self.boxes.text("(");
                    self.boxes.consistent(INDENT);
                    self.boxes.zero_break();
                }
                (Kind::Close, ")") => {
                    if before.text != "," {
                        self.boxes.zero_break();
                    }
                    self.boxes.end_list();
                    self.boxes.text(")");
                }
                (Kind::Open | Kind::Close, bracket) => self.boxes.text(bracket),
                (_, ",") if after.kind == Kind::Close => self.boxes.break_with(Break::COMMA),
                (_, ",") => self.boxes.comma(),
                (_, "::") => self.boxes.text("::"),
                // Two marks that belong together, as in `==`, do not come up.
                (_, "=") if after.kind != Kind::Punctuation => {
                    self.boxes.text(if is_word(before) { " = " } else { "= " });
                }
                _ => return None,
            }
        }
        Some(())
    }
}

impl<'a> Printer<'a> {
    fn doc(&mut self, text: &'a str) -> Known {
        // One that begins with a slash would be no doc comment.
        if text.starts_with('/') {
            return None;
        }
        self.boxes.text("///");
        self.boxes.text(text.trim_end_matches(' '));
        self.boxes.line_end();
        Some(())
    }
}

/// What a literal says, unless that is written in another way there.
fn text_of(literal: Token<'_>) -> Option<&str> {
    if literal.kind != Kind::Text {
        return None;
    }
    let (text, is_raw) = match literal.text.strip_prefix('r') {
        Some(text) => (text, true),
        None => (literal.text, false),
    };
    let text = text.strip_prefix('"')?.strip_suffix('"')?;
    (is_raw || !text.contains('\\')).then_some(text)
}
