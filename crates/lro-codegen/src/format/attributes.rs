//! Attributes and doc comments.

use super::boxes::{Break, INDENT};
use super::lexer::{Kind, Token};
use super::printer::{Known, Printer};

/// What was printed last within an attribute.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Word,
    Mark,
    TrailingComma,
}

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
            _ => {
                let mut last = Last::Word;
                self.attribute_group(&mut last)?;
            }
        }
        if self.position() != close {
            return None;
        }
        self.next();
        self.boxes.text("]");
        self.boxes.space();
        Some(())
    }

    /// Tokens in brackets, whatever they mean.
    fn attribute_group(&mut self, last: &mut Last) -> Known {
        let open = self.next();
        if open.kind != Kind::Open {
            return None;
        }
        self.boxes.text(open.text);
        let is_list = open.text == "(";
        if is_list {
            self.boxes.consistent(INDENT);
            self.boxes.zero_break();
        }
        *last = Last::Mark;
        while self.position() < open.close {
            let token = self.peek();
            match token.kind {
                Kind::Word | Kind::Text | Kind::Number => {
                    if *last == Last::Word {
                        self.boxes.space();
                    }
                    self.boxes.text(token.text);
                    *last = Last::Word;
                }
                // Two marks that belong together, as in `==`, do not come up.
                Kind::Punctuation if token.text == "=" && self.peek_second().kind == Kind::Punctuation => {
                    return None;
                }
                Kind::Punctuation => {
                    self.attribute_mark(token.text, *last, self.position() + 1 == open.close)?;
                    let is_trailing = token.text == "," && self.position() + 1 == open.close;
                    *last = if is_trailing { Last::TrailingComma } else { Last::Mark };
                }
                Kind::Open => {
                    self.attribute_group(last)?;
                    continue;
                }
                Kind::Lifetime | Kind::Doc | Kind::Close | Kind::End => return None,
            }
            self.next();
        }
        let close = self.next();
        if is_list {
            if *last != Last::TrailingComma {
                self.boxes.zero_break();
            }
            self.boxes.end_list();
        }
        self.boxes.text(close.text);
        *last = Last::Mark;
        Some(())
    }

    fn attribute_mark(&mut self, mark: &str, last: Last, is_end: bool) -> Known {
        match mark {
            "," if is_end => self.boxes.break_with(Break::COMMA),
            "," => self.boxes.comma(),
            "=" => {
                if last == Last::Word {
                    self.boxes.text(" ");
                }
                self.boxes.text("=");
                self.boxes.text(" ");
            }
            "::" => self.boxes.text("::"),
            // Others do not come up.
            _ => return None,
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
