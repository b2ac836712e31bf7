//! Functions: signatures, conditions on types, and statements.

use super::boxes::INDENT;
use super::lexer::Kind;
use super::printer::{Known, Printer};

impl Printer<'_> {
    /// A function with a body, or in a trait without one.
    pub(super) fn function(&mut self) -> Known {
        self.boxes.consistent(INDENT);
        self.visibility()?;
        self.optional("async", "async ");
        self.expect("fn")?;
        self.boxes.text("fn ");
        self.word()?;
        self.generics()?;
        self.expect("(")?;
        self.boxes.text("(");
        self.boxes.never_break();
        self.list_indented(0, ")", Self::parameter)?;
        self.boxes.consistent(-INDENT);
        if self.take("->") {
            self.boxes.text(" -> ");
            self.ty()?;
        }
        self.boxes.end();
        if self.take(";") {
            self.boxes.text(";");
            self.boxes.end();
            return Some(());
        }
        self.where_clause()?;
        self.body(Self::statement)
    }

    fn parameter(&mut self) -> Known {
        if self.peek().text == "#" || self.peek().kind == Kind::Doc {
            return None;
        }
        if self.take("&") {
            self.boxes.text("&");
            if self.peek().kind == Kind::Lifetime {
                let lifetime = self.next().text;
                self.boxes.text(lifetime);
                self.boxes.text(" ");
            }
            self.optional("mut", "mut ");
            self.expect("self")?;
            self.boxes.text("self");
            return Some(());
        }
        self.optional("mut", "mut ");
        self.word()?;
        if self.take(":") {
            self.boxes.text(": ");
            self.ty()?;
        }
        Some(())
    }

    /// What comes between the head of an item and its body: a blank, or conditions on lines of their own.
    pub(super) fn where_clause(&mut self) -> Known {
        if !self.take("where") {
            self.boxes.text(" ");
            return Some(());
        }
        self.boxes.line_end();
        self.boxes.indent_last(-INDENT);
        self.boxes.text("where");
        self.boxes.line_end();
        while !self.is_next("{") {
            self.condition()?;
            if !self.take(",") && !self.is_next("{") {
                return None;
            }
            self.boxes.text(",");
            self.boxes.line_end();
        }
        self.boxes.indent_last(-INDENT);
        Some(())
    }

    fn condition(&mut self) -> Known {
        if self.peek().kind == Kind::Lifetime {
            let lifetime = self.next().text;
            self.boxes.text(lifetime);
        } else {
            self.ty()?;
        }
        self.expect(":")?;
        self.boxes.text(":");
        self.boxes.text(" ");
        // Only more than one bound could be broken.
        let mut count = 1;
        self.bounds(|_| count += 1)?;
        (count == 1).then_some(())
    }

    /// A statement on a line of its own.
    pub(super) fn statement(&mut self) -> Known {
        self.boxes.filled(0);
        if self.take("let") {
            self.boxes.text("let ");
            self.optional("mut", "mut ");
            self.word()?;
            self.expect("=")?;
            self.boxes.text(" = ");
            self.boxes.never_break();
            self.expression()?;
            self.boxes.end();
            self.expect(";")?;
            self.boxes.text(";");
        } else {
            let is_if = self.is_next("if");
            self.statement_expression()?;
            let is_last = self.is_next("}");
            match (self.take(";"), is_if) {
                // A semicolon after a condition says nothing.
                (_, true) => {}
                (true, false) => self.boxes.text(";"),
                (false, false) if is_last => {}
                (false, false) => return None,
            }
            self.boxes.end();
        }
        self.boxes.line_end();
        Some(())
    }

    /// An expression at the beginning of a line, which may be an assignment.
    fn statement_expression(&mut self) -> Known {
        let chain = self.chain()?;
        if self.is_assignment(&chain) {
            self.assignment(&chain)?;
            // Without a semicolon, prettyplease would write one.
            return self.is_next(";").then_some(());
        }
        self.print_chain(&chain, true)
    }

    /// A block that may be on one line.
    pub(super) fn small_block(&mut self) -> Known {
        let open = self.peek();
        self.expect("{")?;
        self.boxes.text("{");
        if !self.is_next("}") {
            self.boxes.space();
            // One expression without a semicolon does not have to be on a line of its own.
            if self.is_next("if") {
                return None;
            }
            if self.is_single_expression(open.close) {
                self.boxes.filled(0);
                self.statement_expression()?;
                self.boxes.end();
                self.boxes.space();
            } else {
                while !self.is_next("}") {
                    self.statement()?;
                }
            }
            self.boxes.indent_last(-INDENT);
        }
        self.expect("}")?;
        self.boxes.text("}");
        Some(())
    }

    fn is_single_expression(&self, close: usize) -> bool {
        let mut at = self.position();
        if self.is_next("let") {
            return false;
        }
        while at < close {
            let token = self.token_at(at);
            if token.text == ";" {
                return false;
            }
            at = if token.kind == Kind::Open { token.close + 1 } else { at + 1 };
        }
        true
    }
}
