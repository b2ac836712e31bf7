//! Expressions, but for what is called on them.

use super::boxes::{Break, INDENT};
use super::extents::{Chain, Link, LinkKind};
use super::lexer::Kind;
use super::printer::{Known, Printer};
use super::types::PathKind;

impl Printer<'_> {
    pub(super) fn expression(&mut self) -> Known {
        let chain = self.chain()?;
        self.print_chain(&chain, false)
    }

    /// What an expression begins with.
    pub(super) fn first(&mut self, chain: &Chain) -> Known {
        self.go_to(chain.start);
        let token = self.peek();
        match (token.kind, token.text) {
            (Kind::Text | Kind::Number, _) => {
                self.next();
                self.boxes.text(token.text);
                Some(())
            }
            (_, "&") => {
                self.next();
                self.boxes.text("&");
                self.optional("mut", "mut ");
                self.expression()
            }
            (_, "*") => {
                self.next();
                self.boxes.text("*");
                self.expression()
            }
            // An attribute belongs to a path that is a whole expression.
            (_, "#") => {
                self.attributes()?;
                self.path(PathKind::Expression)
            }
            (_, "|") | (Kind::Word, "move") => self.closure(),
            (Kind::Word, "if") => self.condition_expression(),
            (Kind::Word, "match") => self.match_expression(),
            (Kind::Open, "(") => {
                self.next();
                self.boxes.text("(");
                self.list(")", Self::expression)
            }
            _ => {
                let end = chain.links.first().map_or(chain.end, |link| link.at);
                if self.token_at(end - 1).text == "}" {
                    self.structure_value()
                } else {
                    self.path(PathKind::Expression)
                }
            }
        }
    }

    fn structure_value(&mut self) -> Known {
        /// The widest that one is written on one line.
        const WIDEST: i32 = 34;
        self.boxes.consistent_within(WIDEST, INDENT);
        self.boxes.filled(-INDENT);
        self.path(PathKind::Expression)?;
        self.boxes.end();
        self.expect("{")?;
        if self.is_next("}") {
            return None;
        }
        self.boxes.text(" {");
        self.boxes.space();
        self.elements("}", Some(Break { blanks: 1, ..Break::COMMA }), Self::field_value)?;
        self.boxes.end_list();
        self.boxes.text("}");
        Some(())
    }

    fn field_value(&mut self) -> Known {
        self.word()?;
        if self.take(":") {
            self.boxes.text(": ");
            self.boxes.filled(0);
            self.expression()?;
            self.boxes.end();
        }
        Some(())
    }

    fn closure(&mut self) -> Known {
        self.boxes.filled(0);
        self.optional("move", "move ");
        self.expect("|")?;
        self.boxes.consistent(INDENT);
        self.boxes.text("|");
        if !self.is_next("|") {
            self.boxes.zero_break();
        }
        self.elements("|", None, Self::parameter_of_closure)?;
        self.boxes.text("|");
        self.boxes.space();
        self.boxes.end_list();
        self.boxes.never_break();
        if self.is_next("{") {
            self.boxes.consistent(INDENT);
            self.small_block()?;
            self.boxes.end();
        } else {
            let chain = self.chain()?;
            let is_assignment = self.is_assignment(&chain);
            let stays = match chain.links.last() {
                _ if is_assignment => false,
                Some(link) => link.kind == LinkKind::Call,
                None => {
                    matches!(self.peek().text, "(" | "|" | "move" | "match")
                        || self.token_at(chain.end - 1).text == "}" && !self.is_next("if")
                }
            };
            // What has brackets of its own to break at is not put into a block.
            if stays {
                self.print_chain(&chain, false)?;
            } else {
                let end = Break { before: is_assignment.then_some(';'), ..Break::default() };
                self.in_braces_if_broken(end, |printer| {
                    if is_assignment {
                        printer.assignment(&chain)
                    } else {
                        printer.print_chain(&chain, false)
                    }
                })?;
            }
        }
        self.boxes.end();
        Some(())
    }

    /// Prints what has braces where it is on lines of its own, and no braces otherwise.
    fn in_braces_if_broken(&mut self, end: Break, inner: impl FnOnce(&mut Self) -> Known) -> Known {
        self.boxes.consistent(INDENT);
        self.boxes.break_with(Break { before: Some('{'), ..Break::default() });
        inner(self)?;
        self.boxes.break_with(Break { indent: -INDENT, after: Some('}'), ..end });
        self.boxes.end();
        Some(())
    }

    pub(super) fn is_assignment(&self, chain: &Chain) -> bool {
        self.token_at(chain.end).text == "="
    }

    /// Gives a new value to what a chain leads to.
    pub(super) fn assignment(&mut self, chain: &Chain) -> Known {
        self.boxes.filled(0);
        self.print_chain(chain, false)?;
        self.expect("=")?;
        self.boxes.text(" = ");
        self.boxes.never_break();
        self.expression()?;
        self.boxes.end();
        Some(())
    }

    fn parameter_of_closure(&mut self) -> Known {
        self.word()?;
        if self.take(":") {
            self.boxes.text(": ");
            self.ty()?;
        }
        Some(())
    }

    /// `if`, without `else`.
    fn condition_expression(&mut self) -> Known {
        self.expect("if")?;
        self.boxes.consistent(INDENT);
        self.boxes.text("if ");
        self.boxes.consistent(-INDENT);
        self.head()?;
        self.boxes.end();
        if self.peek_second().text == "}" || self.token_at(self.peek().close + 1).text == "else" {
            return None;
        }
        self.body(Self::statement)
    }

    /// What `if` and `match` look at.
    fn head(&mut self) -> Known {
        self.boxes.consistent(0);
        let chain = self.chain()?;
        // The value of a struct has to be in parentheses here.
        let first = chain.links.first().map_or(chain.end, |link| link.at) - 1;
        if self.token_at(first).text == "}" || matches!(self.peek().text, "&" | "*" | "|") {
            return None;
        }
        let mut links = chain.links.as_slice();
        while let Some((Link { kind: LinkKind::Call | LinkKind::Question, .. }, rest)) = links.split_last() {
            links = rest;
        }
        let is_dotted = !links.is_empty();
        self.print_chain(&chain, false)?;
        if is_dotted {
            self.boxes.space();
        } else {
            self.boxes.text(" ");
        }
        self.boxes.end();
        self.is_next("{").then_some(())
    }

    fn match_expression(&mut self) -> Known {
        self.expect("match")?;
        self.boxes.filled(0);
        self.boxes.text("match ");
        self.head()?;
        self.expect("{")?;
        self.boxes.text("{");
        self.boxes.never_break();
        self.boxes.consistent(INDENT);
        self.boxes.line_end_unless_last();
        while !self.take("}") {
            self.arm()?;
            self.boxes.line_end();
        }
        self.boxes.end_list();
        self.boxes.text("}");
        self.boxes.end();
        Some(())
    }

    fn arm(&mut self) -> Known {
        self.attributes()?;
        self.boxes.filled(0);
        if self.peek().kind == Kind::Text {
            let text = self.next().text;
            self.boxes.text(text);
        } else {
            self.path(PathKind::Expression)?;
        }
        self.expect("=>")?;
        self.boxes.text(" => ");
        self.boxes.never_break();
        if !(self.peek().kind == Kind::Text || self.peek().kind == Kind::Word) || self.is_next("match") {
            return None;
        }
        let chain = self.chain()?;
        let end = Break { instead: Some(','), ..Break::default() };
        self.in_braces_if_broken(end, |printer| printer.print_chain(&chain, true))?;
        self.boxes.end();
        if !self.take(",") && !self.is_next("}") {
            return None;
        }
        Some(())
    }
}
